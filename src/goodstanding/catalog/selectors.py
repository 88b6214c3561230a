"""Reading the catalog: what is offered, what a version holds, which approvals are in force."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import CharField, DateField, QuerySet

from goodstanding.catalog.basis_state import BasisState, basis_state
from goodstanding.catalog.errors import ApprovalNotFoundError, CourseNotFoundError
from goodstanding.catalog.models import Approval, BasisSignature, Course, CourseVersion, Sponsor
from goodstanding.core import courseware
from goodstanding.prepared import Given, Prepared, columns_of, read_along

if TYPE_CHECKING:
    from goodstanding.core.courseware import CreditBasis

__all__ = [
    "FORMATS",
    "OutlineStep",
    "PublishedCourse",
    "access_approval",
    "approvals_on",
    "basis_of",
    "course_of",
    "get_course",
    "get_sponsor",
    "get_version",
    "hours_are_provisional",
    "list_approvals",
    "list_basis_states",
    "list_courses",
    "list_versions",
    "offered_courses",
    "outline_of",
]

FORMATS: tuple[tuple[str, str], ...] = (
    ("live_in_person", "Live, in person"),
    ("live_online", "Live, online"),
    ("asynchronous", "Self-paced, online"),
    ("hybrid", "Part live, part self-paced"),
)
"""The ways in which a course can be given, as stored and as read; approvals are granted per format."""

_KEPT_COURSES = 200


@dataclass(frozen=True)
class OutlineStep:
    """A section to read or a scenario to play, with the minutes it is likely to take."""

    kind: Literal["section", "scenario"]
    id: str
    title: str
    minutes: int


@dataclass(frozen=True)
class _Kept:
    course: courseware.Course
    outline: tuple[OutlineStep, ...]


_courses: OrderedDict[str, _Kept] = OrderedDict()


@dataclass(frozen=True)
class PublishedCourse:
    """A course as it is offered now: its current version, what that holds, and how its minutes were worked out."""

    version: CourseVersion
    content: courseware.Course
    basis: CreditBasis
    withdrawn_at: dt.datetime | None

    @property
    def slug(self) -> str:
        return self.content.slug

    @property
    def made_of(self) -> Hashable:
        """What distinguishes it from every other, and from itself after anything was published, signed or withdrawn."""
        return columns_of(self.version), self.basis, self.withdrawn_at

    @property
    def offered(self) -> bool:
        """Whether new learners may start it."""
        return self.withdrawn_at is None

    @property
    def minutes(self) -> int:
        """Instructional minutes as they are certified: whole ones, rounded down."""
        return int(self.basis.minutes)

    @property
    def hours(self) -> Decimal:
        """The minutes as hours of 60 minutes, in quarters, rounded down; a board may count another hour."""
        return courseware.body_hours(self.basis.minutes)

    @property
    def provisional(self) -> bool:
        return self.basis.status != "final"

    @property
    def outline(self) -> tuple[OutlineStep, ...]:
        return outline_of(self.version)


def offered_courses() -> tuple[PublishedCourse, ...]:
    """Every course that may be started now, by title."""
    return tuple(course for course in list_courses() if course.offered)


def list_courses() -> tuple[PublishedCourse, ...]:
    """Every published course, also those withdrawn, by title. For staff."""
    rows = _PUBLISHED.ask().objects()
    _with_signatures(rows, _SIGNATURES.ask().objects())
    return tuple(sorted((_published_course(row) for row in rows), key=lambda course: course.content.title.casefold()))


def get_course(slug: str) -> PublishedCourse:
    """The course with this slug, also if it was withdrawn; CourseNotFoundError if none was ever published."""
    rows = _PUBLISHED_AS.ask(slug=slug).objects()
    if not rows:
        raise CourseNotFoundError(slug)
    _with_signatures(rows, _SIGNATURES_AS.ask(slug=slug).objects())
    return _published_course(rows[0])


def list_versions(slug: str) -> QuerySet[CourseVersion]:
    """All versions of a course, newest first, without their content."""
    return CourseVersion.objects.filter(course_id=slug).select_related("credit_basis").defer("content").order_by("-number")


def get_version(slug: str, number: int) -> CourseVersion:
    """One version of a course by its number; CourseNotFoundError if there is none."""
    version: CourseVersion | None = (
        CourseVersion.objects.filter(course_id=slug, number=number).select_related("credit_basis").first()
    )
    if version is None:
        raise CourseNotFoundError(slug)
    return version


def course_of(version: CourseVersion) -> courseware.Course:
    """
    What `version` holds, ready to be played.

    Reading a course from JSON takes milliseconds, so the last ones are kept by hash; versions are immutable, therefore
    nothing can go stale.
    """
    return _kept(version).course


def outline_of(version: CourseVersion) -> tuple[OutlineStep, ...]:
    """The parts of `version` in their order: sections by their reading time, scenarios by their longest play."""
    return _kept(version).outline


def changes_in(version: CourseVersion) -> courseware.CourseDifference | None:
    """What is different in `version` from the one published before it; None for the first."""
    before = CourseVersion.objects.filter(course_id=version.course_id, number__lt=version.number).order_by("-number").first()
    return courseware.course_difference(course_of(before), course_of(version)) if before else None


def basis_of(version: CourseVersion) -> CreditBasis:
    """How the minutes of `version` were worked out, with whoever signed for them."""
    return basis_state(version).basis


def list_basis_states() -> list[BasisState]:
    """Where the signatures of every version of every course stand, newest version first. For staff."""
    rows = (
        CourseVersion.objects.select_related("credit_basis", "course")
        .prefetch_related("signatures")
        .defer("content")
        .order_by("course_id", "-number")
    )
    return [basis_state(row) for row in rows]


def hours_are_provisional(version: CourseVersion) -> bool:
    """Whether the hours of `version` still lack the signatures of two raters and an approver. The one home of this answer."""
    return basis_of(version).status != "final"


def get_sponsor() -> Sponsor:
    """The sponsor's profile; an empty one, not stored, until staff have filled it in."""
    return next(iter(_SPONSOR.ask().objects()), None) or Sponsor(id=1)


