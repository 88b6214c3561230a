"""The drill: fill, back up while writes go on, lose everything, restore; and every backup that must be refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from goodstanding.conf.backup.container import DATABASE_MEMBER, open_backup
from goodstanding.conf.backup.errors import BackupError, DamagedBackupError, UnfitBackupError
from goodstanding.conf.commands.backup import _named
from tests.backup.filling import ENTER, FILL, WRITE_ON
from tests.backup.installation import KEY, SIGNING_KEY, Installation, installation

LEFT_OUT = {"django_session", "mailing_outgoingmail", "cache"}
SECRETS = [
    KEY,
    SIGNING_KEY,
    "the-session-of-someone",
    "the-content-of-the-cache",
    "the-link-that-gives-access",
    "For my eyes only.",
    "a long enough word",
]


@dataclass
class Filled:
    place: Installation
    before: dict[str, Any]
    backup: Path


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """An installation with a backup that was made while credits with proofs were entered, one after the other."""
    with installation(tmp_path_factory.mktemp("filled")) as place:
        place.run(FILL + ENTER + "enter(0)\n")
        backup = place.home / "backup.zip"
        before = place.digest()
        writer = place.begin(WRITE_ON)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "going\n"
        made = place.command("backup", str(backup))
        assert writer.poll() is None
        rest, _ = writer.communicate("")
        assert writer.returncode == 0, rest
        assert made.code == 0, made.err
        assert "The keys are not in it" in made.out
        yield Filled(place, before, backup)


def test_after_a_loss_everything_stands_as_it_was_and_every_certificate_verifies(filled: Filled, tmp_path: Path) -> None:
    with open_backup(filled.backup) as backup:
        manifest = backup.manifest
    with installation(tmp_path / "new") as new:
        restored = new.command("restore", str(filled.backup))
        assert restored.code == 0, restored.err
        assert f"{len(filled.before['certificates'])} certificates" in restored.out
        after = new.digest()

        assert len(after["certificates"]) >= 2
        assert after["certificates"] == filled.before["certificates"] == after["promised"]
        counts = {table: count for table, (count, _) in after["rows"].items()}
        assert counts == manifest.rows
        assert {table for table, count in counts.items() if not count} >= LEFT_OUT & set(counts)
        # What the writes of that moment did not touch is the same to the last byte, but for what is left out.
        touched = LEFT_OUT | {
            "credit_creditentry",
            "credit_creditproof",
            "audit_auditevent",
            "audit_audithead",
            "sqlite_sequence",
        }
        assert {table: rows for table, rows in after["rows"].items() if table not in touched} == {
            table: rows for table, rows in filled.before["rows"].items() if table not in touched
        }
        # Credits that were entered while the backup was made are in it with their proofs, or not at all.
        assert len(after["proofs"]) >= 4
        assert all(promised == stored for promised, stored in after["proofs"].values())
        assert not manifest.missing_files
        assert counts["credit_creditproof"] == len(after["proofs"])

        number = next(iter(after["certificates"]))
        assert new.command("verify", number).code == 0
        # and the installation lives: new rows get numbers that are free
        new.run(ENTER + "enter(999)\n")
        assert not [path for path in (new.state).iterdir() if path.name.startswith(".goodstanding-")]


def test_no_secret_is_in_the_backup(filled: Filled) -> None:
    with zipfile.ZipFile(filled.backup) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()) + filled.backup.read_bytes()
        dump = next((name for name in archive.namelist() if name == DATABASE_MEMBER["postgresql"]), "")
        if dump:  # compressed inside
            archive.extract(dump, filled.place.home)
            everything += subprocess.run(
                ["pg_restore", "--file=-", str(filled.place.home / dump)], capture_output=True, check=True
            ).stdout
    assert b"CREATE TABLE" in everything
    for secret in SECRETS:
        assert secret.encode() not in everything, secret
    assert filled.backup.stat().st_mode & 0o077 == 0


def test_a_backup_never_takes_the_place_of_another_file(filled: Filled, tmp_path: Path) -> None:
    letter = tmp_path / "letter.zip"
    letter.write_text("Dear grandmother")
    refused, nowhere = filled.place.commands(["backup", str(letter)], ["backup", str(tmp_path / "nowhere" / "x.zip")])
    assert refused.code == nowhere.code == 1
    assert "exists already" in refused.err
    assert letter.read_text() == "Dear grandmother"
    assert "no folder" in nowhere.err


def test_in_a_folder_the_backup_is_named_after_the_time(filled: Filled, tmp_path: Path) -> None:
    assert filled.place.command("backup", str(tmp_path)).code == 0
    (made,) = tmp_path.iterdir()
    assert made.name.startswith("goodstanding-20")
    with open_backup(made):
        pass


def test_two_backups_of_one_second_have_two_names(tmp_path: Path) -> None:
    at = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
    names = []
    for _ in range(3):
        path = _named(tmp_path, at)
        path.write_bytes(b"")
        names.append(path.name.removeprefix("goodstanding-20261123T040000Z"))
    assert names == [".zip", "-2.zip", "-3.zip"]


def test_a_lost_or_changed_file_is_told_and_everything_else_is_kept(filled: Filled, tmp_path: Path) -> None:
    proof = next((filled.place.state / "files" / "proofs").iterdir())
    whole = proof.read_bytes()
    try:
        proof.write_bytes(whole + b"!")
        changed = filled.place.command("backup", str(tmp_path / "changed.zip"))
        proof.unlink()
        lost = filled.place.command("backup", str(tmp_path / "lost.zip"))
    finally:
        proof.write_bytes(whole)
    assert changed.code == lost.code == 1
    assert f"proofs/{proof.name} is not what" in changed.err
    assert f"proofs/{proof.name} is not in the file store" in lost.err
    with open_backup(tmp_path / "lost.zip") as backup:
        assert backup.manifest.missing_files == (f"proofs/{proof.name}",)


# --- what is refused, with nothing changed ------------------------------------------------------------------------------


def resealed(source: Path, target: Path, *, without: str = "", manifest: dict[str, Any] | None = None) -> Path:
    """The backup with a member taken out or a changed manifest, sealed anew, as no accident would."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        new.comment = old.comment
        for name in old.namelist():
            if name == without:
                continue
            data = old.read(name)
            if name == "manifest.json" and manifest:
                data = json.dumps({**json.loads(data), **manifest}).encode()
            new.writestr(name, data)
    data = target.read_bytes()[:-64]
    target.write_bytes(data + hashlib.sha256(data).hexdigest().encode())
    return target


