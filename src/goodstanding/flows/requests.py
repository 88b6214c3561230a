"""Requests to staff about a course: an accommodation, a grievance, a question. From the form to the answer."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from goodstanding.accounts.permissions import Right, require
from goodstanding.audit.services import Tag, record_event
from goodstanding.catalog.selectors import get_course, get_sponsor
from goodstanding.learning.models import StaffRequest
from goodstanding.mailing.services import send_mail
from goodstanding.private_text import NoKeyError, PrivateTextError, seal, unseal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from goodstanding.accounts.models import Holder, User

__all__ = [
    "KINDS",
    "LONGEST_REQUEST",
    "REQUEST",
    "OpenedRequest",
    "RequestNotFoundError",
    "RequestNotKeptError",
    "answer_request",
    "list_requests",
    "open_request",
    "send_request",
]

KINDS: tuple[tuple[str, str], ...] = (
    (StaffRequest.Kind.ACCOMMODATION.value, "I need the course, or a part of it, in another form"),
    (StaffRequest.Kind.GRIEVANCE.value, "I want to complain"),
    (StaffRequest.Kind.QUESTION.value, "I have a question"),
)
LONGEST_REQUEST = 4000
REQUEST = "request to staff"
"""The purpose under which requests are sealed, each for itself."""


class RequestNotFoundError(Exception):
    """There is no such request."""


class RequestNotKeptError(Exception):
    """The request could not be kept safely; nothing was sent."""


@dataclass(frozen=True)
class OpenedRequest:
    """A request as staff read it. `text` is None where no key of this installation opens it."""

    request: StaffRequest
    course_title: str
    text: str | None


@transaction.atomic
def send_request(
    *, request_id: uuid.UUID, kind: str, slug: str, holder: Holder | None, reply_to: str, text: str, at: dt.datetime
) -> StaffRequest:
    """
    Bring a request to staff: it is kept for their inbox, and a mail tells the sponsor that one has come.

    The page that asked makes `request_id`, so a request sent twice arrives once. The mail says nothing of its content.
    Raises CourseNotFoundError; RequestNotKeptError if there is no key to seal it with.
    """
    course = get_course(slug)
    try:
        sealed = seal(text, purpose=REQUEST, owner=request_id)
    except NoKeyError as closed:
        raise RequestNotKeptError(
            "Your message can not be kept safely at the moment, so nothing was sent. It is still here. Please write to the "
            "sponsor by mail, or try again later."
        ) from closed
    request, created = StaffRequest.objects.get_or_create(
        id=request_id,
        defaults={"kind": kind, "course_id": slug, "holder": holder, "reply_to": reply_to, "sealed": sealed, "sent_at": at},
    )
    if created:
        record_event(
            tag=Tag.REQUEST_SENT,
            actor=holder.user_id if holder else None,
            subject_kind="request",
            subject_id=request.pk,
            data={"kind": kind, "course": slug},
        )
        if email := get_sponsor().email:
            send_mail(
                to=email,
                subject="A message about a course is waiting",
                body=(
                    f"Someone wrote to you about the course “{course.content.title}” ({request.get_kind_display().lower()}).\n\n"
                    "What they wrote is not in this mail. Sign in and open Staff, Requests.\n"
                ),
            )
    return request


def list_requests(*, actor: User) -> QuerySet[StaffRequest]:
    """All requests, those without an answer first, the newest first. Raises PermissionRefusedError without the right."""
    require(actor, Right.REQUESTS)
    return StaffRequest.objects.select_related("course__current", "answered_by").order_by(
        F("answered_at").asc(nulls_first=True), "-sent_at"
    )


@transaction.atomic
def open_request(*, actor: User, request_id: uuid.UUID) -> OpenedRequest:
    """One request with its text; that it was read is recorded. Raises PermissionRefusedError, RequestNotFoundError."""
    require(actor, Right.REQUESTS)
    request = _find(request_id)
    record_event(tag=Tag.REQUEST_READ, actor=actor, subject_kind="request", subject_id=request.pk)
    try:
        text: str | None = unseal(request.sealed, purpose=REQUEST, owner=request.pk)
    except PrivateTextError:
        text = None
    return OpenedRequest(request, get_course(request.course_id).content.title, text)


@transaction.atomic
def answer_request(*, actor: User, request_id: uuid.UUID, at: dt.datetime) -> StaffRequest:
    """
    Note that a request was answered, by whom and when; the first note stands.

    Raises PermissionRefusedError, RequestNotFoundError.
    """
    require(actor, Right.REQUESTS)
    request = _find(request_id, lock=True)
    if request.answered_at is None:
        request.answered_at, request.answered_by = at, actor
        request.save(update_fields=["answered_at", "answered_by"])
        record_event(tag=Tag.REQUEST_ANSWERED, actor=actor, subject_kind="request", subject_id=request.pk)
    return request


def _find(request_id: uuid.UUID, *, lock: bool = False) -> StaffRequest:
    rows = StaffRequest.objects.select_for_update() if lock else StaffRequest.objects.all()
    request = rows.filter(pk=request_id).first()
    if request is None:
        raise RequestNotFoundError(request_id)
    return request
