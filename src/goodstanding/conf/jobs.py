"""
Running jobs so that none is lost: not with a worker that was killed, not with a database that went away.

A job that runs is marked anew every few seconds by its worker. A job whose mark stays the same while time passes here has lost its
worker and is run again; so is one whose worker was a process of this machine that is no longer there, at once. Neither looks at
the clock on the wall, which may jump.

A job can therefore run twice, and every job is written so that its result stands once (``mailing.delivery`` is the pattern).
"""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from goodstanding.conf.database_state import require_no_newer

__all__ = ["MOST_TRIES", "PATIENCE", "LostJobs", "PersistentWorker", "this_process"]

logger = logging.getLogger(__name__)

BEAT_SECONDS = 5
PATIENCE = 60.0
"""Seconds for which a job's mark may stay the same before its worker is taken for dead."""
MOST_TRIES = 5
"""A job that ends its worker each time must not do so for ever."""
_LOST = "goodstanding.conf.jobs.WorkerLostError"
_AWAY = frozenset({"django.db.utils.OperationalError", "django.db.utils.InterfaceError"})
_LONGEST_WAIT = 10.0


def this_process() -> str:
    """A name that no other process has, also not after a start of the machine or in another container."""
    return f"{_machine()}-{os.getpid()}-{_started(os.getpid())}"


def _machine() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
        return f"{boot}-{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return os.urandom(8).hex()


def _started(pid: int) -> str:
    """When the process began, in ticks since the machine did; empty if there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _is_gone(worker: str) -> bool:
    """Whether `worker` was a process of this machine that is no longer there."""
    machine, _, rest = worker.rpartition("-")[0].rpartition("-")
    started = worker.rpartition("-")[2]
    return machine == _machine() and rest.isdigit() and _started(int(rest)) != started


class LostJobs:
    """Finds jobs that lost their worker. `worker` is the name of the one that looks."""

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._seen: dict[UUID, tuple[object, float]] = {}

    def take_back(self, *, now: float, running: UUID | None) -> int:
        """
        Let jobs be run again whose worker is gone; how many.

        `now` is a time that only goes forward; `running` is the job that this worker is running itself.
        """
        seen: dict[UUID, tuple[object, float]] = {}
        taken = 0
        for job in DBTaskResult.objects.running():
            worker = str(job.worker_ids[-1]) if job.worker_ids else ""
            mark: object = (job.started_at, str(job.return_value))
            previous, since = self._seen.get(job.pk, (mark, now))
            if previous != mark:
                since = now
            seen[job.pk] = (mark, since)
            if worker == self._worker:
                # Between taking a job and running it there is a moment, which must not count as having lost it.
                lost = job.pk != running and now - since >= 2 * BEAT_SECONDS
            else:
                lost = _is_gone(worker) or now - since >= PATIENCE
            taken += _again(job) if lost else 0
        self._seen = seen
        return taken


def _again(job: DBTaskResult[Any, Any]) -> int:
    """Put a job back, or give it up after many tries; unless its state has changed since it was read."""
    same = DBTaskResult.objects.filter(pk=job.pk, status=job.status, started_at=job.started_at)
    if len(job.worker_ids) >= MOST_TRIES:
        logger.error("A job (%s) was given up after %s tries.", job.task_path, len(job.worker_ids))
        return int(
            same.update(status=TaskResultStatus.FAILED, finished_at=timezone.now(), return_value=None, exception_class_path=_LOST)
        )
    logger.warning("A job (%s) did not come to its end and is run again.", job.task_path)
    return int(
        same.update(
            status=TaskResultStatus.READY,
            started_at=None,
            finished_at=None,
            return_value=None,
            exception_class_path="",
            traceback="",
        )
    )


class PersistentWorker(Worker):
    """The worker of django-tasks-db, which outlasts a database that goes away."""

    def __init__(self) -> None:
        super().__init__(
            queue_names=["default"],
            interval=0.5,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=this_process(),
            excluded_queue_names=[],
        )
        self._current: UUID | None = None
        self._beats = 0
        self._lost = LostJobs(self.worker_id)
        self._pause = threading.Event()

    def require_no_newer(self) -> None:
        """Raise NewerDatabaseError; a database that can not be asked yet is waited for."""
        self._outlast(require_no_newer)

    def run(self) -> None:
        self._outlast(super().run)

    def _outlast(self, work: Any) -> None:
        wait = 0.5
        while self.running:
            began = time.monotonic()
            try:
                work()
            except (OperationalError, InterfaceError) as error:
                # its own message may show where the database is
                logger.warning("The database can not be used (%s); jobs wait for it.", type(error).__name__)
                connections.close_all()
                wait = 0.5 if time.monotonic() - began > _LONGEST_WAIT else min(wait * 2, _LONGEST_WAIT)
                self._pause.wait(wait)
            else:
                return

    def run_task(self, db_task_result: DBTaskResult[Any, Any]) -> None:
        self._current = db_task_result.pk
        try:
            super().run_task(db_task_result)
        finally:
            self._current = None
        if db_task_result.status == TaskResultStatus.FAILED and db_task_result.exception_class_path in _AWAY:
            _again(db_task_result)  # it was the database that failed, not the job

    def look_after_jobs(self, seconds: int) -> None:
        """Called each second from another thread: mark the job that runs, take back those that lost their worker. Never raises."""
        if seconds % BEAT_SECONDS:
            return
        try:
            if (current := self._current) is not None:
                self._beats += 1
                DBTaskResult.objects.filter(pk=current, status=TaskResultStatus.RUNNING).update(
                    return_value={"alive": self._beats}
                )
            self._lost.take_back(now=time.monotonic(), running=current)
        except Exception as error:  # noqa: BLE001 - the watch must go on, whatever is wrong with the database
            logger.warning(
                "The jobs could not be looked after (%s); tried again in %s seconds.", type(error).__name__, BEAT_SECONDS
            )
        close_old_connections()
