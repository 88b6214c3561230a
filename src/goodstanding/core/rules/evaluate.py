"""
What each license still owes on one day, requirement by requirement: Met, Unmet or Unknown, never a guess.

This module finds the period, the version of each requirement and the entries, lets `judge` decide, and puts the answer
together. See docs/algorithms/evaluation.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from fractions import Fraction
from typing import Any

from goodstanding.core.rules import explain
from goodstanding.core.rules.allocate import Entry, World, acceptance, board_hours, entries_for
from goodstanding.core.rules.case import CreditEntry, License
from goodstanding.core.rules.judge import CARRIED_IN, RENEWALS, STATUS, Judge, Verdict
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.model import Requirement, RuleFile
from goodstanding.core.rules.outcome import (
    Answer,
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
from goodstanding.core.rules.periods import period_on, renewals_before


def evaluate(licenses: Iterable[License], credits: Iterable[CreditEntry], rules: RuleBook, on: dt.date) -> Answer:  # noqa: A002
    """
    The answer for all `licenses` on the day `on`, from `credits` in any order.

    Pure: the same arguments give the same answer, whatever the day it is asked. Each license counts by itself.
    """
    entries = tuple(credits)
    return Answer(on=on, evaluations=tuple(_License(license_, entries, rules, on).evaluation() for license_ in licenses))


class _License:
    """The evaluation of one license; holds what its requirements share."""

    def __init__(self, license_: License, credits_: Sequence[CreditEntry], rules: RuleBook, on: dt.date) -> None:
        self.license = license_
        self.credits = credits_
        self.rules = rules
        self.on = on
        self.rule: RuleFile = rules[license_.rule].file
        months = self.rule.cycle.months
        self.period = period_on(license_, months=months, on=on)
        self.entries: tuple[Entry, ...] = ()
        renewals = None
        if self.period is not None:
            self.entries = entries_for(credits_, rules=rules, rule=self.rule, period=self.period, on=on)
            renewals = renewals_before(license_, months=months, period=self.period)
        self.judge = Judge(license_, rules=rules, entries=self.entries, renewals=renewals)

    # The whole license

    def evaluation(self) -> Evaluation:
        rule = self.rule
        if self.period is None:
            return self._outside()
        requirements: list[RequirementAnswer] = []
        not_applicable: list[NotApplicable] = []
        verdicts: dict[str, Verdict] = {}
        for requirement_id in rule.requirement_ids():
            versions = rule.versions(requirement_id)
            requirement = next((one for one in versions if self._in_force(one, self.period)), None)
            if requirement_id in self.license.waivers:
                not_applicable.append(NotApplicable(id=requirement_id, label=versions[0].label, why=explain.waived()))
            elif requirement is None:
                self._without_version(versions, requirements, not_applicable)
            elif verdict := self.judge.judge(requirement):
                if not verdict.result.applies and verdict.outcome is Outcome.MET:
                    why = explain.not_applicable(requirement, renewals=self.judge.values.get(RENEWALS))
                    not_applicable.append(NotApplicable(id=requirement_id, label=requirement.label, why=why))
                else:
                    verdicts[requirement_id] = verdict
                    requirements.append(self._answer(requirement, verdict))
            else:
                requirements.append(self._too_many(requirement))
        standing = Standing.of([one.outcome for one in requirements])
        questions = self._questions(requirements)
        return Evaluation(
            **self._heading(),
            period=self.period,
            standing=standing,
            summary=explain.summary(standing, requirements, due=self.period.end),
            next_step=explain.next_step(standing, requirements, questions, due=self.period.end, board=rule.board.name),
            requirements=tuple(requirements),
            caps=(),
            not_applicable=tuple(not_applicable),
            open_questions=questions,
            credits=tuple(self._credit(entry, verdicts) for entry in self.entries),
            confirmed=tuple(question.id for question in questions if question.confirmed),
        )

    def _heading(self) -> dict[str, Any]:
        rule = self.rule
        return {
            "rule": rule.id,
            "rule_version": self.rules[self.rule.id].version,
            "title": rule.title,
            "jurisdiction": rule.jurisdiction,
            "board": rule.board.name,
            "board_url": rule.board.url,
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
            next_step=explain.outside_step(self.license),
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

    def _in_force(self, requirement: Requirement, period: Period) -> bool:
        dates = self.rule.in_force_of(requirement)
        if dates.by == "completion":
            return (dates.from_ is None or dates.from_ <= period.end) and (dates.to is None or period.start <= dates.to)
        return dates.covers(period.start if dates.by == "period_start" else period.end)

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
        counts_hours = requirement.kind == "minimum"
        figures = explain.Figures(
            required=_down(result.required),
            counted=_down(result.counted),
            missing=_up(result.missing),
            carried=_down(result.carried),
            brought=_down(Fraction(self.license.carried_in.get(requirement.id, 0))),
        )
        alternatives = tuple(one.says for one in requirement.alternatives)
        why = explain.requirement(
            requirement,
            outcome=verdict.outcome,
            favorable=verdict.favorable,
            figures=figures,
            due=self.period.end,
            deciding=[self._question_text(name) for name in verdict.deciding],
            alternative=next((one.says for one in requirement.alternatives if one.fact == result.alternative), None),
            unclaimed=[one.says for one in requirement.alternatives if self.judge.values.get(one.fact) is None],
            confirmed=bool(verdict.confirmed),
        )
        return RequirementAnswer(
            id=requirement.id,
            kind=requirement.kind,
            label=requirement.label,
            says=requirement.says,
            outcome=verdict.outcome,
            favorable=verdict.favorable,
            required=figures.required if counts_hours else None,
            counted=figures.counted if counts_hours else Decimal(len(result.toward)),
            missing=figures.missing,
            carried_in=figures.carried,
            due=self.period.end,
            why=why,
            open_questions=verdict.deciding,
            confirmed=verdict.confirmed,
            alternatives=alternatives,
            confidence=requirement.confidence,
            sources=self._sources(requirement.sources),
        )

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
        names = [f"{doubt}:{entry_id}" for entry_id, doubts in self.judge.doubts.items() for doubt in doubts]
        if any(self.judge.carry_doubt(requirement) for requirement in self.rule.requirements):
            names.append(CARRIED_IN)
        for name in dict.fromkeys([*decides, *names]):
            kind = self._kind(name)
            confirmable = kind == "entry" and not name.startswith("unit:")
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
        return "fact" if name == RENEWALS or name in self.rules.facts else "entry"

    def _question_text(self, name: str) -> str:
        for question in self.rule.open_questions:
            if question.id == name:
                return question.text
        if name in self.rules.facts:
            return self.rules.facts[name].question
        if name in (RENEWALS, CARRIED_IN, STATUS):
            return explain.standing_question(name, status=self.license.status)
        doubt, _, entry_id = name.partition(":")
        entry = next(entry for entry in self.entries if entry.id == entry_id)
        return explain.doubt(doubt, title=entry.credit.title, unit=entry.credit.quantity.unit)

    # Entries and sources

    def _credit(self, entry: Entry, verdicts: dict[str, Verdict]) -> CreditAnswer:
        toward = {
            requirement_id: _down(verdict.result.toward[entry.id])
            for requirement_id, verdict in verdicts.items()
            if entry.id in verdict.result.toward
        }
        counted = max(toward.values(), default=Decimal(0))
        world = World(accepts=self.rule.accepts, hour_minutes=self.judge.longest_hour(), generous=False)
        hours = None if "unit" in self.judge.doubts.get(entry.id, ()) else _down(board_hours(entry, world, rule=self.rule))
        return CreditAnswer(
            id=entry.id,
            title=entry.credit.title,
            completed=entry.credit.completed,
            hours=hours,
            counted=counted,
            toward=toward,
            why_not=self._why_not(entry, toward),
        )

    def _why_not(self, entry: Entry, toward: dict[str, Decimal]) -> str | None:
        assert self.period is not None
        if entry.state == "future":
            return explain.future(entry.credit.completed, on=self.on)
        if entry.state == "provisional":
            return explain.provisional()
        accepted = {
            acceptance(entry.approvals, reading.accepts or self.rule.accepts)
            for question in self.rule.open_questions
            for reading in question.readings
        } | {acceptance(entry.approvals, self.rule.accepts)}
        doubts = {doubt for doubt in self.judge.doubts.get(entry.id, ()) if not self.license.confirms(f"{doubt}:{entry.id}")}
        if not toward:
            names = [self.rules.approval_label(name) for name in sorted(entry.approvals or ())]
            if not entry.in_period and entry.state == "open" and "yes" in accepted:
                return explain.before_period(self.period)
            if accepted == {"no"}:
                return explain.not_accepted(names)
            if "approvals" in doubts:
                return explain.approval_unstated()
            if "unit" in self.judge.doubts.get(entry.id, ()):
                return explain.unit_unknown(entry.credit.quantity.unit)
            if entry.repeats is not None and self.rule.repeats != "counted":
                return explain.repeated(self._title(entry.repeats), stated=self.rule.repeats is not None)
            if "no" in accepted:
                return explain.maybe_accepted(names)
            return explain.serves_nothing()
        if not entry.in_period:
            return explain.earlier(self.period)
        return None

    def _title(self, entry_id: str) -> str:
        return next(entry.credit.title for entry in self.entries if entry.id == entry_id)

    def _sources(self, ids: Iterable[str]) -> tuple[SourceAnswer, ...]:
        return tuple(
            SourceAnswer(
                id=source_id,
                url=(source := self.rule.sources[source_id]).url,
                kind=source.kind,
                says=source.says,
                dated=None if source.dated is None else str(source.dated),
            )
            for source_id in ids
        )


_CENT = Decimal("0.01")


def _down(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / value.denominator).quantize(_CENT, ROUND_DOWN)


def _up(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / value.denominator).quantize(_CENT, ROUND_UP)
