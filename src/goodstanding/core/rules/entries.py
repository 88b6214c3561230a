"""
From entries to groups of alike hours: which entries can count under one license, and how many of the board's hours each is.

Each entry is converted once and rounded once, then split by its parts, so rounding can not be repeated for gain or loss.
Hours that no part of the rule can tell apart form one group, so the work after that depends on the number of groups and not
on the number of entries. Amounts are exact.
"""

from __future__ import annotations

import bisect
import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from goodstanding.core.rules.case import CreditEntry, License
from goodstanding.core.rules.clauses import Accepts, Activity, Format, Hours, SponsorKind, Unit, Which
from goodstanding.core.rules.load import RuleBook, TopicBook
from goodstanding.core.rules.model import Cap, CapPatch, Requirement, RequirementPatch, RuleFile
from goodstanding.core.rules.outcome import Period

UNSTATED_MANY = Fraction(1_000_000)
"""Hours of an entry whose unit the rule does not convert, in the favorable reading only: it can not be ruled out that they suffice."""

NO_TITLE = "Untitled"
ATTRIBUTES = ("format", "activity", "sponsor", "course", "title", "state")

_NOTHING = frozenset[str]()

State = Literal["open", "future", "provisional"]
Acceptance = Literal["yes", "no", "unstated"]