def manifest_of(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        found: dict[str, Any] = json.loads(archive.read("manifest.json"))
        return found


def test_any_single_flipped_bit_is_noticed(filled: Filled, tmp_path: Path) -> None:
    whole = filled.backup.read_bytes()
    damaged = tmp_path / "damaged.zip"
    step = len(whole) // 40
    for place in [0, 1, *range(step, len(whole), step), len(whole) - 100, len(whole) - 1]:
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(DamagedBackupError), open_backup(damaged):
            pass


@pytest.mark.parametrize("kept", [0, 1, 60, 5_000, -1, -64, -200])
def test_a_cut_off_backup_is_noticed(filled: Filled, tmp_path: Path, kept: int) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(filled.backup.read_bytes()[:kept])
    with pytest.raises(DamagedBackupError), open_backup(cut):
        pass


def test_a_missing_member_a_strange_one_and_a_name_that_leads_elsewhere_are_noticed(filled: Filled, tmp_path: Path) -> None:
    manifest = manifest_of(filled.backup)
    file = next(member for member in manifest["members"] if member["name"].startswith("files/"))
    for number, changed in enumerate(
        [
            resealed(filled.backup, tmp_path / "a.zip", without=file["name"]),
            resealed(filled.backup, tmp_path / "b.zip", without="manifest.json"),
            resealed(filled.backup, tmp_path / "c.zip", manifest={"members": []}),
            resealed(filled.backup, tmp_path / "d.zip", manifest={"members": manifest["members"][:1]}),
            resealed(filled.backup, tmp_path / "e.zip", manifest={"members": [{**one, "sha256": "0" * 64} for one in manifest["members"]]}),
            resealed(filled.backup, tmp_path / "f.zip", manifest={"unheard": "of"}),
        ]
    ):  # fmt: skip
        with pytest.raises(DamagedBackupError), open_backup(changed):
            raise AssertionError(number)
    evil = io.BytesIO()
    with zipfile.ZipFile(filled.backup) as old, zipfile.ZipFile(evil, "w") as new:
        new.comment = old.comment
        member = {"name": "files/../../evil", "size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
        new.writestr("files/../../evil", b"x")
        for name in old.namelist():
            new.writestr(
                name,
                json.dumps({**manifest, "members": [*manifest["members"], member]})
                if name == "manifest.json"
                else old.read(name),
            )
    (tmp_path / "evil.zip").write_bytes(evil.getvalue())
    with (
        pytest.raises(DamagedBackupError, match="leads elsewhere"),
        open_backup(resealed(tmp_path / "evil.zip", tmp_path / "g.zip")),
    ):
        pass


def test_a_backup_in_a_newer_form_asks_for_an_upgrade(filled: Filled, tmp_path: Path) -> None:
    newer = resealed(filled.backup, tmp_path / "newer.zip", manifest={"format": 2, "something": "new"})
    with pytest.raises(UnfitBackupError, match="newer"), open_backup(newer):
        pass


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="can not be read"), open_backup(tmp_path / "nothing.zip"):
        pass


def test_what_does_not_fit_is_refused_in_one_line_and_nothing_changes(filled: Filled, tmp_path: Path) -> None:
    manifest = manifest_of(filled.backup)
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[manifest["database"]]
    members = [
        {**member, "name": DATABASE_MEMBER[other]} if member["name"] in DATABASE_MEMBER.values() else member
        for member in manifest["members"]
    ]
    renamed = tmp_path / "renamed.zip"
    with zipfile.ZipFile(filled.backup) as old, zipfile.ZipFile(renamed, "w") as new:
        new.comment = old.comment
        for name in old.namelist():
            new.writestr(DATABASE_MEMBER[other] if name == DATABASE_MEMBER[manifest["database"]] else name, old.read(name))
    flipped = bytearray(filled.backup.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    (tmp_path / "flipped.zip").write_bytes(flipped)
    resealed(
        filled.backup,
        tmp_path / "newer.zip",
        manifest={"migrations": [*manifest["migrations"], ["credit", "0999_from_tomorrow"]]},
    )
    resealed(filled.backup, tmp_path / "real.zip", manifest={"demonstration": False})
    resealed(filled.backup, tmp_path / "rows.zip", manifest={"rows": {**manifest["rows"], "credit_certificate": 99}})
    resealed(renamed, tmp_path / "other.zip", manifest={"database": other, "members": members})
    with installation(tmp_path / "target", like=filled.place) as target:
        before, on_disk = target.digest(), target.bytes_on_disk()
        cases = [
            (tmp_path / "flipped.zip", ["--replace"], "damaged"),
            (tmp_path / "newer.zip", ["--replace"], "credit.0999_from_tomorrow"),
            (tmp_path / "other.zip", ["--replace"], "another kind of database"),
            (tmp_path / "real.zip", ["--replace"], "unset GOODSTANDING_DEMO"),
            (filled.backup, [], "--replace"),
            (tmp_path / "nothing.zip", ["--replace"], "can not be read"),
        ]
        answers = target.commands(*(["restore", str(path), *options] for path, options, _ in cases))
        for (path, _, reason), refused in zip(cases, answers, strict=True):
            assert refused.code == 1, path
            assert reason in refused.err, refused.err
            assert refused.err.splitlines()[-1].startswith("goodstanding restore: ")
            assert refused.out == ""
        assert target.bytes_on_disk() == on_disk
        keyless = target.command(
            "restore", str(filled.backup), "--replace", GOODSTANDING_PRIVATE_KEY="another key, just as long as it must be"
        )
        assert "no key here opens" in keyless.err
        assert keyless.code == 1
        # This one shows only once the database is loaded; what was there stands again.
        miscounted = target.command("restore", str(tmp_path / "rows.zip"), "--replace")
        assert "should hold 99" in miscounted.err
        assert target.digest() == before
        assert {name: data for name, data in target.bytes_on_disk().items() if not name.startswith("before-restore-")} == on_disk


def test_with_a_lost_key_everything_but_the_private_texts_comes_back(filled: Filled, tmp_path: Path) -> None:
    with installation(tmp_path / "new", key="another key, just as long as it must be") as new:
        restored = new.command("restore", str(filled.backup), "--without-private-key")
        assert restored.code == 1
        assert "private notes can not be opened" in restored.err
        assert new.digest()["certificates"] == filled.before["certificates"]


def test_replacing_keeps_what_was_there_in_a_backup_that_restores(filled: Filled, tmp_path: Path) -> None:
    with installation(tmp_path / "target", like=filled.place) as target:
        target.run(ENTER + "enter('after the backup')\n")
        former = target.digest()
        restored = target.command("restore", str(filled.backup), "--replace")
        assert restored.code == 0, restored.err
        replaced = target.digest()
        assert replaced["certificates"] == filled.before["certificates"]
        assert len(replaced["proofs"]) < len(former["proofs"])
        (safety,) = target.state.glob("before-restore-*.zip")
        assert str(safety) in restored.out
        moved = target.home / "safety.zip"
        shutil.move(safety, moved)
        assert target.command("restore", str(moved), "--replace").code == 0
        again = target.digest()
        assert again["proofs"] == former["proofs"]
        assert all(again["rows"][table] == rows for table, rows in former["rows"].items() if table not in LEFT_OUT)


def test_while_it_is_in_use_nothing_is_replaced(filled: Filled, tmp_path: Path) -> None:
    with installation(tmp_path / "target", like=filled.place) as target:
        for holder in (
            "from django.db import connection; connection.cursor().execute('SELECT 1')",
            "from pathlib import Path; from goodstanding.conf.in_use import join_in; from django.conf import settings; join_in(settings.HOME)",
        ):
            other = target.begin(f"{holder}\nprint('open', flush=True)\nsys.stdin.read()\n")
            try:
                assert other.stdout is not None
                assert other.stdout.readline() == "open\n"
                refused = target.command("restore", str(filled.backup), "--replace")
                assert refused.code == 1
                assert "in use" in refused.err or "the server runs" in refused.err
            finally:
                other.communicate("")
        assert not list(target.state.glob("before-restore-*"))
        assert target.command("restore", str(filled.backup), "--replace").code == 0


def test_sqlite_needs_no_program_and_postgresql_names_the_missing_package(filled: Filled, tmp_path: Path) -> None:
    if not filled.place.database_url:
        assert filled.place.command("backup", str(tmp_path / "x.zip"), PATH=str(tmp_path)).code == 0
        return
    refused = filled.place.command("backup", str(tmp_path / "x.zip"), PATH=str(tmp_path))
    assert refused.code == 1
    assert "postgresql-client" in refused.err
    assert not (tmp_path / "x.zip").exists()
