"""Requests to staff: kept once, sealed, read by administrators alone, and never in a mail."""

from __future__ import annotations

import uuid

import pytest

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.audit.models import AuditEvent
from goodstanding.catalog.errors import CourseNotFoundError
from goodstanding.catalog.models import Sponsor
from goodstanding.catalog.services import publish_course
from goodstanding.flows.attention import attention_on
from goodstanding.flows.requests import (
    RequestNotFoundError,
    RequestNotKeptError,
    answer_request,
    list_requests,
    open_request,
    send_request,
)
from goodstanding.learning.models import StaffRequest
from goodstanding.mailing.models import OutgoingMail
from tests.learning.making import AT, SLUG, TODAY, small_course

TEXT = "I read with a screen reader, and the figure says nothing to me."
ID = uuid.UUID(int=9)


@pytest.fixture
def course(db):
    Sponsor.objects.create(id=1, email="sponsor@example.org")
    publish_course(course=small_course(), at=AT)


def send(**changes):
    given = {"request_id": ID, "kind": "accommodation", "slug": SLUG, "holder": None, "reply_to": "ada@example.org", "text": TEXT}
    return send_request(**{**given, **changes}, at=AT)


def test_a_request_is_read_by_an_administrator_and_leaves_a_trace(course, administrator):
    send()
    opened = open_request(actor=administrator, request_id=ID)
    assert (opened.text, opened.course_title, opened.request.reply_to) == (TEXT, "The small course", "ada@example.org")
    tags = list(AuditEvent.objects.values_list("tag", flat=True))
    assert tags.count("learning:request:sent") == tags.count("learning:request:read-by-staff") == 1


def test_its_text_is_in_no_table_no_mail_and_no_log(course):
    send()
    kept, mail = StaffRequest.objects.get(), OutgoingMail.objects.get()
    assert "screen reader" not in kept.sealed
    assert mail.to == "sponsor@example.org"
    assert "screen reader" not in mail.subject + mail.body
    assert "ada@example.org" not in mail.body
    assert all("reader" not in str(event.data) for event in AuditEvent.objects.all())


def test_sent_twice_it_arrives_once(course):
    send()
    send(text="Something else with the same form.")
    assert (StaffRequest.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_without_an_address_of_the_sponsor_it_waits_in_the_inbox(course, administrator):
    Sponsor.objects.update(email="")
    send()
    assert not OutgoingMail.objects.exists()
    assert attention_on(actor=administrator, on=TODAY).requests == 1


def test_without_a_key_nothing_is_sent(course, settings):
    settings.PRIVATE_KEYS = ()
    with pytest.raises(RequestNotKeptError):
        send()
    assert (StaffRequest.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_a_text_that_no_key_opens_is_said_to_be_lost(course, administrator, settings):
    send()
    settings.PRIVATE_KEYS = ("another key than the one it was sealed with",)
    assert open_request(actor=administrator, request_id=ID).text is None


def test_a_course_that_does_not_exist_has_no_requests(course):
    with pytest.raises(CourseNotFoundError):
        send(slug="nowhere")


def test_answering_is_noted_once_and_clears_the_first_page(course, administrator, make_user):
    send()
    answer_request(actor=administrator, request_id=ID, at=AT)
    answer_request(actor=make_user(role="administrator"), request_id=ID, at=AT)
    kept = StaffRequest.objects.get()
    assert (kept.answered_by, kept.answered_at) == (administrator, AT)
    assert attention_on(actor=administrator, on=TODAY).requests == 0


def test_those_that_wait_stand_first(course, administrator):
    send()
    send(request_id=uuid.UUID(int=10))
    answer_request(actor=administrator, request_id=uuid.UUID(int=10), at=AT)
    assert [one.pk.int for one in list_requests(actor=administrator)] == [9, 10]


def test_only_administrators_read_and_answer(course, clinician):
    send()
    for act in (
        lambda: list_requests(actor=clinician),
        lambda: open_request(actor=clinician, request_id=ID),
        lambda: answer_request(actor=clinician, request_id=ID, at=AT),
    ):
        with pytest.raises(PermissionRefusedError):
            act()


def test_an_unknown_request_is_not_found(course, administrator):
    with pytest.raises(RequestNotFoundError):
        open_request(actor=administrator, request_id=ID)
    with pytest.raises(RequestNotFoundError):
        answer_request(actor=administrator, request_id=ID, at=AT)
