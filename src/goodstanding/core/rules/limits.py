"""What caps do in one combination: the sets of hours that they limit, and how far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from goodstanding.core.rules.allocate import bits
from goodstanding.core.rules.entries import Entry, Terms
from goodstanding.core.rules.ground import Choice, Ground, choices, union
from goodstanding.core.rules.model import Cap
from goodstanding.core.rules.needs import day_limits, patched_cap
from goodstanding.core.rules.unknown import Unknowns


@dataclass(frozen=True, eq=False)
class Held:
    """A cap in one combination: the groups it is about, how much it lets through, and the limits that follow from it."""

    cap: Cap
    mask: int
    limit: Fraction
    limits: tuple[tuple[int, Fraction], ...]


class Limits:
    """The caps of one license."""

    def __init__(self, ground: Ground, unknowns: Unknowns) -> None:
        self.ground = ground
        self.unknowns = unknowns
        self.rule = ground.rule
        self.pool = ground.pool
        self._held: dict[tuple[int, int, int, int], Held] = {}
        self.tight = self._tight()
        """The caps that could take hours away in some combination."""

    def held(self, cap: Cap, choice: Choice, terms: Terms) -> Held | None:
        """The cap in one combination; None if it does not apply."""
        found = self.ground.needs.limit(cap, choice.readings, self.ground.values_in(choice))
        if found is None:
            return None
        own, most = found
        key = (id(own), most.numerator, most.denominator, id(terms))
        if key not in self._held:
            mask = self.ground.mask_of_cap(own, generous=terms.generous)
            self._held[key] = Held(own, mask, most, tuple(self._limits(own, mask, most, terms, begun=terms.generous)))
        return self._held[key]

    def on(self, requirement_id: str) -> int:
        """The groups that a tight cap could take away from this requirement under some reading."""
        mask = 0
        for cap in self.tight:
            readings = [one for question in self.rule.open_questions for one in question.readings if cap.id in one.caps]
            for own in (cap, *(patched_cap(self.ground.whole, cap, [reading]) for reading in readings)):
                if own is not None and (not own.on or requirement_id in own.on):
                    mask |= self.ground.mask_of_cap(own, generous=False)
        return mask

    def _limits(self, cap: Cap, mask: int, most: Fraction, terms: Terms, *, begun: bool) -> Iterable[tuple[int, Fraction]]:
        """
        The sets of groups that the cap limits: one, or one for each year, entry or stretch of days.

        `begun` says that long entries without a first day began early enough for all their hours.
        """
        exceeds = self.ground.exceeds
        if cap.per == "period":
            if exceeds(terms, mask, most):
                yield mask, most
        elif cap.per == "year":
            for year in self.ground.needs.years():
                part = mask & self.pool.within(year)
                if exceeds(terms, part, most):
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
                ids = [one for one in by_entry if not (begun and one in self.unknowns.perhaps_longer)]
                spans = [
                    (entries[one].credit.started or entries[one].credit.completed, entries[one].credit.completed) for one in ids
                ]
                found = [(union(by_entry[ids[one]] for one in inside), limit) for inside, limit in day_limits(spans, most)]
            for part, limit in found:
                if exceeds(terms, part, limit):
                    yield part, limit

    def _tight(self) -> list[Cap]:
        return [cap for cap in self.ground.caps if self._can_take(cap)]

    def _can_take(self, cap: Cap) -> bool:
        largest = self.ground.largest_terms()
        for _, choice in choices(self.unknowns.of_cap(cap)):
            found = self.ground.needs.limit(cap, choice.readings, self.ground.values_in(choice))
            if found is None:
                continue
            own, most = found
            if any(True for _ in self._limits(own, self.ground.mask_of_cap(own, generous=False), most, largest, begun=False)):
                return True
        return False
