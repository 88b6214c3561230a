"""What rules ask for in a usual renewal, side by side, and how well they are known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from goodstanding.core.rules.load import RuleBook, load_rules
from goodstanding.core.rules.overview import coverage_of, due_for_checking, ethics_hours, total_hours
from tests.core.rules.example import ON, RULES, book, requirement

TOTAL = requirement("total", 40)
FIRST = {"applies_when": {"renewals": True, "is": 0}, "applies_text": "it is your first period"}
BOTH = ({"renewals": True, "is": 0}, {"fact": "supervisor", "is": True})
SUPERVISORS = {"applies_when": {"fact": "supervisor", "is": True}, "applies_text": "you supervise"}


def words(rules: RuleBook) -> tuple[str, str]:
    rule = rules["us/xx/example"]
    return total_hours(rule, on=ON).words, ethics_hours(rule, rules, on=ON).words


def question(*readings: dict[str, Any]) -> dict[str, Any]:
    return {"id": "q", "text": "?", "readings": [{"id": f"r{at}", "says": f"{at}."} | one for at, one in enumerate(readings)]}


@pytest.mark.parametrize(
    ("requirements", "more", "expected"),
    [
        ([TOTAL, requirement("ethics", 3)], {}, ("40", "3")),
        ([TOTAL], {}, ("40", "none named")),
        ([], {}, ("none named", "none named")),
        ([requirement("total_each_year", 20, each_year=True)], {}, ("40", "none named")),
        ([requirement("total", kind="unsettled")], {}, ("not known", "not known")),
        ([TOTAL, requirement("ethics", kind="unsettled")], {}, ("40", "not known")),
        ([TOTAL, requirement("ethics_each_year", 1, topics=["ethics"], each_year=True)], {}, ("40", "2")),
        ([TOTAL, requirement("ethics", which={"topics": ["ethics"]}, share_of_total="1/4")], {}, ("40", "10")),
        ([TOTAL, requirement("confidentiality", 2)], {}, ("40", "2")),
        ([TOTAL, requirement("ethics", 6), requirement("confidentiality", 7)], {}, ("40", "6")),
        ([TOTAL, requirement("ethics", 3, frequency="once")], {}, ("40", "none named")),
        ([TOTAL, requirement("ethics", 3, frequency="later_renewals")], {}, ("40", "3")),
        ([TOTAL, requirement("ethics", 3, **FIRST)], {}, ("40", "none named")),
        ([TOTAL, requirement("ethics", 3, **SUPERVISORS)], {}, ("40", "3")),
        ([TOTAL, requirement("ethics", 3, applies_when={"all": [*BOTH]}, applies_text="both")], {}, ("40", "none named")),
        ([TOTAL, requirement("ethics", 3, applies_when={"any": [*BOTH]}, applies_text="either")], {}, ("40", "3")),
        ([TOTAL, requirement("ethics", 3, applies_when={"not": BOTH[0]}, applies_text="later")], {}, ("40", "3")),
        ([TOTAL, requirement("ethics_for_supervisors", 3, **SUPERVISORS)], {}, ("40", "none named")),
        ([TOTAL, requirement("ethics", 3, in_force={"from": dt.date(2030, 1, 1), "by": "period_end"})], {}, ("40", "none named")),
        (
            [TOTAL, requirement("ethics", 2)],
            {"open_questions": [question({}, {"requirements": {"ethics": {"hours": 6}}})]},
            ("40", "2 to 6"),
        ),
        (
            [TOTAL, requirement("ethics", 3)],
            {"open_questions": [question({}, {"requirements": {"ethics": {"each_year": True}}})]},
            ("40", "3 to 6"),
        ),
        (
            [TOTAL, requirement("ethics", 2)],
            {"open_questions": [question({}, {"requirements": {"ethics": {"due": False}}})]},
            ("40", "0 to 2"),
        ),
        (
            [TOTAL, requirement("ethics", 2)],
            {
                "open_questions": [
                    question({"requirements": {"ethics": {"hours": 4}}}, {"requirements": {"ethics": {"hours": 6}}})
                ]
            },
            ("40", "4 to 6"),
        ),
    ],
)
def test_hours_of_a_usual_renewal(requirements: list[dict[str, Any]], more: dict[str, Any], expected: tuple[str, str]) -> None:
    assert words(book(*requirements, **more)) == expected


def test_shipped_rules_have_the_figures_that_their_files_name() -> None:
    rules = load_rules(RULES)
    found = {
        rule: (total_hours(rules[rule], on=ON).words, ethics_hours(rules[rule], rules, on=ON).words)
        for rule in ("us/in/lmhc", "us/ca/lpcc", "us/mi/lpc")
    }
    assert found == {"us/in/lmhc": ("40", "2 to 6"), "us/ca/lpcc": ("36", "6"), "us/mi/lpc": ("none named", "none named")}


def test_what_was_not_read_for_long_is_due_for_checking() -> None:
    rules = book(TOTAL)
    (one,) = coverage_of(rules)
    assert (one.open_questions, one.unsettled, one.confidence, one.checked_on) == (0, 0, "primary", dt.date(2026, 11, 23))
    day = one.checked_on + dt.timedelta(days=180)
    assert due_for_checking(rules, on=day, days=180) == ()
    assert due_for_checking(rules, on=day + dt.timedelta(days=1), days=180) == (one,)
