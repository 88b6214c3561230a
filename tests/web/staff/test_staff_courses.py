"""Courses and versions, and whether new learners may start."""

from __future__ import annotations

import pytest
from django.utils import timezone

from goodstanding.audit.selectors import list_events
from goodstanding.audit.services import Tag
from goodstanding.catalog.selectors import course_of, get_course, list_versions, offered_courses
from goodstanding.catalog.services import publish_course


def test_a_course_shows_version_hash_hours_and_why_they_are_provisional(as_administrator, slug):
    course = get_course(slug)

    page = as_administrator.get(f"/staff/courses/{slug}/").content.decode()

    assert course.version.content_hash in page
    assert str(course.minutes) in page
    assert "Mergener formula" in page
    assert "two raters" in page
    assert course.version.content_hash[:12] in as_administrator.get("/staff/courses/").content.decode()


def test_every_version_keeps_its_own_page(as_administrator, slug):
    first = course_of(get_course(slug).version)
    publish_course(course=first.model_copy(update={"title": "A second edition"}), at=timezone.now())

    assert "A second edition" in as_administrator.get(f"/staff/courses/{slug}/versions/2/").content.decode()
    second = as_administrator.get(f"/staff/courses/{slug}/versions/2/").content.decode()
    assert "What changed since the version before" in second
    assert "title: changed" in second
    page = as_administrator.get(f"/staff/courses/{slug}/versions/1/").content.decode()
    assert "What changed since" not in page
    assert first.title in page
    assert first.objectives[0].text in page
    assert list_versions(slug).count() == 2
    assert as_administrator.get(f"/staff/courses/{slug}/versions/3/").status_code == 404


def test_withdrawing_asks_first_and_can_be_taken_back(as_administrator, slug):
    assert get_course(slug).content.title in as_administrator.get(f"/staff/courses/{slug}/withdraw/").content.decode()
    assert get_course(slug).offered

    page = as_administrator.post(f"/staff/courses/{slug}/withdraw/", follow=True).content.decode()
    assert "Offer it again" in page
    assert [course.slug for course in offered_courses() if course.slug == slug] == []

    as_administrator.post(f"/staff/courses/{slug}/offer/")
    assert get_course(slug).offered


@pytest.mark.parametrize("action", ["withdraw", "offer"])
def test_doing_it_twice_is_recorded_once(as_administrator, slug, action):
    as_administrator.post(f"/staff/courses/{slug}/withdraw/")
    for _ in range(2):
        as_administrator.post(f"/staff/courses/{slug}/{action}/")
    tag = {"withdraw": Tag.COURSE_WITHDRAWN, "offer": Tag.COURSE_OFFERED}[action]
    assert list_events(tag=tag, subject_id=slug).count() == 1


def test_an_unknown_course_is_not_found(as_administrator, slug):
    for path in ("", "withdraw/", "versions/1/"):
        assert as_administrator.get(f"/staff/courses/none-such/{path}").status_code == 404


def test_without_a_course_the_page_says_what_to_do(as_administrator):
    assert "No course published" in as_administrator.get("/staff/courses/").content.decode()
