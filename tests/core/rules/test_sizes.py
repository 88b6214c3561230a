"""What is gone through up to a size is gone through at that very size, and beyond it the answer is Unknown."""

from __future__ import annotations

from typing import Any

import pytest

from goodstanding.core.rules import judge, share
from goodstanding.core.rules.outcome import Evaluation, Outcome
from tests.core.rules.example import answer, book, credit, requirement


def _open(*topics: str) -> list[dict[str, Any]]:
    """For each topic a question with two readings that differ."""
    return [
        {
            "id": f"about_{topic}",
            "text": "Which?",
            "readings": [
                {"id": f"{topic}_as_is", "says": "So."},
                {"id": f"{topic}_more", "says": "So.", "requirements": {topic: {"hours": 4}}},
            ],
        }
        for topic in topics
    ]


def _competing() -> Evaluation:
    """Two requirements, each with one open question, whose hours fall under one cap."""
    cap = {"id": "home", "label": "home", "says": "3.", "which": {"formats": ["asynchronous"]}, "hours": 3}
    rules = book(
        requirement("ethics", 3),
        requirement("suicide", 3),
        caps=[cap | {"confidence": "primary", "sources": ["law"]}],
        open_questions=_open("ethics", "suicide"),
    )
    entries = [
        credit(f"c_{topic}", 3, format="asynchronous", parts=[{"amount": 3, "topics": [topic]}])
        for topic in ("ethics", "suicide")
    ]
    return answer(rules, *entries)


def _outcomes(found: Evaluation) -> dict[str, tuple[Outcome, Outcome]]:
    return {one.id: (one.outcome, one.favorable) for one in found.requirements}


UNKNOWN = (Outcome.UNKNOWN, Outcome.UNKNOWN)
"""Nothing can be said, not even of the best."""
ANSWERED = dict.fromkeys(("ethics", "suicide"), (Outcome.UNKNOWN, Outcome.MET))
"""The three hours are enough for one of them, unless it asks for four; which one it is depends on the readings."""
NOT_ANSWERED = dict.fromkeys(("ethics", "suicide"), UNKNOWN)


@pytest.mark.parametrize(("most", "answered"), [(2, True), (1, False)])
def test_combinations_of_one_requirement(monkeypatch: pytest.MonkeyPatch, most: int, answered: bool) -> None:
    monkeypatch.setattr(judge, "MAX_COMBINATIONS", most)
    rules = book(requirement("ethics", 3), open_questions=_open("ethics"))
    found = _outcomes(answer(rules, credit(amount=2, parts=[{"amount": 2, "topics": ["ethics"]}])))
    assert found == {"ethics": (Outcome.UNMET, Outcome.UNMET) if answered else UNKNOWN}


@pytest.mark.parametrize(("most", "answered"), [(4, True), (3, False)])
def test_combinations_of_those_that_compete(monkeypatch: pytest.MonkeyPatch, most: int, answered: bool) -> None:
    monkeypatch.setattr(share, "MAX_COMBINATIONS", most)
    assert _outcomes(_competing()) == (ANSWERED if answered else NOT_ANSWERED)


@pytest.mark.parametrize(("most", "answered"), [(2, True), (1, False)])
def test_requirements_that_compete(monkeypatch: pytest.MonkeyPatch, most: int, answered: bool) -> None:
    monkeypatch.setattr(share, "MAX_LINKED", most)
    assert _outcomes(_competing()) == (ANSWERED if answered else NOT_ANSWERED)
