"""Approvals with their evidence and dates."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from goodstanding.audit.selectors import list_events
from goodstanding.audit.services import Tag
from goodstanding.catalog.approval_state import ApprovalState, state_on
from goodstanding.catalog.models import Approval
from goodstanding.catalog.selectors import approvals_on

from .conftest import PDF

RECORD = "/staff/approvals/record/"


def test_a_recorded_approval_is_listed_with_its_state(as_administrator, approval_form):
    response = as_administrator.post(RECORD, approval_form, follow=True)

    approval = Approval.objects.get()
    assert "The approval is recorded." in response.content.decode()
    assert approval.evidence_sha256 == hashlib.sha256(PDF).hexdigest()
    assert approval.formats == ["live_online", "asynchronous"]
    page = as_administrator.get("/staff/approvals/?on=2026-05-01").content.decode()
    assert "A body of the test" in page
    assert "Active" in page


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"valid_to": "2025-12-31"}, "The approval ends before it begins."),
        ({"valid_from": "2026-02-30"}, "valid date"),
        ({"formats": []}, "Choose at least one."),
        ({"body": "invented"}, "invented"),
        ({"number": ""}, "Enter this."),
        ({"statement": "x" * 1001}, "1000"),
        ({"evidence": b"GIF89a and more"}, "not a PDF, JPEG or PNG"),
        ({"evidence": b"<html>%PDF-1.4"}, "not a PDF, JPEG or PNG"),
        ({"evidence": b"%PDF-" + b"0" * 10_485_760}, "larger than 10 MB"),
        ({"evidence": b""}, "empty"),
        ({"evidence": None}, "Choose a file."),
    ],
    ids=[
        "reversed",
        "no such day",
        "no format",
        "unknown body",
        "no number",
        "too long",
        "gif",
        "hidden",
        "large",
        "empty",
        "none",
    ],
)
def test_a_mistake_is_named_and_nothing_is_recorded(as_administrator, approval_form, change, message):
    if isinstance(content := change.get("evidence"), bytes):
        change = {"evidence": SimpleUploadedFile("letter.pdf", content, "application/pdf")}
    sent = {name: value for name, value in (approval_form | change).items() if value is not None}

    response = as_administrator.post(RECORD, sent)

    page = response.content.decode()
    assert response.status_code == 400
    assert message in page
    assert "A body of the test" in page
    assert not Approval.objects.exists()
    assert not list_events(tag=Tag.APPROVAL_RECORDED).exists()


def test_a_file_that_was_fine_must_be_chosen_again_and_the_page_says_so(as_administrator, approval_form):
    page = as_administrator.post(RECORD, approval_form | {"number": ""}).content.decode()
    assert "Choose the file once more" in page


def test_a_double_click_records_one_approval(as_administrator, approval_form):
    for _ in range(2):
        approval_form["evidence"].seek(0)
        response = as_administrator.post(RECORD, approval_form)
        assert response.headers["Location"] == f"/staff/approvals/{approval_form['submission']}/"
    assert Approval.objects.count() == 1
    assert list_events(tag=Tag.APPROVAL_RECORDED).count() == 1


def test_the_form_carries_a_fresh_submission_and_keeps_it_after_a_mistake(as_administrator, approval_form):
    names = {re.search(r'name="submission" value="([^"]+)"', as_administrator.get(RECORD).content.decode())[1] for _ in range(2)}
    assert len(names) == 2
    page = as_administrator.post(RECORD, approval_form | {"number": ""}).content.decode()
    assert f'name="submission" value="{approval_form["submission"]}"' in page


def test_a_demonstration_approval_can_be_recorded_only_in_a_demonstration(as_administrator, approval_form, settings):
    approval_form["body"] = "demonstration"
    assert as_administrator.post(RECORD, approval_form).status_code == 400

    settings.DEMONSTRATION = True
    approval_form["evidence"].seek(0)
    response = as_administrator.post(RECORD, approval_form, follow=True)

    assert Approval.objects.get().demonstration
    assert "Demonstration approval" in response.content.decode()


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (dt.date(2025, 12, 31), ApprovalState.NOT_YET),
        (dt.date(2026, 1, 1), ApprovalState.ACTIVE),
        (dt.date(2026, 8, 31), ApprovalState.ACTIVE),
        (dt.date(2026, 9, 1), ApprovalState.WITHDRAWN),
        (dt.date(2027, 1, 1), ApprovalState.WITHDRAWN),
    ],
)
def test_the_state_shown_agrees_with_what_courses_state(make_approval, day, state):
    approval = make_approval()
    approval.withdrawn_from = dt.date(2026, 9, 1)
    approval.save()

    assert state_on(approval, day) is state
    assert (approval in approvals_on(day, "asynchronous")) is (state is ApprovalState.ACTIVE)


@pytest.mark.parametrize(
    ("day", "state"), [(dt.date(2026, 12, 31), ApprovalState.ACTIVE), (dt.date(2027, 1, 1), ApprovalState.ENDED)]
)
def test_an_approval_ends_after_its_last_day(make_approval, day, state):
    approval = make_approval()
    assert state_on(approval, day) is state
    assert (approval in approvals_on(day, "asynchronous")) is (state is ApprovalState.ACTIVE)


def test_evidence_is_sent_as_a_download_and_recorded(as_administrator, make_approval):
    approval = make_approval(evidence_name="our letter.pdf")

    response = as_administrator.get(f"/staff/approvals/{approval.pk}/evidence/")

    assert b"".join(response.streaming_content) == PDF
    assert response.headers["Content-Disposition"] == 'attachment; filename="our letter.pdf"'
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert list_events(tag=Tag.EVIDENCE_DOWNLOADED, subject_id=str(approval.pk)).count() == 1


def test_evidence_that_is_gone_reads_as_not_found(as_administrator, make_approval):
    approval = make_approval()
    approval.evidence.storage.delete(approval.evidence.name)
    assert as_administrator.get(f"/staff/approvals/{approval.pk}/evidence/").status_code == 404


def test_a_withdrawal_holds_from_its_day_and_keeps_the_record(as_administrator, make_approval):
    approval = make_approval()
    address = f"/staff/approvals/{approval.pk}/withdraw/"

    response = as_administrator.post(address, {"withdrawn_from": "2026-06-01", "reason": "The body ended it."}, follow=True)

    page = response.content.decode()
    assert "The approval is withdrawn." in page
    assert "The body ended it." in page
    assert approvals_on(dt.date(2026, 5, 31), "asynchronous") == [approval]
    assert approvals_on(dt.date(2026, 6, 1), "asynchronous") == []


def test_the_first_withdrawal_stands(as_administrator, make_approval):
    approval = make_approval()
    address = f"/staff/approvals/{approval.pk}/withdraw/"
    as_administrator.post(address, {"withdrawn_from": "2026-06-01", "reason": "The body ended it."})

    response = as_administrator.post(address, {"withdrawn_from": "2026-03-01", "reason": "Something else."}, follow=True)

    assert "withdrawn before" in response.content.decode()
    approval.refresh_from_db()
    assert (approval.withdrawn_from, approval.withdrawn_reason) == (dt.date(2026, 6, 1), "The body ended it.")
    assert list_events(tag=Tag.APPROVAL_WITHDRAWN).count() == 1


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"withdrawn_from": "2025-12-31", "reason": "Too early."}, "before it began"),
        ({"withdrawn_from": "", "reason": "No day."}, "Enter a date."),
        ({"withdrawn_from": "2026-06-01", "reason": " "}, "Enter this."),
    ],
)
def test_a_withdrawal_needs_a_possible_day_and_a_reason(as_administrator, make_approval, sent, message):
    approval = make_approval()
    response = as_administrator.post(f"/staff/approvals/{approval.pk}/withdraw/", sent)
    assert response.status_code == 400
    assert message in response.content.decode()
    approval.refresh_from_db()
    assert approval.withdrawn_from is None


def test_a_day_that_is_none_is_named_and_the_list_stays(as_administrator, make_approval):
    make_approval()
    response = as_administrator.get("/staff/approvals/?on=2026-13-01")
    assert response.status_code == 400
    assert "Write the day as 2026-11-23." in response.content.decode()
    assert "A body of the test" in response.content.decode()


def test_the_list_takes_the_same_queries_however_long(as_administrator, make_approval, django_assert_max_num_queries):
    for number in range(12):
        make_approval(number=f"T-{number}")
    with django_assert_max_num_queries(5):
        as_administrator.get("/staff/approvals/")
