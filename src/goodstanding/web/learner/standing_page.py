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
from goodstanding.compliance.selectors import Effect, HolderStanding, LicenseStanding, Settled
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
from goodstanding.licensing.rulebook import rulebook

__all__ = [
    "LicenseCard",
    "StandingPage",
    "anchor_of",
    "card_of",
    "consequence",
    "effects_in_words",
    "lay_out",
    "question_row",
    "unstated",
]

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
    rests_on: tuple[QuestionRow, ...] = ()
    """What was confirmed with the board and bears it."""
    due: dt.date | None = None
    """Its own last day, where that is not the end of the period and it is not met."""
    due_days: str = ""


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """One open question: what it decides, how it can be read, and what the holder can do about it."""

    id: str
    group: str
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
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class QuestionGroup:
    """Open questions that the same person or paper answers."""

    kind: str
    title: str
    hint: str
    questions: tuple[QuestionRow, ...]


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
    whole_url: str = ""
    """The page of this license alone, with everything."""
    status: str = ""
    """Its status where it is not active."""
    step: str = ""
    ended: dt.date | None = None
    """The last day of its last period, where that has passed."""
    total: RequirementRow | None
    period: str
    due: dt.date | None
    days: str
    renew_url: str = ""
    carried: str = ""
    waived: str = ""
    period_url: str = ""
    edit_url: str = ""
    rows: tuple[RequirementRow, ...] = ()
    question_groups: tuple[QuestionGroup, ...] = ()
    open_questions: int = 0
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
    quiet_caps: tuple[CapAnswer, ...] = ()
    """Limits that took nothing away."""
    sources: tuple[SourceLine, ...] = ()
    notes: tuple[NoteAnswer, ...] = ()
    confidence: str = ""
    checked_on: dt.date | None = None
    board: str = ""
    board_url: str = ""
    version: str = ""

    @property
    def todo(self) -> tuple[RequirementRow, ...]:
        """What is not met: what is certainly owed before what is uncertain."""
        return tuple(
            sorted((row for row in self.rows if row.outcome is not Outcome.MET), key=lambda row: row.outcome is Outcome.UNKNOWN)
        )

    @property
    def done(self) -> tuple[RequirementRow, ...]:
        """What is met."""
        return tuple(row for row in self.rows if row.outcome is Outcome.MET)


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
    first_url: str
    entries: int
    missing: int
    """How many credits leave something unstated that a license asks about and a certificate would tell."""
    unreadable: tuple[str, ...]
    has_case: bool


def lay_out(*, standing: HolderStanding, today: dt.date, whole: bool = False) -> StandingPage:
    """The page for a standing, read on the day `today`; `whole` lists every entry, however many there are."""
    cards = tuple(card_of(one, on=standing.on, today=today, whole=whole) for one in standing.by_urgency)
    first = standing.first
    # With one license everything stands on the page itself; with several each has a page of its own for the details.
    alone = len(cards) == 1
    return StandingPage(
        on=standing.on,
        is_today=standing.on == today,
        other_day="" if standing.on == today else f"You are looking at {_day(standing.on)}, not at today.",
        sentence=standing.sentence(today=today),
        cards=cards,
        deadlines=tuple(deadline for card in cards for deadline in _deadlines(card, alone=alone)),
        first_name=first.name if first else "",
        first_step=first.evaluation.next_step if first and first.evaluation else "",
        first_url=reverse("standing-license", args=[first.id]) if first else "",
        entries=len(standing.entries),
        missing=len(unstated(standing)),
        unreadable=tuple(entry.title for entry in standing.entries if not entry.readable),
        has_case=standing.case is not None,
    )


def unstated(standing: HolderStanding) -> dict[str, tuple[str, ...]]:
    """
    The credits that leave unstated what the form for it asks, each with the names of the licenses that ask.

    What decides something now goes first. The rest is asked as well: hours that do not count because nobody said who
    approved them are missing, even where more would be owed with them too.
    """
    found: dict[str, dict[str, None]] = {}
    deciding: set[str] = set()
    for license_ in standing.licenses:
        for question in license_.evaluation.open_questions if license_.evaluation else ():
            doubt, _, entry = question.id.partition(":")
            if entry and doubt in _FILLED_IN and not question.confirmed:
                found.setdefault(entry, {})[license_.name] = None
                if question.decides:
                    deciding.add(entry)
    return {entry: tuple(found[entry]) for entry in sorted(found, key=lambda entry: entry not in deciding)}


