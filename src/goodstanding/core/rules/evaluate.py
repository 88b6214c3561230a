"""
What each license still owes on one day, requirement by requirement: Met, Unmet or Unknown, never a guess.

Everything that is not known becomes a *dimension* with its possible values: an open question with its readings, a fact the
holder has not given, and one for all that entries leave unstated (well or badly). A requirement is answered for every
combination of the dimensions that touch it. If all combinations agree, that is the answer; if not, it is Unknown, and the
dimensions that can flip it are named. See docs/algorithms/evaluation.md.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from fractions import Fraction
from typing import Any

from goodstanding.core.rules import explain
from goodstanding.core.rules.allocate import (
    Demand,
    Entry,
    World,
    acceptance,
    allocate,
    board_hours,
    countable_hours,
    doubts_of,
    entries_for,
)
from goodstanding.core.rules.case import CreditEntry, License
from goodstanding.core.rules.load import Rule, RuleBook
from goodstanding.core.rules.model import Condition, FactValue, OpenQuestion, Reading, Requirement, RuleFile
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

MAX_COMBINATIONS = 20_000
"""More ways to read one requirement than this are not gone through; `check rules` refuses such a file beforehand."""

RENEWALS = "renewals"
CARRIED_IN = "carried_in"
STATUS = "license_status"
DOUBTS = "entries"

Values = dict[str, FactValue]


def evaluate(licenses: Iterable[License], credits: Iterable[CreditEntry], rules: RuleBook, on: dt.date) -> Answer:  # noqa: A002
    """
    The answer for all `licenses` on the day `on`, from `credits` in any order.

    Pure: the same arguments give the same answer, whatever the day it is asked. Each license counts by itself.
    """
    entries = tuple(credits)
    return Answer(on=on, evaluations=tuple(_License(license_, entries, rules, on).evaluation() for license_ in licenses))


@dataclass(frozen=True)
class Dimension:
    """Something not known, with the values it may have; `settled` by the holder means that it turns out well."""

    id: str
    kind: str
    values: tuple[Any, ...]
    settled: bool = False


@dataclass(frozen=True)
class Result:
    """The answer for one requirement in one combination."""

    met: bool
    applies: bool
    required: Fraction
    toward: dict[str, Fraction]
    carried: Fraction
    missing: Fraction
    alternative: str | None = None

    @property
    def counted(self) -> Fraction:
        return sum(self.toward.values(), Fraction(0))

    @property
    def badness(self) -> tuple[bool, Fraction, bool, Fraction]:
        """Larger is worse: what is missing goes before what merely applies."""
        return (not self.met, self.missing, self.applies, -self.counted)


@dataclass(frozen=True)
class Verdict:
    """The results of all combinations, brought together."""

    outcome: Outcome
    favorable: Outcome
    result: Result
    deciding: tuple[str, ...]
    confirmed: tuple[str, ...]


class _License:
    """The evaluation of one license; holds what its requirements share."""

    def __init__(self, license_: License, credits_: Sequence[CreditEntry], rules: RuleBook, on: dt.date) -> None:
        self.license = license_
        self.credits = credits_
        self.rules = rules
        self.on = on
        self.entry_of_book: Rule = rules[license_.rule]
        self.rule: RuleFile = self.entry_of_book.file
        months = self.rule.cycle.months
        self.period = period_on(license_, months=months, on=on)
        self.values: Values = {key: value for key, value in license_.facts.items() if value is not None}
        self.entries: tuple[Entry, ...] = ()
        self.doubts: dict[str, tuple[str, ...]] = {}
        self._hours: dict[tuple[object, ...], dict[str, Fraction]] = {}
        self._fingerprints: dict[int, object] = {}
        if self.period is not None:
            renewals = renewals_before(license_, months=months, period=self.period)
            if renewals is not None:
                self.values[RENEWALS] = renewals
            self.entries = entries_for(credits_, rules=rules, rule=self.rule, period=self.period, on=on)
            self.doubts = {entry.id: doubts for entry in self.entries if (doubts := doubts_of(entry, rule=self.rule))}
            self.in_minutes = any(entry.credit.quantity.unit == "minute" for entry in self.entries)

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
            elif verdict := self._judge(requirement):
                if not verdict.result.applies and verdict.outcome is Outcome.MET:
                    why = explain.not_applicable(requirement, renewals=self.values.get(RENEWALS))
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
            "rule_version": self.entry_of_book.version,
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
        requirements = [
            self._unanswered(self.rule.versions(requirement_id)[-1], why=why) for requirement_id in self.rule.requirement_ids()
        ]
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
            requirements.append(self._unanswered(versions[-1], why=explain.no_text(day, board=self.rule.board.name)))

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

    def _judge(self, requirement: Requirement) -> Verdict | None:
        """All combinations of what is not known, brought together; None if they are too many to go through."""
        dimensions = self._dimensions(requirement)
        if math.prod(len(one.values) for one in dimensions) > MAX_COMBINATIONS:
            return None
        results: dict[tuple[int, ...], Result] = {
            index: self._result(requirement, {one.id: one.values[at] for one, at in zip(dimensions, index, strict=True)})
            for index in itertools.product(*(range(len(one.values)) for one in dimensions))
        }
        settled = [at for at, one in enumerate(dimensions) if one.settled]
        groups: dict[tuple[int, ...], list[Result]] = {}
        for index, result in results.items():
            groups.setdefault(tuple(index[at] for at in settled), []).append(result)
        worst_of = {group: max(members, key=lambda one: one.badness) for group, members in groups.items()}
        chosen = min(worst_of, key=lambda group: worst_of[group].badness)
        worst = worst_of[chosen]
        outcomes = {one.met for one in groups[chosen]}
        outcome = Outcome.UNKNOWN if len(outcomes) > 1 else Outcome.MET if worst.met else Outcome.UNMET
        favorable = Outcome.MET if any(one.met for one in results.values()) else Outcome.UNMET
        deciding: list[str] = []
        if outcome is Outcome.UNKNOWN:
            inside = {index: one for index, one in results.items() if tuple(index[at] for at in settled) == chosen}
            for at, dimension in enumerate(dimensions):
                if not dimension.settled and _flips(inside, at):
                    deciding.extend(self._names(dimension, requirement))
        confirmed = [one.id for at, one in enumerate(dimensions) if one.settled and _matters(results, at)]
        confirmed.extend(self._confirmed_entries(worst))
        if self.license.status != "active":
            deciding.append(STATUS)
            outcome, favorable = Outcome.UNKNOWN, Outcome.MET
        return Verdict(outcome=outcome, favorable=favorable, result=worst, deciding=tuple(deciding), confirmed=tuple(confirmed))

    def _dimensions(self, requirement: Requirement) -> list[Dimension]:
        dimensions: list[Dimension] = []
        for question in self.rule.open_questions:
            if not question.touches(requirement):
                continue
            readings = self._distinct(question, requirement)
            if len(readings) > 1:
                settled = self.license.confirms(question.id)
                dimensions.append(Dimension(question.id, "rule", tuple(readings), settled))
        for subject, leaves in self._unanswered_subjects(requirement).items():
            dimensions.append(Dimension(subject, "fact", self._possible(subject, leaves)))
        if self._carry_doubt(requirement):
            dimensions.append(Dimension(CARRIED_IN, "entry", (False, True), self.license.confirms(CARRIED_IN)))
        if requirement.kind != "attestation" and self._doubts_touch(requirement):
            dimensions.append(Dimension(DOUBTS, "entry", (False, True)))
        return dimensions

    def _distinct(self, question: OpenQuestion, requirement: Requirement) -> list[Reading]:
        """The readings that can differ for this requirement and these entries; of those that can not, the first."""
        seen: set[object] = set()
        kept: list[Reading] = []
        for reading in question.readings:
            print_ = (
                self._acceptances(reading),
                reading.hour_minutes if self.in_minutes else None,
                reading.requirements.get(requirement.id),
            )
            key = (print_[0], print_[1], None if print_[2] is None else print_[2].model_dump_json())
            if key not in seen:
                seen.add(key)
                kept.append(reading)
        return kept

    def _acceptances(self, reading: Reading) -> object:
        known = self._fingerprints.get(id(reading))
        if known is None:
            accepts = reading.accepts or self.rule.accepts
            known = tuple(acceptance(entry.approvals, accepts) for entry in self.entries)
            self._fingerprints[id(reading)] = known
        return known

    def _unanswered_subjects(self, requirement: Requirement) -> dict[str, list[Condition]]:
        subjects: dict[str, list[Condition]] = {}
        if requirement.frequency == "first_renewal" and RENEWALS not in self.values:
            subjects[RENEWALS] = []
        conditions = [requirement.applies_when, *(variant.when for variant in requirement.variants)]
        for condition in conditions:
            for leaf in condition.leaves() if condition else ():
                if leaf.subject and leaf.subject not in self.values:
                    subjects.setdefault(leaf.subject, []).append(leaf)
        if requirement.fact and requirement.fact not in self.values:
            subjects.setdefault(requirement.fact, [])
        return subjects

    def _possible(self, subject: str, leaves: list[Condition]) -> tuple[object, ...]:
        """Values that stand for all others: both of a boolean, each option, and the sides of every limit compared with."""
        limits = [limit for leaf in leaves for limit in (leaf.is_, leaf.at_least, leaf.at_most) if limit is not None]
        if subject == RENEWALS:
            numbers = {0, 1} | {n + step for n in limits if isinstance(n, int) for step in (-1, 0, 1)}
            return tuple(sorted(n for n in numbers if n >= 0))
        fact = self.rules.facts[subject]
        if fact.type == "boolean":
            return (True, False)
        if fact.type == "one_of":
            return tuple(fact.options)
        if fact.type == "date":
            days = [day for day in limits if isinstance(day, dt.date)]
            return tuple(sorted({day + dt.timedelta(days=step) for day in days for step in (-1, 0, 1)}))
        return tuple(sorted({n + step for n in limits if isinstance(n, int) for step in (-1, 0, 1)}))

    def _carry_doubt(self, requirement: Requirement) -> bool:
        return self.rule.carry_in is None and bool(self.license.carried_in.get(requirement.id))

    def _doubts_touch(self, requirement: Requirement) -> bool:
        return any(self._open_doubts(entry, requirement) for entry in self.entries)

    def _open_doubts(self, entry: Entry, requirement: Requirement) -> list[str]:
        """The unsettled doubts about this entry, if it could serve this requirement."""
        doubts = [f"{doubt}:{entry.id}" for doubt in self.doubts.get(entry.id, ())]
        doubts = [doubt for doubt in doubts if doubt.startswith("unit:") or not self.license.confirms(doubt)]
        if not doubts:
            return []
        demand = self._demand(requirement, requirement.topics, ever=True)
        return doubts if any(demand.serves(share) for share in entry.shares) else []

    def _names(self, dimension: Dimension, requirement: Requirement) -> list[str]:
        if dimension.id != DOUBTS:
            return [dimension.id]
        demand = self._demand(requirement, requirement.topics, ever=requirement.counts_from == "ever")
        return [doubt for entry in self.entries if demand.takes(entry) for doubt in self._open_doubts(entry, requirement)]

    def _confirmed_entries(self, result: Result) -> list[str]:
        return [
            name
            for entry in self.entries
            if entry.id in result.toward
            for doubt in self.doubts.get(entry.id, ())
            if doubt != "unit" and self.license.confirms(name := f"{doubt}:{entry.id}")
        ]

    def _demand(self, requirement: Requirement, topics: Iterable[str], *, ever: bool) -> Demand:
        wanted = frozenset(topics) if requirement.topics else None
        return Demand(topics=wanted, ever=ever, in_force=self.rule.in_force_of(requirement))

    def _result(self, requirement: Requirement, combination: dict[str, Any]) -> Result:
        """The answer for one combination, in which everything is known."""
        values: Values = {**self.values, **{key: value for key, value in combination.items() if self._kind(key) == "fact"}}
        readings = [value for value in combination.values() if isinstance(value, Reading)]
        patches = [reading.requirements[requirement.id] for reading in readings if requirement.id in reading.requirements]
        nothing = Fraction(0)
        if not self._applies(requirement, values):
            return Result(met=True, applies=False, required=nothing, toward={}, carried=nothing, missing=nothing)
        if requirement.kind == "attestation":
            given = values[requirement.fact or ""] is True
            return Result(met=given, applies=True, required=nothing, toward={}, carried=nothing, missing=nothing)
        required = Fraction(requirement.hours or 0)
        for variant in requirement.variants:
            if variant.when.holds(values):
                required = Fraction(variant.hours)
                break
        topics: Iterable[str] = requirement.topics
        window = requirement.counts_from
        for patch in patches:
            required = Fraction(patch.hours) if patch.hours is not None else required
            required = nothing if patch.due is False else required
            topics = patch.topics if patch.topics is not None else topics
            window = patch.window or window
        waived = any(patch.due is False for patch in patches)
        demand = self._demand(requirement, topics, ever=window == "ever")
        toward = self._allocate(requirement, demand, readings, generous=combination.get(DOUBTS) is True)
        alternative = next((one.fact for one in requirement.alternatives if values.get(one.fact) is True), None)
        if requirement.kind in ("course", "exam"):
            met = bool(toward) or waived or alternative is not None
            return Result(met=met, applies=True, required=nothing, toward=toward, carried=nothing, missing=nothing)
        carried = self._carried(requirement, combination)
        missing = max(required - carried - sum(toward.values(), nothing), nothing)
        if alternative is not None:
            missing = nothing
        return Result(
            met=not missing,
            applies=True,
            required=required,
            toward=toward,
            carried=carried,
            missing=missing,
            alternative=alternative,
        )

    def _applies(self, requirement: Requirement, values: Values) -> bool:
        if requirement.frequency == "first_renewal" and values[RENEWALS] != 0:
            return False
        return requirement.applies_when is None or requirement.applies_when.holds(values)

    def _allocate(
        self, requirement: Requirement, demand: Demand, readings: list[Reading], *, generous: bool
    ) -> dict[str, Fraction]:
        if requirement.kind == "exam":
            return {
                entry.id: Fraction(1)
                for entry in self.entries
                if entry.state == "open"
                and (entry.credit.activity == "exam" or entry.credit.quantity.unit == "exam")
                and demand.takes(entry)
                and any(demand.serves(share) for share in entry.shares)
            }
        return allocate(demand, self.entries, self._hours_in(readings, generous=generous))

    def _hours_in(self, readings: list[Reading], *, generous: bool) -> dict[str, Fraction]:
        accepts = next((one.accepts for one in readings if one.accepts), self.rule.accepts)
        minutes = next((one.hour_minutes for one in readings if one.hour_minutes), self.rule.hour_minutes)
        if minutes is None:
            minutes = self._longest_hour()
        key = (id(accepts), minutes, generous)
        if key not in self._hours:
            world = World(accepts=accepts, hour_minutes=minutes, generous=generous)
            self._hours[key] = {
                entry.id: countable_hours(entry, world, rule=self.rule, license_=self.license) for entry in self.entries
            }
        return self._hours[key]

    def _longest_hour(self) -> int | None:
        """The longest hour that any reading allows, for what is shown where the reading makes no difference."""
        return max(
            (one.hour_minutes for question in self.rule.open_questions for one in question.readings if one.hour_minutes),
            default=None,
        )

    def _carried(self, requirement: Requirement, combination: dict[str, Any]) -> Fraction:
        brought = Fraction(self.license.carried_in.get(requirement.id, 0))
        rule = self.rule.carry_in
        if rule is None:
            return brought if combination.get(CARRIED_IN) is True else Fraction(0)
        if not rule.allowed:
            return Fraction(0)
        limit = rule.at_most.get(requirement.id)
        return brought if limit is None else min(brought, Fraction(limit))

    def _answer(self, requirement: Requirement, verdict: Verdict) -> RequirementAnswer:
        assert self.period is not None
        result = verdict.result
        counts_hours = requirement.kind == "minimum"
        figures = explain.Figures(
            required=_down(result.required),
            counted=_down(result.counted),
            missing=_up(result.missing),
            carried=_down(result.carried),
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
            unclaimed=[one.says for one in requirement.alternatives if self.values.get(one.fact) is None],
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
        names = [f"{doubt}:{entry_id}" for entry_id, doubts in self.doubts.items() for doubt in doubts]
        if any(self._carry_doubt(requirement) for requirement in self.rule.requirements):
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
        world = World(accepts=self.rule.accepts, hour_minutes=self.rule.hour_minutes or self._longest_hour(), generous=False)
        hours = None if "unit" in self.doubts.get(entry.id, ()) else _down(board_hours(entry, world, rule=self.rule))
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
        doubts = {doubt for doubt in self.doubts.get(entry.id, ()) if not self.license.confirms(f"{doubt}:{entry.id}")}
        if not toward:
            names = [self.rules.approval_label(name) for name in sorted(entry.approvals or ())]
            if not entry.in_period and entry.state == "open" and "yes" in accepted:
                return explain.before_period(self.period)
            if accepted == {"no"}:
                return explain.not_accepted(names)
            if "approvals" in doubts:
                return explain.approval_unstated()
            if "unit" in self.doubts.get(entry.id, ()):
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


def _flips(results: dict[tuple[int, ...], Result], at: int) -> bool:
    """Whether changing only the dimension `at` changes the outcome somewhere."""
    seen: dict[tuple[int, ...], bool] = {}
    for index, result in results.items():
        rest = index[:at] + index[at + 1 :]
        if seen.setdefault(rest, result.met) != result.met:
            return True
    return False


def _matters(results: dict[tuple[int, ...], Result], at: int) -> bool:
    """Whether changing only the dimension `at` changes the outcome or the hours that are missing somewhere."""
    seen: dict[tuple[int, ...], tuple[bool, Fraction]] = {}
    for index, result in results.items():
        rest = index[:at] + index[at + 1 :]
        state = (result.met, result.missing)
        if seen.setdefault(rest, state) != state:
            return True
    return False


_CENT = Decimal("0.01")


def _down(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / value.denominator).quantize(_CENT, ROUND_DOWN)


def _up(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / value.denominator).quantize(_CENT, ROUND_UP)
