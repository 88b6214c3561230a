"""
From entries to hours: which entries can count under one license, how many of the board's hours each is, and toward what.

Each entry is converted once and rounded once, then split by its parts, so rounding can not be repeated for gain or loss.
An hour about two topics counts once in the total and once for each topic: a topic minimum is a demand on the same hours,
not a second pile. Amounts are fractions, because a third of an hour has no finite decimal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from goodstanding.core.rules.case import CreditEntry, License
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.model import Accepts, InForce, RuleFile, Unit
from goodstanding.core.rules.outcome import Period

UNSTATED_MANY = Fraction(1_000_000)
"""Hours of an entry whose unit the rule does not convert, in the favorable reading only: it can not be ruled out that they suffice."""

State = Literal["open", "future", "provisional"]
Acceptance = Literal["yes", "no", "unstated"]


@dataclass(frozen=True)
class Share:
    """A part of an entry: its amount in the unit of the entry, and every topic that it counts for."""

    amount: Decimal
    topics: frozenset[str]


@dataclass(frozen=True)
class Entry:
    """A credit entry seen from one license on one day."""

    credit: CreditEntry
    approvals: frozenset[str] | None
    shares: tuple[Share, ...]
    state: State
    in_period: bool
    repeats: str | None
    """The id of the entry with the same course that goes before this one."""

    @property
    def id(self) -> str:
        return self.credit.id


@dataclass(frozen=True)
class World:
    """One way in which everything that is not known could be, as far as it changes the hours of entries."""

    accepts: Accepts
    hour_minutes: int | None
    generous: bool
    """Whether what entries leave unstated turns out well."""


def entries_for(
    credits_: Iterable[CreditEntry], *, rules: RuleBook, rule: RuleFile, period: Period, on: dt.date
) -> tuple[Entry, ...]:
    """The credits as entries, oldest first, whatever order they came in."""
    ordered = sorted(credits_, key=lambda credit: (credit.completed, credit.id))
    first_of_course = _first_of_each_course(ordered, rules=rules, rule=rule, period=period, on=on)
    return tuple(
        Entry(
            credit=credit,
            approvals=None if credit.approvals is None else frozenset(map(rules.approval, credit.approvals)),
            shares=_shares(credit, rules),
            state=_state(credit, on=on),
            in_period=credit.completed in period,
            repeats=_repeated(credit, first_of_course),
        )
        for credit in ordered
    )


def _state(credit: CreditEntry, *, on: dt.date) -> State:
    if credit.completed > on:
        return "future"
    return "provisional" if credit.provisional else "open"


def _shares(credit: CreditEntry, rules: RuleBook) -> tuple[Share, ...]:
    shares = [
        Share(
            amount=part.amount,
            topics=frozenset[str]().union(*(rules.topics.counts_for(topic) for topic in part.topics)),
        )
        for part in credit.parts
        if part.amount
    ]
    rest = credit.quantity.amount - sum((share.amount for share in shares), Decimal(0))
    if rest:
        shares.append(Share(amount=rest, topics=frozenset()))
    return tuple(shares)


def _first_of_each_course(
    ordered: list[CreditEntry], *, rules: RuleBook, rule: RuleFile, period: Period, on: dt.date
) -> dict[str, CreditEntry]:
    """
    Of several entries for one course in the period, the one that counts: accepted, then longest, then oldest.

    Taking simply the oldest would let an entry that is added later, but dated earlier and shorter, take hours away.
    """
    best: dict[str, tuple[tuple[bool, Fraction], CreditEntry]] = {}
    for credit in ordered:
        if credit.course is None or credit.course.id is None or credit.completed not in period:
            continue
        if _state(credit, on=on) != "open":
            continue
        approvals = None if credit.approvals is None else frozenset(map(rules.approval, credit.approvals))
        rank = (acceptance(approvals, rule.accepts) == "yes", Fraction(credit.quantity.amount))
        if credit.course.id not in best or rank > best[credit.course.id][0]:
            best[credit.course.id] = (rank, credit)
    return {course: credit for course, (_, credit) in best.items()}


def _repeated(credit: CreditEntry, first_of_course: dict[str, CreditEntry]) -> str | None:
    if credit.course is None or credit.course.id is None:
        return None
    first = first_of_course.get(credit.course.id)
    return first.id if first is not None and first.id != credit.id else None


def acceptance(approvals: frozenset[str] | None, accepts: Accepts) -> Acceptance:
    """Whether an entry with these approvals counts; `unstated` where it depends on what was not said."""
    if accepts.others == "anyone":
        return "yes"
    if approvals is None:
        return "unstated"
    if not approvals.isdisjoint(accepts.bodies):
        return "yes"
    return "yes" if accepts.others == "any_body" and approvals else "no"


def doubts_of(entry: Entry, *, rule: RuleFile) -> tuple[str, ...]:
    """What this entry leaves unstated that could decide whether or how much it counts: `approvals`, `repeat`, `unit`."""
    doubts = []
    if entry.state != "open":
        return ()
    if entry.approvals is None:
        doubts.append("approvals")
    if entry.repeats is not None and entry.in_period and rule.repeats is None:
        doubts.append("repeat")
    if not _convertible(entry, rule):
        doubts.append("unit")
    return tuple(doubts)


def _convertible(entry: Entry, rule: RuleFile) -> bool:
    unit = entry.credit.quantity.unit
    if unit == "minute":
        return rule.hour_minutes is not None or any(
            reading.hour_minutes for question in rule.open_questions for reading in question.readings
        )
    return unit == "hour" or unit in rule.hours_per_unit


def hours_per(unit: Unit, world: World, *, rule: RuleFile) -> Fraction | None:
    """The board's hours in one of `unit`; None if the rule does not say."""
    if unit in rule.hours_per_unit:
        return Fraction(rule.hours_per_unit[unit])
    if unit == "minute" and world.hour_minutes is not None:
        return Fraction(1, world.hour_minutes)
    return Fraction(1) if unit == "hour" else None


