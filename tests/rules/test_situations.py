"""Each situation beside this file is a case file with a name and what is expected of its first license."""

from __future__ import annotations

import pytest

from goodstanding.core.documents import read_document
from goodstanding.core.rules.load import load_rules
from tests.rules.situations import HERE, RULES, Situation, differences, files, situations, spelled_out


@pytest.mark.parametrize("rule", list(files()))
def test_the_situations_of(rule: str) -> None:
    """All of one rule in one test: some seven thousand tests of their own would take longer to be counted than to be run."""
    rules = load_rules(RULES)
    found = {}
    for situation in situations(rule, files()[rule]):
        case = situation.case(rules)
        assert case.licenses[0].rule == rule
        found[situation.name] = differences(situation, rules, case)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_every_rule_has_situations() -> None:
    assert set(load_rules(RULES)) == set(files())


def test_a_wrong_expectation_is_noticed() -> None:
    rules = load_rules(RULES)
    (rule, path), *_ = files().items()
    first = situations(rule, path)[0]
    for wrong in (
        {"standing": "never"},
        {"total": "not_applicable"},
        {"total": {"required": 999}},
        {"nothing_like_it": {"missing": 0}},
    ):
        other = Situation(rule=rule, name=first.name, data=first.data, expect=wrong)
        assert len(differences(other, rules, other.case(rules))) == 1


def test_a_short_situation_says_what_is_different() -> None:
    usual = {"on": 1, "license": {"issued": 2, "renewals": 4}, "credit": {"completed": 3, "approvals": ["nbcc"]}}
    one = {
        "name": "One.",
        "license": {"renewals": None},
        "credits": [{"hours": 4, "topics": ["ethics"], "approvals": None}, {"hours": 5, "parts": {"law": 2, "ethics": 1}}],
        "expect": {"standing": "met"},
    }
    assert spelled_out("us/xx/lex", usual, one) == {
        "name": "One.",
        "on": 1,
        "licenses": [{"rule": "us/xx/lex", "issued": 2}],
        "credits": [
            {
                "id": "c1",
                "title": "A course",
                "completed": 3,
                "quantity": {"amount": 4, "unit": "hour"},
                "parts": [{"amount": 4, "topics": ["ethics"]}],
            },
            {
                "id": "c2",
                "title": "A course",
                "completed": 3,
                "approvals": ["nbcc"],
                "quantity": {"amount": 5, "unit": "hour"},
                "parts": [{"amount": 2, "topics": ["law"]}, {"amount": 1, "topics": ["ethics"]}],
            },
        ],
        "expect": {"standing": "met"},
    }
    other = {"rule": "us/xx/other", "issued": 5}
    assert spelled_out("us/xx/lex", usual, {**one, "beside": [other]})["licenses"] == [{"rule": "us/xx/lex", "issued": 2}, other]
    with pytest.raises(AssertionError, match="nothing reads"):
        spelled_out("us/xx/lex", usual, {**one, "credit": []})


def test_every_rule_has_at_least_four_situations() -> None:
    assert {rule for rule, path in files().items() if len(situations(rule, path)) < 4} == set()


def test_every_requirement_is_reached_by_a_situation() -> None:
    rules = load_rules(RULES)
    reached = {rule: {subject for one in situations(rule, path) for subject in one.expect} for rule, path in files().items()}
    assert {rule: set(rules[rule].file.requirement_ids()) - reached[rule] for rule in rules} == {rule: set() for rule in rules}


def test_names_of_situations_are_sentences_and_differ() -> None:
    for path in HERE.rglob("*.yaml"):
        data = read_document(path).data
        names = [situation["name"] for situation in (data if isinstance(data, list) else data["situations"])]
        assert len(set(names)) == len(names)
        assert all(name.endswith(".") and " " in name for name in names)
