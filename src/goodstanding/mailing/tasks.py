"""The jobs of mailing."""

from __future__ import annotations

import uuid

from django.utils import timezone
from django_tasks import task

from goodstanding.mailing.delivery import deliver_mail


@task()
def deliver(mail_id: str) -> None:
    """Deliver one mail. Its id is all a job carries, for jobs are kept and mails are not."""
    deliver_mail(mail_id=uuid.UUID(mail_id), at=timezone.now())
