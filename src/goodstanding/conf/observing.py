"""What a process of the product does to be watched: called once, when it starts."""

from __future__ import annotations

from django.conf import settings

from goodstanding.conf.tracing import watch_database

__all__ = ["observe_jobs", "observe_web"]


def observe_web() -> None:
    """In a process that answers requests: measure what they ask of the database."""
    watch_database()


def observe_jobs() -> None:
    """In the job worker: note slow queries, and answer Prometheus for all processes of this host. Failed jobs log themselves."""
    watch_database()
    if settings.METRICS:
        from goodstanding.conf.metrics import open_address

        open_address(settings.METRICS)
