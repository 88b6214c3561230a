"""Private texts: sealed before they are stored, opened for their owner, readable after the key was changed."""

from __future__ import annotations

import base64
import os
import stat
import uuid

import pytest

from goodstanding.conf import environment
from goodstanding.private_text import NoKeyError, UnreadableTextError, is_current, reseal, seal, unseal

OLD, NEW = "the old key, made of a good many letters", "the new key, made of a good many letters"
OWNER = uuid.UUID(int=1)
KIND = "note"


@pytest.fixture(autouse=True)
def keys(settings):
    settings.PRIVATE_KEYS = (OLD,)


@pytest.mark.parametrize("text", ["", "I weighed what she asked.", "Ünïcode — “quoted”\nand a second line", "x" * 20_000])
def test_what_was_sealed_is_opened_again(text):
    sealed = seal(text, purpose=KIND, owner=OWNER)
    assert sealed.isascii()
    assert "\n" not in sealed
    assert not text or text not in sealed
    assert unseal(sealed, purpose=KIND, owner=OWNER) == text


def test_the_same_text_never_looks_the_same():
    assert seal("Yes.", purpose=KIND, owner=OWNER) != seal("Yes.", purpose=KIND, owner=OWNER)


@pytest.mark.parametrize(("purpose", "owner"), [("reason", OWNER), (KIND, uuid.UUID(int=2)), ("not", f"e{OWNER}")])
def test_it_opens_for_its_purpose_and_its_owner_alone(purpose, owner):
    sealed = seal("Mine.", purpose=KIND, owner=OWNER)
    with pytest.raises(UnreadableTextError):
        unseal(sealed, purpose=purpose, owner=owner)


@pytest.mark.parametrize("place", [0, 13, -1])
def test_a_changed_byte_is_noticed(place):
    form, name, body = seal("Mine.", purpose=KIND, owner=OWNER).split(".")
    raw = bytearray(base64.urlsafe_b64decode(body))
    raw[place] ^= 1
    with pytest.raises(UnreadableTextError):
        unseal(f"{form}.{name}.{base64.urlsafe_b64encode(raw).decode()}", purpose=KIND, owner=OWNER)


@pytest.mark.parametrize("text", ["", "never sealed", "v1", "v1.x.y", "v2.a.b", "v1.. "])
def test_what_was_never_sealed_is_refused_without_a_crash(text):
    with pytest.raises(UnreadableTextError):
        unseal(text, purpose=KIND, owner=OWNER)


def test_a_body_that_is_no_base64_is_refused():
    form, name, _ = seal("Mine.", purpose=KIND, owner=OWNER).split(".")
    for body in ("", "*", "AAAA", "ü"):
        with pytest.raises(UnreadableTextError):
            unseal(f"{form}.{name}.{body}", purpose=KIND, owner=OWNER)


def test_another_key_says_so_and_shows_nothing(settings):
    sealed = seal("Mine.", purpose=KIND, owner=OWNER)
    settings.PRIVATE_KEYS = (NEW,)
    with pytest.raises(UnreadableTextError, match="key that this installation does not have") as refused:
        unseal(sealed, purpose=KIND, owner=OWNER)
    assert "Mine" not in str(refused.value)
    assert NEW not in str(refused.value)


def test_after_a_change_of_key_old_texts_open_and_new_ones_are_sealed_with_the_new_key(settings):
    before = seal("Before.", purpose=KIND, owner=OWNER)
    settings.PRIVATE_KEYS = (NEW, OLD)
    assert unseal(before, purpose=KIND, owner=OWNER) == "Before."
    assert not is_current(before)
    renewed = reseal(before, purpose=KIND, owner=OWNER)
    assert is_current(renewed)
    assert reseal(renewed, purpose=KIND, owner=OWNER) == renewed
    settings.PRIVATE_KEYS = (NEW,)
    assert unseal(renewed, purpose=KIND, owner=OWNER) == "Before."


@pytest.mark.parametrize("bad", [(), ("short",), (NEW, "short")])
def test_without_a_good_key_nothing_is_sealed(settings, bad):
    settings.PRIVATE_KEYS = bad
    with pytest.raises(NoKeyError):
        seal("Mine.", purpose=KIND, owner=OWNER)


def test_the_key_is_made_once_and_kept_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("GOODSTANDING_HOME", str(tmp_path))
    monkeypatch.delenv("GOODSTANDING_PRIVATE_KEY", raising=False)
    assert environment.private_keys() == ()
    environment.keep_private_key()
    (key,) = environment.private_keys()
    environment.keep_private_key()
    assert environment.private_keys() == (key,)
    path = tmp_path / environment.PRIVATE_KEY_FILE
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600  # noqa: PTH116
    path.write_text(f"{NEW.replace(' ', '_')}\n{key}\n", encoding="ascii")
    assert environment.private_keys() == (NEW.replace(" ", "_"), key)


def test_the_environment_wins_and_then_no_file_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("GOODSTANDING_HOME", str(tmp_path))
    monkeypatch.setenv("GOODSTANDING_PRIVATE_KEY", f"{NEW.replace(',', '')},{OLD.replace(',', '')}")
    environment.keep_private_key()
    assert environment.private_keys() == (NEW.replace(",", ""), OLD.replace(",", ""))
    assert not (tmp_path / environment.PRIVATE_KEY_FILE).exists()
