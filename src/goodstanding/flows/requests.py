"""
Requests to staff, from the form to the answer: an accommodation, a grievance or a question about a course, a mistake found in
a board's rule.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from goodstanding.accounts.permissions import Right, require
from goodstanding.audit.services import Tag, record_event
from goodstanding.catalog.selectors import get_course, get_sponsor
from goodstanding.learning.models import StaffRequest
from goodstanding.licensing.rule_parts import part_label
from goodstanding.licensing.rulebook import rulebook
from goodstanding.mailing.services import send_mail
from goodstanding.private_text import NoKeyError, PrivateTextError, seal, unseal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from goodstanding.accounts.models import Holder, User

__all__ = [
    "KINDS",
    "LONGEST_REQUEST",
    "REQUEST",
    "AboutRule",
    "OpenedRequest",
    "RequestNotFoundError",
    "RequestNotKeptError",
    "answer_request",
    "list_requests",
    "open_request",
    "report_mistake",
    "rule_title",
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
class AboutRule:
    """
    The rule that a report is about, as it is now: its title, the part meant, and what became of the version that was read.

    `installed` is False where the rule is not part of this installation any more; it then has no page.
    """

    title: str
    part: str
    installed: bool
    changed: bool


@dataclass(frozen=True)
class OpenedRequest:
    """A request as staff read it, about a course or a rule. `text` is None where no key of this installation opens it."""

    request: StaffRequest
    course_title: str
    text: str | None
    rule: AboutRule | None = None


@transaction.atomic
def send_request(
    *, request_id: uuid.UUID, kind: str, slug: str, holder: Holder | None, reply_to: str, text: str, at: dt.datetime
) -> StaffRequest:
    """
    Bring a request about a course to staff: it is kept for their inbox, and a mail tells the sponsor that one has come.

    The page that asked makes `request_id`, so a request sent twice arrives once. The mail says nothing of its content.
    Raises CourseNotFoundError; RequestNotKeptError if there is no key to seal it with.
    """
    course = get_course(slug)
    row = {"kind": kind, "course_id": slug, "holder": holder, "reply_to": reply_to, "sent_at": at}
    request, created = _keep(request_id, text, row, about={"course": slug})
    if created:
        _tell_sponsor(
            subject="A message about a course is waiting",
            about=f"Someone wrote to you about the course “{course.content.title}” ({request.get_kind_display().lower()}).",
        )
    return request


@transaction.atomic
def report_mistake(
    *,
    request_id: uuid.UUID,
    rule: str,
    rule_version: str,
    part: str,
    holder: Holder | None,
    reply_to: str,
    text: str,
    at: dt.datetime,
) -> StaffRequest:
    """
    Bring to staff what somebody found wrong in a rule, in the version that was on the page; `reply_to` may be empty.

    Sent twice it arrives once, as with `send_request`. Raises KeyError for a rule that is not installed; RequestNotKeptError.
    """
    title = rulebook()[rule].file.title
    row = {
        "kind": StaffRequest.Kind.MISTAKE,
        "rule": rule,
        "rule_version": rule_version,
        "part": part,
        "holder": holder,
        "reply_to": reply_to,
        "sent_at": at,
    }
    request, created = _keep(request_id, text, row, about={"rule": rule, "version": rule_version})
    if created:
        _tell_sponsor(
            subject="A mistake in a rule was reported",
            about=f"Someone reported a mistake in the requirements “{title}” ({rule}).",
        )
    return request


def _keep(request_id: uuid.UUID, text: str, row: dict[str, Any], *, about: dict[str, str]) -> tuple[StaffRequest, bool]:
    """The request with its text sealed, and whether it is new."""
    try:
        sealed = seal(text, purpose=REQUEST, owner=request_id)
    except NoKeyError as closed:
        raise RequestNotKeptError(
            "Your message can not be kept safely at the moment, so nothing was sent. It is still here. Please write to the "
            "sponsor by mail, or try again later."
        ) from closed
    request, created = StaffRequest.objects.get_or_create(id=request_id, defaults={**row, "sealed": sealed})
    if created:
        record_event(
            tag=Tag.REQUEST_SENT,
            actor=request.holder.user_id if request.holder else None,
            subject_kind="request",
            subject_id=request.pk,
            data={"kind": request.kind, **about},
        )
    return request, created


def _tell_sponsor(*, subject: str, about: str) -> None:
    if email := get_sponsor().email:
        body = f"{about}\n\nWhat they wrote is not in this mail. Sign in and open Staff, Requests.\n"
        send_mail(to=email, subject=subject, body=body)


def rule_title(rule: str) -> str:
    """The title of a rule; the id of one that is not part of this installation any more."""
    book = rulebook()
    return book[rule].file.title if rule in book else rule


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
    if request.course_id is None:
        return OpenedRequest(request, "", text, _about_rule(request))
    return OpenedRequest(request, get_course(request.course_id).content.title, text)


def _about_rule(request: StaffRequest) -> AboutRule:
    book = rulebook()
    installed = request.rule in book
    return AboutRule(
        title=rule_title(request.rule),
        part=part_label(book[request.rule].file, request.part) if installed else request.part,
        installed=installed,
        changed=not installed or book[request.rule].version != request.rule_version,
    )


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
