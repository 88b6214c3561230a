from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("learning", "0001_initial")]

    operations = [
        migrations.AddField("scenariostep", "weighed", models.JSONField(default=list)),
        migrations.AddField("scenariostep", "seconds", models.PositiveIntegerField(null=True)),
        migrations.CreateModel(
            name="StepReason",
            fields=[
                (
                    "step",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="written",
                        serialize=False,
                        to="learning.scenariostep",
                    ),
                ),
                ("sealed", models.TextField()),
            ],
        ),
    ]
