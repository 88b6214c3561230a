"""The catalog and the course page, as a visitor and as a learner see them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from goodstanding.catalog.services import publish_course, record_approval, save_sponsor, withdraw_course
from goodstanding.flows.completing import complete
from tests.learning.making import AT, SLUG, enrolled, evaluated, small_course

pytestmark = pytest.mark.django_db

LIST = reverse("course-list")
PAGE = reverse("course-page", args=[SLUG])
NOT_APPROVED = "Not approved for CE credit by any approval body"


def text(client, address=PAGE):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def course(db):
    return publish_course(course=small_course(), at=AT)


@pytest.fixture
def approval(administrator):
    today = timezone.localdate()
    return record_approval(
        actor=administrator,
        body="example",
        body_name="Example Body",
        number="42",
        formats=["asynchronous"],
        valid_from=today - dt.timedelta(days=1),
        valid_to=today + dt.timedelta(days=1),
        statement="Approved by Example Body, which does not exist.",
        evidence=SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n"),
        evidence_name="a.pdf",
        demonstration=True,
    )


def test_an_empty_catalog_says_what_to_do_next(client):
    assert "No course is offered yet" in text(client, LIST)


def test_a_card_says_what_the_course_is_and_that_nobody_approved_it(client, course):
    page = text(client, LIST)
    for said in (
        "The small course",
        "A course for tests",
        "Small, and complete.",
        "Beginning",
        "Provisional hours",
        NOT_APPROVED,
    ):
        assert said in page
    assert PAGE in page


def test_the_page_says_everything_one_should_know_before_starting(client, course):
    page = text(client)
    for said in (
        "Identify what matters.",
        "Those who test.",
        "No relations to disclose.",
        "Good Standing contributors",
        "A code",
        "(2020)",
        "unverified",
        "Section one",
        "A scene",
        "5 questions, 4 right answers to pass",
        "Mergener",
        "Provisional hours",
        "says that it carries no CE credit",
        "Self-paced, online",
        "Free",
        NOT_APPROVED,
    ):
        assert said in page


def test_an_approval_in_force_is_stated_and_a_demonstration_is_called_one(client, course, approval):
    page = text(client)
    assert approval.statement in page
    assert "this body does not exist" in page
    assert NOT_APPROVED not in page
    assert "Example Body (demonstration)" in text(client, LIST)


def test_whom_to_ask_for_access_comes_from_the_sponsor(client, course, administrator):
    assert "Or reach" not in text(client)  # the form is there in any case
    save_sponsor(
        actor=administrator,
        name="Example Institute",
        address="",
        phone="",
        email="office@example.org",
        administrator_name="Cai Example",
        administrator_title="",
        signature_line="",
    )
    page = text(client)
    assert "Access and complaints" in page
    assert "office@example.org" in page


def test_a_visitor_is_asked_to_sign_in_and_comes_back(client, course):
    assert f"{reverse('account_login')}?next={PAGE.replace('/', '%2F')}" in text(client)


def test_who_is_signed_in_can_start(signed_in, course):
    assert "Start the course" in text(signed_in)


def test_who_has_started_resumes(signed_in, clinician):
    enrolled(clinician)
    assert "Resume" in text(signed_in)
    page = text(signed_in, LIST)
    assert "In progress" in page
    assert reverse("learn", args=[SLUG]) in page


def test_who_started_an_older_version_is_told_so(signed_in, clinician):
    enrolled(clinician)
    publish_course(course=small_course(title="Mended"), at=AT)
    assert "in version 1 and finish that version" in text(signed_in)


def test_who_has_completed_sees_the_certificate(signed_in, clinician):
    complete(enrollment=evaluated(clinician), signed_name="Ada Example", at=AT)
    assert "See your certificate" in text(signed_in)
    assert "Completed" in text(signed_in, LIST)


def test_a_withdrawn_course_leaves_the_list_and_keeps_its_page(client, signed_in, other_clinician, administrator, course):
    enrolled(other_clinician)
    withdraw_course(actor=administrator, slug=SLUG, at=AT)
    assert "The small course" not in text(client, LIST)
    page = text(signed_in)
    assert "no longer offered" in page
    assert "Start the course" not in page
    signed_in.force_login(other_clinician)
    assert "Resume" in text(signed_in)


def test_an_unknown_course_is_not_found(client):
    assert client.get(reverse("course-page", args=["nowhere"])).status_code == 404


@pytest.mark.parametrize("count", [1, 6])
def test_the_list_costs_the_same_however_long_it_is(signed_in, clinician, django_assert_max_num_queries, count):
    for number in range(count):
        publish_course(course=small_course(slug=f"course-{number}", title=f"Course {number}"), at=AT)
    text(signed_in, LIST)
    with django_assert_max_num_queries(8):
        assert text(signed_in, LIST).count("About this course") == count
