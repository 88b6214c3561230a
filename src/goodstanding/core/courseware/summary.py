"""A course in a few lines for its authors: how much there is to read, how long it takes, which ways its scenarios have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from goodstanding.core.courseware.bodies import HoursOfBody, hours_of_bodies
from goodstanding.core.courseware.credit import CreditBasis, body_hours, count_section_words, credit_basis
from goodstanding.core.courseware.markdown import plain_text
from goodstanding.core.courseware.model import Course
from goodstanding.core.courseware.readability import PROFESSIONAL_WORDS, grade_level
from goodstanding.core.courseware.scenario import Exploration, explore


@dataclass(frozen=True)
class SectionSummary:
    """How long a section is and how hard it reads."""

    id: str
    words: int
    grade: float
    grade_beside_field: float
    """The grade with the words of the profession taken as short."""


@dataclass(frozen=True)
class ScenarioSummary:
    """A scenario's size, and everything that can happen in it."""

    id: str
    nodes: int
    found: Exploration


@dataclass(frozen=True)
class CourseSummary:
    """What :func:`summarize_course` found."""

    slug: str
    basis: CreditBasis
    hours: Decimal
    """Hours of 60 minutes in quarters, rounded down."""
    bodies: tuple[HoursOfBody, ...]
    sections: tuple[SectionSummary, ...]
    scenarios: tuple[ScenarioSummary, ...]
    bank: int
    form: int
    pretest: int

    @property
    def lines(self) -> tuple[str, ...]:
        """The summary for a terminal."""
        return tuple(_lines(self))


def summarize_course(course: Course) -> CourseSummary:
    """The sizes of `course`, for a course whose plays all end, as the loader makes sure."""
    basis = credit_basis(course)
    return CourseSummary(
        slug=course.slug,
        basis=basis,
        hours=body_hours(basis.minutes),
        bodies=hours_of_bodies(course, basis.minutes),
        sections=tuple(
            SectionSummary(
                section.id,
                count_section_words(section),
                grade_level(plain_text(section.text)),
                grade_level(plain_text(section.text), ordinary=PROFESSIONAL_WORDS),
            )
            for section in course.sections
        ),
        scenarios=tuple(ScenarioSummary(scenario.id, len(scenario.nodes), explore(scenario)) for scenario in course.scenarios),
        bank=len(course.post_test.items),
        form=course.post_test.form_size,
        pretest=len(course.pretest.items) if course.pretest else 0,
    )


def _lines(summary: CourseSummary) -> Iterator[str]:
    basis = summary.basis
    yield (
        f"{summary.slug}: {basis.words:,} words that count ({basis.scenario_words:,} in scenarios), {basis.items} items, "
        f"difficulty {basis.difficulty}: {basis.minutes} minutes, {summary.hours} {basis.status} hours"
    )
    for body in summary.bodies:
        yield f"  {body.body}: {body.hours} {basis.status} hours of {body.minutes_per_hour} minutes, in steps of {body.increment}"
    for section in summary.sections:
        yield (
            f"  section {section.id}: {section.words:,} words, grade {section.grade:.1f} "
            f"({section.grade_beside_field:.1f} without the words of the field)"
        )
    for scenario in summary.scenarios:
        found = scenario.found
        yield (
            f"  scenario {scenario.id}: {scenario.nodes} nodes, {found.plays:,} ways through, "
            f"{_between(len(found.shortest), len(found.longest))} scenes, {_between(found.fewest_choices, found.most_choices)} "
            f"choices, {_between(found.fewest_words, found.most_words)} words, "
            f"{_between(-(-found.fewest_seconds // 60), -(-found.most_seconds // 60))} minutes"
        )
        yield f"    shortest: {' > '.join(found.shortest)}"
        yield f"    longest: {' > '.join(found.longest)}"
    pretest = f", pretest of {summary.pretest}" if summary.pretest else ""
    yield f"  post-test: {summary.form} of {summary.bank} items{pretest}"


def _between(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
