"""Sponsor profile and approvals."""

from __future__ import annotations

import uuid

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern
from django.views.decorators.http import require_http_methods, require_safe

from goodstanding.accounts.permissions import require_administrator
from goodstanding.audit.services import Tag, record_event
from goodstanding.catalog.approval_state import ApprovalOnDay, ApprovalState, access_approval_on, list_approvals_on
from goodstanding.catalog.errors import (
    ApprovalDatesError,
    ApprovalFormatsError,
    ApprovalNotFoundError,
    ApprovalWithdrawnError,
)
from goodstanding.catalog.selectors import FORMATS, get_sponsor
from goodstanding.catalog.services import record_approval, save_sponsor, withdraw_approval
from goodstanding.core.uploads import UploadError
from goodstanding.flows.attention import missing_in
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web import clock
from goodstanding.web.forms import DayInput, LookForm
from goodstanding.web.staff.access import staff_path

_OTHER = "other"
_DEMONSTRATION = "demonstration"

_STATES = {
    ApprovalState.NOT_YET: ("Not yet in force", "not_applicable"),
    ApprovalState.ACTIVE: ("Active", "met"),
    ApprovalState.ENDED: ("Ended", "not_applicable"),
    ApprovalState.WITHDRAWN: ("Withdrawn", "unmet"),
}


