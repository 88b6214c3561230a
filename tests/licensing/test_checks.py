"""What a clinician types about a license, just inside and just outside of what can be true."""

from __future__ import annotations

import datetime as dt

import pytest

from goodstanding.licensing.checks import (
    Dates,
    check_dates,
    check_license,
    check_number,
    check_renewals,
    number_key,
    period_start_for,
)

TODAY = dt.date(2026, 11, 23)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize("number", ["LPCC 1234", "12-34", "A/1.2#3"])
def test_numbers_that_are_taken(number: str) -> None:
    assert check_number(number) == {}


@pytest.mark.parametrize("number", ["", "   ", "--", "1" * 41, "12<script>", "a@b.org", "12\n34"])
def test_numbers_that_are_refused(number: str) -> None:
    assert list(check_number(number)) == ["number"]


def test_numbers_are_compared_without_case_spaces_and_signs() -> None:
    assert number_key("lpcc-1234") == number_key(" LPCC 1234 ") == number_key("LPCC1234")
    assert number_key("LPCC 1234") != number_key("LPCC 1235")


@pytest.mark.parametrize(
    ("issued", "end", "start"),
    [
        ("2019-05-10", "2027-05-31", "2025-06-01"),
        ("2026-02-10", "2027-05-31", "2026-02-10"),  # the first period begins with the license
        ("2025-06-01", "2027-05-31", "2025-06-01"),
        (None, "2026-02-28", "2024-03-01"),
    ],
)
def test_the_period_begins_one_cycle_before_it_ends(issued: str | None, end: str, start: str) -> None:
    assert period_start_for(issued=day(issued) if issued else None, end=day(end), months=24) == day(start)


@pytest.mark.parametrize(
    ("issued", "start", "end", "fields"),
    [
        ("2019-05-10", "2025-06-01", "2027-05-31", []),
        (None, None, "2027-05-31", []),
        (None, None, "2020-01-31", []),  # long expired, still true
        ("2026-11-23", None, "2028-11-22", []),  # issued today
        ("2026-11-24", None, "2028-11-30", ["issued"]),
        ("1929-12-31", None, "2027-05-31", ["issued"]),
        ("2027-05-31", None, "2027-05-31", ["issued"]),
        ("2020-05-10", None, "2020-05-10", ["period_end"]),
        ("2020-05-10", None, "2019-05-31", ["period_end"]),
        (None, None, None, ["period_end"]),
        (None, None, "2030-11-23", []),
        (None, None, "2030-11-24", ["period_end"]),
        (None, None, "2127-05-31", ["period_end"]),
        (None, None, "1899-05-31", ["period_end"]),
        (None, "2027-05-31", "2027-05-31", ["period_start"]),
        (None, "2027-06-01", "2027-05-31", ["period_start"]),
        (None, "2023-06-01", "2027-05-31", []),
        (None, "2023-05-31", "2027-05-31", ["period_start"]),
        ("2026-02-10", "2026-02-09", "2027-05-31", ["period_start"]),
    ],
)
def test_dates(issued: str | None, start: str | None, end: str | None, fields: list[str]) -> None:
    dates = Dates(issued=day(issued) if issued else None, start=day(start) if start else None, end=day(end) if end else None)
    assert sorted(check_dates(dates, months=24, today=TODAY)) == fields


@pytest.mark.parametrize(("renewals", "fine"), [(None, True), (0, True), (5, True), (6, False), (-1, False), (61, False)])
def test_renewals_that_fit_since_the_day_of_issue(renewals: int | None, fine: bool) -> None:
    dates = Dates(issued=day("2019-05-10"), start=None, end=day("2027-05-31"))
    assert (check_renewals(renewals, dates=dates, months=24) == {}) is fine


def test_renewals_without_a_day_of_issue_only_have_to_be_possible() -> None:
    dates = Dates(issued=None, start=None, end=day("2027-05-31"))
    assert check_renewals(20, dates=dates, months=24) == {}
    assert "renewals" in check_renewals(-1, dates=dates, months=24)


def test_without_a_type_only_what_holds_for_every_license_is_said() -> None:
    dates = Dates(issued=day("2999-01-01"), start=day("2027-06-01"), end=day("2127-05-31"))
    found = check_license(number="", dates=dates, renewals=-1, months=None, today=TODAY)
    assert sorted(found) == ["issued", "number", "renewals"]
    fine = Dates(issued=day("2019-05-10"), start=None, end=None)
    assert check_license(number="1", dates=fine, renewals=20, months=None, today=TODAY) == {}
