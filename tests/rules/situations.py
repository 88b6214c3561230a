"""The named situations below `us/`, and how the answer to one is compared with what it expects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goodstanding.core.documents import Document, read_document
from goodstanding.core.rules.case import Case, case_of
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.outcome import evaluation_to_json

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "rules"


@dataclass(frozen=True)
class Situation:
    """A case file with a name, and what is expected of its one license under `rule`."""

    rule: str
    name: str
    data: dict[str, Any]
    expect: dict[str, Any]

    def case(self, rules: RuleBook) -> Case:
        return case_of(Document(path=self.name, data=self.data, lines={(): 1}), rules)


def files() -> dict[str, Path]:
    """The file with the situations of each rule."""
    return {path.relative_to(HERE).with_suffix("").as_posix(): path for path in sorted(HERE.rglob("*.yaml"))}


def situations(rule: str, path: Path) -> list[Situation]:
    """All situations of one rule, in the order of the file."""
    found = []
    for one in read_document(path).data:
        data = {key: value for key, value in one.items() if key not in ("name", "expect")}
        found.append(Situation(rule=rule, name=one["name"], data=data, expect=one["expect"]))
    return found


def differences(situation: Situation, rules: RuleBook, case: Case) -> list[str]:
    """Where the answer differs from what the situation expects; empty if nowhere."""
    assert case.on is not None
    (answer,) = evaluate(case.licenses, case.credits, rules, case.on).evaluations
    plain = evaluation_to_json(answer)
    requirements = {one["id"]: one for one in plain["requirements"]}
    excused = {one["id"] for one in plain["not_applicable"]}
    found = []
    for subject, expected in situation.expect.items():
        if subject == "standing":
            if plain["standing"] != expected:
                found.append(f"standing is {plain['standing']}, expected {expected}")
        elif expected == "not_applicable":
            if subject not in excused:
                found.append(f"{subject} applies")
        elif subject not in requirements:
            found.append(f"{subject} is not in the answer")
        else:
            actual = requirements[subject]
            shown = {key: float(value) if not isinstance(value, str | list) else value for key, value in expected.items()}
            found.extend(
                f"{subject}.{key} is {actual[key]}, expected {value}: {actual['why']}"
                for key, value in shown.items()
                if actual[key] != value
            )
    return found
