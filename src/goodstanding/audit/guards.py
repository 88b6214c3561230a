"""
Triggers with which the database itself refuses to rewrite append-only tables.

They stand on the table of every model that derives from ``AppendOnly``: no row is updated, none is deleted, and on PostgreSQL
no table is emptied. On SQLite ``INSERT OR REPLACE`` is refused too, for it deletes without telling a trigger. Rows of erasable
tables may be deleted while the transaction holds the permit (``audit.models.ErasurePermit``), which can not be committed.

They are put up after every ``migrate``, because SQLite loses a table's triggers whenever a migration rebuilds the table. A
migration that has to rewrite such rows says so with :func:`lifted`. No setting, variable or role of the product lifts them;
only who may change the schema can, as with any constraint.
"""

# ruff: noqa: S608 - the names in these statements are those of our own tables and columns
from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from goodstanding.audit.append_only import append_only_models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["lifted", "missing_guards", "put_up_guards", "take_down_guards"]

_PERMIT = "audit_erasurepermit"
_FUNCTION = "goodstanding_written_once"
_ADVICE = "correct it by adding a row that points back"

_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' AND TG_ARGV[0] = 'erasable' THEN
        IF EXISTS (SELECT 1 FROM {_PERMIT}) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% is written once: % refused; {_ADVICE}', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$body$
"""


def put_up_guards(connection: BaseDatabaseWrapper, only: Iterable[str] | None = None) -> None:
    """Put up the guards that are missing or out of date, on every append-only table that exists. Twice is the same as once."""
    chosen = None if only is None else set(only)
    tables = {table: erasable for table, erasable in _tables(connection).items() if chosen is None or table in chosen}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            there = _postgresql_triggers(cursor)
            if any(name not in there for table in tables for name in _names(connection, table)):
                cursor.execute(_POSTGRESQL_FUNCTION)
            for table, erasable in tables.items():
                for name, sql in _postgresql(table, erasable=erasable).items():
                    if name not in there:
                        cursor.execute(sql)
        else:
            standing = _sqlite_triggers(cursor)
            for table, erasable in tables.items():
                for name, sql in _sqlite(cursor, table, erasable=erasable).items():
                    if standing.get(name) == sql:
                        continue
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
                    cursor.execute(sql)


def take_down_guards(connection: BaseDatabaseWrapper, tables: Iterable[str] | None = None) -> None:
    """Take the guards of these tables down, of all without any. For migrations and tests; see :func:`lifted`."""
    with connection.cursor() as cursor:
        for table in _tables(connection) if tables is None else tables:
            for name in _names(connection, table):
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


@contextlib.contextmanager
def lifted(connection: BaseDatabaseWrapper, *tables: str) -> Iterator[None]:
    """
    The guards of these tables, or of all, are down inside, and up again afterwards where they were up before.

    In a migration: `schema_editor.connection`. In an upgrade from before there were guards none goes up here, for a later
    migration of the same upgrade may still have rows to rewrite.
    """
    without = set(missing_guards(connection))
    were_up = [table for table in tables or _tables(connection) if table not in without]
    take_down_guards(connection, were_up)
    yield
    put_up_guards(connection, were_up)


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Append-only tables that exist and that the database would let be rewritten."""
    with connection.cursor() as cursor:
        there = _postgresql_triggers(cursor) if connection.vendor == "postgresql" else set(_sqlite_triggers(cursor))
    return [table for table in _tables(connection) if any(name not in there for name in _names(connection, table))]


def _tables(connection: BaseDatabaseWrapper) -> dict[str, bool]:
    """Append-only tables that exist, each with whether its rows may be erased with their person."""
    with connection.cursor() as cursor:
        there = {table.name for table in connection.introspection.get_table_list(cursor)}
    if _PERMIT not in there:  # a database in the middle of an upgrade from before there were guards
        return {}
    wanted = {model._meta.db_table: model.erasable for model in append_only_models()}  # noqa: SLF001 - Django's documented name
    return {table: erasable for table, erasable in wanted.items() if table in there}


def _names(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    kinds = ("row", "truncate") if connection.vendor == "postgresql" else ("update", "delete", "replace")
    return [f"{table}_written_once_{kind}" for kind in kinds]


def _postgresql_triggers(cursor: Any) -> set[str]:
    cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
    return {name for (name,) in cursor.fetchall()}


def _postgresql(table: str, *, erasable: bool) -> dict[str, str]:
    kind = "erasable" if erasable else "kept"
    act = f"EXECUTE FUNCTION {_FUNCTION}('{kind}')"
    return {
        f"{table}_written_once_row": (
            f'CREATE OR REPLACE TRIGGER "{table}_written_once_row" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW {act}'
        ),
        f"{table}_written_once_truncate": (
            f'CREATE OR REPLACE TRIGGER "{table}_written_once_truncate" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {act}'
        ),
    }


def _sqlite_triggers(cursor: Any) -> dict[str, str]:
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_written\\_once\\_%' ESCAPE '\\'"
    )
    return dict(cursor.fetchall())


def _sqlite(cursor: Any, table: str, *, erasable: bool) -> dict[str, str]:
    def trigger(kind: str, operation: str, when: str = "") -> tuple[str, str]:
        name = f"{table}_written_once_{kind}"
        refusal = f"SELECT RAISE(ABORT, '{table} is written once: {kind.upper()} refused; {_ADVICE}');"
        return name, f'CREATE TRIGGER "{name}" BEFORE {operation} ON "{table}"{when} BEGIN {refusal} END'

    unless_permitted = f" WHEN NOT EXISTS (SELECT 1 FROM {_PERMIT})" if erasable else ""
    taken = " OR ".join(
        f'EXISTS (SELECT 1 FROM "{table}" WHERE ' + " AND ".join(f'"{column}" = NEW."{column}"' for column in columns) + ")"
        for columns in _sqlite_unique(cursor, table)
    )
    return dict(
        [
            trigger("update", "UPDATE"),
            trigger("delete", "DELETE", unless_permitted),
            trigger("replace", "INSERT", f" WHEN {taken}"),
        ]
    )


def _sqlite_unique(cursor: Any, table: str) -> list[tuple[str, ...]]:
    """The columns, or groups of them, that no two rows share: the key first."""
    cursor.execute(f'PRAGMA table_info("{table}")')
    found = {tuple(row[1] for row in cursor.fetchall() if row[5])}
    cursor.execute(f'PRAGMA index_list("{table}")')
    for _, index, unique, _, partial in cursor.fetchall():
        if unique and not partial:
            cursor.execute(f'PRAGMA index_info("{index}")')
            found.add(tuple(row[2] for row in cursor.fetchall()))
    return sorted(found)
