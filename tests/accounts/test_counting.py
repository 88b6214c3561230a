"""Counts in the shared cache, on the table that the product has and in the memory that tests have."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command

from goodstanding.accounts.counting import count, take
from goodstanding.conf import settings as product


@pytest.fixture(params=["table", "memory"])
def clock(request: pytest.FixtureRequest, settings: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """What time it is, for the count and for the cache; to be moved on."""
    if request.param == "table":
        settings.CACHES = {"default": product.CACHES["default"]}
        call_command("createcachetable", verbosity=0)
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    yield now
    cache.clear()


def test_a_limit_of_an_hour_holds_for_an_hour_and_one_of_a_minute_for_no_longer(clock: list[float]) -> None:
    began = clock[0]
    for number in range(1, 13):
        assert count("an-hour", seconds=3600) == number
        clock[0] += 299
    assert clock[0] - began < 3600
    clock[0] = began + 3601
    assert count("an-hour", seconds=3600) == 1
    clock[0] += 3000
    assert count("an-hour", seconds=3600) == 2
    for number in range(3):
        assert count("a-minute", seconds=60) == 1, number
        assert count("a-minute", seconds=60) == 2, number
        clock[0] += 61


def test_what_is_taken_counts_no_more(clock: list[float]) -> None:
    assert take("nothing") == 0
    for _ in range(3):
        count("three", seconds=60)
    assert take("three") == 3
    assert take("three") == 0
    assert count("three", seconds=60) == 1
    clock[0] += 61
    assert take("three") == 0
