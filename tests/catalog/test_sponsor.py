"""The sponsor's profile and its approvals."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.audit.models import AuditEvent
from goodstanding.catalog import selectors, services
from goodstanding.catalog.errors import (
    ApprovalDatesError,
    ApprovalFormatsError,
    ApprovalNotFoundError,
    ApprovalWithdrawnError,
)
from goodstanding.catalog.models import Approval
from goodstanding.core.uploads import UploadError

PDF = b"%PDF-1.7\n%%EOF\n"
FROM, TO = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


def sponsor(actor, **changes):
    return services.save_sponsor(
        actor=actor,
        **{
            "name": "Example Institute",
            "address": "1 Example Street",
            "phone": "555 0100",
            "email": "office@example.org",
            "administrator_name": "Cai Example",
            "administrator_title": "Program administrator",
            "signature_line": "Cai Example, MA",
            **changes,
        },
    )


def approve(actor, *, data=PDF, name="letter.pdf", **changes):
    return services.record_approval(
        actor=actor,
        **{
            "body": "example",
            "body_name": "Example Body",
            "number": "42",
            "formats": ["asynchronous"],
            "valid_from": FROM,
            "valid_to": TO,
            "statement": "Example Institute is approved by Example Body.",
            "evidence": SimpleUploadedFile(name, data),
            "evidence_name": name,
            **changes,
        },
    )


def test_the_profile_is_empty_until_it_is_filled_in(administrator):
    assert selectors.get_sponsor().name == ""
    sponsor(administrator, name="  Example Institute ")
    assert selectors.get_sponsor().name == "Example Institute"


def test_the_log_names_the_fields_that_changed_and_not_what_they_say(administrator):
    sponsor(administrator)
    sponsor(administrator, phone="555 0199")
    sponsor(administrator, phone="555 0199")
    events = AuditEvent.objects.filter(tag="sponsor:profile:changed").order_by("id")
    assert [event.data["fields"] for event in events][1:] == [["phone"]]
    assert "555" not in str([event.data for event in events])


def test_only_administrators_touch_sponsor_and_approvals(clinician, administrator):
    approval = approve(administrator)
    for refused in (
        lambda: sponsor(clinician),
        lambda: approve(clinician),
        lambda: services.withdraw_approval(actor=clinician, approval_id=approval.pk, withdrawn_from=TO, reason="So."),
    ):
        with pytest.raises(PermissionRefusedError):
            refused()
    assert Approval.objects.get().withdrawn_from is None


def test_evidence_is_stored_as_it_is_under_a_random_name(administrator):
    approval = Approval.objects.get(pk=approve(administrator).pk)
    assert (approval.evidence_type, approval.evidence_name) == ("application/pdf", "letter.pdf")
    assert approval.evidence_sha256 == hashlib.sha256(PDF).hexdigest()
    assert approval.evidence.name.endswith(".pdf")
    assert "letter" not in approval.evidence.name
    with approval.evidence.open() as stored:
        assert stored.read() == PDF


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"<html><script>", "letter.pdf", "not a PDF"),
        (PDF.replace(b"%%EOF", b""), "letter.pdf", "breaks off"),
        (PDF, "letter.png", "ends in .png"),
    ],
)
def test_other_files_are_refused_and_nothing_is_stored(administrator, data, name, words):
    with pytest.raises(UploadError, match=words):
        approve(administrator, data=data, name=name)
    assert not Approval.objects.exists()
    approve(administrator)


def test_a_name_with_folders_keeps_only_its_last_part(administrator):
    assert approve(administrator, evidence_name="C:\\letters\\..\\nbcc letter.pdf").evidence_name == "nbcc letter.pdf"


def test_days_in_the_wrong_order_are_refused(administrator):
    with pytest.raises(ApprovalDatesError):
        approve(administrator, valid_from=TO, valid_to=FROM)
    approve(administrator, valid_from=TO, valid_to=TO)


@pytest.mark.parametrize("formats", [[], ["telepathy"], ["asynchronous", "telepathy"]])
def test_formats_must_exist(administrator, formats):
    with pytest.raises(ApprovalFormatsError):
        approve(administrator, formats=formats)
    assert approve(administrator, formats=["hybrid", "asynchronous"]).formats == ["asynchronous", "hybrid"]


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (FROM - dt.timedelta(days=1), False),
        (FROM, True),
        (TO, True),
        (TO + dt.timedelta(days=1), False),
    ],
)
def test_an_approval_holds_on_its_days(administrator, day, counts):
    approval = approve(administrator)
    assert selectors.approvals_on(day, "asynchronous") == ([approval] if counts else [])
    assert selectors.approvals_on(day, "live_online") == []


def test_a_withdrawn_approval_keeps_the_days_before(administrator):
    approval = approve(administrator)
    day = dt.date(2026, 6, 1)
    services.withdraw_approval(actor=administrator, approval_id=approval.pk, withdrawn_from=day, reason="Term not renewed.")
    assert selectors.approvals_on(day - dt.timedelta(days=1), "asynchronous") == [approval]
    assert selectors.approvals_on(day, "asynchronous") == []
    with pytest.raises(ApprovalWithdrawnError):
        services.withdraw_approval(actor=administrator, approval_id=approval.pk, withdrawn_from=TO, reason="Again.")
    assert selectors.access_approval(approval.pk).withdrawn_reason == "Term not renewed."
    tags = AuditEvent.objects.filter(subject_id=str(approval.pk)).order_by("id").values_list("tag", flat=True)
    assert list(tags) == ["sponsor:approval:recorded", "sponsor:approval:withdrawn"]


def test_an_approval_is_not_withdrawn_from_before_it_began(administrator):
    approval = approve(administrator)
    with pytest.raises(ApprovalDatesError):
        services.withdraw_approval(
            actor=administrator, approval_id=approval.pk, withdrawn_from=FROM - dt.timedelta(days=1), reason="So."
        )
    services.withdraw_approval(actor=administrator, approval_id=approval.pk, withdrawn_from=FROM, reason="Never valid.")
    assert selectors.approvals_on(FROM, "asynchronous") == []


def test_an_unknown_approval_is_not_found(administrator):
    for unknown in ("00000000-0000-0000-0000-000000000000", "not-an-id"):
        with pytest.raises(ApprovalNotFoundError):
            selectors.access_approval(unknown)
