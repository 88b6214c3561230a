"""
From table rows to the case that `core.rules` evaluates.

Rows are older than rules: a vocabulary may have dropped a topic, a question or a fact since they were written. What no
vocabulary knows any more is left out here, which can only make less count, never more. A row that does not make a
license or an entry at all (impossible dates, absurd amounts) becomes None, and the caller shows it as not known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import ValidationError

from goodstanding.core.rules import case
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.model import Fact, FactValue, RuleFile

if TYPE_CHECKING:
    from goodstanding.credit.models import CreditEntry
    from goodstanding.licensing.models import License, LicensePeriod

__all__ = ["entry_in_case", "license_in_case"]


def license_in_case(
    *,
    license_: License,
    periods: Iterable[LicensePeriod],
    facts: Mapping[str, FactValue],
    confirmed: Iterable[str],
    entry_ids: Iterable[str],
    rules: RuleBook,
    on: dt.date,
) -> case.License | None:
    """
    The license as a case describes it, or None where its row contradicts itself.

    All periods are listed and `expires` is the last of their days, so the period of the day `on` is found among those the
    holder entered; what was carried in or waived is taken from that period alone. The rule must be in `rules`.
    """
    rule = rules[license_.rule].file
    known = sorted(periods, key=lambda period: period.start)
    current = next((period for period in known if period.start <= on <= period.end), None)
    ids = rule.requirement_ids()
    questions = _questions(rule, entry_ids)
    try:
        return case.License.model_validate(
            {
                "rule": license_.rule,
                "profession": license_.profession or None,
                "issued": license_.issued,
                "expires": known[-1].end if known else None,
                "renewals": license_.renewals,
                "status": license_.status,
                "periods": [{"start": period.start, "end": period.end} for period in known],
                "waivers": [waiver for waiver in (current.waivers if current else ()) if waiver in ids],
                "carried_in": {
                    requirement: Decimal(str(hours))
                    for requirement, hours in (current.carried_in if current else {}).items()
                    if requirement in ids
                },
                "facts": _facts(facts, rules.facts),
                "confirmed": sorted(question for question in set(confirmed) if question in questions),
            }
        )
    except (ValidationError, ArithmeticError):
        return None


def entry_in_case(*, entry: CreditEntry, rules: RuleBook) -> case.CreditEntry | None:
    """The entry as a case describes it, or None where its row contradicts itself. `approvals` None stays not stated."""
    sponsor = {"name": entry.sponsor_name or None, "kind": entry.sponsor_kind or None}
    try:
        return case.CreditEntry.model_validate(
            {
                "id": str(entry.pk),
                "title": entry.title,
                "started": entry.started,
                "completed": entry.completed,
                "quantity": {"amount": _plain(entry.amount), "unit": entry.unit},
                "parts": [
                    {
                        "amount": _plain(Decimal(str(part["amount"]))),
                        "topics": [topic for topic in part.get("topics", ()) if topic in rules.topics],
                        "format": part.get("format"),
                    }
                    for part in entry.parts
                ],
                "format": entry.format or None,
                "activity": entry.activity or None,
                "approvals": None if entry.approvals is None else list(entry.approvals),
                "sponsor": sponsor if any(sponsor.values()) else None,
                "course": {"id": entry.course_id} if entry.course_id else None,
                "provisional": entry.provisional,
            }
        )
    except (ValidationError, ArithmeticError, KeyError, TypeError, AttributeError):
        return None


def _questions(rule: RuleFile, entry_ids: Iterable[str]) -> frozenset[str]:
    """
    Everything that can be confirmed for a license of this rule: its open questions, what it leaves unsettled, and what single
    entries leave unstated.

    This must name all that an evaluation calls confirmable, or a confirmation would be recorded and then decide nothing.
    """
    of_entries = (f"{kind}:{entry_id}" for entry_id in entry_ids for kind in case.CONFIRMABLE)
    return frozenset(("carried_in", *rule.settleable(), *of_entries))


def _facts(answers: Mapping[str, FactValue], vocabulary: Mapping[str, Fact]) -> dict[str, FactValue]:
    """The answers that fit the vocabulary; any other counts as not given, and what depends on it as not known."""
    return {name: answer for name, answer in answers.items() if name in vocabulary and vocabulary[name].fits(answer)}


def _plain(amount: Decimal) -> Decimal:
    """Six for 6.00, so that a case file made from a row reads as a person would write it."""
    whole = amount.to_integral_value()
    return whole if amount == whole else amount.normalize()
