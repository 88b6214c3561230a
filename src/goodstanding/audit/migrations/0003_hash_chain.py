"""Chain the records (``goodstanding.audit.chain``); those from before are chained in the order in which they were written."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from goodstanding.audit.chain import START, Anchor, Link, rechain
from goodstanding.audit.guards import lifted

_BATCH = 1_000


def chain_what_is_there(apps: Any, schema_editor: Any) -> None:
    event_model, head_model = apps.get_model("audit", "AuditEvent"), apps.get_model("audit", "AuditHead")
    end, last_id = Anchor(0, START), 0
    with lifted(schema_editor.connection, "audit_auditevent"):
        while batch := list(event_model.objects.filter(id__gt=last_id).order_by("id")[:_BATCH]):
            links = (Link(0, *(getattr(row, name) for name in Link._fields[1:])) for row in batch)
            for row, link in zip(batch, rechain(links, start=end), strict=True):
                row.number, row.previous, row.hash = link.number, link.previous, link.hash
                end, last_id = Anchor(link.number, link.hash), row.id
            event_model.objects.bulk_update(batch, ["number", "previous", "hash"])
    head_model.objects.create(id=1, number=end.number, hash=end.hash)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_erasure_permits")]

    operations = [
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(default=START, max_length=64)),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_audit_head")]},
        ),
        migrations.AddField("auditevent", "number", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("auditevent", "previous", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.AddField("auditevent", "hash", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.RunPython(chain_what_is_there, migrations.RunPython.noop),
        migrations.AlterField("auditevent", "number", models.PositiveBigIntegerField(unique=True)),
    ]
