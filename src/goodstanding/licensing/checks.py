"""Whether what a clinician typed about a license can be true. Pure: days in, problems out, in words for the page."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from goodstanding.core.rules.periods import ONE_DAY, add_months

__all__ = [
    "Dates",
    "check_carried_in",
    "check_dates",
    "check_license",
    "check_number",
    "check_renewals",
    "number_key",
    "period_start_for",
]

EARLIEST = dt.date(1930, 1, 1)
MOST_RENEWALS = 60
MOST_CARRIED_IN = Decimal(200)
"""No total that any board asks for in one period comes near this; more is a slip of the pen."""
_NUMBER_LENGTH = 40
_HUNDREDTH = Decimal("0.01")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./#-]*\Z")
_NOT_PART_OF_KEY = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, kw_only=True)
class Dates:
    """The days of a license: when it was issued, and the current period with both its days included."""

    issued: dt.date | None
    start: dt.date | None
    end: dt.date | None


def check_license(*, number: str, dates: Dates, renewals: int | None, months: int | None, today: dt.date) -> dict[str, str]:
    """
    Everything that is wrong with what was typed, by field, so that all of it can be mended in one go.

    `months` is the cycle of the rule; None while the type of the license is not known, and then only what holds for any
    license is said.
    """
    if months is None:
        alone = Dates(issued=dates.issued, start=None, end=None)
        problems = check_dates(alone, months=12, today=today)
        problems.pop("period_end", None)
        return (
            check_number(number) | problems | check_renewals(renewals, dates=Dates(issued=None, start=None, end=None), months=12)
        )
    return (
        check_number(number)
        | check_dates(dates, months=months, today=today)
        | check_renewals(renewals, dates=dates, months=months)
    )


def number_key(number: str) -> str:
    """The number as it is compared: `LPC-1234`, `lpc 1234` and `LPC1234` are one license."""
    return _NOT_PART_OF_KEY.sub("", number.lower())


def check_number(number: str) -> dict[str, str]:
    """What is wrong with a license number, by field."""
    if not number_key(number):
        return {"number": "Enter the number as it stands on your license."}
    if len(number) > _NUMBER_LENGTH:
        return {"number": f"A license number has at most {_NUMBER_LENGTH} characters."}
    if not _NUMBER.match(number):
        return {"number": "A license number has only letters, digits, spaces and the signs - . / #."}
    return {}


def period_start_for(*, issued: dt.date | None, end: dt.date, months: int) -> dt.date:
    """The first day of the period that ends on `end`: the day after the expiry before it, or the day of issue if later."""
    start = add_months(end, -months) + ONE_DAY
    return issued if issued is not None and start < issued < end else start


def check_dates(dates: Dates, *, months: int, today: dt.date) -> dict[str, str]:
    """What is wrong with the days of a license, by field: issued, period_end, period_start."""
    problems: dict[str, str] = {}
    issued, start, end = dates.issued, dates.start, dates.end
    if issued is not None and issued > today:
        problems["issued"] = "This day is in the future. Enter the day on which your license was first issued."
    elif issued is not None and issued < EARLIEST:
        problems["issued"] = "This is too long ago to be right. Check the year."
    if end is None:
        problems["period_end"] = "Enter the day on which your license expires."
    elif end < EARLIEST:
        problems["period_end"] = "This is too long ago to be right. Check the year."
    elif end > add_months(today, 2 * months):
        problems["period_end"] = f"This is too far ahead: this license is renewed every {in_words(months)}. Check the year."
    elif issued is not None and "issued" not in problems and end <= issued:
        problems["period_end"] = "The license cannot expire before it was issued. Check both dates."
    if start is None or end is None or "period_end" in problems:
        return problems
    if start >= end:
        problems["period_start"] = "The period cannot start after it ends. Check both dates."
    elif issued is not None and "issued" not in problems and start < issued:
        problems["period_start"] = "The period cannot start before the license was issued. Check both dates."
    elif start <= add_months(end, -2 * months):
        problems["period_start"] = f"A period of this license runs {in_words(months)}. Check the year."
    return problems


def check_renewals(renewals: int | None, *, dates: Dates, months: int) -> dict[str, str]:
    """What is wrong with the number of renewals completed: there cannot be more than fit since the license was issued."""
    if renewals is None:
        return {}
    if renewals < 0:
        return {"renewals": "The number of renewals cannot be negative. Enter 0 if you have not renewed yet."}
    if renewals > MOST_RENEWALS:
        return {"renewals": "This is more often than a license can be renewed in a working life. Check the number."}
    if dates.issued is not None and dates.end is not None and dates.issued < dates.end:
        # a first period may be short, so one more than the whole cycles can fit
        whole = (dates.end.year - dates.issued.year) * 12 + dates.end.month - dates.issued.month
        most = whole // months + 1
        if renewals > most:
            return {
                "renewals": f"Since it was issued this license can have been renewed {most} times at most. Check the number and the dates."
            }
    return {}


def check_carried_in(hours: Decimal) -> str:
    """Why so many hours cannot have been carried into a period; empty when they can."""
    if not hours.is_finite():
        return "Enter a number of hours, such as 4 or 1.5."
    if hours < 0:
        return "Hours cannot be negative. Leave it empty if none were carried in."
    if hours > MOST_CARRIED_IN:
        return f"This is more than can be right: enter at most {MOST_CARRIED_IN} hours."
    if hours != hours.quantize(_HUNDREDTH):
        return "Use at most two decimals, such as 1.25."
    return ""


def in_words(months: int) -> str:
    """`24` is two years, `18` is 18 months."""
    years, rest = divmod(months, 12)
    if rest:
        return f"{months} months"
    return "year" if years == 1 else f"{_SMALL.get(years, years)} years"


_SMALL = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
