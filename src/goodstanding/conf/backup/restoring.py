"""Bringing a backup back: everything is checked first, and what is there gives way only to what was proven."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from goodstanding.audit.guards import put_up_guards
from goodstanding.conf.backup.container import Manifest, Member, Reader, open_backup, working_folder
from goodstanding.conf.backup.errors import BackupError, NotEmptyError, UnfitBackupError
from goodstanding.conf.backup.making import Say, database_of, make_backup
from goodstanding.conf.backup.postgresql import PostgreSQL
from goodstanding.conf.backup.proving import Proof, prove
from goodstanding.conf.backup.sqlite import SQLite
from goodstanding.conf.database_state import NewerDatabaseError, unknown_migrations
from goodstanding.conf.in_use import InUseError, alone
from goodstanding.private_text import key_names

__all__ = ["Restored", "restore_backup"]

_OTHER = {
    "sqlite": "It was made of SQLite: unset DATABASE_URL, or name a SQLite file in it, and run this again.",
    "postgresql": "It was made of PostgreSQL: name a PostgreSQL database in DATABASE_URL and run this again.",
}


@dataclass(frozen=True)
class Restored:
    """What stands now, and where what stood before was put."""

    manifest: Manifest
    migrated: int
    proof: Proof
    safety: Path | None
    complaints: tuple[str, ...]


def restore_backup(*, source: Path, home: Path, replace: bool, without_key: bool, at: dt.datetime, say: Say) -> Restored:
    """
    Put the backup at `source` in the place of what is there, migrate it to this program and prove it.

    Raises BackupError with everything as it was: if the file is not whole or not fit, if the server runs, if something is there
    already and `replace` is not given. With `replace` what is there is kept in a safety copy in `home` first. `without_key` permits
    a backup whose private texts none of the keys here opens.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(alone(home))
        except InUseError as error:
            raise BackupError(str(error)) from error
        say("Checking the backup ...")
        backup = stack.enter_context(open_backup(source))
        database = database_of()
        _require_fit(backup.manifest, database.kind, without_key=without_key)
        _require_room(home, backup.manifest)
        database.require_alone()
        safety = _safety_copy(database, home, at=at, say=say) if _require_empty(database, replace=replace) else None
        folder = stack.enter_context(working_folder(database.workplace(home)))
        return _restore(backup, database, folder, safety, say)


def _restore(backup: Reader, database: SQLite | PostgreSQL, folder: Path, safety: Path | None, say: Say) -> Restored:
    manifest = backup.manifest
    dump = folder / Path(manifest.database_member.name).name
    backup.extract(manifest.database_member, dump)
    previous = database.way_back(folder) if safety is not None else None
    with _stored(backup, say):
        say("Loading the database ...")
        with database.loaded(dump, previous=previous):
            _require_rows(manifest)
            migrated = _migrate(say)
            say("Checking certificates and files ...")
            proof = prove(missing=frozenset(manifest.missing_files))
            if proof.wrong_certificates:
                raise BackupError(
                    f"the certificate {proof.wrong_certificates[0]} in the backup is not the one that was issued; nothing was replaced"
                )
    return Restored(manifest, migrated, proof, safety, proof.complaints)


def _require_fit(manifest: Manifest, kind: str, *, without_key: bool) -> None:
    if unknown := unknown_migrations(manifest.migrations):
        raise UnfitBackupError(
            str(NewerDatabaseError(unknown)).replace("The database", "The backup").split(". ")[0] + ". Upgrade the program first."
        )
    if manifest.database != kind:
        raise UnfitBackupError(f"The backup is of another kind of database. {_OTHER[manifest.database]}")
    if manifest.demonstration != settings.DEMONSTRATION:
        raise UnfitBackupError(
            "The backup is of a demonstration; restore it with GOODSTANDING_DEMO=1 into a folder of its own."
            if manifest.demonstration
            else "The backup is of a real installation and must not get into a demonstration; unset GOODSTANDING_DEMO."
        )
    if not without_key and (absent := set(manifest.private_keys) - set(key_names())):
        raise UnfitBackupError(
            f"The backup holds private texts that no key here opens (key {', '.join(sorted(absent))}). Put the file private-key of that "
            "installation into the state folder, or set GOODSTANDING_PRIVATE_KEY; if the key is lost, add --without-private-key."
        )


def _require_room(home: Path, manifest: Manifest) -> None:
    needed = sum(member.size for member in manifest.members) + manifest.database_member.size
    if shutil.disk_usage(home).free < needed:
        raise BackupError(f"too little room on the disk of {home}: {needed // 1_000_000 + 1} MB are needed")


def _require_empty(database: SQLite | PostgreSQL, *, replace: bool) -> bool:
    """Whether there is something that gives way; NotEmptyError if it must not."""
    if database.is_empty():
        return False
    if not replace:
        raise NotEmptyError(
            "there is a database already; add --replace to put the backup in its place (a safety copy is made first)"
        )
    return True


def _safety_copy(database: SQLite | PostgreSQL, home: Path, *, at: dt.datetime, say: Say) -> Path:
    """A backup of what is there; of a database too damaged for one, its bare files."""
    name = f"before-restore-{at:%Y%m%dT%H%M%SZ}"
    if database.can_be_copied():
        say("Making a safety copy of what is there ...")
        return make_backup(target=home / f"{name}.zip", at=at, say=lambda _: None, newer=True).path
    say("What is there is damaged; keeping its bare files ...")
    assert isinstance(database, SQLite)
    kept = home / name
    kept.mkdir(mode=0o700)
    for path in database.path.parent.glob(f"{database.path.name}*"):
        shutil.copy2(path, kept / path.name)
    return kept


@contextmanager
def _stored(backup: Reader, say: Say) -> Iterator[None]:
    """The files of the backup in the file store; if the block fails, those that were added are taken away again."""
    files = backup.manifest.files
    if files:
        say(f"Restoring {len(files)} file{'' if len(files) == 1 else 's'} ...")
    added: list[str] = []
    try:
        for name, member in files.items():
            if default_storage.exists(name):
                if _stored_sha256(name) == member.sha256:
                    continue
                # Its name is random and its content never changes, so this can only be the same file, damaged.
                default_storage.delete(name)
            with backup.open(member) as source:
                added.append(default_storage.save(name, File(source, name=name)))
            _require_stored(added[-1], name, member)
        yield
    except BaseException:
        for name in added:
            default_storage.delete(name)
        raise


def _require_stored(kept: str, name: str, member: Member) -> None:
    if kept != name or _stored_sha256(name) != member.sha256:
        raise BackupError(f"the file {name} could not be stored as it is in the backup; nothing was replaced")


def _stored_sha256(name: str) -> str:
    with default_storage.open(name, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_rows(manifest: Manifest) -> None:
    with connection.cursor() as cursor:
        for table, rows in manifest.rows.items():
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of a checked manifest
            (found,) = cursor.fetchone()
            if found != rows:
                raise BackupError(f"{table} holds {found} rows and should hold {rows}; nothing was replaced")


def _migrate(say: Say) -> int:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"Migrating to this version ({len(plan)} step{'' if len(plan) == 1 else 's'}) ...")
        call_command("migrate", verbosity=0, interactive=False)
    put_up_guards(connection)  # also where no migration was left to do
    call_command("createcachetable", verbosity=0)
    return len(plan)
