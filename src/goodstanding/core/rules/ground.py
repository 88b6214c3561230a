"""
The ground that every requirement and cap of one license is judged on: what the license tells, its hours, and the sums of them.

Nothing here decides anything. Work that several combinations or requirements need is done once and kept; what depends on the
rule file alone is kept with the rule.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from goodstanding.core.rules.allocate import total
from goodstanding.core.rules.amounts import hours_of
from goodstanding.core.rules.case import License
from goodstanding.core.rules.clauses import Accepts, Hours, Unit, Which
from goodstanding.core.rules.entries import Entry, Pool, Span, Terms, Vocabulary, selections_of
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.model import Cap, CapPatch, OpenQuestion, Reading, Requirement, RequirementPatch, RuleFile
from goodstanding.core.rules.needs import ISSUED, MONTHS, RENEWALS, Need, Needs, Values, in_force, license_values
from goodstanding.core.rules.outcome import Period

MAX_COMBINATIONS = 20_000
"""More ways to read one requirement than this are not gone through; `check rules` refuses such a file beforehand."""

CARRIED_IN = "carried_in"
STATUS = "license_status"
DOUBTS = "entries"
RESERVED = frozenset({RENEWALS, CARRIED_IN, STATUS, DOUBTS, ISSUED, MONTHS, "issued_month"})
"""Names of what is not known that no rule file may use for a question or requirement of its own."""

LICENSE_SUBJECTS = frozenset({RENEWALS, ISSUED, MONTHS, "issued_month"})

Index = tuple[int, ...]

Known = TypeVar("Known")


class Dimension(NamedTuple):
    """
    Something not known, with the values it may have; `settled` by the holder means that it turns out well.

    `classes` says for each reading of a question which of the values stands for it; readings that can not differ share one.
    """

    id: str
    values: tuple[Any, ...]
    settled: bool = False
    is_fact: bool = False
    is_question: bool = False
    classes: tuple[int, ...] = ()


class Choice(NamedTuple):
    """One combination: a value for everything that is not known."""

    readings: tuple[Reading, ...]
    facts: tuple[tuple[str, Any], ...]
    true: frozenset[str]
    """Which of the plain questions, answered by yes or no, are answered well."""

    @property
    def generous(self) -> bool:
        """Whether what entries leave unstated turns out well."""
        return DOUBTS in self.true


def choices(dimensions: Sequence[Dimension]) -> Sequence[tuple[Index, Choice]]:
    """Every combination of the values of these dimensions, by the positions of the values."""
    if not dimensions:
        return _ONLY
    found = []
    for index in itertools.product(*(range(len(one.values)) for one in dimensions)):
        readings, facts, true = [], [], []
        for one, at in zip(dimensions, index, strict=True):
            value = one.values[at]
            if one.is_fact:
                facts.append((one.id, value))
            elif value is True:
                true.append(one.id)
            elif value is not False:
                readings.append(value)
        found.append((index, Choice(tuple(readings), tuple(facts), frozenset(true) if true else _NONE)))
    return found


_NONE = frozenset[str]()
_ONLY = (((), Choice((), (), _NONE)),)


class Ground:
    """One license on one day, with its rule, its entries and its period."""

    def __init__(
        self,
        license_: License,
        *,
        rules: RuleBook,
        entries: tuple[Entry, ...],
        period: Period,
        renewals: int | None,
        held: int,
    ) -> None:
        self.license = license_
        self.rules = rules
        self.whole = rules[license_.rule]
        self.rule: RuleFile = self.whole.file
        self.memory = self.whole.memory
        self.entries = entries
        self.period = period
        profession = license_.profession or self.rule.professions[0]
        self.values = license_values(license_, period=period, renewals=renewals, profession=profession)
        self.needs = Needs(self.whole, period=period, held=held, status=license_.status)
        since = [value for value in license_.facts.values() if isinstance(value, dt.date) and not isinstance(value, dt.datetime)]
        self.vocabulary: Vocabulary = self.recall("vocabulary", lambda: Vocabulary(self.rule))
        self.pool = Pool(
            entries,
            rule=self.rule,
            license_=license_,
            vocabulary=self.vocabulary,
            days=[*self.needs.days(), *since],
        )
        self.caps: list[Cap] = [cap for cap in self.rule.caps if in_force(self.rule, cap, period)]
        self._changing: frozenset[int] = self.recall("changing", self._all_changing)
        self._terms: dict[object, Terms] = {}
        self._units: dict[tuple[int, int], int] = {}
        self._hours: dict[tuple[int, int], Fraction] = {}
        self._needs: dict[object, Need] = {}
        self._alike: dict[object, Need] = {}

    def recall(self, key: object, work: Callable[[], Known]) -> Known:
        """What `work` makes of the rule file alone, and of the status of the license; worked out once for all evaluations."""
        place = (self.license.status, key)
        if place not in self.memory:
            self.memory[place] = work()
        known: Known = self.memory[place]
        return known

    # The rule file alone

    @property
    def selections(self) -> tuple[Which, ...]:
        """Every `which` in the rule."""
        return self.recall("selections", lambda: tuple(selections_of(self.rule)))

    def versions(self, requirement: Requirement) -> list[Any]:
        """The requirement and everything that a reading or the status of the license puts in its place."""
        return self.recall(
            ("versions", id(requirement)),
            lambda: [
                requirement,
                *(
                    patch
                    for question in self.rule.open_questions
                    for reading in question.readings
                    if (patch := reading.requirements.get(requirement.id)) is not None
                ),
                *(patch for patch in [self.status_patch(requirement)] if patch is not None),
            ],
        )

    def status_patch(self, part: Requirement | Cap) -> RequirementPatch | None:
        """What the status of the license puts in the place of a requirement."""
        status = self.rule.statuses.get(self.license.status) if self.license.status != "active" else None
        return None if status is None or isinstance(part, Cap) else status.requirements.get(part.id)

    def touching(self, requirement: Requirement) -> tuple[OpenQuestion, ...]:
        """The open questions with a reading that changes this requirement."""
        return self.recall(
            ("touching", id(requirement)),
            lambda: tuple(question for question in self.rule.open_questions if question.touches(requirement)),
        )

    def patching(self, requirement: Requirement) -> tuple[OpenQuestion, ...]:
        """The open questions with a reading that puts something in the place of this requirement."""
        return self.recall(
            ("patching", requirement.id),
            lambda: tuple(
                one for one in self.rule.open_questions if any(requirement.id in reading.requirements for reading in one.readings)
            ),
        )

    def touching_cap(self, cap: Cap) -> tuple[OpenQuestion, ...]:
        """The open questions with a reading that changes this cap, or the total that it is a share of."""

        def work() -> tuple[OpenQuestion, ...]:
            readings = [one for question in self.rule.open_questions for one in question.readings]
            patches = [patch for one in readings if (patch := one.caps.get(cap.id)) is not None]
            parts: list[Cap | CapPatch] = [cap, *patches]
            share = any(one.share_of_total is not None for one in parts)
            return tuple(
                question
                for question in self.rule.open_questions
                if any(cap.id in one.caps or (share and "total" in one.requirements) for one in question.readings)
            )

        return self.recall(("touching", id(cap)), work)

    def hour_lengths(self) -> list[int]:
        """The lengths of the board's hour, in minutes, that readings name."""
        return self.recall(
            "hour lengths",
            lambda: [one.hour_minutes for question in self.rule.open_questions for one in question.readings if one.hour_minutes],
        )

    def longest_hour(self) -> int | None:
        """The board's hour in minutes, or the longest that any reading allows, which makes the fewest hours."""
        if self.rule.hour_minutes is not None:
            return self.rule.hour_minutes
        return max(self.hour_lengths(), default=None)

    # What a combination asks

    def values_in(self, choice: Choice) -> Values:
        """What is known of the license in this combination."""
        return {**self.values, **dict(choice.facts)} if choice.facts else self.values

    def need(self, requirement: Requirement, choice: Choice) -> Need:
        """What the requirement asks in this combination; the same object for the same question."""
        readings = choice.readings
        deciding = (
            [id(one) for one in readings if requirement.id in one.requirements or "total" in one.requirements] if readings else ()
        )
        key = (requirement.id, *deciding, choice.facts)
        found = self._needs.get(key)
        if found is None:
            need = self.needs.need(requirement, choice.readings, self.values_in(choice))
            found = self._needs[key] = self._alike.setdefault(_appearance(requirement.id, need), need)
        return found

    # How many hours an entry is

    def changes_terms(self, reading: Reading) -> bool:
        """Whether a reading can change how many hours an entry is."""
        return id(reading) in self._changing

    def measures(self, dimension: Dimension) -> bool:
        """Whether how many hours entries are can depend on this dimension."""
        if not dimension.is_question:
            return dimension.id == DOUBTS
        return any(self.changes_terms(one) for one in dimension.values)

    def _all_changing(self) -> frozenset[int]:
        readings = (reading for question in self.rule.open_questions for reading in question.readings)
        return frozenset(id(one) for one in readings if one.accepts or one.hour_minutes or one.hours_per_unit or one.repeats)

    def terms(self, choice: Choice) -> Terms:
        """How many hours entries are in this combination; the same object for the same terms."""
        readings = [one for one in choice.readings if self.changes_terms(one)]
        place = (choice.generous, *map(id, readings))
        if place not in self._terms:
            self._terms[place] = self._terms_of(readings, generous=choice.generous)
        return self._terms[place]

    def _terms_of(self, readings: Sequence[Reading], *, generous: bool) -> Terms:
        accepts = next((one.accepts for one in readings if one.accepts), self.rule.accepts)
        minutes = next((one.hour_minutes for one in readings if one.hour_minutes), None)
        units = next((one.hours_per_unit for one in readings if one.hours_per_unit), None)
        repeats = next((one.repeats for one in readings if one.repeats), self.rule.repeats)
        return self._known_terms(accepts, minutes or self.longest_hour(), units, repeats, generous=generous)

    def _known_terms(
        self,
        accepts: Accepts,
        minutes: int | None,
        units: dict[Unit, Hours] | None,
        repeats: str | None,
        *,
        generous: bool,
    ) -> Terms:
        key = (id(accepts), minutes, id(units) if units else 0, repeats, generous)
        if key not in self._terms:
            per_unit = {**self.rule.hours_per_unit, **(units or {})}
            self._terms[key] = Terms(accepts, minutes, per_unit, repeats, generous)
        return self._terms[key]

    def worst_terms(self) -> Terms:
        """Terms without any reading, under which the hour is longest and nothing unstated turns out well."""
        return self._known_terms(self.rule.accepts, self.longest_hour(), None, self.rule.repeats, generous=False)

    def largest_terms(self) -> Terms:
        """Terms under which no group has fewer hours than under any other."""
        if "largest" not in self._terms:
            minutes = self.rule.hour_minutes or min(self.hour_lengths(), default=None)
            units = dict(self.rule.hours_per_unit)
            for question in self.rule.open_questions:
                for reading in question.readings:
                    for unit, hours in (reading.hours_per_unit or {}).items():
                        units[unit] = max(hours, units.get(unit, hours))
            self._terms["largest"] = Terms(_ANYONE, minutes, units, "counted", generous=True)
        return self._terms["largest"]

    # Sums

    def units(self, terms: Terms, mask: int) -> int:
        """The hours of these groups in the whole units of `terms`; see `Pool.counts`."""
        key = (id(terms), mask)
        found = self._units.get(key)
        if found is None:
            amounts = self.pool.counts(terms).groups
            found = self._units[key] = total(amounts, mask)
        return found

    def hours(self, terms: Terms, mask: int) -> Fraction:
        """The hours of these groups."""
        key = (id(terms), mask)
        found = self._hours.get(key)
        if found is None:
            found = self._hours[key] = hours_of(self.units(terms, mask), self.pool.counts(terms).scale)
        return found

    def exceeds(self, terms: Terms, mask: int, most: Fraction) -> bool:
        """Whether these groups have more than `most` hours."""
        return self.units(terms, mask) * most.denominator > most.numerator * self.pool.counts(terms).scale

    def mask_of_cap(self, cap: Cap, *, generous: bool) -> int:
        """The groups that the cap is about."""
        mask = self.pool.in_period if not cap.on else self.pool.everything
        dates = self.rule.in_force_of(cap)
        if dates.by == "completion":
            mask &= self.pool.within(Span(dates.from_, dates.to))
        if cap.which is not None:
            mask &= self.pool.fitting(cap.which, good=False, generous=generous)
        return mask

    def mask_of(self, need: Need, span: Span | None, *, generous: bool) -> int:
        """The groups that the requirement can draw from in one window."""
        requirement = need.requirement
        mask = self.pool.within(span)
        dates = self.rule.in_force_of(requirement)
        if dates.by == "completion":
            mask &= self.pool.within(Span(dates.from_, dates.to))
        if requirement.topics:
            mask &= self.pool.about(requirement.topics, generous=generous)
        if requirement.which is not None:
            mask &= self.pool.fitting(requirement.which, good=True, generous=generous)
        return mask

    def members(self, group: int, terms: Terms) -> list[tuple[str, int]]:
        """The hours of each entry in a group in the units of `terms`, oldest first; none if the group does not count."""
        return self.pool.members(group, terms) if self.pool.counts(terms).countable >> group & 1 else []


def _appearance(requirement_id: str, need: Need) -> object:
    """What of a need can change an answer; needs that agree in it are the same question."""
    own = need.requirement
    if not need.applies:
        return requirement_id, need.due, need.due_on
    return (
        requirement_id,
        own.kind,
        own.topics,
        id(own.which),
        id(own.alternatives),
        own.on_top,
        own.not_with,
        own.within,
        need.due,
        need.required.as_integer_ratio(),
        tuple([(span, hours.as_integer_ratio()) for span, hours in need.parts]),
        need.due_on,
        need.alternative,
    )


_ANYONE = Accepts(others="anyone")


def union(masks: Iterable[int]) -> int:
    """All groups, or owners, that are in any of these sets."""
    found = 0
    for mask in masks:
        found |= mask
    return found
