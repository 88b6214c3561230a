"""Health for whatever watches the process: live says it runs, ready says it can serve."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    del request
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 while the database can not be reached, lacks migrations, or has some that are unknown here."""
    del request
    try:
        executor = MigrationExecutor(connection)
        loader = executor.loader
        newer = set(loader.applied_migrations or {}) - set(loader.disk_migrations or {})
        waiting = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except (Error, ImproperlyConfigured):
        return JsonResponse({"status": "not ready", "why": "the database can not be reached"}, status=503)
    if newer:
        return JsonResponse({"status": "not ready", "why": "the database was changed by a newer version"}, status=503)
    if waiting:
        return JsonResponse({"status": "not ready", "why": "the database waits for migrations"}, status=503)
    return JsonResponse({"status": "ready"})


urlpatterns: list[URLPattern] = [
    path("health/live", live, name="health-live"),
    path("health/ready", ready, name="health-ready"),
]
