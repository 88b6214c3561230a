"""A clock that jumps back dates nothing wrongly and holds nothing up."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.test import Client

from goodstanding.flows.completing import complete
from goodstanding.learning.errors import ClockBehindError
from goodstanding.learning.models import Completion, CourseEvaluation
from goodstanding.mailing.delivery import deliver_due, deliver_mail
from goodstanding.mailing.models import OutgoingMail
from tests.learning.making import AT, TODAY, evaluated


def test_a_clock_set_back_a_little_dates_the_completion_not_before_the_last_step(clinician):
    enrollment = evaluated(clinician)
    certificate = complete(enrollment=enrollment, signed_name="Ada Example", at=AT - dt.timedelta(minutes=50))
    completion = Completion.objects.get(enrollment=enrollment)
    assert completion.completed_at == AT == certificate.issued_at
    assert completion.completed_on == TODAY >= enrollment.started_on


def test_a_clock_set_far_back_dates_no_certificate_and_loses_nothing(clinician, client: Client):
    enrollment = evaluated(clinician)
    with pytest.raises(ClockBehindError):
        complete(enrollment=enrollment, signed_name="Ada Example", at=AT - dt.timedelta(days=2))
    assert not Completion.objects.exists()
    assert CourseEvaluation.objects.filter(enrollment=enrollment).exists()
    # and once the clock is right, the course is completed on the right day
    assert complete(enrollment=enrollment, signed_name="Ada Example", at=AT).issued_at == AT


def test_the_page_says_so(clinician, signed_in, monkeypatch):
    enrollment = evaluated(clinician)
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT - dt.timedelta(days=2))
    answer = signed_in.post(f"/learn/{enrollment.course_id}/attestation/", {"signed_name": "Ada Example"})
    assert answer.status_code == 200
    assert "Our clock is wrong just now" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("ahead", [dt.timedelta(hours=3), dt.timedelta(days=400)])
def test_mail_written_while_the_clock_was_ahead_does_not_lie_until_then(ahead):
    row = OutgoingMail.objects.create(to="ada@example.org", subject="One", body="x", next_attempt_at=AT + ahead)
    assert deliver_due(at=AT) == 1
    assert len(mail.outbox) == 1
    assert not deliver_mail(mail_id=row.pk, at=AT)


@pytest.mark.django_db
def test_mail_that_waits_for_its_next_try_still_waits():
    row = OutgoingMail.objects.create(to="ada@example.org", subject="One", body="x", next_attempt_at=AT + dt.timedelta(hours=2))
    assert deliver_due(at=AT) == 0
    assert not deliver_mail(mail_id=row.pk, at=AT)
