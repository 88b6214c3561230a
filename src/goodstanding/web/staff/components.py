"""Every component of the look on one page, in every state. What it shows is made up and changes nothing."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.views.decorators.http import require_safe

from goodstanding.web.forms import DayInput, LookForm
from goodstanding.web.staff.access import staff_path
from goodstanding.web.templatetags.look import ICONS

_TODAY = date(2026, 11, 23)

_EVENTS = (
    {"on": date(2027, 2, 28), "title": "California LMFT", "detail": "5.0 h to go", "outcome": "unmet", "url": "#license"},
    {
        "on": date(2027, 5, 31),
        "title": "California LPCC",
        "detail": "one thing to check",
        "outcome": "unknown",
        "url": "#license",
    },
    {"on": date(2028, 8, 31), "title": "California LCSW", "detail": "all met", "outcome": "met", "url": "#license"},
)

_STEPS = (
    {"name": "Three sections", "state": "done", "url": "#steps"},
    {"name": "Post-test", "state": "current", "url": "#steps"},
    {"name": "Evaluation", "state": "locked"},
    {"name": "Attestation", "state": "locked"},
    {"name": "Certificate", "state": "locked"},
)

_OUTCOMES = ("met", "unmet", "unknown", "not_applicable")

_ICONS = tuple(ICONS)


class WrongForm(LookForm):
    """One field of each kind that can be wrong."""

    name = forms.CharField(label="Name as on the license", max_length=80)
    amount = forms.DecimalField(
        label="Hours",
        min_value=0,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.25"}),
        error_messages={"min_value": "Enter 0 or more."},
    )
    kind = forms.ChoiceField(label="Format", choices=[("", "Choose one"), ("live", "Live"), ("self", "Self-study")])
    supervises = forms.ChoiceField(
        label="Do you supervise trainees?", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="I have read the terms")


class ExampleForm(WrongForm):
    """One field of each kind."""

    number = forms.CharField(
        label="License number",
        help_text="Letters and digits, as printed on the license.",
        required=False,
        widget=forms.TextInput(attrs={"size": 12}),
    )
    expires = forms.DateField(label="Expires on", widget=DayInput(), help_text="The last day of the license.")
    topics = forms.MultipleChoiceField(
        label="Topics on the certificate",
        choices=[("ethics", "Law and ethics"), ("telehealth", "Telehealth")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    remarks = forms.CharField(label="Remarks", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    proof = forms.FileField(label="Certificate", help_text="PDF, JPEG or PNG, up to 10 MB.", required=False)
    field_order = ("name", "number", "expires", "amount", "kind", "supervises", "topics", "remarks", "proof", "agreed")


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """The page that the look is judged by."""
    wrong = WrongForm({"wrong-name": "", "wrong-amount": "-1"}, prefix="wrong")
    return render(
        request,
        "staff/components.html",
        {
            "today": _TODAY,
            "events": _EVENTS,
            "steps": _STEPS,
            "outcomes": _OUTCOMES,
            "icons": _ICONS,
            "form": ExampleForm(prefix="plain"),
            "wrong": wrong,
            "page": Paginator(range(90), 30).page(2),
        },
    )


urlpatterns: list[URLPattern] = [staff_path("components/", components, "staff-components")]
