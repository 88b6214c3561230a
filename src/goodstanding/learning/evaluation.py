"""Checking the answers to a course's evaluation form. Pure; the questions and their kinds are the course's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from goodstanding.learning.errors import EvaluationAnswersError

if TYPE_CHECKING:
    from goodstanding.core.courseware import EvaluationForm, EvaluationQuestion

__all__ = ["LONGEST_TEXT", "clean_evaluation"]

LONGEST_TEXT = 2000
_LONGEST_MINUTES = 6000

Answer = int | bool | str


def clean_evaluation(form: EvaluationForm, given: Mapping[str, str]) -> dict[str, Answer]:
    """
    The answers as they are stored: a rating as its step from 1, yes or no as a boolean, minutes as a whole number, text.

    Optional questions without an answer are left out. Raises EvaluationAnswersError with one problem per question.
    """
    answers: dict[str, Answer] = {}
    problems: dict[str, str] = {}
    for question in form.questions:
        text = given.get(question.id, "").strip()
        if not text:
            if question.required:
                problems[question.id] = (
                    "Choose an answer." if question.kind in ("rating", "yes_no", "choice") else "Write an answer."
                )
            continue
        try:
            answers[question.id] = _clean(form, question, text)
        except ValueError as error:
            problems[question.id] = str(error)
    if problems:
        raise EvaluationAnswersError(problems)
    return answers


def _clean(form: EvaluationForm, question: EvaluationQuestion, text: str) -> Answer:
    if question.kind == "rating":
        if text not in {str(step) for step in range(1, len(form.scale) + 1)}:
            raise ValueError("Choose one of the steps shown.")
        return int(text)
    if question.kind == "yes_no":
        if text not in ("yes", "no"):
            raise ValueError("Choose yes or no.")
        return text == "yes"
    if question.kind == "choice":
        if text not in question.options:
            raise ValueError("Choose one of the answers shown.")
        return text
    if question.kind == "minutes":
        if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= _LONGEST_MINUTES:
            raise ValueError("Write the minutes as a whole number, for example 45.")
        return int(text)
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"This is {len(text)} characters long; there is room for {LONGEST_TEXT}.")
    return text
