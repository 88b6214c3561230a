"""What a killed backup leaves behind, the next one removes; never what another one is working in."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from goodstanding.conf.backup import container
from goodstanding.conf.backup.container import working_folder
from tests.backup.installation import Installation, installation

BACKUP = """
import os, signal, sys
from pathlib import Path
from goodstanding.conf.backup import making
add_files = making._add_files
def wait(*given):
    print("copied", flush=True)
    sys.stdin.readline()
    return add_files(*given)
making._add_files = wait
making.make_backup(target=Path({target!r}), at=timezone.now(), say=lambda _: None)
print("made", flush=True)
"""
MIGRATE = 'call_command("migrate", verbosity=0)\ncall_command("createcachetable", verbosity=0)\n'


def hidden(folder: Path) -> list[Path]:
    return sorted(folder.glob(".goodstanding-*"))


def age(folder: Path) -> None:
    """As if it had been made a while ago."""
    then = time.time() - container._JUST_MADE - 1
    os.utime(folder / container._LOCK, (then, then))


def begin(place: Installation, name: str):
    going = place.begin(BACKUP.format(target=str(place.home / name)))
    assert going.stdout is not None
    assert going.stdout.readline() == "copied\n"
    return going


def test_a_killed_backup_is_cleared_away_by_the_next_and_a_running_one_is_not(tmp_path: Path) -> None:
    with installation(tmp_path) as place:
        place.run(MIGRATE)
        killed = begin(place, "killed.zip")
        (left,) = hidden(place.home)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        assert any("database" in path.name for path in left.iterdir())
        running = begin(place, "running.zip")
        (at_work,) = set(hidden(place.home)) - {left}
        for folder in (left, at_work):
            age(folder)
        made = place.command("backup", str(place.home / "next.zip"))
        assert made.code == 0, made.err
        assert hidden(place.home) == [at_work]
        out, _ = running.communicate("\n")
        assert out == "made\n"
        assert hidden(place.home) == []
        assert {path.name for path in place.home.glob("*.zip")} == {"next.zip", "running.zip"}


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A folder as a killed process leaves it."""
    folder = tmp_path / ".goodstanding-abcdefgh"
    folder.mkdir()
    (folder / container._LOCK).touch()
    (folder / "database.sqlite3").write_text("x")
    age(folder)
    return folder


def test_a_left_folder_goes(left: Path, tmp_path: Path) -> None:
    with working_folder(tmp_path) as mine:
        assert hidden(tmp_path) == [mine]
    assert hidden(tmp_path) == []


def test_one_that_was_just_made_stays(left: Path, tmp_path: Path) -> None:
    (left / container._LOCK).touch()
    with working_folder(tmp_path):
        assert left.exists()


def test_what_only_has_such_a_name_stays(left: Path, tmp_path: Path) -> None:
    (left / container._LOCK).unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / container._LOCK).touch()
    age(elsewhere)
    (tmp_path / ".goodstanding-linked").symlink_to(elsewhere)
    (tmp_path / ".goodstanding-file").touch()
    with working_folder(tmp_path):
        assert left.exists()
        assert (elsewhere / container._LOCK).exists()
        assert (tmp_path / ".goodstanding-file").exists()
