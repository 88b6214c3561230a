"""Which license period a day belongs to, and how often the license had been renewed by then."""

from __future__ import annotations

import calendar
import datetime as dt

from goodstanding.core.rules.case import License
from goodstanding.core.rules.model import Cycle
from goodstanding.core.rules.outcome import Period

ONE_DAY = dt.timedelta(days=1)
LONG_FIRST_PERIOD = dt.timedelta(days=180)
"""
A license issued this short before the computed start of a period may be in a first period that is longer than one cycle, or
may have had a short first period and one renewal. Dates alone do not tell which, so the number of renewals is asked for.
"""


def add_months(day: dt.date, months: int) -> dt.date:
    """
    The same day `months` later (or earlier), where the last day of a month stays the last day of its month.

    >>> add_months(dt.date(2027, 5, 31), -24)
    datetime.date(2025, 5, 31)
    >>> add_months(dt.date(2026, 2, 28), -24)
    datetime.date(2024, 2, 29)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    length = calendar.monthrange(year, month + 1)[1]
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month + 1, length if is_last else min(day.day, length))


def current_period(license_: License, *, months: int) -> Period | None:
    """
    The period that ends on the day the license expires: it begins the day after the expiry before, or on the day of issue
    if that is later, because nothing could be earned for a license that did not exist.
    """
    if license_.expires is None:
        return None
    start = add_months(license_.expires, -months) + ONE_DAY
    if license_.issued and start < license_.issued <= license_.expires:
        start = license_.issued
    return Period(start=start, end=license_.expires)


def known_periods(license_: License, *, months: int) -> tuple[Period, ...]:
    """All periods that are known, oldest first; those written out go before the one computed from the expiry."""
    listed = [Period(start=period.start, end=period.end) for period in license_.periods]
    computed = current_period(license_, months=months)
    if computed and not any(period.start <= computed.end and computed.start <= period.end for period in listed):
        listed.append(computed)
    return tuple(sorted(listed, key=lambda period: period.start))


def period_on(license_: License, *, months: int, on: dt.date) -> Period | None:
    """The known period that holds the day `on`; None is not an error, it makes the answer Unknown."""
    return next((period for period in known_periods(license_, months=months) if on in period), None)


def renewals_before(license_: License, *, months: int, period: Period) -> int | None:
    """
    How many renewals had been completed when `period` began; None where nothing tells.

    The day of issue tells for certain whether this is the first period, so it goes before the number that was entered,
    which is about the latest period only.
    """
    periods = known_periods(license_, months=months)
    later = sum(1 for other in periods if other.start > period.end)
    earlier = sum(1 for other in periods if other.end < period.start)
    if license_.issued is not None and license_.issued >= period.start:
        return 0
    if license_.renewals is not None:
        return max(license_.renewals - later, 0)
    if license_.issued is None:
        return earlier or None
    expiry, count = period.start - ONE_DAY, 0
    while expiry >= license_.issued:
        count += 1
        expiry = add_months(expiry, -months)
    if count == 1 and not earlier and period.start - license_.issued < LONG_FIRST_PERIOD:
        return None
    return max(count, earlier)


def counting_window(license_: License, *, cycle: Cycle, period: Period) -> Period:
    """
    The days in which hours count for `period`: the period itself, unless the rule counts by another calendar.

    A window that ends on a fixed day ends on the last such day up to the expiry, so an expiry that is such a day changes
    nothing, unless the rule names the years before that of the expiry. A window that starts on a day which the holder has not told starts with the period, which can only be later.
    """
    counting = cycle.counting
    if counting is None:
        return period
    if counting.starts is not None:
        start = license_.facts.get(counting.starts)
        known = isinstance(start, dt.date) and start <= period.end
        return Period(start=start, end=period.end) if known else period  # type: ignore[arg-type]
    assert counting.ends is not None
    month, day = (int(part) for part in counting.ends.split("-"))
    year = period.end.year - counting.before_year_of_expiry
    while True:
        end = dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))
        if end <= period.end and (counting.years == "any" or (counting.years == "even") == (year % 2 == 0)):
            break
        year -= 1
    start = add_months(end, -cycle.months) + ONE_DAY
    if license_.issued and start < license_.issued <= end:
        start = license_.issued
    return Period(start=start, end=end)
