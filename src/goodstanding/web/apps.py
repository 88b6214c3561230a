from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "goodstanding.web"
    label = "web"

    def ready(self) -> None:
        from goodstanding.web import signed_in

        signed_in.connect()
