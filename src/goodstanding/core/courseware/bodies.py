"""
What the approval bodies of a course ask, taken together.

A form, an evaluation and a lock serve every body at once, so the strictest number of any of them holds. Hours are the
exception: each body counts its own.

What a course says of a body claims no approval by it. What learners meet is asked with the bodies whose approval is in force
on the day; a body that is only written down changes nothing for them. An author's checks ask with all of them, so that a
course is ready for an approval before it comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from goodstanding.core.courseware.credit import body_hours
from goodstanding.core.courseware.model import ApprovalBody, Course, EvaluationQuestion
from goodstanding.core.documents import Number, Strict


@dataclass(frozen=True)
class PostTestPolicy:
    """When a form is passed, and how many attempts there are. ``attempts_in_all`` is None where no body limits them."""

    pass_percent: int
    attempts_before_restudy: int
    attempts_in_all: int | None


@dataclass(frozen=True)
class EvaluationForm:
    """Everything that is asked about a course: one rating per objective, the sponsor's questions, those of the bodies."""

    notes: tuple[str, ...]
    """Sentences that bodies want on the form."""
    scale: tuple[str, ...]
    questions: tuple[EvaluationQuestion, ...]


class HoursOfBody(Strict):
    """The hours of one body for the same minutes, and how long its hour is."""

    body: str
    minutes_per_hour: int
    increment: Number
    hours: Number


def bodies_of(course: Course, bodies: Iterable[str] | None = None) -> tuple[ApprovalBody, ...]:
    """The bodies that `course` is set up for; with `bodies`, only those (the codes of approvals in force, for instance)."""
    wanted = None if bodies is None else set(bodies)
    return tuple(body for body in course.approval_bodies if wanted is None or body.body in wanted)


def post_test_policy(course: Course, bodies: Iterable[str] | None = None) -> PostTestPolicy:
    """The strictest of what the post-test itself says and what the bodies ask."""
    test, asked = course.post_test, bodies_of(course, bodies)
    limits = [body.attempts_in_all for body in asked if body.attempts_in_all is not None]
    return PostTestPolicy(
        pass_percent=max([test.pass_percent, *(body.pass_percent for body in asked if body.pass_percent is not None)]),
        attempts_before_restudy=min(
            [
                test.attempts_before_restudy,
                *(body.attempts_before_restudy for body in asked if body.attempts_before_restudy is not None),
            ]
        ),
        attempts_in_all=min(limits) if limits else None,
    )


def evaluation_form(course: Course, bodies: Iterable[str] | None = None) -> EvaluationForm:
    """The whole evaluation form, with what the bodies add."""
    asked = bodies_of(course, bodies)
    return EvaluationForm(
        notes=tuple(dict.fromkeys(body.evaluation_note for body in asked if body.evaluation_note is not None)),
        scale=course.evaluation.scale,
        questions=(*course.evaluation_questions, *(question for body in asked for question in body.evaluation_questions)),
    )


def hours_of_bodies(course: Course, minutes: Decimal, bodies: Iterable[str] | None = None) -> tuple[HoursOfBody, ...]:
    """`minutes` as the hours of each body, each rounded down to its own step."""
    return tuple(
        HoursOfBody(
            body=body.body,
            minutes_per_hour=body.minutes_per_hour,
            increment=body.increment,
            hours=body_hours(minutes, minutes_per_hour=body.minutes_per_hour, increment=body.increment),
        )
        for body in bodies_of(course, bodies)
    )


def items_needed(body: ApprovalBody, minutes: Decimal) -> int:
    """How many items `body` wants a form to hold for so many minutes; 0 if it does not say."""
    if body.items_per_hour is None:
        return 0
    hours = body_hours(minutes, minutes_per_hour=body.minutes_per_hour, increment=body.increment)
    return int((hours * body.items_per_hour).to_integral_value(rounding=ROUND_CEILING))
