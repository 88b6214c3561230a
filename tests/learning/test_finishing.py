"""Evaluation and attestation."""

from __future__ import annotations

import datetime as dt

import pytest

from goodstanding.audit.models import AuditEvent
from goodstanding.learning import selectors, services
from goodstanding.learning.errors import EvaluationAnswersError, ProfileIncompleteError, SignedNameError, StepLockedError
from goodstanding.learning.models import Attestation, Completion, CourseEvaluation
from tests.learning.making import ANSWERS, AT, TODAY, evaluated, passed_test, studied

LATER = AT + dt.timedelta(days=1)


def evaluate(enrollment, **changes):
    given = {**ANSWERS, **changes}
    return services.submit_evaluation(enrollment=enrollment, answers=given, at=AT)


def sign(enrollment, name="Ada Example", at=AT):
    return services.attest(enrollment=enrollment, signed_name=name, at=at)


def test_answers_are_stored_by_kind(clinician):
    assert evaluate(passed_test(clinician), comments=" Mend the end. ").answers == {
        "objective-see": 4,
        "useful": 5,
        "open": True,
        "length": "about right",
        "minutes": 45,
        "comments": "Mend the end.",
    }


def test_an_optional_question_may_stay_open(clinician):
    assert "comments" not in evaluate(passed_test(clinician)).answers


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("objective-see", ""),
        ("objective-see", "6"),
        ("useful", "0"),
        ("useful", "four"),
        ("open", "maybe"),
        ("length", "endless"),
        ("minutes", "0"),
        ("minutes", "-3"),
        ("minutes", "forty"),
        ("minutes", "6001"),
        ("minutes", "²"),
        ("comments", "x" * 2001),
    ],
)
def test_an_answer_that_does_not_fit_is_named_and_nothing_is_stored(clinician, question, answer):
    enrollment = passed_test(clinician)
    with pytest.raises(EvaluationAnswersError) as wrong:
        evaluate(enrollment, **{question: answer})
    assert list(wrong.value.problems) == [question]
    assert not CourseEvaluation.objects.exists()
    evaluate(enrollment)


def test_the_first_evaluation_stands(clinician):
    enrollment = passed_test(clinician)
    evaluate(enrollment)
    assert evaluate(enrollment, useful="1").answers["useful"] == 5
    assert CourseEvaluation.objects.count() == 1


def test_there_is_no_evaluation_before_the_test_is_passed(clinician):
    with pytest.raises(StepLockedError):
        evaluate(studied(clinician))


def test_signing_completes_on_the_local_date(clinician):
    enrollment = evaluated(clinician)
    completion = sign(enrollment)
    assert (completion.completed_on, completion.time_zone) == (TODAY, "America/Los_Angeles")
    assert Attestation.objects.get(enrollment=enrollment).statement == "I did this myself."
    assert selectors.path_of(enrollment).completed
    assert AuditEvent.objects.filter(tag="learning:enrollment:completed").count() == 1


def test_signing_twice_is_signing_once(clinician):
    enrollment = evaluated(clinician)
    first = sign(enrollment)
    again = sign(enrollment, name="Someone Else", at=LATER)
    assert again == first
    assert again.completed_at == AT
    assert Completion.objects.count() == Attestation.objects.count() == 1


def test_there_is_no_signing_before_the_evaluation(clinician):
    enrollment = passed_test(clinician)
    with pytest.raises(StepLockedError):
        sign(enrollment)
    evaluate(enrollment)
    sign(enrollment)


@pytest.mark.parametrize("name", ["ada example", "  ADA   EXAMPLE ", "AdaExample"])
def test_case_and_spaces_do_not_matter(clinician, name):
    assert sign(evaluated(clinician), name=name).completed_on == TODAY


@pytest.mark.parametrize("typed", ["Nuala O'Neill-Roy", "nuala o’neill‑roy"])
def test_apostrophes_and_hyphens_are_alike(make_user, typed):
    assert sign(evaluated(make_user(legal_name="Nuala O’Neill-Roy")), name=typed).completed_on == TODAY


@pytest.mark.parametrize("name", ["", "Ada", "Ada Exemple", "Ben Example"])
def test_another_name_is_refused_and_named(clinician, name):
    enrollment = evaluated(clinician)
    with pytest.raises(SignedNameError, match="Ada Example"):
        sign(enrollment, name=name)
    assert not Completion.objects.exists()
    sign(enrollment)


@pytest.mark.parametrize(
    ("profile", "missing"),
    [({"legal_name": ""}, ("legal_name",)), ({"time_zone": ""}, ("time_zone",))],
)
def test_a_certificate_needs_name_and_zone(make_user, profile, missing):
    user = make_user(**profile)
    enrollment = evaluated(user)
    with pytest.raises(ProfileIncompleteError) as incomplete:
        sign(enrollment)
    assert incomplete.value.missing == missing
    user.profile.legal_name, user.profile.time_zone = "Ada Example", "America/New_York"
    user.profile.save()
    assert sign(selectors.access_enrollment(user.holder, enrollment.course_id)).time_zone == "America/New_York"
