"""What of a database belongs into a backup, and what is read of it there. Plain SQL, for it is asked of states of several ages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import FileField

__all__ = ["LEFT_OUT", "Ask", "Contents", "StoredFile", "left_out_of", "read_contents"]

Ask = Callable[[str], list[tuple[Any, ...]]]
"""Puts one question to the snapshot that is backed up."""

LEFT_OUT = ("accounts_dataexport", "django_session", "mailing_outgoingmail", "usersessions_usersession")
"""
Tables that are stored empty, beside the cache: who is signed in, mail that waits, whose links give access, and copies that people
asked for of their data, whose files hold their private texts in the open.

Whoever got hold of a backup could use them, and after a restore nobody should: a mail that went out since would go out again.
"""


@dataclass(frozen=True)
class StoredFile:
    """A file that a row names, with the hash that the row promises, where it does."""

    name: str
    sha256: str
    table: str
    column: str


@dataclass(frozen=True)
class Contents:
    """What a snapshot holds."""

    migrations: tuple[tuple[str, str], ...]
    rows: dict[str, int]
    files: tuple[StoredFile, ...]
    private_keys: tuple[str, ...]


def left_out_of(tables: Iterable[str]) -> tuple[str, ...]:
    """Those of `tables` whose rows are not kept."""
    unkept = {*LEFT_OUT, *(str(cache["LOCATION"]) for cache in settings.CACHES.values() if "db" in str(cache["BACKEND"]))}
    return tuple(sorted(unkept.intersection(tables)))


def read_contents(ask: Ask, columns: dict[str, set[str]], *, empty: Iterable[str]) -> Contents:
    """Ask the snapshot, whose tables have `columns`; the tables in `empty` count as having no rows."""
    skipped = set(empty)
    return Contents(
        migrations=tuple((str(app), str(name)) for app, name in ask("SELECT app, name FROM django_migrations ORDER BY app, name"))
        if "django_migrations" in columns
        else (),
        rows={
            table: 0 if table in skipped else int(ask(f'SELECT count(*) FROM "{table}"')[0][0])  # noqa: S608 - a table's own name
            for table in sorted(columns)
        },
        files=tuple(_files(ask, columns)),
        private_keys=tuple(sorted(_key_names(ask, columns))),
    )


def _files(ask: Ask, columns: dict[str, set[str]]) -> Iterable[StoredFile]:
    for model in apps.get_models():
        table = model._meta.db_table  # noqa: SLF001 - Django's documented name
        there = columns.get(table, set())
        for field in model._meta.concrete_fields:  # noqa: SLF001
            if isinstance(field, FileField) and field.column in there:
                # A hash of the file stands beside it, as `sha256` or `<field>_sha256`, in every model that has one.
                hashed = next((name for name in (f"{field.name}_sha256", "sha256") if name in there), None)
                wanted = f'"{field.column}", ' + (f'"{hashed}"' if hashed else "''")
                rows = ask(f'SELECT {wanted} FROM "{table}" WHERE "{field.column}" <> \'\' ORDER BY 1')  # noqa: S608
                yield from (StoredFile(str(name), str(sha256 or ""), table, field.column) for name, sha256 in rows)


def _key_names(ask: Ask, columns: dict[str, set[str]]) -> set[str]:
    """The names of the keys with which texts in the snapshot are sealed, whichever tables hold them."""
    from goodstanding.private_text import START_LENGTH, key_name_of

    starts = set()
    for table, names in columns.items():
        if "sealed" in names:
            starts |= {str(row[0]) for row in ask(f'SELECT DISTINCT substr(sealed, 1, {START_LENGTH}) FROM "{table}"')}  # noqa: S608
    return {name for start in starts if (name := key_name_of(start))}
