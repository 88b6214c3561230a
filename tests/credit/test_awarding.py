"""From a completion to exactly one credit entry and one certificate."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import hashlib
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from goodstanding.accounts.models import User
from goodstanding.audit.append_only import RewrittenRecordError
from goodstanding.audit.models import AuditEvent
from goodstanding.catalog.models import Approval, CourseVersion, Sponsor
from goodstanding.catalog.selectors import course_of
from goodstanding.core.certificates import NO_CREDIT, NOT_APPROVED
from goodstanding.core.courseware import Course
from goodstanding.credit.errors import CourseWithoutMinutesError
from goodstanding.credit.models import Certificate, CreditEntry
from goodstanding.credit.selectors import list_entries, record_of
from goodstanding.credit.services import award_completion
from goodstanding.licensing.models import License
from tests.credit.making import AT, TODAY, completion


def approval(**changes: object) -> Approval:
    values = {
        "body": "nbcc",
        "body_name": "A body",
        "number": "1234",
        "formats": ["asynchronous"],
        "valid_from": dt.date(2026, 1, 1),
        "valid_to": dt.date(2026, 12, 31),
        "statement": "We are approved.",
        "evidence": "approvals/x.pdf",
        "evidence_name": "x.pdf",
        "evidence_sha256": "0" * 64,
        **changes,
    }
    made: Approval = Approval.objects.create(**values)
    return made


def test_entry_says_what_was_completed(clinician: User) -> None:
    certificate = award_completion(completion=completion(clinician), at=AT)

    entry = certificate.entry
    assert (entry.holder, entry.title, entry.course_id) == (clinician.holder, "A small course", "a-small-course")
    assert (entry.started, entry.completed) == (dt.date(2026, 11, 20), TODAY)
    # 0.9 * (-22.3 + 0.00209*0 + 2.78*10 + 15.5*2.5) = 39.825, certified as whole minutes, each part rounded down for itself
    assert (entry.amount, entry.unit) == (Decimal(39), "minute")
    assert entry.parts == [{"amount": "29", "topics": ["ethics", "boundaries"]}, {"amount": "9", "topics": ["law_us_ca"]}]
    assert (entry.format, entry.activity, entry.approvals, entry.provisional) == ("asynchronous", "course", [], True)


def test_who_crosses_the_date_line_starts_no_later_than_she_completes(clinician: User) -> None:
    done = completion(clinician)
    done.enrollment.started_on = done.completed_on + dt.timedelta(
        days=1
    )  # started in Tokyo, completed in Los Angeles an hour later
    done.enrollment.save()
    certificate = award_completion(completion=done, at=AT)
    assert (record_of(certificate).started_on, certificate.entry.started) == (done.completed_on, done.completed_on)


def test_certificate_is_frozen_with_all_it_says(clinician: User) -> None:
    Sponsor.objects.create(
        name="Example Institute", address="1 Example Street\nExample, CA", phone="555 0100", signature_line="C. Example"
    )
    License.objects.create(holder=clinician.holder, rule="us/ca/lpcc", profession="counselor", license_type="LPCC", number="1234")

    certificate = award_completion(completion=completion(clinician), at=AT)
    Sponsor.objects.update(name="Renamed")
    clinician.profile.legal_name = "Ada Renamed"
    clinician.profile.save()
    record = record_of(Certificate.objects.get(pk=certificate.pk))

    assert record.holder_name == "Ada Example"
    assert [(one.license_type, one.number, one.state) for one in record.licenses] == [("LPCC", "1234", "CA")]
    assert (record.sponsor.name, record.sponsor.phone, record.sponsor.signature_line) == (
        "Example Institute",
        "555 0100",
        "C. Example",
    )
    assert record.sponsor.address == "1 Example Street\nExample, CA"
    assert (record.course.title, record.course.version, record.course.authors) == (
        "A small course",
        1,
        ("Good Standing contributors",),
    )
    assert (record.completed_on, record.issued_on, record.time_zone) == (TODAY, TODAY, "America/Los_Angeles")
    assert record.verification_url == f"http://127.0.0.1:8000/verify/{certificate.number}/"
    assert [(topic.label, topic.minutes) for topic in record.topics] == [
        ("Professional ethics, boundaries and multiple relationships", 29),
        ("Law that governs practice (US-CA)", 9),
    ]
    assert certificate.pdf_sha256 == hashlib.sha256(bytes(certificate.pdf)).hexdigest()


def test_nothing_is_approved_unless_an_approval_was_in_force(clinician: User) -> None:
    approval(valid_to=TODAY - dt.timedelta(days=1))
    approval(valid_from=TODAY + dt.timedelta(days=1))
    approval(formats=["live_online"])
    approval(withdrawn_from=TODAY)

    record = record_of(award_completion(completion=completion(clinician), at=AT))

    assert record.approvals == ()
    assert NOT_APPROVED in record.credit_notes
    assert NO_CREDIT in record.credit_notes


def test_approvals_in_force_on_the_day_of_completion_are_printed(clinician: User) -> None:
    approval(valid_from=TODAY, valid_to=TODAY)
    approval(body="example_board", body_name="Board that does not exist", demonstration=True)

    certificate = award_completion(completion=completion(clinician), at=AT + dt.timedelta(days=40))

    record = record_of(certificate)
    assert certificate.entry.approvals == ["example_board", "nbcc"]
    assert {one.body: one.demonstration for one in record.approvals} == {"nbcc": False, "example_board": True}
    assert record.shows_demonstration
    # provisional minutes are no credit, whoever approved the sponsor
    assert record.credit_notes[-1] == NO_CREDIT


@pytest.mark.parametrize("lost", ["", "  ", "\u200b"])
def test_a_name_is_printed_even_when_the_profile_lost_it(clinician: User, lost: str) -> None:
    clinician.profile.legal_name = lost
    clinician.profile.save()

    certificate = award_completion(completion=completion(clinician, signed_name="Ada Signed"), at=AT)

    assert record_of(certificate).holder_name == "Ada Signed"


def test_second_call_returns_the_same_certificate(clinician: User) -> None:
    done = completion(clinician)

    first = award_completion(completion=done, at=AT)
    second = award_completion(completion=done, at=AT + dt.timedelta(days=1))

    assert second.number == first.number
    assert second.issued_at == AT
    assert Certificate.objects.count() == CreditEntry.objects.count() == 1
    assert AuditEvent.objects.filter(tag="certificate:record:issued").count() == 1


def test_a_failure_while_the_certificate_is_made_leaves_nothing_behind(clinician: User, monkeypatch: pytest.MonkeyPatch) -> None:
    done = completion(clinician)

    def broken(_: object) -> bytes:
        raise OSError("the machine stopped")

    with monkeypatch.context() as patch:
        patch.setattr("goodstanding.credit.services.render_certificate", broken)
        with pytest.raises(OSError, match="stopped"):
            award_completion(completion=done, at=AT)
    assert CreditEntry.objects.count() == 0

    award_completion(completion=done, at=AT)
    assert Certificate.objects.count() == CreditEntry.objects.count() == 1


def test_a_course_of_no_minutes_certifies_nothing(clinician: User) -> None:
    done = completion(
        clinician,
        difficulty={"value": Decimal(1), "status": "provisional", "reason": "Nothing."},
        post_test={
            "form_size": 1,
            "items": course_items(),
        },
    )

    with pytest.raises(CourseWithoutMinutesError):
        award_completion(completion=done, at=AT)


def course_items() -> list[dict[str, object]]:
    from tests.credit.making import course

    return [course().post_test.items[0].model_dump()]


def test_certificates_are_never_rewritten(clinician: User) -> None:
    certificate = award_completion(completion=completion(clinician), at=AT)

    certificate.pdf = b"another"
    with pytest.raises(RewrittenRecordError):
        certificate.save()
    with pytest.raises(RewrittenRecordError):
        certificate.entry.delete()
    with pytest.raises(RewrittenRecordError):
        Certificate.objects.filter(pk=certificate.pk).update(pdf=b"another")


def test_entry_of_a_course_is_in_the_ledger(clinician: User, other_clinician: User) -> None:
    award_completion(completion=completion(clinician), at=AT)

    assert [entry.title for entry in list_entries(holder=clinician.holder)] == ["A small course"]
    assert list(list_entries(holder=other_clinician.holder)) == []


@pytest.mark.django_db(transaction=True)
def test_simultaneous_calls_award_once(clinician: User) -> None:
    done = completion(clinician)
    together = threading.Barrier(4)

    def award() -> str:
        try:
            together.wait(timeout=20)
            return award_completion(completion=done, at=AT).number
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        numbers = {future.result() for future in [pool.submit(award) for _ in range(4)]}

    assert len(numbers) == 1
    assert Certificate.objects.count() == CreditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_table_refuses_a_second_award_even_without_the_lock(clinician: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock makes the second caller wait and find; behind it stand unique columns, which this takes the lock away to see."""
    done = completion(clinician)
    together = threading.Barrier(4)
    monkeypatch.setattr("goodstanding.credit.services._locked", lambda row: row)
    looked, seen = threading.Barrier(4), threading.local()

    def all_have_looked(version: CourseVersion) -> Course:
        # Called first after the caller saw that there is no entry yet. On SQLite only one gets that far: its transaction is the lock.
        if connection.vendor == "postgresql" and not hasattr(seen, "nothing"):
            seen.nothing = True
            looked.wait(timeout=20)
        return course_of(version)

    monkeypatch.setattr("goodstanding.credit.services.course_of", all_have_looked)

    def award() -> str:
        try:
            together.wait(timeout=20)
            return award_completion(completion=done, at=AT).number
        except IntegrityError:
            return "refused"
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = [future.result() for future in [pool.submit(award) for _ in range(4)]]

    assert len(set(answers) - {"refused"}) == 1
    assert Certificate.objects.count() == CreditEntry.objects.count() == 1
    if connection.vendor == "postgresql":
        assert answers.count("refused") == 3  # so the lock is what keeps callers from an error
