"""The words by which staff find people, in an index that answers for any beginning of them."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_roles_and_browser_sessions")]

    operations = [
        migrations.CreateModel(
            name="PersonWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.BinaryField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="words",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["word", "user"], name="people_by_word")],
                "constraints": [models.UniqueConstraint(fields=("user", "word"), name="word_once_per_person")],
            },
        ),
    ]
