"""
What became of each entry under one license: the hours of it that count, toward what, and why the rest do not.

The reason given is the one that stands in the way, so an approval is mentioned only where one is asked for and something that
is due could use the hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

from goodstanding.core.rules import explain
from goodstanding.core.rules.allocate import bits
from goodstanding.core.rules.amounts import round_down
from goodstanding.core.rules.clauses import Accepts
from goodstanding.core.rules.entries import ATTRIBUTES, Entry, Pool, acceptance
from goodstanding.core.rules.ground import Ground, union
from goodstanding.core.rules.judge import Verdict
from goodstanding.core.rules.model import Cap, Requirement
from goodstanding.core.rules.needs import patched
from goodstanding.core.rules.outcome import CreditAnswer, Outcome
from goodstanding.core.rules.tally import CapResult, Tally


class Credited:
    """
    The answers for all entries of one license.

    `verdicts` are those of the requirements that apply; `undecided` says that for some others nothing could be said.
    """

    def __init__(self, tally: Tally, *, verdicts: Mapping[str, Verdict], on: dt.date, undecided: bool) -> None:
        self.tally = tally
        self.ground = tally.ground
        self.doubts = tally.judge.unknowns.doubts
        self.rule = tally.ground.rule
        self.license = tally.ground.license
        self.entries = tally.ground.entries
        self.period = tally.ground.period
        self.verdicts = verdicts
        self.on = on
        self.undecided = undecided
        self._accepted: dict[object, frozenset[str]] = {}
        self._reasons: dict[object, str] = {}

    @cached_property
    def answers(self) -> tuple[CreditAnswer, ...]:
        """One answer for each entry, oldest first."""
        counted, toward, hours = self._counted, self._toward, self._board_hours
        found = []
        for entry in self.entries:
            name, credit, mine = entry.id, entry.credit, toward.get(entry.id, {})
            why_not = self._why_not(entry, mine, counted[name])
            found.append(CreditAnswer(name, credit.title, credit.completed, hours.get(name), counted[name], mine, why_not))
        return tuple(found)

    def where(self, cap: Cap) -> tuple[str, ...]:
        """What a cap is about, in words, if it leaves other requirements alone."""
        if "total" in cap.on and "total" in self.verdicts:
            return ("the total",)
        return tuple(self.rule.versions(one)[0].label for one in cap.on if one in self.verdicts)

    def in_doubt(self, cap: Cap) -> bool:
        """Whether an open question that the holder has not settled decides about the cap."""
        return any(not self.license.confirms(question.id) for question in self.ground.touching_cap(cap))

    def without_approval(self) -> tuple[explain.Unapproved, ...]:
        """The entries that something not met could use, and that count for nothing until their approval is stated."""
        waiting = [
            entry
            for entry, answer in zip(self.entries, self.answers, strict=True)
            if answer.why_not == explain.approval_unstated() and "unit" not in self.doubts.get(entry.id, ())
        ]
        if not waiting:
            return ()
        asked = {one: self._asked_by([verdict]) for one, verdict in self.verdicts.items() if verdict.outcome is not Outcome.MET}
        found = []
        for entry in waiting:
            serves = frozenset(one for one, mask in asked.items() if mask & self._groups(entry.id))
            if serves:
                found.append(explain.Unapproved(entry.credit.title, serves))
        return tuple(found)

    # Hours

    @cached_property
    def _toward(self) -> dict[str, dict[str, Decimal]]:
        found: dict[str, dict[str, Decimal]] = {}
        for requirement_id, verdict in self.verdicts.items():
            for entry_id, hours in verdict.result.toward.items():
                if entry_id not in found:
                    found[entry_id] = {}
                found[entry_id][requirement_id] = hours
        return found

    @cached_property
    def _counted(self) -> dict[str, Decimal]:
        """
        The hours of each entry that count toward anything; together never more than a cap lets through.

        Hours that were shared out among requirements obey the caps already. What asks for a course takes it whole, however
        many of its hours a cap lets through, so such hours only fill what the caps leave.
        """
        counted = dict.fromkeys([entry.id for entry in self.entries], Decimal(0))
        counted.update(self.tally.used)
        sharing = bool(self.tally.used)
        asking = {one for one in self.verdicts if self._asks_hours(one)}
        more: dict[str, Decimal] = {}
        for entry_id, toward in self._toward.items():
            if not sharing:
                counted[entry_id] = max([hours for one, hours in toward.items() if one in asking], default=Decimal(0))
            most = max(toward.values())
            if most > counted[entry_id]:
                more[entry_id] = most
        if not more:
            return counted
        rooms = [_Room(result, self.ground, counted) for result in self.tally.caps if not result.cap.on]
        for entry in self.entries:
            if entry.id in more:
                extra = min([more[entry.id] - counted[entry.id], *(room.left(entry) for room in rooms)])
                for room in rooms:
                    room.take(entry, extra)
                counted[entry.id] += extra
        return counted

    def _asks_hours(self, requirement_id: str) -> bool:
        need = self.verdicts[requirement_id].result.need
        return need is not None and need.requirement.kind == "minimum"

    @cached_property
    def _board_hours(self) -> dict[str, Decimal]:
        """The board's hours of each entry, if the rule says how many they are."""
        hours = self.tally.board_hours
        return {one: hours[one] for one in hours if "unit" not in self.doubts.get(one, ())} if self.doubts else hours

    # Reasons

    def _why_not(self, entry: Entry, toward: dict[str, Decimal], counted: Decimal) -> str | None:
        if entry.state == "future":
            return explain.future(entry.credit.completed, on=self.on)
        if entry.state == "provisional":
            return explain.provisional()
        if not toward:
            return self._why_nothing(entry)
        return self._capped(entry, counted) or (None if entry.in_period else explain.earlier(self.period))

    def _why_nothing(self, entry: Entry) -> str:
        """Why nothing of an open entry counts; entries that nothing here tells apart have the same reason."""
        doubts = tuple([doubt for doubt in self.doubts.get(entry.id, ()) if not self._is_settled(doubt, entry)])
        lost = self._lost.get(entry.id, ())
        amount = entry.credit.quantity.amount
        key = (self._groups(entry.id), doubts, lost, entry.repeats, amount, self._board_hours.get(entry.id))
        if key not in self._reasons:
            self._reasons[key] = self._reason(entry, doubts)
        return self._reasons[key]

    def _reason(self, entry: Entry, doubts: Sequence[str]) -> str:
        """First whether anything could use it, then what stands in the way."""
        groups = self._groups(entry.id)
        if not self._asked & groups:
            if self._perhaps_asked & groups:
                return explain.open_reading()
            return self._why_not_asked(doubts) if entry.in_period else explain.before_period(self.period)
        if (blocked := self._shut_out(groups)) is not None:
            return blocked
        accepted = self._acceptances(groups)
        names = [self.ground.rules.approval_label(name) for name in sorted(entry.approvals or ())]
        if accepted == {"no"}:
            return explain.not_accepted(names)
        if "unstated" in accepted and "approvals" in doubts:
            return explain.approval_unstated()
        if "unit" in doubts:
            return explain.unit_unknown(entry.credit.quantity.unit)
        if entry.repeats is not None and self.rule.repeats != "counted":
            title = next(one.credit.title for one in self.entries if one.id == entry.repeats)
            return explain.repeated(title, stated=self.rule.repeats is not None)
        if "no" in accepted:
            return explain.maybe_accepted(names)
        if (capped := self._capped(entry, Decimal(0))) is not None:
            return capped
        if entry.id not in self.tally.board_hours:
            # Only some reading says how many hours its unit is.
            return explain.open_reading()
        if entry.credit.quantity.amount and not self.tally.board_hours[entry.id]:
            return explain.too_short(self.rule.least_hours, step=self.rule.round_down_to)
        return self._why_not_asked(doubts)

    def _is_settled(self, doubt: str, entry: Entry) -> bool:
        name = f"{doubt}:{entry.id}"
        return self.license.confirms(name) and self.tally.judge.unknowns.confirmable(name)

    def _why_not_asked(self, doubts: Sequence[str]) -> str:
        if not self.verdicts:
            return explain.undecided() if self.undecided else explain.nothing_due()
        unstated = [doubt for doubt in doubts if doubt in ATTRIBUTES]
        if unstated:
            return explain.unstated(unstated[0])
        return explain.undecided() if self.undecided else explain.serves_nothing()

    @cached_property
    def _asked(self) -> int:
        """The groups that something due here asks for, whoever approved them."""
        return self._asked_by(self.verdicts.values())

    @cached_property
    def _perhaps_asked(self) -> int:
        """Those that something asks for under one reading at least of what is open."""
        return self._asked_by(self.verdicts.values(), openly=True)

    def _asked_by(self, verdicts: Iterable[Verdict], *, openly: bool = False) -> int:
        mask = 0
        for verdict in verdicts:
            need = verdict.result.need
            if need is None or need.requirement.kind in ("attestation", "unsettled"):
                continue
            for own in self._read(need.requirement) if openly else (need.requirement,):
                asked = need._replace(requirement=own)
                mine = [self.ground.mask_of(asked, span, generous=True) for span, _ in need.parts]
                mask |= union(mine) & (self._exams if own.kind == "exam" else self.ground.pool.everything)
        return mask

    @cached_property
    def _exams(self) -> int:
        return self.ground.pool.those(lambda group: group.entry.activity == "exam")

    def _read(self, shown: Requirement) -> Iterable[Requirement]:
        """The requirement as shown, and as it is under every reading that is open."""
        yield shown
        written = next(one for one in self.rule.versions(shown.id) if one.in_force == shown.in_force)
        for question in self.ground.patching(shown):
            if not self.license.confirms(question.id):
                for reading in question.readings:
                    own = patched(self.ground.whole, written, [reading], None)
                    if own is not None:
                        yield own

    def _shut_out(self, groups: int) -> str | None:
        """The reason, if a cap of no hours is about all of an entry, whatever the entry leaves unstated."""
        for result in self.tally.caps:
            cap = result.cap
            if result.limit or cap.which is None:
                continue
            about = self.ground.pool.fitting(cap.which, good=False, generous=True)
            if groups & ~about:
                continue
            # A cap on some requirements leaves what the others ask for.
            others = [verdict for one, verdict in self.verdicts.items() if cap.on and one not in cap.on]
            if not self._asked_by(others, openly=True) & groups:
                return self._by_cap(result, counted=Decimal(0), hours=None)
            if not self._asked_by(others) & groups:
                return explain.open_reading()
        return None

    def _acceptances(self, groups: int) -> frozenset[str]:
        """Whether an entry is accepted, under every reading that is open."""
        # Without exceptions for some hours, only the approvals decide.
        approvals = self.ground.pool.groups[next(bits(groups))].entry.approvals
        key = groups if any(one.except_for is not None for one in self._accepts) else approvals
        if key not in self._accepted:
            self._accepted[key] = frozenset([_accepted_by(one, approvals, groups, self.ground.pool) for one in self._accepts])
        return self._accepted[key]

    @cached_property
    def _accepts(self) -> tuple[Accepts, ...]:
        """What the rule accepts, under every reading that is open."""
        found: dict[int, Accepts] = {}
        for question in self.rule.open_questions:
            if any(reading.accepts for reading in question.readings):
                settled = self.tally.readings.get(question.id)
                readings = question.readings if settled is None else question.readings[settled : settled + 1]
                for accepts in [reading.accepts or self.rule.accepts for reading in readings]:
                    found[id(accepts)] = accepts
        return tuple(found.values()) or (self.rule.accepts,)

    def _capped(self, entry: Entry, counted: Decimal) -> str | None:
        """Why some hours of the entry were lost to a cap; None if none were."""
        lost = self._lost.get(entry.id)
        if lost is None:
            return None
        # A cap on everything says more than one on a single requirement.
        worst = min([self.tally.caps[number] for number in lost], key=lambda one: bool(one.cap.on))
        why = self._by_cap(worst, counted=counted, hours=self._board_hours.get(entry.id), as_course=entry.id in self._toward)
        perhaps = worst.cap.per == "day" and "started" in self.doubts.get(entry.id, ())
        return f"{why} {explain.begun_unstated()}" if perhaps else why

    @cached_property
    def _lost(self) -> dict[str, tuple[int, ...]]:
        """The numbers of the caps that took hours of each entry."""
        found: dict[str, tuple[int, ...]] = {}
        for number, result in enumerate(self.tally.caps):
            for entry_id in result.entries:
                found[entry_id] = (*found.get(entry_id, ()), number)
        return found

    def _groups(self, entry_id: str) -> int:
        """The groups that the hours of an open entry are in."""
        return self.ground.pool.of_entry(entry_id)

    def _by_cap(self, result: CapResult, *, counted: Decimal, hours: Decimal | None, as_course: bool = False) -> str:
        return explain.capped(
            result.cap,
            counted=counted,
            hours=hours,
            limit=round_down(result.limit),
            others=max(round_down(result.used) - counted, Decimal(0)),
            where=self.where(result.cap),
            in_doubt=self.in_doubt(result.cap),
            as_course=as_course,
        )


