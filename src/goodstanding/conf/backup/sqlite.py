"""Backing up and replacing the embedded database."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, connections

from goodstanding.conf.backup.container import sync_folder
from goodstanding.conf.backup.contents import Contents, left_out_of, read_contents
from goodstanding.conf.backup.errors import BackupError, DamagedBackupError

__all__ = ["SQLite"]

_WAIT = 20


class SQLite:
    """The database in one file, which other processes may be writing."""

    kind = "sqlite"

    def __init__(self) -> None:
        self.path = Path(connection.settings_dict["NAME"])

    @contextlib.contextmanager
    def snapshot(self, folder: Path) -> Iterator[tuple[Path, Contents, tuple[str, ...]]]:
        """
        A copy of the database at one moment, made while others write, with what it holds and the tables that were emptied.

        What was emptied is not merely marked free: the copy is written anew without it.
        """
        if not self.path.is_file():
            raise BackupError("there is no database to back up; start `goodstanding serve` once, or set GOODSTANDING_HOME")
        copy = folder / "database.sqlite3"
        copy.touch(mode=0o600)
        with _open(self.path) as live, _open(copy) as target:
            live.backup(target)
        with _open(copy) as target:
            # the copy is one file, without a log beside it
            target.execute("PRAGMA journal_mode=DELETE")
            _check(target, str(self.path))
            columns = _columns(target)
            emptied = left_out_of(columns)
            for table in emptied:
                target.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own constants
            target.commit()
            target.execute("VACUUM")
            yield copy, read_contents(lambda sql: target.execute(sql).fetchall(), columns, empty=emptied), emptied

    def workplace(self, home: Path) -> Path:
        """A folder from which a file can be put into the database's place in one step."""
        del home
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.path.parent

    def is_empty(self) -> bool:
        """Whether a restore would replace nothing. A file that is no database is something, too."""
        if not self.path.exists() or self.path.stat().st_size == 0:
            return True
        try:
            with _open(self.path) as database:
                return not _columns(database)
        except (sqlite3.Error, BackupError):
            return False

    def require_alone(self) -> None:
        """Raise BackupError while any other process has the database open, whatever started it."""
        if not self.path.exists():
            return
        connections.close_all()
        try:
            with _open(self.path, wait=1) as database:
                database.execute("PRAGMA locking_mode=EXCLUSIVE")
                database.execute("BEGIN EXCLUSIVE")
                database.rollback()
        except BackupError as error:
            if "locked" in str(error.__cause__):
                raise BackupError(
                    "the database is in use; stop the server (and whatever else has it open), then run this again"
                ) from error
            raise
        except sqlite3.DatabaseError:
            return  # no database at all: nobody can be using it

    def way_back(self, folder: Path) -> None:
        """None is needed: the present file is only left once its successor was proven."""
        del folder

    def can_be_copied(self) -> bool:
        """Whether a backup of what is there can be made at all."""
        try:
            with _open(self.path) as database:
                _check(database, str(self.path))
        except (sqlite3.Error, BackupError):
            return False
        return True

    @contextlib.contextmanager
    def loaded(self, dump: Path, *, previous: Path | None) -> Iterator[None]:
        """
        The database in `dump`, as Django's own connection, and in the place of the present one when the block ends well.

        Until then the present one is not touched.
        """
        del previous
        with _open(dump) as database:
            _check(database, "the database in the backup", error=DamagedBackupError)
        connections.close_all()
        connection.settings_dict["NAME"] = str(dump)
        try:
            yield
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = str(self.path)
        with _open(dump) as database:
            # into one file without a log: what stands beside it would not be moved along
            database.execute("PRAGMA journal_mode=DELETE")
        self._take_place(dump)

    def _take_place(self, dump: Path) -> None:
        if self.path.exists():
            with contextlib.suppress(sqlite3.DatabaseError), _open(self.path) as database:
                database.execute("PRAGMA journal_mode=DELETE")  # the log is written into the file, which so stays whole
            for beside in ("-wal", "-shm", "-journal"):
                # A log that stayed would be taken for one of the new database, and spoil it.
                self.path.with_name(self.path.name + beside).unlink(missing_ok=True)
        dump.replace(self.path)
        sync_folder(self.path.parent)


@contextlib.contextmanager
def _open(path: Path, *, wait: float = _WAIT) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(path, timeout=wait)
    try:
        yield database
    except sqlite3.OperationalError as error:
        # full, locked or not readable; where it happened says more than which of them SQLite took it for
        raise BackupError(f"{path} can not be read or written ({error}); is the disk full, or the folder read-only?") from error
    finally:
        database.close()


def _check(database: sqlite3.Connection, name: str, *, error: type[BackupError] = BackupError) -> None:
    try:
        answers = [row[0] for row in database.execute("PRAGMA integrity_check(3)")]
        orphans = database.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as broken:
        raise error(f"{name} is damaged ({broken}); restore the last backup") from broken
    if answers != ["ok"] or orphans:
        what = answers[0] if answers != ["ok"] else f"a row of {orphans[0]} points at nothing"
        raise error(f"{name} is damaged ({what}); restore the last backup")


def _columns(database: sqlite3.Connection) -> dict[str, set[str]]:
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    return {name: {row[1] for row in database.execute(f'PRAGMA table_info("{name}")')} for (name,) in tables.fetchall()}
