"""
The named situations in the folders beside this file, and how the answer to one is compared with what it expects.

A file is a list of whole case files, each with `name` and `expect`; or, shorter, what is `usual` in all of them and the `situations`,
which say what is different. A license and a credit take what is usual key by key; a key that is `null` takes the usual one
away. A credit then says `hours`, and what all of them are about as `topics` or the hours of each topic as `parts`. Licenses that
are held as well stand `beside`, as in a case file; what is expected is about the first license:

    usual:
      on: 2026-11-23
      license: {issued: 2015-02-10, expires: 2027-05-31, renewals: 4}
      credit: {completed: 2026-03-01, approvals: [nbcc], format: live_online, activity: course}
    situations:
      - name: "With 36 hours of which 3 on ethics and 2 on law nothing is owed, section 1."
        license: {facts: {supervisor: false}}
        credits: [{hours: 33}, {hours: 3, topics: [ethics]}, {hours: 4, parts: {law: 2}}]
        expect: {standing: met, total: {counted: 40}}
"""

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
    """A case file with a name, and what is expected of its first license, which is under `rule`."""

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
    data = read_document(path).data
    whole = data if isinstance(data, list) else [spelled_out(rule, data["usual"], one) for one in data["situations"]]
    return [
        Situation(
            rule=rule,
            name=one["name"],
            data={key: value for key, value in one.items() if key not in ("name", "expect")},
            expect=one["expect"],
        )
        for one in whole
    ]


def spelled_out(rule: str, usual: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """The whole case file of a situation that says only what is different."""
    odd = (set(usual) - {"on", "license", "credit"}) | (set(one) - {"name", "on", "license", "beside", "credits", "expect"})
    assert not odd, f"{rule}: {one['name']}: nothing reads {sorted(odd)}"
    return {
        "name": one["name"],
        "on": one.get("on", usual["on"]),
        "licenses": [{"rule": rule, **_with(usual["license"], one.get("license", {}))}, *one.get("beside", [])],
        "credits": [_credit(f"c{at}", _with(usual["credit"], credit)) for at, credit in enumerate(one["credits"], start=1)],
        "expect": one["expect"],
    }


def _with(usual: dict[str, Any], different: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**usual, **different}.items() if value is not None}


def _credit(name: str, said: dict[str, Any]) -> dict[str, Any]:
    credit = {"id": name, "title": "A course", **said}
    if "hours" in credit:
        hours = credit.pop("hours")
        parts = credit.pop("parts", {})
        topics = credit.pop("topics", [])
        credit["quantity"] = {"amount": hours, "unit": "hour"}
        credit["parts"] = [{"amount": amount, "topics": [topic]} for topic, amount in parts.items()]
        credit["parts"] += [{"amount": hours, "topics": topics}] if topics else []
    return credit


def differences(situation: Situation, rules: RuleBook, case: Case) -> list[str]:
    """Where the answer differs from what the situation expects; empty if nowhere."""
    assert case.on is not None
    answer, *_ = evaluate(case.licenses, case.credits, rules, case.on).evaluations
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
