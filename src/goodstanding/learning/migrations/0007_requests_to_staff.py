from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("catalog", "0001_initial"),
        ("learning", "0006_private_notes_and_seat_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("accommodation", "Accommodation"), ("grievance", "Grievance"), ("question", "Question")],
                        max_length=20,
                    ),
                ),
                ("reply_to", models.EmailField(max_length=254)),
                ("sealed", models.TextField()),
                ("sent_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("course", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.course")),
                (
                    "holder",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.holder"
                    ),
                ),
            ],
            options={"ordering": ["-sent_at"]},
        ),
    ]
