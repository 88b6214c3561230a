"""A clinician's standing: `core.rules` over all licenses and credits of one holder, on one day."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from goodstanding.compliance.breakdown import Breakdown, break_down
from goodstanding.compliance.cases import entry_in_case, license_in_case
from goodstanding.compliance.summary import Gap, gap_of, sum_up
from goodstanding.core.rules.case import Case
from goodstanding.core.rules.case import CreditEntry as EntryCase
from goodstanding.core.rules.case import License as LicenseCase
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.model import FactValue
from goodstanding.core.rules.outcome import Evaluation, Outcome, QuestionAnswer, Standing
from goodstanding.credit.selectors import entries_in_force
from goodstanding.kept import Kept, Same
from goodstanding.licensing.rulebook import rulebook
from goodstanding.licensing.selectors import current_confirmations, current_facts, license_name, recorded_licenses

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder
    from goodstanding.credit.models import CreditEntry
    from goodstanding.licensing.models import License

__all__ = [
    "Effect",
    "EntryStanding",
    "HolderStanding",
    "LicenseStanding",
    "Settled",
    "if_all_well",
    "if_answered",
    "if_confirmed",
    "open_question",
    "standing_on",
]

RULE_GONE = (
    "The rule of this license is not part of this installation any more, so nothing can be said about it here. "
    "Your license and your credits are unchanged. Ask your board what is due."
)
ROW_UNREADABLE = (
    "What is stored about this license contradicts itself, so nothing can be said about it. "
    "Check its dates on the license's page; nothing was lost."
)

MOST_IN_FILE = 60
"""As many licenses as one case file may hold."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What the holder confirmed with the board about one open question."""

    question: str
    confirmed_on: dt.date | None
    note: str


@dataclass(frozen=True, kw_only=True)
class EntryStanding:
    """One entry of the ledger as the standing page lists it. `readable` is False where it could not be evaluated."""

    id: uuid.UUID
    title: str
    completed: dt.date
    amount: Decimal
    unit: str
    provisional: bool
    readable: bool


@dataclass(frozen=True, kw_only=True)
class LicenseStanding:
    """
    One license and its answer on the day.

    Without an evaluation the standing is Unknown, and `unknown_why` says why: a license is never left off the page.
    """

    id: uuid.UUID
    rule: str
    name: str
    number: str
    license_type: str
    standing: Standing
    evaluation: Evaluation | None
    breakdown: Mapping[str, Breakdown]
    unknown_why: str
    settled: Mapping[str, Settled]
    carried_in: Mapping[str, Decimal] = field(default_factory=dict)
    waivers: tuple[str, ...] = ()
    """What the holder recorded for the period of that day, whether or not the rule lets it count."""
    case: LicenseCase | None = None
    """What was evaluated of it; None where the row makes no license."""

    @property
    def gap(self) -> Gap:
        return gap_of(name=self.name, evaluation=self.evaluation, waived=bool(self.waivers))


@dataclass(frozen=True, kw_only=True)
class HolderStanding:
    """
    The answer over all licenses of one holder on one day.

    `case` is what was evaluated, and gives the same answer again from a file. It is None where no license could be
    evaluated, and where a case file can not say it: a file names each rule once.
    """

    on: dt.date
    licenses: tuple[LicenseStanding, ...]
    entries: tuple[EntryStanding, ...]
    case: Case | None
    readable: tuple[EntryCase, ...] = ()
    """The entries as they were evaluated, oldest first."""

    def sentence(self, *, today: dt.date) -> str:
        """What sums it up, read on the day `today`."""
        return sum_up(gaps=[one.gap for one in self.licenses], on=self.on, today=today)

    @property
    def by_urgency(self) -> tuple[LicenseStanding, ...]:
        """
        The licenses in the order to act on: unmet before unknown before met, then by the nearest deadline.

        Without a deadline, because the day lies outside every known period, a license may have lapsed: it goes before
        those with one. One that could not be evaluated goes last, for there is nothing to do about it here.
        """
        rank = {Standing.UNMET: 0, Standing.UNKNOWN: 1, Standing.MET: 2}

        def urgency(one: LicenseStanding) -> tuple[int, bool, dt.date]:
            return rank[one.standing], one.evaluation is None, one.gap.deadline or dt.date.min

        return tuple(sorted(self.licenses, key=urgency))

    @property
    def first(self) -> LicenseStanding | None:
        """The license to act on first. None where all is met, or nothing can be said."""
        waiting = (one for one in self.by_urgency if one.evaluation is not None and one.standing is not Standing.MET)
        return next(waiting, None)


