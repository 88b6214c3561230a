"""The form of the calculator: a license without its number, what its rule asks about the person, and a few credits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from goodstanding.compliance.trial import Trial
from goodstanding.core.certificates import FORMAT_LABELS
from goodstanding.core.rules.load import RuleBook
from goodstanding.credit.earned import EarnedCredit, EarnedPart
from goodstanding.licensing.checks import Dates, check_dates, check_renewals
from goodstanding.licensing.rulebook import license_types
from goodstanding.web.forms import DayInput
from goodstanding.web.learner.credit_form import NONE, UNKNOWN, topic_choices
from goodstanding.web.learner.license_forms import QuestionsForm, day_field

__all__ = ["LONGEST_TYPED", "MOST_ROWS", "TryForm"]

FIRST_ROWS, MORE_ROWS, MOST_ROWS = 3, 3, 20
LONGEST_TYPED = 200
_ROW = ("amount", "completed", "title", "topic", "also", "format", "approval")
_TELLING = ("amount", "completed", "title", "topic", "also")
"""What somebody fills in; the others of a row are choices that always say something."""


class TryForm(QuestionsForm):
    """Rows without anything in them are left out. What is valid here would be taken by the services, too."""

    type = forms.ChoiceField(
        label="License type",
        error_messages={"required": "Choose the type of your license.", "invalid_choice": "Choose the type of your license."},
    )
    period_end = day_field(
        "Expires on",
        help_text="The last day of the present period, as on your license.",
        missing="Enter the day on which your license expires.",
    )
    issued = day_field("First issued on", required=False, help_text="Without it some answers stay unknown.")
    renewals = forms.IntegerField(
        label="Renewals completed",
        required=False,
        help_text="How often you have renewed so far; 0 in the first period. Leave it empty if you are not sure.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "autocomplete": "off"}),
        error_messages={"invalid": "Enter a whole number, such as 0 or 3."},
    )
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, rule: str, rules: RuleBook, today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(data, questions=rules.questions_for(rule), answers={}, consequences={}, **kwargs)
        self._rules, self._rule, self._today = rules, rule, today
        self._types = {one.key: one for one in license_types() if one.rule == rule}
        self.about = [name for name in self.fields if name not in TryForm.base_fields]
        self.row_count = self._rows()
        kind = self.fields["type"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(key, one.name) for key, one in self._types.items()]
        self.initial.setdefault("type", next(iter(self._types), ""))
        if len(self._types) == 1:
            kind.widget = forms.HiddenInput()
        topics = [("", "Not chosen"), *topic_choices(rules, ["_".join(rule.split("/")[:2])], ())]
        bodies = [(UNKNOWN, "I do not know"), (NONE, "Nobody"), *((one, rules.approval_label(one)) for one in rules.approvals)]
        for row in range(self.row_count):
            self._add_row(row, topics, bodies)

    def _add_row(self, row: int, topics: list[tuple[str, str]], bodies: list[tuple[str, str]]) -> None:
        """The fields of one credit; what they are called says which credit, for who hears them one by one."""
        name, n = f"credit_{row}_", row + 1
        self.fields[f"{name}amount"] = forms.DecimalField(
            label=f"Credit {n}: hours",
            required=False,
            max_digits=9,
            decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8, "autocomplete": "off"}),
            error_messages=dict.fromkeys(("max_digits", "max_whole_digits"), "This is more than can be right. Check the number.")
            | {"invalid": "Enter a number, such as 6 or 1.5.", "max_decimal_places": "Use at most two decimals, such as 1.25."},
        )
        self.fields[f"{name}completed"] = forms.DateField(
            label=f"Credit {n}: completed on",
            required=False,
            widget=DayInput(),
            error_messages={"invalid": "Enter a day of the calendar, such as 2026-11-23."},
        )
        self.fields[f"{name}title"] = forms.CharField(
            label=f"Credit {n}: title",
            required=False,
            max_length=LONGEST_TYPED,
            error_messages={"max_length": "Shorten the title to 200 characters."},
        )
        self.fields[f"{name}topic"] = forms.ChoiceField(label=f"Credit {n}: topic", required=False, choices=topics)
        self.fields[f"{name}also"] = forms.ChoiceField(label=f"Credit {n}: second topic", required=False, choices=topics)
        self.fields[f"{name}format"] = forms.ChoiceField(
            label=f"Credit {n}: how it was given", required=False, choices=[("", "Choose"), *FORMAT_LABELS.items()]
        )
        self.fields[f"{name}approval"] = forms.ChoiceField(
            label=f"Credit {n}: approved by", required=False, choices=bodies, initial=UNKNOWN
        )

    def _rows(self) -> int:
        try:
            asked = int(self.data.get("rows", "")) if self.is_bound else int(self.initial.get("rows", FIRST_ROWS))
        except (TypeError, ValueError):
            asked = FIRST_ROWS
        return min(max(asked, FIRST_ROWS), MOST_ROWS)

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, field by field, each cut where no valid value goes on."""
        return {name: str(self.data.get(name, ""))[:LONGEST_TYPED] for name in self.fields} | {"rows": str(self.row_count)}

    def with_more_rows(self) -> dict[str, str]:
        """The same as initial values of a form with room for more credits."""
        return self.typed | {"rows": str(min(self.row_count + MORE_ROWS, MOST_ROWS))}

    @property
    def more_rows_possible(self) -> bool:
        return self.row_count < MOST_ROWS

    @property
    def about_fields(self) -> list[forms.BoundField]:
        """What the rule asks about the person."""
        return [self[name] for name in self.about]

    @property
    def credit_rows(self) -> list[dict[str, Any]]:
        """The fields of each credit by what they are."""
        return [{name: self[f"credit_{row}_{name}"] for name in _ROW} for row in range(self.row_count)]

    def clean(self) -> dict[str, Any]:
        """All that is wrong is said at once, by the checks that the services make."""
        data = super().clean() or self.cleaned_data
        months = self._rules[self._rule].file.cycle.months
        dates = Dates(issued=data.get("issued"), start=None, end=data.get("period_end"))
        for name, problem in (
            check_dates(dates, months=months, today=self._today)
            | check_renewals(data.get("renewals"), dates=dates, months=months)
        ).items():
            if name not in self.errors:
                self.add_error(name, problem)
        for row in range(self.row_count):
            if self._filled(row):
                self._check_row(row)
        return data

    def _filled(self, row: int) -> bool:
        return any(
            self.cleaned_data.get(f"credit_{row}_{name}") not in (None, "") or f"credit_{row}_{name}" in self.errors
            for name in _TELLING
        )

    def _check_row(self, row: int) -> None:
        name = f"credit_{row}_"
        for part, problem in (
            ("amount", "Enter the hours, or empty this row."),
            ("completed", "Enter the day, or empty this row."),
            ("format", "Choose how it was given."),
        ):
            if self.cleaned_data.get(name + part) in (None, "") and name + part not in self.errors:
                self.add_error(name + part, problem)
        if any(name + part in self.errors for part in _ROW):
            return
        fields = {"parts": "amount", "approvals": "approval"}
        for part, problem in self._earned(row).problems(today=self._today, rules=self._rules).items():
            self.add_error(name + fields.get(part, part), problem)

    def _earned(self, row: int) -> EarnedCredit:
        data = {name: self.cleaned_data[f"credit_{row}_{name}"] for name in _ROW}
        amount: Decimal = data["amount"]
        topics = tuple(dict.fromkeys(topic for topic in (data["topic"], data["also"]) if topic))
        approval = data["approval"] or UNKNOWN
        return EarnedCredit(
            title=data["title"] or f"Credit {row + 1}",
            completed=data["completed"],
            amount=amount,
            parts=(EarnedPart(amount=amount, topics=topics),) if topics else (),
            format=data["format"],
            approvals=None if approval == UNKNOWN else () if approval == NONE else (approval,),
        )

    def trial(self) -> Trial:
        """What was typed, ready to be evaluated or kept; only of a valid form."""
        return Trial(
            type=self._types[self.cleaned_data["type"]],
            issued=self.cleaned_data["issued"],
            period_end=self.cleaned_data["period_end"],
            renewals=self.cleaned_data["renewals"],
            facts=self.answers,
            credits=tuple(self._earned(row) for row in range(self.row_count) if self._filled(row)),
        )
