"""Forward only: a sealed reason is never written back in the open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import migrations

from goodstanding.private_text import seal

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def seal_reasons(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    steps: Any = apps.get_model("learning", "ScenarioStep").objects
    written: Any = apps.get_model("learning", "StepReason").objects
    rows = steps.exclude(reason="").filter(written=None).values_list("pk", "reason", "run__enrollment__holder_id")
    for step_id, reason, holder_id in rows.iterator():
        written.create(step_id=step_id, sealed=seal(reason, purpose="scenario reason", owner=holder_id))


class Migration(migrations.Migration):
    dependencies = [("learning", "0002_steps_say_what_was_weighed")]

    operations = [migrations.RunPython(seal_reasons)]