@dataclass(frozen=True)
class Span:
    """Days between which an entry must be completed, both included; None is open."""

    start: dt.date | None
    end: dt.date | None

    def __contains__(self, day: dt.date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class About(NamedTuple):
    """What a part of an entry is about, every topic that it counts for, and how it was given."""

    topics: frozenset[str]
    here: frozenset[str]
    """What it would count for besides, if the law that it is about, whose state is unstated, is that of this license."""
    format: str | None


class Entry(NamedTuple):
    """A credit entry seen from one license on one day."""

    id: str
    credit: CreditEntry
    approvals: frozenset[str] | None
    parts: tuple[tuple[Decimal, About], ...]
    """What each part is about, with its amount in the unit of the entry."""
    state: State
    in_period: bool
    repeats: str | None
    """The id of the entry with the same course that goes before this one."""
    activity: str | None
    sponsor: str | None


@dataclass(frozen=True, eq=False)
class Terms:
    """What decides how many hours an entry is, with every reading put in place. `generous`: what entries leave unstated turns out well."""

    accepts: Accepts
    hour_minutes: int | None
    hours_per_unit: dict[Unit, Hours]
    repeats: str | None
    generous: bool


def entries_for(
    credits_: Iterable[CreditEntry],
    *,
    rules: RuleBook,
    rule: RuleFile,
    period: Period,
    on: dt.date,
    repeats_since: dt.date | None,
) -> tuple[Entry, ...]:
    """
    The credits as entries, oldest first, whatever order they came in.

    Of entries for one course that were completed since `repeats_since`, all but one repeat that one.
    """
    ordered = sorted(credits_, key=lambda credit: (credit.completed, credit.id))
    first_of_course = _first_of_each_course(ordered, rules=rules, rule=rule, span=Span(repeats_since, period.end), on=on)
    approvals: dict[tuple[str, ...] | None, frozenset[str] | None] = {None: None}
    about: dict[tuple[tuple[str, ...], str | None], About] = {}
    place = place_of(rule)
    entries = []
    for credit in ordered:
        if credit.approvals not in approvals:
            approvals[credit.approvals] = frozenset(map(rules.approval, credit.approvals or ()))
        parts = _parts(credit)
        for _, key in parts:
            if key not in about:
                about[key] = About(*_topics(key[0], rules.topics, place), key[1])
        repeating = first_of_course and credit.course is not None
        in_period = period.start <= credit.completed <= period.end
        entries.append(
            Entry(
                credit.id,
                credit,
                approvals[credit.approvals],
                tuple([(amount, about[key]) for amount, key in parts]),
                _state(credit, on=on),
                in_period,
                _repeated(credit, first_of_course) if in_period and repeating else None,
                "exam" if credit.quantity.unit == "exam" else credit.activity,
                None if credit.sponsor is None else credit.sponsor.kind,
            )
        )
    return tuple(entries)


def place_of(rule: RuleFile) -> str:
    """What ends the topics that are about the law of this license's state, such as `_us_ca`."""
    return f"_{rule.jurisdiction.lower().replace('-', '_')}"


@lru_cache(maxsize=4096)
def _topics(stated: tuple[str, ...], topics: TopicBook, place: str) -> tuple[frozenset[str], frozenset[str]]:
    """
    What a part with these topics counts for, and what it would count for besides if it was about the law of this state.

    "Law" without a state leaves that open; a topic with a state in its name does not, and ethics is not law.
    """
    known = frozenset[str]().union(*(topics.counts_for(topic) for topic in stated))
    here = [
        topics.counts_for(f"{topic}{place}")
        for plain in stated
        if plain in topics.topics
        for topic in topics.counts_for(plain)
        if topics.topics[topic].by_state and "law" in topics.counts_for(topic)
    ]
    return known, frozenset(topic for topic in frozenset[str]().union(*here) - known if topic.startswith(_LEGAL))


_LEGAL = ("law", "jurisprudence")
"""Of what a course on law and ethics would count for if it was about this state, only the law depends on the state."""


def _state(credit: CreditEntry, *, on: dt.date) -> State:
    if credit.completed > on:
        return "future"
    return "provisional" if credit.provisional else "open"


def _parts(credit: CreditEntry) -> list[tuple[Decimal, tuple[tuple[str, ...], str | None]]]:
    """The amount of each part with the topics that are stated of it and how it was given; what has no topics is a part as well."""
    rest = whole = credit.quantity.amount
    parts: list[tuple[Decimal, tuple[tuple[str, ...], str | None]]] = []
    for part in credit.parts:
        # A course without hours still is a course about its topics.
        if part.amount or not whole:
            parts.append((part.amount, (part.topics, part.format or credit.format)))
            rest -= part.amount
    if rest or not parts:
        parts.append((rest, ((), credit.format)))
    return parts


def _first_of_each_course(
    ordered: list[CreditEntry], *, rules: RuleBook, rule: RuleFile, span: Span, on: dt.date
) -> dict[str, CreditEntry]:
    """
    Of several entries for one course, the one that counts: accepted, then longest, then oldest.

    Taking simply the oldest would let an entry that is added later, but dated earlier and shorter, take hours away. Where
    earlier periods are looked at as well, the oldest goes first, because it has counted already.
    """
    named = [credit.course.id for credit in ordered if credit.course is not None and credit.course.id is not None]
    if len(set(named)) == len(named):
        return {}
    by_course: dict[str, list[CreditEntry]] = {}
    for credit in ordered:
        if credit.course is None or credit.course.id is None or credit.completed not in span:
            continue
        if _state(credit, on=on) == "open":
            by_course.setdefault(credit.course.id, []).append(credit)

    def rank(credit: CreditEntry) -> tuple[bool, Decimal]:
        approvals = None if credit.approvals is None else frozenset(map(rules.approval, credit.approvals))
        return acceptance(approvals, rule.accepts) == "yes", credit.quantity.amount

    return {
        course: several[0] if rule.repeats_within != "period" else max(several, key=rank)  # the oldest of equals
        for course, several in by_course.items()
        if len(several) > 1
    }


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


Shape = tuple[Decimal, Decimal]
"""The amount of a whole entry and that of one of its parts, on which the hours of the part depend."""


@dataclass(eq=False, slots=True)
class Group:
    """Hours that the rule can not tell apart: the entries and parts that they come from, oldest first."""

    entry: Entry
    about: About
    settled: frozenset[str]
    """Which of the doubts about these entries the holder settled."""
    members: list[tuple[Entry, int]]
    """Each entry with the number of its shape in the pool."""
    shapes: dict[int, int]
    """How many of the members have each shape."""
    crowded: bool
    """Whether a cap on a day or on an entry could reach it; it then is of one entry."""


def asked_by(which: Which) -> Iterable[tuple[str, tuple[str, ...]]]:
    """What `which` itself asks for, by the property of hours."""
    for name, values in (
        ("topic", which.topics),
        ("format", which.formats),
        ("activity", which.activities),
        ("sponsor", which.sponsors),
        ("approvals", which.approved_by),
        ("numbers", which.numbered_by),
        ("courses", which.courses),
        ("title", None if which.title_has is None else tuple(word.casefold() for word in which.title_has)),
    ):
        if values is not None:
            yield name, values


DOUBT = {"topic": "state", "numbers": "course", "courses": "course"}
"""What an entry leaves unstated where a property is not known, if it is not named like the property."""


class Vocabulary:
    """What a rule can tell hours apart by; worked out once per rule."""

    def __init__(self, rule: RuleFile) -> None:
        self._asked: dict[int, tuple[Which, tuple[tuple[str, tuple[str, ...]], ...]]] = {}
        self._within: dict[int, tuple[Which, tuple[tuple[str, tuple[str, ...]], ...]]] = {}
        parts = [part for which in selections_of(rule) for part in which.parts()]
        self.formats = any(part.formats is not None for part in parts)
        exams = any(one.kind == "exam" for one in rule.requirements)
        self.activities = exams or any(part.activities is not None for part in parts)
        self.sponsors = any(part.sponsors is not None for part in parts)
        self.numbers = frozenset(body for part in parts for body in part.numbered_by or ())
        self.courses = frozenset(name for part in parts for name in part.courses or ())
        self.words = tuple(sorted({word.casefold() for part in parts for word in part.title_has or ()}))
        caps: list[tuple[str, Cap | CapPatch]] = [(cap.id, cap) for cap in rule.caps]
        caps += [found for question in rule.open_questions for one in question.readings for found in one.caps.items()]
        crowding = {name for name, one in caps if one.per in ("day", "entry")}
        hours = [one.hours for name, one in caps if name in crowding and one.hours is not None]
        self.least_daily = None if not crowding else Decimal(0) if rule.rates else min(hours, default=Decimal(0))
        """The fewest hours on a day, or in an entry, that such a cap could reach; None without such a cap."""
        about = [one.which for name, one in caps if name in crowding and (one.which is not None or isinstance(one, Cap))]
        self.crowding = frozenset[str | None](
            name for which in about for name in (which.activities if which and which.activities else (None,))
        )
        """The activities that such a cap is about; with None it is any."""
        self.contested = _contested(rule)
        """The attributes that can not turn out well for every part of the rule at once; they must be stated, not settled."""

    def asked_by(self, which: Which) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What `which` itself asks for; see the function of this name."""
        if id(which) not in self._asked:
            self._asked[id(which)] = (which, tuple(asked_by(which)))
        return self._asked[id(which)][1]

    def asked_within(self, which: Which) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What `which` and every one inside it asks for."""
        if id(which) not in self._within:
            self._within[id(which)] = (which, tuple(one for part in which.parts() for one in asked_by(part)))
        return self._within[id(which)][1]

    def course(self, credit: CreditEntry) -> object:
        """What the rule can see of the identity of a course."""
        if credit.course is None or not (self.numbers or self.courses):
            return credit.course is None
        given = frozenset(credit.course.numbers)
        names = {credit.course.id, *(str(number) for number in credit.course.numbers.values())}
        return given & self.numbers, frozenset(name for name in names if name in self.courses)

    def title(self, credit: CreditEntry) -> object:
        """Which of the words that the rule looks for stand in a title."""
        if not self.words:
            return None
        title = credit.title.casefold()
        return credit.title == NO_TITLE, tuple([word in title for word in self.words])

    def crowded(self, entries: Iterable[Entry]) -> frozenset[str]:
        """The entries that a cap on a day or on an entry could reach: long ones, and those on days with many hours."""
        if self.least_daily is None:
            return frozenset()
        found: set[str] = set()
        chain: list[Entry] = []
        reach: dt.date | None = None
        some = self.crowding
        reached = [entry for entry in entries if None in some or entry.activity is None or entry.activity in some]
        for entry in sorted(reached, key=lambda one: one.credit.started or one.credit.completed):
            start = entry.credit.started or entry.credit.completed
            if reach is None or start > reach:
                found |= self._crowd(chain)
                chain, reach = [], entry.credit.completed
            chain.append(entry)
            reach = max(reach, entry.credit.completed)
        return frozenset(found | self._crowd(chain))

    def _crowd(self, chain: list[Entry]) -> set[str]:
        assert self.least_daily is not None
        hours = sum((entry.credit.quantity.amount for entry in chain), Decimal(0))
        if hours <= self.least_daily and all(entry.credit.quantity.unit == "hour" for entry in chain):
            return set()
        return {entry.id for entry in chain}


def _contested(rule: RuleFile) -> frozenset[str]:
    """
    The attributes of entries for which no one value is good for all parts of the rule.

    A holder who settles that a format turns out well would otherwise be read as having sat in the room for one requirement
    and at home for another. Of what an entry has only one of, one value must fit everything that asks for it and nothing that
    limits it; of what it may have several of, each that asks must have a value that nothing limits.
    """
    wanted: dict[str, list[frozenset[str]]] = {}
    limited: dict[str, set[str]] = {}

    def walk(which: Which, *, good: bool) -> None:
        for name, values in (
            ("format", which.formats),
            ("activity", which.activities),
            ("sponsor", which.sponsors),
            ("approvals", which.approved_by),
            ("course", which.courses),
            ("course numbers", which.numbered_by),
            ("title", which.title_has),
            ("state", tuple(topic for topic in which.topics or () if topic.endswith(place_of(rule))) or None),
        ):
            if values is not None and good:
                wanted.setdefault(name, []).append(frozenset(values))
            elif values is not None:
                limited.setdefault(name, set()).update(values)
        for one in which.any or ():
            walk(one, good=good)
        if which.not_ is not None:
            walk(which.not_, good=not good)

    for which, good in _directed(rule):
        walk(which, good=good)
    one_of = {"format": get_args(Format), "activity": get_args(Activity), "sponsor": get_args(SponsorKind)}
    found = set()
    for name in wanted.keys() | limited.keys():
        asked, bad = wanted.get(name, []), limited.get(name, set())
        if name in one_of:
            contested = not any(all(value in one for one in asked) for value in one_of[name] if value not in bad)
        elif name == "course":
            contested = bool(asked) and not frozenset.intersection(*asked) - bad
        else:
            contested = any(not one - bad for one in asked)
        if contested:
            found.add(name.partition(" ")[0])
    return frozenset(found)


def _directed(rule: RuleFile) -> Iterable[tuple[Which, bool]]:
    """Every `which` in the rule with whether it is good for the holder that hours are those."""
    limiting = [cap.which for cap in rule.caps]
    limiting += [patch.which for question in rule.open_questions for one in question.readings for patch in one.caps.values()]
    bad = {id(which) for which in limiting if which is not None}
    for which in selections_of(rule):
        yield which, id(which) not in bad


def selections_of(rule: RuleFile) -> Iterable[Which]:
    """Every `which` in the rule, readings and statuses included."""
    patches = [patch for question in rule.open_questions for one in question.readings for patch in one.requirements.values()]
    patches += [patch for status in rule.statuses.values() for patch in status.requirements.values()]
    parts: list[Requirement | RequirementPatch] = [*rule.requirements, *patches]
    for part in parts:
        if part.which is not None:
            yield part.which
        for alternative in part.alternatives or ():
            if alternative.entry is not None:
                yield alternative.entry
    for cap in rule.caps:
        if cap.which is not None:
            yield cap.which
    for question in rule.open_questions:
        for reading in question.readings:
            for patch in reading.caps.values():
                if patch.which is not None:
                    yield patch.which
            if reading.accepts and reading.accepts.except_for:
                yield reading.accepts.except_for
    if rule.accepts.except_for:
        yield rule.accepts.except_for
    for rate in rule.rates:
        yield rate.which


class Measure(NamedTuple):
    """The hours of all groups, whoever approved them, in whole units of which `scale` make an hour of the board."""

    groups: list[int]
    scale: int
    shapes: list[dict[int, int]]
    """For each group the hours of each shape; none if the rule does not say what its unit is."""
    members: dict[int, list[tuple[str, int]]]
    """Those of each entry, as far as they were asked for."""


class Counts(NamedTuple):
    """The hours that count under some terms, in the units of `measure`, and the groups that can count, with hours or without."""

    terms: Terms
    groups: list[int]
    scale: int
    countable: int
    measure: Measure


class Pool:
    """
    All open hours under one license in groups, oldest first; a set of groups is an integer whose bits are their numbers.

    `days` are the days on which a window, a year or a version begins or has ended, so that no group lies on both sides.
    """

    def __init__(
        self, entries: tuple[Entry, ...], *, rule: RuleFile, license_: License, vocabulary: Vocabulary, days: Iterable[dt.date]
    ) -> None:
        self.rule = rule
        self.groups: list[Group] = []
        numbers: dict[Shape, int] = {}
        limits = sorted(set(days))
        crowded = vocabulary.crowded(entry for entry in entries if entry.state == "open")
        found: dict[object, dict[object, Group]] = {}
        for entry in entries:
            if entry.state != "open":
                continue
            settled = _settled(entry, license_, vocabulary) if license_.confirmed else _NOTHING
            credit = entry.credit
            same_entry = (
                credit.quantity.unit,
                entry.approvals,
                entry.in_period,
                entry.repeats is not None,
                settled,
                bisect.bisect_right(limits, credit.completed),
                entry.activity if vocabulary.activities else None,
                entry.sponsor if vocabulary.sponsors else None,
                vocabulary.course(credit),
                vocabulary.title(credit),
                entry.id if entry.id in crowded else None,
            )
            alike = found.setdefault(same_entry, {})
            for amount, about in entry.parts:
                key = about if vocabulary.formats else (about.topics, about.here)
                group = alike.get(key)
                if group is None:
                    group = alike[key] = Group(entry, about, settled, members=[], shapes={}, crowded=entry.id in crowded)
                    self.groups.append(group)
                shape = numbers.setdefault((credit.quantity.amount, amount), len(numbers))
                group.members.append((entry, shape))
                group.shapes[shape] = group.shapes.get(shape, 0) + 1
        self._shapes = tuple(numbers)
        self.vocabulary = vocabulary
        self._fits: dict[tuple[int, bool, bool, bool], int] = {}
        self._properties: dict[str, dict[str | None, int]] = {}
        self._well: dict[str, int] = {}
        self._spans: dict[Span | None, int] = {}
        self._topics: dict[tuple[tuple[str, ...], bool], int] = {}
        self._by_entry: dict[str, int] | None = None
        self._measures: dict[object, Measure] = {}
        self._units = tuple({group.entry.credit.quantity.unit: None for group in self.groups})
        self._counts: dict[int, Counts] = {}
        self._accepted: dict[int, tuple[int, int]] = {}
        self.everything = (1 << len(self.groups)) - 1
        self.in_period = self._repeating = 0
        self._by_approvals: dict[frozenset[str] | None, int] = {}
        for number, group in enumerate(self.groups):
            entry, bit = group.entry, 1 << number
            self.in_period |= bit if entry.in_period else 0
            self._repeating |= bit if entry.repeats is not None else 0
            self._by_approvals[entry.approvals] = self._by_approvals.get(entry.approvals, 0) | bit

    def of_entry(self, entry_id: str) -> int:
        """The groups that hold hours of this entry."""
        if self._by_entry is None:
            self._by_entry = {}
            for number, group in enumerate(self.groups):
                for entry, _ in group.members:
                    self._by_entry[entry.id] = self._by_entry.get(entry.id, 0) | 1 << number
        return self._by_entry[entry_id]

    def those(self, test: Callable[[Group], bool]) -> int:
        """The groups for which `test` holds."""
        mask = 0
        for number, group in enumerate(self.groups):
            if test(group):
                mask |= 1 << number
        return mask

    def fitting(self, which: Which, *, good: bool, generous: bool, unsettled: bool = False) -> int:
        """
        The groups whose hours are those that `which` means.

        `good` says whether it is good for the holder if they are. What an entry leaves unstated turns out well if `generous` or
        settled by the holder, and badly otherwise; `unsettled` looks away from what was settled.
        """
        key = (id(which), good, generous, unsettled)
        found = self._fits.get(key)
        if found is None:
            found = self._fits[key] = self._fitting(which, good=good, generous=generous, unsettled=unsettled)
        return found

    def _fitting(self, which: Which, *, good: bool, generous: bool, unsettled: bool) -> int:
        mask = self.everything
        for name, values in self.vocabulary.asked_by(which):
            stated = self._stating(name, values)
            unknown = self._leaving_open(name, values) & ~stated
            if not generous and unknown:
                well = 0 if unsettled else self.settled(DOUBT.get(name, name))
                unknown &= well if good else ~well
            elif not good:
                unknown = 0
            mask &= stated | unknown
        if which.any is not None:
            some = 0
            for one in which.any:
                some |= self.fitting(one, good=good, generous=generous, unsettled=unsettled)
            mask &= some
        if which.not_ is not None:
            mask &= ~self.fitting(which.not_, good=not good, generous=generous, unsettled=unsettled)
        return mask

    def _stating(self, name: str, values: Iterable[str]) -> int:
        """The groups that state one of these values of a property."""
        known, mask = self._known(name), 0
        for value in values:
            mask |= known.get(value, 0)
        return mask

    def _leaving_open(self, name: str, values: Iterable[str]) -> int:
        """The groups that do not state a property, so that it could be one of these values."""
        return self._stating("here", values) if name == "topic" else self._known(name).get(None, 0)

    def _known(self, name: str) -> dict[str | None, int]:
        """The groups by what they state of a property; None is not stated."""
        found = self._properties.get(name)
        if found is None:
            found = self._properties[name] = {}
            for number, group in enumerate(self.groups):
                for value in self._property(name, group):
                    found[value] = found.get(value, 0) | 1 << number
        return found

    def _property(self, name: str, group: Group) -> Iterable[str | None]:
        entry, about = group.entry, group.about
        course = entry.credit.course
        if name == "topic":
            return about.topics
        if name == "here":
            return about.here
        if name == "format":
            return (about.format,)
        if name == "activity":
            return (entry.activity,)
        if name == "sponsor":
            return (entry.sponsor,)
        if name == "approvals":
            return (None,) if entry.approvals is None else entry.approvals
        if name == "numbers":
            return (None,) if course is None else course.numbers
        if name == "courses":
            return (None,) if course is None else {course.id or "", *map(str, course.numbers.values())}
        title = entry.credit.title.casefold()
        return (None,) if entry.credit.title == NO_TITLE else [word for word in self.vocabulary.words if word in title]

    @property
    def without_approvals(self) -> int:
        """The groups that do not say who approved them."""
        return self._by_approvals.get(None, 0)

    def settled(self, doubt: str) -> int:
        """The groups of which the holder settled this doubt."""
        if doubt not in self._well:
            self._well[doubt] = self.those(lambda group: doubt in group.settled)
        return self._well[doubt]

    def unstated(self, which: Which, *, unsettled: bool = False) -> dict[str, int]:
        """What entries leave unstated and `which` asks for, with the groups where that could decide whether they fit."""
        found: dict[str, int] = {}
        for name, values in self.vocabulary.asked_within(which):
            if unknown := self._leaving_open(name, values) & ~self._stating(name, values):
                doubt = DOUBT.get(name, name)
                unknown &= -1 if unsettled else ~self.settled(doubt)
                found[doubt] = found.get(doubt, 0) | unknown
        if not found:
            return found
        wide = self.fitting(which, good=True, generous=True, unsettled=unsettled)
        undecided = wide & ~self.fitting(which, good=True, generous=False, unsettled=unsettled)
        return {doubt: unknown & undecided for doubt, unknown in found.items() if unknown & undecided}

    def about(self, topics: tuple[str, ...], *, generous: bool) -> int:
        """The groups about one of `topics`; with law whose state is unstated if `generous` or settled by the holder."""
        key = (topics, generous)
        found = self._topics.get(key)
        if found is None:
            here = self._leaving_open("topic", topics)
            found = self._stating("topic", topics) | (here if generous or not here else here & self.settled("state"))
            self._topics[key] = found
        return found

    def state_decides(self, topics: tuple[str, ...], *, unsettled: bool = False) -> int:
        """The groups that are about one of `topics` only if the law they are about is that of this state."""
        here = self._leaving_open("topic", topics) & ~self._stating("topic", topics)
        return here if unsettled or not here else here & ~self.settled("state")

    def within(self, span: Span | None) -> int:
        """The groups completed within `span`; None is the license period."""
        if span is None:
            return self.in_period
        if span not in self._spans:
            self._spans[span] = self.those(lambda group: group.entry.credit.completed in span)
        return self._spans[span]

    def counts(self, terms: Terms) -> Counts:
        """The hours of each group that counts."""
        known = self._counts.get(id(terms))
        if known is None:
            measure = self.measure(terms)
            mask = self._countable(terms)
            allowed = [amount if mask >> number & 1 else 0 for number, amount in enumerate(measure.groups)]
            known = self._counts[id(terms)] = Counts(terms, allowed, measure.scale, mask, measure)
        return known

    def measure(self, terms: Terms) -> Measure:
        """The hours of each group whoever approved it, which is the same for many terms."""
        rates = tuple([hours_per(unit, terms) for unit in self._units])
        key = (rates, terms.generous and (None in rates or bool(self.rule.rates)))
        if key not in self._measures:
            kinds = [self._kind(number, terms) for number in range(len(self.groups))]
            shapes: dict[int | Unit, set[int]] = {kind: set() for kind in kinds}
            for kind, group in zip(kinds, self.groups, strict=True):
                shapes[kind].update(group.shapes)
            exact = {
                kind: self._hours_of(some, self._rate(kind, terms), generous=terms.generous) for kind, some in shapes.items()
            }
            scale = math.lcm(*{hours.denominator for some in exact.values() for hours in some.values()})
            units = {
                kind: {shape: hours.numerator * (scale // hours.denominator) for shape, hours in some.items()}
                for kind, some in exact.items()
            }
            groups = [
                sum([of_kind[shape] * count for shape, count in group.shapes.items()]) if (of_kind := units[kind]) else 0
                for kind, group in zip(kinds, self.groups, strict=True)
            ]
            self._measures[key] = Measure(groups, scale, [units[kind] for kind in kinds], {})
        return self._measures[key]

    def _hours_of(self, shapes: Iterable[int], rate: tuple[Fraction, bool] | None, *, generous: bool) -> dict[int, Fraction]:
        """The board's hours of parts by their shapes; none if the rule does not say what their unit is."""
        if rate is not None:
            hours, per_entry = rate
            return {one: part_hours(*self._shapes[one], hours, per_entry=per_entry, rule=self.rule) for one in shapes}
        return {one: UNSTATED_MANY if self._shapes[one][1] else Fraction(0) for one in shapes} if generous else {}

    def members(self, number: int, terms: Terms) -> list[tuple[str, int]]:
        """The hours of each entry in a group in the units of `terms`, whoever approved them, oldest first; none if the rule does not convert."""
        measure = self.counts(terms).measure
        found = measure.members.get(number)
        if found is None:
            units = measure.shapes[number]
            found = measure.members[number] = [(entry.id, units[shape]) for entry, shape in self.groups[number].members if units]
        return found

    def is_converted(self, number: int, terms: Terms) -> bool:
        """Whether the rule says how many hours the unit of a group is."""
        return self._rate(self._kind(number, terms), terms) is not None

    def _kind(self, number: int, terms: Terms) -> int | Unit:
        """What tells how many hours a group is: a special rate, by its number, or else its unit."""
        unit = self.groups[number].entry.credit.quantity.unit
        for at, rate in enumerate(self.rule.rates):
            fits = rate.unit in (None, unit)
            if fits and self.fitting(rate.which, good=True, generous=terms.generous) >> number & 1:
                return at
        return unit

    def _rate(self, kind: int | Unit, terms: Terms) -> tuple[Fraction, bool] | None:
        """The board's hours for one unit, or for a whole entry (True); None if the rule does not say."""
        if isinstance(kind, int):
            rate = self.rule.rates[kind]
            return Fraction(rate.hours), rate.per == "entry"
        hours = hours_per(kind, terms)
        return None if hours is None else (hours, False)

    def _countable(self, terms: Terms) -> int:
        """The groups whose entries can count at all."""
        accepted = self.accepted(terms.accepts)[terms.generous]
        if terms.repeats == "counted" or not self._repeating:
            return accepted
        again = self._repeating
        if terms.repeats is None:
            again = 0 if terms.generous else again & ~self.settled("repeat")
        return accepted & ~again

    def accepted(self, accepts: Accepts) -> tuple[int, int]:
        """The groups whose approvals are accepted, if what is not stated turns out badly, and if it turns out well."""
        found = self._accepted.get(id(accepts))
        if found is None:
            surely = unstated = 0
            for approvals, mask in self._by_approvals.items():
                answer = acceptance(approvals, accepts)
                surely |= mask if answer == "yes" else 0
                unstated |= mask if answer == "unstated" else 0
            perhaps = surely | unstated
            surely |= unstated & self.settled("approvals") if unstated else 0
            if accepts.except_for is not None:
                surely |= self.fitting(accepts.except_for, good=True, generous=False)
                perhaps |= self.fitting(accepts.except_for, good=True, generous=True)
            found = self._accepted[id(accepts)] = surely, perhaps
        return found


def _settled(entry: Entry, license_: License, vocabulary: Vocabulary) -> frozenset[str]:
    names = ("approvals", "repeat", *ATTRIBUTES)
    return frozenset(name for name in names if name not in vocabulary.contested and license_.confirms(f"{name}:{entry.id}"))


def hours_per(unit: Unit, terms: Terms) -> Fraction | None:
    """The board's hours in one of `unit`, without special rates; None if the rule does not say."""
    if unit in terms.hours_per_unit:
        return Fraction(terms.hours_per_unit[unit])
    if unit == "minute" and terms.hour_minutes is not None:
        return Fraction(1, terms.hour_minutes)
    return Fraction(1) if unit == "hour" else None


def part_hours(whole: Decimal, amount: Decimal, rate: Fraction, *, per_entry: bool, rule: RuleFile) -> Fraction:
    """
    The board's hours in `amount` of an entry of `whole`, both in its unit.

    The whole is converted once and rounded once; a part is its share of that.
    """
    if not amount:
        return Fraction(0)
    if not per_entry and rule.round_down_to is None and rule.least_hours is None:
        return Fraction(amount) * rate
    hours = rate if per_entry else Fraction(whole) * rate
    if rule.round_down_to is not None:
        step = Fraction(rule.round_down_to)
        hours = hours // step * step
    if rule.least_hours is not None and hours < Fraction(rule.least_hours):
        return Fraction(0)
    return hours * Fraction(amount) / Fraction(whole)
