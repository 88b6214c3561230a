"""How a standing is laid out on its page: figures, tags and short texts from an evaluation. It decides nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlsplit

from django.urls import reverse

from goodstanding.compliance.breakdown import Breakdown
from goodstanding.compliance.selectors import HolderStanding, LicenseStanding, Settled
from goodstanding.compliance.summary import Gap
from goodstanding.core.rules.outcome import (
    CapAnswer,
    CreditAnswer,
    Evaluation,
    NotApplicable,
    NoteAnswer,
    Outcome,
    QuestionAnswer,
    RequirementAnswer,
    SourceAnswer,
    Standing,
    show_number,
)

__all__ = ["LicenseCard", "StandingPage", "anchor_of", "lay_out", "question_row"]

CONFIDENCE = {
    "primary": "Read in the law or on the board's own page.",
    "secondary": "Read in a summary of the law, not in the law itself.",
    "vendor": "Found only on the page of a course vendor; check it with your board.",
    "conflicting": "The sources disagree; see the open questions.",
}
SOURCE_KINDS = {
    "statute": "Law or regulation",
    "board": "The board",
    "association": "Professional association",
    "vendor": "Course vendor",
    "standards": "Survey of standards",
}
SHOWN_CREDITS = 25
SHOWN_COUNTED = 8
SHOWN_QUESTIONS = 12
NAMED_QUESTIONS = 4
"""How many are listed on the page, or named in one row, before it points to the print, which lists them all."""
_ORDER = {Outcome.UNMET: 0, Outcome.UNKNOWN: 1, Outcome.MET: 2}


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """Where a number was read, ready to be cited."""

    kind: str
    says: str
    dated: str
    url: str
    host: str


@dataclass(frozen=True, kw_only=True)
class RequirementRow:
    """One requirement as a row: its name, figure, bar, outcome and reasons."""

    anchor: str
    name: str
    outcome: Outcome
    tag: str
    figure: str
    have: Decimal | None
    need: Decimal | None
    why: str
    says: str
    confidence: str
    breakdown: Breakdown
    more: int
    more_hours: Decimal
    sources: tuple[SourceLine, ...]
    questions: tuple[QuestionRow, ...]
    more_questions: int
    resting: bool
    """Whether it is met only because the holder confirmed something with the board."""


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """One open question: what it decides, how it can be read, and what the holder can do about it."""

    id: str
    anchor: str
    number: int
    text: str
    readings: tuple[str, ...]
    decides: str
    sources: tuple[SourceLine, ...]
    settled: Settled | None
    confirmed: bool
    confirm_url: str
    reopen_url: str
    answer: str
    answer_url: str


@dataclass(frozen=True, kw_only=True)
class CreditRow:
    """One entry as this license sees it."""

    title: str
    completed: dt.date
    counted: Decimal
    hours: Decimal | None
    toward: str
    why_not: str
    url: str


@dataclass(frozen=True, kw_only=True)
class LicenseCard:
    """One license as a card."""

    anchor: str
    name: str
    title: str
    number: str
    url: str
    outcome: Standing
    tag: str
    unknown_why: str
    total: RequirementRow | None
    period: str
    due: dt.date | None
    days: str
    renew_url: str = ""
    carried: str = ""
    waived: str = ""
    period_url: str = ""
    rows: tuple[RequirementRow, ...] = ()
    questions: tuple[QuestionRow, ...] = ()
    more_questions: int = 0
    settled_questions: tuple[QuestionRow, ...] = ()
    idle_questions: tuple[QuestionRow, ...] = ()
    idle: int = 0
    credits: tuple[CreditRow, ...] = ()
    more_credits: int = 0
    all_credits: int = 0
    counted: int = 0
    not_applicable: tuple[NotApplicable, ...] = ()
    caps: tuple[CapAnswer, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    notes: tuple[NoteAnswer, ...] = ()
    confidence: str = ""
    checked_on: dt.date | None = None
    board: str = ""
    board_url: str = ""
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """One date of the timeline."""

    on: dt.date
    title: str
    detail: str
    url: str
    outcome: Standing


@dataclass(frozen=True, kw_only=True)
class StandingPage:
    """Everything the page shows."""

    on: dt.date
    is_today: bool
    other_day: str
    sentence: str
    cards: tuple[LicenseCard, ...]
    deadlines: tuple[Deadline, ...]
    first_name: str
    first_step: str
    entries: int
    unreadable: tuple[str, ...]
    has_case: bool


def lay_out(*, standing: HolderStanding, today: dt.date, whole: bool = False) -> StandingPage:
    """The page for a standing, read on the day `today`; `whole` lists every entry, however many there are."""
    cards = tuple(_card(one, on=standing.on, today=today, whole=whole) for one in standing.by_urgency)
    first = standing.first
    return StandingPage(
        on=standing.on,
        is_today=standing.on == today,
        other_day="" if standing.on == today else f"You are looking at {_day(standing.on)}, not at today.",
        sentence=standing.sentence(today=today),
        cards=cards,
        deadlines=tuple(
            Deadline(on=card.due, title=card.name, detail=card.tag.lower(), url=f"#{card.anchor}", outcome=card.outcome)
            for card in cards
            if card.due is not None
        ),
        first_name=first.name if first else "",
        first_step=first.evaluation.next_step if first and first.evaluation else "",
        entries=len(standing.entries),
        unreadable=tuple(entry.title for entry in standing.entries if not entry.readable),
        has_case=standing.case is not None,
    )


def anchor_of(license_id: uuid.UUID) -> str:
    """Where on the page the license stands; the same whatever else is on it."""
    return f"l{license_id.hex[:8]}"


def _card(license_: LicenseStanding, *, on: dt.date, today: dt.date, whole: bool) -> LicenseCard:
    anchor = anchor_of(license_.id)
    url = reverse("license-page", args=[license_.id])
    evaluation = license_.evaluation
    if evaluation is None:
        return LicenseCard(
            anchor=anchor,
            name=license_.name,
            title=license_.name,
            number=license_.number,
            url=url,
            outcome=license_.standing,
            tag="Not known",
            unknown_why=license_.unknown_why,
            total=None,
            period="",
            due=None,
            days="",
        )
    labels = {one.id: one.label for one in evaluation.requirements}
    recorded = labels | {one.id: one.label for one in evaluation.not_applicable} | {"total": "all continuing education"}
    questions = tuple(
        question_row(question, license_=license_, labels=labels, number=number)
        for number, question in enumerate(sorted(evaluation.open_questions, key=_easiest_first), 1)
    )
    rows = sorted(
        (
            _row(anchor, one, license_.breakdown.get(one.id, Breakdown()), questions, whole=whole)
            for one in evaluation.requirements
        ),
        key=lambda row: (not row.anchor.endswith("-total"), _ORDER[row.outcome]),
    )
    period = evaluation.period
    # They are numbered first, so the first so many are the first on the page.
    deciding = tuple(row for row in questions if row.decides and not row.confirmed)
    idle = tuple(row for row in questions if not row.decides and not row.confirmed)
    # The newest first: those are the ones somebody looks for.
    shown = evaluation.credits[::-1] if whole else evaluation.credits[: -SHOWN_CREDITS - 1 : -1]
    return LicenseCard(
        anchor=anchor,
        name=license_.name,
        title=evaluation.title,
        number=license_.number,
        url=url,
        outcome=license_.standing,
        tag=_card_tag(license_.gap),
        unknown_why="" if period else evaluation.summary,
        renew_url="" if period else reverse("license-renew", args=[license_.id]),
        carried="; ".join(f"{_hours(hours)} of {recorded.get(one, one)}" for one, hours in license_.carried_in.items()),
        waived="; ".join(recorded.get(one, one) for one in license_.waivers),
        period_url=reverse("license-period", args=[license_.id, period.end.isoformat()]) if period else "",
        total=next((row for row in rows if row.anchor == f"{anchor}-total"), None),
        period=f"{_day(period.start)} to {_day(period.end)}" if period else "",
        due=period.end if period else None,
        days=_days(period.end, on=on, today=today) if period else "",
        rows=tuple(rows),
        questions=deciding if whole else deciding[:SHOWN_QUESTIONS],
        more_questions=0 if whole else len(deciding[SHOWN_QUESTIONS:]),
        settled_questions=tuple(row for row in questions if row.confirmed),
        idle_questions=idle if whole else idle[:SHOWN_QUESTIONS],
        idle=len(idle),
        credits=_credits(shown, labels),
        more_credits=len(evaluation.credits) - len(shown),
        all_credits=len(evaluation.credits),
        counted=sum(1 for credit in evaluation.credits if credit.counted > 0),
        not_applicable=evaluation.not_applicable,
        caps=evaluation.caps,
        sources=_all_sources(evaluation),
        notes=evaluation.notes,
        confidence=CONFIDENCE.get(evaluation.confidence, evaluation.confidence),
        checked_on=evaluation.checked_on,
        board=evaluation.board,
        board_url=evaluation.board_url,
        version=evaluation.rule_version,
    )


def _easiest_first(question: QuestionAnswer) -> tuple[bool, bool, int]:
    """What decides something goes first; of those, what the holder can answer without asking anybody."""
    return (question.confirmed, not question.decides, {"fact": 0, "entry": 1}.get(question.kind, 2))


def _row(
    anchor: str, requirement: RequirementAnswer, breakdown: Breakdown, questions: Sequence[QuestionRow], *, whole: bool
) -> RequirementRow:
    deciding = tuple(question for question in questions if question.id in requirement.open_questions)
    why = requirement.why
    for question in deciding:
        # The question stands once on the card, in full and with its number; the row points there.
        why = why.replace(f" {question.text}", "")
    hours = requirement.kind == "minimum"
    named = deciding if whole else tuple(one for one in deciding if one.number <= SHOWN_QUESTIONS)[:NAMED_QUESTIONS]
    rest = () if whole else breakdown.counted[SHOWN_COUNTED:]
    return RequirementRow(
        anchor=f"{anchor}-{requirement.id}",
        name="All continuing education" if requirement.id == "total" else _capital(requirement.label),
        outcome=requirement.outcome,
        tag=_tag(requirement),
        figure=_figure(requirement),
        have=requirement.counted + requirement.carried_in if hours and requirement.required is not None else None,
        need=requirement.required,
        why=why,
        says=requirement.says,
        confidence=CONFIDENCE.get(requirement.confidence, requirement.confidence),
        breakdown=replace(breakdown, counted=breakdown.counted[: len(breakdown.counted) - len(rest)]),
        more=len(rest),
        more_hours=sum((one.hours for one in rest), Decimal(0)),
        sources=_sources(requirement.sources),
        questions=named,
        more_questions=len(deciding) - len(named),
        resting=bool(requirement.confirmed),
    )


def _tag(requirement: RequirementAnswer) -> str:
    if requirement.outcome is Outcome.MET:
        return "Met, as you confirmed" if requirement.confirmed else "Met"
    if requirement.outcome is Outcome.UNMET:
        return f"{_hours(requirement.missing)} to go" if requirement.missing else "Still to do"
    return "Not certain" if requirement.open_questions else "Not known"


def _figure(requirement: RequirementAnswer) -> str:
    if requirement.kind != "minimum":
        return "no hours set"
    if requirement.required is None:
        return "hours not known"
    carried = f" + {show_number(requirement.carried_in)} carried in" if requirement.carried_in else ""
    return f"{show_number(requirement.counted)}{carried} of {show_number(requirement.required)} h"


def _card_tag(gap: Gap) -> str:
    if gap.standing is Standing.MET:
        return "Met, as you confirmed" if gap.resting else "Met, as you recorded" if gap.waived else "Met"
    if gap.standing is Standing.UNMET:
        if not gap.most:
            return "One thing to do" if gap.without_hours == 1 else f"{gap.without_hours} things to do"
        if gap.least == gap.most:
            return f"{_hours(gap.most)} to go"
        return f"{show_number(gap.least)} to {_hours(gap.most)} to go"
    return "One thing to check" if gap.to_check == 1 else f"{gap.to_check} things to check"


def question_row(
    question: QuestionAnswer, *, license_: LicenseStanding, labels: Mapping[str, str], number: int = 1
) -> QuestionRow:
    """One open question as the page and its own form show it."""
    where = [license_.id, question.id]
    settled = license_.settled.get(question.id)
    answer_url = answer = ""
    if question.kind == "entry" and ":" in question.id:
        answer, answer_url = "Open this credit", reverse("credit-page", args=[question.id.partition(":")[2]])
    elif question.kind == "fact":
        # How often a license was renewed is part of the license; everything else about the person is a question of its rule.
        where_asked = "license-edit" if question.id == "renewals" else "license-questions"
        answer, answer_url = "Answer this", reverse(where_asked, args=[license_.id])
    return QuestionRow(
        id=question.id,
        anchor=f"{anchor_of(license_.id)}-q{number}",
        number=number,
        text=question.text,
        readings=question.readings,
        decides=_list([labels.get(one, one) for one in question.decides]),
        sources=_sources(question.sources),
        settled=settled if question.confirmed else None,
        confirmed=question.confirmed,
        confirm_url=reverse("standing-confirm", args=where) if question.confirmable else "",
        reopen_url=reverse("standing-reopen", args=where) if question.confirmed else "",
        answer=answer,
        answer_url=answer_url,
    )


def _credits(credits_: Sequence[CreditAnswer], labels: Mapping[str, str]) -> tuple[CreditRow, ...]:
    return tuple(
        CreditRow(
            title=credit.title,
            completed=credit.completed,
            counted=credit.counted,
            hours=credit.hours,
            toward=_list([f"{show_number(hours)} h {labels.get(one, one)}" for one, hours in credit.toward.items()]),
            why_not=credit.why_not or "",
            url=reverse("credit-page", args=[credit.id]),
        )
        for credit in credits_
    )


def _all_sources(evaluation: Evaluation) -> tuple[SourceLine, ...]:
    """Every source that the card rests on, each once."""
    cited = [
        one
        for part in (evaluation.requirements, evaluation.open_questions, evaluation.notes)
        for item in part
        for one in item.sources
    ]
    return _sources(list({source.id: source for source in cited}.values()))


def _sources(sources: Sequence[SourceAnswer]) -> tuple[SourceLine, ...]:
    return tuple(
        SourceLine(
            kind=SOURCE_KINDS.get(source.kind, source.kind),
            says=source.says,
            dated=source.dated or "",
            url=source.url or "",
            host=(urlsplit(source.url).hostname or "").rstrip(".") if source.url else "",
        )
        for source in sources
    )


def _days(day: dt.date, *, on: dt.date, today: dt.date) -> str:
    """How far away a date is, said only when it is counted from today."""
    if on != today:
        return ""
    days = (day - today).days
    if days < 0:
        return "past"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _hours(amount: Decimal) -> str:
    return f"{show_number(amount)} {'hour' if amount == 1 else 'hours'}"


def _list(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