class _Room:
    """How many more hours one cap lets through, in each stretch that it limits."""

    def __init__(self, result: CapResult, ground: Ground, counted: Mapping[str, Decimal]) -> None:
        self.cap = result.cap
        self.limit = round_down(result.limit)
        self.years = ground.needs.years() if result.cap.per == "year" else ()
        pool, which = ground.pool, result.cap.which
        about = pool.everything if which is None else pool.fitting(which, good=False, generous=False)
        self.about = {entry.id for number in bits(about) for entry, _ in pool.groups[number].members}
        self.used: dict[object, Decimal] = {}
        for entry in ground.entries:
            if counted[entry.id]:
                self.take(entry, counted[entry.id])

    def left(self, entry: Entry) -> Decimal:
        if not self._limits(entry):
            return Decimal("Infinity")
        return max(self.limit - self.used.get(self._stretch(entry), Decimal(0)), Decimal(0))

    def take(self, entry: Entry, hours: Decimal) -> None:
        if self._limits(entry):
            stretch = self._stretch(entry)
            self.used[stretch] = self.used.get(stretch, Decimal(0)) + hours

    def _limits(self, entry: Entry) -> bool:
        return entry.in_period and entry.id in self.about

    def _stretch(self, entry: Entry) -> object:
        if self.cap.per == "year":
            return next((year.start for year in self.years if entry.credit.completed in year), None)
        return {"period": None, "day": entry.credit.completed, "entry": entry.id}[self.cap.per]


def _accepted_by(accepts: Accepts, approvals: frozenset[str] | None, groups: int, pool: Pool) -> str:
    """Whether an entry is accepted by one reading; what needs no approval is as good as approved."""
    plain = acceptance(approvals, accepts)
    if plain == "yes" or accepts.except_for is None:
        return plain
    surely = pool.fitting(accepts.except_for, good=True, generous=False)
    perhaps = pool.fitting(accepts.except_for, good=True, generous=True)
    if surely & groups:
        return "yes"
    return "depends" if plain == "no" and perhaps & groups else plain
