from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BasisSignature",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("content_hash", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[("rating", "Rating"), ("approval", "Approval"), ("withdrawal", "Withdrawal")], max_length=12
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120)),
                ("credentials", models.CharField(blank=True, max_length=120)),
                ("discipline", models.CharField(blank=True, max_length=80)),
                ("note", models.TextField(blank=True, max_length=1000)),
                ("statement", models.TextField(blank=True)),
                ("difficulty", models.DecimalField(decimal_places=2, max_digits=4, null=True)),
                ("minutes", models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ("ratings", models.JSONField(default=list)),
                ("hours", models.JSONField(default=list)),
                ("signed_at", models.DateTimeField()),
                ("recorded_by", models.UUIDField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="catalog.courseversion"
                    ),
                ),
                (
                    "withdraws",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawn_by",
                        to="catalog.basissignature",
                    ),
                ),
            ],
            options={
                "ordering": ["signed_at", "id"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("difficulty__isnull", False), ("kind", "rating"), ("withdraws__isnull", True)),
                            models.Q(
                                ("difficulty__isnull", False),
                                ("kind", "approval"),
                                ("minutes__isnull", False),
                                ("withdraws__isnull", True),
                            ),
                            models.Q(("kind", "withdrawal"), ("withdraws__isnull", False)),
                            _connector="OR",
                        ),
                        name="signature_has_what_its_kind_needs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("difficulty__isnull", True),
                            models.Q(("difficulty__gte", 1), ("difficulty__lte", 5)),
                            _connector="OR",
                        ),
                        name="signature_difficulty_within_scale",
                    ),
                ],
            },
        ),
    ]
