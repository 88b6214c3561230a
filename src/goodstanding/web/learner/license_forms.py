"""The forms of licenses."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from goodstanding.core.rules.model import Fact, FactValue
from goodstanding.licensing.checks import Dates, check_carried_in, check_license
from goodstanding.licensing.rulebook import LicenseType
from goodstanding.licensing.selectors import RequirementName, cycle_months
from goodstanding.web.forms import DayInput, LookForm, license_number_field

__all__ = ["AddLicenseForm", "ChangeLicenseForm", "PeriodForm", "QuestionsForm", "RenewalForm", "day_field"]

STATUSES = (
    ("active", "Active"),
    ("inactive", "Inactive: the board lists it as inactive"),
    ("lapsed", "Lapsed: it expired and was not renewed"),
    ("retired", "Retired"),
)
NOT_SURE = "unsure"
YES_NO = (("yes", "Yes"), ("no", "No"), (NOT_SURE, "Not sure"))
_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%d %B %Y", "%B %d, %Y")


def day_field(label: str, *, required: bool = True, help_text: str = "", missing: str = "") -> forms.DateField:
    """A day. The browser offers its calendar; typed by hand it may also stand as on American licenses."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=_FORMATS,
        widget=DayInput({"max": "2150-12-31"}),
        error_messages={
            "required": missing or "Enter a day.",
            "invalid": "There is no such day. Write it like 2027-05-31 or 05/31/2027.",
        },
    )


