"""A settled question has one reading for all requirements: the one with which the holder stands best."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.core.rules import settle as settling
from goodstanding.core.rules.alone import Result
from goodstanding.core.rules.ground import Dimension, Index
from goodstanding.core.rules.outcome import Outcome
from tests.core.rules.example import answer, book, credit, requirement

TOPICS = ["ethics", "suicide", "cultural_competence"]
NEVER_HELD = {"hours_per_unit": {"publication": 7}}
"""What makes two readings differ in nothing that these entries show."""


def question(id_: str, *readings: dict[str, Any]) -> dict[str, Any]:
    return {"id": id_, "text": "Which?", "readings": list(readings)}


def entry(id_: str, hours: int, *, topics: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    stated = {"format": "asynchronous", "activity": "course"} | more
    return credit(id_, hours, parts=[{"amount": hours, "topics": list(topics)}], **stated)


def _named(reading: dict[str, Any], name: str) -> dict[str, Any]:
    return {"id": name, "says": "A reading.", "sources": ["law"], **reading}


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Requirements, the readings of each question, and entries."""
    needed = [requirement(topic, draw(st.integers(0, 4))) for topic in draw(st.permutations(TOPICS))]
    hours = st.dictionaries(st.sampled_from(TOPICS), st.integers(0, 5).map(lambda hours: {"hours": hours}), max_size=3)
    questions = draw(st.lists(st.lists(hours.map(lambda patch: {"requirements": patch}), min_size=2, max_size=3), max_size=3))
    credits_ = [entry(f"c{number}", draw(st.integers(0, 4)), topics=(topic,)) for number, topic in enumerate(TOPICS)]
    return needed, questions, credits_


@settings(deadline=None, max_examples=150)
@given(cases())
def test_it_is_one_reading_and_none_is_better(
    case: tuple[list[dict[str, Any]], list[list[dict[str, Any]]], list[dict[str, Any]]],
) -> None:
    needed, questions, credits_ = case

    def figures(readings: list[list[dict[str, Any]]], **given: Any) -> dict[str, tuple[Outcome, Decimal]]:
        asked = [
            question(f"q{number}", *(_named(one, f"r{place}") for place, one in enumerate(some)))
            for number, some in enumerate(readings)
        ]
        found = answer(book(*needed, open_questions=asked), *credits_, **given)
        return {one.id: (one.outcome, one.missing) for one in found.requirements}

    def badness(found: dict[str, tuple[Outcome, Decimal]]) -> tuple[int, Decimal]:
        unmet = sum(outcome is Outcome.UNMET for outcome, _ in found.values())
        return unmet, sum((missing for _, missing in found.values()), Decimal(0))

    possible = [figures([[one, one | NEVER_HELD] for one in chosen]) for chosen in itertools.product(*questions)]
    settled = figures(questions, confirmed="all")
    assert settled in possible
    assert badness(settled) == min(map(badness, possible))


def _either_or(**given: Any) -> dict[str, Outcome]:
    """Four hours on ethics and none on suicide, or the other way around: no answer of the board asks for neither."""
    rules = book(
        requirement("ethics", 4),
        requirement("suicide", 4),
        open_questions=[
            question(
                "which",
                _named({"requirements": {"ethics": {"due": False}}}, "suicide"),
                _named({"requirements": {"suicide": {"due": False}}}, "ethics"),
            )
        ],
    )
    return {one.id: one.outcome for one in answer(rules, **given).requirements}


def test_readings_that_favor_different_requirements_are_not_both_taken() -> None:
    assert _either_or() == {"ethics": Outcome.UNKNOWN, "suicide": Outcome.UNKNOWN}
    assert sorted(_either_or(confirmed=["which"]).values()) == [Outcome.MET, Outcome.UNMET]


@pytest.mark.parametrize(("attribute", "other"), [("format", "live_in_person"), ("activity", "teaching")])
def test_what_must_be_two_things_at_once_can_not_be_settled(attribute: str, other: str) -> None:
    """An hour can not be given at home for one requirement and in a room for another."""
    stated = {"format": "asynchronous", "activity": "course"}
    key = {"format": "formats", "activity": "activities"}[attribute]
    for second, outcome in ((stated[attribute], Outcome.MET), (other, Outcome.UNKNOWN)):
        rules = book(
            requirement("one", 4, topics=[], which={key: [stated[attribute]]}),
            requirement("two", 4, topics=[], which={key: [second]}),
        )
        found = answer(rules, entry("c1", 4, **{**stated, attribute: None}), confirmed=[f"{attribute}:c1"])
        assert {one.outcome for one in found.requirements} == {outcome}
        (asked,) = (one for one in found.open_questions if one.id == f"{attribute}:c1")
        assert asked.confirmable is (outcome is Outcome.MET)


def test_an_hour_that_a_cap_would_limit_can_not_be_settled_as_free_of_it() -> None:
    cap = {"id": "most", "label": "hours at home", "says": "A cap.", "which": {"formats": ["asynchronous"]}, "hours": 1}
    rules = book(
        requirement("home", 4, topics=[], which={"formats": ["asynchronous"]}),
        caps=[{**cap, "confidence": "primary", "sources": ["law"]}],
    )
    found = answer(rules, entry("c1", 4, format=None), confirmed="all")
    assert [one.outcome for one in found.requirements] == [Outcome.UNKNOWN]


# The choice itself

TWO = [Dimension(name, ("first", "second"), settled=True, classes=(0, 1)) for name in ("one", "other")]
Answers = tuple[list[Dimension], dict[Index, Result]]


def missing(*hours: int) -> Answers:
    """What a requirement misses under the readings of two questions: first and first, first and second, and so on."""
    places = itertools.product((0, 1), repeat=2)
    return TWO, {place: Result(met=not short, missing=Fraction(short)) for place, short in zip(places, hours, strict=True)}


LONE = {"a": missing(0, 3, 3, 1), "b": missing(2, 2, 2, 0)}
"""Both at the first: 2 hours are missing. Both at the second: 1. One of each: 5. So no single question leads to the best."""


def test_readings_that_are_better_only_together_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "MAX_COMBINATIONS", 4)
    assert settling.settle(LONE) == {"one": 1, "other": 1}


def test_beyond_what_is_gone_through_each_question_is_chosen_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "MAX_COMBINATIONS", 3)
    assert settling.settle(LONE) == {"one": 0, "other": 0}
    assert settling.settle({"a": missing(5, 5, 2, 1), "b": missing(1, 4, 2, 2)}) == {"one": 1, "other": 1}


def test_what_most_requirements_like_is_begun_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "MAX_COMBINATIONS", 3)
    most = {"a": missing(1, 3, 3, 0), "b": missing(1, 3, 3, 0), "c": missing(0, 3, 3, 1)}
    assert settling.settle(most) == {"one": 1, "other": 1}


def test_a_course_that_may_be_done_is_better_than_one_that_is_not() -> None:
    """Nothing is missing of a course in hours, so only its outcome tells the readings apart."""
    asked = [Dimension("one", ("first", "second"), settled=True, classes=(0, 1)), Dimension("doubt", (False, True))]
    results = {index: Result(met=index == (1, 1)) for index in itertools.product((0, 1), repeat=2)}
    assert settling.settle({"course": (asked, results)}) == {"one": 1}
