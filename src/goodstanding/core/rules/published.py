"""Rules as data for others: the shapes that the command line, the downloads and the API give, the same everywhere."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

from goodstanding.core.rules.load import Rule, RuleBook
from goodstanding.core.rules.model import Cap, Requirement
from goodstanding.core.rules.outcome import show_number
from goodstanding.core.rules.wording import describe

__all__ = ["chosen", "rule_in_words", "rule_to_json", "rules_to_csv", "summaries"]

COLUMNS = (
    "rule", "rule_version", "jurisdiction", "professions", "license_types", "board", "confidence", "checked_on", "months",
    "part", "id", "kind", "hours", "share_of_total", "frequency", "in_force_from", "in_force_to", "in_force_by", "part_confidence",
    "in_words", "sources", "license",
)  # fmt: skip


def summaries(book: RuleBook) -> list[dict[str, Any]]:
    """One entry for each rule and profession."""
    return [
        {
            "id": rule_id,
            "jurisdiction": rule.file.jurisdiction,
            "profession": profession,
            "license_types": list(rule.file.license_types),
            "confidence": rule.file.confidence,
            "title": rule.file.title,
            "board": rule.file.board.name,
            "checked_on": rule.file.checked_on.isoformat(),
            "rule_version": rule.version,
        }
        for rule_id, rule in book.rules.items()
        for profession in rule.file.professions
    ]


def chosen(rule: Rule, *, on: dt.date | None) -> list[Requirement]:
    """The versions to show. A day is compared with each part's own dates, as if a period began and ended on it."""
    return [one for one in rule.file.requirements if on is None or rule.file.in_force_of(one).covers(on)]


def rule_to_json(rule: Rule, *, on: dt.date | None = None) -> dict[str, Any]:
    """A whole rule file as plain JSON data, hours as numbers; with `on`, only the requirements in force that day."""
    data = rule.file.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"requirements"})
    data["rule_version"] = rule.version
    data["requirements"] = [
        {
            **one.model_dump(mode="json", by_alias=True, exclude_none=True),
            "in_force": rule.file.in_force_of(one).model_dump(mode="json", by_alias=True, exclude_none=True),
        }
        for one in chosen(rule, on=on)
    ]
    return {key: _numbers(value) for key, value in data.items()}


def rule_in_words(rule: Rule, book: RuleBook, *, on: dt.date) -> list[dict[str, Any]]:
    """Every part of a rule in plain words, as its page shows it."""
    return [
        {
            "id": one.id,
            "label": one.label,
            "text": " ".join((one.text, *one.details, one.dates)).strip(),
            "in_force": one.in_force,
        }
        for one in describe(rule, book, on=on).clauses
    ]


def rules_to_csv(book: RuleBook, *, on: dt.date, license_: str) -> str:
    """
    All requirements and caps of all rules, a line each, with the columns of `COLUMNS`; lists are joined by a semicolon.

    Each line says under which `license_` it may be used, for lines are copied out of tables.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for rule_id in book:
        rule = book[rule_id]
        file = rule.file
        said = describe(rule, book, on=on)
        whole = {
            "rule": rule_id,
            "rule_version": rule.version,
            "jurisdiction": file.jurisdiction,
            "professions": "; ".join(file.professions),
            "license_types": "; ".join(file.license_types),
            "board": file.board.name,
            "confidence": file.confidence,
            "checked_on": file.checked_on.isoformat(),
            "months": file.cycle.months,
        }
        parts: list[Requirement | Cap] = [*file.requirements, *file.caps]
        for part, clause in zip(parts, (*said.requirements, *said.caps), strict=True):
            dates = file.in_force_of(part)
            writer.writerow(
                {key: _harmless(str(value)) for key, value in whole.items()}
                | {
                    "part": "requirement" if isinstance(part, Requirement) else "cap",
                    "id": part.id,
                    "kind": part.kind if isinstance(part, Requirement) else "",
                    "hours": "" if part.hours is None else show_number(part.hours),
                    "share_of_total": "" if part.share_of_total is None else str(part.share_of_total),
                    "frequency": part.frequency if isinstance(part, Requirement) else "",
                    "in_force_from": dates.from_ or "",
                    "in_force_to": dates.to or "",
                    "in_force_by": dates.by,
                    "part_confidence": part.confidence,
                    "in_words": _harmless(" ".join((clause.text, *clause.details))),
                    "license": license_,
                    "sources": "; ".join(filter(None, (file.sources[source].url for source in part.sources))),
                }
            )
    return out.getvalue()


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def _numbers(value: Any) -> Any:
    """Hours as JSON numbers: the schema writes exact decimals as text."""
    if isinstance(value, dict):
        return {key: _hours(item) if key in ("hours", "round_down_to") else _numbers(item) for key, item in value.items()}
    return [_numbers(item) for item in value] if isinstance(value, list) else value


def _hours(value: Any) -> Any:
    if not isinstance(value, str):
        return _numbers(value)
    number = float(value)
    return int(number) if number.is_integer() else number
