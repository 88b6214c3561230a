"""
The verdict on one requirement, over everything that is not known.

What is not known becomes a *dimension* with its possible values. A requirement is answered for every combination of the
dimensions that touch it; if all agree, that is the verdict, and if not, it is Unknown and the dimensions that can flip it
are named. A question that the holder settled is fixed at the reading that turns out best for this requirement.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from goodstanding.core.rules.allocate import Allocation, Demand, Entry, World, acceptance, doubts_of
from goodstanding.core.rules.case import License
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.model import Condition, FactValue, OpenQuestion, Reading, Requirement, RuleFile
from goodstanding.core.rules.outcome import Outcome

MAX_COMBINATIONS = 20_000
"""More ways to read one requirement than this are not gone through; `check rules` refuses such a file beforehand."""

RENEWALS = "renewals"
CARRIED_IN = "carried_in"
STATUS = "license_status"
DOUBTS = "entries"
RESERVED = frozenset({RENEWALS, CARRIED_IN, STATUS, DOUBTS})
"""Names of dimensions that no rule file may use for a question or requirement of its own."""

NOTHING = Fraction(0)

Values = dict[str, FactValue]
Index = tuple[int, ...]


@dataclass(frozen=True)
class Dimension:
    """Something not known, with the values it may have; `settled` by the holder means that it turns out well."""

    id: str
    values: tuple[Any, ...]
    settled: bool = False
    is_fact: bool = False


@dataclass(frozen=True)
class Result:
    """The answer for one requirement in one combination."""

    met: bool
    applies: bool = True
    required: Fraction = NOTHING
    counted: Fraction = NOTHING
    carried: Fraction = NOTHING
    missing: Fraction = NOTHING
    alternative: str | None = None
    demand: Demand | None = None
    world: World | None = None
    toward: dict[str, Fraction] = field(default_factory=dict)

    @property
    def badness(self) -> tuple[bool, Fraction, bool, Fraction]:
        """Larger is worse: what is missing goes before what merely applies."""
        return (not self.met, self.missing, self.applies, -self.counted)


@dataclass(frozen=True)
class Verdict:
    """The results of all combinations, brought together; `result` is the worst that is not settled."""

    outcome: Outcome
    favorable: Outcome
    result: Result
    deciding: tuple[str, ...]
    confirmed: tuple[str, ...]


class Judge:
    """Judges the requirements of one license on one day; holds what they share."""

    def __init__(self, license_: License, *, rules: RuleBook, entries: tuple[Entry, ...], renewals: int | None) -> None:
        self.license = license_
        self.rules = rules
        self.rule: RuleFile = rules[license_.rule].file
        self.entries = entries
        self.doubts = {entry.id: doubts for entry in entries if (doubts := doubts_of(entry, rule=self.rule))}
        self.values: Values = {key: value for key, value in license_.facts.items() if value is not None}
        if renewals is not None:
            self.values[RENEWALS] = renewals
        self._in_minutes = any(entry.credit.quantity.unit == "minute" for entry in entries)
        self._fingerprints: dict[int, object] = {}
        self._allocations: dict[Demand, Allocation] = {}

    def judge(self, requirement: Requirement) -> Verdict | None:
        """The verdict on one version of a requirement; None if there are too many combinations to go through."""
        dimensions = self._dimensions(requirement)
        if math.prod(len(one.values) for one in dimensions) > MAX_COMBINATIONS:
            return None
        results = {
            index: self._result(requirement, [(one, one.values[at]) for one, at in zip(dimensions, index, strict=True)])
            for index in itertools.product(*(range(len(one.values)) for one in dimensions))
        }
        settled = [at for at, one in enumerate(dimensions) if one.settled]
        groups: dict[Index, dict[Index, Result]] = {}
        for index, result in results.items():
            groups.setdefault(tuple(index[at] for at in settled), {})[index] = result
        best = min(groups, key=lambda key: _badness(groups[key].values()))
        group = groups[best]
        worst = self._entry_by_entry(max(group.values(), key=lambda one: one.badness))
        mixed = len({one.met for one in group.values()}) > 1
        outcome = Outcome.UNKNOWN if mixed else Outcome.MET if worst.met else Outcome.UNMET
        favorable = Outcome.MET if any(one.met for one in results.values()) else Outcome.UNMET
        deciding: list[str] = []
        for at, dimension in enumerate(dimensions) if mixed else ():
            if not dimension.settled and _changes({index: one.met for index, one in group.items()}, at):
                deciding.extend(self._names(dimension, requirement))
        answers = {index: (one.met, one.missing) for index, one in results.items()}
        confirmed = [one.id for at, one in enumerate(dimensions) if one.settled and _changes(answers, at)]
        confirmed.extend(self._confirmed_entries(worst))
        if self.license.status != "active":
            deciding.append(STATUS)
            outcome, favorable = Outcome.UNKNOWN, Outcome.MET
        return Verdict(outcome=outcome, favorable=favorable, result=worst, deciding=tuple(deciding), confirmed=tuple(confirmed))

    def longest_hour(self) -> int | None:
        """The board's hour in minutes, or the longest that any reading allows, which makes the fewest hours."""
        if self.rule.hour_minutes is not None:
            return self.rule.hour_minutes
        lengths = [one.hour_minutes for question in self.rule.open_questions for one in question.readings if one.hour_minutes]
        return max(lengths, default=None)

    def carry_doubt(self, requirement: Requirement) -> bool:
        """Whether hours were carried in and the rule does not say if they count."""
        return self.rule.carry_in is None and bool(self.license.carried_in.get(requirement.id))

    # What is not known

    def _dimensions(self, requirement: Requirement) -> list[Dimension]:
        dimensions: list[Dimension] = []
        for question in self.rule.open_questions:
            if not question.touches(requirement):
                continue
            readings = self._distinct(question, requirement)
            if len(readings) > 1:
                dimensions.append(Dimension(question.id, tuple(readings), settled=self.license.confirms(question.id)))
        for subject, leaves in self._unanswered(requirement).items():
            dimensions.append(Dimension(subject, self._possible(subject, leaves), is_fact=True))
        if self.carry_doubt(requirement):
            dimensions.append(Dimension(CARRIED_IN, (False, True), settled=self.license.confirms(CARRIED_IN)))
        if any(self._open_doubts(entry, requirement) for entry in self.entries):
            # Each doubt turning out well can only add hours, so all of them badly and all of them well are the two ends.
            dimensions.append(Dimension(DOUBTS, (False, True)))
        return dimensions

    def _distinct(self, question: OpenQuestion, requirement: Requirement) -> list[Reading]:
        """The readings that can differ for this requirement and these entries; of those that can not, the first."""
        kept: dict[object, Reading] = {}
        for reading in question.readings:
            patch = reading.requirements.get(requirement.id)
            minutes = reading.hour_minutes if self._in_minutes else None
            kept.setdefault((self._accepted(reading), minutes, repr(patch)), reading)
        return list(kept.values())

    def _accepted(self, reading: Reading) -> object:
        if id(reading) not in self._fingerprints:
            accepts = reading.accepts or self.rule.accepts
            self._fingerprints[id(reading)] = tuple(acceptance(entry.approvals, accepts) for entry in self.entries)
        return self._fingerprints[id(reading)]

    def _unanswered(self, requirement: Requirement) -> dict[str, list[Condition]]:
        """The facts that decide about the requirement and are not known, with what they are compared with."""
        subjects: dict[str, list[Condition]] = {}
        if requirement.frequency == "first_renewal" and RENEWALS not in self.values:
            subjects[RENEWALS] = []
        for condition in (requirement.applies_when, *(variant.when for variant in requirement.variants)):
            for leaf in condition.leaves() if condition else ():
                if leaf.subject and leaf.subject not in self.values:
                    subjects.setdefault(leaf.subject, []).append(leaf)
        if requirement.fact and requirement.fact not in self.values:
            subjects.setdefault(requirement.fact, [])
        return subjects

    def _possible(self, subject: str, leaves: list[Condition]) -> tuple[Any, ...]:
        """Values that stand for all others: both of a boolean, each option, and the sides of every limit compared with."""
        limits = [limit for leaf in leaves for limit in (leaf.is_, leaf.at_least, leaf.at_most) if limit is not None]
        numbers = {n + step for n in limits if isinstance(n, int) for step in (-1, 0, 1)}
        if subject == RENEWALS:
            return tuple(sorted(n for n in numbers | {0, 1} if n >= 0))
        fact = self.rules.facts[subject]
        if fact.type == "boolean":
            return (True, False)
        if fact.type == "one_of":
            return tuple(fact.options)
        if fact.type == "date":
            days = [day for day in limits if isinstance(day, dt.date)]
            return tuple(sorted({day + dt.timedelta(days=step) for day in days for step in (-1, 0, 1)}))
        return tuple(sorted(numbers))

    def _open_doubts(self, entry: Entry, requirement: Requirement) -> list[str]:
        """The unsettled doubts about this entry, if it could serve this requirement."""
        if entry.id not in self.doubts or requirement.kind in ("attestation", "exam"):
            return []
        demand = self._demand(requirement, topics=requirement.topics, ever=True)
        if not any(demand.serves(share) for share in entry.shares):
            return []
        names = [(doubt, f"{doubt}:{entry.id}") for doubt in self.doubts[entry.id]]
        return [name for doubt, name in names if doubt == "unit" or not self.license.confirms(name)]

    def _names(self, dimension: Dimension, requirement: Requirement) -> list[str]:
        if dimension.id != DOUBTS:
            return [dimension.id]
        return [doubt for entry in self.entries for doubt in self._open_doubts(entry, requirement)]

    def _confirmed_entries(self, result: Result) -> list[str]:
        return [
            name
            for entry in self.entries
            if entry.id in result.toward
            for doubt in self.doubts.get(entry.id, ())
            if doubt != "unit" and self.license.confirms(name := f"{doubt}:{entry.id}")
        ]

    # One combination

    def _result(self, requirement: Requirement, combination: list[tuple[Dimension, Any]]) -> Result:
        """The answer for one combination, in which everything is known."""
        values: Values = {**self.values, **{one.id: value for one, value in combination if one.is_fact}}
        readings = [value for _, value in combination if isinstance(value, Reading)]
        chosen = {one.id: value for one, value in combination}
        if not _applies(requirement, values):
            return Result(met=True, applies=False)
        if requirement.kind == "attestation":
            return Result(met=values[requirement.fact or ""] is True)
        required, topics, window, due = _read(requirement, readings, values)
        demand = self._demand(requirement, topics=topics, ever=window == "ever")
        alternative = next((one.fact for one in requirement.alternatives if values.get(one.fact) is True), None)
        if requirement.kind == "exam":
            passed = self._exams(demand)
            return Result(met=bool(passed) or not due or alternative is not None, toward=passed, alternative=alternative)
        world = self._world(readings, generous=chosen.get(DOUBTS) is True)
        counted = self._allocation(demand).hours(world)
        carried = NOTHING
        if requirement.kind == "course":
            met, missing = counted > 0 or not due or alternative is not None, NOTHING
        else:
            carried = self._carried(requirement, doubt_settled=chosen.get(CARRIED_IN) is True)
            missing = NOTHING if alternative is not None else max(required - carried - counted, NOTHING)
            met = not missing
        return Result(
            met=met,
            required=required,
            counted=counted,
            carried=carried,
            missing=missing,
            alternative=alternative,
            demand=demand,
            world=world,
        )

    def _demand(self, requirement: Requirement, *, topics: Iterable[str], ever: bool) -> Demand:
        wanted = frozenset(topics) if requirement.topics else None
        return Demand(topics=wanted, ever=ever, in_force=self.rule.in_force_of(requirement))

    def _world(self, readings: list[Reading], *, generous: bool) -> World:
        accepts = next((one.accepts for one in readings if one.accepts), self.rule.accepts)
        minutes = next((one.hour_minutes for one in readings if one.hour_minutes), None)
        return World(accepts=accepts, hour_minutes=minutes or self.longest_hour(), generous=generous)

    def _allocation(self, demand: Demand) -> Allocation:
        if demand not in self._allocations:
            self._allocations[demand] = Allocation(demand, self.entries, rule=self.rule, license_=self.license)
        return self._allocations[demand]

    def _entry_by_entry(self, result: Result) -> Result:
        if result.demand is None or result.world is None:
            return result
        return replace(result, toward=self._allocation(result.demand).toward(result.world))

    def _exams(self, demand: Demand) -> dict[str, Fraction]:
        """Exams passed; whether a body approved one is no question."""
        return {
            entry.id: Fraction(1)
            for entry in self.entries
            if entry.state == "open"
            and (entry.credit.activity == "exam" or entry.credit.quantity.unit == "exam")
            and demand.takes(entry)
            and any(demand.serves(share) for share in entry.shares)
        }

    def _carried(self, requirement: Requirement, *, doubt_settled: bool) -> Fraction:
        brought = Fraction(self.license.carried_in.get(requirement.id, 0))
        rule = self.rule.carry_in
        if rule is None:
            return brought if doubt_settled else NOTHING
        if not rule.allowed:
            return NOTHING
        limit = rule.at_most.get(requirement.id)
        return brought if limit is None else min(brought, Fraction(limit))


