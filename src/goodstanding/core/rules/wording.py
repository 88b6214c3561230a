"""
A rule in plain words, made from its data alone.

Explanations (`explain`) say where one person stands; this says what the rule asks of everyone. No sentence about a number, a date or a
body is written anywhere else, so a page can not say anything that the evaluation does not do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from goodstanding.core.rules.clauses import Accepts, CarryIn, Due, Every, InForce, Rate, Which, WindowOf
from goodstanding.core.rules.explain import TOTALS, show_day
from goodstanding.core.rules.load import Rule, RuleBook
from goodstanding.core.rules.model import Cap, Requirement, RuleFile
from goodstanding.core.rules.outcome import show_number

__all__ = ["Change", "Clause", "Description", "changes_of", "describe", "hours_words"]

_ACTIVITIES = {
    "course": "courses",
    "self_directed": "self-directed study",
    "teaching": "teaching",
    "authorship": "writing for publication",
    "graduate_course": "graduate courses",
    "peer_consultation": "peer consultation",
    "exam": "exams",
    "supervision": "supervision",
    "certification": "certification",
    "other": "other activities",
}
_FORMATS = {
    "live_in_person": "live in person",
    "live_online": "live online",
    "asynchronous": "at your own pace",
    "hybrid": "partly live and partly at your own pace",
}
_SPONSORS = {
    "association": "an association",
    "university": "a university",
    "employer": "an employer",
    "board": "a board",
    "company": "a company",
    "other": "another sponsor",
}
_UNITS = {
    "hour": "hour",
    "minute": "minute",
    "semester_credit": "semester credit",
    "quarter_credit": "quarter credit",
    "ceu": "CEU",
    "publication": "publication",
    "day": "day",
    "exam": "exam",
}
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}
_BY = {
    "period_start": "license periods that begin",
    "period_end": "license periods that end",
    "completion": "courses completed",
}


@dataclass(frozen=True, kw_only=True)
class Clause:
    """
    One part of a rule in words: a requirement, a cap, or what counts.

    `text` is the sentence that says it; `details` are sentences of its own for what qualifies it; `dates` says for which periods
    it holds, empty where the file's own dates do; `questions` are the ids of open questions that may change it.
    """

    id: str
    label: str
    text: str
    details: tuple[str, ...] = ()
    dates: str = ""
    in_force: bool = True
    confidence: str | None = None
    sources: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Description:
    """A whole rule in words: its period, what is required, what is capped, what counts as an hour, and what else it says."""

    period: tuple[str, ...]
    requirements: tuple[Clause, ...]
    caps: tuple[Clause, ...]
    counting: tuple[Clause, ...]
    others: tuple[Clause, ...]

    @property
    def clauses(self) -> tuple[Clause, ...]:
        return (*self.requirements, *self.caps, *self.counting, *self.others)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a rule says differently from one day on: pairs of the sentence before and after, either empty if there is none."""

    day: dt.date
    by: str
    differences: tuple[tuple[str, str, str], ...]


def describe(rule: Rule, book: RuleBook, *, on: dt.date) -> Description:
    """`rule` in words; parts that are not in force `on` that day are there and say so."""
    file = rule.file
    words = _Words(file, book)
    return Description(
        period=words.period(),
        requirements=tuple(words.requirement(one, on=on) for one in file.requirements),
        caps=tuple(words.cap(one, on=on) for one in file.caps),
        counting=tuple(words.counting()),
        others=tuple(words.others()),
    )


def changes_of(rule: Rule, book: RuleBook) -> tuple[Change, ...]:
    """The days on which what the rule asks changes or changed, the latest first, with what is different from then on."""
    file = rule.file
    words = _Words(file, book)
    parts: list[Requirement | Cap] = [*file.requirements, *file.caps]
    days = sorted({(one.in_force.from_, one.in_force.by) for one in parts if one.in_force and one.in_force.from_}, reverse=True)
    found = []
    for day, by in days:
        begins = [one for one in parts if one.in_force and one.in_force.from_ == day and one.in_force.by == by]
        differences = []
        for one in begins:
            before = [
                other
                for other in parts
                if other.id == one.id and other is not one and file.in_force_of(other).to == day - dt.timedelta(days=1)
            ]
            said = words.whole(before[0]) if before else "Nothing was asked." if getattr(one, "before", None) else ""
            differences.append((one.label, said, words.whole(one)))
        found.append(Change(day=day, by=_BY[by], differences=tuple(differences)))
    return tuple(found)


