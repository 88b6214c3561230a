"""What an administrator should look at first, gathered from every part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from goodstanding.accounts.models import User
from goodstanding.accounts.permissions import require_administrator
from goodstanding.accounts.selectors import find_users
from goodstanding.audit.models import AuditEvent
from goodstanding.audit.selectors import list_events
from goodstanding.audit.services import Tag
from goodstanding.catalog.approval_state import ApprovalState, list_approvals_on
from goodstanding.catalog.models import Approval, Sponsor
from goodstanding.catalog.selectors import PublishedCourse, get_sponsor, list_courses
from goodstanding.flows.requests import list_requests
from goodstanding.mailing.selectors import MailState, get_mail_state

__all__ = ["Attention", "attention_on", "missing_in"]

SOON = dt.timedelta(days=60)
"""How long before its end an approval is mentioned: a renewal with a body takes weeks."""

_LATEST = 6

_SPONSOR_FIELDS: tuple[tuple[str, str], ...] = (
    ("name", "name"),
    ("address", "address"),
    ("phone", "phone"),
    ("email", "e-mail address"),
    ("administrator_name", "program administrator"),
    ("administrator_title", "the administrator's title"),
    ("signature_line", "signature line"),
)


@dataclass(frozen=True, kw_only=True)
class Attention:
    """The first staff page: what is open, and how much there is."""

    on: dt.date
    sponsor_missing: tuple[str, ...]
    ending: tuple[Approval, ...]
    provisional: tuple[PublishedCourse, ...]
    requests: int
    mail: MailState
    people: int
    courses_offered: int
    approvals_active: int
    latest: Sequence[AuditEvent]

    @property
    def nothing_open(self) -> bool:
        mail_is_stuck = self.mail.failing or self.mail.given_up
        return not (self.sponsor_missing or self.ending or self.provisional or self.requests or mail_is_stuck)


def missing_in(sponsor: Sponsor) -> tuple[str, ...]:
    """What the profile lacks of what a certificate prints, in words."""
    return tuple(words for field, words in _SPONSOR_FIELDS if not getattr(sponsor, field).strip())


def attention_on(*, actor: User, on: dt.date) -> Attention:
    """What is open on the day `on`. Raises PermissionRefusedError for anyone but an administrator."""
    require_administrator(actor)
    active = [row.approval for row in list_approvals_on(on) if row.state is ApprovalState.ACTIVE]
    courses = [course for course in list_courses() if course.offered]
    return Attention(
        on=on,
        sponsor_missing=missing_in(get_sponsor()),
        ending=tuple(sorted((one for one in active if one.valid_to <= on + SOON), key=lambda one: one.valid_to)),
        provisional=tuple(course for course in courses if course.provisional),
        requests=list_requests(actor=actor).filter(answered_at__isnull=True).count(),
        mail=get_mail_state(),
        people=find_users().count(),
        courses_offered=len(courses),
        approvals_active=len(active),
        latest=list(list_events(but=[Tag.STAFF_SIGNED_IN])[:_LATEST]),
    )
