"""An attempt keeps the numbers it stands under; until now they were those of every body that its version names."""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_numbers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What graded each attempt so far, read from the version it was drawn from, so no result changes."""
    attempts = apps.get_model("learning", "PostTestAttempt").objects.using(schema_editor.connection.alias)
    contents: dict[Any, dict[str, Any]] = {}
    for attempt in attempts.select_related("enrollment__version").iterator():
        version = attempt.enrollment.version
        content = contents.setdefault(version.pk, version.content)
        test, bodies = content.get("post_test", {}), content.get("approval_bodies", [])

        def asked(name: str, bodies: list[dict[str, Any]] = bodies) -> list[int]:
            return [body[name] for body in bodies if body.get(name) is not None]

        attempt.pass_percent = max([test.get("pass_percent", 80), *asked("pass_percent")])
        attempt.attempts_before_restudy = min([test.get("attempts_before_restudy", 2), *asked("attempts_before_restudy")])
        attempt.attempts_in_all = min(asked("attempts_in_all"), default=None)
        attempt.save(update_fields=["pass_percent", "attempts_before_restudy", "attempts_in_all"])


class Migration(migrations.Migration):
    dependencies = [("learning", "0007_requests_to_staff")]

    operations = [
        migrations.AddField(
            "posttestattempt", "pass_percent", models.PositiveSmallIntegerField(default=80), preserve_default=False
        ),
        migrations.AddField(
            "posttestattempt", "attempts_before_restudy", models.PositiveSmallIntegerField(default=2), preserve_default=False
        ),
        migrations.AddField("posttestattempt", "attempts_in_all", models.PositiveSmallIntegerField(null=True)),
        migrations.RunPython(keep_numbers, migrations.RunPython.noop),
    ]
