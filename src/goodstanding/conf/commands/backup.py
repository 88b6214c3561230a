"""
``goodstanding backup FILE``: everything an installation would miss, in one file, while the product serves.

In it: the database and the files that people uploaded. Not in it, on purpose: the keys (``private-key``, ``secret-key``), who is
signed in, mail that waits, and what is made anew at each start. Keep ``private-key`` apart from the backups, and keep it: without it
the private texts in a backup stay closed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from goodstanding.conf.database import UNREADABLE, NoDatabaseError, set_up_database

if TYPE_CHECKING:
    from goodstanding.conf.backup.making import Made

HELP = "write database and files into one file, also while the product serves"
DONE, FAULTY = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the file to write; in a folder that exists, a file named after the time"
    )


def run(args: argparse.Namespace) -> int:
    """0: the backup stands. 1: it does not; or it does and something is wrong with the installation, for the reasons on stderr."""
    try:
        set_up_database()
    except NoDatabaseError as error:
        return _refuse(str(error))
    from django.db import Error

    from goodstanding.conf.backup.errors import BackupError
    from goodstanding.conf.backup.making import make_backup
    from goodstanding.conf.database_state import NewerDatabaseError

    at = dt.datetime.now(dt.UTC)
    given: Path = args.file.expanduser()
    target = _named(given, at) if given.is_dir() else given
    try:
        made = make_backup(target=target, at=at, say=_progress)
    except (BackupError, NewerDatabaseError) as error:
        return _refuse(str(error))
    except Error:
        return _refuse(UNREADABLE)
    manifest = made.manifest
    _record(made)
    _say(
        f"{made.path}: {manifest.rows.get('credit_certificate', 0)} certificates, {len(manifest.files)} files, {_size(made.path)}."
    )
    _say("The keys are not in it. Keep the file private-key apart from the backups, and keep it.")
    for complaint in made.complaints:
        _refuse(f"{complaint}. The backup holds everything else")
    return FAULTY if made.complaints else DONE


def _named(folder: Path, at: dt.datetime) -> Path:
    """A name after the time that no other backup has, such as one that the nightly timer made in the same second."""
    stem = f"goodstanding-{at:%Y%m%dT%H%M%SZ}"
    names = itertools.chain([f"{stem}.zip"], (f"{stem}-{number}.zip" for number in itertools.count(2)))
    return next(path for name in names if not (path := folder / name).exists())


def _record(made: Made) -> None:
    """For the status page: when the last backup was made. A database that can be read and not written is still backed up."""
    from django.db import Error

    from goodstanding.audit.services import Tag, record_event

    data = {"bytes": made.path.stat().st_size, "files": len(made.manifest.files)}
    try:
        record_event(
            tag=Tag.BACKUP_MADE,
            actor=None,
            subject_kind="backup",
            subject_id=f"{made.manifest.made_at:%Y%m%dT%H%M%SZ}",
            data=data,
        )
    except Error:
        _refuse("the backup stands, but the database could not note that it was made")


def _size(path: Path) -> str:
    return f"{max(path.stat().st_size / 1_000_000, 0.1):.1f} MB"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _progress(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _refuse(message: str) -> int:
    sys.stderr.write(f"goodstanding backup: {' '.join(message.split())}\n")
    return FAULTY
