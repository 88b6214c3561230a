"""Which period a day belongs to, how often a license had been renewed by then, and which days count."""

from __future__ import annotations

import datetime as dt

import pytest

from goodstanding.core.rules.case import License, ListedPeriod
from goodstanding.core.rules.model import Counting, Cycle
from goodstanding.core.rules.outcome import Period
from goodstanding.core.rules.periods import add_months, counting_window, current_period, known_periods, period_on, renewals_before


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def span(start: str, end: str) -> Period:
    return Period(start=day(start), end=day(end))


def held(**known: object) -> License:
    return License.model_validate({"rule": "us/xx/example"} | known)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-15", 1, "2026-02-15"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-15", 1, "2026-12-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-02-15", -1, "2026-01-15"),
        ("2026-01-30", 1, "2026-02-28"),
        ("2026-02-28", 1, "2026-03-31"),
        ("2027-05-31", -24, "2025-05-31"),
        ("2026-02-28", -24, "2024-02-29"),
        ("2026-03-30", 24, "2028-03-30"),
    ],
)
def test_months_are_added_and_the_last_day_stays_the_last(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


def test_the_period_begins_the_day_after_the_expiry_before() -> None:
    assert current_period(held(expires=day("2027-05-31")), months=24) == span("2025-06-01", "2027-05-31")
    assert current_period(held(), months=24) is None


@pytest.mark.parametrize(
    ("issued", "start"),
    [("2025-05-31", "2025-06-01"), ("2025-06-01", "2025-06-01"), ("2025-06-02", "2025-06-02"), ("2027-05-31", "2027-05-31")],
)
def test_a_later_issue_starts_the_period(issued: str, start: str) -> None:
    license_ = held(issued=day(issued), expires=day("2027-05-31"))
    assert current_period(license_, months=24) == span(start, "2027-05-31")


@pytest.mark.parametrize(
    ("listed", "count"),
    [
        (("2023-06-01", "2025-05-31"), 2),
        (("2023-06-01", "2025-06-01"), 1),
        (("2027-05-31", "2029-05-31"), 1),
        (("2027-06-01", "2029-05-31"), 2),
    ],
)
def test_a_listed_period_replaces_the_computed_one_only_where_they_overlap(listed: tuple[str, str], count: int) -> None:
    license_ = held(expires=day("2027-05-31"), periods=[ListedPeriod(start=day(listed[0]), end=day(listed[1]))])
    found = known_periods(license_, months=24)
    assert len(found) == count
    assert span(*listed) in found
    assert list(found) == sorted(found, key=lambda period: period.start)


def test_a_day_belongs_to_the_period_around_it() -> None:
    license_ = held(expires=day("2027-05-31"))
    for inside in ("2025-06-01", "2026-01-01", "2027-05-31"):
        assert period_on(license_, months=24, on=day(inside)) == span("2025-06-01", "2027-05-31")
    for outside in ("2025-05-31", "2027-06-01"):
        assert period_on(license_, months=24, on=day(outside)) is None


PERIOD = span("2025-06-01", "2027-05-31")


@pytest.mark.parametrize(
    ("issued", "renewals"),
    [
        ("2025-06-01", 0),
        ("2026-01-01", 0),
        # Shortly before the start: the first period may have been a long one, or short and renewed.
        ("2025-05-31", None),
        ("2024-12-04", None),
        ("2024-12-03", 1),
        ("2023-06-01", 1),
        ("2023-05-31", 2),
        ("2021-06-01", 2),
        ("2021-05-31", 3),
    ],
)
def test_the_day_of_issue_tells_the_renewals_except_shortly_before_a_period(issued: str, renewals: int | None) -> None:
    license_ = held(issued=day(issued), expires=PERIOD.end)
    assert renewals_before(license_, months=24, period=PERIOD) == renewals


def test_the_number_entered_is_about_the_latest_period() -> None:
    later = [ListedPeriod(start=day("2027-06-01"), end=day("2029-05-31"))]
    assert renewals_before(held(expires=PERIOD.end, renewals=3), months=24, period=PERIOD) == 3
    assert renewals_before(held(expires=PERIOD.end, renewals=3, periods=later), months=24, period=PERIOD) == 2
    assert renewals_before(held(expires=PERIOD.end, renewals=0, periods=later), months=24, period=PERIOD) == 0
    # A license issued in the period has not been renewed, whatever was entered.
    issued = held(issued=PERIOD.start, expires=PERIOD.end, renewals=3)
    assert renewals_before(issued, months=24, period=PERIOD) == 0


def test_earlier_periods_that_are_listed_are_renewals() -> None:
    earlier = [
        ListedPeriod(start=day("2023-06-01"), end=day("2025-05-31")),
        ListedPeriod(start=day("2022-06-01"), end=day("2023-05-31")),
    ]
    assert renewals_before(held(expires=PERIOD.end), months=24, period=PERIOD) is None
    assert renewals_before(held(expires=PERIOD.end, periods=earlier[:1]), months=24, period=PERIOD) == 1
    assert renewals_before(held(expires=PERIOD.end, periods=earlier), months=24, period=PERIOD) == 2
    # More periods than whole cycles since the issue: the listed ones are known to have been.
    issued = held(issued=day("2022-06-01"), expires=PERIOD.end, periods=earlier)
    assert renewals_before(issued, months=24, period=PERIOD) == 2
    # One listed period before settles what the day of issue alone leaves open.
    short = [ListedPeriod(start=day("2025-03-01"), end=day("2025-05-31"))]
    assert renewals_before(held(issued=day("2025-03-01"), expires=PERIOD.end, periods=short), months=24, period=PERIOD) == 1


def cycle(**counting: object) -> Cycle:
    return Cycle(months=24, anchor="expiry", counting=Counting.model_validate({"sources": ["law"]} | counting), sources=("law",))


@pytest.mark.parametrize(
    ("ends", "years", "end"),
    [
        ("12-31", "any", "2026-12-31"),
        ("05-31", "any", "2027-05-31"),
        ("06-01", "any", "2026-06-01"),
        ("05-31", "odd", "2027-05-31"),
        ("05-31", "even", "2026-05-31"),
        ("06-01", "odd", "2025-06-01"),
        ("12-31", "even", "2026-12-31"),
        ("12-31", "odd", "2025-12-31"),
        ("02-29", "any", "2027-02-28"),
    ],
)
def test_a_counting_window_ends_on_the_last_such_day_up_to_the_expiry(ends: str, years: str, end: str) -> None:
    window = counting_window(held(expires=PERIOD.end), cycle=cycle(ends=ends, years=years), period=PERIOD)
    assert window.end == day(end)
    assert window.start == add_months(day(end), -24) + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("expires", "ends", "end"),
    [
        ("2026-12-31", "12-31", "2025-12-31"),
        ("2027-01-01", "12-31", "2026-12-31"),
        ("2027-05-31", "12-31", "2026-12-31"),
        ("2027-12-30", "12-31", "2026-12-31"),
        ("2027-05-31", "03-31", "2026-03-31"),
    ],
)
def test_a_counting_window_can_end_before_the_year_of_the_expiry(expires: str, ends: str, end: str) -> None:
    period = span("2025-06-01", expires)
    window = counting_window(held(expires=day(expires)), cycle=cycle(ends=ends, before_year_of_expiry=True), period=period)
    assert window.end == day(end)
    assert window.start == add_months(day(end), -24) + dt.timedelta(days=1)


