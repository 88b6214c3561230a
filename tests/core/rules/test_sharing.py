"""What must hold where requirements compete for hours: random rules with caps, hours apart and readings, and random entries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.core.rules.limits import Limits
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.outcome import Evaluation, Outcome, evaluation_to_json
from goodstanding.core.rules.share import Sharing
from tests.core.rules.example import answer, book, requirement

steady = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
TOPICS = ["ethics", "suicide", "cultural_competence"]
BODIES = [["nbcc"], ["nbcc", "apa"], ["apa"], ["nbcc", "apa", "nasw"]]
RANK = {Outcome.UNMET: 0, Outcome.UNKNOWN: 1, Outcome.MET: 2}

halves = st.integers(0, 12).map(lambda number: Decimal(number) / 2)
selections = st.sampled_from(
    [
        {"formats": ["asynchronous"]},
        {"activities": ["self_directed"]},
        {"topics": ["ethics"]},
        {"not": {"formats": ["live_online"]}},
    ]
)


@st.composite
def rules(draw: st.DrawFn) -> RuleBook:
    found = [requirement("total", draw(st.integers(0, 14)))] if draw(st.booleans()) else []
    for number, topic in enumerate(TOPICS):
        if not draw(st.booleans()):
            continue
        one = requirement(topic, draw(st.integers(0, 5)))
        shape = draw(st.sampled_from(["plain", "plain", "plain", "on_top", "apart", "live", "yearly"]))
        if shape == "on_top":
            one["on_top"] = True
        elif shape == "apart":
            one["not_with"] = TOPICS[:number]
        elif shape == "live":
            one["which"] = {"formats": ["live_online"]}
        elif shape == "yearly":
            one["each_year"] = True
        found.append(one)
    ids = [one["id"] for one in found]
    for one in found:
        one["not_with"] = [other for other in one.get("not_with", ()) if other in ids]
    caps = [
        {
            "id": f"cap_{number}",
            "label": "such hours",
            "says": "A cap.",
            "which": draw(selections),
            "hours": draw(halves),
            "per": draw(st.sampled_from(["period", "period", "day", "year", "entry"])),
            "confidence": "primary",
            "sources": ["law"],
        }
        for number in range(draw(st.integers(0, 2)))
    ]
    readings: list[dict[str, Any]] = [{"id": "one", "says": "As written."}]
    if caps and draw(st.booleans()):
        readings.append({"id": "two", "says": "No cap.", "caps": {"cap_0": {"due": False}}})
    elif ids and draw(st.booleans()):
        readings.append({"id": "two", "says": "More.", "requirements": {ids[-1]: {"hours": 7}}, "sources": ["law"]})
    questions = [{"id": "doubtful", "text": "Which?", "readings": readings}] if len(readings) > 1 else []
    if draw(st.booleans()):
        lists = draw(st.lists(st.sampled_from(BODIES), min_size=2, max_size=3, unique_by=tuple))
        accepted = [
            {"id": f"list_{number}", "says": "A list.", "accepts": {"bodies": bodies, "others": "none"}}
            for number, bodies in enumerate(lists)
        ]
        questions.append({"id": "approvals", "text": "Whose?", "readings": accepted})
    return book(*found, caps=caps, open_questions=questions)


@st.composite
def entries(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(0, 4))):
        amount, more = draw(halves), draw(halves)
        topics = draw(st.lists(st.sampled_from(TOPICS), max_size=2, unique=True))
        found.append(
            {
                "id": f"c{number}",
                "title": f"Course {number}",
                "completed": draw(st.sampled_from([dt.date(2025, 8, 1), dt.date(2026, 8, 1), dt.date(2026, 8, 2)])),
                "quantity": {"amount": amount + more, "unit": "hour"},
                "parts": [{"amount": amount, "topics": topics}],
                "format": draw(st.sampled_from(["asynchronous", "live_online", "live_online", None])),
                "activity": draw(st.sampled_from(["course", "course", "self_directed", None])),
                "approvals": draw(st.sampled_from([["nbcc"], ["nbcc"], ["apa"], ["nasw"]])),
            }
        )
    return found


def figures(found: Evaluation) -> dict[str, tuple[Outcome, Outcome, Decimal]]:
    return {one.id: (one.outcome, one.favorable, one.missing) for one in found.requirements}


@steady
@given(rules(), entries())
def test_answering_alone_what_can_be_answered_alone_changes_nothing(rules: RuleBook, entries: list[dict[str, Any]]) -> None:
    """The short way of `Sharing.linked` and `Limits.tight` against allocating everything together in every combination."""
    quick = figures(answer(rules, *entries))

    def everything(self: Sharing, solo: dict[str, Any]) -> set[str]:
        self.exclusive = True
        return {one.id for one in self.requirements if one.kind == "minimum"}

    with patch.object(Sharing, "linked", everything), patch.object(Limits, "_tight", lambda self: list(self.ground.caps)):
        assert figures(answer(rules, *entries)) == quick


@steady
@given(rules(), entries())
def test_no_cap_is_passed_and_no_hour_counts_beyond_what_was_earned(rules: RuleBook, entries: list[dict[str, Any]]) -> None:
    found = answer(rules, *entries)
    caps = {cap.id: cap for cap in rules["us/xx/example"].file.caps}
    earned = {one["id"]: one["quantity"]["amount"] for one in entries}
    for credit in found.credits:
        assert credit.counted <= earned[credit.id]
        assert all(0 < hours <= earned[credit.id] for hours in credit.toward.values())
    for cap in found.caps:
        assert cap.why
        if caps[cap.id].per == "period":
            assert cap.used <= cap.limit
    for one in found.requirements:
        assert one.outcome is not Outcome.MET or one.missing == 0
        assert one.why


@steady
@given(rules(), entries())
def test_no_hour_is_shown_for_a_requirement_that_does_not_count_at_all(rules: RuleBook, entries: list[dict[str, Any]]) -> None:
    found = answer(rules, *entries)
    asking = {one.id for one in found.requirements if one.kind == "minimum"}
    for credit in found.credits:
        assert all(hours <= credit.counted for one, hours in credit.toward.items() if one in asking)


@steady
@given(rules(), entries(), st.randoms())
def test_the_order_of_entries_does_not_matter(rules: RuleBook, entries: list[dict[str, Any]], random: Any) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert evaluation_to_json(answer(rules, *entries)) == evaluation_to_json(answer(rules, *shuffled))


@steady
@given(rules(), entries())
def test_settling_every_question_gives_an_answer_between_worst_and_best(rules: RuleBook, entries: list[dict[str, Any]]) -> None:
    open_, settled = answer(rules, *entries), answer(rules, *entries, confirmed="all")
    after = {one.id: one for one in settled.requirements}
    for one in open_.requirements:
        assert RANK[one.outcome] <= RANK[one.favorable]
        if one.id in after:
            assert RANK[after[one.id].outcome] <= RANK[one.favorable]
            # One reading holds for all, so what was not certain may turn out badly; what was certain stays.
            assert one.outcome is Outcome.UNKNOWN or after[one.id].outcome is one.outcome
        if one.id in after and after[one.id].outcome is Outcome.UNKNOWN:
            # What no one value of is good for every part of the rule can not be settled; it must be stated.
            assert all(name.startswith(("format:", "activity:", "started:")) for name in after[one.id].open_questions)


@steady
@given(rules(), entries())
def test_everything_unknown_names_what_decides_it(rules: RuleBook, entries: list[dict[str, Any]]) -> None:
    found = answer(rules, *entries)
    named = {question.id for question in found.open_questions}
    for one in found.requirements:
        if one.outcome is Outcome.UNKNOWN:
            assert one.open_questions
            assert set(one.open_questions) <= named
