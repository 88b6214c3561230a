"""The form for a credit from elsewhere: what a certificate says, in the order in which certificates say it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from goodstanding.core.certificates import FORMAT_LABELS
from goodstanding.core.rules.case import MOST
from goodstanding.core.rules.load import RuleBook
from goodstanding.credit.earned import UNITS, EarnedCredit, EarnedPart
from goodstanding.web.forms import DayInput, LookForm

if TYPE_CHECKING:
    from goodstanding.credit.models import CreditEntry

__all__ = ["ACTIVITY_LABELS", "SPONSOR_KIND_LABELS", "CreditForm", "ProofForm"]

ACTIVITY_LABELS: Mapping[str, str] = {
    "course": "Course, workshop or webinar",
    "self_directed": "Self-directed study",
    "teaching": "Teaching",
    "authorship": "Authorship",
    "graduate_course": "Graduate course",
    "peer_consultation": "Peer consultation",
    "exam": "Exam",
    "supervision": "Supervision",
    "certification": "Certification",
    "other": "Something else",
}
SPONSOR_KIND_LABELS: Mapping[str, str] = {
    "association": "Professional association",
    "university": "College or university",
    "employer": "My employer",
    "board": "Licensing board",
    "company": "Company",
    "other": "Other",
}
NONE, UNKNOWN = "none", "unknown"
ROWS, MOST_ROWS = 1, 12

_BEFORE_PARTS = ("submission", "rows", "title", "completed", "started", "amount", "unit")
"""The fields that stand above the parts on the page; the order of the fields is that in which errors are listed."""

_DAY = {"invalid": "Enter a day of the calendar, such as 2026-11-23."}
_AMOUNT = {
    "invalid": "Enter a number, such as 6 or 1.5.",
    "max_digits": "This is more than can be right. Check the number.",
    "max_whole_digits": "This is more than can be right. Check the number.",
    "max_decimal_places": "Use at most two decimals, such as 1.25.",
}


def _day(label: str, *, required: bool, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=DayInput(),
        error_messages={**_DAY, "required": "Enter the day, as it stands on the certificate."},
    )


def _amount(label: str, *, required: bool) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        max_digits=9,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8, "autocomplete": "off"}),
        error_messages={**_AMOUNT, "required": "Enter how much you earned, as it stands on the certificate."},
    )


def _proof(*, required: bool) -> forms.FileField:
    return forms.FileField(
        label="Proof",
        required=required,
        help_text="The certificate as PDF, JPEG or PNG, up to 10 MB. It is kept privately; only you can download it.",
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,.pdf,.jpg,.jpeg,.png"}),
        error_messages={"required": "Choose the file.", "empty": "The file is empty. Choose the file once more."},
    )


class ProofForm(LookForm):
    """A proof for an entry that exists."""

    proof = _proof(required=True)


class CreditForm(LookForm):
    """One credit. Parts are rows of amount and up to two topics; empty rows are left out."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label="Title",
        max_length=200,
        help_text="As it stands on the certificate.",
        error_messages={
            "required": "Enter the title as it stands on the certificate.",
            "max_length": "Shorten the title to 200 characters.",
        },
    )
    completed = _day("Completed on", required=True)
    started = _day("Started on", required=False, help_text="For what took longer than a day.")
    amount = _amount("Amount", required=True)
    unit = forms.ChoiceField(
        label="Unit",
        choices=[(unit, many[:1].upper() + many[1:]) for unit, (_, many) in UNITS.items()],
        help_text="As certified. Each board's own hour is worked out later.",
    )
    format = forms.ChoiceField(
        label="How it was given",
        choices=list(FORMAT_LABELS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it was given."},
    )
    activity = forms.ChoiceField(label="Kind of activity", choices=list(ACTIVITY_LABELS.items()))
    approvals = forms.MultipleChoiceField(
        label="Approved by",
        widget=forms.CheckboxSelectMultiple,
        help_text="The approval bodies that the certificate names.",
        error_messages={"required": "Tick what the certificate names, or tick “none” or “I do not know”."},
    )
    sponsor_name = forms.CharField(
        label="Who gave it",
        max_length=120,
        required=False,
        error_messages={"max_length": "Shorten the name to 120 characters."},
    )
    sponsor_kind = forms.ChoiceField(
        label="Kind of organization", required=False, choices=[("", "I do not know"), *SPONSOR_KIND_LABELS.items()]
    )
    proof = _proof(required=False)

    def __init__(self, *args: Any, rules: RuleBook, today: dt.date, topics: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rules, self._today = rules, today
        self.file_lost = False
        approvals = self.fields["approvals"]
        assert isinstance(approvals, forms.MultipleChoiceField)
        approvals.choices = [
            *((body_id, body.label) for body_id, body in rules.approvals.items()),
            (NONE, "None: it names no approval body"),
            (UNKNOWN, "I do not know"),
        ]
        self.row_count = self._rows(kwargs.get("initial") or {})
        choices = [("", "No topic chosen"), *topics]
        for number in range(self.row_count):
            name = self._part_name(number)
            self.fields[f"part_amount_{number}"] = _amount(name("How much"), required=False)
            self.fields[f"part_topic_{number}"] = forms.ChoiceField(label=name("Topic"), choices=choices, required=False)
            self.fields[f"part_also_{number}"] = forms.ChoiceField(
                label=name("Second topic"), choices=[("", "None"), *topics], required=False
            )
        self.order_fields((*_BEFORE_PARTS, *(name for name in self.fields if name.startswith("part_"))))

    def _part_name(self, number: int) -> Callable[[str], str]:
        """What a field of this part is called: the only part needs no number, and several need one to be told apart."""
        if self.row_count == 1:
            return lambda label: label
        return lambda label: f"Part {number + 1}: {label[0].lower()}{label[1:]}"

    def _rows(self, initial: Mapping[str, Any]) -> int:
        try:
            asked = int(self.data.get("rows", "")) if self.is_bound else int(initial.get("rows", ROWS))
        except (TypeError, ValueError):
            asked = ROWS
        return min(max(asked, ROWS), MOST_ROWS)

    def add_row(self) -> dict[str, Any]:
        """What was typed so far, as initial values with room for one part more."""
        values = self.data
        assert isinstance(values, QueryDict)
        typed: dict[str, Any] = {name: values.get(name, "") for name in self.fields if name != "proof"}
        typed["approvals"] = values.getlist("approvals")
        return {**typed, "rows": min(self.row_count + 1, MOST_ROWS)}

    def begin_at_last_row(self) -> None:
        """Put the reader where they left off: the page is drawn anew for a further part, and its top is not where it goes on."""
        self.fields[f"part_amount_{self.row_count - 1}"].widget.attrs["autofocus"] = True

    @property
    def part_rows(self) -> list[tuple[Any, Any, Any]]:
        return [(self[f"part_amount_{n}"], self[f"part_topic_{n}"], self[f"part_also_{n}"]) for n in range(self.row_count)]

    @property
    def more_rows_possible(self) -> bool:
        return self.row_count < MOST_ROWS

    def clean_approvals(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["approvals"]
        if len(chosen) > 1 and {NONE, UNKNOWN} & set(chosen):
            raise forms.ValidationError("Tick either the bodies, or “none”, or “I do not know”: they exclude each other.")
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number in range(self.row_count):
            amount, topics = cleaned.get(f"part_amount_{number}"), self._topics_of(cleaned, number)
            if f"part_amount_{number}" in self.errors:
                continue
            if amount is None and topics:
                self.add_error(f"part_amount_{number}", "Enter how much of it was about this topic, or choose no topic here.")
            elif amount is not None and not topics:
                self.add_error(f"part_topic_{number}", "Choose what this part was about, or leave its amount empty.")
        # What the ledger will refuse is said together with the rest, so that nobody has to come back twice.
        self.show_problems(
            {field: text for field, text in self._problems(cleaned).items() if field == "parts" or field in cleaned}
        )
        return cleaned

    @staticmethod
    def _topics_of(cleaned: Mapping[str, Any], number: int) -> tuple[str, ...]:
        chosen = (cleaned.get(f"part_topic_{number}"), cleaned.get(f"part_also_{number}"))
        return tuple(dict.fromkeys(topic for topic in chosen if topic))

    def earned(self) -> EarnedCredit:
        """The credit that was entered; only of a valid form."""
        return self._earned(self.cleaned_data)

    def _problems(self, cleaned: Mapping[str, Any]) -> dict[str, str]:
        """What the ledger says about the fields that could be read; the others stand in as something harmless."""
        stand_ins = {
            "title": "-",
            "completed": self._today,
            "started": None,
            "unit": "hour",
            "format": "live_online",
            "activity": "course",
        }
        known = {**stand_ins, "approvals": [UNKNOWN], "sponsor_name": "", "sponsor_kind": "", "amount": None, **cleaned}
        if known["amount"] is None:
            known["amount"] = Decimal(MOST[known["unit"]])
        found = self._earned(known).problems(today=self._today, rules=self._rules)
        if "completed" not in cleaned:
            found.pop("started", None)
        return found

    def _earned(self, data: Mapping[str, Any]) -> EarnedCredit:
        chosen: list[str] = data["approvals"]
        return EarnedCredit(
            title=data["title"],
            started=data["started"],
            completed=data["completed"],
            amount=data["amount"],
            unit=data["unit"],
            parts=tuple(
                EarnedPart(amount=data[f"part_amount_{number}"], topics=topics)
                for number in range(self.row_count)
                if data.get(f"part_amount_{number}") is not None and (topics := self._topics_of(data, number))
            ),
            format=data["format"],
            activity=data["activity"],
            approvals=None if chosen == [UNKNOWN] else tuple(body for body in chosen if body != NONE),
            sponsor_name=data["sponsor_name"],
            sponsor_kind=data["sponsor_kind"],
        )

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """What is wrong with the parts together stands beside the first of them."""
        super().show_problems({"part_amount_0" if field == "parts" else field: problem for field, problem in problems.items()})

    def ask_for_file_again(self) -> None:
        """A browser does not keep the chosen file when a form comes back; saying so is all that can be done."""
        if self.files.get("proof") and "proof" not in self.errors:
            self.add_error("proof", "Choose the file once more: your browser does not keep it when something else is corrected.")


def topic_choices(rules: RuleBook, states: Iterable[str], used: Iterable[str]) -> list[tuple[str, str]]:
    """Every topic, those about one state's rules for the states of the holder's licenses, and whatever the entry has already."""
    places = sorted(set(states))
    found: dict[str, str] = {}
    for topic, known in rules.topics.topics.items():
        for one in (topic, *(f"{topic}_{place}" for place in places if known.by_state)):
            if one in rules.topics:  # a rule of a whole country names no state
                found[one] = rules.topics.label(one)
    for topic in used:
        found.setdefault(topic, rules.topics.label(topic) if topic in rules.topics else topic.replace("_", " "))
    return sorted(
        ((topic, label[:1].upper() + label[1:]) for topic, label in found.items()), key=lambda choice: choice[1].casefold()
    )


def initial_of(entry: CreditEntry) -> dict[str, Any]:
    """What the form shows when an entry is corrected."""
    values: dict[str, Any] = {
        "title": entry.title,
        "completed": entry.completed,
        "started": entry.started,
        "amount": _plain(entry.amount),
        "unit": entry.unit,
        "format": entry.format,
        "activity": entry.activity,
        "approvals": [UNKNOWN] if entry.approvals is None else list(entry.approvals) or [NONE],
        "sponsor_name": entry.sponsor_name,
        "sponsor_kind": entry.sponsor_kind,
        "submission": uuid.uuid4(),
        "rows": max(ROWS, len(entry.parts)),
    }
    for number, part in enumerate(entry.parts):
        topics: list[str] = [*part["topics"], "", ""]
        values |= {
            f"part_amount_{number}": part["amount"],
            f"part_topic_{number}": topics[0],
            f"part_also_{number}": topics[1],
        }
    return values


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