class SponsorForm(LookForm):
    """Everything may stay empty while it is not known; the first staff page says what is missing."""

    name = forms.CharField(label="Name of the organization", max_length=120, required=False)
    address = forms.CharField(
        label="Address",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    phone = forms.CharField(
        label="Phone", max_length=40, required=False, widget=forms.TextInput(attrs={"size": 20, "autocomplete": "tel"})
    )
    email = forms.EmailField(label="E-mail address", required=False, help_text="For questions about courses and certificates.")
    administrator_name = forms.CharField(
        label="Program administrator", max_length=120, required=False, help_text="The person responsible for the program."
    )
    administrator_title = forms.CharField(label="Title of the administrator", max_length=120, required=False)
    signature_line = forms.CharField(
        label="Signature line",
        max_length=200,
        required=False,
        help_text="As it is to stand above the administrator's name on certificates.",
    )


class DayForm(LookForm):
    on = forms.DateField(
        label="Another day",
        required=False,
        widget=DayInput(),
        error_messages={"invalid": "Write the day as 2026-11-23."},
    )


class ApprovalForm(LookForm):
    """An approval as the body's letter states it."""

    body = forms.ChoiceField(label="Approval body", help_text="The rules of the boards name these bodies.")
    body_name = forms.CharField(
        label="Name of the body in its own words", max_length=120, help_text="This is what course pages and certificates print."
    )
    number = forms.CharField(
        label="Approval number", max_length=60, widget=forms.TextInput(attrs={"size": 20, "autocomplete": "off"})
    )
    formats = forms.MultipleChoiceField(label="Formats it covers", choices=FORMATS, widget=forms.CheckboxSelectMultiple)
    valid_from = forms.DateField(label="First day", widget=DayInput())
    valid_to = forms.DateField(label="Last day", widget=DayInput())
    statement = forms.CharField(
        label="Statement",
        max_length=1000,
        help_text="The wording that the body asks its sponsors to print.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    evidence = forms.FileField(
        label="Evidence",
        max_length=200,
        help_text="The letter or certificate of the body: PDF, JPEG or PNG, up to 10 MB. Only administrators can download it.",
        error_messages={"empty": "The file is empty. Choose the file once more."},
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        known = [(code, body.label) for code, body in rulebook().approvals.items()]
        extra = [(_OTHER, "Another body, which no rule names yet")]
        if settings.DEMONSTRATION:
            extra.append((_DEMONSTRATION, "Demonstration body (does not exist)"))
        body = self.fields["body"]
        assert isinstance(body, forms.ChoiceField)
        body.choices = [("", "Choose one"), *known, *extra]


class WithdrawalForm(LookForm):
    withdrawn_from = forms.DateField(label="First day without the approval", widget=DayInput())
    reason = forms.CharField(
        label="Reason", max_length=300, help_text="For the sponsor's records.", widget=forms.Textarea(attrs={"rows": 3})
    )


def _words(row: ApprovalOnDay) -> dict[str, object]:
    """An approval as the templates show it: with its state in words and the mark that goes with them."""
    state, outcome = _STATES[row.state]
    return {"approval": row.approval, "state": state, "outcome": outcome, "formats": row.formats}


def _approval_or_404(request: HttpRequest, approval_id: uuid.UUID) -> ApprovalOnDay:
    try:
        return access_approval_on(approval_id, clock.today(request))
    except ApprovalNotFoundError:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    sponsor = get_sponsor()
    if request.method == "POST":
        form = SponsorForm(request.POST)
        if form.is_valid():
            save_sponsor(actor=require_administrator(request.user), **form.cleaned_data)
            messages.success(request, "The sponsor profile is saved.")
            return redirect("staff-sponsor")
    else:
        form = SponsorForm(initial={name: getattr(sponsor, name) for name in SponsorForm.base_fields})
    missing = missing_in(sponsor)
    context = {"form": form, "sponsor": sponsor, "missing": f"Certificates lack: {', '.join(missing)}." if missing else ""}
    return render(request, "staff/sponsor.html", context, status=400 if form.errors else 200)


@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    today = clock.today(request)
    asked = request.GET if "on" in request.GET else {"on": today.isoformat()}
    form = DayForm(asked)
    on = (form.cleaned_data["on"] if form.is_valid() else None) or today
    rows = [_words(row) for row in list_approvals_on(on)]
    context = {"form": form, "on": on, "rows": rows}
    return render(request, "staff/approvals.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    form = ApprovalForm(request.POST, request.FILES) if request.method == "POST" else ApprovalForm()
    if form.is_valid():
        given = form.cleaned_data
        try:
            approval = record_approval(
                actor=require_administrator(request.user),
                evidence_name=given["evidence"].name,
                demonstration=given["body"] == _DEMONSTRATION,
                **given,
            )
        except UploadError as error:
            form.add_error("evidence", str(error))
        except ApprovalDatesError as error:
            form.add_error("valid_to", str(error))
        except ApprovalFormatsError as error:
            form.add_error("formats", str(error))
        else:
            messages.success(request, "The approval is recorded.")
            return redirect("staff-approval", approval_id=approval.pk)
    if form.errors and "evidence" in request.FILES and "evidence" not in form.errors:
        form.add_error("evidence", "Choose the file once more: no browser keeps it when a form comes back.")
    return render(request, "staff/approval_record.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
def approval(request: HttpRequest, approval_id: uuid.UUID) -> HttpResponse:
    row = _approval_or_404(request, approval_id)
    return render(request, "staff/approval.html", {"row": _words(row), "on": row.on})


@require_safe
def evidence(request: HttpRequest, approval_id: uuid.UUID) -> FileResponse:
    """The evidence, only ever as a download: an uploaded file must not run as a page of this site."""
    approval = _approval_or_404(request, approval_id).approval
    try:
        file = approval.evidence.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    record_event(tag=Tag.EVIDENCE_DOWNLOADED, actor=request.user, subject_kind="approval", subject_id=approval.pk)
    return FileResponse(file, as_attachment=True, filename=approval.evidence_name, content_type=approval.evidence_type)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, approval_id: uuid.UUID) -> HttpResponse:
    approval = _approval_or_404(request, approval_id).approval
    if approval.withdrawn_from is not None:
        messages.info(request, "This approval was withdrawn before.")
        return redirect("staff-approval", approval_id=approval.pk)
    form = WithdrawalForm(request.POST) if request.method == "POST" else WithdrawalForm()
    if form.is_valid():
        try:
            withdraw_approval(actor=require_administrator(request.user), approval_id=approval.pk, **form.cleaned_data)
        except ApprovalDatesError as error:
            form.add_error("withdrawn_from", str(error))
        except ApprovalWithdrawnError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The approval is withdrawn.")
            return redirect("staff-approval", approval_id=approval.pk)
    context = {"form": form, "approval": approval}
    return render(request, "staff/approval_withdraw.html", context, status=400 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    staff_path("sponsor/", profile, "staff-sponsor"),
    staff_path("approvals/", approvals, "staff-approvals"),
    staff_path("approvals/record/", record, "staff-approval-record"),
    staff_path("approvals/<uuid:approval_id>/", approval, "staff-approval"),
    staff_path("approvals/<uuid:approval_id>/evidence/", evidence, "staff-approval-evidence"),
    staff_path("approvals/<uuid:approval_id>/withdraw/", withdraw, "staff-approval-withdraw"),
]
