"""
Which hours of which entry count toward what, and what caps took away: the account behind the verdicts.

All requirements that count by the same terms take their hours from one allocation, so that no cap is passed by what several
requirements count together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from goodstanding.core.rules.allocate import bits
from goodstanding.core.rules.alone import Result
from goodstanding.core.rules.entries import Entry, Pool, Terms
from goodstanding.core.rules.ground import Ground, choices, union
from goodstanding.core.rules.judge import Judge, Judgement, Verdict
from goodstanding.core.rules.limits import Held
from goodstanding.core.rules.model import Cap
from goodstanding.core.rules.needs import NOTHING
from goodstanding.core.rules.share import Shared

Portions = list[tuple[str, Fraction]]
"""Entries with the hours that are taken from each, oldest first."""


@dataclass(frozen=True)
class CapResult:
    """What became of one cap."""

    cap: Cap
    limit: Fraction
    used: Fraction
    removed: Fraction
    entries: tuple[str, ...]


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
        self._by_entry: dict[str, Fraction] | None = None
        self.caps: list[CapResult] = []
        self.used: dict[str, Fraction] = {}
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
                same = {one: result for one, result in counting.items() if result.terms is main.terms}
                self._common = self.sharing.allocate(same, main.terms, caps)
            self._count_caps(caps, main.terms, union(claim.mask for one in counting.values() for claim in one.claims))
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
            for portions in self._portions(self._common).values():
                for entry_id, hours in portions:
                    self.used[entry_id] = self.used[entry_id] + hours if entry_id in self.used else hours
        return counted

    def _with_entries(self, requirement_id: str, result: Result) -> Result:
        terms = result.terms
        assert terms is not None
        shared = result.allocation
        if shared is None and self._contested:
            if self._common is not None and requirement_id in self._common.owners:
                shared = self._common
            else:
                shared = self.sharing.allocate({requirement_id: result}, terms, self._caps_in(result))
            # Hours that were competed for go elsewhere; what is enough without them stays enough.
            result = result._replace(counted=shared.counted(requirement_id))
        if shared is None:
            taken = (self.ground.member_hours(group, terms) for group in bits(union(claim.mask for claim in result.claims)))
        else:
            bit = 1 << shared.owners[requirement_id]
            uses = shared.allocation.uses
            taken = (portions for number, portions in self._portions(shared).items() if uses[number].owners & bit)
        toward: dict[str, Fraction] = {}
        for portions in taken:
            for entry_id, hours in portions:
                if hours:
                    toward[entry_id] = toward[entry_id] + hours if entry_id in toward else hours
        return result._replace(toward=toward)

    def _portions(self, shared: Shared) -> dict[int, Portions]:
        """For each use of a group the entries that its hours are taken from."""
        if id(shared) in self._known_portions:
            return self._known_portions[id(shared)][1]
        portions: dict[int, Portions] = {}
        left: dict[int, Portions] = {}
        for number, use in enumerate(shared.allocation.uses):
            members = left.setdefault(use.group, list(self.ground.member_hours(use.group, shared.terms)))
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
            dimensions = self.judge.unknowns.dimensions([], [cap])
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

    def _count_caps(self, caps: list[Held], terms: Terms, reach: int) -> None:
        for held in caps:
            mask = held.mask & reach
            all_ = self.ground.hours(terms, mask)
            used = all_
            lost: dict[str, Fraction] = {}
            if self._common is not None:
                shared = self._common
                owners = union(1 << shared.owners[one] for one in held.cap.on if one in shared.owners)
                used = shared.allocation.used(mask, owners) / shared.scale
                for group in bits(mask if held.limits else 0):
                    for entry_id, hours in self.ground.member_hours(group, terms):
                        lost[entry_id] = lost[entry_id] + hours if entry_id in lost else hours
                for number, portions in self._portions(shared).items():
                    use = shared.allocation.uses[number]
                    if mask >> use.group & 1 and (not owners or use.owners & owners):
                        for entry_id, hours in portions:
                            if entry_id in lost:
                                lost[entry_id] -= hours
            entries = tuple(entry_id for entry_id, hours in lost.items() if hours > 0)
            self.caps.append(CapResult(held.cap, held.limit, used, all_ - used, entries))

    def board_hours(self, entry: Entry) -> Fraction | None:
        """All of one entry in the board's hours, whoever approved it; None if the rule does not convert its unit."""
        terms = self.ground.worst_terms()
        if entry.state == "open":
            if self._by_entry is None:
                self._by_entry = _hours_by_entry(self.pool, terms)
            return self._by_entry.get(entry.id)
        # Entries that can not count are in no group.
        ground = self.ground
        alone = Pool(
            (entry._replace(state="open"),), rule=ground.rule, license_=ground.license, vocabulary=ground.vocabulary, days=()
        )
        return _hours_by_entry(alone, terms).get(entry.id)

    def missing_by_claim(self, requirement_id: str, result: Result) -> list[Fraction]:
        """What is missing of each window of a requirement."""
        if result.allocation is not None:
            return result.allocation.missing(requirement_id)
        terms = result.terms
        assert terms is not None
        return [max(claim.need - self.ground.hours(terms, claim.mask), NOTHING) for claim in result.claims]


def _hours_by_entry(pool: Pool, terms: Terms) -> dict[str, Fraction]:
    hours: dict[str, Fraction] = {}
    for group in range(len(pool.groups)):
        for entry_id, part in pool.members(group, terms):
            hours[entry_id] = hours[entry_id] + part if entry_id in hours else part
    return hours
