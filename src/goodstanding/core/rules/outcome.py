"""
The answer of an evaluation: frozen types, each with its reason, and the JSON that the command line and the API print.

Amounts are exact decimals in the board's hours. An outcome never stands without the sentence that explains it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple


class Outcome(StrEnum):
    """The answer for one requirement."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """The answer for one license: the gravest of its requirements, where unmet is graver than unknown."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"

    @staticmethod
    def of(outcomes: list[Outcome]) -> Standing:
        if Outcome.UNMET in outcomes:
            return Standing.UNMET
        return Standing.UNKNOWN if Outcome.UNKNOWN in outcomes else Standing.MET


@dataclass(frozen=True, kw_only=True)
class Period:
    """The days in which hours count for one renewal, both included."""

    start: dt.date
    end: dt.date

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day <= self.end


@dataclass(frozen=True, kw_only=True)
class SourceAnswer:
    """Where a number was read."""

    id: str
    url: str | None
    kind: str
    says: str
    dated: str | None


@dataclass(frozen=True, kw_only=True)
class RequirementAnswer:
    """
    What became of one requirement.

    The figures are those of the worst reading of the open questions that are not settled; `favorable` is the outcome if
    they all turn out well. `required` is None where hours are not what is asked for, or are not known. Hours `on_top` serve
    neither the total nor what lies inside it; `within` names the requirement that this one is a part of.
    """

    id: str
    kind: str
    label: str
    says: str
    outcome: Outcome
    favorable: Outcome
    required: Decimal | None
    counted: Decimal
    missing: Decimal
    carried_in: Decimal
    due: dt.date | None
    why: str
    open_questions: tuple[str, ...]
    confirmed: tuple[str, ...]
    alternatives: tuple[str, ...]
    confidence: str
    sources: tuple[SourceAnswer, ...]
    on_top: bool = False
    within: str | None = None

    def __post_init__(self) -> None:
        if not self.why:
            raise ValueError(f"the outcome of {self.id} has no reason")


@dataclass(frozen=True, kw_only=True)
class CapAnswer:
    """How much of a limited kind of hours was used, and how much did not count for that reason."""

    id: str
    label: str
    limit: Decimal
    used: Decimal
    removed: Decimal
    why: str
    sources: tuple[SourceAnswer, ...]


@dataclass(frozen=True, kw_only=True)
class NotApplicable:
    """A requirement of the rule that this holder does not have, and why."""

    id: str
    label: str
    why: str


@dataclass(frozen=True, kw_only=True)
class QuestionAnswer:
    """
    Something that is not known, and the requirements it decides here.

    `kind` is `rule` (the sources leave it open), `entry` (an attribute of an entry or a carried-in hour is not stated),
    `fact` (the holder has not answered) or `status` (no text was read for licenses that are not active). Only the first
    two can be confirmed by the holder, and only if `confirmable`.
    """

    id: str
    kind: str
    text: str
    readings: tuple[str, ...]
    decides: tuple[str, ...]
    confirmable: bool
    confirmed: bool
    sources: tuple[SourceAnswer, ...]


class CreditAnswer(NamedTuple):
    """What one entry counted for under this license, and why the rest did not."""

    id: str
    title: str
    completed: dt.date
    hours: Decimal | None
    counted: Decimal
    toward: dict[str, Decimal]
    why_not: str | None


@dataclass(frozen=True, kw_only=True)
class NoteAnswer:
    """Something to know that decides nothing."""

    text: str
    sources: tuple[SourceAnswer, ...]


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The answer for one license on one day."""

    rule: str
    rule_version: str
    title: str
    jurisdiction: str
    board: str
    board_url: str
    profession: str
    license_types: tuple[str, ...]
    confidence: str
    checked_on: dt.date
    on: dt.date
    period: Period | None
    standing: Standing
    summary: str
    next_step: str
    requirements: tuple[RequirementAnswer, ...]
    caps: tuple[CapAnswer, ...]
    not_applicable: tuple[NotApplicable, ...]
    open_questions: tuple[QuestionAnswer, ...]
    credits: tuple[CreditAnswer, ...]
    notes: tuple[NoteAnswer, ...] = ()
    confirmed: tuple[str, ...] = ()

    def requirement(self, requirement_id: str) -> RequirementAnswer:
        """The answer for one requirement; KeyError if it does not apply or does not exist."""
        for requirement in self.requirements:
            if requirement.id == requirement_id:
                return requirement
        raise KeyError(requirement_id)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answers for all licenses of one clinician on one day."""

    on: dt.date
    evaluations: tuple[Evaluation, ...] = field(default=())


def number(value: Decimal) -> int | float:
    """A JSON number without trailing noise: 6 for 6.00, 1.5 for 1.50."""
    return int(value) if value == value.to_integral_value() else float(value)


def show_number(value: Decimal) -> str:
    """The same for a sentence."""
    return str(number(value))


def to_json(answer: Answer) -> dict[str, Any]:
    """The answer in the shape that `goodstanding evaluate --json` prints."""
    return {"on": answer.on.isoformat(), "evaluations": [evaluation_to_json(item) for item in answer.evaluations]}


def evaluation_to_json(evaluation: Evaluation) -> dict[str, Any]:
    """One evaluation as plain JSON data."""
    result: dict[str, Any] = _plain(evaluation)
    return result


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    names = getattr(value, "__dataclass_fields__", None) or getattr(value, "_fields", None)
    if names:
        return {name: _plain(getattr(value, name)) for name in names}
    return value
