"""
Rules side by side: what a usual renewal asks for in hours, and how well each rule is known.

Figures are those of a period after the first, for a holder to whom no condition applies; every reading of the open questions is
looked at, so a figure may be a range, and what the sources leave open altogether has none.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from goodstanding.core.rules.load import Rule, RuleBook
from goodstanding.core.rules.model import Condition, Requirement, RequirementPatch, RuleFile
from goodstanding.core.rules.outcome import show_number

__all__ = ["Coverage", "Figure", "coverage_of", "due_for_checking", "ethics_hours", "total_hours"]

_USUAL = ("each_renewal", "later_renewals")


@dataclass(frozen=True)
class Figure:
    """
    Hours in one period, from `least` to `most` over the readings of the rule.

    `state` is `hours`, `none` (no such hours are named by the sources that were read) or `unknown` (the sources do not settle it; both
    amounts are then None).
    """

    state: Literal["hours", "none", "unknown"]
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def words(self) -> str:
        """6, 2 to 6, none named, or not known."""
        if self.state == "hours" and self.least is not None and self.most is not None:
            least, most = show_number(self.least), show_number(self.most)
            return least if least == most else f"{least} to {most}"
        return "not known" if self.state == "unknown" else "none named"


NONE, UNKNOWN = Figure("none"), Figure("unknown")


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How well one rule is known: its confidence, what is open in it, and when its sources were last read."""

    rule: str
    title: str
    jurisdiction: str
    professions: tuple[str, ...]
    confidence: str
    open_questions: int
    unsettled: int
    checked_on: dt.date


def total_hours(rule: Rule, *, on: dt.date) -> Figure:
    """All hours of a usual period."""
    file = rule.file
    current = _current(file, on)
    totals = [one for one in current if one.id == "total" and one.kind == "minimum"]
    if totals:
        return _range(file, totals[0])
    yearly = [one for one in current if one.id == "total_each_year" and one.kind == "minimum"]
    if yearly:
        return _range(file, yearly[0])
    return UNKNOWN if any(one.kind == "unsettled" and one.id.startswith("total") for one in current) else NONE


def ethics_hours(rule: Rule, book: RuleBook, *, on: dt.date) -> Figure:
    """The hours on professional ethics in a usual period; law that is pooled with ethics is counted with it."""
    file = rule.file
    current = _current(file, on)

    def ethical(one: Requirement) -> bool:
        topics = one.topics or (one.which.topics if one.which and one.which.topics else ())
        return one.id.startswith("ethics") or any("ethics" in book.topics.counts_for(topic) for topic in topics)

    found = [one for one in current if one.kind == "minimum" and one.frequency in _USUAL and ethical(one)]
    named = [one for one in found if one.id == "ethics"] or [one for one in found if not _asks_facts(one)]
    if named:
        figures = [_range(file, one) for one in named]
        return max(figures, key=lambda figure: figure.most or 0)
    open_ = any(one.kind == "unsettled" and (ethical(one) or one.id.startswith("total")) for one in current)
    return UNKNOWN if open_ else NONE


def coverage_of(book: RuleBook) -> tuple[Coverage, ...]:
    """How well each rule is known, by jurisdiction and title."""
    found = [
        Coverage(
            rule=rule_id,
            title=file.title,
            jurisdiction=file.jurisdiction,
            professions=tuple(file.professions),
            confidence=file.confidence,
            open_questions=len(file.open_questions),
            unsettled=sum(one.kind == "unsettled" for one in file.requirements),
            checked_on=file.checked_on,
        )
        for rule_id, file in ((rule_id, book[rule_id].file) for rule_id in book)
    ]
    return tuple(sorted(found, key=lambda one: (one.jurisdiction, one.title)))


def due_for_checking(book: RuleBook, *, on: dt.date, days: int) -> tuple[Coverage, ...]:
    """The rules whose sources were last read more than `days` days before `on`, the oldest first."""
    return tuple(
        sorted(
            (one for one in coverage_of(book) if (on - one.checked_on).days > days), key=lambda one: (one.checked_on, one.rule)
        )
    )


def _current(file: RuleFile, on: dt.date) -> list[Requirement]:
    """What is in force for someone long licensed; what depends on facts about the person is there."""
    usual = {"renewals": 5, "months_licensed": 120, "period_months": file.cycle.months}
    return [
        one
        for one in file.requirements
        if file.in_force_of(one).covers(on) and (one.applies_when is None or True in _may_be(one.applies_when, usual))
    ]


def _may_be(condition: Condition, known: dict[str, int]) -> frozenset[bool]:
    """What a condition can come to when only some of its subjects are `known`."""
    if condition.subject is not None:
        return frozenset({condition.holds(known)}) if condition.subject in known else frozenset({True, False})
    if condition.not_ is not None:
        return frozenset(not one for one in _may_be(condition.not_, known))
    parts = [_may_be(part, known) for part in condition.all or condition.any or ()]
    decide = all if condition.all is not None else any
    return frozenset(decide(chosen) for chosen in itertools.product(*parts))


def _asks_facts(one: Requirement) -> bool:
    return one.applies_when is not None and any(leaf.fact for leaf in one.applies_when.leaves())


def _times(file: RuleFile, each_year: bool) -> int:
    """How often hours are due in a period."""
    return max(1, file.cycle.months // 12) if each_year else 1


def _range(file: RuleFile, one: Requirement) -> Figure:
    base = _amount(file, one.hours, one.share_of_total)
    if base is None:
        return UNKNOWN
    amounts: set[Decimal] = set()
    for question in file.open_questions:
        patches = [reading.requirements.get(one.id) for reading in question.readings]
        if any(patch is not None for patch in patches):
            amounts.update(_read(file, one, patch, base) for patch in patches)
    amounts = amounts or {base * _times(file, one.each_year)}
    return Figure("hours", min(amounts), max(amounts)) if max(amounts) else NONE


def _read(file: RuleFile, one: Requirement, patch: RequirementPatch | None, base: Decimal) -> Decimal:
    if patch is None:
        return base * _times(file, one.each_year)
    if patch.due is False:
        return Decimal(0)
    each_year = one.each_year if patch.each_year is None else patch.each_year
    return (_amount(file, patch.hours, patch.share_of_total) or base) * _times(file, each_year)


def _amount(file: RuleFile, hours: Decimal | None, share: Fraction | None) -> Decimal | None:
    if hours is not None or share is None:
        return hours
    total = next((other.hours for other in file.requirements if other.id == "total"), None)
    return None if total is None else total * share.numerator / share.denominator
