"""
The verdict on each requirement, over everything that is not known.

What is not known becomes a *dimension* with its possible values. A requirement is answered for every combination of the
dimensions that touch it; if all agree, that is the verdict, and if not, it is Unknown and the dimensions that can flip it
are named. A question that the holder settled is fixed at the reading that turns out best for this requirement.

Most requirements are answered alone. Only those that compete for the same hours, under a cap or because they may not share
an hour, are answered together; see docs/algorithms/allocation.md.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from goodstanding.core.rules.allocate import MAX_LINKED, Allocation, Limit, Problem, Want, allocate, bits
from goodstanding.core.rules.case import License
from goodstanding.core.rules.clauses import Accepts, Condition, Hours, Unit
from goodstanding.core.rules.entries import (
    Entry,
    Group,
    Pool,
    Span,
    Terms,
    Vocabulary,
    acceptance,
    rate_of,
    selections_of,
    unstated_in,
)
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.model import Cap, OpenQuestion, Reading, Requirement, RuleFile
from goodstanding.core.rules.needs import (
    ISSUED,
    MONTHS,
    NOTHING,
    RENEWALS,
    Need,
    Needs,
    Values,
    day_limits,
    in_force,
    license_values,
    patched_cap,
    subjects_of,
)
from goodstanding.core.rules.outcome import Outcome, Period

MAX_COMBINATIONS = 20_000
"""More ways to read one requirement than this are not gone through; `check rules` refuses such a file beforehand."""

CARRIED_IN = "carried_in"
STATUS = "license_status"
DOUBTS = "entries"
RESERVED = frozenset({RENEWALS, CARRIED_IN, STATUS, DOUBTS, ISSUED, MONTHS, "issued_month"})
"""Names of dimensions that no rule file may use for a question or requirement of its own."""

LICENSE_SUBJECTS = frozenset({RENEWALS, ISSUED, MONTHS, "issued_month"})

Index = tuple[int, ...]


@dataclass(frozen=True)
class Dimension:
    """Something not known, with the values it may have; `settled` by the holder means that it turns out well."""

    id: str
    values: tuple[Any, ...]
    settled: bool = False
    is_fact: bool = False


@dataclass(frozen=True)
class Claim:
    """The groups of hours that one window of a requirement can draw from, and what it needs of them."""

    mask: int
    need: Fraction


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
    need: Need | None = None
    terms: Terms | None = None
    claims: tuple[Claim, ...] = ()
    allocation: Shared | None = None
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


@dataclass(frozen=True)
class Held:
    """A cap in one combination: the groups it is about, how much it lets through, and the limits that follow from it."""

    cap: Cap
    mask: int
    limit: Fraction
    limits: tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True)
class CapResult:
    """What became of one cap."""

    cap: Cap
    limit: Fraction
    used: Fraction
    removed: Fraction
    entries: tuple[str, ...]


class Judge:
    """Judges the requirements of one license on one day; holds what they share."""

    def __init__(
        self,
        license_: License,
        *,
        rules: RuleBook,
        entries: tuple[Entry, ...],
        period: Period,
        renewals: int | None,
        held: int = 1,
    ) -> None:
        self.license = license_
        self.rules = rules
        self.whole = rules[license_.rule]
        self.rule: RuleFile = self.whole.file
        self.entries = entries
        self.period = period
        profession = license_.profession or self.rule.professions[0]
        self.values = license_values(license_, period=period, renewals=renewals, profession=profession)
        self.needs = Needs(self.whole, period=period, held=held, status=license_.status)
        memory = self.whole.memory
        if "vocabulary" not in memory:
            memory["vocabulary"] = Vocabulary(self.rule)
            memory["selections"] = tuple(selections_of(self.rule))
        since = [value for value in license_.facts.values() if isinstance(value, dt.date) and not isinstance(value, dt.datetime)]
        self.pool = Pool(
            entries,
            rule=self.rule,
            license_=license_,
            vocabulary=memory["vocabulary"],
            days=[*self.needs.days(), *since],
        )
        self.caps = [cap for cap in self.rule.caps if in_force(self.rule, cap, period)]
        self._in_minutes = any(entry.credit.quantity.unit == "minute" for entry in entries)
        self._units = {entry.credit.quantity.unit for entry in entries}
        self.doubts = self._all_doubts()
        self._fingerprints: dict[int, object] = {}
        self._terms: dict[tuple[int, int | None, int, str | None, bool], Terms] = {}
        self._sums: dict[tuple[int, int], Fraction] = {}
        self._shared: dict[object, tuple[Problem, Allocation, dict[str, tuple[Fraction, Fraction]]]] = {}
        self._known_portions: dict[int, tuple[Shared, dict[int, list[tuple[str, Fraction]]]]] = {}
        self._requirements: list[Requirement] = []
        self._tight: list[Cap] = []
        self._exclusive = False
        self._needs: dict[object, Need] = {}
        self._claims: dict[tuple[int, bool], tuple[Claim, ...]] = {}
        self._by_entry: dict[str, Fraction] | None = None
        self.used: dict[str, Fraction] = {}
        """Hours of each entry that count toward anything, where requirements compete for hours."""
        self.cap_results: list[CapResult] = []

    # All requirements at once

    def verdicts(self, requirements: Sequence[Requirement]) -> dict[str, Verdict | None]:
        """The verdict on each; None where there are too many combinations to go through."""
        self._requirements = list(requirements)
        solo: dict[str, tuple[list[Dimension], dict[Index, Result]]] = {}
        for requirement in requirements:
            dimensions = self._dimensions([requirement], [])
            if math.prod(len(one.values) for one in dimensions) > MAX_COMBINATIONS:
                continue
            results = {index: self._alone(requirement, _combination(dimensions, index)) for index in _indexes(dimensions)}
            solo[requirement.id] = (dimensions, results)
        self._tight = self._tight_caps()
        linked = self._linked(solo)
        members = [requirement for requirement in requirements if requirement.id in linked]
        if members:
            together = self._together(members, {one: dimensions for one, (dimensions, _) in solo.items()})
            for requirement in members:
                if together is None:
                    solo.pop(requirement.id, None)
                else:
                    dimensions, joint = together
                    results = {index: answers[requirement.id] for index, answers in joint.items()}
                    solo[requirement.id] = (dimensions, results)
        found = {one.id: self._verdict(one, *solo[one.id]) for one in requirements if one.id in solo}
        shown = self._shown(found)
        return {requirement.id: shown.get(requirement.id) for requirement in requirements}

    def _verdict(self, requirement: Requirement, dimensions: list[Dimension], results: dict[Index, Result]) -> Verdict:
        settled = [at for at, one in enumerate(dimensions) if one.settled]
        groups: dict[Index, dict[Index, Result]] = {}
        for index, result in results.items():
            groups.setdefault(tuple(index[at] for at in settled), {})[index] = result
        best = min(groups, key=lambda key: _badness(groups[key].values()))
        group = groups[best]
        worst = max(group.values(), key=lambda one: one.badness)
        mixed = len({one.met for one in group.values()}) > 1
        outcome = Outcome.UNKNOWN if mixed else Outcome.MET if worst.met else Outcome.UNMET
        favorable = Outcome.MET if any(one.met for one in results.values()) else Outcome.UNMET
        deciding: list[str] = []
        for at, dimension in enumerate(dimensions) if mixed else ():
            if not dimension.settled and _changes({index: one.met for index, one in group.items()}, at):
                deciding.extend(self._names(dimension, requirement))
        answers = {index: (one.met, one.missing) for index, one in results.items()}
        confirmed = [one.id for at, one in enumerate(dimensions) if one.settled and _changes(answers, at)]
        if self.license.status != "active" and self.license.status not in self.rule.statuses:
            deciding.append(STATUS)
            outcome, favorable = Outcome.UNKNOWN, Outcome.MET
        return Verdict(
            outcome=outcome,
            favorable=favorable,
            result=worst,
            deciding=tuple(dict.fromkeys(deciding)),
            confirmed=tuple(confirmed),
        )

    def longest_hour(self) -> int | None:
        """The board's hour in minutes, or the longest that any reading allows, which makes the fewest hours."""
        if self.rule.hour_minutes is not None:
            return self.rule.hour_minutes
        return max(self._hour_lengths(), default=None)

    def _hour_lengths(self) -> list[int]:
        return [one.hour_minutes for question in self.rule.open_questions for one in question.readings if one.hour_minutes]

    def carry_doubt(self, requirement: Requirement) -> bool:
        """Whether hours were carried in and the rule does not say if they count."""
        if not self.license.carried_in.get(requirement.id) or self.rule.carry_in is not None:
            return False
        return not any(reading.carry_in for question in self.rule.open_questions for reading in question.readings)

    # What is not known

    def _dimensions(self, requirements: list[Requirement], caps: list[Cap]) -> list[Dimension]:
        dimensions: list[Dimension] = []
        share = any(cap.share_of_total is not None for cap in caps) or any(one.share_of_total is not None for one in requirements)
        total = self.needs.live_total if share else None
        asked = [*requirements, *([total] if total is not None and total not in requirements else [])]
        for question in self.rule.open_questions:
            if not any(self._touches(question, one) for one in requirements) and not any(
                cap.id in reading.caps for cap in caps for reading in question.readings
            ):
                continue
            readings = self._distinct(question, asked, caps)
            if len(readings) > 1:
                dimensions.append(Dimension(question.id, tuple(readings), settled=self.license.confirms(question.id)))
        for subject, leaves in self._unanswered(asked, caps).items():
            dimensions.append(Dimension(subject, self._possible(subject, leaves), is_fact=True))
        if any(self.carry_doubt(requirement) for requirement in requirements):
            dimensions.append(Dimension(CARRIED_IN, (False, True), settled=self.license.confirms(CARRIED_IN)))
        if any(requirement.kind == "unsettled" for requirement in requirements):
            dimensions.extend(
                Dimension(unsettled(one.id), (False, True), settled=self.license.confirms(unsettled(one.id)))
                for one in requirements
                if one.kind == "unsettled"
            )
        if any(self._open_doubts(entry, one, caps) for entry in self.entries for one in requirements if entry.id in self.doubts):
            # Each doubt turning out well can only add hours or lift a cap, so all badly and all well are the two ends.
            dimensions.append(Dimension(DOUBTS, (False, True)))
        return dimensions

    def _touches(self, question: OpenQuestion, requirement: Requirement) -> bool:
        key = ("touches", question.id, id(requirement))
        memory = self.whole.memory
        if key not in memory:
            memory[key] = question.touches(requirement)
        known: bool = memory[key]
        return known

    def _distinct(self, question: OpenQuestion, requirements: list[Requirement], caps: list[Cap]) -> list[Reading]:
        """The readings that can differ for these requirements and entries; of those that can not, the first."""
        kept: dict[object, Reading] = {}
        for reading in question.readings:
            patches = tuple(id(patch) for one in requirements if (patch := reading.requirements.get(one.id)) is not None)
            capped = tuple(id(reading.caps[cap.id]) for cap in caps if cap.id in reading.caps)
            key = (
                self._accepted(reading),
                reading.hour_minutes if self._in_minutes else None,
                tuple((unit, hours) for unit, hours in (reading.hours_per_unit or {}).items() if unit in self._units),
                reading.repeats,
                repr(reading.carry_in) if self.license.carried_in else None,
                patches,
                capped,
            )
            kept.setdefault(key, reading)
        return list(kept.values())

    def _accepted(self, reading: Reading) -> object:
        if reading.accepts is None:
            return self._accepted_by(self.rule.accepts)
        return self._accepted_by(reading.accepts)

    def _accepted_by(self, accepts: Accepts) -> object:
        if id(accepts) not in self._fingerprints:
            approvals = {id(entry.approvals): entry.approvals for entry in self.entries}
            self._fingerprints[id(accepts)] = (
                tuple(acceptance(one, accepts) for one in approvals.values()),
                id(accepts.except_for) if accepts.except_for else None,
            )
        return self._fingerprints[id(accepts)]

    def _unanswered(self, requirements: Iterable[Requirement], caps: Iterable[Cap]) -> dict[str, list[Condition]]:
        """The facts that decide about these parts and are not known, with what they are compared with."""
        subjects: dict[str, list[Condition]] = {}
        parts: list[Any] = [*requirements, *caps]
        ids = {one.id for one in parts}
        for question in self.rule.open_questions:
            for reading in question.readings:
                parts += [patch for name, patch in reading.requirements.items() if name in ids]
        for part in parts:
            conditions = [getattr(part, "applies_when", None), *(one.when for one in getattr(part, "variants", None) or ())]
            for condition in conditions:
                for leaf in condition.leaves() if condition else ():
                    if leaf.subject and leaf.subject not in self.values:
                        subjects.setdefault(leaf.subject, []).append(leaf)
            needed = subjects_of(part)
            for subject in sorted(needed):
                if subject not in self.values:
                    subjects.setdefault(subject, [])
        return subjects

    def _possible(self, subject: str, leaves: list[Condition]) -> tuple[Any, ...]:
        """Values that stand for all others: both of a boolean, each option, and the sides of every limit compared with."""
        limits = [limit for leaf in leaves for limit in (leaf.is_, leaf.at_least, leaf.at_most) if limit is not None]
        numbers = {n + step for n in limits if isinstance(n, int) and not isinstance(n, bool) for step in (-1, 0, 1)}
        if subject == RENEWALS:
            rounds = self._longest_round()
            return tuple(sorted(n for n in numbers | set(range(2)) | set(range(rounds)) if n >= 0))
        if subject == MONTHS:
            most = self.rule.cycle.months
            return tuple(Fraction(n) for n in sorted(n for n in numbers | {0, most // 2, most} if n >= 0))
        if subject == "issued_month":
            return tuple(range(1, 13))
        days = {day + dt.timedelta(days=step) for day in limits if isinstance(day, dt.date) for step in (-1, 0, 1)}
        if subject == ISSUED:
            return tuple(sorted(days | {dt.date(1930, 1, 1), self.period.end}))
        fact = self.rules.facts[subject]
        if fact.type == "boolean":
            return (True, False)
        if fact.type == "one_of":
            return tuple(fact.options)
        if fact.type == "date":
            return tuple(sorted(days or {dt.date(1930, 1, 1), self.period.end}))
        return tuple(sorted(numbers))

    def _longest_round(self) -> int:
        """Enough numbers of renewals to see every turn of what comes in turns."""
        longest = 2
        for requirement in self.rule.requirements:
            if requirement.every and requirement.every.renewals:
                longest = max(longest, (requirement.every.first or 0) + requirement.every.renewals + 1)
            if requirement.due_by and requirement.due_by.period:
                longest = max(longest, requirement.due_by.period + 1)
        return longest

    # Doubts about entries

    def _all_doubts(self) -> dict[str, tuple[str, ...]]:
        """What each open entry leaves unstated that could decide whether or how much it counts."""
        found: dict[str, dict[str, None]] = {}

        def note(entry: Entry, doubt: str) -> None:
            found.setdefault(entry.id, {})[doubt] = None

        some_ask = self._some_ask_for_approval()
        some_repeat = self.rule.repeats is None or any(
            reading.repeats for question in self.rule.open_questions for reading in question.readings
        )
        for group in self.pool.groups:
            entry = group.entry
            attributes = [doubt for which in self.whole.memory["selections"] for doubt in unstated_in(which, group)]
            if entry.approvals is None and some_ask:
                attributes.insert(0, "approvals")
            if entry.repeats is not None and entry.in_period and some_repeat and self.rule.repeats is None:
                attributes.append("repeat")
            if not self._convertible(group):
                attributes.append("unit")
            for member, _ in group.members if attributes else ():
                for doubt in attributes:
                    note(member, doubt)
        order = {entry.id: number for number, entry in enumerate(self.entries)}
        return {entry_id: tuple(doubts) for entry_id, doubts in sorted(found.items(), key=lambda item: order[item[0]])}

    def _some_ask_for_approval(self) -> bool:
        readings = [one.accepts for question in self.rule.open_questions for one in question.readings if one.accepts]
        return any(accepts.others != "anyone" for accepts in (self.rule.accepts, *readings))

    def _convertible(self, group: Group) -> bool:
        unit = group.entry.credit.quantity.unit
        if unit == "hour" or unit in self.rule.hours_per_unit:
            return True
        readings = [one for question in self.rule.open_questions for one in question.readings]
        if unit == "minute" and (self.rule.hour_minutes is not None or any(one.hour_minutes for one in readings)):
            return True
        if any(unit in (one.hours_per_unit or {}) for one in readings):
            return True
        return rate_of(group, self._worst_terms(), rule=self.rule) is not None

    def _open_doubts(self, entry: Entry, requirement: Requirement, caps: Sequence[Cap] = ()) -> list[str]:
        """The unsettled doubts about this entry, if it could serve this requirement."""
        doubts = self.doubts.get(entry.id)
        if not doubts or requirement.kind in ("attestation", "unsettled"):
            return []
        reachable = self._reachable(requirement)
        mine = [
            group
            for number, group in enumerate(self.pool.groups)
            if reachable >> number & 1 and any(member is entry for member, _ in group.members)
        ]
        if not mine:
            return []
        asked = {doubt for group in mine for which in self._which_of(requirement, caps) for doubt in unstated_in(which, group)}
        names = []
        for doubt in doubts:
            name = f"{doubt}:{entry.id}"
            if doubt == "unit":
                names.append(name)
            elif self.license.confirms(name):
                continue
            elif doubt in asked or (doubt in ("approvals", "repeat") and requirement.kind != "exam"):
                names.append(name)
        return names

    def _which_of(self, requirement: Requirement, caps: Sequence[Cap]) -> list[Any]:
        found: list[Any] = [*self._versions_of(requirement)]
        parts = [one.which for one in found if one.which is not None]
        for cap in caps:
            readings = [reading.caps.get(cap.id) for question in self.rule.open_questions for reading in question.readings]
            parts += [one.which for one in (cap, *readings) if one is not None and one.which is not None]
        parts += [rate.which for rate in self.rule.rates]
        parts += [self.rule.accepts.except_for] if self.rule.accepts.except_for else []
        return parts

    def _versions_of(self, requirement: Requirement) -> list[Any]:
        """The requirement and everything that a reading puts in its place."""
        key = ("versions", id(requirement))
        memory = self.whole.memory
        if key not in memory:
            memory[key] = [
                requirement,
                *(
                    patch
                    for question in self.rule.open_questions
                    for reading in question.readings
                    if (patch := reading.requirements.get(requirement.id)) is not None
                ),
            ]
        found: list[Any] = memory[key]
        return found

    def _reachable(self, requirement: Requirement) -> int:
        """The groups that could serve the requirement under some reading, at any time."""
        mask = 0
        for one in self._versions_of(requirement):
            topics = one.topics if one.topics is not None else requirement.topics
            which = one.which if one.which is not None else requirement.which
            part = self.pool.everything
            part &= self.pool.about(topics) if topics else part
            part &= self.pool.fitting(which, good=True, generous=True) if which is not None else part
            mask |= part
        return mask

    def _names(self, dimension: Dimension, requirement: Requirement) -> list[str]:
        if dimension.id != DOUBTS:
            return [dimension.id]
        names = [doubt for entry in self.entries for doubt in self._open_doubts(entry, requirement, self._tight)]
        if not names:
            # The doubt is about an entry that another requirement competes for.
            names = [
                doubt
                for one in self._requirements
                for entry in self.entries
                for doubt in self._open_doubts(entry, one, self._tight)
            ]
        return names

    def _confirmed_entries(self, result: Result) -> list[str]:
        return [
            name
            for entry in self.entries
            if entry.id in result.toward
            for doubt in self.doubts.get(entry.id, ())
            if doubt != "unit" and self.license.confirms(name := f"{doubt}:{entry.id}")
        ]

    # One combination

    def _terms_of(self, readings: Sequence[Reading], *, generous: bool) -> Terms:
        accepts = next((one.accepts for one in readings if one.accepts), self.rule.accepts)
        minutes = next((one.hour_minutes for one in readings if one.hour_minutes), None)
        minutes = minutes or self.longest_hour()
        units = next((one.hours_per_unit for one in readings if one.hours_per_unit), None)
        repeats = next((one.repeats for one in readings if one.repeats), self.rule.repeats)
        return self._known_terms(accepts, minutes, units, repeats, generous=generous)

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

    def _worst_terms(self) -> Terms:
        return Terms(self.rule.accepts, self.longest_hour(), self.rule.hours_per_unit, self.rule.repeats, generous=False)

    def _largest_terms(self) -> Terms:
        """Terms under which no group has fewer hours than under any other."""
        minutes = self.rule.hour_minutes or min(self._hour_lengths(), default=None)
        units = dict(self.rule.hours_per_unit)
        for question in self.rule.open_questions:
            for reading in question.readings:
                for unit, hours in (reading.hours_per_unit or {}).items():
                    units[unit] = max(hours, units.get(unit, hours))
        return Terms(_ANYONE, minutes, units, "counted", generous=True)

    def _sum(self, terms: Terms, mask: int) -> Fraction:
        key = (id(terms), mask)
        if key not in self._sums:
            units, scale = self.pool.hours(terms)
            self._sums[key] = Fraction(sum(units[group] for group in bits(mask)), scale)
        return self._sums[key]

    def _mask_of(self, need: Need, span: Span | None, terms: Terms) -> int:
        """The groups that the requirement can draw from in one window, in this combination."""
        requirement = need.requirement
        mask = self.pool.within(span)
        dates = self.rule.in_force_of(requirement)
        if dates.by == "completion":
            mask &= self.pool.within(Span(dates.from_, dates.to))
        if requirement.topics:
            mask &= self.pool.about(requirement.topics)
        if requirement.which is not None:
            mask &= self.pool.fitting(requirement.which, good=True, generous=terms.generous)
        return mask

    def _alone(self, requirement: Requirement, combination: list[tuple[Dimension, Any]]) -> Result:
        """The answer for one combination, in which everything is known, as if no cap and no other requirement were there."""
        need, terms, readings, chosen = self._put_in_place(requirement, combination)
        if not need.applies:
            return Result(met=True, applies=False, need=need)
        kind = need.requirement.kind
        if kind == "unsettled":
            return Result(met=not need.due or chosen.get(unsettled(requirement.id)) is True, need=need)
        if kind == "attestation":
            values = self._values(combination)
            return Result(met=not need.due or values[requirement.fact or ""] is True, need=need)
        alternative = need.alternative or self._alternative(need, terms)
        place = (id(need), terms.generous)
        claims = self._claims.get(place)
        if claims is None:
            claims = tuple(Claim(self._mask_of(need, span, terms), hours) for span, hours in need.parts)
            self._claims[place] = claims
        if kind in ("course", "exam"):
            return self._without_hours(need, terms, claims, alternative)
        carried = self._carried(requirement, readings, doubt_settled=chosen.get(CARRIED_IN) is True)
        claims = _less(claims, carried)
        sums = [self._sum(terms, claim.mask) for claim in claims]
        short = [claim.need - have for claim, have in zip(claims, sums, strict=True) if claim.need > have]
        counted = sums[0] if len(sums) == 1 else sum(sums, NOTHING)
        missing = sum(short, NOTHING) if short else NOTHING
        if alternative is not None:
            missing = NOTHING
        return Result(
            met=not missing,
            required=need.required,
            counted=counted,
            carried=carried,
            missing=missing,
            alternative=alternative,
            need=need,
            terms=terms,
            claims=claims,
        )

    def _put_in_place(
        self, requirement: Requirement, combination: list[tuple[Dimension, Any]]
    ) -> tuple[Need, Terms, list[Reading], dict[str, Any]]:
        readings = [value for _, value in combination if isinstance(value, Reading)]
        chosen = {one.id: value for one, value in combination}
        deciding = tuple(id(one) for one in readings if requirement.id in one.requirements or "total" in one.requirements)
        key = (requirement.id, deciding, tuple(value for one, value in combination if one.is_fact))
        need = self._needs.get(key)
        if need is None:
            need = self._needs[key] = self.needs.need(requirement, readings, self._values(combination))
        return need, self._terms_of(readings, generous=chosen.get(DOUBTS) is True), readings, chosen

    def _values(self, combination: list[tuple[Dimension, Any]]) -> Values:
        return {**self.values, **{one.id: value for one, value in combination if one.is_fact}}

    def _without_hours(self, need: Need, terms: Terms, claims: tuple[Claim, ...], alternative: str | None) -> Result:
        """A course or exam that is taken or passed, however long it was."""
        mask = claims[0].mask
        which = need.requirement.which
        parts = which.parts() if which is not None else ()
        if need.requirement.kind == "exam":
            mask &= self.pool.those(lambda group: group.entry.activity == "exam")
        elif not any(part.approved_by or part.numbered_by or part.courses for part in parts):
            # A requirement that names approvals or courses says itself what it accepts.
            mask &= self.pool.countable(terms)
        return Result(
            met=bool(mask) or not need.due or alternative is not None,
            alternative=alternative,
            need=need,
            terms=terms,
            claims=(Claim(mask, NOTHING),),
        )

    def _taken(self, result: Result) -> dict[str, Fraction]:
        """The entries that meet a requirement for a course or exam, with their hours; an exam counts as one."""
        assert result.need is not None
        assert result.terms is not None
        exam = result.need.requirement.kind == "exam"
        toward: dict[str, Fraction] = {}
        for group in bits(result.claims[0].mask):
            hours = dict(self.pool.members(self.pool.groups[group], result.terms))
            for entry, _ in self.pool.groups[group].members:
                known = Fraction(1) if exam else hours.get(entry.id, NOTHING)
                toward[entry.id] = toward.get(entry.id, NOTHING) + known
        return toward

    def _alternative(self, need: Need, terms: Terms) -> str | None:
        """An entry that meets the requirement in another way, by the words of the rule."""
        for one in need.requirement.alternatives:
            if one.entry is not None:
                mask = self.pool.fitting(one.entry, good=True, generous=terms.generous)
                if any(mask & self.pool.within(span) for span, _ in need.parts):
                    return one.says
        return None

    def _carried(self, requirement: Requirement, readings: Sequence[Reading], *, doubt_settled: bool) -> Fraction:
        brought = Fraction(self.license.carried_in.get(requirement.id, 0))
        rule = next((one.carry_in for one in readings if one.carry_in), self.rule.carry_in)
        if rule is None:
            return brought if doubt_settled else NOTHING
        if not rule.allowed:
            return NOTHING
        limit = rule.at_most.get(requirement.id)
        return brought if limit is None else min(brought, Fraction(limit))

    # Caps

    def _held(self, cap: Cap, readings: Sequence[Reading], values: Values, terms: Terms) -> Held | None:
        """The cap in one combination; None if it does not apply."""
        found = self.needs.limit(cap, readings, values)
        if found is None:
            return None
        own, most = found
        mask = self._cap_mask(own, generous=terms.generous)
        return Held(own, mask, most, tuple(self._limits(own, mask, most, terms)))

    def _cap_mask(self, cap: Cap, *, generous: bool) -> int:
        mask = self.pool.in_period if not cap.on else self.pool.everything
        dates = self.rule.in_force_of(cap)
        if dates.by == "completion":
            mask &= self.pool.within(Span(dates.from_, dates.to))
        if cap.which is not None:
            mask &= self.pool.fitting(cap.which, good=False, generous=generous)
        return mask

    def _limits(self, cap: Cap, mask: int, most: Fraction, terms: Terms) -> Iterable[tuple[int, Fraction]]:
        """The sets of groups that the cap limits: one, or one for each year, entry or stretch of days."""
        if cap.per == "period":
            if self._sum(terms, mask) > most:
                yield mask, most
        elif cap.per == "year":
            for year in self.needs.years():
                part = mask & self.pool.within(year)
                if self._sum(terms, part) > most:
                    yield part, most
        else:
            by_entry: dict[str, int] = {}
            entries: dict[str, Entry] = {}
            for group in bits(mask):
                if not self.pool.groups[group].crowded:
                    continue
                entry = self.pool.groups[group].entry
                by_entry[entry.id] = by_entry.get(entry.id, 0) | 1 << group
                entries[entry.id] = entry
            if cap.per == "entry":
                found = [(part, most) for part in by_entry.values()]
            else:
                ids = list(by_entry)
                spans = [
                    (entries[one].credit.started or entries[one].credit.completed, entries[one].credit.completed) for one in ids
                ]
                found = [(_union(by_entry[ids[one]] for one in inside), limit) for inside, limit in day_limits(spans, most)]
            for part, limit in found:
                if self._sum(terms, part) > limit:
                    yield part, limit

    def _tight_caps(self) -> list[Cap]:
        """The caps that could take hours away in some combination."""
        if not self.caps:
            return []
        largest = self._largest_terms()
        tight = []
        for cap in self.caps:
            dimensions = self._dimensions([], [cap])
            for index in _indexes(dimensions):
                combination = _combination(dimensions, index)
                readings = [value for _, value in combination if isinstance(value, Reading)]
                found = self.needs.limit(cap, readings, self._values(combination))
                if found is None:
                    continue
                own, most = found
                if any(True for _ in self._limits(own, self._cap_mask(own, generous=False), most, largest)):
                    tight.append(cap)
                    break
        return tight

    # Requirements that compete

    def _linked(self, solo: dict[str, tuple[list[Dimension], dict[Index, Result]]]) -> set[str]:
        """
        The requirements that can not be answered alone.

        A requirement can if, in every combination, hours that nothing competes for are enough, or if none of its hours are
        competed for. Then it takes nothing that another could use, and nothing is taken from it.
        """
        reach: dict[str, int] = {}
        for requirement in self._requirements:
            if requirement.kind != "minimum" or requirement.id not in solo:
                continue
            masks = [claim.mask for result in solo[requirement.id][1].values() for claim in result.claims]
            reach[requirement.id] = _union(masks)
        capped = {requirement_id: self._capped(requirement_id) for requirement_id in reach}
        linked = set()
        for requirement in self._requirements:
            if requirement.id not in reach:
                continue
            contested = capped[requirement.id]
            for other in self._apart_from(requirement):
                contested |= reach.get(other, 0)
                self._exclusive = self._exclusive or bool(reach.get(other, 0) & reach[requirement.id])
            contested &= reach[requirement.id]
            if not contested:
                continue
            for result in solo[requirement.id][1].values():
                if not result.claims or result.terms is None:
                    continue
                for claim in result.claims:
                    held = claim.mask & contested
                    enough = self._sum(result.terms, claim.mask & ~contested) >= claim.need
                    if not enough and self._sum(result.terms, held):
                        linked.add(requirement.id)
        if len(linked) > 1:
            # What a part misses is owed for the whole as well, so it bears on which of the others should give way.
            linked |= {one for one in reach if any(result.missing for result in solo[one][1].values())}
        return linked

    def _capped(self, requirement_id: str) -> int:
        mask = 0
        for cap in self._tight:
            readings = [one for question in self.rule.open_questions for one in question.readings if cap.id in one.caps]
            for own in (cap, *(patched_cap(self.whole, cap, [reading]) for reading in readings)):
                if own is not None and (not own.on or requirement_id in own.on):
                    mask |= self._cap_mask(own, generous=False)
        return mask

    def _apart_from(self, requirement: Requirement) -> set[str]:
        """The requirements that may not share an hour with this one, under some reading."""
        found: set[str] = set()
        versions = self._versions_of(requirement)
        for one in versions:
            found |= set(one.not_with or ())
        mine = {one.on_top for one in versions if one.on_top is not None}
        for other in self._requirements:
            if other.id == requirement.id or other.kind != "minimum":
                continue
            theirs = self._versions_of(other)
            if any(requirement.id in (one.not_with or ()) for one in theirs):
                found.add(other.id)
            if len(mine | {one.on_top for one in theirs if one.on_top is not None}) > 1:
                found.add(other.id)
        return found

    def _together(
        self, members: list[Requirement], own: dict[str, list[Dimension]]
    ) -> tuple[list[Dimension], dict[Index, dict[str, Result]]] | None:
        """The answers for requirements that compete, in every combination; None if there are too many."""
        dimensions = self._dimensions(members, self._tight)
        if len(members) > MAX_LINKED or math.prod(len(one.values) for one in dimensions) > MAX_COMBINATIONS:
            return None
        # Most dimensions concern few of the requirements and caps, so each is worked out once for the values that it depends on.
        reached = {one.id: self._positions(dimensions, own[one.id]) for one in members}
        capped = [(cap, self._positions(dimensions, self._dimensions([], [cap]))) for cap in self._tight]
        wide = [at for at, one in enumerate(dimensions) if self._changes_terms(one)]
        alone: dict[tuple[str, Index], Result] = {}
        held: dict[tuple[str, Index], Held | None] = {}
        terms: dict[Index, Terms] = {}
        shared: dict[object, dict[str, Result]] = {}
        results: dict[Index, dict[str, Result]] = {}
        for index in _indexes(dimensions):
            combination = _combination(dimensions, index)
            place = tuple(index[at] for at in wide)
            if place not in terms:
                readings = [value for _, value in combination if isinstance(value, Reading)]
                generous = any(one.id == DOUBTS and value is True for one, value in combination)
                terms[place] = self._terms_of(readings, generous=generous)
            these = terms[place]
            asked = {}
            for one in members:
                spot = (one.id, tuple(index[at] for at in reached[one.id]))
                if spot not in alone:
                    alone[spot] = self._alone(one, combination)
                asked[one.id] = alone[spot]
            caps = []
            for cap, positions in capped:
                spot = (cap.id, (*place, *(index[at] for at in positions)))
                if spot not in held:
                    readings = [value for _, value in combination if isinstance(value, Reading)]
                    held[spot] = self._held(cap, readings, self._values(combination), these)
                caps.append(held[spot])
            key = (id(these), *(id(one) for one in asked.values()), *(id(one) for one in caps))
            if key not in shared:
                shared[key] = self._share(asked, these, [one for one in caps if one is not None])
            results[index] = shared[key]
        return dimensions, results

    def _positions(self, dimensions: list[Dimension], own: list[Dimension]) -> list[int]:
        """Where the dimensions on which one part depends stand among those of all."""
        names = {one.id for one in own}
        return [at for at, one in enumerate(dimensions) if one.id in names]

    def _changes_terms(self, dimension: Dimension) -> bool:
        """Whether a dimension can change how many hours an entry is."""
        return dimension.id == DOUBTS or any(
            isinstance(one, Reading) and (one.accepts or one.hour_minutes or one.hours_per_unit or one.repeats)
            for one in dimension.values
        )

    def _share(self, alone: dict[str, Result], terms: Terms, caps: Sequence[Held]) -> dict[str, Result]:
        """The same results after hours have been allocated among them."""
        asking = {one: result for one, result in alone.items() if result.claims and result.applies}
        shared = self._allocate(asking, terms, caps)
        return {one: shared.result(one, result) if one in asking else result for one, result in alone.items()}

    def _allocate(self, asking: dict[str, Result], terms: Terms, caps: Sequence[Held]) -> Shared:
        """The best allocation among these requirements; the same question is answered once."""
        # Named subjects go before the total, which any hour can fill.
        asking = dict(sorted(asking.items(), key=lambda item: item[0] in ("total", "total_each_year")))
        owners = {requirement_id: number for number, requirement_id in enumerate(asking)}
        units, scale = self.pool.hours(terms)
        limits = [(mask, most, held.cap) for held in caps for mask, most in held.limits]
        scale_all = math.lcm(
            scale,
            *(claim.need.denominator for result in asking.values() for claim in result.claims),
            *(most.denominator for _, most, _ in limits),
        )
        wants = tuple(
            Want(owners[one], claim.mask, int(claim.need * scale_all))
            for one, result in asking.items()
            for claim in result.claims
        )
        held = []
        for mask, most, cap in limits:
            some = _union(1 << owners[one] for one in cap.on if one in owners)
            if some or not cap.on:
                held.append(Limit(mask, int(most * scale_all), some))
        parents = tuple(self._parent(one, result, owners) for one, result in asking.items())
        apart = _apart({one: result.need.requirement for one, result in asking.items() if result.need is not None}, owners)
        key = (id(terms), wants, tuple(held), parents, apart)
        if key not in self._shared:
            problem = Problem(
                amounts=tuple(amount * (scale_all // scale) for amount in units),
                wants=wants,
                limits=tuple(held),
                parents=parents,
                apart=apart if any(apart) else (),
            )
            self._shared[key] = (problem, allocate(problem), {})
        problem, allocation, figures = self._shared[key]
        return Shared(problem, allocation, owners, tuple(caps), scale_all, terms, figures)

    def _parent(self, requirement_id: str, result: Result, owners: dict[str, int]) -> int:
        """The requirement that this one is a part of, among those that are asked; itself if none is."""
        assert result.need is not None
        own = result.need.requirement
        if own.within in owners and own.within != requirement_id:
            return owners[own.within]
        if own.on_top or requirement_id == "total" or "total" not in owners:
            return owners[requirement_id]
        return owners["total"]

    # What is shown

    def _shown(self, verdicts: dict[str, Verdict]) -> dict[str, Verdict]:
        """
        The same verdicts with the hours of each entry.

        All requirements that count by the same terms take their hours from one allocation, so that no cap is passed by what
        several requirements count together.
        """
        counting = {
            one: verdict.result
            for one, verdict in verdicts.items()
            if verdict.result.claims
            and verdict.result.terms
            and verdict.result.need
            and verdict.result.need.requirement.kind == "minimum"
        }
        main = counting.get("total") or next(iter(counting.values()), None)
        self._common: Shared | None = None
        contested = bool(self._tight) or self._exclusive
        if main is not None and main.terms is not None and (contested or self.caps):
            caps = self._caps_shown(main)
            if contested:
                same = {one: result for one, result in counting.items() if result.terms is main.terms}
                self._common = self._allocate(same, main.terms, caps)
            self._count_caps(caps, main.terms, _union(claim.mask for one in counting.values() for claim in one.claims))
        shown = {}
        for one, verdict in verdicts.items():
            result = verdict.result
            if one in counting:
                result = self._with_entries(one, result)
            elif result.claims:
                result = replace(result, toward=self._taken(result))
            shown[one] = replace(verdict, result=result)
            names = self._confirmed_entries(result)
            shown[one] = replace(shown[one], confirmed=(*verdict.confirmed, *names))
        if self._common is not None:
            for portions in self._portions(self._common).values():
                for entry_id, hours in portions:
                    self.used[entry_id] = self.used[entry_id] + hours if entry_id in self.used else hours
        return shown

    def _with_entries(self, requirement_id: str, result: Result) -> Result:
        terms = result.terms
        assert terms is not None
        shared = result.allocation
        if shared is None and (self._tight or self._exclusive):
            if self._common is not None and requirement_id in self._common.owners:
                shared = self._common
            else:
                shared = self._allocate({requirement_id: result}, terms, self._caps_shown(result))
            counted = shared.counted(requirement_id)
            # Hours that were competed for go elsewhere; what is enough without them stays enough.
            result = replace(result, counted=counted)
        if shared is None:
            toward: dict[str, Fraction] = {}
            for group in bits(_union(claim.mask for claim in result.claims)):
                for entry_id, hours in self._member_hours(group, terms):
                    toward[entry_id] = toward[entry_id] + hours if entry_id in toward else hours
        else:
            toward = {}
            bit = 1 << shared.owners[requirement_id]
            for number, portions in self._portions(shared).items():
                if shared.allocation.uses[number].owners & bit:
                    for entry_id, hours in portions:
                        toward[entry_id] = toward[entry_id] + hours if entry_id in toward else hours
        return replace(result, toward={entry_id: hours for entry_id, hours in toward.items() if hours})

    def _portions(self, shared: Shared) -> dict[int, list[tuple[str, Fraction]]]:
        """For each use of a group the entries that its hours are taken from, oldest first."""
        if id(shared) in self._known_portions:
            return self._known_portions[id(shared)][1]
        portions: dict[int, list[tuple[str, Fraction]]] = {}
        left: dict[int, list[tuple[str, Fraction]]] = {}
        for number, use in enumerate(shared.allocation.uses):
            members = left.setdefault(use.group, list(self._member_hours(use.group, shared.terms)))
            if use.hours == shared.problem.amounts[use.group]:
                portions[number] = members
                continue
            wanted = use.hours / shared.scale
            taken = []
            while wanted > 0 and members:
                entry_id, hours = members[0]
                part = min(hours, wanted)
                taken.append((entry_id, part))
                wanted -= part
                members[0] = (entry_id, hours - part)
                if part == hours:
                    members.pop(0)
            portions[number] = taken
        self._known_portions[id(shared)] = (shared, portions)
        return portions

    def _member_hours(self, group: int, terms: Terms) -> list[tuple[str, Fraction]]:
        """The hours of each entry in a group, oldest first; none if the group does not count."""
        if not self.pool.countable(terms) >> group & 1:
            return []
        return self.pool.members(self.pool.groups[group], terms)

    def _caps_shown(self, result: Result) -> list[Held]:
        """The caps as they are in the combination that is shown, or else as they bind most, settled questions aside."""
        assert result.terms is not None
        if result.allocation is not None:
            known = {held.cap.id: held for held in result.allocation.caps}
            tight = {cap.id for cap in self._tight}
        else:
            known, tight = {}, set()
        held = []
        for cap in self.caps:
            if cap.id in tight:
                held += [known[cap.id]] if cap.id in known else []
                continue
            dimensions = self._dimensions([], [cap])
            settled = [at for at, one in enumerate(dimensions) if one.settled]
            options: dict[Index, list[Held | None]] = {}
            for index in _indexes(dimensions):
                combination = _combination(dimensions, index)
                readings = [value for _, value in combination if isinstance(value, Reading)]
                one = self._held(cap, readings, self._values(combination), result.terms)
                options.setdefault(tuple(index[at] for at in settled), []).append(one)
            worst = [min(some, key=lambda one: (one is None, NOTHING if one is None else one.limit)) for some in options.values()]
            best = max(worst, key=lambda one: (one is None, NOTHING if one is None else one.limit))
            held += [best] if best is not None else []
        return held

    def board_hours(self, entry: Entry) -> Fraction | None:
        """All of one entry in the board's hours, whoever approved it; None if the rule does not convert its unit."""
        terms = self._known_terms(self.rule.accepts, self.longest_hour(), None, self.rule.repeats, generous=False)
        if self._by_entry is None:
            self._by_entry = _hours_by_entry(self.pool, terms)
        if entry.state == "open":
            return self._by_entry.get(entry.id)
        # Entries that can not count are in no group.
        vocabulary = self.whole.memory["vocabulary"]
        alone = Pool((replace(entry, state="open"),), rule=self.rule, license_=self.license, vocabulary=vocabulary, days=())
        return _hours_by_entry(alone, terms).get(entry.id)

    def missing_by_claim(self, requirement_id: str, result: Result) -> list[Fraction]:
        """What is missing of each window of a requirement."""
        if result.allocation is not None:
            return result.allocation.missing(requirement_id)
        assert result.terms is not None
        return [max(claim.need - self._sum(result.terms, claim.mask), NOTHING) for claim in result.claims]

    def _count_caps(self, caps: list[Held], terms: Terms, reach: int) -> None:
        for held in caps:
            mask = held.mask & reach
            all_ = self._sum(terms, mask)
            used = all_
            lost: dict[str, Fraction] = {}
            if self._common is not None:
                shared = self._common
                owners = _union(1 << shared.owners[one] for one in held.cap.on if one in shared.owners)
                used = shared.allocation.used(mask, owners) / shared.scale
                for group in bits(mask if held.limits else 0):
                    for entry_id, hours in self._member_hours(group, terms):
                        lost[entry_id] = lost[entry_id] + hours if entry_id in lost else hours
                for number, portions in self._portions(shared).items():
                    use = shared.allocation.uses[number]
                    if mask >> use.group & 1 and (not owners or use.owners & owners):
                        for entry_id, hours in portions:
                            if entry_id in lost:
                                lost[entry_id] -= hours
            entries = tuple(entry_id for entry_id, hours in lost.items() if hours > 0)
            self.cap_results.append(CapResult(held.cap, held.limit, used, all_ - used, entries))


@dataclass(frozen=True)
class Shared:
    """An allocation among several requirements, whose owners are numbered in `owners`; amounts are whole `scale`ths of an hour."""

    problem: Problem
    allocation: Allocation
    owners: dict[str, int]
    caps: tuple[Held, ...]
    scale: int
    terms: Terms
    figures: dict[str, tuple[Fraction, Fraction]]
    """Counted and missing hours by requirement, as far as they were asked for; kept with the allocation."""

    def counted(self, requirement_id: str) -> Fraction:
        """The hours that count toward one requirement."""
        owner = self.owners[requirement_id]
        mask = _union(want.mask for want in self.problem.wants if want.owner == owner)
        return self.allocation.counted(mask, owner) / self.scale

    def missing(self, requirement_id: str) -> list[Fraction]:
        """What is missing of each window of one requirement."""
        owner = self.owners[requirement_id]
        pairs = zip(self.problem.wants, self.allocation.missing, strict=True)
        return [short / self.scale for want, short in pairs if want.owner == owner]

    def result(self, requirement_id: str, result: Result) -> Result:
        """The result of one requirement after the hours have been shared out."""
        if requirement_id not in self.figures:
            self.figures[requirement_id] = (self.counted(requirement_id), sum(self.missing(requirement_id), NOTHING))
        counted, missing = self.figures[requirement_id]
        missing = NOTHING if result.alternative is not None else missing
        return replace(
            result,
            counted=counted,
            missing=missing,
            met=not missing,
            terms=self.terms,
            allocation=self,
        )


def unsettled(requirement_id: str) -> str:
    """The name of the question that a requirement of kind `unsettled` leaves open."""
    return f"unsettled_{requirement_id}"


_ANYONE = Accepts(others="anyone")


def _hours_by_entry(pool: Pool, terms: Terms) -> dict[str, Fraction]:
    hours: dict[str, Fraction] = {}
    for group in pool.groups:
        for entry_id, part in pool.members(group, terms):
            hours[entry_id] = hours[entry_id] + part if entry_id in hours else part
    return hours


def _indexes(dimensions: Sequence[Dimension]) -> Iterable[Index]:
    return itertools.product(*(range(len(one.values)) for one in dimensions))


def _combination(dimensions: Sequence[Dimension], index: Index) -> list[tuple[Dimension, Any]]:
    return [(one, one.values[at]) for one, at in zip(dimensions, index, strict=True)]


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def _less(claims: tuple[Claim, ...], carried: Fraction) -> tuple[Claim, ...]:
    """The claims after hours carried in, which go to the first of them first."""
    if not carried:
        return claims
    left, rest = carried, []
    for claim in claims:
        part = min(left, claim.need)
        rest.append(Claim(claim.mask, claim.need - part))
        left -= part
    return tuple(rest)


def _apart(requirements: dict[str, Requirement], owners: dict[str, int]) -> tuple[int, ...]:
    """For each requirement those that may not count the same hour."""
    apart = [0] * len(owners)
    for (one, own), (other, their) in itertools.permutations(requirements.items(), 2):
        if other in own.not_with or one in their.not_with or own.on_top != their.on_top:
            apart[owners[one]] |= 1 << owners[other]
    return tuple(apart)


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
