"""Of several workers one sends."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from goodstanding.mailing.delivery import deliver_mail
from goodstanding.mailing.models import OutgoingMail
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_four_workers_send_one_mail() -> None:
    row = OutgoingMail.objects.create(to="ada@example.org", subject="One", body="Only once")
    now = timezone.now()
    results = race(*[lambda: deliver_mail(mail_id=row.pk, at=now)] * 4)
    assert sorted(results) == [False, False, False, True]
    assert len(mail.outbox) == 1
