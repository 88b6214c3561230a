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


ONLINE = {
    "id": "online",
    "label": "online",
    "says": "3.",
    "which": {"formats": ["asynchronous"]},
    "hours": 3,
    "confidence": "primary",
    "sources": ["law"],
}
"""At most three hours online."""

ONE_EACH = [
    credit(f"c_{topic}", amount=3, format="asynchronous", parts=[{"amount": 3, "topics": [topic]}])
    for topic in ("ethics", "suicide")
]
"""Three hours online on each of two subjects."""


def test_competing_requirements_may_compare_one_fact_with_different_limits() -> None:
    """The months licensed are not known; one limit cuts them at 6, the other at 18, and both subjects want the capped hours."""
    several = [
        requirement(
            topic,
            3,
            variants=[{"when": {"about": "months_licensed", "at_most": months}, "hours": 0, "says": "None.", "sources": ["law"]}],
        )
        for topic, months in (("ethics", 6), ("suicide", 18))
    ]
    found = answer(book(*several, caps=[ONLINE]), *ONE_EACH, issued=None)
    assert {one.id: (one.outcome, one.missing) for one in found.requirements} == {
        "ethics": (Outcome.MET, 0),
        "suicide": (Outcome.UNKNOWN, 3),
    }
    assert found.requirement("suicide").open_questions == ("months_licensed",)


def test_what_all_readings_say_holds_even_if_the_rule_as_written_says_otherwise() -> None:
    """Both lists accept the hours at hand, so the question decides nothing, and they count; both ask for six hours."""
    lists = [
        {
            "id": name,
            "says": "A list.",
            "accepts": {"bodies": bodies, "others": "none"},
            "requirements": {"total": {"hours": hours}},
        }
        for name, bodies, hours in (("short", ["apa"], 6), ("long", ["nbcc", "apa"], 6))
    ]
    rules = book(requirement("total", 3), open_questions=[{"id": "lists", "text": "Which?", "readings": lists}])
    for amount, outcome in ((6, Outcome.MET), (5, Outcome.UNMET)):
        found = answer(rules, credit(amount=amount, approvals=["apa"])).requirement("total")
        assert (found.outcome, found.required, found.counted) == (outcome, 6, amount)


FACTS = [{"fact": "supervisor", "is": True}, {"fact": "telehealth", "is": False}]


@pytest.mark.parametrize("order", [FACTS, FACTS[::-1]])
def test_competing_requirements_may_name_the_same_facts_in_another_order(order: list[dict[str, object]]) -> None:
    """One of two subjects that share three capped hours stays short if both apply, however their conditions are written."""
    several = [
        requirement(topic, 0, variants=[{"when": {"all": facts}, "hours": 3, "says": "3.", "sources": ["law"]}])
        for topic, facts in (("ethics", FACTS), ("suicide", order))
    ]
    found = answer(book(*several, caps=[ONLINE]), *ONE_EACH)
    assert {one.id: one.outcome for one in found.requirements} == {"ethics": Outcome.MET, "suicide": Outcome.UNKNOWN}
    assert found.requirement("suicide").open_questions == ("supervisor", "telehealth")


def test_a_share_that_only_one_reading_makes_follows_the_total_that_is_open() -> None:
    questions = [
        {
            "id": "share",
            "text": "?",
            "readings": [
                {"id": "no", "says": "3."},
                {
                    "id": "yes",
                    "says": "A quarter.",
                    "requirements": {"ethics": {"share_of_total": Decimal("0.25")}},
                    "sources": ["law"],
                },
            ],
        },
        {
            "id": "all",
            "text": "?",
            "readings": [
                {"id": "less", "says": "12."},
                {"id": "more", "says": "20.", "requirements": {"total": {"hours": 20}}, "sources": ["law"]},
            ],
        },
    ]
    rules = book(requirement("total", 12), requirement("ethics", 3), open_questions=questions)
    entries = [credit("c1", amount=3, parts=[{"amount": 3, "topics": ["ethics"]}]), credit("c2", amount=17)]
    found = answer(rules, *entries).requirement("ethics")
    assert (found.outcome, found.missing, found.open_questions) == (Outcome.UNKNOWN, 2, ("share", "all"))


def status_book(**patch: object) -> object:
    statuses = {"retired": {"says": "So.", "requirements": {"ethics": patch}, "sources": ["law"]}}
    return book(requirement("ethics", 3), requirement("suicide", 3), statuses=statuses)


BOTH = credit("c1", amount=4, parts=[{"amount": 4, "topics": ["ethics", "suicide"]}])


@pytest.mark.parametrize(
    ("patch", "question"),
    [
        ({"applies_when": {"fact": "supervisor", "is": True}, "applies_text": "so"}, "supervisor"),
        ({"frequency": "first_renewal"}, "renewals"),
        ({"window": {"since": "hspp_since"}}, "hspp_since"),
        ({"due_by": {"date": dt.date(2026, 1, 1)}}, "late_ethics"),
    ],
)
def test_what_the_status_of_a_license_asks_for_is_asked(patch: dict[str, object], question: str) -> None:
    assert answer(status_book(**patch), BOTH).requirement("ethics").outcome is Outcome.MET
    short = credit("c1", amount=2, parts=[{"amount": 2, "topics": ["ethics"]}])
    entry = short if "since" not in question and "late" not in question else BOTH
    found = answer(status_book(**patch), entry, status="retired", issued=None, renewals=None).requirement("ethics")
    assert (found.outcome, found.open_questions) == (Outcome.UNKNOWN, (question,))


def test_hours_that_the_status_keeps_apart_are_shared_out() -> None:
    rules = status_book(not_with=["suicide"])
    assert answer(rules, BOTH).standing.value == "met"
    assert answer(rules, BOTH, status="retired").requirement("suicide").missing == 2


def test_an_older_course_on_the_subject_of_an_exam_is_not_the_exam() -> None:
    exam = requirement("ethics", kind="exam")
    older = credit("c1", amount=3, completed=dt.date(2026, 1, 1), parts=[{"amount": 3, "topics": ["ethics"]}])
    passed = credit("c2", amount=1, unit="exam", parts=[{"amount": 1, "topics": ["ethics"]}])
    found = answer(book(exam), older, passed)
    assert found.requirement("ethics").outcome is Outcome.MET
    assert [bool(one.toward) for one in found.credits] == [False, True]
    assert answer(book(exam), older).requirement("ethics").outcome is Outcome.UNMET
