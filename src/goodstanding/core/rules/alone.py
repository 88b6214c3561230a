"""The answer for one requirement in one combination, in which everything is known, as if nothing competed for its hours."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from goodstanding.core.rules.allocate import bits
from goodstanding.core.rules.amounts import round_down
from goodstanding.core.rules.entries import Span, Terms
from goodstanding.core.rules.ground import CARRIED_IN, DOUBTS, Choice, Dimension, Ground, Index, choices
from goodstanding.core.rules.model import Requirement, late, unsettled
from goodstanding.core.rules.needs import NOTHING, Need

if TYPE_CHECKING:
    from goodstanding.core.rules.share import Shared


class Claim(NamedTuple):
    """The groups of hours that one window of a requirement can draw from, and what it needs of them."""

    mask: int
    need: Fraction


class Result(NamedTuple):
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
    toward: Mapping[str, Decimal] = MappingProxyType({})
    """The hours of each entry that count, as they are shown."""

    @property
    def badness(self) -> tuple[bool, Fraction, bool, Fraction]:
        """Larger is worse: what is missing goes before what merely applies."""
        return (not self.met, self.missing, self.applies, -self.counted)


Results = dict[Index, Result]
"""The answer for one requirement in every combination of its dimensions."""


class Alone:
    """Answers requirements one by one; the same question is answered once."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.license = ground.license
        self.pool = ground.pool
        self._results: dict[object, Result] = {}
        self._claims: dict[tuple[int, bool, bool], tuple[Claim, ...]] = {}

    def results(self, requirement: Requirement, dimensions: Sequence[Dimension]) -> Results:
        """
        The answer in every combination; the same object wherever the combination makes no difference.

        What is asked and how many hours entries are depend on few of the dimensions, so each is worked out once for those.
        """
        if not dimensions:
            (_, choice), *_ = choices(dimensions)
            need, carried, well = self._asked(requirement, choice)
            return {(): self._result(need, self.ground.terms(choice), carried, well=well)}
        asking = [at for at, one in enumerate(dimensions) if self._asks(requirement, one)]
        measuring = [at for at, one in enumerate(dimensions) if self.ground.measures(one)]
        asked = {index: self._asked(requirement, choice) for index, choice in choices([dimensions[at] for at in asking])}
        terms = {index: self.ground.terms(choice) for index, choice in choices([dimensions[at] for at in measuring])}
        found: Results = {}
        for index in itertools.product(*[range(len(one.values)) for one in dimensions]):
            need, carried, well = asked[tuple([index[at] for at in asking])]
            these = terms[tuple([index[at] for at in measuring])]
            key = (id(need), id(these), carried or 0, well)
            known = self._results.get(key)
            if known is None:
                known = self._results[key] = self._result(need, these, carried, well=well)
            found[index] = known
        return found

    def _asks(self, requirement: Requirement, dimension: Dimension) -> bool:
        """Whether what is asked can depend on this dimension, and not only how many hours entries are."""
        if not dimension.is_question:
            return dimension.id != DOUBTS
        return any(
            requirement.id in one.requirements or "total" in one.requirements or one.carry_in is not None
            for one in dimension.values
        )

    def _asked(self, requirement: Requirement, choice: Choice) -> tuple[Need, Fraction, bool]:
        """What is asked, the hours carried in, and whether what is not about hours turns out well."""
        need = self.ground.need(requirement, choice)
        carried = self._carried(requirement, choice) if self.license.carried_in else NOTHING
        well = False
        if need.requirement.kind == "unsettled":
            well = unsettled(requirement.id) in choice.true
        elif need.requirement.kind == "attestation" and need.applies:
            well = self.ground.values_in(choice)[requirement.fact or ""] is True
        elif need.requirement.due_by is not None:
            well = late(requirement.id) in choice.true
        return need, carried, well

    def _result(self, need: Need, terms: Terms, carried: Fraction, *, well: bool) -> Result:
        if not need.applies:
            return Result(met=True, applies=False, need=need)
        kind = need.requirement.kind
        if kind in ("unsettled", "attestation"):
            return Result(met=not need.due or well, need=need)
        alternative = need.alternative or self._alternative(need, terms)
        claims = self._claims_of(need, terms, late_hours=well)
        if kind in ("course", "exam"):
            return self._without_hours(need, terms, claims, alternative)
        claims = _less(claims, carried)
        counted = [self.ground.hours(terms, claim.mask) for claim in claims]
        short = [claim.need - have for claim, have in zip(claims, counted, strict=True) if have < claim.need]
        missing = NOTHING if alternative is not None or not short else _sum(short)
        return Result(not missing, True, need.required, _sum(counted), carried, missing, alternative, need, terms, claims)

    def _claims_of(self, need: Need, terms: Terms, *, late_hours: bool) -> tuple[Claim, ...]:
        place = (id(need), terms.generous, late_hours)
        if place not in self._claims:
            period = self.ground.period
            # Of a due date in an earlier period the renewals since have disposed.
            own_day = need.requirement.due_by and need.due_on is not None and period.start <= need.due_on <= period.end
            in_time = self.pool.within(Span(None, need.due_on)) if own_day and not late_hours else self.pool.everything
            self._claims[place] = tuple(
                [Claim(self.ground.mask_of(need, span, generous=terms.generous) & in_time, hours) for span, hours in need.parts]
            )
        return self._claims[place]

    def _without_hours(self, need: Need, terms: Terms, claims: tuple[Claim, ...], alternative: str | None) -> Result:
        """A course or exam that is taken or passed, however long it was."""
        mask = claims[0].mask
        which = need.requirement.which
        parts = which.parts() if which is not None else ()
        if need.requirement.kind == "exam":
            mask &= self.pool.those(lambda group: group.entry.activity == "exam")
        elif not any(part.approved_by or part.numbered_by or part.courses for part in parts):
            # A requirement that names approvals or courses says itself what it accepts.
            mask &= self.pool.counts(terms).countable
        return Result(
            met=bool(mask) or not need.due or alternative is not None,
            alternative=alternative,
            need=need,
            terms=terms,
            claims=(Claim(mask, NOTHING),),
        )

    def taken(self, result: Result) -> dict[str, Decimal]:
        """The entries that meet a requirement for a course or exam, with their hours; an exam counts as one."""
        assert result.need is not None
        assert result.terms is not None
        exam = result.need.requirement.kind == "exam"
        scale = self.pool.counts(result.terms).scale
        toward: dict[str, int] = {}
        for group in bits(result.claims[0].mask):
            members = self.pool.members(group, result.terms) or [(entry.id, 0) for entry, _ in self.pool.groups[group].members]
            for entry_id, units in members:
                toward[entry_id] = toward.get(entry_id, 0) + (scale if exam else units)
        return shown(toward, scale)

    def _alternative(self, need: Need, terms: Terms) -> str | None:
        """An entry that meets the requirement in another way, by the words of the rule."""
        for one in need.requirement.alternatives:
            if one.entry is not None:
                mask = self.pool.fitting(one.entry, good=True, generous=terms.generous)
                if any(mask & self.pool.within(span) for span, _ in need.parts):
                    return one.says
        return None

    def _carried(self, requirement: Requirement, choice: Choice) -> Fraction:
        brought = Fraction(self.license.carried_in.get(requirement.id, 0))
        rule: Any = next((one.carry_in for one in choice.readings if one.carry_in), self.ground.rule.carry_in)
        if rule is None:
            return brought if CARRIED_IN in choice.true else NOTHING
        if not rule.allowed:
            return NOTHING
        limit = rule.at_most.get(requirement.id)
        return brought if limit is None else min(brought, Fraction(limit))


def _sum(hours: Sequence[Fraction]) -> Fraction:
    return hours[0] if len(hours) == 1 else sum(hours, NOTHING)


def shown(units: Mapping[str, int | Fraction], scale: int) -> dict[str, Decimal]:
    """Amounts in units of which `scale` make an hour, as the hours that are shown. Few differ, so each is worked out once."""
    known = {amount: round_down(amount, scale) for amount in set(units.values())}
    return {entry_id: known[amount] for entry_id, amount in units.items()}


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
