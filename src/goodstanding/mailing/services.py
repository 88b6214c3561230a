"""Sending mail."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from goodstanding.mailing import tasks
from goodstanding.mailing.delivery import deliver_due
from goodstanding.mailing.models import OutgoingMail

__all__ = ["deliver_due", "send_mail"]

_SUBJECT_LENGTH = 200


@transaction.atomic
def send_mail(*, to: str, subject: str, body: str) -> None:
    """
    Write a mail; a job delivers it once the surrounding transaction has committed.

    So a rolled-back act sends nothing, a committed one is not lost with the process, and no page waits for a mail server.
    """
    mail = OutgoingMail.objects.create(to=to, subject=" ".join(subject.split())[:_SUBJECT_LENGTH], body=body)
    transaction.on_commit(partial(tasks.deliver.enqueue, str(mail.pk)))
