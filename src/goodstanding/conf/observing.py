"""What a process of the product does to be watched: called once, when it starts."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings

from goodstanding.conf.tracing import watch_database

__all__ = ["observe_jobs", "observe_web"]

logger = logging.getLogger(__name__)


def observe_web() -> None:
    """In a process that answers requests: measure what they ask of the database."""
    watch_database()


def observe_jobs() -> None:
    """In the job worker: note slow queries, report failed jobs, and answer Prometheus for all processes of this host."""
    from django_tasks.signals import task_finished

    watch_database()
    task_finished.connect(_note_failure, dispatch_uid="observing")
    if settings.METRICS:
        from goodstanding.conf.metrics import open_address

        open_address(settings.METRICS)


def _note_failure(*, task_result: Any, **_: object) -> None:
    """Name and kind of error only: what a job was given, and what its error says, may be about a person."""
    if task_result.status == "FAILED":
        kinds = {error.exception_class_path.rpartition(".")[2] for error in task_result.errors}
        logger.error("A job failed: %s (%s)", task_result.task.name, ", ".join(sorted(kinds)) or "no error")
