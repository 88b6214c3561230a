"""Publishing courses, and keeping the sponsor's profile and approvals."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.db.models import Max

from goodstanding.accounts.permissions import Right, require, require_administrator
from goodstanding.audit.services import Tag, record_event
from goodstanding.catalog.errors import (
    ApprovalDatesError,
    ApprovalFormatsError,
    ApprovalNotFoundError,
    ApprovalWithdrawnError,
    CourseNotFoundError,
)
from goodstanding.catalog.models import Approval, Course, CourseVersion, CreditBasis, Sponsor
from goodstanding.catalog.selectors import FORMATS
from goodstanding.core import courseware
from goodstanding.core.uploads import read_upload

if TYPE_CHECKING:
    from goodstanding.accounts.models import User

__all__ = [
    "offer_course",
    "publish_course",
    "record_approval",
    "save_sponsor",
    "withdraw_approval",
    "withdraw_course",
]


@transaction.atomic
def publish_course(*, course: courseware.Course, at: dt.datetime) -> CourseVersion:
    """
    Make `course` the version that new learners get.

    A version is keyed by its content: publishing the same content again changes nothing, and publishing the content of an
    older version makes that version current again, so no history is ever written twice. Learners who have started keep
    their version. Whether the course is offered at all is the administrators' decision and is not touched here.
    """
    Course.objects.get_or_create(slug=course.slug)
    row = Course.objects.select_for_update().get(slug=course.slug)
    content_hash = courseware.course_hash(course)
    version: CourseVersion | None = CourseVersion.objects.filter(course=row, content_hash=content_hash).first()
    if version is not None and row.current_id == version.pk:
        return version
    if version is None:
        last = CourseVersion.objects.filter(course=row).aggregate(last=Max("number"))["last"] or 0
        version = CourseVersion.objects.create(
            course=row,
            number=last + 1,
            content_hash=content_hash,
            title=course.title,
            content=courseware.course_to_json(course),
            published_at=at,
        )
        basis = courseware.credit_basis(course)
        CreditBasis.objects.create(
            version=version,
            method=basis.method,
            words=basis.words,
            scenario_words=basis.scenario_words,
            items=basis.items,
            difficulty=basis.difficulty,
            difficulty_reason=basis.difficulty_reason,
            minutes=basis.minutes,
            computed_at=at,
        )
    row.current = version
    row.save(update_fields=["current"])
    record_event(
        tag=Tag.COURSE_PUBLISHED,
        actor=None,
        subject_kind="course",
        subject_id=row.slug,
        data={"number": version.number, "hash": content_hash},
    )
    return version


@transaction.atomic
def withdraw_course(*, actor: User, slug: str, at: dt.datetime) -> Course:
    """Stop offering a course. Who has started it may finish; nothing that was earned changes. Twice is the same as once."""
    require(actor, Right.COURSES)
    row = _course_for_update(slug)
    if row.withdrawn_at is None:
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        record_event(tag=Tag.COURSE_WITHDRAWN, actor=actor, subject_kind="course", subject_id=slug)
    return row


@transaction.atomic
def offer_course(*, actor: User, slug: str, at: dt.datetime) -> Course:
    """Offer a withdrawn course again. Twice is the same as once."""
    del at  # the audit log keeps the instant; the course only knows that it is offered
    require(actor, Right.COURSES)
    row = _course_for_update(slug)
    if row.withdrawn_at is not None:
        row.withdrawn_at = None
        row.save(update_fields=["withdrawn_at"])
        record_event(tag=Tag.COURSE_OFFERED, actor=actor, subject_kind="course", subject_id=slug)
    return row


@transaction.atomic
def save_sponsor(
    *,
    actor: User,
    name: str,
    address: str,
    phone: str,
    email: str,
    administrator_name: str,
    administrator_title: str,
    signature_line: str,
) -> Sponsor:
    """
    Keep who offers the courses and answers for them.

    Certificates issued before are frozen and keep what they say. The audit event names the fields that changed, not their
    values, for the log holds no names or addresses.
    """
    require_administrator(actor)
    Sponsor.objects.get_or_create(id=1)
    sponsor = Sponsor.objects.select_for_update().get(id=1)  # a second click waits here, and then finds nothing to change
    given = {
        "name": name,
        "address": address,
        "phone": phone,
        "email": email,
        "administrator_name": administrator_name,
        "administrator_title": administrator_title,
        "signature_line": signature_line,
    }
    changed = [field for field, value in given.items() if getattr(sponsor, field) != value.strip()]
    if not changed:
        return sponsor
    for field in changed:
        setattr(sponsor, field, given[field].strip())
    sponsor.save()
    record_event(tag=Tag.SPONSOR_CHANGED, actor=actor, subject_kind="sponsor", subject_id=sponsor.pk, data={"fields": changed})
    return sponsor


@transaction.atomic
def record_approval(
    *,
    actor: User,
    body: str,
    body_name: str,
    number: str,
    formats: Sequence[str],
    valid_from: dt.date,
    valid_to: dt.date,
    statement: str,
    evidence: File[bytes],
    evidence_name: str,
    demonstration: bool = False,
    submission: uuid.UUID | None = None,
) -> Approval:
    """
    Record that an approval body approved the sponsor, with the document that proves it.

    The evidence is checked by its content and stored under a random name; its own name is kept for people to read. Courses
    show the statement from the first day on. `submission` names one filled-in form: the same one sent twice records one
    approval and gives it back both times. Raises UploadError, ApprovalDatesError or ApprovalFormatsError.
    """
    require_administrator(actor)
    if submission is not None and (sent_before := Approval.objects.filter(pk=submission).first()):
        return sent_before
    if valid_to < valid_from:
        raise ApprovalDatesError("The approval ends before it begins. Check both days.")
    known = [code for code, _ in FORMATS]
    if not formats or any(code not in known for code in formats):
        raise ApprovalFormatsError("Choose at least one of the formats that the approval covers.")
    kept = read_upload(evidence, name=evidence_name, unnamed="evidence")
    approval = Approval(
        id=submission or uuid.uuid4(),
        body=body.strip(),
        body_name=body_name.strip(),
        number=number.strip(),
        formats=[code for code in known if code in formats],
        valid_from=valid_from,
        valid_to=valid_to,
        statement=statement.strip(),
        evidence_name=kept.name,
        evidence_type=kept.content_type,
        evidence_sha256=kept.sha256,
        demonstration=demonstration,
    )
    approval.evidence.save(f"{uuid.uuid4().hex}{kept.suffix}", ContentFile(kept.data), save=False)
    stored = approval.evidence.name
    try:
        with transaction.atomic():
            approval.save(force_insert=True)
        record_event(
            tag=Tag.APPROVAL_RECORDED,
            actor=actor,
            subject_kind="approval",
            subject_id=approval.pk,
            data={"body": approval.body, "from": valid_from.isoformat(), "to": valid_to.isoformat(), "sha256": kept.sha256},
        )
    except IntegrityError:  # the same form in another request at this moment
        approval.evidence.storage.delete(str(stored))
        return Approval.objects.get(pk=approval.pk)
    except Exception:
        approval.evidence.storage.delete(str(stored))
        raise
    return approval


@transaction.atomic
def withdraw_approval(*, actor: User, approval_id: uuid.UUID | str, withdrawn_from: dt.date, reason: str) -> Approval:
    """
    Record that an approval no longer holds from a day on. The row stays, and what was completed before keeps it.

    The same day and reason sent twice are recorded once. Raises ApprovalNotFoundError; ApprovalWithdrawnError if it was
    withdrawn before in another way; ApprovalDatesError if the day lies before the approval began.
    """
    require_administrator(actor)
    approval = Approval.objects.select_for_update().filter(pk=approval_id).first()
    if approval is None:
        raise ApprovalNotFoundError("There is no such approval.")
    reason = reason.strip()[:300]
    if (approval.withdrawn_from, approval.withdrawn_reason) == (withdrawn_from, reason):
        return approval
    if approval.withdrawn_from is not None:
        raise ApprovalWithdrawnError("This approval was withdrawn before; the first day recorded stands.")
    if withdrawn_from < approval.valid_from:
        raise ApprovalDatesError("The approval can not be withdrawn from a day before it began.")
    approval.withdrawn_from = withdrawn_from
    approval.withdrawn_reason = reason
    approval.save(update_fields=["withdrawn_from", "withdrawn_reason"])
    record_event(
        tag=Tag.APPROVAL_WITHDRAWN,
        actor=actor,
        subject_kind="approval",
        subject_id=approval.pk,
        data={"from": withdrawn_from.isoformat()},
    )
    return approval


def _course_for_update(slug: str) -> Course:
    row = Course.objects.select_for_update().filter(slug=slug, current__isnull=False).first()
    if row is None:
        raise CourseNotFoundError(slug)
    return row
