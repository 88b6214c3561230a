"""The standing of a license and credits that nobody has recorded: what somebody typed to see what it would be. Nothing is read or written."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from goodstanding.compliance.breakdown import break_down
from goodstanding.compliance.selectors import LicenseStanding
from goodstanding.core.documents import Document
from goodstanding.core.rules.case import Case, case_of
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.model import FactValue
from goodstanding.credit.earned import EarnedCredit
from goodstanding.licensing.checks import period_start_for
from goodstanding.licensing.rulebook import LicenseType, rulebook

__all__ = ["Trial", "case_of_trial", "stand"]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One license and some credits, as they would be recorded. Facts that are None are not known."""

    type: LicenseType
    issued: dt.date | None
    period_end: dt.date
    renewals: int | None
    facts: Mapping[str, FactValue | None]
    credits: tuple[EarnedCredit, ...]


def case_of_trial(trial: Trial, *, on: dt.date) -> Case:
    """
    The case of a trial, which gives the same answer as the license and the credits would once they were recorded.

    Raises DocumentError where no vocabulary of the rules knows a word of it.
    """
    rules = rulebook()
    months = rules[trial.type.rule].file.cycle.months
    start = period_start_for(issued=trial.issued, end=trial.period_end, months=months)
    license_ = {
        "rule": trial.type.rule,
        "profession": trial.type.profession,
        "issued": trial.issued,
        "expires": trial.period_end,
        "renewals": trial.renewals,
        "periods": [{"start": start, "end": trial.period_end}],
        "facts": {name: value for name, value in trial.facts.items() if value is not None},
    }
    credits_ = [_entry(number, credit) for number, credit in enumerate(trial.credits, 1)]
    return case_of(Document("what you typed", {"on": on, "licenses": [license_], "credits": credits_}, {}), rules)


def stand(trial: Trial, *, on: dt.date) -> LicenseStanding:
    """Where a trial stands on the day, as the standing page shows a license. Raises DocumentError as `case_of_trial` does."""
    rules = rulebook()
    case = case_of_trial(trial, on=on)
    (evaluation,) = evaluate(case.licenses, case.credits, rules, on).evaluations
    file = rules[trial.type.rule].file
    return LicenseStanding(
        id=uuid.UUID(int=0),
        rule=trial.type.rule,
        name=trial.type.name,
        number="",
        license_type=trial.type.license_type,
        standing=evaluation.standing,
        evaluation=evaluation,
        breakdown=break_down(evaluation=evaluation, rule=file, topics=rules.topics, entries=case.credits),
        unknown_why="",
        settled={},
        case=case.licenses[0],
    )


def _entry(number: int, credit: EarnedCredit) -> dict[str, Any]:
    return {
        "id": str(uuid.UUID(int=number)),
        "title": credit.title,
        "started": credit.started,
        "completed": credit.completed,
        "quantity": {"amount": credit.amount, "unit": credit.unit},
        "parts": [{"amount": part.amount, "topics": list(part.topics)} for part in credit.parts],
        "format": credit.format,
        "activity": credit.activity,
        "approvals": None if credit.approvals is None else list(credit.approvals),
    }
