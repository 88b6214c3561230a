"""The status page says what an operator must know, and lets a failed job run again."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.audit.models import AuditEvent
from goodstanding.audit.services import Tag, record_event
from goodstanding.flows.installation import JobNotFoundError, count_jobs, get_installation_status, retry_job
from goodstanding.mailing.models import OutgoingMail

NOW = timezone.now()


def job(status: str, *, age: dt.timedelta = dt.timedelta(), **more: object) -> DBTaskResult:
    made = DBTaskResult.objects.create(
        args_kwargs={"args": ["ada@example.org"], "kwargs": {}},
        task_path="goodstanding.mailing.tasks.deliver",
        backend_name="default",
        run_after=NOW - age,
        status=status,
        exception_class_path="builtins.ValueError" if status == TaskResultStatus.FAILED else "",
        traceback="ValueError: ada@example.org" if status == TaskResultStatus.FAILED else "",
        **more,
    )
    DBTaskResult.objects.filter(pk=made.pk).update(enqueued_at=NOW - age)
    return made


def warnings(administrator, at=None):
    return " / ".join(what for what, _ in get_installation_status(actor=administrator, at=at or timezone.now()).warnings)


def test_jobs_are_counted_by_state(administrator):
    assert count_jobs() == {"ready": 0, "running": 0, "failed": 0, "successful": 0}
    for status in (TaskResultStatus.READY, TaskResultStatus.FAILED, TaskResultStatus.FAILED):
        job(status)
    assert count_jobs() == {"ready": 1, "running": 0, "failed": 2, "successful": 0}
    assert "2 jobs failed" in warnings(administrator)


@pytest.mark.parametrize(("minutes", "warned"), [(14, False), (16, True)])
def test_a_job_that_waits_or_runs_for_long_is_warned_of(administrator, minutes, warned):
    age = dt.timedelta(minutes=minutes)
    job(TaskResultStatus.READY, age=age)
    job(TaskResultStatus.RUNNING, age=age, started_at=NOW - age)
    said = warnings(administrator, at=NOW)
    assert ("nothing takes them up" in said) is warned
    assert ("running for long" in said) is warned


def test_mail_that_does_not_get_through_is_warned_of(administrator):
    OutgoingMail.objects.create(to="a@example.org", subject="s", body="b", attempts=2)
    assert "Mail is not getting through" in warnings(administrator)


def test_a_backup_is_missed_when_there_is_none_or_it_is_old(administrator):
    assert "No backup was ever made" in warnings(administrator)
    record_event(tag=Tag.BACKUP_MADE, actor=None, subject_kind="backup", subject_id="x", data={"bytes": 5_000_000, "files": 3})
    made = AuditEvent.objects.get(tag=Tag.BACKUP_MADE).at
    assert "backup" not in warnings(administrator, at=made + dt.timedelta(hours=47))
    assert "older than two days" in warnings(administrator, at=made + dt.timedelta(hours=49))


def test_the_page_shows_figures_versions_and_no_one(as_administrator, slug):
    failed = job(TaskResultStatus.FAILED, finished_at=NOW)
    record_event(tag=Tag.BACKUP_MADE, actor=None, subject_kind="backup", subject_id="x", data={"bytes": 5_000_000, "files": 3})
    page = as_administrator.get(reverse("staff-status")).content.decode()
    assert "mailing.tasks.deliver" in page
    assert "ValueError" in page
    assert "ada@example.org" not in page
    assert "4.8\xa0MB" in page
    assert reverse("staff-job-retry", args=[failed.pk]) in page
    for word in ("Django", "Python", "Rules", "Last backup", "migrations applied", "free on the disk of"):
        assert word in page


def test_the_page_asks_little_of_the_database(as_administrator, slug, django_assert_max_num_queries):
    as_administrator.get(reverse("staff-status"))
    with django_assert_max_num_queries(25):
        as_administrator.get(reverse("staff-status"))


def test_trying_again_makes_the_job_wait_and_is_recorded_once(as_administrator, administrator):
    failed = job(TaskResultStatus.FAILED, finished_at=NOW)
    address = reverse("staff-job-retry", args=[failed.pk])
    assert "runs again" in as_administrator.post(address, follow=True).content.decode()
    failed.refresh_from_db()
    assert (failed.status, failed.traceback, failed.finished_at) == (TaskResultStatus.READY, "", None)
    assert DBTaskResult.objects.ready().filter(pk=failed.pk).exists()
    assert "not among the failed ones" in as_administrator.post(address, follow=True).content.decode()
    assert AuditEvent.objects.filter(tag=Tag.JOB_RETRIED, actor=str(administrator.pk), subject_id=str(failed.pk)).count() == 1


@pytest.mark.parametrize("status", [TaskResultStatus.READY, TaskResultStatus.RUNNING, TaskResultStatus.SUCCESSFUL])
def test_only_a_failed_job_is_tried_again(administrator, status):
    made = job(status)
    with pytest.raises(JobNotFoundError):
        retry_job(actor=administrator, job_id=made.pk, at=NOW)
    with pytest.raises(JobNotFoundError):
        retry_job(actor=administrator, job_id=uuid.uuid4(), at=NOW)


def test_only_an_administrator_learns_or_does_anything(clinician):
    failed = job(TaskResultStatus.FAILED)
    with pytest.raises(PermissionRefusedError):
        get_installation_status(actor=clinician, at=NOW)
    with pytest.raises(PermissionRefusedError):
        retry_job(actor=clinician, job_id=failed.pk, at=NOW)
    failed.refresh_from_db()
    assert failed.status == TaskResultStatus.FAILED
