"""Each situation below `us/` is a case file with a name and what is expected of one license."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from goodstanding.core.documents import Document, read_document
from goodstanding.core.rules.case import case_of
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.load import load_rules
from goodstanding.core.rules.outcome import evaluation_to_json

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "rules"


def _situations() -> list[Any]:
    found = []
    for path in sorted(HERE.rglob("*.yaml")):
        rule = path.relative_to(HERE).with_suffix("").as_posix()
        found.extend(pytest.param(rule, situation, id=f"{rule}: {situation['name']}") for situation in read_document(path).data)
    return found


@pytest.mark.parametrize(("rule", "situation"), _situations())
def test_situation(rule: str, situation: dict[str, Any]) -> None:
    data = {key: value for key, value in situation.items() if key not in ("name", "expect")}
    rules = load_rules(RULES)
    case = case_of(Document(path=situation["name"], data=data, lines={(): 1}), rules)
    assert {license_.rule for license_ in case.licenses} == {rule}
    assert case.on is not None
    (answer,) = evaluate(case.licenses, case.credits, rules, case.on).evaluations
    plain = evaluation_to_json(answer)
    requirements = {one["id"]: one for one in plain["requirements"]}
    excused = {one["id"] for one in plain["not_applicable"]}
    for subject, expected in situation["expect"].items():
        if subject == "standing":
            assert plain["standing"] == expected
        elif expected == "not_applicable":
            assert subject in excused
        else:
            actual = requirements[subject]
            shown = {key: float(value) if not isinstance(value, str | list) else value for key, value in expected.items()}
            assert {key: actual[key] for key in expected} == shown, actual["why"]


def test_every_rule_has_situations() -> None:
    rules = set(load_rules(RULES))
    assert rules == {path.relative_to(HERE).with_suffix("").as_posix() for path in HERE.rglob("*.yaml")}


def test_names_of_situations_are_sentences_and_differ() -> None:
    for path in HERE.rglob("*.yaml"):
        names = [situation["name"] for situation in read_document(path).data]
        assert len(set(names)) == len(names)
        assert all(name.endswith(".") and " " in name for name in names)
