"""A rule in plain words: one golden sentence for each thing that a rule can say, and what holds for every shipped rule."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from goodstanding.core.rules.load import load_rules
from goodstanding.core.rules.outcome import show_number
from goodstanding.core.rules.wording import changes_of, describe
from tests.core.rules.example import ON, RULES, book, requirement

SHIPPED = load_rules(RULES)
TOTAL = requirement("total", 40)


def said(*requirements: dict[str, Any], **more: Any) -> dict[str, str]:
    rules = book(*requirements, **more)
    clauses = describe(rules["us/xx/example"], rules, on=ON).clauses
    return {one.id: " ".join((one.text, *one.details, one.dates)).strip() for one in clauses}


def one(**more: Any) -> str:
    return said(TOTAL, requirement("ethics", **{"hours": 3, "label": "ethics"} | more))["ethics"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "3 hours about professional ethics in each period. They count toward the total as well."),
        ({"hours": 1}, "1 hour about professional ethics in each period. They count toward the total as well."),
        ({"each_year": True}, "3 hours about professional ethics in each year of the period. They count toward the total as well."),
        ({"frequency": "once"}, "3 hours about professional ethics once. They count toward the total as well."),
        (
            {"frequency": "every", "every": {"renewals": 3}},
            "3 hours about professional ethics in every third period, for the first time in the third. They count toward the total as well.",
        ),
        ({"frequency": "every", "every": {"years": 6}}, "3 hours about professional ethics every 6 years. They count toward the total as well."),
        (
            {"frequency": "once", "due_by": {"months_after_issue": 6}},
            "3 hours about professional ethics once, within 6 months after the license was issued. They count toward the total as well.",
        ),
        (
            {"on_top": True},
            "3 hours about professional ethics in each period. These hours come on top of the total and serve nothing inside it.",
        ),
        (
            {"topics": ["ethics"], "which": {"formats": ["live_in_person", "live_online"]}},
            ("3 hours about professional ethics in each period. Only these count: hours live in person or live online. "
            "They count toward the total as well."),
        ),
        (
            {"topics": ["ethics"], "which": {"activities": ["course"], "approved_by": ["nbcc"], "not": {"formats": ["asynchronous"]}}},
            ("3 hours about professional ethics in each period. Only these count: hours of courses, approved by the National Board for "
            "Certified Counselors (NBCC ACEP), but not hours at your own pace. They count toward the total as well."),
        ),
        (
            {"applies_when": {"fact": "supervisor", "is": True}, "applies_text": "you supervise"},
            "3 hours about professional ethics in each period. This applies only if you supervise. They count toward the total as well.",
        ),
        (
            {"window": {"periods": 2}},
            ("3 hours about professional ethics in each period. They count toward the total as well. "
            "Hours count from this period and the one before."),
        ),
        (
            {"in_force": {"from": dt.date(2025, 7, 1), "by": "period_end"}},
            ("3 hours about professional ethics in each period. They count toward the total as well. "
            "For license periods that end on or after 1 July 2025."),
        ),
        (
            {"hours": None, "kind": "course"},
            "A course about professional ethics in each period; no number of hours is named.",
        ),
        ({"hours": None, "kind": "exam"}, "An exam about professional ethics, passed, in each period."),
        (
            {"hours": None, "kind": "unsettled", "topics": [], "says": "Some hours are due."},
            "The sources that were read do not settle what is asked about ethics. Some hours are due.",
        ),
        (
            {"hours": None, "kind": "attestation", "topics": [], "fact": "supervisor"},
            ("You must be able to say yes to this in each period: Do you supervise trainees or associates toward licensure, or hold "
            "your board's supervisor status?"),
        ),
        ({"hours": None, "share_of_total": "1/3"}, "A third of the total about professional ethics in each period. They count toward the total as well."),
    ],
)  # fmt: skip
def test_a_requirement(more: dict[str, Any], expected: str) -> None:
    assert one(**more) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"hours": 10}, "Of these, at most 10 hours count in the period: hours at your own pace."),
        ({"hours": 1}, "Of these, at most 1 hour counts in the period: hours at your own pace."),
        ({"hours": 0}, "Of these, no hours count: hours at your own pace."),
        ({"share_of_total": "1/2"}, "Of these, at most half of the total counts in the period: hours at your own pace."),
        ({"share_of_total": 1}, "Of these, as many hours count as the total asks for in the period: hours at your own pace."),
        ({"hours": 8, "per": "day"}, "Of these, at most 8 hours count on one day: hours at your own pace."),
        ({"hours": 2, "on": ["ethics"]}, "Of these, at most 2 hours count toward ethics in the period: hours at your own pace."),
        (
            {"hours": 2, "which": {"any": [{"formats": ["asynchronous"]}, {"activities": ["self_directed"]}]}},
            "Of these, at most 2 hours count in the period: hours at your own pace; or hours of self-directed study.",
        ),
    ],
)
def test_a_cap(more: dict[str, Any], expected: str) -> None:
    cap = {"id": "cap", "label": "a cap", "says": "A cap.", "confidence": "primary", "sources": ["law"]}
    which = {"which": {"formats": ["asynchronous"]}}
    assert said(TOTAL, requirement("ethics", 3, label="ethics"), caps=[{**cap, **which, **more}])["cap"] == expected


@pytest.mark.parametrize(
    ("more", "id_", "expected"),
    [
        ({}, "accepts", "A course counts if it is approved by the National Board for Certified Counselors (NBCC ACEP)."),
        (
            {"accepts": {"bodies": ["aswb", "pesi", "state_board"], "others": "none"}},
            "accepts",
            "A course counts if it is approved by the Association of Social Work Boards (ASWB ACE), PESI or a state licensing board.",
        ),
        ({"accepts": {"others": "anyone"}}, "accepts", "No approval is asked of a course."),
        ({"accepts": {"others": "any_body"}}, "accepts", "A course counts if any approval body approved it."),
        (
            {"accepts": {"others": "any_body", "except_for": {"activities": ["teaching"]}}},
            "accepts",
            "A course counts if any approval body approved it. No approval is asked for hours of teaching.",
        ),
        ({}, "hour_minutes", "Not stated in the sources that were read."),
        ({"hour_minutes": 50}, "hour_minutes", "An hour is 50 minutes."),
        ({"hours_per_unit": {"semester_credit": 15, "ceu": 10}}, "units", "A semester credit counts as 15 hours and a CEU counts as 10 hours."),
        ({"round_down_to": Decimal("0.5")}, "steps", "Hours count in steps of 0.5, rounded down."),
        ({"repeats": "not_counted"}, "repeats", "The same course counts once in a period."),
        ({"carry_in": {"allowed": False}}, "carry_in", "Surplus hours can not be taken into the next period."),
        (
            {"carry_in": {"allowed": True, "at_most": {"total": 10, "ethics": 0}}},
            "carry_in",
            "Surplus hours count in the next period: at most 10 toward the total and none toward ethics.",
        ),
        (
            {"rates": [{"which": {"activities": ["teaching"]}, "unit": "hour", "hours": 2, "sources": ["law"]}]},
            "rates",
            "Hours of teaching: 2 hours for each hour.",
        ),
        (
            {"statuses": {"inactive": {"says": "Nothing is due.", "due": False, "sources": ["law"]}}},
            "inactive",
            "Nothing is due.",
        ),
    ],
)  # fmt: skip
def test_what_counts(more: dict[str, Any], id_: str, expected: str) -> None:
    assert said(TOTAL, requirement("ethics", 3), **more)[id_] == expected


@pytest.mark.parametrize(
    ("counting", "expected"),
    [
        ({"ends": "06-30", "years": "odd"}, "Counting ends on the last 30 June of an odd year up to the expiry of the license."),
        (
            {"ends": "12-31", "before_year_of_expiry": True},
            "Counting ends on the last 31 December before the year in which the license expires.",
        ),
    ],
)
def test_a_counting_window_of_its_own(counting: dict[str, Any], expected: str) -> None:
    cycle = {"months": 24, "anchor": "expiry", "sources": ["law"], "counting": {"sources": ["law"], **counting}}
    rules = book(TOTAL, cycle=cycle)
    assert describe(rules["us/xx/example"], rules, on=ON).period[1] == expected


def test_a_part_of_another_topic_says_what_else_it_counts_for() -> None:
    part = requirement("ethics_us_ca", 1, label="California ethics", within="ethics")
    texts = said(TOTAL, requirement("ethics", 3, label="ethics"), part)
    assert texts["ethics_us_ca"].endswith("They count toward the hours for ethics as well.")


@pytest.mark.parametrize(
    ("accepts", "expected"),
    [
        ({"others": "any_body"}, "Not stated in the sources that were read."),
        ({"others": "anyone"}, "Not stated in the sources that were read."),
        ({"others": "anyone", "sources": ["law"]}, "No approval is asked of a course."),
        ({"bodies": ["nbcc"], "others": "none"}, "A course counts if it is approved by the National Board for Certified Counselors (NBCC ACEP)."),
    ],
)  # fmt: skip
def test_a_rule_whose_hours_were_not_found_claims_nothing_about_approvals(accepts: dict[str, Any], expected: str) -> None:
    assert said(requirement("total", kind="unsettled"), accepts=accepts)["accepts"] == expected


def test_two_dated_versions_are_a_change() -> None:
    old = requirement("ethics", 3, label="ethics", in_force={"to": dt.date(2025, 6, 30), "by": "period_end"})
    new = requirement("ethics", 6, label="ethics", in_force={"from": dt.date(2025, 7, 1), "by": "period_end"})
    rules = book(TOTAL, old, new)
    (change,) = changes_of(rules["us/xx/example"], rules)
    assert (change.day, change.by) == (dt.date(2025, 7, 1), "license periods that end")
    ((label, before, after),) = change.differences
    assert (label, before.split(".")[0], after.split(".")[0]) == (
        "ethics",
        "3 hours about professional ethics in each period",
        "6 hours about professional ethics in each period",
    )
    shown = describe(rules["us/xx/example"], rules, on=ON).requirements
    assert [(one.text.split()[0], one.in_force) for one in shown] == [("40", True), ("3", False), ("6", True)]


@pytest.mark.parametrize("rule_id", list(SHIPPED))
def test_every_shipped_rule_is_said_in_whole_sentences_with_its_figures(rule_id: str) -> None:
    rule = SHIPPED[rule_id]
    shown = describe(rule, SHIPPED, on=ON)
    for clause in shown.clauses:
        for text in (clause.text, *clause.details, *([clause.dates] if clause.dates else [])):
            assert text.endswith((".", "?")), text
            assert not [slip for slip in ("..", "None", "  ") if slip in text], text
    for part, clause in zip((*rule.file.requirements, *rule.file.caps), (*shown.requirements, *shown.caps), strict=True):
        assert part.id == clause.id
        if part.hours:
            assert show_number(part.hours) in clause.text
