"""
From text to minutes, and from minutes to some body's hours.

Instructional time is computed with the Mergener formula from the words of the learning text, the number of questions and a
difficulty rated by experts; what counts as a word is settled in ``docs/decisions/0010-credit-from-text.md``. Hours are
always rounded down: a credit that is a quarter too small costs a learner a quarter, one that is too large can cost a license.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

from goodstanding.core.courseware.markdown import count_words
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


class DifficultyRating(Strict):
    """One named person's rating of a version's difficulty, with the reason written down."""

    rater: Text
    value: Number
    reason: Text


def signed_basis(basis: CreditBasis, *, ratings: Iterable[DifficultyRating], approver: str | None) -> CreditBasis:
    """
    `basis` as raters and an approver have signed it; it stays provisional until there are two different raters and both
    signatures.

    Where the ratings differ, the lowest holds: one step of difficulty is worth almost fourteen minutes, and credit that is too
    large can cost a license. The minutes follow from it. No rating changes what was computed before it was given.
    """
    given = tuple(ratings)
    if not given:
        return basis.model_copy(update={"approver": approver})
    lowest = min(given, key=lambda rating: rating.value)
    minutes = mergener_minutes(words=basis.words, questions=basis.items, difficulty=lowest.value)
    return basis.model_copy(
        update={
            "difficulty": lowest.value,
            "difficulty_reason": lowest.reason,
            "minutes": minutes.quantize(Decimal("0.01"), rounding=ROUND_FLOOR),
            "raters": tuple(rating.rater for rating in given),
            "approver": approver,
        }
    )


def mergener_minutes(*, words: int, questions: int, difficulty: Decimal) -> Decimal:
    """
    ``0.9 * (-22.3 + 0.00209*words + 2.78*questions + 15.5*difficulty)``, exactly, and never below 0.

    Mind the minus sign before 22.3: a widely copied page prints a plus, which its own worked example contradicts.
    """
    minutes = Decimal("0.9") * (
        Decimal("-22.3") + Decimal("0.00209") * words + Decimal("2.78") * questions + Decimal("15.5") * difficulty
    )
    return max(minutes, Decimal(0))


def count_section_words(section: Section) -> int:
    """The words of a section that count: its text, and nothing of its front matter."""
    return count_words(section.text)


def credit_basis(course: Course) -> CreditBasis:
    """The basis of `course`, without signatures and so provisional."""
    scenario_words = sum(explore(scenario).fewest_words for scenario in course.scenarios)
    words = sum(map(count_section_words, course.sections)) + scenario_words
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
    return max(1, int((Decimal(count_section_words(section)) / READING_SPEED).to_integral_value(rounding=ROUND_CEILING)))
