"""A request to staff may be about a rule in place of a course: a mistake that somebody found in it."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_signatures_for_hours"),
        ("learning", "0008_attempts_keep_their_numbers"),
    ]

    operations = [
        migrations.AddField("staffrequest", "rule", models.CharField(blank=True, default="", max_length=80)),
        migrations.AddField("staffrequest", "rule_version", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("staffrequest", "part", models.CharField(blank=True, default="", max_length=120)),
        migrations.AlterField(
            "staffrequest",
            "course",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.course"),
        ),
        migrations.AlterField(
            "staffrequest",
            "kind",
            models.CharField(
                choices=[
                    ("accommodation", "Accommodation"),
                    ("grievance", "Grievance"),
                    ("question", "Question"),
                    ("mistake", "Mistake in a rule"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField("staffrequest", "reply_to", models.EmailField(blank=True, max_length=254)),
        migrations.AddConstraint(
            "staffrequest",
            models.CheckConstraint(
                condition=models.Q(course__isnull=False, rule="", rule_version="", part="") & ~models.Q(kind="mistake")
                | models.Q(course__isnull=True, kind="mistake") & ~models.Q(rule="") & ~models.Q(rule_version=""),
                name="request_about_one_thing",
            ),
        ),
    ]