def anchor_of(license_id: uuid.UUID) -> str:
    """Where on the page the license stands; the same whatever else is on it."""
    return f"l{license_id.hex[:8]}"


def _deadlines(card: LicenseCard, *, alone: bool) -> list[Deadline]:
    """The renewal of a license, and before it the days of their own that some of its requirements have."""
    found = [
        Deadline(
            on=row.due, title=card.name, detail=f"{row.name}: {_small(row.tag)}", url=f"#{card.anchor}", outcome=_standing(row)
        )
        for row in card.rows
        if row.due is not None
    ]
    if alone:
        found = [replace(one, title=one.detail.partition(":")[0], detail=one.detail.partition(": ")[2]) for one in found]
    if card.due is not None:
        found.append(Deadline(on=card.due, title=card.name, detail=_small(card.tag), url=f"#{card.anchor}", outcome=card.outcome))
    elif card.ended is not None:
        found.append(
            Deadline(on=card.ended, title=card.name, detail="the last period ended", url=f"#{card.anchor}", outcome=card.outcome)
        )
    return found


def _standing(row: RequirementRow) -> Standing:
    return Standing(row.outcome.value)


def card_of(license_: LicenseStanding, *, on: dt.date, today: dt.date, whole: bool) -> LicenseCard:
    """One license, laid out; `whole` lists all of it, however much there is."""
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
            whole_url=reverse("standing-license", args=[license_.id]),
            total=None,
            period="",
            due=None,
            days="",
        )
    labels = {one.id: one.label for one in evaluation.requirements}
    status = license_.case.status if license_.case else "active"
    recorded = labels | {one.id: one.label for one in evaluation.not_applicable} | {"total": "all continuing education"}
    questions = tuple(
        question_row(question, license_=license_, labels=labels, number=number)
        for number, question in enumerate(sorted(evaluation.open_questions, key=_easiest_first), 1)
    )
    rows = sorted(
        (
            _with_its_day(
                _row(anchor, one, license_.breakdown.get(one.id, Breakdown()), questions, whole=whole),
                one,
                evaluation=evaluation,
                today=today,
            )
            for one in evaluation.requirements
        ),
        key=lambda row: (not row.anchor.endswith("-total"), _ORDER[row.outcome]),
    )
    period = evaluation.period
    # They are numbered first, so the first so many are the first on the page.
    deciding = tuple(row for row in questions if row.decides and not row.confirmed)
    ended = license_.case.expires if license_.case and not period else None
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
        tag="Period ended" if ended and ended < on else _card_tag(license_.gap),
        unknown_why="" if period else evaluation.summary,
        whole_url=reverse("standing-license", args=[license_.id]),
        status="" if status == "active" else status.capitalize(),
        step=evaluation.next_step,
        ended=ended if ended and ended < on else None,
        edit_url=f"{reverse('license-edit', args=[license_.id])}?from=standing",
        renew_url="" if period else f"{reverse('license-renew', args=[license_.id])}?from=standing",
        carried="; ".join(f"{_hours(hours)} of {recorded.get(one, one)}" for one, hours in license_.carried_in.items()),
        waived="; ".join(recorded.get(one, one) for one in license_.waivers),
        period_url=f"{reverse('license-period', args=[license_.id, period.end.isoformat()])}?from=standing" if period else "",
        total=next((row for row in rows if row.anchor == f"{anchor}-total"), None),
        period=f"{_day(period.start)} to {_day(period.end)}" if period else "",
        due=period.end if period else None,
        days=_days(period.end, on=on, today=today) if period else "",
        rows=tuple(rows),
        question_groups=_groups(deciding if whole else deciding[:SHOWN_QUESTIONS]),
        open_questions=len(deciding),
        more_questions=0 if whole else len(deciding[SHOWN_QUESTIONS:]),
        settled_questions=tuple(row for row in questions if row.confirmed),
        idle_questions=idle if whole else idle[:SHOWN_QUESTIONS],
        idle=len(idle),
        credits=_credits(shown, labels),
        more_credits=len(evaluation.credits) - len(shown),
        all_credits=len(evaluation.credits),
        counted=sum(1 for credit in evaluation.credits if credit.counted > 0),
        not_applicable=evaluation.not_applicable,
        caps=tuple(cap for cap in evaluation.caps if cap.removed),
        quiet_caps=tuple(cap for cap in evaluation.caps if not cap.removed),
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
    return (question.confirmed, not question.decides, _GROUPS.index(_group(question)))


