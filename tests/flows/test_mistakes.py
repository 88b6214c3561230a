"""Mistakes in rules: about one rule in one version, kept once, sealed, read by staff alone, and never in a mail."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.audit.models import AuditEvent
from goodstanding.catalog.models import Sponsor
from goodstanding.catalog.services import publish_course
from goodstanding.flows.attention import attention_on
from goodstanding.flows.requests import RequestNotKeptError, answer_request, list_requests, open_request, report_mistake
from goodstanding.learning.models import StaffRequest
from goodstanding.licensing.rule_parts import part_label, parts_of
from goodstanding.licensing.rulebook import rulebook
from goodstanding.mailing.models import OutgoingMail
from tests.learning.making import AT, SLUG, TODAY, small_course

TEXT = "The renewal page of the board says twelve hours, not six."
ID = uuid.UUID(int=9)
RULE = "us/ca/lpcc"


@pytest.fixture
def sponsor(db):
    Sponsor.objects.create(id=1, email="sponsor@example.org")


def report(**changes):
    given = {
        "request_id": ID,
        "rule": RULE,
        "rule_version": rulebook()[RULE].version,
        "part": "requirement:total",
        "holder": None,
        "reply_to": "",
        "text": TEXT,
    }
    return report_mistake(**{**given, **changes}, at=AT)


def test_a_report_is_read_with_its_rule_and_leaves_a_trace(sponsor, administrator):
    report()
    opened = open_request(actor=administrator, request_id=ID)
    assert opened.text == TEXT
    assert opened.rule is not None
    assert (opened.rule.title, opened.rule.installed, opened.rule.changed) == (rulebook()[RULE].file.title, True, False)
    assert opened.rule.part == part_label(rulebook()[RULE].file, "requirement:total") != "requirement:total"
    sent = AuditEvent.objects.get(tag="learning:request:sent")
    assert sent.data == {"kind": "mistake", "rule": RULE, "version": rulebook()[RULE].version}


def test_staff_see_that_the_rule_changed_or_is_gone_since(sponsor, administrator):
    report(rule_version="0123456789ab", part="requirement:renamed")
    opened = open_request(actor=administrator, request_id=ID)
    assert (opened.rule.installed, opened.rule.changed, opened.rule.part) == (True, True, "requirement:renamed")
    StaffRequest.objects.update(rule="us/zz/gone")
    opened = open_request(actor=administrator, request_id=ID)
    assert (opened.rule.title, opened.rule.installed, opened.rule.changed) == ("us/zz/gone", False, True)


def test_its_text_is_in_no_table_no_mail_and_no_log(sponsor):
    report(reply_to="reader@example.org")
    kept, mail = StaffRequest.objects.get(), OutgoingMail.objects.get()
    assert "twelve" not in kept.sealed
    assert RULE in mail.body
    assert "twelve" not in mail.subject + mail.body
    assert "reader@example.org" not in mail.body
    assert all("twelve" not in str(event.data) for event in AuditEvent.objects.all())


def test_sent_twice_it_arrives_once(sponsor):
    report()
    report(text="Something else with the same form.")
    assert (StaffRequest.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_without_a_key_or_a_rule_nothing_is_sent(sponsor, settings):
    with pytest.raises(KeyError):
        report(rule="us/zz/gone")
    settings.PRIVATE_KEYS = ()
    with pytest.raises(RequestNotKeptError):
        report()
    assert (StaffRequest.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_it_waits_in_the_one_inbox_until_somebody_dealt_with_it(sponsor, administrator, clinician):
    report()
    assert attention_on(actor=administrator, on=TODAY).requests == 1
    assert [one.pk for one in list_requests(actor=administrator)] == [ID]
    with pytest.raises(PermissionRefusedError):
        open_request(actor=clinician, request_id=ID)
    answer_request(actor=administrator, request_id=ID, at=AT)
    assert attention_on(actor=administrator, on=TODAY).requests == 0


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "mistake"},
        {"kind": "mistake", "rule": RULE},
        {"kind": "mistake", "course_id": SLUG},
        {"kind": "question"},
        {"kind": "question", "rule": RULE, "rule_version": "0123456789ab"},
        {"kind": "question", "course_id": SLUG, "rule": RULE},
        {"kind": "mistake", "course_id": SLUG, "rule": RULE, "rule_version": "0123456789ab"},
    ],
)
def test_no_row_is_about_both_a_course_and_a_rule_or_about_neither(db, row):
    publish_course(course=small_course(), at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffRequest.objects.create(**row, sealed="x", sent_at=AT)


def test_every_part_that_a_rule_page_shows_can_be_named():
    rule = rulebook()["us/in/lmhc"].file
    named = {part for parts in parts_of(rule).values() for part in parts}
    assert {f"question:{one.id}" for one in rule.open_questions} <= named
    assert {f"source:{name}" for name in rule.sources} <= named
    assert {f"requirement:{name}" for name in rule.requirement_ids()} <= named
    assert all(len(part) <= 120 for book in [rulebook()] for one in book for parts in parts_of(book[one].file).values() for part in parts)  # fmt: skip
