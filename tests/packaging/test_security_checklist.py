"""The security checklist names places that exist, and leaves no line without a state or a place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow_once

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
ROWS = [row for row in LINES if row[0] not in {"Number", "---"}]


def test_every_place_named_exists():
    places = set(re.findall(r"`((?:src|tests|docs|requirements)/[^`]+|pyproject\.toml)`", TEXT))
    assert len(places) > 40
    assert sorted(place for place in places if not (ROOT / place).exists()) == []


def test_every_line_has_a_state_and_says_where_or_why():
    assert {state for _, state, _ in ROWS} == {"met", "not applicable", "open"}
    assert all(len(why.strip()) > 8 for _, _, why in ROWS)


def test_no_requirement_stands_twice():
    numbers = [number for row in ROWS for number in re.findall(r"\d+\.\d+\.\d+", row[0])]
    assert len(numbers) == len(set(numbers)) > 180