def board_hours(entry: Entry, world: World, *, rule: RuleFile, of: Decimal | None = None) -> Fraction:
    """
    The entry in the board's hours, whoever approved it, or `of` it, an amount in its unit.

    The whole is converted once and rounded once; a part is its share of that.
    """
    whole = entry.credit.quantity.amount
    amount = whole if of is None else of
    if not amount:
        return Fraction(0)
    rate = hours_per(entry.credit.quantity.unit, world, rule=rule)
    if rate is None:
        return UNSTATED_MANY if world.generous else Fraction(0)
    if rule.round_down_to is None:
        return Fraction(amount) * rate
    step = Fraction(rule.round_down_to)
    return Fraction(whole) * rate // step * step * Fraction(amount) / Fraction(whole)


def countable(entry: Entry, world: World, *, rule: RuleFile, license_: License) -> bool:
    """Whether the entry can count at all in `world`."""
    if entry.state != "open":
        return False
    accepted = acceptance(entry.approvals, world.accepts)
    if accepted == "no":
        return False
    if accepted == "unstated" and not (world.generous or license_.confirms(f"approvals:{entry.id}")):
        return False
    if entry.repeats is None or not entry.in_period or rule.repeats == "counted":
        return True
    return rule.repeats is None and (world.generous or license_.confirms(f"repeat:{entry.id}"))


@dataclass(frozen=True)
class Demand:
    """What one requirement asks of entries, all readings settled. `topics` is None for the total: every hour serves it."""

    topics: frozenset[str] | None
    ever: bool
    in_force: InForce

    def takes(self, entry: Entry) -> bool:
        if not (self.ever or entry.in_period):
            return False
        return self.in_force.by != "completion" or self.in_force.covers(entry.credit.completed)

    def serves(self, share: Share) -> bool:
        return self.topics is None or not self.topics.isdisjoint(share.topics)


class Allocation:
    """
    The hours that serve one demand, in every world that is asked for.

    Entries that are let in or kept out together (the same approvals, the same doubts) form one group, whose hours are added
    up once per length of the hour. A world then costs a handful of additions, however many entries there are.
    """

    def __init__(self, demand: Demand, entries: Iterable[Entry], *, rule: RuleFile, license_: License) -> None:
        self._rule = rule
        self._license = license_
        self._groups: dict[object, list[tuple[Entry, Decimal]]] = {}
        self._sums: dict[tuple[object, int | None, bool], Fraction] = {}
        for entry in entries:
            if entry.state != "open" or not demand.takes(entry):
                continue
            amount = sum((share.amount for share in entry.shares if demand.serves(share)), Decimal(0))
            if amount:
                self._groups.setdefault(self._gate(entry), []).append((entry, amount))

    def _gate(self, entry: Entry) -> object:
        """Equal for entries of one unit that are countable in the same worlds."""
        confirmed = entry.approvals is None and self._license.confirms(f"approvals:{entry.id}")
        repeats = entry.repeats is not None and entry.in_period
        again = repeats and self._license.confirms(f"repeat:{entry.id}")
        return entry.credit.quantity.unit, entry.approvals, confirmed, repeats, again

    def _groups_in(self, world: World) -> Iterator[tuple[object, list[tuple[Entry, Decimal]]]]:
        for gate, members in self._groups.items():
            if countable(members[0][0], world, rule=self._rule, license_=self._license):
                yield gate, members

    def hours(self, world: World) -> Fraction:
        """All hours that serve the demand in `world`."""
        total = Fraction(0)
        for gate, members in self._groups_in(world):
            key = (gate, world.hour_minutes, world.generous)
            if key not in self._sums:
                self._sums[key] = self._sum(members, world)
            total += self._sums[key]
        return total

    def _sum(self, members: list[tuple[Entry, Decimal]], world: World) -> Fraction:
        first = members[0][0]
        if self._rule.round_down_to is None and hours_per(first.credit.quantity.unit, world, rule=self._rule) is not None:
            # Without rounding per entry, the sum of the amounts converts to the sum of the hours, in one step.
            return board_hours(first, world, rule=self._rule, of=sum((amount for _, amount in members), Decimal(0)))
        return sum((board_hours(entry, world, rule=self._rule, of=amount) for entry, amount in members), Fraction(0))

    def toward(self, world: World) -> dict[str, Fraction]:
        """The same hours, entry by entry; entries that serve nothing are left out."""
        found = {
            entry.id: board_hours(entry, world, rule=self._rule, of=amount)
            for _, members in self._groups_in(world)
            for entry, amount in members
        }
        return {entry_id: hours for entry_id, hours in found.items() if hours}