def test_only_a_window_with_a_last_day_can_end_before_the_year_of_the_expiry() -> None:
    with pytest.raises(ValueError, match="goes with `ends`"):
        cycle(starts="last_application", before_year_of_expiry=True)


@pytest.mark.parametrize(
    ("issued", "start"),
    [("2025-01-01", "2025-01-01"), ("2025-01-02", "2025-01-02"), ("2026-12-31", "2026-12-31"), ("2027-01-01", "2025-01-01")],
)
def test_a_counting_window_starts_no_earlier_than_the_license(issued: str, start: str) -> None:
    license_ = held(issued=day(issued), expires=PERIOD.end)
    window = counting_window(license_, cycle=cycle(ends="12-31"), period=PERIOD)
    assert window == span(start, "2026-12-31")


@pytest.mark.parametrize(
    ("told", "start"),
    [("2025-01-10", "2025-01-10"), ("2027-05-31", "2027-05-31"), ("2027-06-01", "2025-06-01"), (None, "2025-06-01")],
)
def test_a_counting_window_starts_on_the_day_that_was_told(told: str | None, start: str) -> None:
    license_ = held(expires=PERIOD.end, facts={"last_application": day(told)} if told else {})
    assert counting_window(license_, cycle=cycle(starts="last_application"), period=PERIOD) == span(start, "2027-05-31")


def test_without_counting_the_period_counts() -> None:
    plain = Cycle(months=24, anchor="expiry", sources=("law",))
    assert counting_window(held(expires=PERIOD.end), cycle=plain, period=PERIOD) == PERIOD
