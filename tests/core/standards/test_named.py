"""Decisions and models that a text calls by name must be in the book, and among what the course cites."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.core.standards import load_standards
from goodstanding.core.standards.named import named_faults

BOOK = load_standards(Path(__file__).parents[3] / "standards")
NO_MODEL = (
    "There is no decision model by “Nobody” in standards/decision_models.yaml. "
    "Add it there first, with its source, or say whose work is meant in other words."
)
CITED = {"zipkin_1968", "simmons_1986", "gottlieb_dual_relationships"}


def told(text: str) -> list[str]:
    return [f"{fault.line}: {fault.problem} {fault.mend}" for fault in named_faults(BOOK, text, cited=CITED)]


@pytest.mark.parametrize(
    "text",
    [
        "In *Zipkin v. Freeman*, a Missouri case of 1968, roles were mixed.",
        "In *Simmons v. United\nStates* (1986), an award was upheld.",
        "*Zipkin v. Freeman*. In 2019 much was different.",
        "A [model by Gottlieb](reference:gottlieb_dual_relationships) asks three things.",
        "The [model](reference:gottlieb_dual_relationships) of Gottlieb.",
        "The guide of Forester-Miller and Davis, and Kitchener’s model.",
        "A model of care, a model by the board, and our model.",
        "Art. 5 v. 2 of that volume",
    ],
)
def test_what_is_in_the_book_and_cited_is_not_told(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "One.\n\nIn *Doe v. Roe* it was otherwise.",
            "3: There is no decision “Doe v. Roe” in standards/cases.yaml. Add it there first, with its source.",
        ),
        (
            "In *Jaffee v. Redmond* a privilege was found.",
            "1: The text names Jaffee v. Redmond, which the course does not cite. Add `jaffee_1996` to sources.yaml.",
        ),
        (
            "*Simmons v. United States*, Court of Appeals for the Ninth Circuit, 1988.",
            "1: Simmons v. United is of 1986 in standards/cases.yaml, not of 1988. Write 1986.",
        ),
        (
            "There is a model by Nobody for this.",
            f"1: {NO_MODEL}",
        ),
        (
            "By\nNobody’s five-step model, yes.",
            f"2: {NO_MODEL}",
        ),
    ],
)
def test_each_wrong_name_is_told_with_its_line(text: str, finding: str) -> None:
    assert told(text) == [finding]