class _LicenseFields(LookForm):
    number = license_number_field()
    issued = day_field(
        "First issued on",
        required=False,
        help_text="Your board's license search shows it. Without it some answers stay unknown.",
    )
    period_end = day_field(
        "Expires on",
        help_text="The last day of the period, as on your license.",
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

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def months(self) -> int | None:
        """The cycle of the rule, as far as it is known from the form."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """All that is wrong is said at once, also where another field is missing. The service has the last word."""
        data = self.cleaned_data
        dates = Dates(issued=data.get("issued"), start=data.get("period_start"), end=data.get("period_end"))
        found = check_license(
            number=data.get("number", ""), dates=dates, renewals=data.get("renewals"), months=self.months(), today=self._today
        )
        for name, problem in found.items():
            if name not in self.errors:
                self.add_error(name, problem)
        return data


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

    def __init__(self, *args: Any, types: Sequence[LicenseType], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("submission", uuid.uuid4())
        super().__init__(*args, **kwargs)
        places: dict[str, list[tuple[str, str]]] = {}
        for one in types:
            places.setdefault(one.place, []).append((one.key, one.label))
        field = self.fields["type"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose your license"), *places.items()]
        self._types = {one.key: one for one in types}

    def months(self) -> int | None:
        chosen = self.chosen
        return cycle_months(chosen.rule) if chosen else None

    @property
    def chosen(self) -> LicenseType | None:
        """The license type that was chosen, if one was."""
        return self._types.get(self.cleaned_data.get("type", ""))


class ChangeLicenseForm(_LicenseFields):
    def __init__(self, *args: Any, rule: str, likely_renewals: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rule = rule
        if likely_renewals is not None:
            self.fields["renewals"].help_text += f" By your dates it is likely {likely_renewals}."

    def months(self) -> int | None:
        return cycle_months(self._rule)


class RenewalForm(LookForm):
    renewed_on = day_field("Renewed on", required=False, help_text="The day on which the board renewed it, if you know it.")
    period_end = day_field(
        "Now expires on",
        help_text="As on your new license. The day we worked out from the board's cycle is filled in.",
        missing="Enter the day on which the renewed license expires.",
    )
    from_end = forms.DateField(widget=forms.HiddenInput)


class PeriodForm(LookForm):
    """What was brought into one period, a field for each requirement it could serve, and what the board waived for it."""

    def __init__(
        self,
        *args: Any,
        requirements: Sequence[RequirementName],
        carried_in: Mapping[str, str],
        waivers: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        known = {one.id: one for one in requirements}
        # Hours recorded for what the rule does not carry any more stay on the form, so that they can be taken back.
        self._carried = [one.id for one in requirements if one.carries or one.id in carried_in]
        for name in self._carried:
            self.fields[f"carried_{name}"] = _hours_field(known[name].name)
            self.initial[f"carried_{name}"] = carried_in.get(name)
        self.fields["waived"] = forms.MultipleChoiceField(
            label="Requirements that the board waived",
            choices=[(one.id, one.name) for one in requirements],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            error_messages={"invalid_choice": "Choose only requirements from the list."},
        )
        self.initial["waived"] = [name for name in waivers if name in known]
        self.fields["note"] = forms.CharField(
            label="Note",
            help_text="For example the day and number of the board’s letter. It goes into the history of this license and stays there. No client details.",
            widget=forms.Textarea(attrs={"rows": 2}),
            max_length=500,
            required=False,
            error_messages={"max_length": "The note has %(show_value)d characters; the limit is %(limit_value)d. Shorten it."},
        )

    def clean(self) -> dict[str, Any]:
        for name, hours in self.carried_in.items():
            if hours is not None and (problem := check_carried_in(hours)):
                self.add_error(f"carried_{name}", problem)
        return self.cleaned_data

    @property
    def carried_fields(self) -> list[forms.BoundField]:
        """The fields for hours, to be drawn together."""
        return [self[f"carried_{name}"] for name in self._carried]

    @property
    def carried_in(self) -> dict[str, Decimal | None]:
        """The hours by requirement, as far as they are numbers; None where nothing was carried in."""
        return {name: self.cleaned_data[f"carried_{name}"] for name in self._carried if f"carried_{name}" in self.cleaned_data}


def _hours_field(label: str) -> forms.DecimalField:
    number = "Enter a number of hours, such as 4 or 1.5."
    return forms.DecimalField(
        label=label,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6, "autocomplete": "off"}),
        error_messages={"invalid": number},
    )


class QuestionsForm(LookForm):
    """The questions that one rule asks about the holder. "Not sure" is an answer: nothing is then assumed either way."""

    def __init__(
        self,
        *args: Any,
        questions: Mapping[str, Fact],
        answers: Mapping[str, FactValue],
        consequences: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._questions = questions
        for name, question in questions.items():
            field = self.fields[name] = _question_field(question)
            field.help_text = " ".join(text for text in (str(field.help_text), consequences.get(name, "")) if text)
            self.initial.setdefault(name, _as_typed(question, answers.get(name)))

    @property
    def answers(self) -> dict[str, FactValue | None]:
        """The valid answers; None for what the holder is not sure about."""
        return {name: _as_fact(question, self.cleaned_data.get(name)) for name, question in self._questions.items()}


def _question_field(question: Fact) -> forms.Field:
    if question.type in ("boolean", "one_of"):
        choices = YES_NO if question.type == "boolean" else (*question.options.items(), (NOT_SURE, "Not sure"))
        return forms.ChoiceField(
            label=question.question,
            help_text=question.help or "",
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose one of the answers.", "invalid_choice": "Choose one of the answers."},
        )
    if question.type == "date":
        return day_field(question.question, required=False, help_text=question.help or "Leave it empty if you are not sure.")
    return forms.IntegerField(
        label=question.question,
        help_text=question.help or "",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages={"invalid": "Enter a whole number, or leave it empty if you are not sure."},
    )


def _as_typed(question: Fact, value: FactValue | None) -> Any:
    if value is None:
        return NOT_SURE if question.type in ("boolean", "one_of") else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def _as_fact(question: Fact, typed: Any) -> FactValue | None:
    if typed is None or (typed == NOT_SURE and question.type in ("boolean", "one_of")):
        return None
    if question.type == "boolean":
        return bool(typed == "yes")
    answer: str | int | dt.date = typed
    return answer
