"""
The signatures that make provisional hours final: who may give them, and the words that are signed.

Two raters and an approver, three different people, none of them an author. The approval bodies' handbooks ask for an *expert*
rating and leave open who approves; because one step of difficulty is worth almost fourteen minutes, nobody signs twice here,
and nobody signs for a text of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from goodstanding.core.courseware.bodies import HoursOfBody, hours_of_bodies
from goodstanding.core.courseware.credit import CreditBasis, DifficultyRating, body_hours, signed_basis
from goodstanding.core.courseware.model import Course

RATING_STEPS: tuple[Decimal, ...] = tuple(Decimal(step) / 2 for step in range(2, 11))
"""1 (very easy) to 5 (very difficult) in halves: the published examples of the formula use halves."""

_NOT_NAME = re.compile(r"[\W_]+")
_TITLES = {"dr", "prof", "mr", "mrs", "ms", "mx"}


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A real person who signs, with what entitles them to."""

    name: str
    credentials: str
    discipline: str

    @property
    def line(self) -> str:
        """As it is shown: name and credentials."""
        return f"{self.name}, {self.credentials}"


@dataclass(frozen=True)
class Figures:
    """What a basis comes to: minutes, hours of 60 minutes in quarters, and the hours of each body of the course."""

    difficulty: Decimal
    minutes: Decimal
    hours: Decimal
    bodies: tuple[HoursOfBody, ...]


def name_key(name: str) -> str:
    """What two spellings of one name have in common: no case, accents, punctuation or form of address."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(c))
    words = [word for word in _NOT_NAME.split(plain) if word and word not in _TITLES]
    return " ".join(words)


def is_author(course: Course, name: str) -> bool:
    """Whether `name` stands among the authors of `course`."""
    return name_key(name) in {name_key(author) for author in course.authors}


def figures_of(course: Course, basis: CreditBasis) -> Figures:
    """The minutes of `basis` as hours, each rounded down."""
    return Figures(basis.difficulty, basis.minutes, body_hours(basis.minutes), hours_of_bodies(course, basis.minutes))


def figures_by_difficulty(course: Course, basis: CreditBasis) -> tuple[Figures, ...]:
    """What every rating that can be given would come to, from the easiest on."""
    return tuple(figures_at(course, basis, step) for step in RATING_STEPS)


def figures_at(course: Course, basis: CreditBasis, difficulty: Decimal) -> Figures:
    """What `basis` would come to if `difficulty` were the lowest rating."""
    rating = DifficultyRating(rater="-", value=difficulty, reason="-")
    return figures_of(course, signed_basis(basis, ratings=[rating], approver=None))


def rating_statement(*, course: Course, number: int, content_hash: str, signer: Signer, difficulty: Decimal) -> str:
    """The words that a rater signs."""
    return (
        f"I have read version {number} of “{course.title}” (content {content_hash}). I rate its difficulty {_plain(difficulty)} on a scale "
        f"from 1 (very easy) to 5 (very difficult), by my own judgment and for the reason given. I have no part in writing it. "
        f"Signed: {signer.line} ({signer.discipline})."
    )


def approval_statement(
    *,
    course: Course,
    number: int,
    content_hash: str,
    signer: Signer,
    basis: CreditBasis,
    ratings: Iterable[tuple[Signer, Decimal]],
) -> str:
    """The words that an approver signs: every figure that the minutes come from, and the hours that follow."""
    figures = figures_of(course, basis)
    rated = " and ".join(f"{rater.line} ({_plain(value)})" for rater, value in ratings)
    hours = "; ".join(
        [
            f"hours of 60 minutes in steps of 0.25: {_plain(figures.hours)}",
            *(
                f"{one.body}, hours of {one.minutes_per_hour} minutes in steps of {_plain(one.increment)}: {_plain(one.hours)}"
                for one in figures.bodies
            ),
        ]
    )
    return (
        f"I approve {basis.minutes:f} instructional minutes for version {number} of “{course.title}” (content {content_hash}), by the "
        f"Mergener formula from {basis.words} words, {basis.items} questions and a difficulty of {_plain(basis.difficulty)}, the lowest "
        f"rating of {rated}. In {hours}; each rounded down. I did not rate it and have no part in writing it. "
        f"Signed: {signer.line} ({signer.discipline})."
    )


def _plain(value: Decimal) -> str:
    """A figure without needless zeros, the same however it was stored."""
    return f"{value.normalize():f}"


__all__ = [
    "RATING_STEPS",
    "Figures",
    "Signer",
    "approval_statement",
    "figures_at",
    "figures_by_difficulty",
    "figures_of",
    "is_author",
    "name_key",
    "rating_statement",
]
