from __future__ import annotations

from django.apps import AppConfig


class LicensingConfig(AppConfig):
    name = "goodstanding.licensing"
    label = "licensing"
