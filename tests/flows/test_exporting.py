"""An export is made by one worker, once, whatever becomes of the worker, and goes after some days."""

from __future__ import annotations

import datetime as dt
import tracemalloc
import uuid

import pytest
from django.core.files.storage import default_storage

from goodstanding.accounts.models import DataExport
from goodstanding.audit.models import AuditEvent
from goodstanding.flows import export_tasks, exporting
from goodstanding.flows.exporting import (
    KEPT_FOR,
    LEASE,
    MOST_ATTEMPTS,
    ExportNotFoundError,
    latest_export,
    make_export,
    open_export,
    request_export,
    tend_exports,
)
from tests.flows.person import live
from tests.racing import race

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def person(clinician, administrator):
    live(clinician, administrator)
    return clinician


@pytest.fixture
def enqueued(monkeypatch):
    """What was given to the worker, and not done by it."""
    ids: list[str] = []
    monkeypatch.setattr(type(export_tasks.make), "enqueue", lambda task, export_id: ids.append(export_id))
    return ids


def make(export: DataExport, at: dt.datetime = NOW) -> bool:
    made = make_export(export_id=export.pk, clock=lambda: at)
    if DataExport.objects.filter(pk=export.pk).exists():
        export.refresh_from_db()
    return made


def test_one_is_made_at_a_time_and_the_job_comes_with_it(clinician, enqueued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        export = request_export(user=clinician, at=NOW)
        assert request_export(user=clinician, at=NOW) == export
    assert enqueued == [str(export.pk)]
    assert AuditEvent.objects.filter(tag="account:export:requested").count() == 1


def test_progress_is_written_down_and_ends_at_the_total(person, monkeypatch):
    monkeypatch.setattr(exporting, "RENEW_EVERY", 1)
    seen: list[tuple[int, int]] = []
    note = exporting._note
    monkeypatch.setattr(
        exporting, "_note", lambda export, clock, done, total: seen.append((done, total)) or note(export, clock, done, total)
    )
    export = request_export(user=person, at=NOW)
    assert make(export)
    assert (export.done, export.total) == (export.total, seen[0][1])
    assert seen[0][0] == 0
    assert seen[-1][0] == seen[-1][1] == export.total
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert export.expires_at == NOW + KEPT_FOR


def test_made_once_however_often_the_job_runs(clinician):
    export = request_export(user=clinician, at=NOW)
    assert make(export)
    first = export.file
    assert not make(export)
    assert export.file == first


def test_a_worker_that_is_at_it_is_left_alone_and_a_dead_one_is_replaced(clinician, enqueued):
    export = request_export(user=clinician, at=NOW)
    DataExport.objects.update(leased_until=NOW + LEASE, attempts=1)  # killed before it wrote anything
    tend_exports(at=NOW)
    assert enqueued == []
    assert not make(export, NOW + LEASE / 2)
    tend_exports(at=NOW + LEASE)
    assert enqueued == [str(export.pk)]
    default_storage.save(f"exports/{export.pk}.zip", exporting.File(__import__("io").BytesIO(b"half")))
    assert make(export, NOW + LEASE)
    assert default_storage.size(export.file) == export.size
    assert export.file == f"exports/{export.pk}.zip"


def test_one_whose_job_was_lost_is_taken_up(clinician, enqueued):
    export = request_export(user=clinician, at=NOW)
    tend_exports(at=NOW + dt.timedelta(seconds=30))
    assert enqueued == []
    tend_exports(at=NOW + dt.timedelta(minutes=2))
    assert enqueued == [str(export.pk)]


def test_a_worker_that_lost_its_lease_offers_nothing(clinician, monkeypatch):
    export = request_export(user=clinician, at=NOW)
    write = exporting._write

    def overtaken(*args, **named):
        DataExport.objects.update(attempts=7)
        write(*args, **named)

    monkeypatch.setattr(exporting, "_write", overtaken)
    assert not make(export)
    assert export.ready_at is None
    assert not default_storage.exists(f"exports/{export.pk}.zip")


def test_what_fails_is_tried_again_and_given_up_in_the_end_without_a_word_of_it(person, monkeypatch, caplog):
    def fail(*args, **named):
        raise ValueError("a word that nobody else may read")

    monkeypatch.setattr(exporting, "_write", fail)
    export, at = request_export(user=person, at=NOW), NOW
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert not make(export, at)
        assert (export.attempts, export.failed_at is not None) == (attempt, attempt == MOST_ATTEMPTS)
        at += LEASE
    assert "ValueError" in caplog.text
    assert "a word that nobody" not in caplog.text
    monkeypatch.undo()
    again = request_export(user=person, at=at)
    assert again != export
    assert make(again, at)


def test_it_is_there_for_its_owner_for_some_days_and_then_gone(clinician, other_clinician, administrator):
    export = request_export(user=clinician, at=NOW)
    with pytest.raises(ExportNotFoundError):
        open_export(user=clinician, export_id=export.pk, at=NOW)
    make(export)
    _, file = open_export(user=clinician, export_id=export.pk, at=NOW)
    file.close()
    assert AuditEvent.objects.filter(tag="account:export:downloaded").count() == 1
    for stranger in (other_clinician, administrator):
        with pytest.raises(ExportNotFoundError):
            open_export(user=stranger, export_id=export.pk, at=NOW)
    with pytest.raises(ExportNotFoundError):
        open_export(user=clinician, export_id=uuid.uuid4(), at=NOW)
    with pytest.raises(ExportNotFoundError):
        open_export(user=clinician, export_id=export.pk, at=NOW + KEPT_FOR)
    tend_exports(at=NOW + KEPT_FOR)
    assert latest_export(user=clinician) is None
    assert not default_storage.exists(export.file)


def test_a_new_one_makes_the_old_one_go(clinician):
    old = request_export(user=clinician, at=NOW)
    make(old)
    request_export(user=clinician, at=NOW + dt.timedelta(hours=1))
    assert not default_storage.exists(old.file)
    assert DataExport.objects.count() == 1


def test_a_large_proof_is_never_whole_in_memory(person):
    from goodstanding.credit.models import CreditProof

    size = 30_000_000
    name = CreditProof.objects.get().file.name
    with default_storage.open(name, "wb") as file:
        for _ in range(30):
            file.write(b"\0" * (size // 30))
    export = request_export(user=person, at=NOW)
    tracemalloc.start()
    assert make(export)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < size / 2


@pytest.mark.django_db(transaction=True)
def test_asked_for_twice_at_once_one_is_made(make_user, monkeypatch, enqueued):
    user = make_user()
    first, second = race(*[lambda: request_export(user=user, at=NOW)] * 2)
    assert first == second
    assert DataExport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_file(make_user, enqueued):
    user = make_user()
    export = request_export(user=user, at=NOW)
    made = race(*[lambda: make_export(export_id=export.pk, clock=lambda: NOW)] * 3)
    assert sorted(made) == [False, False, True]
