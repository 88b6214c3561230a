"""How the installation fares: its jobs, mail, files, database and versions. Nothing here is about a person."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.metadata
import platform
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from goodstanding.accounts.models import User
from goodstanding.accounts.permissions import require_administrator
from goodstanding.audit.models import AuditEvent
from goodstanding.audit.selectors import list_events
from goodstanding.audit.services import Tag, record_event
from goodstanding.catalog.selectors import list_courses
from goodstanding.licensing.rulebook import rulebook
from goodstanding.mailing.selectors import MailState, get_last_delivery, get_mail_state

__all__ = [
    "FailedJob",
    "InstallationStatus",
    "JobNotFoundError",
    "count_jobs",
    "get_installation_status",
    "get_last_backup",
    "retry_job",
]

_SHOWN = 20
_LATE = dt.timedelta(minutes=15)
"""A job that waits or runs longer than that is worth a look: the longest of ours take a minute or two."""
_LITTLE_ROOM = 0.1
_BACKUP_LATE = dt.timedelta(days=2)


class JobNotFoundError(Exception):
    """There is no failed job with this id; it may have been tried again already."""


@dataclass(frozen=True, kw_only=True)
class FailedJob:
    """A job that ended in an error. What it was given, and what the error says, may be about a person and is not here."""

    id: uuid.UUID
    name: str
    error: str
    failed_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class JobsState:
    waiting: int
    running: int
    failed: int
    oldest_waiting: dt.datetime | None
    oldest_running: dt.datetime | None
    latest_failed: tuple[FailedJob, ...]


@dataclass(frozen=True, kw_only=True)
class FilesState:
    """Where uploads are. `used`, `free` and `total` are bytes of its disk; None where the store is not a folder of this host."""

    place: str
    used: int | None
    free: int | None
    total: int | None

    @property
    def little_room(self) -> bool:
        return self.free is not None and bool(self.total) and self.free < _LITTLE_ROOM * (self.total or 0)


@dataclass(frozen=True, kw_only=True)
class DatabaseState:
    kind: str
    version: str
    size: int
    migrations_applied: int
    migrations_waiting: int


@dataclass(frozen=True, kw_only=True)
class CourseState:
    title: str
    number: int
    since: dt.datetime


@dataclass(frozen=True, kw_only=True)
class InstallationStatus:
    """Everything on the status page; `warnings` first says what to do something about."""

    at: dt.datetime
    jobs: JobsState
    mail: MailState
    mail_kept: bool
    last_delivery: dt.datetime | None
    files: FilesState
    database: DatabaseState
    last_backup: AuditEvent | None
    versions: Mapping[str, str]
    courses: tuple[CourseState, ...]
    rules: int
    rules_version: str
    warnings: tuple[tuple[str, str], ...]


def count_jobs() -> dict[str, int]:
    """How many jobs are kept in each state, by the lower-case name of the state; 0 where there are none."""
    found = dict(DBTaskResult.objects.order_by().values_list("status").annotate(number=Count("pk")))
    return {str(state).lower(): int(found.get(state, 0)) for state in TaskResultStatus.values}


def get_last_backup() -> AuditEvent | None:
    """The record of the newest backup; None if none was ever made."""
    return list_events().filter(tag=Tag.BACKUP_MADE).first()


def get_installation_status(*, actor: User, at: dt.datetime) -> InstallationStatus:
    """Everything an operator should know at the moment `at`. Raises PermissionRefusedError for anyone but an administrator."""
    require_administrator(actor)
    jobs, mail, files, database = _jobs(), get_mail_state(), _files(), _database()
    last_backup = get_last_backup()
    return InstallationStatus(
        at=at,
        jobs=jobs,
        mail=mail,
        mail_kept=settings.EMAIL_BACKEND.endswith("OutboxBackend"),
        last_delivery=get_last_delivery(),
        files=files,
        database=database,
        last_backup=last_backup,
        versions={
            "Good Standing": importlib.metadata.version("goodstanding"),
            "Django": importlib.metadata.version("django"),
            "Python": platform.python_version(),
        },
        courses=tuple(
            CourseState(title=course.content.title, number=course.version.number, since=course.version.published_at)
            for course in list_courses()
        ),
        rules=len(rulebook().rules),
        rules_version=rulebook().version,
        warnings=tuple(_warnings(jobs, mail, files, database, last_backup, at)),
    )


@transaction.atomic
def retry_job(*, actor: User, job_id: uuid.UUID, at: dt.datetime) -> None:
    """
    Let a failed job run again, as it was first asked for. Raises JobNotFoundError if it did not fail or runs again already.

    Every job of ours may run twice: it looks at what there is to do, so that a job that failed late does nothing double.
    """
    require_administrator(actor)
    again = DBTaskResult.objects.filter(pk=job_id, status=TaskResultStatus.FAILED).update(
        status=TaskResultStatus.READY, run_after=at, started_at=None, finished_at=None, exception_class_path="", traceback=""
    )
    if not again:
        raise JobNotFoundError
    record_event(tag=Tag.JOB_RETRIED, actor=actor, subject_kind="job", subject_id=job_id)


def _jobs() -> JobsState:
    counts = count_jobs()
    failed = DBTaskResult.objects.failed().order_by("-finished_at")[:_SHOWN]
    running = DBTaskResult.objects.running().aggregate(since=Min("started_at"))
    waiting = DBTaskResult.objects.ready().aggregate(since=Min("enqueued_at"))
    return JobsState(
        waiting=counts["ready"],
        running=counts["running"],
        failed=counts["failed"],
        oldest_waiting=waiting["since"],
        oldest_running=running["since"],
        latest_failed=tuple(
            FailedJob(
                id=job.pk,
                name=job.task_path.removeprefix("goodstanding."),
                error=job.exception_class_path.rpartition(".")[2],
                failed_at=job.finished_at,
            )
            for job in failed
        ),
    )


def _files() -> FilesState:
    store = storages["default"]
    if not isinstance(store, FileSystemStorage):
        return FilesState(place=settings.FILES_PLACE, used=None, free=None, total=None)
    folder = Path(store.location)
    disk = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists()))
    return FilesState(place=settings.FILES_PLACE, used=_bytes_in(folder), free=disk.free, total=disk.total)


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            if path.is_file():
                total += path.stat().st_size
    return total


def _database() -> DatabaseState:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    applied = len(executor.loader.applied_migrations)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database()), current_setting('server_version')")
            size, version = cursor.fetchone()
            return DatabaseState(
                kind="PostgreSQL", version=version.split()[0], size=size, migrations_applied=applied, migrations_waiting=waiting
            )
        cursor.execute("SELECT page_count * page_size, sqlite_version() FROM pragma_page_count(), pragma_page_size()")
        size, version = cursor.fetchone()
        return DatabaseState(kind="SQLite", version=version, size=size, migrations_applied=applied, migrations_waiting=waiting)


def _warnings(
    jobs: JobsState, mail: MailState, files: FilesState, database: DatabaseState, last_backup: AuditEvent | None, at: dt.datetime
) -> Iterator[tuple[str, str]]:
    """What to do something about, and what."""
    if jobs.oldest_waiting is not None and at - jobs.oldest_waiting > _LATE:
        yield (
            "Jobs wait and nothing takes them up",
            "See whether the service runs on its host, and what its log says of the job worker.",
        )
    if jobs.oldest_running is not None and at - jobs.oldest_running > _LATE:
        yield "A job has been running for long", "If its worker was killed, it is taken up again when the service starts."
    if jobs.failed:
        yield (
            f"{jobs.failed} job{'' if jobs.failed == 1 else 's'} failed",
            "Look at the log for the error, mend its cause, then try again below.",
        )
    if mail.given_up or mail.failing:
        yield (
            "Mail is not getting through",
            f"{mail.failing} tried in vain and waiting, {mail.given_up} given up. Check GOODSTANDING_MAIL and the mail server.",
        )
    if files.little_room:
        yield "Little room is left for files", "Less than a tenth of the disk is free. Make room or move the state folder."
    if database.migrations_waiting:
        yield "The database waits for migrations", "Restart the service; it migrates when it starts."
    if settings.DEMONSTRATION:
        return
    if last_backup is None:
        yield "No backup was ever made", "Set up the backup timer, or run goodstanding backup."
    elif at - last_backup.at > _BACKUP_LATE:
        yield "The last backup is older than two days", "See what the log of the backup timer says."
