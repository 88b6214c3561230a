"""Reading how outgoing mail fares, without reading any mail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max

from goodstanding.mailing.models import OutgoingMail

__all__ = ["MailState", "get_last_delivery", "get_mail_state"]


@dataclass(frozen=True, kw_only=True)
class MailState:
    """How many messages wait for their first attempt, were tried in vain and will be tried again, or were given up."""

    waiting: int
    failing: int
    given_up: int


def get_mail_state() -> MailState:
    """The state of everything not delivered."""
    unsent = OutgoingMail.objects.filter(sent_at=None)
    due = unsent.filter(next_attempt_at__isnull=False)
    return MailState(
        waiting=due.filter(attempts=0).count(),
        failing=due.filter(attempts__gt=0).count(),
        given_up=unsent.filter(next_attempt_at=None).count(),
    )


def get_last_delivery() -> dt.datetime | None:
    """When a mail server, or the outbox, last took a message; None if it took none in the last month."""
    last: dt.datetime | None = OutgoingMail.objects.aggregate(last=Max("sent_at"))["last"]
    return last
