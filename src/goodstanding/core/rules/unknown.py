"""
What is not known about a license: open questions of its rule, facts about its holder, and what its entries leave unstated.

Each becomes a dimension with its possible values. Readings that can not differ for the requirements and entries at hand are
one value, so that the combinations stay few.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from goodstanding.core.rules.allocate import bits
from goodstanding.core.rules.clauses import Accepts, Condition
from goodstanding.core.rules.entries import Entry, Group
from goodstanding.core.rules.ground import CARRIED_IN, DOUBTS, Dimension, Ground, choices, union
from goodstanding.core.rules.model import Cap, OpenQuestion, Reading, Requirement, late, unsettled
from goodstanding.core.rules.needs import ISSUED, MONTHS, RENEWALS, subjects_of

MUST_BE_STATED = ("unit", "started")
"""What no board can settle, because it is a figure or a day that the entry itself must state."""


Distinct = tuple[tuple[Reading, ...], tuple[int, ...]]
"""The readings of a question that can differ, and for each of all its readings the place of its like among them."""


class _Plan(NamedTuple):
    """What of the rule file bears on some of its parts: the questions, and the facts with what they are compared with."""

    parts: list[Requirement | Cap]
    questions: tuple[tuple[OpenQuestion, Distinct | None], ...]
    """With the readings that can differ, where the entries make no difference to that."""
    subjects: dict[str, list[Condition]]


class Unknowns:
    """What is not known about one license."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.rule = ground.rule
        self.license = ground.license
        self.pool = ground.pool
        self._in_minutes = any(entry.credit.quantity.unit == "minute" for entry in ground.entries)
        self._units = {entry.credit.quantity.unit for entry in ground.entries}
        self._reach: dict[int, int] = {}
        self._asked: dict[object, dict[str, int]] = {}
        self._of_cap: dict[str, list[Dimension]] = {}
        self._bearings: dict[int, object] = {}
        self._doubted: list[Entry] = []
        self._begun = self._begun_unstated()
        self.perhaps_longer = frozenset(self.pool.groups[group].entry.id for group in bits(union(self._begun.values())))
        """Long entries whose first day is not stated, so that they may have been given on more days than that of completion."""
        self.doubts = self._all_doubts()
        """What each open entry leaves unstated that could decide whether or how much it counts, in the order of the entries."""
        self._doubted = [entry for entry in ground.entries if entry.id in self.doubts]

    def dimensions(self, requirements: Sequence[Requirement], caps: Sequence[Cap]) -> list[Dimension]:
        """What is not known and could change the answers to these requirements or the reach of these caps."""
        dimensions, plan = list[Dimension](), self._plan(requirements, caps)
        reach = union([self.reachable(one) for one in requirements]) if plan.questions and requirements else self.pool.everything
        for question, same in plan.questions:
            readings, classes = same or self._distinct(question, plan.parts, reach)
            if readings:
                dimensions.append(
                    Dimension(question.id, readings, self.license.confirms(question.id), is_question=True, classes=classes)
                )
        for subject, leaves in plan.subjects.items():
            if subject not in self.ground.values:
                dimensions.append(Dimension(subject, self._possible(subject, leaves), is_fact=True))
        if self.license.carried_in and any(self.carry_doubt(requirement) for requirement in requirements):
            dimensions.append(self._plain(CARRIED_IN))
        dimensions.extend(self._plain(unsettled(one.id)) for one in requirements if one.kind == "unsettled")
        dimensions.extend(self._plain(late(one.id)) for one in requirements if self._can_be_late(one))
        if any(self.open_doubts(entry, one, caps) for entry in self._doubted for one in requirements):
            # Each doubt turning out well can only add hours or lift a cap, so all badly and all well are the two ends.
            dimensions.append(Dimension(DOUBTS, (False, True)))
        return dimensions

    def _plan(self, requirements: Sequence[Requirement], caps: Sequence[Cap]) -> _Plan:
        """What of the rule file could change the answers to these requirements or the reach of these caps."""
        ground = self.ground
        share = any(map(self._may_be_share, requirements)) or any(map(self._may_be_share, caps))
        total = ground.needs.live_total if share else None
        asked = [*requirements, *([total] if total is not None and total not in requirements else [])]
        return ground.recall(("plan", *map(id, asked), None, *map(id, caps)), lambda: self._planned(asked, caps))

    def _may_be_share(self, part: Requirement | Cap) -> bool:
        """Whether the part is a share of the total, as written or under some reading."""

        def work() -> bool:
            readings = [one for question in self.rule.open_questions for one in question.readings]
            patches = [one.caps.get(part.id) for one in readings]
            versions = [part, *patches] if isinstance(part, Cap) else self.ground.versions(part)
            return any(one is not None and one.share_of_total is not None for one in versions)

        return self.ground.recall(("share", id(part)), work)

    def _planned(self, asked: Sequence[Requirement], caps: Sequence[Cap]) -> _Plan:
        parts: list[Requirement | Cap] = [*asked, *caps]
        touching = {id(question) for one in asked for question in self.ground.touching(one)}
        touching |= {id(question) for cap in caps for question in self.ground.touching_cap(cap)}
        subjects: dict[str, list[Condition]] = {}
        for part in parts:
            for subject, leaves in self._asked_by(part).items():
                subjects.setdefault(subject, []).extend(leaves)
        questions = []
        for question in self.rule.open_questions:
            if id(question) in touching:
                bears = any(self.ground.changes_terms(one) or one.carry_in is not None for one in question.readings)
                questions.append((question, None if bears else self._distinct(question, parts, self.pool.everything)))
        return _Plan(parts, tuple(questions), subjects)

    def of_cap(self, cap: Cap) -> list[Dimension]:
        """What is not known and could change the reach of this cap alone."""
        if cap.id not in self._of_cap:
            self._of_cap[cap.id] = self.dimensions([], [cap])
        return self._of_cap[cap.id]

    def _plain(self, name: str) -> Dimension:
        return Dimension(name, (False, True), settled=self.license.confirms(name), classes=(0, 1))

    def _can_be_late(self, requirement: Requirement) -> bool:
        """Whether the requirement has a due date of its own, and hours for it may have come after that."""
        own = self.ground.recall("due by themselves", lambda: {one.id for one in self.rule.due_by_themselves()})
        return requirement.id in own and bool(self.reachable(requirement))

    def carry_doubt(self, requirement: Requirement) -> bool:
        """Whether hours were carried in and the rule does not say if they count."""
        if not self.license.carried_in.get(requirement.id) or self.rule.carry_in is not None:
            return False
        return not any(reading.carry_in for question in self.rule.open_questions for reading in question.readings)

    def names(
        self, dimension: Dimension, requirement: Requirement, *, beside: Iterable[Requirement], caps: Sequence[Cap]
    ) -> list[str]:
        """The questions that a dimension stands for: itself, or what each entry leaves unstated."""
        if dimension.id != DOUBTS:
            return [dimension.id]
        found = [doubt for entry in self._doubted for doubt in self.open_doubts(entry, requirement, caps)]
        # Else the doubt is about an entry that another requirement competes for.
        return found or [doubt for one in beside for entry in self._doubted for doubt in self.open_doubts(entry, one, caps)]

    def confirmable(self, name: str) -> bool:
        """Whether the holder can settle this doubt with the board; else the entry must state it."""
        doubt = name.partition(":")[0]
        return doubt not in MUST_BE_STATED and doubt not in self.ground.vocabulary.contested

    # Readings

    def _distinct(self, question: OpenQuestion, parts: Sequence[Requirement | Cap], reach: int) -> Distinct:
        """
        The readings that can differ for these parts of the rule and these groups, and for each reading the place of its like.

        Of those that can not differ, the first stands for all; none if all leave these parts and groups as the rule has them.
        """
        kept: dict[object, int] = {}
        readings: list[Reading] = []
        classes: list[int] = []
        as_written = (self._bearing(None, reach), *[id(None) for _ in parts])
        for reading in question.readings:
            patches = [(reading.caps if isinstance(one, Cap) else reading.requirements).get(one.id) for one in parts]
            key = (self._bearing(reading, reach), *map(id, patches))
            if key not in kept:
                kept[key] = len(readings)
                readings.append(reading)
            classes.append(kept[key])
        if kept.keys() == {as_written}:
            return (), ()
        return tuple(readings), tuple(classes)

    def _bearing(self, reading: Reading | None, reach: int) -> object:
        """What a reading, or the rule as written, says of these groups, whatever they are asked for."""
        if reading is None:
            surely, perhaps = self.pool.accepted(self.rule.accepts)
            return surely & reach, perhaps & reach, (None, (), None, None)
        others = self._bearings.get(id(reading))
        if others is None:
            others = self._bearings[id(reading)] = (
                reading.hour_minutes if self._in_minutes else None,
                tuple((unit, hours) for unit, hours in (reading.hours_per_unit or {}).items() if unit in self._units),
                reading.repeats,
                repr(reading.carry_in) if self.license.carried_in else None,
            )
        surely, perhaps = self.pool.accepted(reading.accepts or self.rule.accepts)
        return surely & reach, perhaps & reach, others

    # Facts

    def _asked_by(self, part: Requirement | Cap) -> dict[str, list[Condition]]:
        """Every fact that a requirement or cap may ask for under some reading, with what it is compared with."""

        def work() -> dict[str, list[Condition]]:
            subjects: dict[str, list[Condition]] = {}
            parts: list[Any] = [part]
            for question in self.rule.open_questions:
                for reading in question.readings:
                    patch = reading.requirements.get(part.id)
                    parts += [] if patch is None else [patch]
            parts += [patch for patch in [self.ground.status_patch(part)] if patch is not None]
            for one in parts:
                conditions = [getattr(one, "applies_when", None), *(each.when for each in getattr(one, "variants", None) or ())]
                for condition in conditions:
                    for leaf in condition.leaves() if condition else ():
                        if leaf.subject:
                            subjects.setdefault(leaf.subject, []).append(leaf)
                for subject in sorted(subjects_of(one)):
                    subjects.setdefault(subject, [])
            return subjects

        return self.ground.recall(("asked by", id(part)), work)

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
            return tuple(sorted(days | {dt.date(1930, 1, 1), self.ground.period.end}))
        fact = self.ground.rules.facts[subject]
        if fact.type == "boolean":
            return (True, False)
        if fact.type == "one_of":
            return tuple(fact.options)
        if fact.type == "date":
            return tuple(sorted(days or {dt.date(1930, 1, 1), self.ground.period.end}))
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
        pool = self.pool
        accepts, topics = self.ground.recall("doubtful", self._doubtful)
        doubted: dict[str, int] = {"approvals": 0}
        # What the holder settled was left unstated all the same, and the answer says that it rests on that.
        for which in self.ground.selections:
            for doubt, mask in pool.unstated(which, unsettled=True).items():
                doubted[doubt] = doubted.get(doubt, 0) | mask
        for one in accepts:
            doubted["approvals"] |= self._awaiting_approval(one)
        if self.rule.repeats is None:
            doubted["repeat"] = pool.those(lambda group: group.entry.repeats is not None and group.entry.in_period)
        for some in topics:
            doubted["state"] = doubted.get("state", 0) | pool.state_decides(some, unsettled=True)
        doubted["unit"] = union(1 << number for number, group in enumerate(pool.groups) if not self._convertible(number, group))
        # Of what has no known number of hours, that number is asked first.
        doubted["started"] = union(self._begun.values()) & ~doubted["unit"]
        found: dict[str, list[str]] = {}
        for doubt, mask in doubted.items():
            for number in bits(mask):
                for entry, _ in pool.groups[number].members:
                    names = found.setdefault(entry.id, [])
                    if doubt not in names:
                        names.append(doubt)
        return {entry.id: tuple(found[entry.id]) for entry in self.ground.entries if entry.id in found} if found else {}

    def _doubtful(self) -> tuple[list[Accepts], list[tuple[str, ...]]]:
        """What approvals the rule may ask for, and the topics that it asks for, under any reading."""
        readings = [one for question in self.rule.open_questions for one in question.readings]
        accepts = [self.rule.accepts, *(one.accepts for one in readings if one.accepts)]
        topics = {tuple(one.topics) for part in self.rule.requirements for one in self.ground.versions(part) if one.topics}
        return [one for one in accepts if one.others != "anyone"], sorted(topics)

    def _awaiting_approval(self, accepts: Accepts) -> int:
        """The groups that count only with an approval, and do not say if they have one."""
        unstated = self.pool.without_approvals
        if unstated and accepts.except_for is not None:
            unstated &= ~self.pool.fitting(accepts.except_for, good=True, generous=False)
        return unstated

    def _convertible(self, number: int, group: Group) -> bool:
        unit = group.entry.credit.quantity.unit
        if unit == "hour" or unit in self.rule.hours_per_unit:
            return True
        readings = [one for question in self.rule.open_questions for one in question.readings]
        if unit == "minute" and (self.rule.hour_minutes is not None or any(one.hour_minutes for one in readings)):
            return True
        if any(unit in (one.hours_per_unit or {}) for one in readings):
            return True
        return self.pool.is_converted(number, self.ground.worst_terms())

    def _begun_unstated(self) -> dict[str, int]:
        """
        For each cap on the hours of a day the groups of entries that alone are more than it lets through and name no first day.

        Nobody sits for twenty hours on the day of completion, so when such an entry began is open. An exam is taken on one day.
        """
        ground, pool, found = self.ground, self.pool, dict[str, int]()
        without = [group.entry for group in pool.groups if group.crowded and group.entry.credit.started is None]
        long = {entry.id: pool.of_entry(entry.id) for entry in without if entry.activity != "exam"}
        for cap in ground.caps if long else ():
            for _, choice in choices(self.of_cap(cap)):
                limit = ground.needs.limit(cap, choice.readings, ground.values_in(choice))
                if limit is None or limit[0].per != "day":
                    continue
                own, most = limit
                about = ground.mask_of_cap(own, generous=False)
                parts = [mask & about for mask in long.values() if ground.exceeds(ground.largest_terms(), mask & about, most)]
                found[cap.id] = found.get(cap.id, 0) | union(parts)
        return found

    def open_doubts(self, entry: Entry, requirement: Requirement, caps: Sequence[Cap] = ()) -> list[str]:
        """The unsettled doubts about this entry, if it could serve this requirement."""
        doubts = self.doubts.get(entry.id)
        if not doubts or requirement.kind in ("attestation", "unsettled"):
            return []
        mine = self.reachable(requirement) & self.pool.of_entry(entry.id)
        if not mine:
            return []
        asked, settled = self._asked_for(requirement, caps), self.pool.settled
        return [
            f"{doubt}:{entry.id}"
            for doubt in doubts
            if doubt == "unit" or (mine & asked.get(doubt, 0) and not mine & settled(doubt))
        ]

    def _asked_for(self, requirement: Requirement, caps: Sequence[Cap]) -> dict[str, int]:
        """What the requirement and these caps ask for that entries leave unstated, with the groups where it could decide."""
        key = (id(requirement), tuple(map(id, caps)))
        if key in self._asked:
            return self._asked[key]
        asked: dict[str, int] = {}
        for which in self._which_of(requirement, caps):
            for doubt, mask in self.pool.unstated(which).items():
                asked[doubt] = asked.get(doubt, 0) | mask
        topics = [one.topics for one in self.ground.versions(requirement) if one.topics]
        asked["state"] = union([asked.get("state", 0), *map(self.pool.state_decides, topics)])
        if requirement.kind != "exam":
            asked["approvals"] = asked["repeat"] = self.pool.everything
        if requirement.kind == "minimum":
            asked["started"] = union(self._begun.get(cap.id, 0) for cap in caps)
        self._asked[key] = asked
        return asked

    def _which_of(self, requirement: Requirement, caps: Sequence[Cap]) -> list[Any]:
        found: list[Any] = [*self.ground.versions(requirement)]
        parts = [one.which for one in found if one.which is not None]
        parts += [one.entry for part in found for one in part.alternatives or () if one.entry is not None]
        for cap in caps:
            readings = [reading.caps.get(cap.id) for question in self.rule.open_questions for reading in question.readings]
            parts += [one.which for one in (cap, *readings) if one is not None and one.which is not None]
        parts += [rate.which for rate in self.rule.rates]
        accepts = [self.rule.accepts]
        accepts += [one.accepts for question in self.rule.open_questions for one in question.readings if one.accepts]
        parts += [one.except_for for one in accepts if one.except_for is not None]
        return parts

    def reachable(self, requirement: Requirement) -> int:
        """The groups that could serve the requirement under some reading, at any time."""
        known = self._reach.get(id(requirement))
        if known is not None:
            return known
        mask = 0
        for one in self.ground.versions(requirement):
            topics = one.topics if one.topics is not None else requirement.topics
            which = one.which if one.which is not None else requirement.which
            part = self.pool.everything
            part &= self.pool.about(topics, generous=True) if topics else part
            part &= self.pool.fitting(which, good=True, generous=True) if which is not None else part
            mask |= part
            for alternative in one.alternatives or ():
                if alternative.entry is not None:
                    mask |= self.pool.fitting(alternative.entry, good=True, generous=True)
        self._reach[id(requirement)] = mask
        return mask

    def confirmed_entries(self, entry_ids: Iterable[str]) -> list[str]:
        """What the holder settled about those of these entries that it bears on."""
        wanted = set(entry_ids)
        if not self.license.confirmed:
            return []
        return [
            name
            for entry in self._doubted
            if entry.id in wanted
            for doubt in self.doubts[entry.id]
            if self.confirmable(doubt) and self.license.confirms(name := f"{doubt}:{entry.id}")
        ]