_SPONSOR = Prepared(lambda: Sponsor.objects.filter(id=1))


def list_approvals() -> QuerySet[Approval]:
    """Every approval ever recorded."""
    return Approval.objects.all()


def access_approval(approval_id: UUID | str) -> Approval:
    """The approval with this id; ApprovalNotFoundError if there is none."""
    try:
        return Approval.objects.get(id=approval_id)
    except (Approval.DoesNotExist, ValidationError) as error:
        raise ApprovalNotFoundError("There is no such approval.") from error


def approvals_on(day: dt.date, format: str) -> list[Approval]:  # noqa: A002 - the product's word for how a course is given
    """The approvals that cover courses of `format` completed on `day`: in force, and not withdrawn from that day or before."""
    rows = _IN_FORCE.ask(day=day).objects()
    # A list inside JSON can not be searched alike on all databases, and approvals are few.
    return [row for row in rows if format in row.formats and (row.withdrawn_from is None or row.withdrawn_from > day)]


_DAY = Given("day", DateField())
_IN_FORCE = Prepared(lambda: Approval.objects.filter(valid_from__lte=_DAY, valid_to__gte=_DAY))


def _kept(version: CourseVersion) -> _Kept:
    key = version.content_hash
    kept = _courses.get(key)
    if kept is None:
        course = courseware.course_from_json(version.content)
        kept = _courses[key] = _Kept(course, tuple(_outline_step(course, entry) for entry in course.outline))
        while len(_courses) > _KEPT_COURSES:
            _courses.popitem(last=False)
    return kept


def _outline_step(course: courseware.Course, entry: courseware.OutlineEntry) -> OutlineStep:
    if entry.kind == "section":
        section = course.section(entry.id)
        return OutlineStep("section", section.id, section.title, courseware.reading_minutes(section))
    scenario = course.scenario(entry.id)
    seconds = courseware.explore(scenario).most_seconds
    return OutlineStep("scenario", scenario.id, scenario.title, max(1, -(-seconds // 60)))


def _published(**only: Given) -> QuerySet[Course]:
    return (
        Course.objects.filter(current__isnull=False, **only)
        .select_related("current", "current__credit_basis")
        .defer("current__content")
        .order_by("slug")
    )


def _signatures(**only: Given) -> QuerySet[BasisSignature]:
    """Those under the versions that are offered now."""
    return BasisSignature.objects.filter(version__in=_published(**only).order_by().values("current"))


_SLUG = Given("slug", CharField())
_PUBLISHED, _PUBLISHED_AS = Prepared(_published), Prepared(lambda: _published(slug=_SLUG))
_SIGNATURES, _SIGNATURES_AS = Prepared(_signatures), Prepared(lambda: _signatures(slug=_SLUG))


def _with_signatures(rows: Iterable[Course], signatures: Sequence[BasisSignature]) -> None:
    read_along([row.current for row in rows if row.current is not None], "signatures", signatures, by="version_id")


def _published_course(row: Course) -> PublishedCourse:
    assert row.current is not None
    return PublishedCourse(row.current, course_of(row.current), basis_of(row.current), row.withdrawn_at)
