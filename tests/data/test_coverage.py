"""docs/coverage.md says what the rule files say, and keeps what is written by hand."""

from __future__ import annotations

from pathlib import Path

from goodstanding.conf.coverage import BY_HAND, coverage_text
from goodstanding.core.rules.load import load_rules

ROOT = Path(__file__).parents[2]
BOOK = load_rules(ROOT / "rules")


def test_the_page_is_current() -> None:
    written = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert written == coverage_text(BOOK, before=written), "run: make reference"


def test_every_rule_has_a_line_for_each_profession() -> None:
    text = coverage_text(BOOK, before="")
    assert all(text.count(f"| `{rule}` |") == len(BOOK[rule].file.professions) for rule in BOOK)


def test_what_is_written_by_hand_stays() -> None:
    assert coverage_text(BOOK, before=f"old\n{BY_HAND}\n\nA second reading.\n").endswith(f"{BY_HAND}\n\nA second reading.\n")