def hours_words(amount: Decimal) -> str:
    """3 hours, 1 hour."""
    return f"{show_number(amount)} {'hour' if amount == 1 else 'hours'}"


def _or(items: Iterable[str]) -> str:
    *most, last = items
    return f"{', '.join(most)} or {last}" if most else last


def _and(items: Iterable[str]) -> str:
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def _ordinal(number: int) -> str:
    return _ORDINALS.get(number, f"{number}th")


def _share(share: Fraction) -> str:
    named = {Fraction(1, 2): "half", Fraction(1, 3): "a third", Fraction(2, 3): "two thirds", Fraction(1, 4): "a quarter", Fraction(3, 4): "three quarters"}  # fmt: skip
    return named.get(share) or f"{show_number(Decimal(share.numerator * 100) / share.denominator)} percent"


def _months(months: int) -> str:
    return {1: "one month", 12: "one year", 24: "two years", 36: "three years", 48: "four years", 60: "five years"}.get(
        months, f"{months} months"
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('?') else '.'}"


def _named_body(label: str) -> str:
    """A body in the middle of a sentence: "the Association of ...", but "PESI" and "a state licensing board" as they are."""
    several_words = len(label.partition(" (")[0].split()) > 1
    return f"the {label}" if several_words and label[0].isupper() else label


