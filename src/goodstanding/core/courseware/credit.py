"""
From text to minutes, and from minutes to some body's hours.

Instructional time is computed with the Mergener formula from the words of the learning text, the number of questions and a
difficulty rated by experts; what counts as a word is settled in ``docs/decisions/0010-credit-from-text.md``. Hours are
always rounded down: a credit that is a quarter too small costs a learner a quarter, one that is too large can cost a license.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

from goodstanding.core.courseware.markdown import plain_text
from goodstanding.core.courseware.model import Course, Section, Text
from goodstanding.core.courseware.scenario import explore
from goodstanding.core.documents import Number, Sequence, Strict

READING_SPEED = 200
"""Words a minute, for the estimates in the outline; a quiet pace for text that is thought about. Credit does not use it."""

NEEDED_RATERS = 2


class CreditBasis(Strict):
    """How the instructional minutes of one course version were worked out; stored with the version and never changed."""

    method: Literal["mergener"]
    words: int
    """All words that count: those of the sections and of the scenarios' shortest plays."""
    scenario_words: int
    """The part of `words` that stands in scenarios."""
    items: int
    """Questions in a form, not in the bank."""
    difficulty: Number
    difficulty_reason: Text
    minutes: Number
    """Rounded down to the hundredth."""
    raters: Sequence[Text] = ()
    approver: Text | None = None

    @property
    def status(self) -> Literal["provisional", "final"]:
        """Final only when two raters and an approver have signed; hours are shown as provisional until then."""
        return "final" if len(set(self.raters)) >= NEEDED_RATERS and self.approver else "provisional"


def mergener_minutes(*, words: int, questions: int, difficulty: Decimal) -> Decimal:
    """
    ``0.9 * (-22.3 + 0.00209*words + 2.78*questions + 15.5*difficulty)``, exactly, and never below 0.

    Mind the minus sign before 22.3: a widely copied page prints a plus, which its own worked example contradicts.
    """
    minutes = Decimal("0.9") * (
        Decimal("-22.3") + Decimal("0.00209") * words + Decimal("2.78") * questions + Decimal("15.5") * difficulty
    )
    return max(minutes, Decimal(0))


def count_words(markdown: str) -> int:
    """The words of a learning text as a reader sees them: without marks, addresses and ids."""
    return sum(1 for word in plain_text(markdown).split() if any(letter.isalnum() for letter in word))


def credit_basis(course: Course) -> CreditBasis:
    """The basis of `course`, without signatures and so provisional."""
    scenario_words = sum(explore(scenario).fewest_words for scenario in course.scenarios)
    words = sum(count_words(section.text) for section in course.sections) + scenario_words
    items = course.post_test.form_size
    return CreditBasis(
        method="mergener",
        words=words,
        scenario_words=scenario_words,
        items=items,
        difficulty=course.difficulty.value,
        difficulty_reason=course.difficulty.reason,
        minutes=mergener_minutes(words=words, questions=items, difficulty=course.difficulty.value).quantize(
            Decimal("0.01"), rounding=ROUND_FLOOR
        ),
    )


def computed_minutes(course: Course) -> Decimal:
    """The instructional minutes of `course` by formula."""
    return credit_basis(course).minutes


def body_hours(minutes: Decimal, *, minutes_per_hour: int = 60, increment: Decimal = Decimal("0.25")) -> Decimal:
    """
    `minutes` as hours of a body whose hour has `minutes_per_hour`, rounded down to its `increment`, never up.

    ValueError if `minutes` is negative, or the hour or the increment is not above 0.
    """
    if minutes < 0 or minutes_per_hour <= 0 or increment <= 0:
        raise ValueError("minutes must not be negative, and an hour and an increment lie above 0")
    steps = (minutes / (minutes_per_hour * increment)).to_integral_value(rounding=ROUND_FLOOR)
    return steps * increment


def reading_minutes(section: Section) -> int:
    """Minutes to show beside a section in the outline: the author's own figure, or by reading speed, rounded up."""
    if section.minutes is not None:
        return section.minutes
    return max(1, int((Decimal(count_words(section.text)) / READING_SPEED).to_integral_value(rounding=ROUND_CEILING)))