def standing_on(*, holder: Holder, on: dt.date) -> HolderStanding:
    """
    The standing of `holder` on the day `on`, past or future, from what is recorded now.

    Every effective entry is given to the evaluation, also provisional ones and those completed after `on`: it lists them
    and says why they make nothing Met. A license whose rule is gone, or whose row contradicts itself, is Unknown.
    """
    rules = rulebook()
    rows, licenses = entries_in_force(holder=holder), recorded_licenses(holder)
    made_of = hashlib.sha256(repr((rows.raw, licenses.raw)).encode()).digest()
    return _kept.get(
        (on, Same(rules), made_of),
        lambda: _work_out(rows=rows.objects(), licenses=licenses.licenses(), rules=rules, on=on),
    )


_kept: Kept[tuple[dt.date, Same[RuleBook], bytes], HolderStanding] = Kept(most=64)
"""
The last answers, by everything that they are made of, every column of all that is recorded among it: whoever looks again, or
goes on to a license, need not wait twice. The same answer is the same object, so that pages can be kept by it.
"""


def _work_out(*, rows: Sequence[CreditEntry], licenses: Sequence[License], rules: RuleBook, on: dt.date) -> HolderStanding:
    credit_cases = [entry_in_case(entry=row, rules=rules) for row in rows]
    entry_ids = [str(row.pk) for row in rows]
    found = [_read(license_, rules=rules, entry_ids=entry_ids, on=on) for license_ in licenses]
    held = [one.case for one in found if one.case is not None]
    readable = [one for one in credit_cases if one is not None]
    answers = iter(evaluate(held, readable, rules, on).evaluations)
    return HolderStanding(
        on=on,
        licenses=tuple(
            one.stands(next(answers) if one.case is not None else None, rules=rules, entries=readable) for one in found
        ),
        entries=tuple(
            EntryStanding(
                id=row.pk,
                title=row.title,
                completed=row.completed,
                amount=row.amount,
                unit=row.unit,
                provisional=row.provisional,
                readable=case is not None,
            )
            for row, case in zip(rows, credit_cases, strict=True)
        ),
        case=_case(held, readable, on=on),
        readable=tuple(readable),
    )


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What one requirement would be if something else were so; `before` is None where it does not apply now."""

    label: str
    before: Outcome | None
    after: Outcome | None


def if_confirmed(*, standing: HolderStanding, license_: LicenseStanding, question: str) -> tuple[Effect, ...]:
    """What would change on a license if one open question were settled well, and everything else stayed as it is."""
    if license_.case is None or license_.case.confirmed == "all":
        return ()
    return _changed(standing, license_, {"confirmed": (*license_.case.confirmed, question)})


def if_answered(*, standing: HolderStanding, license_: LicenseStanding, fact: str, value: FactValue) -> tuple[Effect, ...]:
    """What would change on a license if its holder answered one question about herself in this way."""
    if license_.case is None:
        return ()
    return _changed(standing, license_, {"facts": {**license_.case.facts, fact: value}})


def if_all_well(*, standing: HolderStanding) -> dict[uuid.UUID, Evaluation]:
    """The answer for each license if every question that can be settled with its board or a certificate turned out well."""
    held = [(one.id, one.case) for one in standing.licenses if one.case is not None]
    cases = [case.model_copy(update={"confirmed": "all"}) for _, case in held]
    answers = evaluate(cases, standing.readable, rulebook(), standing.on).evaluations
    return {license_id: answer for (license_id, _), answer in zip(held, answers, strict=True)}


def _changed(standing: HolderStanding, license_: LicenseStanding, update: Mapping[str, object]) -> tuple[Effect, ...]:
    """Evaluated with all other licenses as they are, since a rule may say that licenses share."""
    before = license_.evaluation
    if before is None or license_.case is None:
        return ()
    cases = [one.case for one in standing.licenses if one.case is not None]
    at = next(place for place, case in enumerate(cases) if case is license_.case)
    cases[at] = license_.case.model_copy(update=dict(update))
    after = evaluate(cases, standing.readable, rulebook(), standing.on).evaluations[at]
    was = {one.id: one for one in before.requirements}
    will = {one.id: one for one in after.requirements}
    return tuple(
        Effect(
            label=(will.get(name) or was[name]).label,
            before=was[name].outcome if name in was else None,
            after=will[name].outcome if name in will else None,
        )
        for name in dict.fromkeys([*was, *will])
        if name not in was or name not in will or was[name].outcome is not will[name].outcome
    )


def _case(licenses: list[LicenseCase], entries: list[EntryCase], *, on: dt.date) -> Case | None:
    rules = {(one.rule, one.profession) for one in licenses}
    if not licenses or len(rules) < len(licenses) or len(licenses) > MOST_IN_FILE:
        return None
    return Case(on=on, licenses=tuple(licenses), credits=tuple(entries))


def open_question(
    *, holder: Holder, license_id: uuid.UUID, question: str, on: dt.date
) -> tuple[HolderStanding, LicenseStanding, QuestionAnswer]:
    """
    One question of one license of `holder` that the holder can settle with the board, and where she stands.

    Raises LookupError where the license is not hers or the question is none of those, without telling which.
    """
    standing = standing_on(holder=holder, on=on)
    for license_ in standing.licenses:
        if license_.id == license_id and license_.evaluation is not None:
            for one in license_.evaluation.open_questions:
                if one.id == question and one.confirmable:
                    return standing, license_, one
    raise LookupError(question)


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A license row, and its case if it makes one."""

    row: License
    name: str
    case: LicenseCase | None
    unknown_why: str
    settled: Mapping[str, Settled]

    def stands(self, evaluation: Evaluation | None, *, rules: RuleBook, entries: list[EntryCase]) -> LicenseStanding:
        breakdown: Mapping[str, Breakdown] = {}
        if evaluation is not None:
            rule = rules[self.row.rule].file
            breakdown = break_down(evaluation=evaluation, rule=rule, topics=rules.topics, entries=entries)
        return LicenseStanding(
            id=self.row.pk,
            rule=self.row.rule,
            name=self.name,
            number=self.row.number,
            license_type=self.row.license_type,
            standing=evaluation.standing if evaluation else Standing.UNKNOWN,
            evaluation=evaluation,
            breakdown=breakdown,
            unknown_why=self.unknown_why,
            settled=self.settled,
            carried_in={name: hours for name, hours in self.case.carried_in.items() if hours} if self.case else {},
            waivers=tuple(self.case.waivers) if self.case else (),
            case=self.case,
        )


def _read(row: License, *, rules: RuleBook, entry_ids: list[str], on: dt.date) -> _Read:
    settled = {
        question: Settled(question=question, confirmed_on=one.confirmed_on, note=one.note)
        for question, one in current_confirmations(row).items()
    }
    if row.rule not in rules:
        return _Read(row=row, name=license_name(row), case=None, unknown_why=RULE_GONE, settled=settled)
    case = license_in_case(
        license_=row,
        periods=row.periods.all(),
        facts=current_facts(row),
        confirmed=settled,
        entry_ids=entry_ids,
        rules=rules,
        on=on,
    )
    return _Read(row=row, name=license_name(row), case=case, unknown_why="" if case else ROW_UNREADABLE, settled=settled)
