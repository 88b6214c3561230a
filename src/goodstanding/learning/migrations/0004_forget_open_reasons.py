from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def overwrite_what_is_freed(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite leaves freed pages as they were; the words must not stay in them. PostgreSQL clears them with its next vacuum."""
    if editor.connection.vendor == "sqlite":
        with editor.connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")


class Migration(migrations.Migration):
    dependencies = [("learning", "0003_seal_written_reasons")]

    operations = [
        migrations.RunPython(overwrite_what_is_freed),
        migrations.RemoveField("scenariostep", "reason"),
    ]
