"""Reading licenses. Someone else's license reads as not found."""

from __future__ import annotations

import datetime as dt
import functools
import operator
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Q, QuerySet, UUIDField

from goodstanding.core.rules.case import License as CaseLicense
from goodstanding.core.rules.model import CarryIn, Fact, FactValue, RuleFile
from goodstanding.core.rules.periods import add_months, current_period, renewals_before
from goodstanding.licensing.errors import LicenseNotFoundError, PeriodNotFoundError
from goodstanding.licensing.models import Confirmation, License, LicenseFact, LicensePeriod
from goodstanding.licensing.rulebook import LicenseType, license_types, rulebook
from goodstanding.prepared import Given, Prepared, Rows, read_along

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder

__all__ = [
    "RecordedLicenses",
    "RequirementName",
    "access_license",
    "access_period",
    "carry_in_of",
    "current_confirmations",
    "current_facts",
    "cycle_months",
    "latest_period",
    "license_name",
    "license_type_of",
    "list_licenses",
    "list_removed",
    "next_period_end",
    "present_period",
    "questions_of",
    "recorded_licenses",
    "requirements_of",
    "suggest_renewals",
]


_Part = TypeVar("_Part", LicensePeriod, LicenseFact, Confirmation)


@dataclass(frozen=True, kw_only=True)
class RequirementName:
    """One requirement of a rule by its plain label. `carries` says whether hours of the period before could serve it at all."""

    id: str
    name: str
    carries: bool


def list_licenses(holder: Holder) -> QuerySet[License]:
    """The holder's licenses in the order they were added, with all that an evaluation or a list needs of them."""
    return (
        License.objects.filter(holder=holder, removed_at=None)
        .select_related("holder")
        .prefetch_related("periods", "facts", "confirmations")
    )


@dataclass(frozen=True, kw_only=True)
class RecordedLicenses:
    """All that is recorded about the licenses of one holder, read before anything is made of it."""

    rows: Rows[License]
    periods: Rows[LicensePeriod]
    facts: Rows[LicenseFact]
    confirmations: Rows[Confirmation]

    @property
    def raw(self) -> tuple[tuple[tuple[object, ...], ...], ...]:
        """Every column of every row: whatever is recorded anew or otherwise makes it another."""
        return (self.rows.raw, self.periods.raw, self.facts.raw, self.confirmations.raw)

    def licenses(self) -> list[License]:
        """The licenses as :func:`list_licenses` gives them."""
        licenses = self.rows.objects()
        for name in ("periods", "facts", "confirmations"):
            read_along(licenses, name, getattr(self, name).objects(), by="license_id")
        return licenses


def recorded_licenses(holder: Holder) -> RecordedLicenses:
    """What :func:`list_licenses` reads, for whoever has mostly seen it before."""
    rows = _ROWS.ask(holder=holder.pk)
    ids = {f"license{at}": license_.pk for at, license_ in enumerate(rows.objects())}
    periods, facts, confirmations = _about(LicensePeriod, len(ids)), _about(LicenseFact, len(ids)), _about(Confirmation, len(ids))
    return RecordedLicenses(rows=rows, periods=periods.ask(**ids), facts=facts.ask(**ids), confirmations=confirmations.ask(**ids))


_ROWS = Prepared(lambda: License.objects.filter(holder=Given("holder", UUIDField()), removed_at=None))


@functools.cache
def _about(model: type[_Part], count: int) -> Prepared[_Part]:
    """
    What `model` holds about so many licenses.

    They are named one by one: where a table was small when the database last looked at it, a join would make it read the rows of
    everyone.
    """
    if not count:
        return Prepared(model._default_manager.none)  # noqa: SLF001 - documented by Django
    named = [Q(license=Given(f"license{at}", UUIDField())) for at in range(count)]
    return Prepared(lambda: model._default_manager.filter(functools.reduce(operator.or_, named)))  # noqa: SLF001


def list_removed(holder: Holder) -> QuerySet[License]:
    """The licenses the holder took off the list, the latest first."""
    return License.objects.filter(holder=holder, removed_at__isnull=False).prefetch_related("periods").order_by("-removed_at")


def access_license(holder: Holder, license_id: uuid.UUID, *, removed: bool = False) -> License:
    """One license of this holder (`removed`: one of those taken off the list); raises LicenseNotFoundError for any other."""
    licenses = License.objects.filter(holder=holder, pk=license_id, removed_at__isnull=not removed).select_related("holder")
    license_ = licenses.prefetch_related("periods", "facts", "confirmations").first()
    if license_ is None:
        raise LicenseNotFoundError
    return license_


