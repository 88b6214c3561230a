"""
Every sentence that an evaluation says to a clinician, built from the rule's data and the figures.

Of several true sentences the one is chosen that tells what to do next: what is missing goes before what is uncertain, and
what is uncertain before what is done. A figure is never given without what it is measured against.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from goodstanding.core.rules.case import License
from goodstanding.core.rules.model import Cap, FactValue, Requirement
from goodstanding.core.rules.outcome import (
    CapAnswer,
    Outcome,
    Period,
    QuestionAnswer,
    RequirementAnswer,
    Standing,
    show_number,
)

_UNITS = {
    "minute": "minutes",
    "semester_credit": "semester credits",
    "quarter_credit": "quarter credits",
    "ceu": "CEU",
    "publication": "a publication",
    "day": "days",
    "exam": "an exam",
    "hour": "hours",
}


@dataclass(frozen=True)
class Figures:
    """The hours that a sentence about one requirement may name."""

    required: Decimal
    counted: Decimal
    missing: Decimal
    carried: Decimal
    brought: Decimal


def show_day(day: dt.date) -> str:
    """31 May 2027: the same everywhere, and not to be confused between countries."""
    return f"{day.day} {day:%B %Y}"


def _hours(amount: Decimal) -> str:
    return f"{show_number(amount)} {'hour' if amount == 1 else 'hours'}"


def _list(items: Sequence[str], *, word: str) -> str:
    if len(items) < 2:  # noqa: PLR2004 - one thing needs no "or"
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def _subject(requirement_: Requirement | RequirementAnswer) -> str:
    return "" if requirement_.id == "total" else f" in {requirement_.label}"


def requirement(
    requirement_: Requirement,
    *,
    outcome: Outcome,
    favorable: Outcome,
    figures: Figures,
    due: dt.date,
    on: dt.date,
    deciding: Sequence[str],
    alternative: str | None,
    unclaimed: Sequence[str],
    confirmed: bool,
    short_years: Sequence[tuple[Period, Decimal]] = (),
) -> str:
    """Why a requirement has its outcome."""
    if requirement_.kind == "unsettled":
        return _unsettled(requirement_, outcome=outcome)
    if alternative is not None:
        first = f"Met by {alternative}, as you stated."
    elif requirement_.kind != "minimum":
        first = _without_hours(requirement_, outcome=outcome, due=due)
    elif not figures.required:
        first = f"As it is read here, nothing is due{_subject(requirement_)}."
    else:
        first = _with_hours(requirement_, figures=figures, due=due, certain=outcome is Outcome.UNMET)
    sentences = [first]
    if outcome is not Outcome.MET and short_years:
        sentences.extend(_short_year(year, missing, on=on) for year, missing in short_years)
    elif outcome is Outcome.UNMET and due < on:
        sentences.append(f"That day has passed; ask the board how to mend it. {_LATE}")
    if outcome is Outcome.UNKNOWN:
        hope = "If it turns out well, this is met" if favorable is Outcome.MET else "More will be owed either way"
        if len(deciding) == 1:
            sentences.append(f"Not certain, because one question is open. {hope}. {deciding[0]}")
        elif deciding:
            hope = hope.replace("it turns", "they turn")
            sentences.append(f"Not certain, because {len(deciding)} questions are open. {hope}. {' '.join(deciding)}")
    lost = figures.brought - figures.carried
    if lost and outcome is not Outcome.MET:
        sentences.append(f"Of what you carried in, {_hours(lost)} {'is' if lost == 1 else 'are'} not counted here.")
    if outcome is not Outcome.MET and unclaimed:
        sentences.append(f"{_capital(_list(unclaimed, word='or'))} would also meet it, if you have that.")
    if confirmed and outcome is not Outcome.UNMET:
        sentences.append("This rests on what you confirmed with your board.")
    return " ".join(sentences)


_LATE = "Hours taken now still count here."


def _short_year(year: Period, missing: Decimal, *, on: dt.date) -> str:
    when = f"in the year from {show_day(year.start)} to {show_day(year.end)}"
    if year.end < on:
        return f"{_capital(_hours(missing))} {'was' if missing == 1 else 'were'} missing {when}, which is over; ask the board how to mend it."
    return f"{_capital(_hours(missing))} {'is' if missing == 1 else 'are'} missing {when}."


def _unsettled(requirement_: Requirement, *, outcome: Outcome) -> str:
    if outcome is Outcome.MET:
        return "Met, as you confirmed with your board."
    return f"Something is due here, but what exactly could not be read. Ask the board. {requirement_.says}"


def _with_hours(requirement_: Requirement, *, figures: Figures, due: dt.date, certain: bool) -> str:
    carried = f" and {show_number(figures.carried)} carried in" if figures.carried else ""
    have = f"You have {show_number(figures.counted)} of {_hours(figures.required)}{_subject(requirement_)}{carried}"
    if not figures.missing:
        return f"{have}; nothing more is owed."
    verb = "may still be" if not certain else "is still" if figures.missing == 1 else "are still"
    return f"{have}; {show_number(figures.missing)} {verb} owed by {show_day(due)}."


def _without_hours(requirement_: Requirement, *, outcome: Outcome, due: dt.date) -> str:
    what = {"course": "a course", "exam": "the exam", "attestation": "your statement"}[requirement_.kind]
    if outcome is Outcome.MET:
        return f"Done: {what} on {requirement_.label}."
    return f"{_capital(what)} on {requirement_.label} is due by {show_day(due)}; none is on record."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# What does not apply or can not be said


def not_applicable(requirement_: Requirement, *, renewals: FactValue | None) -> str:
    if requirement_.frequency == "first_renewal" and renewals:
        times = "once" if renewals == 1 else f"{renewals} times"
        return f"Due in the first renewal period only; you have renewed {times}."
    if requirement_.frequency == "later_renewals" and renewals == 0:
        return "Not due in the first license period."
    every = requirement_.every
    if every is not None and every.renewals and isinstance(renewals, int) and not every.due_in(renewals + 1):
        turn = next(number for number in range(renewals + 2, renewals + 200) if every.due_in(number))
        away = turn - renewals - 1
        return f"Not due in this period: its turn is {'the next period' if away == 1 else f'{away} periods from now'}."
    if requirement_.applies_text is None:
        return "Not due in this period."
    condition = requirement_.applies_when
    told = condition is not None and all(leaf.fact for leaf in condition.leaves())
    # What the license itself tells (its age, its period) nobody said.
    why = "you said that is not so" if told else "by what your license and your answers say, that is not so"
    return f"Due only if {requirement_.applies_text}; {why}."


def waived() -> str:
    return "Waived for this period, as you recorded. Keep the board's letter."


def due_later(day: dt.date) -> str:
    return f"Not due in this period yet; due by {show_day(day)}."


def not_yet_due(first: dt.date) -> str:
    return f"Not due for this period; the requirement began on {show_day(first)}."


def no_text(day: dt.date, *, board: str) -> str:
    return f"The text in force on {show_day(day)} was not read, so nothing can be said for this period. Ask the {board}."


def too_many(board: str) -> str:
    return f"Too much is open at once to answer this. Confirm some of the open questions with the {board}."


def outside(license_: License, *, on: dt.date) -> str:
    if license_.expires is None and not license_.periods:
        return "The day this license expires is not entered, so its renewal period is not known."
    return f"{show_day(on)} lies outside the renewal periods that are entered, so nothing can be said for that day."


def outside_step(license_: License) -> str:
    if license_.expires is None:
        return "Enter the day this license expires."
    return "Enter the renewal period for that day, or the new expiry if you have renewed."


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
    return f"How many hours does the board give for {_UNITS[unit]} (“{title}”)? The sources read do not say."


_UNSTATED = {
    "format": "How was “{title}” given: in person, live online, or at your own pace? It is not stated.",
    "activity": "What was “{title}”: a course, self-study, teaching, or something else? It is not stated.",
    "sponsor": "What kind of sponsor gave “{title}”: an association, a university, an employer? It is not stated.",
    "course": "Which course was “{title}”, and what number did the board or an approval body give it? It is not stated.",
    "title": "What is the title of the course entered as “{title}”? The rule asks for words in it.",
    "state": "Was “{title}” about the law of the state of this license? It is not stated.",
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
        f"Completed before this period, which began on {show_day(period.start)}: it meets what is due once, "
        "and adds nothing to this period's total."
    )


def not_accepted(names: Sequence[str]) -> str:
    if not names:
        return "Not counted: it has no approval, and the board asks for one."
    return f"Not counted: the board does not accept approval by {_list(names, word='or')}."


def maybe_accepted(names: Sequence[str]) -> str:
    if not names:
        return "Not counted for now: it has no approval, and whether the board asks for one is an open question."
    return f"Not counted for now: whether the board accepts approval by {_list(names, word='or')} is an open question."


def approval_unstated() -> str:
    return "Not counted for now: who approved it is not stated. Look on the certificate and enter it."


def unit_unknown(unit: str) -> str:
    return f"Not counted for now: how many hours the board gives for {_UNITS[unit]} is not known."


def repeated(title: str, *, stated: bool) -> str:
    if stated:
        return f"Not counted: the same course as “{title}” in the same period."
    return f"Not counted for now: the same course as “{title}”, and whether a repeat counts is an open question."


def capped(cap_: Cap, *, counted: Decimal, hours: Decimal | None, limit: Decimal, others: Decimal) -> str:
    of = "" if hours is None else f" of {_hours(hours)}"
    per = {"period": "", "year": " a year", "day": " a day", "entry": " of one entry"}[cap_.per]
    what = f"{cap_.label}: at most {_hours(limit)}{per}"
    if not limit:
        return f"{_capital(show_number(counted))}{of} counted: {cap_.label} does not count."
    already = (
        f", and {show_number(others)} {'was' if others == 1 else 'were'} already used" if others and cap_.per == "period" else ""
    )
    return f"{show_number(counted)}{of} counted. {_capital(what)}{already}."


def cap(cap_: Cap, *, limit: Decimal, used: Decimal, removed: Decimal) -> str:
    """How much of a capped kind of hours was used."""
    per = {"period": "", "year": " a year", "day": " a day", "entry": " of one entry"}[cap_.per]
    if not limit:
        first = f"{_capital(cap_.label)} does not count."
    elif cap_.per == "period":
        first = f"{show_number(used)} of at most {_hours(limit)} of {cap_.label} used."
    else:
        first = f"At most {_hours(limit)}{per} of {cap_.label} count; {show_number(used)} {'is' if used == 1 else 'are'} counted."
    if not removed:
        return first
    return f"{first} {_capital(_hours(removed))} beyond it {'does' if removed == 1 else 'do'} not count."


def too_short(least: Decimal | None, *, step: Decimal | None) -> str:
    if least is not None:
        return f"Not counted: an entry must be at least {_hours(least)} long."
    return f"Not counted: hours count in steps of {show_number(step or Decimal(1))}."


def serves_nothing() -> str:
    return "Not counted: nothing that is due for this license asks for it."


# The license as a whole


def summary(standing: Standing, requirements: Iterable[RequirementAnswer], *, due: dt.date) -> str:
    """One sentence on the standing."""
    answers = list(requirements)
    unmet = sum(1 for one in answers if one.outcome is Outcome.UNMET)
    unknown = sum(1 for one in answers if one.outcome is Outcome.UNKNOWN)
    if standing is Standing.MET:
        return f"Everything due by {show_day(due)} is met."
    parts = []
    if unmet:
        parts.append(f"{unmet} of {len(answers)} requirements {'is' if unmet == 1 else 'are'} not met yet")
    if unknown:
        of = "" if unmet else f" of {len(answers)} requirements"
        parts.append(f"{unknown}{of} {'is' if unknown == 1 else 'are'} not certain")
    return f"{_capital(' and '.join(parts))}; renewal is due by {show_day(due)}."


def next_step(
    standing: Standing,
    requirements: Sequence[RequirementAnswer],
    questions: Sequence[QuestionAnswer],
    *,
    due: dt.date,
    board: str,
    caps: Sequence[CapAnswer] = (),
) -> str:
    """
    The one step that helps most.

    Hours on a topic come first, because they count in the total as well; then hours in general; then the open question
    that decides the most requirements. What is due soonest goes first, and a cap that is used up is named, because more of
    such hours would help nothing.
    """
    full = [one.label for one in caps if one.removed and one.limit]
    other = f" More of {_list(full, word='or')} would not count." if full else ""
    if standing is Standing.MET:
        return f"Nothing more is owed for the period that ends on {show_day(due)}."
    unmet = [one for one in requirements if one.outcome is Outcome.UNMET]
    topics = [one for one in unmet if one.id != "total" and one.kind == "minimum"]
    if topics:
        first_due = min(one.due or due for one in topics)
        most = max((one for one in topics if (one.due or due) == first_due), key=lambda one: one.missing)
        total = any(one.id == "total" for one in unmet) and not any(one.id == most.id for one in requirements if one.on_top)
        also = " They count toward the total as well." if total else ""
        return f"Take {_hours(most.missing)}{_subject(most)} by {show_day(most.due or due)}.{also}{other}"
    for one in unmet:
        if one.kind == "minimum":
            return f"Take {_hours(one.missing)} more by {show_day(one.due or due)}.{other}"
        return f"Complete this by {show_day(one.due or due)}: {one.label}."
    deciding = [question for question in questions if question.decides and not question.confirmed]
    if not deciding:
        return f"Ask the {board} about what is not certain."
    first = max(deciding, key=lambda question: (len(question.decides), question.kind in ("fact", "entry")))
    if first.kind == "fact":
        return f"Answer this on your license: {first.text}"
    if first.id.startswith("approvals:"):
        return f"Look at the certificate and enter its approval. {first.text}"
    return f"Ask the {board}, and record what it says: {first.text}"
