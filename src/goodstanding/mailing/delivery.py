"""Delivering what waits: by the job that each mail brings along, and by a sweep for what that job could not deliver."""

from __future__ import annotations

import datetime as dt
import logging
import uuid

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q

from goodstanding.mailing.models import OutgoingMail

__all__ = ["deliver_due", "deliver_mail"]

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=5)
"""How long a delivery may take before another worker takes it for dead and tries again."""
LONGEST_WAIT = dt.timedelta(hours=2)
GIVE_UP_AFTER = dt.timedelta(days=3)
"""The links in our mails do not work longer than that."""
FORGET_AFTER = dt.timedelta(days=30)
SWEEP_WAIT = dt.timedelta(minutes=1)
"""The job of a new mail gets this head start before the sweep takes the mail up."""


def deliver_mail(*, mail_id: uuid.UUID, at: dt.datetime) -> bool:
    """
    Deliver one mail if it is due; whether it was delivered now.

    The claim is one conditional update, so among any number of workers exactly one sends. The database is not locked
    while the mail server answers. If the process dies after the server took the mail and before we noted it, the mail is
    sent once more after the lease; both copies carry the same Message-ID, by which mail programs show them as one.
    """
    claimed = OutgoingMail.objects.filter(_due(at), pk=mail_id, sent_at=None).update(
        next_attempt_at=at + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    mail = OutgoingMail.objects.get(pk=mail_id)
    message = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        to=[mail.to],
        headers={"Message-ID": f"<{mail.pk}@{_domain()}>", "Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except Exception as error:  # noqa: BLE001 - one mail that fails in its own way must not hold up the others
        # only the kind of failure: the text of a mail server's answer repeats addresses
        logger.warning("A mail could not be delivered (attempt %d): %s", mail.attempts, type(error).__name__)
        wait = min(dt.timedelta(minutes=2 ** min(mail.attempts, 10)), LONGEST_WAIT)
        OutgoingMail.objects.filter(pk=mail_id).update(next_attempt_at=at + wait)
        return False
    OutgoingMail.objects.filter(pk=mail_id).update(sent_at=at, subject="", body="", next_attempt_at=None)
    return True


def deliver_due(*, at: dt.datetime, limit: int = 50) -> int:
    """
    Deliver what is overdue, oldest first, and clear away what is done with; how many were delivered.

    The worker calls it about once a minute. Mail that could not be delivered for days is given up and emptied; the row of
    a delivered mail, which still names its recipient, is deleted after a month.
    """
    stale = OutgoingMail.objects.filter(sent_at=None, created_at__lt=at - GIVE_UP_AFTER, next_attempt_at__isnull=False)
    given_up = stale.update(next_attempt_at=None, subject="", body="")
    if given_up:
        logger.warning("%d mails could not be delivered within %d days and were given up", given_up, GIVE_UP_AFTER.days)
    OutgoingMail.objects.filter(created_at__lt=at - FORGET_AFTER, next_attempt_at=None).delete()
    due = OutgoingMail.objects.filter(_due(at - SWEEP_WAIT), sent_at=None).order_by("next_attempt_at")
    return sum(deliver_mail(mail_id=mail_id, at=at) for mail_id in list(due.values_list("pk", flat=True)[:limit]))


def _due(at: dt.datetime) -> Q:
    """
    Mail whose time has come; also mail whose time is further ahead than any wait of ours.

    The latter was written while the clock was wrong, and would lie until the clock gets there.
    """
    return Q(next_attempt_at__lte=at) | Q(next_attempt_at__gt=at + SWEEP_WAIT + LONGEST_WAIT)


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
