"""Every credit against every license: how many of its hours count where, and why not elsewhere. It decides nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from goodstanding.compliance.selectors import EntryStanding, HolderStanding, LicenseStanding
from goodstanding.core.rules.outcome import CreditAnswer, Evaluation, show_number
from goodstanding.credit.earned import show_quantity

__all__ = ["ALL", "SHOWN", "Cell", "CreditLine", "LicenseColumn", "columns_of", "credit_lines", "only"]

ALL = "all"
SHOWN = {
    ALL: "All",
    "counted": "Count somewhere",
    "nowhere": "Count nowhere",
    "open": "Not certain somewhere",
}
"""What the list can be narrowed to, in the words of its links."""
NOT_EVALUATED = "Nothing is known about this license, so nothing is counted for it."
UNREADABLE = "What is stored about this credit contradicts itself, so it is not counted. Open it and correct it."


@dataclass(frozen=True, kw_only=True)
class LicenseColumn:
    """One license of the table, with the sum of what counts for it."""

    id: uuid.UUID
    name: str
    url: str
    sum: Decimal
    credits: int


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One credit under one license."""

    license: str
    number: str
    url: str
    counted: Decimal
    hours: Decimal | None
    toward: tuple[tuple[Decimal, str], ...]
    why_not: str
    at_best: Decimal
    """How much would count if all that is open turned out well."""
    doubtful: bool
    """Whether something about this very credit is open that cannot be settled here, so that `at_best` says too little."""

    @property
    def open(self) -> bool:
        """Whether more of it may count than does."""
        return self.doubtful or self.at_best > self.counted

    @property
    def outcome(self) -> str:
        """The shape beside the figure: it counts, it may, or it does not."""
        return "unknown" if self.open else "met" if self.counted else ""

    @property
    def figure(self) -> str:
        """How much of it counts, in the hours of that board."""
        if self.at_best > self.counted:
            return (
                f"{show_number(self.counted)} to {show_number(self.at_best)} h"
                if self.counted
                else f"up to {show_number(self.at_best)} h"
            )
        if not self.counted:
            return "not certain" if self.doubtful else "none"
        of = f" of {show_number(self.hours)}" if self.hours is not None and self.hours != self.counted else ""
        return f"{show_number(self.counted)}{of} h"


@dataclass(frozen=True, kw_only=True)
class CreditLine:
    """One credit and what it does for each license."""

    id: uuid.UUID
    title: str
    completed: dt.date
    amount: str
    provisional: bool
    url: str
    missing: bool
    cells: tuple[Cell, ...]

    @property
    def places(self) -> int:
        """On how many licenses any hour of it counts."""
        return sum(1 for cell in self.cells if cell.counted)

    @property
    def open(self) -> bool:
        """Whether it is uncertain for any license."""
        return any(cell.open for cell in self.cells)

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """What is to be said, with the licenses it is true of; the same is said once."""
        said: dict[str, list[str]] = {}
        for cell in self.cells:
            toward = ", ".join(f"{show_number(hours)} h {label}" for hours, label in cell.toward)
            text = " ".join(part for part in (f"{toward}." if toward else "", cell.why_not) if part)
            if text:
                said.setdefault(text, []).append(cell.license)
        return tuple((", ".join(names), text) for text, names in said.items())


def columns_of(licenses: Sequence[LicenseStanding]) -> tuple[LicenseColumn, ...]:
    """A column for each license, with the hours of its total."""
    return tuple(
        LicenseColumn(
            id=one.id,
            name=one.name,
            url=reverse("standing-license", args=[one.id]),
            sum=sum((credit.counted for credit in one.evaluation.credits), Decimal(0)) if one.evaluation else Decimal(0),
            credits=sum(1 for credit in one.evaluation.credits if credit.counted) if one.evaluation else 0,
        )
        for one in licenses
    )


def credit_lines(
    *,
    standing: HolderStanding,
    licenses: Sequence[LicenseStanding],
    at_best: Mapping[uuid.UUID, Evaluation],
    missing: Iterable[str],
) -> tuple[CreditLine, ...]:
    """
    Every credit of the holder, the newest first, under `licenses`.

    `at_best` is the answer for each license if all that is open turned out well, `missing` the ids of the credits to be
    filled in.
    """
    to_fill = frozenset(missing)
    answers = [_Answers.of(one, at_best.get(one.id)) for one in licenses]
    newest_first = sorted(standing.entries, key=lambda entry: (entry.completed, entry.title, str(entry.id)), reverse=True)
    return tuple(
        CreditLine(
            id=entry.id,
            title=entry.title,
            completed=entry.completed,
            amount=show_quantity(entry.amount, entry.unit),
            provisional=entry.provisional,
            url=reverse("standing-credit", args=[entry.id]),
            missing=str(entry.id) in to_fill,
            cells=tuple(_cell(entry, one, found) for one, found in zip(licenses, answers, strict=True)),
        )
        for entry in newest_first
    )


def only(lines: Sequence[CreditLine], shown: str) -> tuple[CreditLine, ...]:
    """The lines that the list was narrowed to."""
    if shown == "counted":
        return tuple(line for line in lines if line.places)
    if shown == "nowhere":
        return tuple(line for line in lines if not line.places)
    if shown == "open":
        return tuple(line for line in lines if line.open)
    return tuple(lines)


@dataclass(frozen=True, kw_only=True)
class _Answers:
    """What one license says of each credit, and would say at best."""

    now: Mapping[str, CreditAnswer]
    at_best: Mapping[str, CreditAnswer]
    doubtful: frozenset[str]
    labels: Mapping[str, str]

    @staticmethod
    def of(license_: LicenseStanding, at_best: Evaluation | None) -> _Answers:
        evaluation = license_.evaluation
        if evaluation is None:
            return _Answers(now={}, at_best={}, doubtful=frozenset(), labels={})
        return _Answers(
            now={credit.id: credit for credit in evaluation.credits},
            at_best={credit.id: credit for credit in at_best.credits} if at_best else {},
            doubtful=frozenset(
                question.id.partition(":")[2]
                for question in evaluation.open_questions
                if question.kind == "entry" and not question.confirmable
            ),
            labels={one.id: one.label for one in evaluation.requirements},
        )


def _cell(entry: EntryStanding, license_: LicenseStanding, answers: _Answers) -> Cell:
    answer, best = answers.now.get(str(entry.id)), answers.at_best.get(str(entry.id))
    counted = answer.counted if answer else Decimal(0)
    why_not = (answer.why_not or "") if answer else NOT_EVALUATED if license_.evaluation is None else UNREADABLE
    return Cell(
        license=license_.name,
        number=license_.number,
        url=reverse("standing-license", args=[license_.id]),
        counted=counted,
        hours=answer.hours if answer else None,
        toward=tuple((hours, answers.labels.get(name, name)) for name, hours in answer.toward.items()) if answer else (),
        why_not=why_not,
        at_best=max(counted, best.counted if best else counted),
        doubtful=str(entry.id) in answers.doubtful and _in_period(entry, license_),
    )


def _in_period(entry: EntryStanding, license_: LicenseStanding) -> bool:
    period = license_.evaluation.period if license_.evaluation else None
    return period is not None and entry.completed in period
