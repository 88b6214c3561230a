"""My learning: in progress, completed, scores per attempt, before and after."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from goodstanding.flows.completing import complete
from goodstanding.learning import selectors, services
from tests.learning.making import ANSWERS, AT, SLUG, enrolled, evaluated, play, read, sit, with_pretest

PAGE = reverse("my-learning")


def body(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_at_first_it_says_what_to_do(signed_in):
    assert "Choose a course" in body(signed_in.get(PAGE))


def test_a_course_in_progress_leads_on_and_shows_failed_attempts(signed_in, clinician):
    enrollment = enrolled(clinician)
    assert "Go on with “Section one”" in body(signed_in.get(PAGE))
    read(enrollment, "one")
    play(enrollment)
    read(enrollment, "two")
    sit(enrollment, wrong=3)
    page = body(signed_in.get(PAGE))
    assert "2 of 5, not passed" in page
    assert "Completed" not in page


def test_a_completed_course_shows_scores_gain_and_certificate(signed_in, clinician):
    enrollment = enrolled(clinician, **with_pretest())
    services.save_pretest(enrollment=enrollment, answers={"pre-1": "a", "pre-2": "b"}, at=AT)
    services.finish_pretest(enrollment=enrollment, at=AT)
    read(enrollment, "one")
    play(enrollment)
    read(enrollment, "two")
    sit(enrollment, wrong=3)
    sit(enrollment, at=AT + dt.timedelta(hours=1))
    services.submit_evaluation(enrollment=enrollment, answers=ANSWERS, at=AT)
    certificate = complete(enrollment=enrollment, signed_name="Ada Example", at=AT)
    page = body(signed_in.get(PAGE))
    for said in ("2 of 5, not passed", "5 of 5, passed", "1 of 2", reverse("certificate-pdf", args=[certificate.number])):
        assert said in page
    assert "In progress" not in page


def test_nobody_sees_what_another_learns(signed_in, other_clinician):
    enrolled(other_clinician)
    assert "The small course" not in body(signed_in.get(PAGE))


def test_minutes_are_reported_without_names_and_only_by_who_completed(clinician, other_clinician):
    assert selectors.reported_minutes(evaluated(clinician).version) == ()
    enrollment = evaluated(other_clinician)
    complete(enrollment=enrollment, signed_name="Ben Example", at=AT)
    assert selectors.reported_minutes(enrollment.version) == (45,)


@pytest.mark.django_db
def test_strangers_are_asked_to_sign_in(client):
    assert client.get(PAGE)["Location"].startswith(reverse("account_login"))
    assert SLUG not in client.get(PAGE)["Location"]
