"""Backing up and replacing a PostgreSQL database, with PostgreSQL's own programs."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection, connections

from goodstanding.conf import environment
from goodstanding.conf.backup.contents import Contents, left_out_of, read_contents
from goodstanding.conf.backup.errors import BackupError

__all__ = ["PostgreSQL"]

_NOT_LIBPQ = {"assume_role", "context", "cursor_factory", "isolation_level", "pool", "prepare_threshold", "server_side_binding"}
"""Options of Django or its driver; all others go to the server's library, which the programs use, too."""

# Everything of ours and nothing of an extension; in the transaction that loads the backup, so that there is either state or the other.
_CLEAR = """
DO $$
DECLARE one record;
BEGIN
  FOR one IN
    SELECT format('DROP %s IF EXISTS %I.%I CASCADE',
                  CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                  n.nspname, c.relname) AS command
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i'))
    ORDER BY CASE c.relkind WHEN 'S' THEN 1 ELSE 0 END
  LOOP EXECUTE one.command; END LOOP;
  FOR one IN
    SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) AS command
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public'
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE one.command; END LOOP;
END $$;
"""


class PostgreSQL:
    """The database on a server, which others may be writing."""

    kind = "postgresql"

    @contextlib.contextmanager
    def snapshot(self, folder: Path) -> Iterator[tuple[Path, Contents, tuple[str, ...]]]:
        """A dump of the database at one moment, made while others write, with what it holds and the tables that were left out."""
        _program("pg_dump")
        copy = folder / "database.pgdump"
        with _session() as session, session.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone() or ("",)

            def ask(sql: str) -> list[tuple[Any, ...]]:
                cursor.execute(sql)
                return list(cursor.fetchall())

            columns: dict[str, set[str]] = {}
            for table, column in ask(
                "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t"
                " USING (table_schema, table_name) WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'"
            ):
                columns.setdefault(str(table), set()).add(str(column))
            if not columns:
                raise BackupError("there is nothing in the database yet; start `goodstanding serve` once")
            emptied = left_out_of(columns)
            _run(
                "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--snapshot={snapshot}",
                *(f"--exclude-table-data=public.{table}" for table in emptied), f"--file={copy}",
            )  # fmt: skip
            copy.chmod(0o600)
            contents = read_contents(ask, columns, empty=emptied)
        yield copy, contents, emptied

    def workplace(self, home: Path) -> Path:
        """A folder for the dump while it is loaded."""
        return home

    def is_empty(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
            return bool(cursor.fetchone() == (0,))

    def require_alone(self) -> None:
        """Raise BackupError while anyone else is connected to the database."""
        for name in ("pg_restore", "psql"):
            _program(name)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            (others,) = cursor.fetchone()
        if others:
            raise BackupError(
                f"the database is in use ({others} other connection{'' if others == 1 else 's'}); stop every server and "
                "whatever else is connected, then run this again"
            )

    def way_back(self, folder: Path) -> Path:
        """All of the database as it is, to load again if what is put in its place fails."""
        dump = folder / "previous.pgdump"
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--file={dump}")
        return dump

    def can_be_copied(self) -> bool:
        return True

    @contextlib.contextmanager
    def loaded(self, dump: Path, *, previous: Path | None) -> Iterator[None]:
        """
        The database in `dump`, in the place of the present one; if the block fails, the one in `previous` again, or none.

        Each load is one transaction that clears and fills, so the database is never seen half full.
        """
        connections.close_all()
        self._load(dump)
        try:
            yield
        except BaseException:
            connections.close_all()
            self._load(previous)
            raise

    def _load(self, dump: Path | None) -> None:
        script = ["--command", _CLEAR]
        sql = dump.with_suffix(".sql") if dump is not None else None
        if dump is not None and sql is not None:
            _run("pg_restore", "--no-owner", "--no-privileges", "--no-comments", f"--file={sql}", str(dump), connect=False)
            script += ["--file", str(sql)]
        _run("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null", *script)
        if sql is not None:
            sql.unlink()


def _parameters() -> dict[str, str]:
    given = connection.settings_dict
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    options = {key: value for key, value in given.get("OPTIONS", {}).items() if key not in _NOT_LIBPQ}
    return {
        key: str(value) for key, value in {**options, **{key: given.get(name) for key, name in named.items()}}.items() if value
    }


def _session() -> contextlib.closing[Any]:
    import psycopg

    return contextlib.closing(psycopg.connect(**_parameters(), autocommit=True))  # type: ignore[arg-type]


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"the program {name} is missing; install Debian's package postgresql-client")
    return found


def _run(name: str, *arguments: str, connect: bool = True) -> None:
    from psycopg.conninfo import make_conninfo

    parameters = _parameters()
    # The password must not stand among the arguments, which everyone on the machine can list.
    secret = {"PGPASSWORD": parameters.pop("password")} if "password" in parameters else {}
    target = ["--dbname", make_conninfo("", **parameters)] if connect else []
    result = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, no shell
        [_program(name), *(["--no-password", *target] if connect else []), *arguments],
        env={**environment.inherited(), **secret, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        lines = result.stderr.strip().splitlines() or ["no reason given"]
        error = next((line for line in lines if "error" in line.lower() or "FATAL" in line), lines[-1])
        raise BackupError(f"{name} failed: {error}")
