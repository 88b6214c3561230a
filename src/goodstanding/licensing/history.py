"""The history of a license, told to its holder."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from goodstanding.licensing.models import License, LicenseStatus
from goodstanding.licensing.rulebook import rulebook
from goodstanding.licensing.selectors import questions_of, requirements_of

__all__ = ["HistoryEntry", "list_history"]

_FIELDS = {
    "number": "Number",
    "issued": "Issued on",
    "renewals": "Renewals completed",
    "status": "Status",
    "period_start": "Start of the period",
    "period_end": "Expires on",
}

_ORDER = (
    "added",
    "renewed",
    "renewal_undone",
    "removed",
    "restored",
    *_FIELDS,
    "answer",
    "question",
    "kept",
    "carried",
    "waived",
    "note",
)


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """What was done at one moment, in sentences."""

    at: dt.datetime
    lines: tuple[str, ...]


def list_history(license_: License) -> tuple[HistoryEntry, ...]:
    """Everything that happened to the license, newest first."""
    questions = {name: fact.question for name, fact in questions_of(license_).items()}
    settled = _open_questions(license_)
    requirements = {one.id: one.name for one in requirements_of(license_)}
    return tuple(
        HistoryEntry(
            at=change.at,
            lines=tuple(
                _line(name, before, after, questions, settled, requirements)
                for name, (before, after) in sorted(change.changes.items(), key=lambda item: _place(item[0]))
            ),
        )
        for change in license_.changes.all()
    )


def _place(name: str) -> tuple[int, str]:
    """Where a line stands among those of its moment; PostgreSQL does not keep the order in which they were written."""
    kind = name.partition(":")[0]
    return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), name)


def _open_questions(license_: License) -> dict[str, str]:
    """What its rule leaves open, as the rule words it today."""
    book = rulebook()
    if license_.rule not in book:
        return {}
    return {"carried_in": "whether hours carried in count", **book[license_.rule].file.settleable()}


def _line(
    name: str,
    before: Any,
    after: Any,
    questions: dict[str, str],
    settled: dict[str, str],
    requirements: dict[str, str],
) -> str:
    kind, _, rest = name.partition(":")
    if kind == "added":
        return f"Added, with a period that ends on {_shown(after)}."
    if kind == "renewed":
        return f"Renewed: the next period ends on {_shown(after)}."
    if kind == "renewal_undone":
        return f"Renewal taken back: the period ends on {_shown(after)} again."
    if kind == "removed":
        return "Taken off the list."
    if kind == "restored":
        return "Put back on the list."
    if kind == "answer":
        return f"{questions.get(rest, rest)} {_shown(before)} → {_shown(after)}"
    if kind == "question":
        told = "Settled with the board" if after else "Opened again"
        return f"{told}: {settled.get(rest, 'a question about one credit')}"
    if kind == "kept":
        return "Kept as settled after the credit was corrected: a question about one credit"
    if kind in ("carried", "waived", "note"):
        return _of_period(kind, rest, before, after, requirements)
    return f"{_FIELDS.get(name, name)}: {_shown(before)} → {_shown(after)}"


def _of_period(kind: str, rest: str, before: Any, after: Any, requirements: dict[str, str]) -> str:
    """What was recorded for one period: hours carried in, a waiver, or the note that came with them."""
    end, _, requirement = rest.partition(":")
    name = requirements.get(requirement, requirement.replace("_", " "))
    period = f"the period until {_shown(end)}"
    if kind == "note":
        return f"Note on {period}: “{after}”"
    if kind == "waived":
        return f"{'Waived' if after else 'No longer waived'} for {period}: {name}"
    return f"Hours carried into {period}, {name}: {before or 'none'} → {after or 'none'}"


def _shown(value: Any) -> str:
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str):
        if value in LicenseStatus.values:
            return str(LicenseStatus(value).label)
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            return value.replace("_", " ") if value.islower() else value
        return f"{day.day} {day:%B} {day.year}"
    return str(value)
