"""A small rule and a small case, for tests that are about one thing at a time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from goodstanding.core.documents import Document, validate
from goodstanding.core.rules.case import Case
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.load import Rule, RuleBook, TopicBook, load_rules
from goodstanding.core.rules.model import RuleFile
from goodstanding.core.rules.outcome import Evaluation

RULES = Path(__file__).parents[3] / "rules"
ON = dt.date(2026, 11, 23)
SOURCE = {"law": {"url": "https://law.example/1", "kind": "statute", "says": "Text."}}


def requirement(id_: str, hours: int | None = None, **more: Any) -> dict[str, Any]:
    base = {"id": id_, "label": id_, "says": f"{id_}.", "confidence": "primary", "sources": ["law"]}
    if hours is not None:
        base["hours"] = hours
    if id_ not in ("total", "total_each_year") and more.get("kind") not in ("attestation", "unsettled") and "which" not in more:
        base["topics"] = [id_]
    return base | more


def book(*requirements: dict[str, Any], **more: Any) -> RuleBook:
    data: dict[str, Any] = {
        "id": "us/xx/example",
        "title": "Example license",
        "jurisdiction": "US-XX",
        "board": {"name": "Example Board", "url": "https://board.example"},
        "license_types": ["LEX"],
        "professions": ["counselor"],
        "confidence": "primary",
        "checked_on": dt.date(2026, 11, 23),
        "cycle": {"months": 24, "anchor": "expiry", "sources": ["law"]},
        "in_force": {"by": "period_end"},
        "accepts": {"bodies": ["nbcc"], "others": "none"},
        "requirements": list(requirements),
        "sources": SOURCE,
    } | more
    shipped = load_rules(RULES)
    document = Document(path="example.yaml", data=data, lines={(): 1})
    rule = Rule(file=validate(RuleFile, document), version="test", document=document)
    return RuleBook(
        rules={rule.file.id: rule},
        topics=TopicBook(shipped.topics.topics),
        facts=shipped.facts,
        approvals=shipped.approvals,
        version="test",
        _aliases={"nbcc_acep": "nbcc"},
    )


def credit(id_: str = "c1", amount: int = 10, unit: str = "hour", **more: Any) -> dict[str, Any]:
    base = {"id": id_, "completed": dt.date(2026, 3, 1), "quantity": {"amount": amount, "unit": unit}, "approvals": ["nbcc"]}
    return base | more


def answer(rules: RuleBook, *credits_: dict[str, Any], on: dt.date = ON, **license_: Any) -> Evaluation:
    held = {"rule": "us/xx/example", "issued": dt.date(2015, 5, 1), "expires": dt.date(2027, 5, 31), "renewals": 3} | license_
    case = Case.model_validate({"licenses": [held], "credits": list(credits_)})
    (evaluation,) = evaluate(case.licenses, case.credits, rules, on).evaluations
    return evaluation


TOTAL = requirement("total", 20)
