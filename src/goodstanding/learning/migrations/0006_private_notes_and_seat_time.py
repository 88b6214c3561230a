from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("learning", "0005_pretest"),
    ]

    operations = [
        migrations.CreateModel(
            name="PrivateNote",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("section", models.CharField(max_length=80)),
                ("kind", models.CharField(choices=[("note", "Note"), ("highlight", "Highlight")], max_length=10)),
                ("sealed", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="learning.enrollment"
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
                "indexes": [models.Index(fields=["enrollment", "section"], name="notes_by_section")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ["note", "highlight"])), name="note_kind_known"),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("sealed"), 40000
                        ),
                        name="note_bounded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sitting",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("step", models.CharField(max_length=100)),
                ("opened_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("last_beat", models.PositiveIntegerField()),
                ("seconds", models.PositiveIntegerField(default=0)),
                ("mark", models.PositiveSmallIntegerField(default=0)),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sittings", to="learning.enrollment"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["enrollment", "step"], name="sittings_by_step")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_at__gte", models.F("opened_at"))), name="sitting_goes_forward"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SeatClock",
            fields=[
                (
                    "holder",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.holder",
                    ),
                ),
                ("counted_until", models.DateTimeField()),
            ],
        ),
    ]
