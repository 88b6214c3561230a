"""The rule files as data: valid, sourced, and complete in what pages need."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from goodstanding.core.rules.check import check_rules
from goodstanding.core.rules.load import load_rules

RULES = Path(__file__).parents[2] / "rules"
BOOK = load_rules(RULES)


def test_nothing_is_wrong() -> None:
    assert [str(finding) for finding in check_rules(RULES)] == []


@pytest.mark.parametrize("rule_id", list(BOOK))
def test_every_requirement_is_sourced_and_dated(rule_id: str) -> None:
    rule = BOOK[rule_id].file
    assert rule.checked_on == dt.date(2026, 11, 23)
    for requirement in rule.requirements:
        assert requirement.sources
        assert requirement.says.endswith(".")
        kinds = {rule.sources[source].kind for source in requirement.sources}
        if requirement.confidence == "vendor":
            assert kinds == {"vendor"}
        if requirement.confidence == "primary":
            assert kinds & {"statute", "board"}


@pytest.mark.parametrize("rule_id", list(BOOK))
def test_every_requirement_is_due_now_or_was_replaced(rule_id: str) -> None:
    rule = BOOK[rule_id].file
    for requirement_id in rule.requirement_ids():
        dates = [rule.in_force_of(version) for version in rule.versions(requirement_id)]
        assert sum(one.covers(rule.checked_on) for one in dates) == 1


@pytest.mark.parametrize("rule_id", list(BOOK))
def test_texts_are_sentences_in_our_own_words(rule_id: str) -> None:
    rule = BOOK[rule_id].file
    texts = [question.text for question in rule.open_questions] + [note.text for note in rule.notes]
    texts += [reading.says for question in rule.open_questions for reading in question.readings]
    assert all(text.endswith((".", "?")) for text in texts)
    assert not any("licence" in text for text in texts)


def test_an_approval_accepted_under_every_reading_counts_outright_in_california() -> None:
    for rule_id in ("us/ca/lcsw", "us/ca/lmft", "us/ca/lpcc"):
        rule = BOOK[rule_id].file
        readings = [reading.accepts or rule.accepts for question in rule.open_questions for reading in question.readings]
        assert all("nbcc" in accepts.bodies or accepts.others == "anyone" for accepts in readings)


def test_every_topic_asked_for_can_be_entered_with_a_label() -> None:
    for rule_id in BOOK:
        for requirement in BOOK[rule_id].file.requirements:
            for topic in requirement.topics:
                assert BOOK.topics.label(topic)


def test_the_questions_of_a_rule_are_plain_questions() -> None:
    assert list(BOOK.questions_for("us/ca/lpcc")) == [
        "hiv_equivalent_approved",
        "couples_and_families",
        "suicide_applied_experience",
        "suicide_program_certificate",
        "telehealth_program_letter",
    ]
    assert all(fact.question.endswith("?") for fact in BOOK.facts.values())
