"""
Every sentence that an evaluation says to a clinician, built from the rule's data and the figures.

Of several true sentences the one is chosen that tells what to do next: what is missing goes before what is uncertain, and
what is uncertain before what is done. A figure is never given without what it is measured against.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from goodstanding.core.rules.case import License
from goodstanding.core.rules.model import Cap, FactValue, Requirement
from goodstanding.core.rules.outcome import (
    Outcome,
    Period,
    QuestionAnswer,
    RequirementAnswer,
    Standing,
    show_number,
)

_CERTIFIED = {
    "minute": "certified in minutes",
    "semester_credit": "certified in semester credits",
    "quarter_credit": "certified in quarter credits",
    "ceu": "certified in CEUs",
    "publication": "entered as a publication",
    "day": "certified in days",
    "exam": "entered as an exam",
    "hour": "certified in hours",
}
_OFTEN_IN_HOURS = frozenset({"minute", "ceu", "day"})
"""Units beside which a certificate often prints the hours as well."""

SHOWN_QUESTIONS = 3
"""A reason names no more questions than this in full; all of them are listed with the answer."""

TOTALS = frozenset({"total", "total_each_year"})


@dataclass(frozen=True)
class Figures:
    """The hours that a sentence about one requirement may name; `years` is how many years they are due in each of."""

    required: Decimal
    counted: Decimal
    missing: Decimal
    carried: Decimal
    brought: Decimal
    years: int = 1


@dataclass(frozen=True)
class Place:
    """
    What one more hour for a requirement does besides, and the years that are short.

    `subject` says that the hours are about something, not only of some kind; `within` names the requirement they are a part
    of; `in_total` says that they count in the total.
    """

    subject: bool = True
    within: str | None = None
    in_total: bool = True
    short_years: Sequence[tuple[Period, Decimal]] = ()


class Unapproved(NamedTuple):
    """An entry that counts for nothing until somebody says who approved it; `serves` are requirements that could use it."""

    title: str
    serves: frozenset[str]


def show_day(day: dt.date) -> str:
    """31 May 2027: the same everywhere, and not to be confused between countries."""
    return f"{day.day} {day:%B %Y}"


def _hours(amount: Decimal) -> str:
    return f"{show_number(amount)} {'hour' if amount == 1 else 'hours'}"


def _is(amount: Decimal | int) -> str:
    return "is" if amount == 1 else "are"


def _count(amount: Decimal) -> str:
    return "counts" if amount == 1 else "count"


def _list(items: Sequence[str], *, word: str) -> str:
    if len(items) < 2:  # noqa: PLR2004 - one thing needs no "or"
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def _subject(requirement_: Requirement | RequirementAnswer) -> str:
    return "" if requirement_.id in TOTALS else f" in {requirement_.label}"


def requirement(
    requirement_: Requirement,
    *,
    outcome: Outcome,
    figures: Figures,
    due: dt.date,
    on: dt.date,
    deciding: Sequence[str],
    alternative: str | None,
    unclaimed: Sequence[str],
    confirmed: bool,
    short_years: Sequence[tuple[Period, Decimal]] = (),
    amount_open: bool = False,
    fulfilled: bool = False,
    asked: bool = True,
) -> str:
    """
    Why a requirement has its outcome. `deciding` are the texts of the questions that keep it from being certain;
    `amount_open` says that less may be due than the figures say, though something is owed under every reading.

    `fulfilled` and `asked` say of the reading that the figures are of whether nothing is missing, and whether anything is due.
    """
    if requirement_.kind == "unsettled":
        return _unsettled(requirement_, outcome=outcome, deciding=deciding)
    if alternative is not None:
        first = _met_otherwise(requirement_, alternative)
    elif requirement_.kind != "minimum":
        if fulfilled and not asked and not figures.counted:
            first = _not_asked(requirement_, outcome=outcome)
        elif fulfilled and outcome is Outcome.UNKNOWN:
            first = f"{_capital(_named(requirement_)[0])}: {_on_record(requirement_)}."
        else:
            first = _without_hours(requirement_, outcome=outcome, due=due, on=on)
    elif not figures.required:
        first = f"{_as_read(outcome)} nothing is due{_subject(requirement_)}."
    elif requirement_.each_year:
        first = _each_year(requirement_, figures=figures, short_years=short_years, on=on, outcome=outcome)
    else:
        first = _with_hours(requirement_, figures=figures, due=due, on=on, outcome=outcome)
    sentences = [first]
    if outcome is Outcome.UNMET and amount_open:
        sentences.append("How many are due is an open question; this is the most that the sources read ask for.")
    if outcome is Outcome.UNMET and due < on and not short_years:
        sentences.append(f"That day has passed; ask the board how to mend it. {_LATE}")
    if outcome is Outcome.UNKNOWN:
        sentences.append(_not_certain(deciding))
    lost = figures.brought - figures.carried
    if lost and outcome is not Outcome.MET:
        sentences.append(f"Of what you carried in, {_hours(lost)} {_is(lost)} not counted here.")
    if outcome is not Outcome.MET and unclaimed:
        sentences.append(f"{_capital(_list(unclaimed, word='or'))} would also meet it, if you have that.")
    if confirmed and outcome is Outcome.MET:
        sentences.append("This rests on what you confirmed with your board.")
    elif confirmed and outcome is Outcome.UNKNOWN:
        sentences.append("Part of this rests on what you confirmed with your board.")
    return " ".join(sentences)


_LATE = "Hours taken now still count here."


def _not_certain(deciding: Sequence[str]) -> str:
    """
    The questions stand in it word for word, because the page puts links in their place.

    >>> _not_certain(["Was it live?"])
    'Not certain, because one question is open. If the answer is in your favor, this is met. Was it live?'
    """
    if len(deciding) == 1:
        return f"Not certain, because one question is open. If the answer is in your favor, this is met. {deciding[0]}"
    listed = "" if len(deciding) <= SHOWN_QUESTIONS else "; all are listed under the open questions"
    first = f"Not certain, because {len(deciding)} questions are open{listed}. If the answers are in your favor, this is met."
    return " ".join([first, *deciding[:SHOWN_QUESTIONS]])


def _met_otherwise(requirement_: Requirement, alternative: str) -> str:
    by_entry = any(one.says == alternative and one.entry is not None for one in requirement_.alternatives)
    return f"Met by {alternative}, as {'your credits show' if by_entry else 'you stated'}."


def _short_year(year: Period, missing: Decimal, *, on: dt.date, outcome: Outcome) -> str:
    when = f"in the year from {show_day(year.start)} to {show_day(year.end)}"
    hours = _capital(_hours(missing))
    if outcome is Outcome.UNKNOWN:
        return f"{hours} may be missing {when}{', which is over' if year.end < on else ''}."
    if year.end < on:
        return f"{hours} {'was' if missing == 1 else 'were'} missing {when}, which is over; ask the board how to mend it."
    return f"{hours} {_is(missing)} missing {when}."


def _unsettled(requirement_: Requirement, *, outcome: Outcome, deciding: Sequence[str]) -> str:
    if outcome is Outcome.MET:
        return "Met, as you confirmed with your board."
    others = [text for text in deciding if text != requirement_.says][:SHOWN_QUESTIONS]
    return " ".join([f"What exactly is asked here was not read. {requirement_.says} Ask the board.", *others])


def _each_year(
    requirement_: Requirement,
    *,
    figures: Figures,
    short_years: Sequence[tuple[Period, Decimal]],
    on: dt.date,
    outcome: Outcome,
) -> str:
    """Hours of one year do not fill another, so a sum over the years would mislead."""
    hours = figures.required / figures.years
    subject = "" if requirement_.id in TOTALS else f" in {requirement_.label}"
    when = "" if "each" in subject else " in each license year"
    due = f"{_hours(hours)}{subject} {_is(hours)} due{when}"
    if not short_years:
        return f"{due}; none {_is(hours)} missing."
    return " ".join([f"{due}.", *(_short_year(year, missing, on=on, outcome=outcome) for year, missing in short_years)])


def _with_hours(requirement_: Requirement, *, figures: Figures, due: dt.date, on: dt.date, outcome: Outcome) -> str:
    carried = f" and {show_number(figures.carried)} carried in" if figures.carried else ""
    subject = _subject(requirement_)
    if not figures.missing and figures.counted > figures.required:
        asked = f"{show_number(figures.required)} {_is(figures.required)} due"
        return f"You have {_hours(figures.counted)}{subject}{carried}, and {asked}; nothing more is owed."
    have = f"You have {show_number(figures.counted)} of {_hours(figures.required)}{subject}{carried}"
    if not figures.missing:
        return f"{have}; nothing more is owed."
    missing = show_number(figures.missing)
    if due < on:
        verb = "may have been" if outcome is Outcome.UNKNOWN else "was" if figures.missing == 1 else "were"
        return f"{have}; {missing} {verb} due by {show_day(due)}."
    verb = "may still be" if outcome is Outcome.UNKNOWN else f"{_is(figures.missing)} still"
    return f"{have}; {missing} {verb} owed by {show_day(due)}."


def _without_hours(requirement_: Requirement, *, outcome: Outcome, due: dt.date, on: dt.date) -> str:
    what, none = _named(requirement_)
    if outcome is Outcome.MET:
        return f"Done: {what}."
    by = show_day(due)
    when = f"is due by {by}" if due >= on else f"was due by {by}"
    if outcome is Outcome.UNKNOWN:
        when = f"may be due by {by}" if due >= on else f"may have been due by {by}"
    return f"{_capital(what)} {when}; {none}."


def _as_read(outcome: Outcome) -> str:
    """Under what nothing is due; only another status of the license can leave that open."""
    return "By the rule for active licenses" if outcome is Outcome.UNKNOWN else "As the rule is read here,"


def _not_asked(requirement_: Requirement, *, outcome: Outcome) -> str:
    return f"{_as_read(outcome)} {_named(requirement_)[0]} is not due."


def _on_record(requirement_: Requirement) -> str:
    if requirement_.kind == "exam":
        return "a pass is on record"
    return "it is on record" if requirement_.kind == "attestation" else "one that counts is on record"


def _named(requirement_: Requirement) -> tuple[str, str]:
    """What is to be done where no hours are asked for, and how to say that it is not."""
    if requirement_.kind == "exam":
        return f"the exam on {requirement_.label}", "no pass is on record"
    if requirement_.kind == "attestation":
        return f"your statement on {requirement_.label}", "it is not on record"
    about = about_something(requirement_)
    return f"{'a course on' if about else 'an activity in'} {requirement_.label}", "none that counts is on record"


def about_something(requirement_: Requirement) -> bool:
    """Whether hours must be about a subject, and not only of some kind such as live ones."""
    which = requirement_.which
    return bool(requirement_.topics) or (which is not None and any(part.topics for part in which.parts()))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# What does not apply or can not be said


def not_applicable(requirement_: Requirement, *, renewals: FactValue | None) -> str:
    if requirement_.frequency == "first_renewal" and renewals:
        times = {1: "once", 2: "twice"}.get(renewals if isinstance(renewals, int) else 0, f"{renewals} times")
        return f"Due in the first renewal period only; you have renewed {times}."
    if requirement_.frequency == "later_renewals" and renewals == 0:
        return "Not due in the first license period."
    every = requirement_.every
    if every is not None and every.renewals and isinstance(renewals, int) and not every.due_in(renewals + 1):
        turn = next(number for number in range(renewals + 2, renewals + 200) if every.due_in(number))
        away = turn - renewals - 1
        return f"Not due in this period: its turn comes {'in the next period' if away == 1 else f'{away} periods from now'}."
    if requirement_.applies_text is None:
        return "Not due in this period."
    condition = requirement_.applies_when
    facts = [] if condition is None else [bool(leaf.fact) for leaf in condition.leaves()]
    # What the license itself tells (its age, its period) nobody said.
    if facts and all(facts):
        why = "you said that is not so"
    elif any(facts):
        why = "by what your license and your answers say, that is not so"
    else:
        why = "by what your license says, that is not so"
    return f"Due only if {requirement_.applies_text}; {why}."


def waived() -> str:
    return "Waived for this period, as you recorded. Keep the board's letter."


def due_later(day: dt.date) -> str:
    return f"Not due in this period yet; due by {show_day(day)}."


def not_yet_due(first: dt.date) -> str:
    return f"Not due for this period; the requirement began on {show_day(first)}."


def no_text(day: dt.date, *, board: str) -> str:
    return f"The rule text in force on {show_day(day)} was not read, so nothing can be said for this period. Ask the {board}."


def too_many(board: str) -> str:
    return f"Too much is open at once to answer this. Confirm some of the open questions with the {board}."


def outside(license_: License, *, on: dt.date) -> str:
    if license_.expires is None and not license_.periods:
        return "The day this license expires is not entered, so its renewal period is not known."
    why = f"{show_day(on)} lies outside the renewal periods that are entered, so nothing can be said for that day."
    if license_.expires is not None and license_.expires < on:
        return f"By what is entered, this license expired on {show_day(license_.expires)}. {why}"
    return why


def outside_step(license_: License, *, on: dt.date) -> str:
    if license_.expires is None:
        return "Enter the day this license expires."
    if license_.expires < on:
        return "Enter the new expiry if you have renewed; if you have not, ask the board how to renew."
    return "Enter the renewal period for that day."


# Open questions that are not in a rule file


def standing_question(name: str, *, status: str) -> str:
    if name == "renewals":
        return "How many times have you renewed this license?"
    if name in ("issued", "issued_month", "months_licensed"):
        return "On what day was this license issued?"
    if name == "carried_in":
        return "Do hours carried in from the period before count? The sources read do not say."
    return f"What does the board ask of a license that is {status}? Only the rule for active licenses was read."


def doubt(kind: str, *, title: str, unit: str) -> str:
    if kind == "approvals":
        return f"Who approved “{title}”? Its approval is not stated."
    if kind == "repeat":
        return f"Does “{title}” count a second time in one period? The sources read do not say."
    if kind in _UNSTATED:
        return _UNSTATED[kind].format(title=title)
    return f"How many hours does the board give for “{title}”, {_CERTIFIED[unit]}? The sources read do not say."


_UNSTATED = {
    "format": "How was “{title}” given: in person, live online, or at your own pace? It is not stated.",
    "activity": "What was “{title}”: a course, self-study, teaching, or something else? It is not stated.",
    "sponsor": "What kind of sponsor gave “{title}”: an association, a university, an employer? It is not stated.",
    "course": "Which course was “{title}”, and what number did the board or an approval body give it? It is not stated.",
    "title": "What is the title of the course entered as “{title}”? The rule asks for words in it.",
    "state": "Was “{title}” about the law of the state of this license? It is not stated.",
    "started": "On what day did “{title}” begin? It has more hours than count for one day, and its first day is not stated.",
}
_WHAT = {
    "format": "how it was given",
    "activity": "what kind of activity it was",
    "sponsor": "what kind of sponsor gave it",
    "course": "which course it was",
    "title": "its title",
    "state": "whether it was about the law of this state",
    "started": "on what day it began",
}


# Entries


def future(completed: dt.date, *, on: dt.date) -> str:
    return f"Not counted: completed on {show_day(completed)}, after {show_day(on)}."


def provisional() -> str:
    return "Not counted: its hours are provisional until the people who must rate them have signed."


def no_period() -> str:
    return "Not counted: the renewal period is not known."


def before_period(period: Period) -> str:
    return f"Not counted: completed before this period, which began on {show_day(period.start)}."


def earlier(period: Period) -> str:
    return (
        f"Completed before this period, which began on {show_day(period.start)}: it serves what may be met earlier, "
        "and adds nothing to this period's total."
    )


def _body(label: str) -> str:
    """An approval body with its article: "the American Psychological Association (APA)", "a hospital", "NAADAC"."""
    return label if label[:1].islower() or " " not in label else f"the {label}"


def _bodies(labels: Sequence[str]) -> str:
    return _list([_body(label) for label in labels], word="or")


def not_accepted(names: Sequence[str]) -> str:
    if not names:
        return "Not counted: it has no approval, and the board asks for one."
    return f"Not counted: the board does not accept approval by {_bodies(names)}."


def maybe_accepted(names: Sequence[str]) -> str:
    if not names:
        return "Not counted for now: it has no approval, and whether the board asks for one is an open question."
    return f"Not counted for now: whether the board accepts approval by {_bodies(names)} is an open question."


def approval_unstated() -> str:
    return "Not counted for now: who approved it is not stated. Look on the certificate and enter it."


def unstated(attribute: str) -> str:
    return f"Not counted for now: {_WHAT[attribute]} is not stated, and that decides whether it counts. Complete the entry."


def unit_unknown(unit: str) -> str:
    mend = (
        "If the certificate names hours as well, enter those; else ask the board."
        if unit in _OFTEN_IN_HOURS
        else "Ask the board."
    )
    return f"Not counted for now: it is {_CERTIFIED[unit]}, and how many hours the board gives for that is not known. {mend}"


def repeated(title: str, *, stated: bool) -> str:
    if stated:
        return f"Not counted: the same course as “{title}”."
    return f"Not counted for now: the same course as “{title}”, and whether a repeat counts is an open question."


_PER = {"period": "", "year": " a year", "day": " a day", "entry": " of one entry"}


def _most(cap_: Cap, limit: Decimal) -> str:
    """What a cap lets through: "at most 8 hours a day from self-study", or of anything where it names no kind."""
    if cap_.which is None:
        unit = {"period": "", "year": " of one year", "day": " of one day", "entry": " of one entry"}[cap_.per]
        return f"at most {_hours(limit)}{unit}"
    return f"at most {_hours(limit)}{_PER[cap_.per]} from {cap_.label}"


def _toward(where: Sequence[str]) -> str:
    return f" toward {_list(where, word='or')}" if where else ""


def capped(
    cap_: Cap,
    *,
    counted: Decimal,
    hours: Decimal | None,
    limit: Decimal,
    others: Decimal,
    where: Sequence[str] = (),
    in_doubt: bool = False,
    as_course: bool = False,
) -> str:
    """
    What a cap took from an entry. `where` names what the cap is about, if it leaves other requirements alone; `in_doubt`
    says that an open question decides about the cap; `as_course` that something asks for such a course, however long.
    """
    if not limit:
        if in_doubt:
            return f"Not counted for now{_toward(where)}: whether {cap_.label} counts is an open question."
        if where:
            return f"{_capital(cap_.label)} does not count{_toward(where)}."
        return f"Not counted: {cap_.label} does not count."
    if where:
        rest = "the rest of this entry does not" if counted else "other entries have filled that"
        return f"{_capital(_most(cap_, limit))} {_count(limit)}{_toward(where)}; {rest}."
    of = "" if hours is None else f" of {_hours(hours)}"
    have = f"{show_number(counted)}{of} counted"
    if as_course and not counted:
        have = f"It serves where a course is asked for; {have}"
    if cap_.which is None:
        beside = ", other entries of that day included" if cap_.per == "day" and counted < limit else ""
        return f"{have}. {_capital(_most(cap_, limit))} {_count(limit)}{beside}."
    used = others and cap_.per == "period"
    already = f", and {show_number(others)} {'was' if others == 1 else 'were'} already used" if used else ""
    return f"{have}. {_capital(cap_.label)}: at most {_hours(limit)}{_PER[cap_.per]}{already}."


def begun_unstated() -> str:
    return "If it began on an earlier day, enter that day: more of it may count."


def cap(cap_: Cap, *, limit: Decimal, used: Decimal, removed: Decimal, where: Sequence[str] = (), in_doubt: bool = False) -> str:
    """How much of a capped kind of hours was used; `where` and `in_doubt` as in `capped`."""
    if not limit:
        if in_doubt:
            left = f"; for now {_hours(removed)} {_is(removed)} left out" if removed else ""
            return f"Whether {cap_.label} counts{_toward(where)} is an open question{left}."
        left = f"; {_hours(removed)} {_is(removed)} left out" if removed else ""
        return f"{_capital(cap_.label)} does not count{_toward(where)}{left}."
    if cap_.per == "period" and cap_.which is not None:
        first = f"{show_number(used)} of at most {_hours(limit)} from {cap_.label} used{_toward(where)}."
    else:
        first = f"{_capital(_most(cap_, limit))} {_count(limit)}{_toward(where)}; {_hours(used)} {_is(used)} counted so far."
    if not removed:
        return first
    return f"{first} {_capital(_hours(removed))} beyond that {'does' if removed == 1 else 'do'} not count."


def too_short(least: Decimal | None, *, step: Decimal | None) -> str:
    if least is not None:
        return f"Not counted: an entry must be at least {_hours(least)} long."
    return f"Not counted: hours count in steps of {show_number(step or Decimal(1))}."


def serves_nothing() -> str:
    return "Not counted: nothing that is due for this license in this period asks for hours of this kind."


def nothing_due() -> str:
    return "Not counted: nothing that this rule asks is due for this license in this period."


def open_reading() -> str:
    return "Not counted for now: whether anything asks for these hours is an open question."


def undecided() -> str:
    return "Not counted for now: what is due for this license in this period is not known."


# The license as a whole


def summary(standing: Standing, requirements: Iterable[RequirementAnswer], *, due: dt.date, on: dt.date) -> str:
    """One sentence on the standing."""
    answers = list(requirements)
    unmet = [one for one in answers if one.outcome is Outcome.UNMET]
    unknown = sum(1 for one in answers if one.outcome is Outcome.UNKNOWN)
    if standing is Standing.MET:
        if not answers:
            return f"Nothing that this rule asks is due from you by {show_day(due)}."
        resting = "; part of that rests on what you confirmed with your board" if any(one.confirmed for one in answers) else ""
        return f"Everything known to be due by {show_day(due)} is met{resting}."
    whole = f" of {len(answers)} requirements"
    parts = []
    if len(answers) == 1:
        parts.append(f"the one requirement is not {'met yet' if unmet else 'certain'}")
    else:
        if unmet:
            parts.append(f"{len(unmet)}{whole} {_is(len(unmet))} not met yet")
        if unknown:
            parts.append(f"{unknown}{'' if unmet else whole} {_is(unknown)} not certain")
    first = min((one.due for one in unmet if one.due is not None and one.due < due), default=None)
    what = "it" if len(answers) == 1 else "the earliest"
    early = "" if first is None else f"{what} {'was' if first < on else 'is'} due by {show_day(first)}, and "
    return f"{_capital(' and '.join(parts))}; {early}renewal is due by {show_day(due)}."


_ALONE = Place()


def next_step(
    standing: Standing,
    requirements: Sequence[RequirementAnswer],
    questions: Sequence[QuestionAnswer],
    *,
    due: dt.date,
    on: dt.date,
    board: str,
    places: Mapping[str, Place],
    full: Sequence[Cap] = (),
    unstated: Sequence[Unapproved] = (),
) -> str:
    """
    The one step that helps most.

    What is owed under every reading goes first, because no answer to a question can settle it; if entries whose approval is
    not stated could leave less of it to be taken, the step says so. Then such entries are looked up, which costs nothing, then what
    no hours can mend is taken to the board, and then the question is asked that decides the most.

    Of what is owed, what is due soonest goes first. Hours on a subject go before other hours, because they count for the total and for what
    asks for a kind of hours as well; then hours in general, and what has no hours.
    `full` are caps that let nothing more through, which are named where they would spoil the step.
    """
    if standing is Standing.MET:
        more = f"Nothing more is owed for the period that ends on {show_day(due)}."
        return f"{more} Keep a note of what your board confirmed." if any(one.confirmed for one in requirements) else more
    unmet = [one for one in requirements if one.outcome is Outcome.UNMET]
    hours = [_Step.of(one, places.get(one.id, _ALONE), due=due, on=on) for one in unmet if one.kind == "minimum"]
    steps = [one for one in hours if one is not None]
    rest = [one for one in steps if one.answer.id not in TOTALS]
    subjects = [one for one in rest if one.place.subject]
    wholes = {one.answer.id for one in subjects}
    chosen = [one for one in subjects if one.place.within not in wholes] or rest or steps
    bare = [one for one in unmet if one.kind != "minimum"]
    if chosen and not (bare and min(one.due or due for one in bare) < min(one.due for one in chosen)):
        soonest = min(one.due for one in chosen)
        most = max((one for one in chosen if one.due == soonest), key=lambda one: one.missing)
        sooner = [one.title for one in unstated if most.answer.id in one.serves]
        return " ".join([_take(most, steps, on=on, full=full), *([_first_enter(sooner)] if sooner else [])])
    if bare:
        return _complete(min(bare, key=lambda one: one.due or due), due=due, on=on, subject=places)
    # What is asked of a license that is not active bears on everything, so no certificate can settle anything before it.
    if unstated and not any(question.kind == "status" for question in questions):
        return _look_up([one.title for one in unstated])
    if unmet:
        return f"Ask the {board} how to mend the hours that were missing in a license year that is over."
    return _ask(requirements, questions, due=due, board=board)


@dataclass(frozen=True)
class _Step:
    """
    Hours that can still be taken for one requirement, and when: for one that is due each year, those of one year, which
    begins on `start`.
    """

    answer: RequirementAnswer
    place: Place
    missing: Decimal
    due: dt.date
    start: dt.date | None = None

    @classmethod
    def of(cls, answer: RequirementAnswer, place: Place, *, due: dt.date, on: dt.date) -> _Step | None:
        if not place.short_years:
            return cls(answer, place, answer.missing, answer.due or due)
        ahead = [(year, missing) for year, missing in place.short_years if year.end >= on]
        return cls(answer, place, ahead[0][1], ahead[0][0].end, ahead[0][0].start) if ahead else None

    def when(self, on: dt.date) -> str:
        if self.start is not None and self.start > on:
            return f"between {show_day(self.start)} and {show_day(self.due)}"
        if self.due < on:
            was = "it was" if self.missing == 1 else "they were"
            return f"as soon as you can; {was} due by {show_day(self.due)}"
        return f"by {show_day(self.due)}"


def _take(step: _Step, steps: Sequence[_Step], *, on: dt.date, full: Sequence[Cap]) -> str:
    """How many hours to take in what by when, and what they do besides."""
    answer, place = step.answer, step.place
    total = answer.id in TOTALS
    others = [one for one in steps if one is not step and one.answer.id not in TOTALS]
    parts = [one for one in others if one.place.within == answer.id]
    same = next((one for one in parts if one.start is not None and one.missing == step.missing), None)
    when = step.when(on) if same is None else same.when(on)
    inside = "".join(_inside(one, step, on=on) for one in parts if one is not same)
    sentences = [f"Take {_hours(step.missing)}{' more' if total else _subject(answer)} {when}{inside}."]
    they, them = ("It", "it") if step.missing == 1 else ("They", "them")
    if not total and place.in_total and any(one.answer.id in TOTALS for one in steps):
        sentences.append(f"{they} {_count(step.missing)} toward the total as well.")
    kinds = [one for one in others if not one.place.subject and one.answer.id != place.within and one not in parts]
    if kinds and place.subject and place.in_total:
        widest = max(kinds, key=lambda one: one.missing)
        short = f"{_hours(widest.missing)} {_is(widest.missing)} missing too"
        sentences.append(f"If you can, take {them} in {widest.answer.label}, where {short}.")
    spoilt = [one.label for one in full if not one.on or answer.id in one.on]
    if spoilt:
        sentences.append(f"More hours from {_list(spoilt, word='or')} would not count.")
    return " ".join(sentences)


def _inside(part: _Step, whole: _Step, *, on: dt.date) -> str:
    """What is asked of some of the hours: that they are about something narrower, or are taken in one year."""
    of_them = f", {show_number(part.missing)} of them"
    if part.start is not None:
        return f"{of_them} {part.when(on)}"
    if part.missing >= whole.missing:
        return f", all in {part.answer.label}"
    return f"{of_them} in {part.answer.label}{f' by {show_day(part.due)}' if part.due < whole.due else ''}"


def _complete(answer: RequirementAnswer, *, due: dt.date, on: dt.date, subject: Mapping[str, Place]) -> str:
    by = answer.due or due
    when = f"by {show_day(by)}" if by >= on else f"as soon as you can; it was due by {show_day(by)}"
    if answer.kind == "exam":
        return f"Pass the exam on {answer.label} {when}."
    if answer.kind == "attestation":
        return f"Make your statement on {answer.label} {when}."
    if subject.get(answer.id, _ALONE).subject:
        return f"Take a course on {answer.label} {when}."
    return f"Add an activity in {answer.label} {when}."


def _look_up(titles: Sequence[str]) -> str:
    if len(titles) == 1:
        return f"Look at the certificate and enter its approval. {doubt('approvals', title=titles[0], unit='hour')}"
    return f"Look at the certificates and enter their approvals. Who approved {_titles(titles)}? It is not stated."


def _first_enter(titles: Sequence[str]) -> str:
    return f"Before that, enter who approved {_titles(titles)}: if that approval counts, fewer hours may be owed."


def _titles(titles: Sequence[str]) -> str:
    """One or two by name; of more the first, and how many besides."""
    if len(titles) > 2:  # noqa: PLR2004 - "and 1 other credit" would be longer than its title
        return f"“{titles[0]}” and {len(titles) - 1} other credits"
    return " and ".join(f"“{title}”" for title in titles)


def _ask(requirements: Sequence[RequirementAnswer], questions: Sequence[QuestionAnswer], *, due: dt.date, board: str) -> str:
    """The question whose answer would decide the most."""
    deciding = [question for question in questions if question.decides and not question.confirmed]
    if not deciding:
        return f"Ask the {board} what it asks for the period that ends on {show_day(due)}."
    first = max(
        deciding, key=lambda question: (len(question.decides), question.kind == "status", question.kind in ("fact", "entry"))
    )
    if first.kind == "fact":
        return f"Answer this on your license: {first.text}"
    if first.kind == "status":
        return f"Ask the {board}: {first.text}"
    kind = first.id.partition(":")[0]
    if first.id.startswith("unsettled_"):
        labels = {one.id: one.label for one in requirements}
        return f"Ask the {board} what it asks about {labels.get(first.decides[0], first.decides[0])}, and record what it says."
    if first.kind == "entry" and kind == "approvals":
        return f"Look at the certificate and enter its approval. {first.text}"
    if first.kind == "entry" and kind in _WHAT:
        return f"Complete this credit: {first.text}"
    return f"Ask the {board}, and record what it says: {first.text}"
