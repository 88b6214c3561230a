"""`goodstanding reseal`: every private text comes to the newest key, once, whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from base64 import b32decode

import pytest
from django.apps import apps
from django.db import connection, models

from goodstanding.accounts.second_step import SecondStepAdapter
from goodstanding.catalog.models import Sponsor
from goodstanding.flows import resealing
from goodstanding.flows.requests import open_request, send_request
from goodstanding.flows.resealing import KINDS, reseal_texts
from goodstanding.learning import notes, selectors
from goodstanding.learning.models import PrivateNote, StaffRequest, StepReason
from goodstanding.private_text import NoKeyError, is_current, seal
from tests.learning.making import AT, SLUG, enrolled, play, read

OLD, NEW, OTHER = (f"a-{name}-key-made-of-letters-enough" for name in ("former", "new", "foreign"))
WORDS = "She needs an answer."


@pytest.fixture(autouse=True)
def _former_key(settings):
    settings.PRIVATE_KEYS = (OLD,)


@pytest.fixture
def enrollment(clinician):
    return enrolled(clinician)


def note(enrollment, text="Mine."):
    return notes.save_note(enrollment=enrollment, section_id="one", note_id=uuid.uuid4(), text=text, at=AT).id


def everything(enrollment):
    """One text of each kind: a reason, a note, a request."""
    read(enrollment, "one")
    play(enrollment)
    note(enrollment)
    Sponsor.objects.get_or_create(id=1)
    send_request(
        request_id=uuid.UUID(int=9), kind="question", slug=SLUG, holder=None, reply_to="ada@example.org", text="A word.", at=AT
    )


def run_all(**options):
    """The last word on each kind."""
    return {state.kind: state for state in reseal_texts(**options)}


def sealed():
    return [row.sealed for kind in KINDS for row in kind.model.objects.all()]


def test_every_model_that_holds_sealed_texts_is_known():
    holding = {model for model in apps.get_models() if any(field.name == "sealed" for field in model._meta.get_fields())}
    assert holding == {kind.model for kind in KINDS} == {StepReason, PrivateNote, StaffRequest}
    assert all(isinstance(model._meta.get_field("sealed"), models.TextField) for model in holding)


@pytest.mark.django_db
class TestResealing:
    def test_texts_of_every_kind_open_with_the_new_key_alone(self, enrollment, administrator, settings):
        everything(enrollment)
        settings.PRIVATE_KEYS = (NEW, OLD)
        states = run_all()
        assert [(state.total, state.done, state.left) for state in states.values()] == [(1, 1, 0)] * 4
        settings.PRIVATE_KEYS = (NEW,)
        (kept,) = notes.notes_of(enrollment)
        assert kept.text == "Mine."
        assert len(b32decode(SecondStepAdapter().decrypt(administrator.authenticator_set.get().data["secret"]))) == 20
        assert open_request(actor=administrator, request_id=uuid.UUID(int=9)).text == "A word."
        reason = StepReason.objects.get()
        assert selectors.unseal(reason.sealed, purpose=selectors.REASON, owner=enrollment.holder_id) == WORDS

    def test_a_second_run_changes_nothing(self, enrollment, settings):
        everything(enrollment)
        settings.PRIVATE_KEYS = (NEW, OLD)
        run_all()
        before = sealed()
        assert all(state.done == state.total == 0 for state in run_all().values())
        assert sealed() == before

    def test_a_run_that_was_left_is_gone_on_with(self, enrollment, settings):
        for number in range(5):
            note(enrollment, f"Note {number}.")
        settings.PRIVATE_KEYS = (NEW, OLD)
        steps = (state for state in reseal_texts(batch=2) if state.done)
        assert next(steps).done == 2
        steps.close()
        first = {text for text in sealed() if is_current(text)}
        assert len(first) == 2
        assert run_all(batch=2)["private notes"].done == 3
        assert first < set(sealed())
        settings.PRIVATE_KEYS = (NEW,)
        assert sorted(kept.text for kept in notes.notes_of(enrollment)) == [f"Note {number}." for number in range(5)]

    def test_what_is_written_or_deleted_meanwhile_stands(self, enrollment, settings, monkeypatch):
        changed, deleted = note(enrollment, "Before."), note(enrollment, "Soon gone.")
        settings.PRIVATE_KEYS = (NEW, OLD)

        def meanwhile(sealed_before, **bound):
            """What the server does between our reading a text and our writing it."""
            monkeypatch.setattr(resealing, "reseal", real)
            row = PrivateNote.objects.get(pk=changed)
            settings.PRIVATE_KEYS = (OLD,)  # a worker that was not started anew
            notes.change_note(enrollment=row.enrollment, note_id=changed, text="After.", at=AT)
            settings.PRIVATE_KEYS = (NEW, OLD)
            notes.delete_note(enrollment=row.enrollment, note_id=deleted)
            return real(sealed_before, **bound)

        real = resealing.reseal
        monkeypatch.setattr(resealing, "reseal", meanwhile)
        assert run_all()["private notes"].left == 0
        (kept,) = notes.notes_of(enrollment)
        assert (kept.id, kept.text) == (changed, "After.")
        assert all(map(is_current, sealed()))

    def test_a_server_that_goes_on_with_the_former_key_is_told_not_chased(self, enrollment, settings, monkeypatch):
        note(enrollment)
        settings.PRIVATE_KEYS = (NEW, OLD)
        real = resealing.reseal

        def meanwhile(sealed_before, **bound):
            settings.PRIVATE_KEYS = (OLD,)
            note(enrollment)
            settings.PRIVATE_KEYS = (NEW, OLD)
            return real(sealed_before, **bound)

        monkeypatch.setattr(resealing, "reseal", meanwhile)
        state = run_all()["private notes"]
        assert state.left > 0
        assert state.done >= resealing.MOST_PASSES

    def test_what_can_not_be_opened_is_told_apart_and_left_as_it_is(self, enrollment, settings):
        good, foreign, moved = (note(enrollment) for _ in range(3))
        settings.PRIVATE_KEYS = (OTHER,)
        PrivateNote.objects.filter(pk=foreign).update(
            sealed=seal("Mine.", purpose=notes.NOTE, owner=f"{enrollment.holder_id}:{foreign}")
        )
        PrivateNote.objects.filter(pk=moved).update(sealed=PrivateNote.objects.get(pk=good).sealed)
        before = dict(PrivateNote.objects.exclude(pk=good).values_list("pk", "sealed"))
        settings.PRIVATE_KEYS = (NEW, OLD)
        state = run_all(batch=1)["private notes"]
        assert (state.done, state.unknown_key, state.damaged, state.left) == (1, {str(foreign)}, {str(moved)}, 0)
        assert dict(PrivateNote.objects.exclude(pk=good).values_list("pk", "sealed")) == before

    def test_without_a_key_nothing_is_touched(self, enrollment, settings):
        note(enrollment)
        before = sealed()
        settings.PRIVATE_KEYS = ()
        with pytest.raises(NoKeyError):
            run_all()
        assert sealed() == before


def command(*arguments, keys=f"{NEW},{OLD}"):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        place = f"{database['HOST']}:{database['PORT']}"
        url = f"postgres://{database['USER']}:{database['PASSWORD']}@{place}/{database['NAME']}"
    return subprocess.Popen(
        [sys.executable, "-m", "goodstanding.conf.cli", "reseal", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**kept, "DATABASE_URL": url, "GOODSTANDING_PRIVATE_KEY": keys},
    )


def finished(process):
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


@pytest.mark.django_db(transaction=True)
class TestTheCommand:
    def test_killed_in_the_middle_nothing_is_lost_and_the_next_run_ends_it(self, enrollment, settings):
        count = notes.MOST_NOTES
        for number in range(count):
            note(enrollment, f"Note {number:03}.")
        with command("--batch", "1") as process:
            assert process.stdout.readline().startswith("reasons in scenarios: 0 of 0")
            assert process.stdout.readline() == f"private notes: 1 of {count} resealed\n"
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
        settings.PRIVATE_KEYS = (NEW, OLD)
        assert 0 < sum(map(is_current, sealed())) < count
        expected = {f"Note {number:03}." for number in range(count)}
        assert {kept.text for kept in notes.notes_of(enrollment)} == expected
        code, output, errors = finished(command())
        assert (code, errors) == (0, "")
        assert output.endswith("Every private text is under the newest key. The former keys are needed for older backups only.\n")
        settings.PRIVATE_KEYS = (NEW,)
        assert {kept.text for kept in notes.notes_of(enrollment)} == expected

    def test_with_the_wrong_key_it_says_so_and_shows_no_text(self, enrollment):
        written = note(enrollment, "She came twice.")
        before = sealed()
        code, output, errors = finished(command(keys=f"{NEW},{OTHER}"))
        assert code == 1
        assert "private notes: 0 of 1 resealed, done" in output
        first, second = errors.splitlines()
        assert first == (
            f"goodstanding reseal: private notes: 1 were sealed with a key that is not here, and stay as they are: {written}"
        )
        assert second.startswith("goodstanding reseal: is the former key there?")
        assert "She came" not in output + errors
        assert not any(key in output + errors for key in (NEW, OTHER))
        assert sealed() == before

    def test_a_key_too_short_is_refused_in_one_line(self, enrollment):
        note(enrollment)
        code, output, errors = finished(command(keys="short"))
        assert (code, output) == (1, "")
        assert errors == "goodstanding reseal: A key for private texts is shorter than 32 characters. Use a longer, random one.\n"

    @pytest.mark.parametrize("batch", ["0", "-1", "many", "²"])
    def test_a_batch_that_is_no_number_is_wrong_usage(self, batch):
        code, _, errors = finished(command(f"--batch={batch}"))
        assert code == 2
        assert "a whole number from 1 to 10000" in errors


def test_without_a_database_none_is_made(tmp_path):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "DATABASE", "GOODSTANDING"))}
    done = subprocess.run(
        [sys.executable, "-m", "goodstanding.conf.cli", "reseal"],
        env={**kept, "GOODSTANDING_HOME": str(tmp_path / "home")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("goodstanding reseal: there is no database yet; start `goodstanding serve` once")
    assert not (tmp_path / "home").exists()
