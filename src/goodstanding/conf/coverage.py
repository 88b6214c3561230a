"""
Writes docs/coverage.md: ``python -m goodstanding.conf.coverage``, which ``make reference`` calls.

The tables come from the rule files. What stands below the line that says so is written by hand and stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from goodstanding.conf.content import content_root
from goodstanding.core.rules.load import RuleBook, load_rules
from goodstanding.core.rules.overview import Coverage, coverage_of

__all__ = ["BY_HAND", "coverage_text"]

BY_HAND = "<!-- What follows is written by hand. -->"
_PROFESSIONS = {"counselor": "Counselors", "psychologist": "Psychologists", "social_worker": "Social workers", "mft": "Marriage and family therapists"}  # fmt: skip
_FILE = Path("docs/coverage.md")


def coverage_text(book: RuleBook, *, before: str) -> str:
    """The whole document for the rules of `book`, with what was written by hand in the document as it was `before`."""
    rows = coverage_of(book)
    _, _, by_hand = before.partition(BY_HAND)
    confidence = {word: sum(row.confidence == word for row in rows) for word in ("primary", "secondary", "vendor", "conflicting")}
    lines = [
        "# What the rules cover",
        "",
        (
            f"{len(rows)} rules of {len({row.jurisdiction for row in rows})} jurisdictions. {confidence['primary']} rest on statutes, rules and boards alone "
            f"(`primary`), {confidence['secondary'] + confidence['vendor']} in some figure on an association or a vendor, and for {confidence['conflicting']} current sources "
            f"disagree. {sum(row.open_questions for row in rows)} questions are open, and {sum(row.unsettled for row in rows)} duties are unsettled: "
            "what they ask, or whether they exist, was not found. Nothing of this is taken for zero: an answer that depends on it is Unknown."
        ),
        "",
        "`goodstanding check rules --stale 180` lists the rules whose sources were last read more than 180 days ago. This page is written by `make reference`.",
        *(line for profession in _PROFESSIONS for line in _table(profession, rows)),
        "",
        BY_HAND,
    ]
    return "\n".join(lines) + (by_hand or "\n")


def _table(profession: str, rows: Iterable[Coverage]) -> Iterable[str]:
    yield from (
        "",
        f"## {_PROFESSIONS[profession]}",
        "",
        "| Rule | License | Confidence | Open questions | Unsettled | Sources read |",
        "| --- | --- | --- | --- | --- | --- |",
    )
    for row in rows:
        if profession in row.professions:
            yield (
                f"| `{row.rule}` | {row.title} | {row.confidence} | {row.open_questions} | {row.unsettled} | {row.checked_on.isoformat()} |"
            )


def main() -> None:
    before = _FILE.read_text(encoding="utf-8") if _FILE.exists() else ""
    _FILE.write_text(coverage_text(load_rules(content_root() / "rules"), before=before), encoding="utf-8")


if __name__ == "__main__":
    main()
