"""Starting a course, resuming it, reading its sections."""

from __future__ import annotations

import datetime as dt

import pytest

from goodstanding.audit.models import AuditEvent
from goodstanding.catalog.errors import CourseNotFoundError
from goodstanding.catalog.services import offer_course, publish_course, withdraw_course
from goodstanding.learning import selectors, services
from goodstanding.learning.errors import CourseWithdrawnError, EnrollmentNotFoundError, StepLockedError, StepNotFoundError
from goodstanding.learning.models import Enrollment, SectionVisit
from tests.learning.making import AT, SLUG, TODAY, enrolled, play, read, small_course, studied

LATER = AT + dt.timedelta(hours=1)


def test_starting_takes_the_current_version_once(clinician):
    first = enrolled(clinician)
    again = services.enroll(holder=clinician.holder, slug=SLUG, at=LATER, on=TODAY)
    assert again.pk == first.pk
    assert Enrollment.objects.count() == 1
    assert AuditEvent.objects.filter(tag="learning:enrollment:started", actor=str(clinician.pk)).count() == 1
    assert first.started_on == TODAY


def test_an_unknown_course_can_not_be_started(clinician):
    with pytest.raises(CourseNotFoundError):
        services.enroll(holder=clinician.holder, slug="nowhere", at=AT, on=TODAY)


def test_a_withdrawn_course_can_be_finished_but_not_started(clinician, other_clinician, administrator):
    enrollment = enrolled(clinician)
    withdraw_course(actor=administrator, slug=SLUG, at=AT)
    with pytest.raises(CourseWithdrawnError):
        services.enroll(holder=other_clinician.holder, slug=SLUG, at=AT, on=TODAY)
    assert services.enroll(holder=clinician.holder, slug=SLUG, at=AT, on=TODAY).pk == enrollment.pk
    read(enrollment, "one")
    offer_course(actor=administrator, slug=SLUG, at=AT)
    assert services.enroll(holder=other_clinician.holder, slug=SLUG, at=AT, on=TODAY).holder == other_clinician.holder


def test_learners_finish_the_version_they_started(clinician, other_clinician):
    enrollment = enrolled(clinician)
    publish_course(course=small_course(title="The small course, mended"), at=LATER)
    newer = services.enroll(holder=other_clinician.holder, slug=SLUG, at=LATER, on=TODAY)
    assert selectors.content_of(selectors.access_enrollment(clinician.holder, SLUG)).title == "The small course"
    assert selectors.content_of(newer).title == "The small course, mended"
    assert (enrollment.version.number, newer.version.number) == (1, 2)


def test_an_enrollment_is_reached_by_its_holder_only(clinician, other_clinician):
    enrollment = enrolled(clinician)
    assert selectors.access_enrollment(clinician.holder, SLUG) == enrollment
    with pytest.raises(EnrollmentNotFoundError):
        selectors.access_enrollment(other_clinician.holder, SLUG)


def test_steps_open_one_after_the_other(clinician):
    enrollment = enrolled(clinician)
    for kind, step_id in (("scenario", "scene"), ("section", "two"), ("post_test", ""), ("evaluation", ""), ("attestation", "")):
        with pytest.raises(StepLockedError) as locked:
            services.open_step(enrollment=enrollment, kind=kind, step_id=step_id, at=AT)
        assert locked.value.current.id == "one"
    read(enrollment, "one")
    path = services.open_step(enrollment=enrollment, kind="scenario", step_id="scene", at=AT)
    assert path.current.id == "scene"
    with pytest.raises(StepLockedError):
        read(enrollment, "two")


def test_a_step_that_the_course_does_not_have_is_not_found(clinician):
    enrollment = enrolled(clinician)
    with pytest.raises(StepNotFoundError):
        services.open_step(enrollment=enrollment, kind="section", step_id="three", at=AT)


def test_the_place_left_is_the_place_resumed(clinician):
    enrollment = studied(clinician)
    services.open_step(enrollment=enrollment, kind="section", step_id="one", at=LATER)
    again = selectors.access_enrollment(clinician.holder, SLUG)
    assert selectors.place_of(again, selectors.path_of(again)).id == "one"


def test_a_place_that_is_not_open_is_not_resumed(clinician):
    enrollment = enrolled(clinician)
    Enrollment.objects.filter(pk=enrollment.pk).update(last_place="section:two")
    again = selectors.access_enrollment(clinician.holder, SLUG)
    assert selectors.place_of(again, selectors.path_of(again)).id == "one"


def test_finishing_a_section_twice_leaves_one_visit_with_its_first_time(clinician):
    enrollment = enrolled(clinician)
    services.open_step(enrollment=enrollment, kind="section", step_id="one", at=AT)
    following = services.finish_section(enrollment=enrollment, section_id="one", at=LATER)
    services.finish_section(enrollment=enrollment, section_id="one", at=LATER + dt.timedelta(hours=1))
    visit = SectionVisit.objects.get(enrollment=enrollment)
    assert (visit.opened_at, visit.finished_at) == (AT, LATER)
    assert following.id == "scene"


def test_opening_an_open_step_again_writes_nothing(clinician, django_assert_num_queries):
    enrollment = enrolled(clinician)
    services.open_step(enrollment=enrollment, kind="section", step_id="one", at=AT)
    selectors.content_of(enrollment)
    with django_assert_num_queries(1) as queries:
        services.open_step(enrollment=enrollment, kind="section", step_id="one", at=LATER)
    assert not any(query["sql"].startswith(("INSERT", "UPDATE", "SAVEPOINT")) for query in queries.captured_queries)


def test_states_of_many_courses_are_one_query(clinician, django_assert_num_queries):
    for number in range(4):
        publish_course(course=small_course(slug=f"course-{number}"), at=AT)
        services.enroll(holder=clinician.holder, slug=f"course-{number}", at=AT, on=TODAY)
    with django_assert_num_queries(1):
        assert selectors.states_of(clinician.holder) == {f"course-{number}": "started" for number in range(4)}


def test_the_way_to_the_test(clinician):
    enrollment = enrolled(clinician)
    read(enrollment, "one")
    play(enrollment)
    read(enrollment, "two")
    assert selectors.path_of(enrollment).current.kind == "post_test"
