"""
Requirements that compete for the same hours, under a cap or because they may not share an hour, are answered together.

Most are not: see `linked`. What is best among those that are is in docs/algorithms/allocation.md.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from goodstanding.core.rules.allocate import MAX_LINKED, Allocation, Limit, Problem, Want, allocate
from goodstanding.core.rules.alone import Alone, Result, Results
from goodstanding.core.rules.amounts import hours_of
from goodstanding.core.rules.entries import Terms
from goodstanding.core.rules.ground import MAX_COMBINATIONS, Dimension, Ground, choices, union
from goodstanding.core.rules.limits import Held, Limits
from goodstanding.core.rules.model import Requirement
from goodstanding.core.rules.needs import NOTHING
from goodstanding.core.rules.unknown import Unknowns


@dataclass(frozen=True, eq=False)
class Shared:
    """An allocation among several requirements, whose owners are numbered in `owners`; amounts are whole `scale`ths of an hour."""

    problem: Problem
    allocation: Allocation
    owners: dict[str, int]
    caps: tuple[Held, ...]
    scale: int
    terms: Terms

    def counted(self, requirement_id: str) -> Fraction:
        """The hours that count toward one requirement."""
        return _hours(self.allocation.toward(self.owners[requirement_id]), self.scale)

    def missing(self, requirement_id: str) -> list[Fraction]:
        """What is missing of each window of one requirement."""
        owner = self.owners[requirement_id]
        pairs = zip(self.problem.wants, self.allocation.missing, strict=True)
        return [short / self.scale for want, short in pairs if want.owner == owner]

    def result(self, requirement_id: str, result: Result) -> Result:
        """The result of one requirement after the hours have been shared out."""
        lacks = 0 if result.alternative is not None else self.allocation.lacks(self.owners[requirement_id])
        return Result(
            met=not lacks,
            required=result.required,
            counted=self.counted(requirement_id),
            carried=result.carried,
            missing=_hours(lacks, self.scale) if lacks else NOTHING,
            alternative=result.alternative,
            need=result.need,
            terms=self.terms,
            claims=result.claims,
            allocation=self,
        )


class Sharing:
    """Shares hours out among the requirements of one license."""

    def __init__(
        self, ground: Ground, unknowns: Unknowns, limits: Limits, alone: Alone, requirements: Sequence[Requirement]
    ) -> None:
        self.ground = ground
        self.unknowns = unknowns
        self.limits = limits
        self.alone = alone
        self.requirements = requirements
        self.exclusive = False
        """Whether hours are contested because requirements may not share them."""
        self._solved: dict[Problem, Allocation] = {}
        self._relations: dict[tuple[int, ...], tuple[tuple[int, ...], tuple[int, ...]]] = {}

    def linked(self, solo: Mapping[str, tuple[list[Dimension], Results]]) -> set[str]:
        """
        The requirements that can not be answered alone.

        A requirement can if, in every combination, hours that nothing competes for are enough, or if none of its hours are
        competed for. Then it takes nothing that another could use, and nothing is taken from it.
        """
        distinct: dict[str, list[Result]] = {}
        reach: dict[str, int] = {}
        for requirement in self.requirements:
            if requirement.kind == "minimum" and requirement.id in solo:
                results = distinct[requirement.id] = list({id(one): one for one in solo[requirement.id][1].values()}.values())
                reach[requirement.id] = union(claim.mask for result in results for claim in result.claims)
        linked = set()
        for requirement_id, reached in reach.items():
            others = union(reach.get(other, 0) for other in self._apart_from(requirement_id)) & reached
            self.exclusive = self.exclusive or bool(others)
            contested = (self.limits.on(requirement_id) | others) & reached
            if not contested:
                continue
            for result in distinct[requirement_id]:
                terms = result.terms
                if terms is not None and any(
                    self.ground.hours(terms, claim.mask & ~contested) < claim.need
                    and self.ground.units(terms, claim.mask & contested)
                    for claim in result.claims
                ):
                    linked.add(requirement_id)
                    break
        if len(linked) > 1:
            # What a part misses is owed for the whole as well, so it bears on which of the others should give way.
            linked |= {one for one in reach if any(result.missing for result in distinct[one])}
        return linked

    def _apart_from(self, requirement_id: str) -> set[str]:
        """The requirements that may not share an hour with this one, under some reading."""
        return self._apart.get(requirement_id, set())

    @cached_property
    def _apart(self) -> dict[str, set[str]]:
        """For each requirement those that may not share an hour with it, under some reading."""
        return self.ground.recall(("apart", *map(id, self.requirements)), self._all_apart)

    def _all_apart(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {one.id: set() for one in self.requirements}
        for requirement in self.requirements:
            versions = self.ground.versions(requirement)
            for one in versions:
                found[requirement.id] |= set(one.not_with or ())
            mine = {one.on_top for one in versions if one.on_top is not None}
            for other in self.requirements:
                if other.id == requirement.id or other.kind != "minimum":
                    continue
                theirs = self.ground.versions(other)
                if any(requirement.id in (one.not_with or ()) for one in theirs):
                    found[requirement.id].add(other.id)
                if len(mine | {one.on_top for one in theirs if one.on_top is not None}) > 1:
                    found[requirement.id].add(other.id)
        return found

    def together(
        self, members: Sequence[Requirement], solo: Mapping[str, tuple[list[Dimension], Results]]
    ) -> tuple[list[Dimension], dict[str, Results]] | None:
        """The answers for requirements that compete, in every combination; None if there are too many."""
        dimensions = self.unknowns.dimensions(members, self.limits.tight)
        if len(members) > MAX_LINKED or math.prod(len(one.values) for one in dimensions) > MAX_COMBINATIONS:
            return None
        # Most dimensions concern few of the requirements and caps, so each is worked out once for the values that it depends on.
        reached = [(one.id, *self._results_of(one, *solo[one.id], dimensions)) for one in members]
        wide = [at for at, one in enumerate(dimensions) if self.ground.measures(one)]
        terms = {index: self.ground.terms(choice) for index, choice in choices([dimensions[at] for at in wide])}
        capped = []
        for cap in self.limits.tight:
            positions = sorted({*wide, *_positions(dimensions, self.unknowns.of_cap(cap))})
            here = choices([dimensions[at] for at in positions])
            capped.append(
                (positions, {index: self.limits.held(cap, choice, self.ground.terms(choice)) for index, choice in here})
            )
        shared: dict[object, dict[str, Result]] = {}
        found: dict[str, Results] = {one.id: {} for one in members}
        for index in itertools.product(*[range(len(one.values)) for one in dimensions]):
            these = terms[tuple([index[at] for at in wide])]
            asked = {one_id: alone[tuple([index[at] for at in positions])] for one_id, positions, alone in reached}
            caps = [held[tuple([index[at] for at in positions])] for positions, held in capped]
            key = (id(these), *map(id, asked.values()), *map(id, caps))
            if key not in shared:
                shared[key] = self._share(asked, these, [one for one in caps if one is not None])
            for one_id, result in shared[key].items():
                found[one_id][index] = result
        return dimensions, found

    def _results_of(
        self, requirement: Requirement, own: list[Dimension], results: Results, dimensions: list[Dimension]
    ) -> tuple[list[int], Results]:
        """Where the dimensions of one requirement stand among all, and its answers by the values that they have there."""
        # In the order of its own dimensions, by which its answers are kept; among all they may stand in another.
        places = {one.id: at for at, one in enumerate(dimensions)}
        positions = [places[one.id] for one in own]
        there = [(dimensions[at], mine) for at, mine in zip(positions, own, strict=True)]
        if any(one.values != mine.values for one, mine in there if not one.is_question):
            return positions, self.alone.results(requirement, [one for one, _ in there])
        # Readings that can not differ for one requirement may differ for another.
        alike = [
            [mine.classes[one.classes.index(value)] for value in range(len(one.values))]
            if one.is_question
            else list(range(len(one.values)))
            for one, mine in there
        ]
        spread = itertools.product(*[range(len(one.values)) for one, _ in there])
        return positions, {
            index: results[tuple([place[value] for place, value in zip(alike, index, strict=True)])] for index in spread
        }

    def _share(self, alone: dict[str, Result], terms: Terms, caps: Sequence[Held]) -> dict[str, Result]:
        """The same results after hours have been allocated among them."""
        asking = {one: result for one, result in alone.items() if result.claims and result.applies}
        shared = self.allocate(asking, terms, caps)
        return {one: shared.result(one, result) if one in asking else result for one, result in alone.items()}

    def allocate(self, asking: Mapping[str, Result], terms: Terms, caps: Sequence[Held]) -> Shared:
        """The best allocation among these requirements; the same question is answered once."""
        # Named subjects go before the total, which any hour can fill.
        asking = dict(sorted(asking.items(), key=lambda item: item[0] in ("total", "total_each_year")))
        owners = {requirement_id: number for number, requirement_id in enumerate(asking)}
        counts = self.ground.pool.counts(terms)
        scale = counts.scale
        limits = [(mask, most, held.cap) for held in caps for mask, most in held.limits]
        scale_all = math.lcm(
            scale,
            *(claim.need.denominator for result in asking.values() for claim in result.claims),
            *(most.denominator for _, most, _ in limits),
        )
        wants = tuple(
            Want(owners[one], claim.mask, claim.need.numerator * (scale_all // claim.need.denominator))
            for one, result in asking.items()
            for claim in result.claims
        )
        held = []
        for mask, most, cap in limits:
            some = union(1 << owners[one] for one in cap.on if one in owners)
            if some or not cap.on:
                held.append(Limit(mask, most.numerator * (scale_all // most.denominator), some))
        parents, apart = self._related(asking, owners)
        problem = Problem(
            amounts=tuple([amount * (scale_all // scale) for amount in counts.groups]),
            wants=wants,
            limits=tuple(held),
            parents=parents,
            apart=apart,
        )
        if problem not in self._solved:
            self._solved[problem] = allocate(problem)
        return Shared(problem, self._solved[problem], owners, tuple(caps), scale_all, terms)

    def _related(self, asking: Mapping[str, Result], owners: dict[str, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The parents of these requirements, and those that may not count the same hour, if any."""
        own = {one: result.need.requirement for one, result in asking.items() if result.need is not None}
        key = tuple(map(id, own.values()))
        if key not in self._relations:
            apart = _apart(own, owners)
            parents = tuple([_parent(one, requirement, owners) for one, requirement in own.items()])
            self._relations[key] = parents, apart if any(apart) else ()
        return self._relations[key]


