from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "goodstanding.audit"
    label = "audit"

    def ready(self) -> None:
        # Django sends this once for each app, after the last migration; once is enough.
        post_migrate.connect(_guard, sender=self, dispatch_uid="append-only guards")


def _guard(*, using: str, **_: Any) -> None:
    from goodstanding.audit.guards import put_up_guards

    put_up_guards(connections[using])
