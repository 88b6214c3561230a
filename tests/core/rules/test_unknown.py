"""What is not known about the holder is tried with every value that could make a difference, never taken to be one of them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from goodstanding.core.rules.outcome import Outcome
from tests.core.rules.example import TOTAL, answer, book, credit, requirement

DAY = dt.date(2025, 1, 1)


def outcome_of(condition: dict[str, object], **license_: object) -> tuple[Outcome, Outcome] | None:
    """The outcome of a requirement with this condition and what it may turn out to be; None if it does not apply."""
    rules = book(TOTAL, requirement("ethics", 3, applies_when=condition, applies_text="it applies"))
    found = answer(rules, credit(amount=20), **license_)
    return next(((one.outcome, one.favorable) for one in found.requirements if one.id == "ethics"), None)


@pytest.mark.parametrize("side", ["is", "at_least", "at_most"])
def test_a_date_that_is_not_told_may_be_the_very_day(side: str) -> None:
    condition = {"fact": "hspp_since", side: DAY}
    assert outcome_of(condition) == (Outcome.UNKNOWN, Outcome.MET)


@pytest.mark.parametrize(
    ("side", "told", "applies"),
    [
        ("is", DAY, True),
        ("is", dt.date(2025, 1, 2), False),
        ("is", dt.date(2024, 12, 31), False),
        ("at_least", dt.date(2024, 12, 31), False),
        ("at_least", DAY, True),
        ("at_most", DAY, True),
        ("at_most", dt.date(2025, 1, 2), False),
    ],
)
def test_a_date_that_is_told_is_compared(side: str, told: dt.date, applies: bool) -> None:
    found = outcome_of({"fact": "hspp_since", side: DAY}, facts={"hspp_since": told})
    assert found == ((Outcome.UNMET, Outcome.UNMET) if applies else None)


@pytest.mark.parametrize("side", ["is", "at_least", "at_most"])
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_number_of_renewals_that_is_not_told_may_be_any(side: str, count: int) -> None:
    found = outcome_of({"renewals": True, side: count}, issued=None, renewals=None)
    if (side, count) == ("at_least", 0):
        assert found == (Outcome.UNMET, Outcome.UNMET)
    else:
        assert found == (Outcome.UNKNOWN, Outcome.MET)


@pytest.mark.parametrize("frequency", ["first_renewal", "later_renewals"])
def test_whether_a_period_is_the_first_is_asked(frequency: str) -> None:
    rules = book(TOTAL, requirement("ethics", 3, frequency=frequency))
    found = answer(rules, credit(amount=20), issued=None, renewals=None)
    (ethics,) = (one for one in found.requirements if one.id == "ethics")
    assert (ethics.outcome, ethics.favorable) == (Outcome.UNKNOWN, Outcome.MET)


@pytest.mark.parametrize("month", [1, 6, 12])
def test_a_month_of_issue_that_is_not_told_may_be_any(month: int) -> None:
    condition = {"about": "issued_month", "is": month}
    assert outcome_of(condition, issued=None, renewals=3) == (Outcome.UNKNOWN, Outcome.MET)


def test_what_only_one_reading_asks_of_an_entry_may_be_left_unstated() -> None:
    # One reading asks for no approval of teaching, and the entry does not say whether it is teaching.
    lenient = {"id": "lenient", "says": "So.", "accepts": {"others": "none", "except_for": {"activities": ["teaching"]}}}
    question = {"id": "bodies", "text": "Who approves?", "readings": [{"id": "strict", "says": "So."}, lenient]}
    rules = book(TOTAL, open_questions=[question])
    outcomes = {
        activity: answer(rules, credit(amount=20, approvals=[], activity=activity)).requirement("total").outcome
        for activity in ("course", None, "teaching")
    }
    assert outcomes == {"course": Outcome.UNMET, None: Outcome.UNKNOWN, "teaching": Outcome.UNKNOWN}
    found = answer(rules, credit(amount=20, approvals=[])).requirement("total")
    assert found.open_questions == ("bodies", "activity:c1")


def test_a_cap_that_is_a_share_of_the_total_grows_with_it_under_each_reading() -> None:
    half = {
        "id": "home",
        "label": "home",
        "says": "Half.",
        "confidence": "primary",
        "sources": ["law"],
        "share_of_total": Decimal("0.5"),
    }
    readings = [{"id": "less", "says": "So."}, {"id": "more", "says": "So.", "requirements": {"total": {"hours": 30}}}]
    rules = book(
        TOTAL,
        caps=[half | {"which": {"formats": ["asynchronous"]}}],
        open_questions=[{"id": "amount", "text": "How much?", "readings": readings}],
    )
    # Ten and fifteen of twenty, fifteen and fifteen of thirty.
    entries = credit("home", 16, format="asynchronous"), credit("live", 15, format="live_online")
    assert answer(rules, *entries).requirement("total").outcome is Outcome.MET


def test_readings_about_carried_hours_matter_to_the_next_license_as_well() -> None:
    """What the rule alone decides is kept with it; whether a holder brought hours is no part of that."""
    readings = [
        {"id": "counted", "says": "They count.", "carry_in": {"allowed": True}},
        {"id": "lost", "says": "They do not.", "carry_in": {"allowed": False}},
    ]
    rules = book(requirement("total", 20), open_questions=[{"id": "surplus", "text": "Do they?", "readings": readings}])
    assert answer(rules, credit(amount=10)).requirement("total").outcome is Outcome.UNMET
    assert answer(rules, credit(amount=10), carried_in={"total": 10}).requirement("total").outcome is Outcome.UNKNOWN


def test_competing_requirements_may_compare_one_fact_with_different_limits() -> None:
    """The months licensed are not known; one limit cuts them at 6, the other at 18, and both subjects want the capped hours."""
    online = {"formats": ["asynchronous"]}
    several = [
        requirement(
            topic,
            3,
            variants=[{"when": {"about": "months_licensed", "at_most": months}, "hours": 0, "says": "None.", "sources": ["law"]}],
        )
        for topic, months in (("ethics", 6), ("suicide", 18))
    ]
    cap = {
        "id": "online",
        "label": "online",
        "says": "3.",
        "which": online,
        "hours": 3,
        "confidence": "primary",
        "sources": ["law"],
    }
    entries = [
        credit("c1", amount=3, format="asynchronous", parts=[{"amount": 3, "topics": ["ethics"]}]),
        credit("c2", amount=3, format="asynchronous", parts=[{"amount": 3, "topics": ["suicide"]}]),
    ]
    found = answer(book(*several, caps=[cap]), *entries, issued=None)
    assert {one.id: (one.outcome, one.missing) for one in found.requirements} == {
        "ethics": (Outcome.MET, 0),
        "suicide": (Outcome.UNKNOWN, 3),
    }
    assert found.requirement("suicide").open_questions == ("months_licensed",)