def _hours(units: int | Fraction, scale: int) -> Fraction:
    """Hours from units of an allocation, which are whole unless an hour had to be divided."""
    return hours_of(units, scale) if isinstance(units, int) else units / scale


def _positions(dimensions: list[Dimension], own: list[Dimension]) -> list[int]:
    """Where the dimensions on which one part depends stand among those of all."""
    names = {one.id for one in own}
    return [at for at, one in enumerate(dimensions) if one.id in names]


def _parent(requirement_id: str, own: Requirement, owners: dict[str, int]) -> int:
    """The requirement that this one is a part of, among those that are asked; itself if none is."""
    if own.within in owners and own.within != requirement_id:
        return owners[own.within]
    if own.on_top or requirement_id == "total" or "total" not in owners:
        return owners[requirement_id]
    return owners["total"]


def _apart(requirements: dict[str, Requirement], owners: dict[str, int]) -> tuple[int, ...]:
    """For each requirement those that may not count the same hour."""
    apart = [0] * len(owners)
    if len({one.on_top for one in requirements.values()}) > 1 or any(one.not_with for one in requirements.values()):
        for (one, own), (other, their) in itertools.permutations(requirements.items(), 2):
            if other in own.not_with or one in their.not_with or own.on_top != their.on_top:
                apart[owners[one]] |= 1 << owners[other]
    return tuple(apart)
