"""Topics and facts: what they are called, what they may be, and which of them a rule asks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from goodstanding.core.rules.load import TopicBook
from goodstanding.core.rules.model import Fact, Topic
from tests.core.rules.example import TOTAL, book, requirement

TOPICS = TopicBook({"law": Topic(label="the law", by_state=True), "trauma": Topic(label="trauma")})


def test_a_topic_of_one_state_is_named_with_the_state() -> None:
    assert TOPICS.label("law") == "the law"
    assert TOPICS.label("law_us_ca") == "the law (US-CA)"


def test_only_topics_that_differ_by_state_have_states() -> None:
    assert "law_us_ca" in TOPICS
    assert "trauma_us_ca" not in TOPICS
    assert TOPICS.counts_for("law_us_ca") == {"law_us_ca", "law"}


@pytest.mark.parametrize(
    ("kind", "fitting", "others"),
    [
        ("boolean", [True, False], [1, "yes", dt.date(2026, 1, 1)]),
        ("integer", [0, 7], [True, "7", dt.date(2026, 1, 1)]),
        ("date", [dt.date(2026, 1, 1)], [True, 2026, "2026-01-01"]),
        ("one_of", ["left"], ["middle", True, 1]),
    ],
)
def test_an_answer_has_the_type_of_its_question(kind: Any, fitting: list[object], others: list[object]) -> None:
    fact = Fact(type=kind, question="Which?", options={"left": "Left", "right": "Right"} if kind == "one_of" else {})
    assert all(fact.fits(one) for one in fitting)
    assert not any(fact.fits(one) for one in others)


def test_a_rule_asks_the_facts_of_all_its_parts_once_in_their_order() -> None:
    when = {"all": [{"fact": "telehealth", "is": True}, {"not": {"fact": "supervisor", "is": True}}]}
    reading = {"requirements": {"ethics": {"applies_when": {"fact": "direct_care", "is": True}, "applies_text": "so"}}}
    rules = book(
        TOTAL,
        requirement("ethics", 3, applies_when=when, applies_text="so", alternatives=[{"fact": "hspp", "says": "that"}]),
        requirement("law", kind="attestation", topics=[], fact="supervisor"),
        open_questions=[
            {"id": "who", "text": "Who?", "readings": [{"id": "all", "says": "All."}, {"id": "some", "says": "Some.", **reading}]}
        ],
    )
    assert list(rules.questions_for("us/xx/example")) == ["telehealth", "supervisor", "hspp", "direct_care"]
