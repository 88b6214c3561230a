"""
The pretest: what a learner can do before the course, to be set beside what the learner can do after it.

It is never graded toward anything and gives no feedback until the course is over. Its items stand in a file of their own,
so that no draw from the bank can repeat one; an objective is asked about before and after in different scenes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from goodstanding.core.courseware.model import Identifier, Mark, Pretest
from goodstanding.core.courseware.post_test import (
    Form,
    ItemReview,
    ObjectiveResult,
    check_answers,
    per_objective,
    reviews_of,
    shuffled_question,
)
from goodstanding.core.documents import Strict


class ObjectiveGain(Strict):
    """One objective before and after the course; counts, because a share of one or two questions says nothing."""

    objective: Identifier
    correct_before: int
    asked_before: int
    correct_after: int
    asked_after: int


def pretest_form(pretest: Pretest, *, seed: str) -> Form:
    """All items of the pretest in their order, with their options shuffled by `seed`."""
    return Form(questions=tuple(shuffled_question(item, seed=seed) for item in pretest.items))


def pretest_results(pretest: Pretest, form: Form, answers: Mapping[str, str]) -> tuple[ObjectiveResult, ...]:
    """What was answered rightly per objective; AnswerError if an answer does not belong to the form."""
    check_answers(pretest, form, answers)
    return per_objective(pretest, form, answers)


def pretest_review(pretest: Pretest, form: Form, answers: Mapping[str, str], *, course_finished: bool) -> tuple[ItemReview, ...]:
    """The questions with keys and reasons; empty until the course is finished, for feedback would teach to the post-test."""
    check_answers(pretest, form, answers)
    return reviews_of(pretest, form, answers) if course_finished else ()


def spotted(pretest: Pretest, marks: Iterable[str]) -> tuple[tuple[Mark, bool], ...]:
    """Everything there was to notice in the pretest's scene, and whether it was marked; marks it does not have are passed over."""
    if pretest.spotting is None:
        return ()
    chosen = set(marks)
    return tuple((mark, mark.mark_id in chosen) for mark in pretest.spotting.marks)


def gains(before: Iterable[ObjectiveResult], after: Iterable[ObjectiveResult]) -> tuple[ObjectiveGain, ...]:
    """Each objective that was asked about before or after, in the order in which it came up."""
    first = {result.objective: result for result in before}
    then = {result.objective: result for result in after}
    return tuple(
        ObjectiveGain(
            objective=objective,
            correct_before=first[objective].correct if objective in first else 0,
            asked_before=first[objective].asked if objective in first else 0,
            correct_after=then[objective].correct if objective in then else 0,
            asked_after=then[objective].asked if objective in then else 0,
        )
        for objective in dict.fromkeys((*first, *then))
    )
