"""
What one requirement or cap asks in one combination in which everything is known: whether it applies, how much, by when.

Readings and statuses replace parts of the rule first; then conditions, variants, shares, windows and due dates are worked out
from the values of the license. Nothing here looks at credit.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from goodstanding.core.rules.case import License
from goodstanding.core.rules.clauses import Proration, Variant, Window, WindowOf
from goodstanding.core.rules.entries import Span
from goodstanding.core.rules.load import Rule
from goodstanding.core.rules.model import Cap, CapPatch, Reading, Requirement, RequirementPatch, RuleFile
from goodstanding.core.rules.outcome import Period
from goodstanding.core.rules.periods import ONE_DAY, add_months

RENEWALS = "renewals"
ISSUED = "issued"
MONTHS = "months_licensed"
NOTHING = Fraction(0)
EVER = Span(None, None)

Values = dict[str, Any]


class Need(NamedTuple):
    """One requirement with everything put in place. `parts` are the hours by window: one, or one for each year."""

    requirement: Requirement
    applies: bool
    due: bool
    required: Fraction
    parts: tuple[tuple[Span | None, Fraction], ...]
    due_on: dt.date | None
    alternative: str | None
    """What the holder stated as another way to meet it."""


def license_values(license_: License, *, period: Period, renewals: int | None, profession: str) -> Values:
    """What the license itself tells, by the words of `about`, and the facts that the holder answered."""
    values: Values = {key: value for key, value in license_.facts.items() if value is not None}
    if renewals is not None:
        values[RENEWALS] = renewals
    if license_.issued is not None:
        values[ISSUED] = license_.issued
        values["issued_month"] = license_.issued.month
        values[MONTHS] = months_between(license_.issued, period.end + ONE_DAY)
    values["period_start"] = period.start
    values["period_end"] = period.end
    values["period_months"] = months_between(period.start, period.end + ONE_DAY)
    values["profession"] = profession
    return values


def months_between(start: dt.date, end: dt.date) -> Fraction:
    """
    Whole months from `start` to `end`, and a half if days are left over.

    The half keeps "at most twelve" and "at least twelve" apart from a day more, without counting days of unequal months.

    >>> months_between(dt.date(2025, 3, 15), dt.date(2025, 10, 1))
    Fraction(13, 2)
    """
    whole = (end.year - start.year) * 12 + end.month - start.month
    while whole > 0 and _months_on(start, whole) > end:
        whole -= 1
    return Fraction(max(whole, 0)) + (Fraction(1, 2) if _months_on(start, max(whole, 0)) < end else NOTHING)


def _months_on(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or the day after that month if it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    try:
        return dt.date(year, month + 1, day.day)
    except ValueError:
        return add_months(dt.date(year, month + 1, 1), 1)


def patched(rule: Rule, requirement: Requirement, readings: Iterable[Reading], status: str | None) -> Requirement | None:
    """The requirement as these readings and this status of the license leave it; None if they read it as not due."""
    patches = [patch for reading in readings if (patch := reading.requirements.get(requirement.id)) is not None]
    if status in rule.file.statuses:
        own = rule.file.statuses[status].requirements.get(requirement.id)
        patches += [] if own is None else [own]
    if not patches:
        return requirement
    key = ("patched", id(requirement), tuple(id(patch) for patch in patches))
    if key not in rule.memory:
        rule.memory[key] = _replace(requirement, patches)
    result: Requirement | None = rule.memory[key]
    return result


def _replace(requirement: Requirement, patches: Sequence[RequirementPatch]) -> Requirement | None:
    update: dict[str, Any] = {}
    for patch in patches:
        if patch.due is False:
            return None
        update.update({name: getattr(patch, name) for name in patch.model_fields_set if name != "due"})
    if update.get("hours") is not None:
        update.setdefault("share_of_total", None)
    if update.get("share_of_total") is not None:
        update.setdefault("hours", None)
    if "hours" in update and "variants" not in update:
        # A reading that names the hours means these hours, and no other amount for some holders.
        update["variants"] = ()
    if update.get("frequency", "every") != "every":
        update["every"] = None
    elif update.get("every") is not None:
        update["frequency"] = "every"
    return requirement.model_copy(update=update)


def patched_cap(rule: Rule, cap: Cap, readings: Iterable[Reading]) -> Cap | None:
    """The cap as these readings leave it; None if they read it as no cap."""
    patches: list[CapPatch] = [patch for reading in readings if (patch := reading.caps.get(cap.id)) is not None]
    if not patches:
        return cap
    key = ("patched", id(cap), tuple(id(patch) for patch in patches))
    if key not in rule.memory:
        update: dict[str, Any] = {}
        for patch in patches:
            update.update({name: getattr(patch, name) for name in patch.model_fields_set})
        off = update.pop("due", None) is False
        if update.get("hours") is not None:
            update.update(share_of_total=None, variants=())
        if update.get("share_of_total") is not None:
            update.update(hours=None)
        rule.memory[key] = None if off else cap.model_copy(update=update)
    result: Cap | None = rule.memory[key]
    return result


def subjects_of(part: Any) -> set[str]:
    """What must be known about the license to work out a requirement, a patch or a cap, beyond the facts in its conditions."""
    found: set[str] = set()
    every, due = getattr(part, "every", None), getattr(part, "due_by", None)
    if getattr(part, "frequency", None) in ("first_renewal", "later_renewals") or (every and every.renewals):
        found.add(RENEWALS)
    if due is not None:
        found |= {ISSUED} if due.months_after_issue else set()
        found |= {RENEWALS} if due.period else set()
    if any(variant.proration for variant in getattr(part, "variants", None) or ()):
        found.add(MONTHS)
    window, fact = getattr(part, "window", None), getattr(part, "fact", None)
    if isinstance(window, WindowOf) and window.since:
        found.add(window.since)
    return found | ({fact} if fact else set())


class Needs:
    """Works out requirements and caps for one license period."""

    def __init__(self, rule: Rule, *, period: Period, held: int, status: str) -> None:
        self.rule = rule
        self.file: RuleFile = rule.file
        self.period = period
        self.held = held
        self.status = status

    def need(self, requirement: Requirement, readings: Sequence[Reading], values: Values) -> Need:
        """What the requirement asks under these readings and values."""
        own = patched(self.rule, requirement, readings, self.status)
        if own is None:
            # What is read as not due stays visible, with the hours that would have served it.
            parts_ = ((self.span(requirement.counts_from, values), NOTHING),)
            applies = applies_now(requirement, values)
            return Need(requirement, applies, due=False, required=NOTHING, parts=parts_, due_on=self.period.end, alternative=None)
        due_on = self._due_on(own, values)
        applies = applies_now(own, values) and due_on <= self.period.end
        required = NOTHING
        parts: tuple[tuple[Span | None, Fraction], ...] = ()
        if applies and own.kind == "minimum":
            required = self._required(own, readings, values)
            span = self.span(own.counts_from, values)
            if own.each_year:
                parts = tuple((year, required) for year in self.years())
                required *= len(parts)
            else:
                parts = ((span, required),)
        elif applies:
            parts = ((self.span(own.counts_from, values), NOTHING),)
        alternative = next((one.says for one in own.alternatives if one.fact and values.get(one.fact) is True), None)
        return Need(own, applies, due=True, required=required, parts=parts, due_on=due_on, alternative=alternative)

    def total(self, readings: Sequence[Reading], values: Values) -> Fraction:
        """The total that is required, of which shares are taken; nothing if the rule has none."""
        total = self.live_total
        if total is None:
            return NOTHING
        own = patched(self.rule, total, readings, self.status)
        if own is None or not applies_now(own, values):
            return NOTHING
        return self._required(own, readings, values)

    @cached_property
    def live_total(self) -> Requirement | None:
        """The version of the total that is in force."""
        return next((one for one in self.file.versions("total") if in_force(self.file, one, self.period)), None)

    def limit(self, cap: Cap, readings: Sequence[Reading], values: Values) -> tuple[Cap, Fraction] | None:
        """The cap and how much it lets through; None if it does not apply."""
        own = patched_cap(self.rule, cap, readings)
        if own is None or (own.applies_when is not None and not own.applies_when.holds(values)):
            return None
        share = NOTHING if own.share_of_total is None else Fraction(own.share_of_total)
        base = Fraction(own.hours) if own.hours is not None else share * self.total(readings, values)
        return own, _varied(base, own.variants, values)

    def years(self) -> tuple[Span, ...]:
        """The years of the period, from its first day; the last may be shorter."""
        spans = []
        start = self.period.start
        while start <= self.period.end:
            after = _months_on(start, 12)
            spans.append(Span(start, min(after - ONE_DAY, self.period.end)))
            start = after
        return tuple(spans)

    def span(self, window: Window, values: Values) -> Span | None:
        """The days of a window; None is the period itself."""
        if window == "period":
            return None
        if window == "ever":
            return EVER
        assert isinstance(window, WindowOf)
        end = self.period.end
        if window.years:
            return Span(add_months(end, -12 * window.years) + ONE_DAY, end)
        if window.periods:
            return Span(add_months(end, -self.file.cycle.months * window.periods) + ONE_DAY, end)
        if window.calendar_years:
            return Span(dt.date(end.year - window.calendar_years + 1, 1, 1), dt.date(end.year, 12, 31))
        return Span(values[window.since or ""], end)

    def days(self) -> set[dt.date]:
        """Every day on which a window or year may begin, or has just ended, under any reading."""
        found: set[dt.date] = set()
        windows: list[Window] = []
        yearly = False
        for part in requirements_and_patches(self.file):
            if part.window is not None:
                windows.append(part.window)
            if part.every is not None and part.every.years:
                windows.append(WindowOf(years=part.every.years))
            yearly = yearly or bool(part.each_year)
        for window in windows:
            if isinstance(window, WindowOf) and not window.since:
                span = self.span(window, {})
                assert span is not None
                found |= {day for day in (span.start, span.end and span.end + ONE_DAY) if day}
        pers = [cap.per for cap in self.file.caps]
        pers += [patch.per for question in self.file.open_questions for one in question.readings for patch in one.caps.values()]  # type: ignore[misc]
        if yearly or "year" in pers:
            found |= {year.start for year in self.years() if year.start}
        parts: list[Requirement | Cap] = [*self.file.requirements, *self.file.caps]
        for one in parts:
            dates = self.file.in_force_of(one)
            if dates.by == "completion":
                found |= {day for day in (dates.from_, dates.to and dates.to + ONE_DAY) if day}
        return found

    def _required(self, requirement: Requirement, readings: Sequence[Reading], values: Values) -> Fraction:
        base = self._stated(requirement)
        if base is None:
            base = (requirement.share_of_total or NOTHING) * self.total(readings, values)
        several = self.file.several
        if several is not None and self.held > 1 and requirement.id in several.hours:
            by_count = {int(count): hours for count, hours in several.hours[requirement.id].items()}
            known = [count for count in by_count if count <= self.held]
            if known:
                base = Fraction(by_count[max(known)])
        return _varied(base, requirement.variants, values)

    def _stated(self, requirement: Requirement) -> Fraction | None:
        """The hours that the requirement itself names."""
        key = ("stated", id(requirement))
        if key not in self.rule.memory:
            self.rule.memory[key] = None if requirement.hours is None else Fraction(requirement.hours)
        stated: Fraction | None = self.rule.memory[key]
        return stated

    def _due_on(self, requirement: Requirement, values: Values) -> dt.date:
        due = requirement.due_by
        end = self.period.end
        if due is None:
            return end
        if due.date is not None:
            day = due.date
        elif due.months_after_issue is not None:
            day = add_months(values[ISSUED], due.months_after_issue)
        else:
            assert due.period is not None
            day = add_months(end, self.file.cycle.months * (due.period - 1 - values[RENEWALS]))
        # After its first due date, what recurs is due with each period.
        return end if requirement.frequency == "every" and day <= end else day


def requirements_and_patches(rule: RuleFile) -> list[Any]:
    """Every requirement and every patch of one, from readings and statuses."""
    patches = [patch for question in rule.open_questions for one in question.readings for patch in one.requirements.values()]
    patches += [patch for status in rule.statuses.values() for patch in status.requirements.values()]
    return [*rule.requirements, *patches]


def in_force(rule: RuleFile, part: Requirement | Cap, period: Period) -> bool:
    """Whether this version is the one for the period."""
    dates = rule.in_force_of(part)
    if dates.by == "completion":
        return (dates.from_ is None or dates.from_ <= period.end) and (dates.to is None or period.start <= dates.to)
    return dates.covers(period.start if dates.by == "period_start" else period.end)


def applies_now(requirement: Requirement, values: Values) -> bool:
    """Whether the requirement binds this holder in this period, whenever it is due."""
    frequency = requirement.frequency
    if frequency == "first_renewal" and values[RENEWALS] != 0:
        return False
    if frequency == "later_renewals" and values[RENEWALS] == 0:
        return False
    if requirement.every is not None and requirement.every.renewals and not requirement.every.due_in(values[RENEWALS] + 1):
        return False
    return requirement.applies_when is None or requirement.applies_when.holds(values)


def _varied(base: Fraction, variants: Sequence[Variant], values: Values) -> Fraction:
    variant = next((one for one in variants if one.when.holds(values)), None)
    if variant is None:
        return base
    if variant.hours is not None:
        return Fraction(variant.hours)
    if variant.share is not None:
        return base * Fraction(variant.share)
    assert variant.proration is not None
    return prorated(variant.proration, values[MONTHS])


def prorated(rule: Proration, months: Fraction | int) -> Fraction:
    """The hours for so many months licensed, of which a half is a begun month."""
    steps = Fraction(months) / rule.each
    count = math.ceil(steps) if rule.count == "started" else math.floor(steps)
    hours = Fraction(rule.hours) * count * rule.each / rule.for_months
    if rule.round == "down":
        hours = Fraction(math.floor(hours))
    elif rule.round == "up":
        hours = Fraction(math.ceil(hours))
    elif rule.round == "nearest":
        hours = Fraction(math.floor(hours + Fraction(1, 2)))
    return hours if rule.at_most is None else min(hours, Fraction(rule.at_most))


def day_limits(spans: Sequence[tuple[dt.date, dt.date]], most: Fraction) -> list[tuple[tuple[int, ...], Fraction]]:
    """
    For entries given between these days and `most` hours a day: the sets of entries that may be limited, with their limits.

    Hours that can be spread over the days of their entry fit if and only if, for every stretch of days, the entries that lie
    wholly inside it have at most its days times `most` hours. Stretches that matter begin and end with an entry, inside one
    chain of overlapping entries.
    """
    order = sorted(range(len(spans)), key=lambda one: spans[one])
    chains: list[list[int]] = []
    reach = None
    for one in order:
        start, end = spans[one]
        if reach is None or start > reach:
            chains.append([])
        chains[-1].append(one)
        reach = end if reach is None or start > reach else max(reach, end)
    found: dict[tuple[int, ...], Fraction] = {}
    for chain in chains:
        starts = sorted({spans[one][0] for one in chain})
        ends = sorted({spans[one][1] for one in chain})
        for start, end in itertools.product(starts, ends):
            inside = tuple(one for one in chain if start <= spans[one][0] and spans[one][1] <= end)
            if inside:
                limit = most * ((end - start).days + 1)
                found[inside] = min(found.get(inside, limit), limit)
    return list(found.items())
