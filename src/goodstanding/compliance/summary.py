"""
The one sentence that sums up all licenses of a clinician on one day.

It may comfort only where nothing is left open: as soon as one outcome is Unmet or Unknown, no word of it can be read as
"in good standing". The hours it names are those owed as things stand, with every open question read strictly. One course
can serve several subjects and several licenses, so the hours are a range from the largest gap to the sum of the gaps; only
hours on top of the total are owed besides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from goodstanding.core.rules.explain import TOTALS, show_day
from goodstanding.core.rules.outcome import Evaluation, Outcome, RequirementAnswer, Standing, show_number

__all__ = ["Gap", "gap_of", "show_hours", "sum_up"]

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NAMED_AT_MOST = 3


@dataclass(frozen=True, kw_only=True)
class Gap:
    """
    What one license lacks: from `least` hours, if courses cover several subjects at once, to `most`, if each covers one.
    Both hold what is owed on top of the total.

    `without_hours` counts unmet requirements that have no hours, `to_check` what stands between an Unknown and an answer.
    Of the latter `about_entries` are those about single entries: several licenses may wait for the same certificate.
    `resting` says that something is met only because the holder confirmed it with the board, `waived` that something is left
    out because the holder recorded that the board waived it.
    """

    name: str
    standing: Standing
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(0)
    without_hours: int = 0
    to_check: int = 0
    about_entries: frozenset[str] = frozenset()
    deadline: dt.date | None = None
    resting: bool = False
    waived: bool = False


def gap_of(*, name: str, evaluation: Evaluation | None, waived: bool = False) -> Gap:
    """The gap of one license; a license that could not be evaluated is one thing to check."""
    if evaluation is None:
        return Gap(name=name, standing=Standing.UNKNOWN, to_check=1)
    unmet = [requirement for requirement in evaluation.requirements if requirement.outcome is Outcome.UNMET]
    inside = _owed_hours([one for one in unmet if not one.on_top], evaluation)
    on_top = _owed_hours([one for one in unmet if one.on_top], evaluation)
    # A day that has passed is a deadline only where something is certainly owed since; a mere doubt about it waits for the renewal.
    due = [
        one.due
        for one in evaluation.requirements
        if one.due and (one.outcome is Outcome.UNMET or (one.outcome is Outcome.UNKNOWN and one.due >= evaluation.on))
    ]
    ends = [evaluation.period.end] if evaluation.period else []
    return Gap(
        name=name,
        standing=evaluation.standing,
        # What is owed on top of the total serves nothing inside it, so it is owed besides.
        least=inside[0] + on_top[0],
        most=inside[1] + on_top[1],
        without_hours=sum(1 for requirement in unmet if not requirement.missing),
        to_check=_to_check(evaluation),
        about_entries=frozenset(question for question in _open(evaluation) if ":" in question),
        deadline=min([*due, *ends], default=None),
        resting=any(requirement.confirmed for requirement in evaluation.requirements),
        waived=waived,
    )


def _owed_hours(unmet: Sequence[RequirementAnswer], evaluation: Evaluation) -> tuple[Decimal, Decimal]:
    """
    From how many hours, if they cover all that is unmet at once, to how many, if each hour covers one subject.

    Hours on a subject are hours of the total as well, and those of a part are hours of the whole, so they are owed once.
    """
    missing = {one.id: one.missing for one in unmet}
    whole_of = {one.id: one.within for one in evaluation.requirements}

    def whole(part: str) -> str | None:
        above = whole_of.get(part)
        return above if above is None or above in missing or above in TOTALS else whole(above)

    def at_most(part: str) -> Decimal:
        return max(missing[part], sum((at_most(one) for one in missing if whole(one) == part), Decimal(0)))

    alone = [one for one in missing if one not in TOTALS and (whole(one) is None or whole(one) in TOTALS)]
    totals = [missing[one] for one in missing if one in TOTALS]
    least = max(missing.values(), default=Decimal(0))
    return least, max([*totals, sum((at_most(one) for one in alone), Decimal(0))])


def _open(evaluation: Evaluation) -> set[str]:
    """The questions that stand between an Unknown and an answer."""
    unknown = (requirement for requirement in evaluation.requirements if requirement.outcome is Outcome.UNKNOWN)
    return {question for requirement in unknown for question in requirement.open_questions}


def _to_check(evaluation: Evaluation) -> int:
    unknown = any(requirement.outcome is Outcome.UNKNOWN for requirement in evaluation.requirements)
    # An Unknown without a question (no period known, a text that was not read) is still one thing to check.
    return max(len(_open(evaluation)), 1 if unknown or evaluation.standing is Standing.UNKNOWN else 0)


def _all_to_check(gaps: Sequence[Gap]) -> int:
    """How many things are to check over all licenses; a certificate is looked at once, however many licenses wait for it."""
    certificates = frozenset().union(*(gap.about_entries for gap in gaps))
    return len(certificates) + sum(gap.to_check - len(gap.about_entries) for gap in gaps)


def sum_up(*, gaps: Sequence[Gap], on: dt.date, today: dt.date) -> str:
    """
    The sentence over all licenses, and one about the nearest date, read on the day `today`.

    The nearest date is that of a license with something left to do; where there is none, the next renewal.
    """
    if not gaps:
        return "Add a license to see what it asks of you."
    return f"{_state(gaps)} {_deadline(gaps, on=on, today=today)}".rstrip()


def _state(gaps: Sequence[Gap]) -> str:
    unmet = [gap for gap in gaps if gap.standing is Standing.UNMET]
    unknown = [gap for gap in gaps if gap.standing is Standing.UNKNOWN]
    to_check = _all_to_check(gaps)
    if unmet:
        return _owed(unmet, to_check=to_check)
    if len(gaps) == 1 and unknown:
        return f"What {gaps[0].name} still asks is not fully known: {_count(to_check, 'thing')} to check."
    if unknown:
        return (
            f"{_capital(_count(to_check, 'thing'))} to check before it is known what {_licenses(unknown)} still {_ask(unknown)}."
        )
    whose = gaps[0].name if len(gaps) == 1 else f"your {_number(len(gaps))} licenses"
    grounds = []
    if any(gap.resting for gap in gaps):
        grounds.append("on what you confirmed with your board")
    if any(gap.waived for gap in gaps):
        grounds.append("on a waiver that you recorded")
    resting = f"; part of that rests {' and '.join(grounds)}" if grounds else ""
    return f"Every requirement known here for {whose} is met{resting}."


def _owed(unmet: Sequence[Gap], *, to_check: int) -> str:
    least = max(gap.least for gap in unmet)
    most = sum((gap.most for gap in unmet), Decimal(0))
    without = sum(gap.without_hours for gap in unmet)
    items = [show_hours(least, most)] if most else []
    if without:
        items.append(f"{_count(without, 'requirement')} without hours")
    sentence = f"As it stands, you still owe {' and '.join(items)} for {_licenses(unmet)}"
    if most > least and len(unmet) > 1:
        sentence += "; one course can count for several"
    if to_check:
        sentence += f", and {_count(to_check, 'thing')} {'is' if to_check == 1 else 'are'} to check"
    return f"{sentence}."


def show_hours(least: Decimal, most: Decimal) -> str:
    """Six hours, or six to nine hours."""
    if least == most:
        return f"{_amount(most)} {'hour' if most == 1 else 'hours'}"
    return f"{_amount(least)} to {_amount(most)} hours"


def _deadline(gaps: Sequence[Gap], *, on: dt.date, today: dt.date) -> str:
    waiting = [gap for gap in gaps if gap.standing is not Standing.MET and gap.deadline]
    dates = [gap.deadline for gap in waiting or gaps if gap.deadline]
    if not dates:
        return ""
    nearest = min(dates)
    what = "next renewal"
    if waiting:
        # A license with nothing left to do may be renewed earlier, so a lone deadline says whose it is.
        lone = f"deadline for {waiting[0].name}" if len(gaps) > 1 else "deadline"
        what = "nearest deadline" if len(waiting) > 1 else lone
    if on != today:
        # Days counted from another day than today would mislead at a glance.
        return f"The {what} is {show_day(nearest)}."
    days = (nearest - today).days
    if days < 0:
        return f"The {what} was {show_day(nearest)}."
    away = {0: "today", 1: "tomorrow"}.get(days, f"{days} days away")
    return f"The {what} is {away}, on {show_day(nearest)}."


def _licenses(gaps: Sequence[Gap]) -> str:
    names = [gap.name for gap in gaps]
    if len(names) > _NAMED_AT_MOST:
        return f"{_number(len(names))} of your licenses"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _ask(gaps: Sequence[Gap]) -> str:
    return "asks" if len(gaps) == 1 else "ask"


def _amount(value: Decimal) -> str:
    return _number(int(value)) if value == value.to_integral_value() else show_number(value)


def _count(count: int, noun: str) -> str:
    return f"{_number(count)} {noun if count == 1 else f'{noun}s'}"


def _number(count: int) -> str:
    return _WORDS[count] if 0 <= count < len(_WORDS) else str(count)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
