"""Writing to staff from a course page, with an account or without, and the inbox it lands in."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from goodstanding.catalog.services import publish_course
from goodstanding.learning.models import StaffRequest
from tests.learning.making import AT, SLUG, enrolled, small_course

CONTACT = reverse("course-contact", args=[SLUG])
INBOX = reverse("staff-requests")


@pytest.fixture(autouse=True)
def course(db):
    publish_course(course=small_course(), at=AT)


def body(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def filled(client, **changes):
    """The form as the page gave it, filled in."""
    number = re.search(r'name="request_id" value="([^"]+)"', body(client.get(CONTACT)))[1]
    return {
        "kind": "grievance",
        "text": "The test closed too early.",
        "reply_to": "eve@example.org",
        "request_id": number,
        **changes,
    }


def test_the_course_page_and_every_step_lead_there(signed_in, clinician):
    enrolled(clinician)
    assert CONTACT in body(signed_in.get(reverse("course-page", args=[SLUG])))
    assert CONTACT in body(signed_in.get(reverse("learn-section", args=[SLUG, "one"])))


def test_a_visitor_writes_and_staff_read_and_answer(client, as_administrator):
    assert client.post(CONTACT, filled(client))["Location"] == CONTACT
    assert "Your message has reached staff" in body(client.get(CONTACT))
    kept = StaffRequest.objects.get()
    assert kept.holder is None
    page = reverse("staff-request", args=[kept.pk])
    assert page in body(as_administrator.get(INBOX))
    assert "The test closed too early." not in body(as_administrator.get(INBOX))
    shown = body(as_administrator.get(page))
    assert "The test closed too early." in shown
    assert "written without signing in" in shown
    assert as_administrator.post(page)["Location"] == INBOX
    assert "Answered on" in body(as_administrator.get(INBOX))


def test_who_is_signed_in_finds_her_address_filled_in(signed_in, clinician):
    assert clinician.email in body(signed_in.get(CONTACT))
    signed_in.post(CONTACT, filled(signed_in))
    assert StaffRequest.objects.get().holder == clinician.holder


def test_a_form_sent_twice_arrives_once(client):
    sent = filled(client)
    client.post(CONTACT, sent)
    client.post(CONTACT, sent)
    assert StaffRequest.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"reply_to": "nobody"}, {"kind": "other"}, {"text": "x" * 4001}, {"request_id": "17"}]
)
def test_what_is_missing_is_said_and_nothing_is_lost(client, wrong):
    page = body(client.post(CONTACT, filled(client, **wrong)))
    assert "error" in page
    assert "eve@example.org" in page or "reply_to" in wrong
    assert not StaffRequest.objects.exists()


def test_without_a_key_it_says_so_and_keeps_what_was_written(client, settings):
    settings.PRIVATE_KEYS = ()
    page = body(client.post(CONTACT, filled(client)))
    assert "nothing was sent" in page
    assert "The test closed too early." in page


def test_one_address_can_not_flood_the_inbox(client):
    sent = filled(client)
    codes = [client.post(CONTACT, {**sent, "text": ""}).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]


def test_a_message_can_not_write_on_the_page_of_staff(client, as_administrator):
    client.post(CONTACT, filled(client, text="<script>alert(1)</script>"))
    page = reverse("staff-request", args=[StaffRequest.objects.get().pk])
    assert "<script>alert" not in body(as_administrator.get(page))


def test_a_course_that_does_not_exist_has_no_such_page(client):
    assert client.get(reverse("course-contact", args=["nowhere"])).status_code == 404
