"""Exactly at a limit, where `less` and `at most` part."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from goodstanding.core.rules.outcome import Evaluation, Outcome
from tests.core.rules.example import TOTAL, answer, book, credit, requirement

START, END = dt.date(2025, 6, 1), dt.date(2027, 5, 31)
DAY = dt.timedelta(days=1)


def one(found: Evaluation, id_: str) -> Any:
    return next((each for each in found.requirements if each.id == id_), None)


@pytest.mark.parametrize(("minutes", "counted"), [(59, 0), (60, 1), (61, 1)])
def test_an_entry_of_exactly_the_least_hours_counts(minutes: int, counted: int) -> None:
    rules = book(TOTAL, hour_minutes=60, least_hours=1, round_down_to=1)
    assert one(answer(rules, credit(amount=minutes, unit="minute")), "total").counted == counted


def test_a_share_may_be_the_whole_total() -> None:
    rules = book(TOTAL, requirement("ethics", share_of_total=1))
    assert one(answer(rules), "ethics").required == 20


@pytest.mark.parametrize(
    ("dates", "there"),
    [
        ({"from": END}, True),
        ({"from": END + DAY}, False),
        ({"to": START}, True),
        ({"to": START - DAY}, False),
    ],
)
def test_a_version_by_completion_holds_where_it_touches_the_period(dates: dict[str, dt.date], there: bool) -> None:
    rules = book(TOTAL, requirement("ethics", 3, in_force={"by": "completion"} | dates, before="not_due"))
    found = one(answer(rules), "ethics")
    assert (found is not None and found.outcome is Outcome.UNMET) == there
