"""
What each license still owes on one day, requirement by requirement: Met, Unmet or Unknown, never a guess.

This module finds the period, the version of each requirement and the entries, lets `judge` decide, and puts the answer
together. See docs/algorithms/evaluation.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from goodstanding.core.rules import explain
from goodstanding.core.rules.amounts import round_down as _down
from goodstanding.core.rules.amounts import round_up as _up
from goodstanding.core.rules.case import CreditEntry, License
from goodstanding.core.rules.clauses import Which
from goodstanding.core.rules.credited import Credited
from goodstanding.core.rules.entries import Entry, entries_for
from goodstanding.core.rules.ground import CARRIED_IN, LICENSE_SUBJECTS, STATUS, Ground
from goodstanding.core.rules.judge import Judge, Verdict
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.model import Requirement, RuleFile, late, unsettled
from goodstanding.core.rules.needs import RENEWALS, Need, in_force, subjects_of
from goodstanding.core.rules.outcome import (
    Answer,
    CapAnswer,
    CreditAnswer,
    Evaluation,
    NotApplicable,
    NoteAnswer,
    Outcome,
    Period,
    QuestionAnswer,
    RequirementAnswer,
    SourceAnswer,
    Standing,
)
from goodstanding.core.rules.periods import ONE_DAY, add_months, counting_window, period_on, renewals_before
from goodstanding.core.rules.tally import CapResult, Tally


def evaluate(licenses: Iterable[License], credits: Iterable[CreditEntry], rules: RuleBook, on: dt.date) -> Answer:  # noqa: A002
    """
    The answer for all `licenses` on the day `on`, from `credits` in any order.

    Pure: the same arguments give the same answer, whatever the day it is asked. Each license counts by itself, unless its
    rule says what holders of several licenses of the board owe.
    """
    entries = tuple(credits)
    held = tuple(licenses)
    return Answer(on=on, evaluations=tuple(_License(license_, held, entries, rules, on).evaluation() for license_ in held))


class _License:
    """The evaluation of one license; holds what its requirements share."""

    def __init__(
        self, license_: License, licenses: Sequence[License], credits_: Sequence[CreditEntry], rules: RuleBook, on: dt.date
    ) -> None:
        self.license = license_
        self.credits = credits_
        self.rules = rules
        self.on = on
        self.rule: RuleFile = rules[license_.rule].file
        months = self.rule.cycle.months
        period = period_on(license_, months=months, on=on)
        self.entries: tuple[Entry, ...] = ()
        self.period: Period | None = None
        if period is not None:
            self.period = counting_window(license_, cycle=self.rule.cycle, period=period)
            self.entries = entries_for(
                credits_, rules=rules, rule=self.rule, period=self.period, on=on, repeats_since=self._repeats_since()
            )
            self.ground = Ground(
                license_,
                rules=rules,
                entries=self.entries,
                period=self.period,
                renewals=renewals_before(license_, months=months, period=period),
                held=self._held(licenses),
            )
            self._by_id = {entry.id: entry for entry in self.entries}
            self._settleable = self.ground.recall("settleable", self.rule.settleable)
            self.judge = Judge(self.ground)
            self.unknowns = self.judge.unknowns

    def _repeats_since(self) -> dt.date | None:
        """Since when entries for one course are compared."""
        assert self.period is not None
        if self.rule.repeats_within == "ever":
            return None
        if self.rule.repeats_within == "two_periods":
            return add_months(self.period.end, -2 * self.rule.cycle.months) + ONE_DAY
        return self.period.start

    def _held(self, licenses: Sequence[License]) -> int:
        """How many of the licenses that the rule counts together are held, this one among them."""
        if self.rule.several is None:
            return 1
        others = set(self.rule.several.with_rules) - {self.rule.id}
        return 1 + len({one.rule for one in licenses if one.rule in others and one.status == "active"})

    # The whole license

    def evaluation(self) -> Evaluation:
        rule = self.rule
        if self.period is None:
            return self._outside()
        requirements: list[RequirementAnswer] = []
        not_applicable: list[NotApplicable] = []
        status = None if self.license.status == "active" else rule.statuses.get(self.license.status)
        live: dict[str, Requirement | None] = {}
        for requirement_id in rule.requirement_ids():
            versions = rule.versions(requirement_id)
            if status is not None and not status.due:
                not_applicable.append(NotApplicable(id=requirement_id, label=versions[0].label, why=status.says))
            elif requirement_id in self.license.waivers:
                not_applicable.append(NotApplicable(id=requirement_id, label=versions[0].label, why=explain.waived()))
            else:
                live[requirement_id] = next((one for one in versions if in_force(rule, one, self.period)), None)
        self.tally = Tally(self.judge, self.judge.verdicts([one for one in live.values() if one is not None]))
        verdicts = self.tally.verdicts
        answered: dict[str, Verdict] = {}
        for requirement_id, requirement in live.items():
            verdict = verdicts.get(requirement_id)
            if requirement is None:
                self._without_version(rule.versions(requirement_id), requirements, not_applicable)
            elif verdict is None:
                requirements.append(self._too_many(requirement))
            elif not verdict.result.applies and verdict.outcome is Outcome.MET:
                why = self._why_not_applicable(requirement, verdict)
                not_applicable.append(NotApplicable(id=requirement_id, label=requirement.label, why=why))
            else:
                answered[requirement_id] = verdict
                requirements.append(self._answer(requirement, verdict))
        standing = Standing.of([one.outcome for one in requirements])
        questions = self._questions(requirements)
        credited = Credited(self.tally, verdicts=answered, on=self.on, undecided=len(answered) < len(requirements))
        caps = tuple(self._cap(one, credited) for one in self.tally.caps)
        return Evaluation(
            **self._heading(),
            period=self.period,
            standing=standing,
            summary=explain.summary(standing, requirements, due=self.period.end, on=self.on),
            next_step=explain.next_step(
                standing,
                requirements,
                questions,
                due=self.period.end,
                on=self.on,
                board=rule.board.name,
                places={one: self._place(verdict) for one, verdict in answered.items()},
                full=[one.cap for one in self.tally.caps if one.limit and _is_full(one)],
                unstated=credited.without_approval(),
            ),
            requirements=tuple(requirements),
            caps=caps,
            not_applicable=tuple(not_applicable),
            open_questions=questions,
            credits=credited.answers,
            confirmed=tuple(question.id for question in questions if question.confirmed),
        )

    def _why_not_applicable(self, requirement: Requirement, verdict: Verdict) -> str:
        assert self.period is not None
        need = verdict.result.need
        own = requirement if need is None else need.requirement
        if need is not None and need.due_on is not None and need.due_on > self.period.end:
            return explain.due_later(need.due_on)
        return explain.not_applicable(own, renewals=self.ground.values.get(RENEWALS))

    def _cap(self, result: CapResult, credited: Credited) -> CapAnswer:
        cap = result.cap
        limit, used, removed = _down(result.limit), _down(result.used), _up(result.removed)
        where, in_doubt = credited.where(cap), credited.in_doubt(cap)
        why = explain.cap(cap, limit=limit, used=used, removed=removed, where=where, in_doubt=in_doubt)
        return CapAnswer(
            id=cap.id, label=cap.label, limit=limit, used=used, removed=removed, why=why, sources=self._sources(cap.sources)
        )

    def _heading(self) -> dict[str, Any]:
        rule = self.rule
        return {
            "rule": rule.id,
            "rule_version": self.rules[self.rule.id].version,
            "title": rule.title,
            "jurisdiction": rule.jurisdiction,
            "board": rule.board.name,
            "board_url": rule.board.url or "",
            "profession": self.license.profession or rule.professions[0],
            "license_types": tuple(rule.license_types),
            "confidence": rule.confidence,
            "checked_on": rule.checked_on,
            "on": self.on,
            "notes": tuple(NoteAnswer(text=note.text, sources=self._sources(note.sources)) for note in rule.notes),
        }

    def _outside(self) -> Evaluation:
        """No period is known for the day, so nothing can be said, and nothing is said to be met."""
        why = explain.outside(self.license, on=self.on)
        requirements = [self._unanswered(self._text_on(name, self.on), why=why) for name in self.rule.requirement_ids()]
        ordered = sorted(self.credits, key=lambda credit: (credit.completed, credit.id))
        return Evaluation(
            **self._heading(),
            period=None,
            standing=Standing.UNKNOWN,
            summary=why,
            next_step=explain.outside_step(self.license, on=self.on),
            requirements=tuple(requirements),
            caps=(),
            not_applicable=(),
            open_questions=(),
            credits=tuple(
                CreditAnswer(
                    id=credit.id,
                    title=credit.title,
                    completed=credit.completed,
                    hours=None,
                    counted=Decimal(0),
                    toward={},
                    why_not=explain.no_period(),
                )
                for credit in ordered
            ),
        )

    def _text_on(self, requirement_id: str, day: dt.date) -> Requirement:
        """
        The version to show where none can be applied: the one in force on `day`, else the newest.

        Newest is the one that came into force last, wherever it stands in the file.
        """
        versions = self.rule.versions(requirement_id)
        in_force = [version for version in versions if self.rule.in_force_of(version).covers(day)]
        return max(in_force or versions, key=lambda version: self.rule.in_force_of(version).from_ or dt.date.min)

    def _without_version(
        self, versions: tuple[Requirement, ...], requirements: list[RequirementAnswer], not_applicable: list[NotApplicable]
    ) -> None:
        assert self.period is not None
        dates = [self.rule.in_force_of(version) for version in versions]
        day = self.period.start if dates[0].by == "period_start" else self.period.end
        first = min((one.from_ for one in dates if one.from_), default=None)
        if first is not None and day < first and any(version.before == "not_due" for version in versions):
            why = explain.not_yet_due(first)
            not_applicable.append(NotApplicable(id=versions[0].id, label=versions[0].label, why=why))
        else:
            requirements.append(
                self._unanswered(self._text_on(versions[0].id, day), why=explain.no_text(day, board=self.rule.board.name))
            )

    def _unanswered(self, requirement: Requirement, *, why: str) -> RequirementAnswer:
        return RequirementAnswer(
            id=requirement.id,
            kind=requirement.kind,
            label=requirement.label,
            says=requirement.says,
            outcome=Outcome.UNKNOWN,
            favorable=Outcome.UNKNOWN,
            required=None,
            counted=Decimal(0),
            missing=Decimal(0),
            carried_in=Decimal(0),
            due=self.period.end if self.period else None,
            why=why,
            open_questions=(),
            confirmed=(),
            alternatives=(),
            confidence=requirement.confidence,
            sources=self._sources(requirement.sources),
        )

    def _too_many(self, requirement: Requirement) -> RequirementAnswer:
        return self._unanswered(requirement, why=explain.too_many(self.rule.board.name))

    # One requirement

    def _answer(self, requirement: Requirement, verdict: Verdict) -> RequirementAnswer:
        assert self.period is not None
        result = verdict.result
        own = requirement if result.need is None else result.need.requirement
        due = self._due(own, result.need)
        counts_hours = requirement.kind == "minimum"
        figures = explain.Figures(
            required=_down(result.required),
            counted=_down(result.counted) if counts_hours else Decimal(len(result.toward)),
            missing=_up(result.missing),
            carried=_down(result.carried),
            brought=_down(Fraction(self.license.carried_in.get(requirement.id, 0))),
            years=len(result.need.parts) if own.each_year and result.need is not None else 1,
        )
        alternatives = tuple(one.says for one in own.alternatives)
        why = explain.requirement(
            own,
            outcome=verdict.outcome,
            figures=figures,
            due=due,
            on=self.on,
            deciding=[self._question_text(name) for name in verdict.deciding],
            alternative=result.alternative,
            unclaimed=[one.says for one in own.alternatives if one.fact and self.ground.values.get(one.fact) is None],
            confirmed=bool(verdict.confirmed),
            short_years=self._short_years(own, verdict),
            amount_open=counts_hours and self._amount_open(requirement),
            fulfilled=result.met,
            asked=result.need is None or result.need.due,
        )
        return RequirementAnswer(
            id=requirement.id,
            kind=requirement.kind,
            label=requirement.label,
            says=requirement.says,
            outcome=verdict.outcome,
            favorable=verdict.favorable,
            required=figures.required if counts_hours else None,
            counted=figures.counted,
            missing=figures.missing,
            carried_in=figures.carried,
            due=due,
            why=why,
            open_questions=verdict.deciding,
            confirmed=verdict.confirmed,
            alternatives=alternatives,
            confidence=requirement.confidence,
            sources=self._sources(requirement.sources),
            on_top=own.on_top,
            within=own.within,
        )

    def _due(self, own: Requirement, need: Need | None) -> dt.date:
        """The day by which it is due; the end of the period where the day depends on something that is not known."""
        assert self.period is not None
        unknown = own.due_by is not None and any(one not in self.ground.values for one in subjects_of(own))
        return self.period.end if need is None or need.due_on is None or unknown else need.due_on

    def _amount_open(self, requirement: Requirement) -> bool:
        """Whether the readings of a question that is not settled differ in how many hours they ask for."""
        for question in self.ground.patching(requirement):
            if self.license.confirms(question.id):
                continue
            patches = [reading.requirements.get(requirement.id) for reading in question.readings]
            hours = {
                requirement.hours if one is None or one.hours is None else one.hours
                for one in patches
                if one is None or one.due is not False
            }
            if len(hours) > 1:
                return True
        return False

    def _short_years(self, requirement: Requirement, verdict: Verdict) -> list[tuple[Period, Decimal]]:
        """The years in which hours are missing, where a requirement is due in each of them."""
        result = verdict.result
        if not requirement.each_year or not result.missing or result.need is None:
            return []
        short = self.tally.missing_by_claim(requirement.id, result)
        return [
            (Period(start=span.start, end=span.end), _up(missing))
            for (span, _), missing in zip(result.need.parts, short, strict=True)
            if missing and span is not None and span.start and span.end
        ]

    # What is not known

    def _questions(self, requirements: list[RequirementAnswer]) -> tuple[QuestionAnswer, ...]:
        decides: dict[str, list[str]] = {}
        for requirement in requirements:
            for name in requirement.open_questions:
                decides.setdefault(name, []).append(requirement.id)
        questions = [
            QuestionAnswer(
                id=question.id,
                kind="rule",
                text=question.text,
                readings=tuple(reading.says for reading in question.readings),
                decides=tuple(decides.pop(question.id, ())),
                confirmable=True,
                confirmed=self.license.confirms(question.id),
                sources=self._sources(question.sources),
            )
            for question in self.rule.open_questions
        ]
        asked = {name for one in requirements for name in (*one.open_questions, *one.confirmed)}
        settleable = self._settleable
        of_requirements = [
            (name, one)
            for one in self.rule.requirements
            for name in (unsettled(one.id), late(one.id))
            if name in settleable and (one.kind == "unsettled" or name in asked)
        ]
        questions += [
            QuestionAnswer(
                id=name,
                kind="rule",
                text=settleable[name],
                readings=(),
                decides=tuple(decides.pop(name, ())),
                confirmable=True,
                confirmed=self.license.confirms(name),
                sources=self._sources(one.sources),
            )
            for name, one in of_requirements
        ]
        names = [f"{doubt}:{entry_id}" for entry_id, doubts in self.unknowns.doubts.items() for doubt in doubts]
        if any(self.unknowns.carry_doubt(requirement) for requirement in self.rule.requirements):
            names.append(CARRIED_IN)
        for name in dict.fromkeys([*decides, *names]):
            kind = self._kind(name)
            confirmable = kind == "entry" and self.unknowns.confirmable(name)
            questions.append(
                QuestionAnswer(
                    id=name,
                    kind=kind,
                    text=self._question_text(name),
                    readings=(),
                    decides=tuple(decides.get(name, ())),
                    confirmable=confirmable,
                    confirmed=confirmable and self.license.confirms(name),
                    sources=(),
                )
            )
        return tuple(questions)

    def _kind(self, name: str) -> str:
        if name == STATUS:
            return "status"
        return "fact" if name in LICENSE_SUBJECTS or name in self.rules.facts else "entry"

    def _question_text(self, name: str) -> str:
        if name in self._settleable:
            return self._settleable[name]
        if name in self.rules.facts:
            return self.rules.facts[name].question
        if name in LICENSE_SUBJECTS or name in (CARRIED_IN, STATUS):
            return explain.standing_question(name, status=self.license.status)
        doubt, _, entry_id = name.partition(":")
        entry = self._by_id[entry_id]
        return explain.doubt(doubt, title=entry.credit.title, unit=entry.credit.quantity.unit)

    # The step to take and the sources

    def _place(self, verdict: Verdict) -> explain.Place:
        """What one more hour for a requirement does besides."""
        need = verdict.result.need
        if need is None:
            return explain.Place()
        own = need.requirement
        beside = own.on_top or any(
            not one.limit and (not one.cap.on or "total" in one.cap.on) and _about_all(one.cap.which, own)
            for one in self.tally.caps
        )
        return explain.Place(
            subject=explain.about_something(own),
            within=own.within,
            in_total=not beside,
            short_years=self._short_years(own, verdict),
        )

    def _sources(self, ids: Iterable[str]) -> tuple[SourceAnswer, ...]:
        memory = self.rules[self.rule.id].memory
        return tuple([memory.get(("source", one)) or memory.setdefault(("source", one), self._source(one)) for one in ids])

    def _source(self, source_id: str) -> SourceAnswer:
        source = self.rule.sources[source_id]
        dated = None if source.dated is None else str(source.dated)
        return SourceAnswer(id=source_id, url=source.url, kind=source.kind, says=source.says, dated=dated)


def _is_full(result: CapResult) -> bool:
    """Whether more hours of the kind would count for nothing, whenever they are taken. An exam is passed but once."""
    which = result.cap.which
    exam = which is not None and which.activities == ("exam",)
    return result.cap.per == "period" and result.used >= result.limit and not exam


def _about_all(which: Which | None, requirement: Requirement) -> bool:
    """Whether what a cap is about, by its subjects alone, is all that the requirement asks for."""
    return (
        which is not None
        and bool(requirement.topics)
        and which.topics is not None
        and set(requirement.topics) <= set(which.topics)
        and which.model_fields_set == {"topics"}
    )
