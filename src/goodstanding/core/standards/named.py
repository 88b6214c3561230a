"""
Decisions and models that a text calls by name, compared with ``standards/``.

A course about ethics must not name a court decision that nobody can look up, nor give it another year. So whatever reads
like “Zipkin v. Freeman” or “a model by Gottlieb” has to be in the book, and among what the course cites.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from goodstanding.core.standards.load import StandardsBook

_DECISION = re.compile(r"\b([A-Z][\w’'-]+)\*? v\. \*?([A-Z][\w’'-]+)")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_SENTENCE_END = re.compile(r"[.?!][*”)]*\s+(?=[A-Z*“])")
_YEAR_WITHIN = 160
"""Characters after a decision's name in which its year stands, if it stands there at all."""
_MODEL = re.compile(
    r"\b(?:[Mm]odel|[Gg]uide)s?\]?(?:\([^)]*\))? (?:by|of) (?!the\b)([A-Z][\w’'-]+)"
    r"|\b([A-Z][\w-]+)[’']s? (?:[a-z-]+ ){0,2}model\b"
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class NamedFault:
    """What is wrong with a name, on which line of the text, and how to mend it."""

    line: int
    problem: str
    mend: str


def named_faults(book: StandardsBook, text: str, *, cited: Collection[str]) -> Iterator[NamedFault]:
    """Decisions and models of decision making in `text` that `book` does not hold, or that are not among the ids `cited`."""
    flat = text.replace("\n", " ")
    cases = {pair: case_id for case_id, case in book.cases.items() for pair in _parties(case.citation)}
    for match in _DECISION.finditer(flat):
        line = text.count("\n", 0, match.start()) + 1
        name = f"{match[1]} v. {match[2]}"
        case_id = cases.get(_party_pair(match))
        if case_id is None:
            yield NamedFault(
                line, f"There is no decision “{name}” in standards/cases.yaml.", "Add it there first, with its source."
            )
            continue
        yield from _uncited(line, name, case_id, cited)
        yield from _year(book, flat[match.end() :], line, name, case_id)
    known = {
        word.casefold() for model in book.decision_models.values() for author in model.authors for word in _WORD.findall(author)
    }
    for match in _MODEL.finditer(flat):
        name = match[1] or match[2]
        if not known.intersection(word.casefold() for word in _WORD.findall(name)):
            yield NamedFault(
                text.count("\n", 0, match.start()) + 1,
                f"There is no decision model by “{name}” in standards/decision_models.yaml.",
                "Add it there first, with its source, or say whose work is meant in other words.",
            )


def _parties(citation: str) -> Iterator[tuple[str, str]]:
    for match in _DECISION.finditer(citation):
        yield _party_pair(match)


def _party_pair(match: re.Match[str]) -> tuple[str, str]:
    return match[1].casefold(), match[2].casefold()


def _uncited(line: int, name: str, case_id: str, cited: Collection[str]) -> Iterator[NamedFault]:
    if case_id not in cited:
        yield NamedFault(line, f"The text names {name}, which the course does not cite.", f"Add `{case_id}` to sources.yaml.")


def _year(book: StandardsBook, after: str, line: int, name: str, case_id: str) -> Iterator[NamedFault]:
    known = book.cases[case_id].year
    sentence = _SENTENCE_END.split(after[:_YEAR_WITHIN])[0]
    year = _YEAR.search(sentence)
    if known is not None and year is not None and int(year[1]) != known:
        yield NamedFault(line, f"{name} is of {known} in standards/cases.yaml, not of {year[1]}.", f"Write {known}.")