class _Words:
    """The words of one rule file."""

    def __init__(self, file: RuleFile, book: RuleBook) -> None:
        self.file = file
        self.book = book
        parts: list[Requirement | Cap] = [*file.requirements, *file.caps]
        self.labels: Mapping[str, str] = {one.id: one.label for one in parts}

    # The period

    def period(self) -> tuple[str, ...]:
        cycle = self.file.cycle
        said = [f"Hours are counted over {_months(cycle.months)}. The period is fixed by this: {cycle.anchor}."]
        if cycle.counting and cycle.counting.ends:
            month, day = (int(part) for part in cycle.counting.ends.split("-"))
            years = {"any": "", "odd": " of an odd year", "even": " of an even year"}[cycle.counting.years]
            last = dt.date(2000, month, day)
            until = (
                "before the year in which the license expires"
                if cycle.counting.before_year_of_expiry
                else "up to the expiry of the license"
            )
            said.append(f"Counting ends on the last {last.day} {last:%B}{years} {until}.")
        elif cycle.counting and cycle.counting.starts:
            said.append(f"Counting starts on a day of your own: {self.book.facts[cycle.counting.starts].question}")
        if words := _dates(self.file.in_force):
            said.append(_sentence(f"this text holds for {words}"))
        return tuple(said)

    # Requirements and caps

    def requirement(self, one: Requirement, *, on: dt.date) -> Clause:
        asking = [
            each.id for each in self.file.open_questions if any(one.id in reading.requirements for reading in each.readings)
        ]
        return self._clause(one, self._demand(one), self._details(one), asking, on=on)

    def cap(self, one: Cap, *, on: dt.date) -> Clause:
        asking = [each.id for each in self.file.open_questions if any(one.id in reading.caps for reading in each.readings)]
        return self._clause(one, self._limit(one), (variant.says for variant in one.variants), asking, on=on)

    def _clause(self, one: Requirement | Cap, said: str, details: Iterable[str], asking: Sequence[str], *, on: dt.date) -> Clause:
        dates = _dates(one.in_force) if one.in_force else ""
        return Clause(
            id=one.id,
            label=one.label,
            text=_sentence(said),
            details=tuple(details),
            dates=_sentence(f"for {dates}") if dates else "",
            in_force=self.file.in_force_of(one).covers(on),
            confidence=one.confidence,
            sources=tuple(one.sources),
            questions=tuple(asking),
        )

    def whole(self, one: Requirement | Cap) -> str:
        """Everything a part says, in one text: for a difference."""
        if isinstance(one, Cap):
            return " ".join((_sentence(self._limit(one)), *(variant.says for variant in one.variants)))
        return " ".join((_sentence(self._demand(one)), *self._details(one)))

    def _demand(self, one: Requirement) -> str:
        often = self._often(one)
        about = f" about {self._topics(one.topics)}" if one.topics else ""
        if one.kind == "unsettled":
            return f"the sources that were read do not settle what is asked about {one.label}"
        if one.kind == "attestation":
            return f"you must be able to say yes to this {often}: {self.book.facts[one.fact or ''].question}"
        if one.kind == "course":
            return f"a course{about} {often}; no number of hours is named"
        if one.kind == "exam":
            return f"an exam{about}, passed, {often}"
        if one.share_of_total is not None:
            return f"{_share(one.share_of_total)} of the total{about} {often}"
        assert one.hours is not None
        return f"{hours_words(one.hours)}{' in all' if one.id in TOTALS else about} {often}"

    def _often(self, one: Requirement) -> str:
        if one.each_year:
            base = "in each year of the period"
        elif one.frequency == "each_renewal":
            base = "in each period"
        elif one.frequency == "once":
            base = "once"
        elif one.frequency == "first_renewal":
            base = "in the first period only"
        elif one.frequency == "later_renewals":
            base = "in each period after the first"
        else:
            assert one.every is not None
            base = _every(one.every)
        if one.each_year and one.frequency == "later_renewals":
            base += ", after the first period"
        return f"{base}, {_due(one.due_by)}" if one.due_by else base

    def _details(self, one: Requirement) -> Iterable[str]:
        if one.kind == "unsettled":
            # There are no data to put into words: what is known, and whether anything is due at all, stands in the file's own words.
            yield one.says
        if one.which is not None:
            heads = {"course": "a course", "exam": "an exam"}
            kinds = self._noun(one.which, head=heads.get(one.kind, "hours"))
            yield f"{'It must be one of these' if one.kind in heads else 'Only these count'}: {kinds}."
        if one.applies_text:
            yield _sentence(f"this applies only if {one.applies_text.rstrip('.')}")
        if one.kind == "minimum" and one.id not in TOTALS:
            if one.on_top:
                yield "These hours come on top of the total and serve nothing inside it."
            elif one.within and one.within in self.labels and one.within not in TOTALS:
                yield f"They count toward the hours for {self.labels[one.within]} as well."
            elif "total" in self.labels:
                yield "They count toward the total as well."
        if one.not_with:
            yield f"The same hours can not also serve {_or(self.labels.get(name, name) for name in one.not_with)}."
        if said := _window(one, self.book):
            yield said
        for variant in one.variants:
            yield variant.says
        for alternative in one.alternatives:
            yield f"Instead of this: {alternative.says.rstrip('.')}."

    def _limit(self, one: Cap) -> str:
        if one.hours is None:
            share = one.share_of_total or Fraction(1)
            amount = "as many hours count as the total asks for" if share == 1 else f"at most {_share(share)} of the total counts"
        elif not one.hours:
            amount = "no hours count"
        else:
            amount = f"at most {hours_words(one.hours)} {'counts' if one.hours == 1 else 'count'}"
        per = {
            "period": " in the period" if one.hours != 0 else "",
            "year": " in each year of the period",
            "day": " on one day",
            "entry": " of one entry",
        }[one.per]
        toward = f" toward {_and(self._named(name) for name in one.on)}" if one.on else ""
        said = f"{amount}{toward}{per}"
        return f"of these, {said}: {self._noun(one.which)}" if one.which else said

    def _named(self, requirement_id: str) -> str:
        return "the total" if requirement_id in TOTALS else self.labels.get(requirement_id, requirement_id)

    # Which hours

    def _topics(self, topics: Sequence[str]) -> str:
        return _or(self.book.topics.label(topic) for topic in topics)

    def _noun(self, which: Which, *, head: str = "hours") -> str:
        """What `which` means, as "hours of courses, about ethics, live online, but not ..."; `head` is what a whole entry is called."""
        activities = _or(_ACTIVITIES[one] for one in which.activities) if which.activities else ""
        said = self._properties(which)
        if which.any:
            kinds = "; or ".join(self._noun(one, head=head) for one in which.any)
            if not said and not activities and which.not_ is None:
                return kinds
            said.append(f"if it is one of these: {kinds}")
        if which.not_:
            said.append(f"but not {self._noun(which.not_, head=head)}")
        if activities:
            return ", ".join([activities if head != "hours" else f"hours of {activities}", *said])
        first, *others = said
        return ", ".join([f"{head} {first}" if not first.startswith("but") else f"{head}, {first}", *others])

    def _body(self, approval_id: str) -> str:
        return _named_body(self.book.approval_label(approval_id))

    def _properties(self, which: Which) -> list[str]:
        said: list[str] = []
        if which.topics:
            said.append(f"about {self._topics(which.topics)}")
        if which.formats:
            said.append(_or(_FORMATS[one] for one in which.formats))
        if which.sponsors:
            said.append(f"given by {_or(_SPONSORS[one] for one in which.sponsors)}")
        if which.approved_by:
            said.append(f"approved by {_or(self._body(one) for one in which.approved_by)}")
        if which.numbered_by:
            said.append(f"with a course number from {_or(self._body(one) for one in which.numbered_by)}")
        if which.courses:
            said.append(f"from {'this course' if len(which.courses) == 1 else 'one of these courses'}: {_or(which.courses)}")
        if which.title_has:
            said.append(f"with {_or(f'“{word}”' for word in which.title_has)} in the title")
        return said

    # What counts, and everything else

    def counting(self) -> Iterable[Clause]:
        file = self.file
        asking = self._asking("accepts")
        # Where no hours are counted, the file's default decides nothing, and nothing was read that it could state.
        stated = bool(file.accepts.bodies or file.accepts.sources or asking) or any(
            one.kind in ("minimum", "course") for one in file.requirements
        )
        yield Clause(
            id="accepts",
            label="Whose courses count",
            text=self._accepts(file.accepts) if stated else "Not stated in the sources that were read.",
            sources=tuple(file.accepts.sources) if stated else (),
            questions=asking,
        )
        yield Clause(
            id="hour_minutes",
            label="How long an hour is",
            text=f"An hour is {file.hour_minutes} minutes." if file.hour_minutes else "Not stated in the sources that were read.",
            questions=self._asking("hour_minutes"),
        )
        units = [
            f"a {_UNITS[unit]} counts as {hours_words(hours)}" for unit, hours in file.hours_per_unit.items() if unit != "hour"
        ]
        if units:
            yield Clause(id="units", label="Other units", text=_sentence(_and(units)), questions=self._asking("hours_per_unit"))
        if file.rates:
            rates = [self._rate(one) for one in file.rates]
            named = dict.fromkeys(source for one in file.rates for source in one.sources)
            yield Clause(id="rates", label="Special amounts", text=rates[0], details=tuple(rates[1:]), sources=tuple(named))
        steps = [f"hours count in steps of {show_number(file.round_down_to)}, rounded down"] if file.round_down_to else []
        if file.least_hours is not None:
            steps.append(f"what is shorter than {hours_words(file.least_hours)} counts nothing")
        if steps:
            yield Clause(id="steps", label="Steps", text=_sentence(_and(steps)))
        if file.repeats is not None or self._asking("repeats"):
            yield Clause(id="repeats", label="The same course twice", text=self._repeats(), questions=self._asking("repeats"))
        if file.carry_in is not None or self._asking("carry_in"):
            yield Clause(
                id="carry_in",
                label="Surplus hours",
                text=self._carried(file.carry_in),
                sources=tuple(file.carry_in.sources) if file.carry_in else (),
                questions=self._asking("carry_in"),
            )

    def others(self) -> Iterable[Clause]:
        if self.file.several:
            several = self.file.several
            yield Clause(id="several", label="Several licenses", text=several.says, sources=tuple(several.sources))
        for status, one in self.file.statuses.items():
            yield Clause(id=status, label=f"While the license is {status}", text=one.says, sources=tuple(one.sources))

    def _asking(self, key: str) -> tuple[str, ...]:
        """The open questions that may change a part that the whole rule depends on."""
        return tuple(
            question.id
            for question in self.file.open_questions
            if any(getattr(reading, key) not in (None, {}) for reading in question.readings)
        )

    def _accepts(self, accepts: Accepts) -> str:
        named = _or(self._body(one) for one in accepts.bodies) if accepts.bodies else ""
        if accepts.others == "anyone":
            said = "No approval is asked of a course"
            if named:
                said += f"; named are {named}"
        elif accepts.others == "any_body":
            said = "A course counts if any approval body approved it"
            if named:
                said += f", such as {named}"
        elif named:
            said = f"A course counts if it is approved by {named}"
        else:
            said = "No approval body is named"
        if accepts.except_for:
            said += f". No approval is asked for {self._noun(accepts.except_for)}"
        return f"{said}."

    def _rate(self, one: Rate) -> str:
        each = "for the whole entry" if one.per == "entry" else f"for each {_UNITS[one.unit or 'hour']}"
        return _sentence(f"{self._noun(one.which)}: {hours_words(one.hours)} {each}")

    def _repeats(self) -> str:
        if self.file.repeats == "counted":
            return "The same course may count again."
        if self.file.repeats is None:
            return "Not stated in the sources that were read."
        within = {"period": "in a period", "two_periods": "in two periods that follow each other", "ever": "ever"}
        return f"The same course counts once {within[self.file.repeats_within]}."

    def _carried(self, carried: CarryIn | None) -> str:
        if carried is None:
            return "Not stated in the sources that were read."
        if not carried.allowed:
            return "Surplus hours can not be taken into the next period."
        if not carried.at_most:
            return "Surplus hours count in the next period."
        most = _and(
            f"{'none' if not hours else f'at most {show_number(hours)}'} toward {self._named(name)}"
            for name, hours in carried.at_most.items()
        )
        return f"Surplus hours count in the next period: {most}."


