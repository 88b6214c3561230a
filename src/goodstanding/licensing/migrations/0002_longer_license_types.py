"""License types are words of the rule files, such as "psychologist with HSPP endorsement"."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licensing", "0001_initial")]

    operations = [migrations.AlterField("license", "license_type", models.CharField(max_length=80))]
