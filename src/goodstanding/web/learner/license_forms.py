"""The forms of licenses."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from goodstanding.core.rules.model import Fact, FactValue
from goodstanding.licensing.rulebook import LicenseType
from goodstanding.web.forms import LookForm

__all__ = ["AddLicenseForm", "ChangeLicenseForm", "QuestionsForm", "RenewalForm", "day_field"]

STATUSES = (
    ("active", "Active"),
    ("inactive", "Inactive: the board lists it as inactive"),
    ("lapsed", "Lapsed: it expired and was not renewed"),
    ("retired", "Retired"),
)
YES_NO = (("yes", "Yes"), ("no", "No"), ("", "Not sure"))
_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%d %B %Y", "%B %d, %Y")


def day_field(label: str, *, required: bool = True, help_text: str = "", missing: str = "") -> forms.DateField:
    """A day. The browser offers its calendar; typed by hand it may also stand as on American licenses."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": "2150-12-31"}),
        error_messages={
            "required": missing or "Enter a day.",
            "invalid": "There is no such day. Write it like 2027-05-31 or 05/31/2027.",
        },
    )


class _LicenseFields(LookForm):
    number = forms.CharField(
        label="License number",
        max_length=40,
        widget=forms.TextInput(attrs={"size": 20, "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the number as it stands on your license.",
            "max_length": "A license number has at most 40 characters.",
        },
    )
    issued = day_field(
        "First issued on",
        required=False,
        help_text="Your board's license search shows it. Without it some answers stay unknown.",
    )
    period_end = day_field(
        "Expires on",
        help_text="The last day of the present period, as on your license.",
        missing="Enter the day on which your license expires.",
    )
    period_start = day_field(
        "The present period began on",
        required=False,
        help_text="Leave it empty unless your period is irregular; we work it out from your board's cycle.",
    )
    renewals = forms.IntegerField(
        label="Renewals completed",
        required=False,
        help_text="How often you have renewed this license so far; 0 in the first period. Leave it empty if you are not sure.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "autocomplete": "off"}),
        error_messages={"invalid": "Enter a whole number, such as 0 or 3."},
    )
    status = forms.ChoiceField(
        label="Status",
        choices=STATUSES,
        initial="active",
        error_messages={"required": "Choose a status.", "invalid_choice": "Choose a status from the list."},
    )


class AddLicenseForm(_LicenseFields):
    type = forms.ChoiceField(
        label="License type",
        error_messages={
            "required": "Choose the type of your license from the list.",
            "invalid_choice": "Choose the type of your license from the list.",
        },
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    field_order = ("type", "number", "issued", "period_end", "renewals", "status", "period_start", "submission")

    def __init__(self, *args: Any, types: Iterable[LicenseType], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("submission", uuid.uuid4())
        super().__init__(*args, **kwargs)
        places: dict[str, list[tuple[str, str]]] = {}
        for one in types:
            places.setdefault(one.place, []).append((one.key, one.label))
        field = self.fields["type"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose your license"), *places.items()]


class ChangeLicenseForm(_LicenseFields):
    def __init__(self, *args: Any, likely_renewals: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if likely_renewals is not None:
            self.fields["renewals"].help_text += f" By your dates it is likely {likely_renewals}."


class RenewalForm(LookForm):
    renewed_on = day_field("Renewed on", required=False, help_text="The day on which the board renewed it, if you know it.")
    period_end = day_field(
        "Now expires on",
        help_text="As on your new license. The day we worked out from the board's cycle is filled in.",
        missing="Enter the day on which the renewed license expires.",
    )
    from_end = forms.DateField(widget=forms.HiddenInput)


class QuestionsForm(LookForm):
    """The questions that one rule asks about the holder. "Not sure" is an answer: nothing is then assumed either way."""

    def __init__(self, *args: Any, questions: Mapping[str, Fact], answers: Mapping[str, FactValue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._questions = questions
        for name, question in questions.items():
            self.fields[name] = _question_field(question)
            self.initial.setdefault(name, _as_typed(answers.get(name)))

    @property
    def answers(self) -> dict[str, FactValue | None]:
        """The valid answers; None for what the holder is not sure about."""
        return {name: _as_fact(question, self.cleaned_data.get(name)) for name, question in self._questions.items()}


def _question_field(question: Fact) -> forms.Field:
    text: dict[str, Any] = {"label": question.question, "help_text": question.help or "", "required": False}
    if question.type == "boolean":
        field: forms.Field = forms.ChoiceField(
            choices=YES_NO, widget=forms.RadioSelect, error_messages={"invalid_choice": "Choose one of the answers."}, **text
        )
    elif question.type == "one_of":
        options = [*question.options.items(), ("", "Not sure")]
        field = forms.ChoiceField(
            choices=options, widget=forms.RadioSelect, error_messages={"invalid_choice": "Choose one of the answers."}, **text
        )
    elif question.type == "date":
        field = day_field(question.question, required=False, help_text=question.help or "Leave it empty if you are not sure.")
    else:
        field = forms.IntegerField(
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
            error_messages={"invalid": "Enter a whole number, or leave it empty if you are not sure."},
            **text,
        )
    return field


def _as_typed(value: FactValue | None) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def _as_fact(question: Fact, typed: Any) -> FactValue | None:
    if typed in ("", None):
        return None
    if question.type == "boolean":
        return bool(typed == "yes")
    answer: str | int | dt.date = typed
    return answer