def _every(every: Every) -> str:
    if every.years is not None:
        return "in every year" if every.years == 1 else f"every {every.years} years"
    assert every.renewals is not None
    first = every.first or every.renewals
    if every.renewals == 1:
        return f"in each period from the {_ordinal(first)} on"
    return f"in every {_ordinal(every.renewals)} period, for the first time in the {_ordinal(first)}"


def _due(due: Due) -> str:
    if due.months_after_issue is not None:
        return f"within {_months(due.months_after_issue)} after the license was issued"
    if due.date is not None:
        return f"by {show_day(due.date)}"
    assert due.period is not None
    return f"by the end of the {_ordinal(due.period)} license period"


def _window(one: Requirement, book: RuleBook) -> str:
    """Where hours may come from, if that is not what the frequency says already."""
    window = one.window
    if window is None or window == "period":
        return ""
    if not isinstance(window, WindowOf):
        return "Hours count whenever they were earned."
    if window.years is not None:
        return f"Hours count from the {_months(window.years * 12)} before the period ends."
    if window.calendar_years is not None:
        years = window.calendar_years
        return f"Hours count from {'the calendar year' if years == 1 else f'the {years} calendar years'} up to the one in which the period ends."
    if window.periods is not None:
        before = window.periods - 1
        return f"Hours count from this period and {'the one' if before == 1 else f'the {before}'} before."
    return f"Hours count from a day of your own on: {book.facts[window.since or ''].question}"


def _dates(dates: InForce) -> str:
    """The periods or courses for which a text holds; empty if for all."""
    subject = _BY[dates.by]
    if dates.from_ and dates.to:
        return f"{subject} from {show_day(dates.from_)} to {show_day(dates.to)}"
    if dates.from_:
        return f"{subject} on or after {show_day(dates.from_)}"
    return f"{subject} up to {show_day(dates.to)}" if dates.to else ""
