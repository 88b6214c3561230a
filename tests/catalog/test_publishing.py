"""Courses become immutable versions, and are offered or withdrawn."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.audit.append_only import RewrittenRecordError
from goodstanding.audit.models import AuditEvent
from goodstanding.catalog import selectors
from goodstanding.catalog.errors import CourseNotFoundError
from goodstanding.catalog.models import CourseVersion, CreditBasis
from goodstanding.catalog.services import offer_course, publish_course, withdraw_course
from goodstanding.core.courseware import course_hash, credit_basis
from tests.learning.making import AT, SLUG, small_course

pytestmark = pytest.mark.django_db

LATER = AT + dt.timedelta(days=1)


def test_a_version_holds_the_course_and_its_basis():
    course = small_course()
    version = publish_course(course=course, at=AT)
    stored = CourseVersion.objects.get(pk=version.pk)
    assert selectors.course_of(stored) == course
    assert stored.content_hash == course_hash(course)
    assert selectors.basis_of(stored) == credit_basis(course)
    assert selectors.hours_are_provisional(stored)


def test_the_same_content_is_the_same_version():
    first = publish_course(course=small_course(), at=AT)
    again = publish_course(course=small_course(), at=LATER)
    assert again == first
    assert CourseVersion.objects.get().published_at == AT
    assert CreditBasis.objects.count() == AuditEvent.objects.count() == 1


def test_changed_content_is_the_next_version_and_old_content_becomes_current_again():
    first = publish_course(course=small_course(), at=AT)
    second = publish_course(course=small_course(title="Mended"), at=LATER)
    assert (first.number, second.number) == (1, 2)
    assert selectors.get_course(SLUG).version == second
    assert publish_course(course=small_course(), at=LATER) == first
    assert selectors.get_course(SLUG).version == first
    assert CourseVersion.objects.count() == 2
    assert [version.number for version in selectors.list_versions(SLUG)] == [2, 1]


def test_a_version_is_compared_with_the_one_before_it():
    first = publish_course(course=small_course(), at=AT)
    second = publish_course(course=small_course(title="Mended"), at=LATER)
    assert selectors.changes_in(first) is None
    assert [line.strip() for line in selectors.changes_in(second).lines][:2] == ["About the course:", "changed: title"]


def test_versions_are_never_rewritten():
    version = publish_course(course=small_course(), at=AT)
    version.title = "Another"
    with pytest.raises(RewrittenRecordError):
        version.save()
    with pytest.raises(RewrittenRecordError):
        version.credit_basis.delete()


def test_withdrawing_ends_the_offer_and_publishing_does_not_bring_it_back(administrator):
    publish_course(course=small_course(), at=AT)
    assert [course.slug for course in selectors.offered_courses()] == [SLUG]
    withdraw_course(actor=administrator, slug=SLUG, at=AT)
    withdraw_course(actor=administrator, slug=SLUG, at=LATER)
    publish_course(course=small_course(title="Mended"), at=LATER)
    assert selectors.offered_courses() == ()
    page = selectors.get_course(SLUG)
    assert (page.offered, page.withdrawn_at) == (False, AT)
    assert [course.slug for course in selectors.list_courses()] == [SLUG]
    offer_course(actor=administrator, slug=SLUG, at=LATER)
    assert [course.slug for course in selectors.offered_courses()] == [SLUG]
    tags = AuditEvent.objects.filter(actor=str(administrator.pk)).order_by("id").values_list("tag", flat=True)
    assert list(tags) == ["course:availability:withdrawn", "course:availability:offered"]


@pytest.mark.parametrize("change", [withdraw_course, offer_course])
def test_only_administrators_change_the_offer(clinician, administrator, change):
    publish_course(course=small_course(), at=AT)
    with pytest.raises(PermissionRefusedError):
        change(actor=clinician, slug=SLUG, at=AT)
    with pytest.raises(CourseNotFoundError):
        change(actor=administrator, slug="nowhere", at=AT)
    change(actor=administrator, slug=SLUG, at=AT)


def test_a_course_that_was_never_published_is_not_found():
    with pytest.raises(CourseNotFoundError):
        selectors.get_course("nowhere")


def test_hours_are_quarters_rounded_down():
    course = publish_course(course=small_course(), at=AT)
    minutes = selectors.basis_of(course).minutes
    assert Decimal(15) < minutes < Decimal(30)
    assert selectors.get_course(SLUG).hours == Decimal("0.25")


def test_the_outline_has_minutes_for_sections_and_scenarios():
    version = publish_course(course=small_course(), at=AT)
    assert [(step.kind, step.id, step.minutes) for step in selectors.outline_of(version)] == [
        ("section", "one", 1),
        ("scenario", "scene", 4),  # 190 seconds, rounded up
        ("section", "two", 1),
    ]


def test_listing_costs_the_same_however_many_there_are(django_assert_num_queries):
    for number in range(5):
        publish_course(course=small_course(slug=f"course-{number}", title=f"Course {number}"), at=AT)
    selectors.offered_courses()  # the contents are read once and kept
    with django_assert_num_queries(2):  # the courses, and their signatures
        assert len(selectors.offered_courses()) == 5
