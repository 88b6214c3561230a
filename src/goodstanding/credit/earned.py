"""A credit as someone writes it down from a certificate, and what can not be right about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from goodstanding.core.rules.case import EARLIEST, MOST
from goodstanding.core.rules.clauses import Activity, Format, SponsorKind
from goodstanding.core.rules.load import RuleBook

__all__ = [
    "ACTIVITIES",
    "FORMATS",
    "SPONSOR_KINDS",
    "UNITS",
    "EarnedCredit",
    "EarnedPart",
    "show_amount",
    "show_quantity",
    "unit_name",
]

UNITS: Mapping[str, tuple[str, str]] = {
    "hour": ("hour", "hours"),
    "minute": ("minute", "minutes"),
    "ceu": ("CEU", "CEUs"),
    "semester_credit": ("semester credit", "semester credits"),
    "quarter_credit": ("quarter credit", "quarter credits"),
    "publication": ("publication", "publications"),
    "day": ("day", "days"),
    "exam": ("exam", "exams"),
}
FORMATS: tuple[str, ...] = get_args(Format)
ACTIVITIES: tuple[str, ...] = get_args(Activity)
SPONSOR_KINDS: tuple[str, ...] = get_args(SponsorKind)

_TITLE_LENGTH = 200
_SPONSOR_LENGTH = 120
_APPROVALS = 30
_PARTS = 12
_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class EarnedPart:
    """A share of the amount, in its unit, that was about all of these topics."""

    amount: Decimal
    topics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EarnedCredit:
    """
    What a certificate from elsewhere states. The names follow the credit of a case file.

    `approvals` are ids of approval bodies; an empty tuple means that the certificate names none, None that the holder
    does not know.
    """

    title: str
    completed: dt.date
    amount: Decimal
    unit: str = "hour"
    started: dt.date | None = None
    parts: tuple[EarnedPart, ...] = ()
    format: str = "asynchronous"
    activity: str = "course"
    approvals: tuple[str, ...] | None = None
    sponsor_name: str = ""
    sponsor_kind: str = ""
    course_id: str = ""

    def columns(self) -> dict[str, object]:
        """The values of the ledger's columns."""
        return {
            "title": " ".join(self.title.split()),
            "started": self.started,
            "completed": self.completed,
            "amount": self.amount,
            "unit": self.unit,
            "parts": [{"amount": show_amount(part.amount), "topics": list(part.topics)} for part in self.parts],
            "format": self.format,
            "activity": self.activity,
            "approvals": None if self.approvals is None else sorted(set(self.approvals)),
            "sponsor_name": " ".join(self.sponsor_name.split()),
            "sponsor_kind": self.sponsor_kind,
            "course_id": self.course_id,
        }

    def problems(self, *, today: dt.date, rules: RuleBook) -> dict[str, str]:
        """What can not be right, by field; empty where nothing is. `today` is the holder's day."""
        found: dict[str, str] = {}
        if not self.title.strip():
            found["title"] = "Enter the title as it stands on the certificate."
        elif len(self.title) > _TITLE_LENGTH:
            found["title"] = f"Shorten the title to {_TITLE_LENGTH} characters."
        if self.completed > today:
            found["completed"] = "This day is in the future. Enter the day on which you completed it; credit counts from then on."
        elif self.completed < EARLIEST:
            found["completed"] = f"Check the year: the earliest day that can be entered is {EARLIEST.day} {EARLIEST:%B %Y}."
        if self.started is not None and self.started > self.completed:
            found["started"] = "The start lies after the day of completion. Swap the days, or leave the start empty."
        elif self.started is not None and self.started < EARLIEST:
            found["started"] = f"Check the year: the earliest day that can be entered is {EARLIEST.day} {EARLIEST:%B %Y}."
        if self.unit not in UNITS:
            found["unit"] = "Choose the unit that the certificate uses."
        else:
            found |= self._amount_problems() or self._part_problems(rules)
        if self.format not in FORMATS:
            found["format"] = "Choose how it was given."
        if self.activity not in ACTIVITIES:
            found["activity"] = "Choose what kind of activity it was."
        if self.approvals is not None and (
            len(self.approvals) > _APPROVALS or any(approval not in rules.approvals for approval in self.approvals)
        ):
            found["approvals"] = "Choose from the approval bodies listed here."
        if len(self.sponsor_name) > _SPONSOR_LENGTH:
            found["sponsor_name"] = f"Shorten the name to {_SPONSOR_LENGTH} characters."
        if self.sponsor_kind and self.sponsor_kind not in SPONSOR_KINDS:
            found["sponsor_kind"] = "Choose what kind of organization gave it, or leave it open."
        return found

    def _amount_problems(self) -> dict[str, str]:
        if not self.amount.is_finite() or self.amount <= 0:
            return {"amount": "Enter how much you earned, as a number above zero."}
        if self.amount > MOST[self.unit]:
            return {
                "amount": f"{show_quantity(self.amount, self.unit)} in one entry is more than can be right "
                f"(at most {show_quantity(Decimal(MOST[self.unit]), self.unit)}). Check the number and the unit."
            }
        if self.amount != round(self.amount, 2):
            return {"amount": "Use at most two decimals, such as 1.25."}
        return {}

    def _part_problems(self, rules: RuleBook) -> dict[str, str]:
        if len(self.parts) > _PARTS:
            return {"parts": f"Enter at most {_PARTS} parts."}
        for part in self.parts:
            if not part.amount.is_finite() or part.amount <= 0 or part.amount != round(part.amount, 2):
                return {"parts": "Enter each part as a number above zero, with at most two decimals."}
            if not part.topics:
                return {"parts": "Choose at least one topic for each part, or leave its amount empty."}
            if any(topic not in rules.topics for topic in part.topics):
                return {"parts": "Choose topics from the list."}
        total = sum((part.amount for part in self.parts), Decimal(0))
        if total > self.amount:
            return {
                "parts": f"The parts add up to {show_quantity(total, self.unit)}, more than the whole of "
                f"{show_quantity(self.amount, self.unit)}. An hour about two topics is one part with both topics."
            }
        return {}


def show_amount(amount: Decimal) -> str:
    """6 for 6.00, 1.5 for 1.50; an exponent only where the digits would fill the page."""
    if not amount.is_finite() or abs(amount.adjusted()) > _DIGITS:
        return f"{amount:.3g}"
    plain = f"{amount:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def unit_name(unit: str, amount: Decimal) -> str:
    """The unit's name in a sentence with this amount; an unknown unit stands for itself."""
    one, many = UNITS.get(unit, (unit, unit))
    return one if amount == 1 else many


def show_quantity(amount: Decimal, unit: str) -> str:
    """6 hours, 1 CEU, 1.5 semester credits."""
    return f"{show_amount(amount)} {unit_name(unit, amount)}"
