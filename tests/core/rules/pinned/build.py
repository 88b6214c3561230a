"""Short words for rules, licenses and entries of pinned cases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.core.rules.example import requirement

Case = tuple[str, list[dict[str, Any]], list[dict[str, Any]], str | None]
Cases = dict[str, Case]


def need(id_: str, hours: float | None = None, **more: Any) -> dict[str, Any]:
    """A requirement; about the topic of its name unless `topics` or `which` say otherwise."""
    found = requirement(id_, **more)
    if hours is not None:
        found["hours"] = Decimal(str(hours))
    return found


def cap(id_: str, hours: float | None, which: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"id": id_, "label": id_, "says": f"{id_}.", "confidence": "primary", "sources": ["law"]}
    if hours is not None:
        found["hours"] = Decimal(str(hours))
    if which is not None:
        found["which"] = which
    return found | more


def question(id_: str, *readings: dict[str, Any]) -> dict[str, Any]:
    """An open question whose readings are named a, b, c and so on."""
    named = [{"id": f"{id_}_{'abcdefgh'[number]}", "says": "So.", **one} for number, one in enumerate(readings)]
    return {"id": id_, "text": f"Which {id_}?", "readings": named}


def variant(when: dict[str, Any], **amount: Any) -> dict[str, Any]:
    return {"when": when, "says": "Another amount.", "sources": ["law"], **amount}


def prorated(hours: int, for_months: int, **more: Any) -> dict[str, Any]:
    return variant({"renewals": True, "is": 0}, proration={"hours": hours, "for_months": for_months, **more})


def h(amount: float, *topics: str, unit: Any = "hour", **more: Any) -> dict[str, Any]:
    """An entry of so much, all of it about these topics."""
    value = Decimal(str(amount))
    parts = {"parts": [{"amount": value, "topics": list(topics)}]} if topics else {}
    return {"quantity": {"amount": value, "unit": unit}, **parts, **more}


def split(unit: str, *parts: tuple[float, str | None], **more: Any) -> dict[str, Any]:
    """An entry of several parts, each about one topic or none."""
    amounts = [Decimal(str(amount)) for amount, _ in parts]
    named = [
        {"amount": amount, "topics": [topic] if topic else []} for amount, (_, topic) in zip(amounts, parts, strict=True) if topic
    ]
    return {"quantity": {"amount": sum(amounts), "unit": unit}, "parts": named, **more}


def one(rule: str, *entries: dict[str, Any], on: Any = None, **license_: Any) -> Case:
    """A case with one license."""
    return rule, [license_], list(entries), on
