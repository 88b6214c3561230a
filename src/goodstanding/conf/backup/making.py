"""Making a backup, while the product serves."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection

from goodstanding.conf.backup.container import DATABASE_MEMBER, Manifest, Writer, working_folder
from goodstanding.conf.backup.contents import Contents, StoredFile
from goodstanding.conf.backup.errors import BackupError
from goodstanding.conf.backup.postgresql import PostgreSQL
from goodstanding.conf.backup.sqlite import SQLite
from goodstanding.conf.database_state import NewerDatabaseError, unknown_migrations

__all__ = ["Made", "Say", "database_of", "make_backup"]

Say = Callable[[str], None]
_TELL_EVERY = 500


@dataclass(frozen=True)
class Made:
    """The backup that stands at `path`, and what is wrong with the installation that it was made of."""

    path: Path
    manifest: Manifest
    complaints: tuple[str, ...]


def database_of() -> SQLite | PostgreSQL:
    """The configured database."""
    if connection.vendor == "sqlite":
        return SQLite()
    if connection.vendor == "postgresql":
        return PostgreSQL()
    raise BackupError(f"backups are made of SQLite and PostgreSQL, not of {connection.vendor}")


def make_backup(*, target: Path, at: dt.datetime, say: Say, newer: bool = False) -> Made:
    """
    Everything an installation would miss, as one file at `target`, which stands there whole or not at all.

    The database is copied as it is at one moment. The files are copied after it: a file is never changed and is stored before
    the row that names it, so each file that the copy names is there. Raises BackupError; `newer` permits a database that a newer
    program changed, of which the files of tables unknown here are not kept.
    """
    if target.exists():
        raise BackupError(f"{target} exists already and was left as it is; name another file")
    if not target.parent.is_dir():
        raise BackupError(f"there is no folder {target.parent}")
    database = database_of()
    with working_folder(target.parent) as folder:
        say("Copying the database ...")
        with database.snapshot(folder) as (copy, contents, emptied):
            if not newer and (unknown := unknown_migrations(contents.migrations)):
                raise NewerDatabaseError(unknown)
            _require_room(folder, copy)
            with Writer.create(target, folder) as writer:
                with copy.open("rb") as file:
                    writer.add(DATABASE_MEMBER[database.kind], file, compress=database.kind == "sqlite")
                missing, complaints = _add_files(writer, contents, say)
                manifest = Manifest(
                    format=1,
                    product=importlib.metadata.version("goodstanding"),
                    made_at=at,
                    database=database.kind,  # type: ignore[arg-type]
                    demonstration=settings.DEMONSTRATION,
                    migrations=contents.migrations,
                    rows=contents.rows,
                    left_out=emptied,
                    private_keys=contents.private_keys,
                    members=tuple(writer.members),
                    missing_files=missing,
                )
                writer.finish(manifest)
    return Made(target, manifest, complaints)


def _add_files(writer: Writer, contents: Contents, say: Say) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Copies the files; returns the names of those that are not there, and what to tell the operator."""
    wanted: dict[str, StoredFile] = {file.name: file for file in contents.files}
    missing, complaints = [], []
    if wanted:
        say(f"Copying {len(wanted)} file{'' if len(wanted) == 1 else 's'} ...")
    for number, stored in enumerate(wanted.values(), start=1):
        try:
            with default_storage.open(stored.name, "rb") as file:
                member = writer.add_file(stored.name, file)
        except FileNotFoundError:
            # With an account that was deleted meanwhile its files go, too: nothing is missing then.
            missing.append(stored.name)
            if _still_named(stored):
                complaints.append(f"the file {stored.name} is not in the file store, though a row of {stored.table} names it")
            continue
        if stored.sha256 and member.sha256 != stored.sha256:
            complaints.append(f"the file {stored.name} is not what the row of {stored.table} promises: it was damaged or changed")
        if number % _TELL_EVERY == 0:
            say(f"{number} of {len(wanted)} files copied")
    return tuple(missing), tuple(complaints)


def _still_named(stored: StoredFile) -> bool:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {quote(stored.table)} WHERE {quote(stored.column)} = %s", [stored.name])  # noqa: S608
        return cursor.fetchone() is not None


def _require_room(folder: Path, copy: Path) -> None:
    """The archive is rarely larger than half the database; a full disk in the middle is told anyway, and leaves nothing behind."""
    if shutil.disk_usage(folder).free < copy.stat().st_size // 4:
        raise BackupError(f"too little room on the disk of {folder.parent}; choose another folder")
