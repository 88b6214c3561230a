"""The first staff page says what is open."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.flows.attention import attention_on
from goodstanding.mailing.models import OutgoingMail

DAY = dt.date(2026, 6, 1)


def test_an_empty_installation_lacks_its_sponsor(as_administrator):
    page = as_administrator.get("/staff/").content.decode()
    assert "The sponsor profile is not complete" in page
    assert "program administrator" in page


def test_provisional_courses_are_named_with_the_reason(as_administrator, slug):
    page = as_administrator.get("/staff/").content.decode()
    assert "hours are provisional" in page
    assert f"/staff/hours/{slug}/1/" in page


@pytest.mark.parametrize(("days", "mentioned"), [(-1, False), (0, True), (60, True), (61, False)])
def test_an_approval_is_mentioned_in_its_last_sixty_days(administrator, make_approval, days, mentioned):
    approval = make_approval(valid_from=dt.date(2020, 1, 1), valid_to=DAY + dt.timedelta(days=days))
    assert (approval in attention_on(actor=administrator, on=DAY).ending) is mentioned


def test_mail_that_does_not_get_through_is_counted(administrator):
    later = timezone.now() + dt.timedelta(minutes=5)
    OutgoingMail.objects.create(to="a@example.org", subject="s", body="b")
    OutgoingMail.objects.create(to="b@example.org", subject="s", body="b", attempts=2, next_attempt_at=later)
    OutgoingMail.objects.create(to="c@example.org", subject="", body="", attempts=9, next_attempt_at=None)
    OutgoingMail.objects.create(to="d@example.org", subject="", body="", attempts=1, next_attempt_at=None, sent_at=later)

    mail = attention_on(actor=administrator, on=DAY).mail

    assert (mail.waiting, mail.failing, mail.given_up) == (1, 1, 1)


def test_mail_trouble_shows_on_the_page_and_addresses_do_not(as_administrator):
    OutgoingMail.objects.create(to="someone@example.org", subject="", body="", attempts=9, next_attempt_at=None)
    page = as_administrator.get("/staff/").content.decode()
    assert "Mail is not getting through" in page
    assert "someone@example.org" not in page


def test_only_an_administrator_learns_what_is_open(clinician):
    with pytest.raises(PermissionRefusedError):
        attention_on(actor=clinician, on=DAY)
