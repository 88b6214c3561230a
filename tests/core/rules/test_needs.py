"""Months licensed, prorated hours and limits for each day, at and around their thresholds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from goodstanding.core.rules.clauses import Proration
from goodstanding.core.rules.needs import day_limits, months_between, prorated


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2025-03-31", "2025-10-01", "6"),
        ("2025-03-31", "2025-10-02", "13/2"),
        ("2025-03-01", "2025-03-01", "0"),
        ("2025-03-01", "2025-03-02", "1/2"),
        ("2025-03-15", "2025-04-14", "1/2"),
        ("2025-03-15", "2025-04-15", "1"),
        ("2025-03-15", "2025-04-16", "3/2"),
        ("2025-12-15", "2026-01-15", "1"),
        ("2025-01-31", "2025-02-28", "1/2"),
        ("2025-01-31", "2025-03-01", "1"),
        ("2024-12-31", "2026-12-31", "24"),
        ("2025-06-01", "2025-03-01", "0"),
    ],
)
def test_days_beyond_whole_months_are_half_a_month(start: str, end: str, months: str) -> None:
    assert months_between(day(start), day(end)) == Fraction(months)


@pytest.mark.parametrize(
    ("rule", "months", "hours"),
    [
        ({"hours": 40, "for_months": 24}, "12", "20"),
        ({"hours": 40, "for_months": 24}, "25/2", "20"),
        ({"hours": 40, "for_months": 24, "count": "started"}, "25/2", "65/3"),
        ({"hours": 40, "for_months": 24, "each": 6}, "23/2", "10"),
        ({"hours": 40, "for_months": 24, "each": 6}, "12", "20"),
        ({"hours": 40, "for_months": 24, "each": 6, "count": "started"}, "13/2", "20"),
        ({"hours": 40, "for_months": 24, "round": "down"}, "7", "11"),
        ({"hours": 40, "for_months": 24, "round": "up"}, "7", "12"),
        ({"hours": 40, "for_months": 24, "round": "nearest"}, "7", "12"),
        ({"hours": 10, "for_months": 24, "round": "nearest"}, "6", "3"),
        ({"hours": 10, "for_months": 24, "round": "nearest"}, "1", "0"),
        ({"hours": 40, "for_months": 24, "at_most": 30}, "17", "85/3"),
        ({"hours": 40, "for_months": 24, "at_most": 30}, "18", "30"),
        ({"hours": 40, "for_months": 24, "at_most": 30}, "19", "30"),
    ],
)
def test_hours_are_prorated_by_whole_or_begun_steps(rule: dict[str, Any], months: str, hours: str) -> None:
    exact = {key: Decimal(value) if key in ("hours", "at_most") else value for key, value in rule.items()}
    assert prorated(Proration.model_validate(exact), Fraction(months)) == Fraction(hours)


def limits(most: int, *spans: tuple[str, str]) -> dict[tuple[int, ...], Fraction]:
    return dict(day_limits([(day(start), day(end)) for start, end in spans], Fraction(most)))


def test_a_day_has_its_limit_and_days_apart_have_their_own() -> None:
    assert limits(8, ("2026-03-01", "2026-03-01")) == {(0,): 8}
    assert limits(8, ("2026-03-01", "2026-03-02")) == {(0,): 16}
    assert limits(8, ("2026-03-02", "2026-03-02"), ("2026-03-01", "2026-03-01")) == {(1,): 8, (0,): 8}
    assert limits(8, ("2026-03-01", "2026-03-01"), ("2026-03-01", "2026-03-01")) == {(0, 1): 8}


def test_entries_that_overlap_share_the_days_of_each_stretch() -> None:
    found = limits(8, ("2026-03-01", "2026-03-03"), ("2026-03-03", "2026-03-03"), ("2026-03-05", "2026-03-05"))
    assert found == {(0, 1): 24, (1,): 8, (2,): 8}
    chained = limits(8, ("2026-03-01", "2026-03-02"), ("2026-03-02", "2026-03-04"), ("2026-03-04", "2026-03-05"))
    assert chained == {(0,): 16, (1,): 24, (2,): 16, (0, 1): 32, (1, 2): 32, (0, 1, 2): 40}
