"""Reporting a mistake from a rule's page, with an account or without, and what staff see of it."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from goodstanding.learning.models import StaffRequest
from goodstanding.licensing.rulebook import rulebook

pytestmark = pytest.mark.django_db

RULE = "us/ca/lpcc"
PAGE = reverse("requirements-page", args=[RULE])
REPORT = reverse("requirements-mistake", args=[RULE])
INBOX = reverse("staff-requests")
TEXT = "The board says twelve hours."


def body(response):
    assert response.status_code == 200
    return html.unescape(" ".join(response.content.decode().split()))


def filled(client, **changes):
    """The form as the page gave it, filled in."""
    page = body(client.get(REPORT))
    hidden = dict(re.findall(r'type="hidden" name="(request_id|rule_version)" value="([^"]+)"', page))
    return {**hidden, "part": "requirement:total", "text": TEXT, "reply_to": "", **changes}


def test_from_the_page_of_a_rule_to_the_staff_and_closed(client, as_administrator):
    assert REPORT == "/requirements/us/ca/lpcc/mistake/"
    assert f'href="{REPORT}"' in body(client.get(PAGE))
    assert client.post(REPORT, filled(client))["Location"] == PAGE
    assert "Your report has reached staff" in body(client.get(PAGE))
    kept = StaffRequest.objects.get()
    assert (kept.rule, kept.rule_version, kept.part) == (RULE, rulebook()[RULE].version, "requirement:total")
    assert (kept.holder, kept.reply_to) == (None, "")
    page = reverse("staff-request", args=[kept.pk])
    listed = body(as_administrator.get(INBOX))
    assert page in listed
    assert rulebook()[RULE].file.title in listed
    assert TEXT not in listed
    shown = body(as_administrator.get(page))
    assert TEXT in shown
    assert f'href="{PAGE}"' in shown
    assert "no address was given" in shown
    assert "the rule has not changed since" in shown
    assert as_administrator.post(page)["Location"] == INBOX
    assert "Dealt with on" in body(as_administrator.get(INBOX))


def test_staff_are_told_when_the_rule_changed_since(client, as_administrator):
    client.post(REPORT, filled(client, rule_version="0123456789ab"))
    kept = StaffRequest.objects.get()
    assert "changed since" in body(as_administrator.get(reverse("staff-request", args=[kept.pk])))
    kept.rule = "us/zz/gone"
    kept.save()
    shown = body(as_administrator.get(reverse("staff-request", args=[kept.pk])))
    assert "not part of this installation any more" in shown
    assert "/requirements/us/zz/gone/" not in shown
    assert "us/zz/gone" in body(as_administrator.get(INBOX))


def test_who_is_signed_in_finds_her_address_filled_in(signed_in, clinician):
    assert clinician.email in body(signed_in.get(REPORT))
    signed_in.post(REPORT, filled(signed_in, reply_to=clinician.email))
    kept = StaffRequest.objects.get()
    assert (kept.holder, kept.reply_to) == (clinician.holder, clinician.email)


def test_a_form_sent_twice_arrives_once(client):
    sent = filled(client)
    client.post(REPORT, sent)
    client.post(REPORT, sent)
    assert StaffRequest.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "x" * 4001},
        {"reply_to": "nobody"},
        {"part": "requirement:of another rule"},
        {"request_id": "17"},
        {"rule_version": "<b>"},
        {"rule_version": ""},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, wrong):
    page = body(client.post(REPORT, filled(client, **wrong)))
    assert "error" in page
    assert TEXT in page or "text" in wrong
    assert not StaffRequest.objects.exists()


def test_without_a_key_it_says_so_and_keeps_what_was_written(client, settings):
    settings.PRIVATE_KEYS = ()
    page = body(client.post(REPORT, filled(client)))
    assert "nothing was sent" in page
    assert TEXT in page


def test_one_address_can_not_flood_the_inbox(client):
    sent = filled(client)
    codes = [client.post(REPORT, {**sent, "text": ""}).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]


def test_a_report_can_not_write_on_the_page_of_staff(client, as_administrator):
    client.post(REPORT, filled(client, text="<script>alert(1)</script>"))
    page = as_administrator.get(reverse("staff-request", args=[StaffRequest.objects.get().pk]))
    assert b"<script>alert" not in page.content


@pytest.mark.parametrize("name", ["us/ca", "us/zz/gone", "compare"])
def test_what_is_no_rule_has_no_such_page(client, name):
    assert client.get(reverse("requirements-mistake", args=[name])).status_code == 404