def access_period(license_: License, end: dt.date) -> LicensePeriod:
    """The period of this license that ends on the day; raises PeriodNotFoundError."""
    found = next((period for period in license_.periods.all() if period.end == end), None)
    if found is None:
        raise PeriodNotFoundError
    return found


def requirements_of(license_: License) -> tuple[RequirementName, ...]:
    """The requirements of its rule, each once, in the order of the file; none where the rule is not installed."""
    book = rulebook()
    if license_.rule not in book:
        return ()
    rule = book[license_.rule].file
    return tuple(
        RequirementName(id=one, name=_requirement_name(rule, one), carries=_carries(rule, one)) for one in rule.requirement_ids()
    )


def carry_in_of(license_: License) -> CarryIn | None:
    """What its rule says about hours carried in; None where nothing was read on it."""
    book = rulebook()
    return book[license_.rule].file.carry_in if license_.rule in book else None


def _requirement_name(rule: RuleFile, requirement_id: str) -> str:
    if requirement_id == "total":
        return "All continuing education"
    label = rule.versions(requirement_id)[-1].label
    return label[:1].upper() + label[1:]


def _carries(rule: RuleFile, requirement_id: str) -> bool:
    """
    Hours that are due in every period. What is due once counts earlier courses by themselves, so carrying their hours in
    would count them twice, and no period lies before the first.
    """
    return any(
        one.kind == "minimum" and one.frequency == "each_renewal" and one.counts_from == "period"
        for one in rule.versions(requirement_id)
    )


def latest_period(license_: License) -> LicensePeriod | None:
    """The period that ends last: the one the license is in, or was in when it lapsed."""
    return max(license_.periods.all(), key=lambda period: period.end, default=None)


def present_period(license_: License, on: dt.date) -> LicensePeriod | None:
    """The period that holds the day; between and after all periods, the one that ends last."""
    holding = next((period for period in license_.periods.all() if period.start <= on <= period.end), None)
    return holding or latest_period(license_)


def cycle_months(rule: str) -> int | None:
    """How long a period of this rule runs; None where the rule is not part of this installation."""
    book = rulebook()
    return book[rule].file.cycle.months if rule in book else None


def license_type_of(license_: License) -> LicenseType | None:
    """Its line in the list of license types; None where the rule is not part of this installation any more."""
    wanted = (license_.rule, license_.license_type, license_.profession)
    return next((one for one in license_types() if (one.rule, one.license_type, one.profession) == wanted), None)


def license_name(license_: License) -> str:
    """`California LPCC`."""
    known = license_type_of(license_)
    return known.name if known else f"{license_.license_type} ({license_.rule})"


def questions_of(license_: License) -> Mapping[str, Fact]:
    """The questions that its rule asks about the holder, in the order of the rule."""
    book = rulebook()
    return book.questions_for(license_.rule) if license_.rule in book else {}


def current_facts(license_: License) -> dict[str, FactValue]:
    """The newest answer to each question; what was taken back is absent."""
    vocabulary = rulebook().facts
    facts: dict[str, FactValue] = {}
    for row in license_.facts.all():
        facts.pop(row.name, None)
        value = row.value
        if value is None:
            continue
        fact = vocabulary.get(row.name)
        if fact is not None and fact.type == "date" and isinstance(value, str):
            value = dt.date.fromisoformat(value)
        facts[row.name] = value
    return facts


def current_confirmations(license_: License) -> dict[str, Confirmation]:
    """The confirmation that holds for each settled question; what was reopened is absent."""
    held: dict[str, Confirmation] = {}
    for row in license_.confirmations.all():
        held.pop(row.question, None)
        if not row.withdrawn:
            held[row.question] = row
    return held


def next_period_end(license_: License) -> dt.date | None:
    """When the next period would end by the rule's cycle."""
    period, book = latest_period(license_), rulebook()
    if period is None or license_.rule not in book:
        return None
    return add_months(period.end, book[license_.rule].file.cycle.months)


def suggest_renewals(*, rule: str, issued: dt.date | None, period_end: dt.date | None) -> int | None:
    """How often a license was renewed by now, if it was renewed once in every cycle; None where nothing tells."""
    book = rulebook()
    if rule not in book or issued is None or period_end is None or period_end <= issued:
        return None
    months = book[rule].file.cycle.months
    case = CaseLicense(rule=rule, issued=issued, expires=period_end)
    period = current_period(case, months=months)
    return renewals_before(case, months=months, period=period) if period else None
