"""Whether this program and the database belong together: a program must not write into a database that a newer one has changed."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["NewerDatabaseError", "require_no_newer", "unknown_migrations"]


class NewerDatabaseError(Exception):
    """The database was changed by a newer program; the message says so and what to do."""

    def __init__(self, unknown: Iterable[tuple[str, str]]) -> None:
        names = sorted(f"{app}.{name}" for app, name in unknown)
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        super().__init__(
            f"The database was made by a newer Good Standing (it has the migration {names[0]}{more}, unknown here). "
            "Upgrade the program, or restore a backup from before the upgrade."
        )


def unknown_migrations(applied: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of `applied` that this program does not have, also under a newer name that replaces them."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    return set(applied) - set(loader.disk_migrations) - replaced


def require_no_newer() -> None:
    """Raise NewerDatabaseError if the configured database has been through migrations that are unknown here."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    if unknown := unknown_migrations(MigrationRecorder(connection).applied_migrations()):
        raise NewerDatabaseError(unknown)
