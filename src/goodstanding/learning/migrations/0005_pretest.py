from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("learning", "0004_forget_open_reasons")]

    operations = [
        migrations.CreateModel(
            name="Pretest",
            fields=[
                (
                    "enrollment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="pretest",
                        serialize=False,
                        to="learning.enrollment",
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                ("marks", models.JSONField(default=list)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("skipped", models.BooleanField(default=False)),
            ],
        ),
    ]