def _applies(requirement: Requirement, values: Values) -> bool:
    if requirement.frequency == "first_renewal" and values[RENEWALS] != 0:
        return False
    return requirement.applies_when is None or requirement.applies_when.holds(values)


def _read(requirement: Requirement, readings: list[Reading], values: Values) -> tuple[Fraction, Iterable[str], str, bool]:
    """Hours, topics, window, and whether it is due at all, with every reading put in place."""
    variant = next((one for one in requirement.variants if one.when.holds(values)), None)
    required = Fraction(variant.hours if variant else requirement.hours or 0)
    topics: Iterable[str] = requirement.topics
    window: str = requirement.counts_from
    due = True
    for reading in readings:
        patch = reading.requirements.get(requirement.id)
        if patch is None:
            continue
        required = required if patch.hours is None else Fraction(patch.hours)
        topics = topics if patch.topics is None else patch.topics
        window = patch.window or window
        due = due and patch.due is not False
    return required if due else NOTHING, topics, window, due


def _badness(results: Iterable[Result]) -> tuple[bool, bool, tuple[Any, ...]]:
    """
    How bad the results are that one choice of settled readings leaves open: first by the outcome they make together, where
    Unknown lies between Met and Unmet, then by the worst of them.
    """
    members = list(results)
    worst = max(one.badness for one in members)
    return (worst[0], not any(one.met for one in members), worst)


def _changes(results: dict[Index, Any], at: int) -> bool:
    """Whether changing only the dimension `at` changes a result somewhere."""
    seen: dict[Index, Any] = {}
    return any(seen.setdefault(index[:at] + index[at + 1 :], result) != result for index, result in results.items())
