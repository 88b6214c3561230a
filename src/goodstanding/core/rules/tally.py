"""
Which hours of which entry count toward what, and what caps took away: the account behind the verdicts.

All requirements that count by the same terms take their hours from one allocation, so that no cap is passed by what several
requirements count together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from goodstanding.core.rules.allocate import bits
from goodstanding.core.rules.alone import Result, shown
from goodstanding.core.rules.entries import Pool, Terms
from goodstanding.core.rules.ground import Ground, choices, union
from goodstanding.core.rules.judge import Judge, Judgement, Verdict
from goodstanding.core.rules.limits import Held
from goodstanding.core.rules.model import Cap
from goodstanding.core.rules.needs import NOTHING
from goodstanding.core.rules.share import Shared

Portions = list[tuple[str, int | Fraction]]
"""Entries with what is taken from each, oldest first, in the units of an allocation or of terms."""


@dataclass(frozen=True)
class CapResult:
    """What became of one cap."""

    cap: Cap
    limit: Fraction
    used: Fraction
    removed: Fraction
    entries: frozenset[str]
    """Those that lost hours to it."""


class Tally:
    """The hours of each entry behind the verdicts of one license."""

    def __init__(self, judge: Judge, judgement: Judgement) -> None:
        self.judge = judge
        self.ground: Ground = judge.ground
        self.pool: Pool = judge.ground.pool
        self.sharing = judgement.sharing
        self.readings = judgement.readings
        self.tight = judge.limits.tight
        self._contested = bool(self.tight) or self.sharing.exclusive
        self._common: Shared | None = None
        self._known_portions: dict[int, tuple[Shared, dict[int, Portions]]] = {}
        self.caps: list[CapResult] = []
        self.used: dict[str, Decimal] = {}
        """Hours of each entry that count toward anything, where requirements compete for hours."""
        self.verdicts = self._counted(judgement.verdicts)
        """The same verdicts with the hours of each entry."""

    def _counted(self, verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
        counting = {
            one: verdict.result
            for one, verdict in verdicts.items()
            if verdict.result.claims
            and verdict.result.terms
            and verdict.result.need
            and verdict.result.need.requirement.kind == "minimum"
        }
        main = counting.get("total") or next(iter(counting.values()), None)
        if main is not None and main.terms is not None and (self._contested or self.ground.caps):
            caps = self._caps_in(main)
            if self._contested:
                same = {one: result for one, result in counting.items() if self._counts_alike(result, main.terms)}
                self._common = self.sharing.allocate(same, main.terms, caps)
            reaches = {one: union([claim.mask for claim in result.claims]) for one, result in counting.items()}
            self._count_caps(caps, main.terms, reaches)
        counted = {}
        for one, verdict in verdicts.items():
            result = verdict.result
            if one in counting:
                result = self._with_entries(one, result)
            elif result.claims:
                result = result._replace(toward=self.judge.alone.taken(result))
            confirmed = self.judge.unknowns.confirmed_entries(result.toward)
            counted[one] = verdict._replace(result=result, confirmed=(*verdict.confirmed, *confirmed))
        if self._common is not None:
            self.used = shown(_added(self._portions(self._common).values()), self._common.scale)
        return counted

    def _counts_alike(self, result: Result, terms: Terms) -> bool:
        """Whether the hours that a result draws from are the same under other terms."""
        mine = result.terms
        if mine is None or mine is terms:
            return mine is terms
        mine_, other = self.pool.counts(mine), self.pool.counts(terms)
        return mine.generous == terms.generous and all(
            mine_.groups[group] * other.scale == other.groups[group] * mine_.scale
            for group in bits(union(claim.mask for claim in result.claims))
        )

    def _with_entries(self, requirement_id: str, result: Result) -> Result:
        terms = result.terms
        assert terms is not None
        shared, counted = result.allocation, result.counted
        common = self._common if self._common is not None and requirement_id in self._common.owners else None
        if common is not None and (shared is None or sum(common.missing(requirement_id), NOTHING) == result.missing):
            # Hours that were competed for go elsewhere; what is enough without them stays enough.
            shared, counted = common, common.counted(requirement_id)
        elif shared is None and self._contested:
            shared = self.sharing.allocate({requirement_id: result}, terms, self._caps_in(result))
            counted = shared.counted(requirement_id)
        if shared is None:
            counts = self.pool.counts(terms)
            mine = union([claim.mask for claim in result.claims]) & counts.countable
            added = _added([self.pool.members(group, terms) for group in bits(mine)])
            scale = counts.scale
        else:
            bit = 1 << shared.owners[requirement_id]
            uses = shared.allocation.uses
            added = _added(portions for number, portions in self._portions(shared).items() if uses[number].owners & bit)
            scale = shared.scale
        toward = {entry_id: units for entry_id, units in added.items() if units}
        return result._replace(counted=counted, toward=shown(toward, scale))

    def _portions(self, shared: Shared) -> dict[int, Portions]:
        """For each use of a group the entries that its hours are taken from."""
        if id(shared) in self._known_portions:
            return self._known_portions[id(shared)][1]
        portions: dict[int, Portions] = {}
        left: dict[int, Portions] = {}
        for number, use in enumerate(shared.allocation.uses):
            members = left.get(use.group)
            if members is None:
                members = left[use.group] = self._members(shared, use.group)
            if use.hours == shared.problem.amounts[use.group]:
                portions[number] = members
                continue
            wanted: int | Fraction = use.hours
            taken: Portions = []
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

    def _members(self, shared: Shared, group: int) -> Portions:
        """The entries of a group in the units of an allocation."""
        times = shared.scale // self.pool.counts(shared.terms).scale
        return [(entry_id, units * times) for entry_id, units in self.ground.members(group, shared.terms)]

    def _caps_in(self, result: Result) -> list[Held]:
        """The caps as they are in the combination that is shown, or else as they bind most under what is not settled."""
        assert result.terms is not None
        known: dict[str, Held] = {}
        tight: set[str] = set()
        if result.allocation is not None:
            known = {held.cap.id: held for held in result.allocation.caps}
            tight = {cap.id for cap in self.tight}
        found = []
        for cap in self.ground.caps:
            if cap.id in tight:
                found += [known[cap.id]] if cap.id in known else []
                continue
            dimensions = self.judge.unknowns.of_cap(cap)
            settled = {at: one.classes[self._reading(one.id)] for at, one in enumerate(dimensions) if one.settled}
            options = [
                held
                for index, choice in choices(dimensions)
                if all(index[at] == value for at, value in settled.items())
                and (held := self.judge.limits.held(cap, choice, result.terms)) is not None
            ]
            found += [min(options, key=lambda held: held.limit)] if options else []
        return found

    def _reading(self, question: str) -> int:
        """The reading of a settled question; the first if it made no difference to any requirement."""
        return self.readings.get(question, 0)

    def _count_caps(self, caps: list[Held], terms: Terms, reaches: Mapping[str, int]) -> None:
        for held in caps:
            mask = held.mask & union(reach for one, reach in reaches.items() if not held.cap.on or one in held.cap.on)
            all_ = self.ground.hours(terms, mask)
            used = all_
            lost: dict[str, int | Fraction] = {}
            if self._common is not None:
                shared = self._common
                owners = union(1 << shared.owners[one] for one in held.cap.on if one in shared.owners)
                used = shared.allocation.used(mask, owners) / shared.scale
                if held.limits:
                    lost = _added(self._members(shared, group) for group in bits(mask))
                for number, portions in self._portions(shared).items() if lost else ():
                    use = shared.allocation.uses[number]
                    if mask >> use.group & 1 and (not owners or use.owners & owners):
                        for entry_id, hours in portions:
                            if entry_id in lost:
                                lost[entry_id] -= hours
            entries = frozenset(entry_id for entry_id, hours in lost.items() if hours > 0)
            # What is beyond this cap by itself; other caps may have taken more.
            beyond = sum([max(self.ground.hours(terms, part & mask) - most, NOTHING) for part, most in held.limits], NOTHING)
            self.caps.append(CapResult(held.cap, held.limit, used, min(all_ - used, beyond), entries))

    @cached_property
    def board_hours(self) -> dict[str, Decimal]:
        """Each entry in the board's hours, whoever approved it; without those whose unit the rule does not convert."""
        ground, terms = self.ground, self.ground.worst_terms()
        hours = _hours_by_entry(self.pool, terms)
        # Entries that can not count are in no group.
        idle = tuple(entry._replace(state="open") for entry in ground.entries if entry.state != "open")
        if idle:
            apart = Pool(idle, rule=ground.rule, license_=ground.license, vocabulary=ground.vocabulary, days=())
            hours |= _hours_by_entry(apart, terms)
        return hours

    def missing_by_claim(self, requirement_id: str, result: Result) -> list[Fraction]:
        """What is missing of each window of a requirement."""
        if result.allocation is not None:
            return result.allocation.missing(requirement_id)
        terms = result.terms
        assert terms is not None
        return [max(claim.need - self.ground.hours(terms, claim.mask), NOTHING) for claim in result.claims]


def _hours_by_entry(pool: Pool, terms: Terms) -> dict[str, Decimal]:
    return shown(_added(pool.members(group, terms) for group in range(len(pool.groups))), pool.counts(terms).scale)


def _added(portions: Iterable[Sequence[tuple[str, int | Fraction]]]) -> dict[str, int | Fraction]:
    """What is taken of each entry in all; entries of which nothing is taken are kept."""
    found: dict[str, int | Fraction] = {}
    for some in portions:
        for entry_id, hours in some:
            found[entry_id] = found[entry_id] + hours if entry_id in found else hours
    return found