_GROUPS = ("you", "certificates", "board")
_GROUP_TITLES = {
    "you": ("About you", "You know these yourself."),
    "certificates": ("On your certificates", "Look at the certificate, or ask who gave the course."),
    "board": ("For your board", "The sources that were read leave these open. Ask the board and record what it says."),
}
_ON_CERTIFICATES = frozenset(("approvals", "format", "activity", "sponsor", "course", "title", "started"))
_FILLED_IN = frozenset(("approvals", "sponsor"))
"""What a credit may leave unstated and the form for what is missing asks."""
_CORRECTED = {"unit": ("Enter its hours", "amount"), "started": ("Enter its first day", "started")}
"""What no confirmation settles, because the credit itself must state it: how that reads, and the field of the form."""
_NOTES = {
    "unit": "If the certificate or your board says how many hours it is, enter those in place of what stands there now.",
    "license_status": "Nothing can be recorded for this question. Ask the board what it asks of you; if the status is not right, correct it.",
}


def _group(question: QuestionAnswer) -> str:
    """Who or what answers it: the holder, a certificate, or the board."""
    if question.kind == "fact":
        return "you"
    return "certificates" if question.id.partition(":")[0] in _ON_CERTIFICATES and ":" in question.id else "board"


def _groups(questions: Sequence[QuestionRow]) -> tuple[QuestionGroup, ...]:
    found = []
    for kind in _GROUPS:
        if mine := tuple(question for question in questions if question.group == kind):
            title, hint = _GROUP_TITLES[kind]
            found.append(QuestionGroup(kind=kind, title=title, hint=hint, questions=mine))
    return tuple(found)


def _with_its_day(
    row: RequirementRow, requirement: RequirementAnswer, *, evaluation: Evaluation, today: dt.date
) -> RequirementRow:
    """The row with its own last day. A day that passed while it is only in doubt whether anything was due is none."""
    due = requirement.due
    if due is None or evaluation.period is None or due == evaluation.period.end or requirement.outcome is Outcome.MET:
        return row
    if requirement.outcome is Outcome.UNKNOWN and due < evaluation.on:
        return row
    return replace(row, due=due, due_days=_days(due, on=evaluation.on, today=today))


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
        rests_on=tuple(question for question in questions if question.id in requirement.confirmed and question.settled),
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
    doubt, _, entry = question.id.partition(":")
    if question.kind == "entry" and doubt in _FILLED_IN:
        answer, answer_url = "Fill this in", f"{reverse('standing-missing')}?credit={entry}"
    elif question.kind == "entry" and doubt in _CORRECTED:
        answer, field = _CORRECTED[doubt]
        answer_url = f"{reverse('credit-correct', args=[entry])}#id_{field}"
    elif question.kind == "status":
        answer, answer_url = "Correct the status", f"{reverse('license-edit', args=[license_.id])}?from=standing#id_status"
    elif question.kind == "entry" and entry:
        answer, answer_url = "Open this credit", reverse("credit-page", args=[entry])
    elif question.kind == "fact":
        # When a license was issued and how often renewed is part of the license; all else about the person its rule asks.
        where_asked = "license-questions" if question.id in rulebook().facts else "license-edit"
        answer, answer_url = "Answer this", f"{reverse(where_asked, args=[license_.id])}?from=standing"
    return QuestionRow(
        id=question.id,
        group=_group(question),
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
        note="" if question.kind == "rule" else _NOTES.get(doubt, ""),
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
            url=reverse("standing-credit", args=[credit.id]),
        )
        for credit in credits_
    )


_OUTCOME_WORDS = {Outcome.MET: "met", Outcome.UNMET: "not met", Outcome.UNKNOWN: "not certain"}


def effects_in_words(effects: Sequence[Effect]) -> tuple[str, ...]:
    """What would change, a sentence for each requirement."""
    return tuple(f"{_capital(effect.label)}: {_was(effect.before)}, then {_was(effect.after)}." for effect in effects)


_AFTERWARDS = {
    Outcome.MET: "is met",
    Outcome.UNMET: "is owed",
    Outcome.UNKNOWN: "is not certain",
    None: "does not apply",
}


def consequence(answer: str, effects: Sequence[Effect]) -> str:
    """What follows from one answer, in a sentence."""
    if not effects:
        return f"If {answer}: nothing changes today."
    return f"If {answer}: {_list([f'{effect.label} {_AFTERWARDS[effect.after]}' for effect in effects])}."


def _was(outcome: Outcome | None) -> str:
    return "does not apply" if outcome is None else _OUTCOME_WORDS[outcome]


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


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
