"""The pretest: before the first section, ungraded, silent until the course is over."""

from __future__ import annotations

import pytest

from goodstanding.core.courseware import AnswerError
from goodstanding.learning import selectors, services
from goodstanding.learning.errors import PretestClosedError, StepLockedError, StepNotFoundError, StepRefusedError
from goodstanding.learning.models import Pretest
from tests.learning.making import ANSWERS, AT, enrolled, play, read, sit, with_pretest


@pytest.fixture
def enrollment(clinician):
    return enrolled(clinician, **with_pretest())


def answer(enrollment, *, marks=None, **answers):
    return services.save_pretest(
        enrollment=enrollment, answers={name.replace("_", "-"): option for name, option in answers.items()}, marks=marks, at=AT
    )


def finish(enrollment):
    return services.finish_pretest(enrollment=enrollment, at=AT)


def complete(enrollment):
    read(enrollment, "one")
    play(enrollment)
    read(enrollment, "two")
    sit(enrollment)
    services.submit_evaluation(enrollment=enrollment, answers=ANSWERS, at=AT)
    services.attest(enrollment=enrollment, signed_name="Ada Example", at=AT)


def test_it_is_the_first_step_and_the_sections_open_after_it(enrollment):
    assert [step.kind for step in selectors.path_of(enrollment).steps][:2] == ["pretest", "section"]
    with pytest.raises(StepLockedError):
        services.open_step(enrollment=enrollment, kind="section", step_id="one", at=AT)
    assert finish(enrollment).id == "one"
    assert selectors.path_of(enrollment).current.id == "one"


def test_a_course_without_one_begins_with_its_first_section(clinician):
    enrollment = enrolled(clinician)
    assert selectors.path_of(enrollment).steps[0].kind == "section"
    with pytest.raises(StepNotFoundError):
        selectors.pretest_of(enrollment)
    for act in (services.finish_pretest, services.skip_pretest):
        with pytest.raises(StepNotFoundError):
            act(enrollment=enrollment, at=AT)
    with pytest.raises(StepNotFoundError):
        answer(enrollment, pre_1="a")
    assert not Pretest.objects.exists()


def test_answers_are_kept_one_by_one_and_may_change_until_it_is_finished(enrollment):
    answer(enrollment, pre_1="a")
    answer(enrollment, pre_2="b", marks=["door", "nothing-like-it"])
    answer(enrollment, pre_1="c")
    view = selectors.pretest_of(enrollment)
    assert {question.item_id: question.answer for question in view.questions} == {"pre-1": "c", "pre-2": "b"}
    assert view.marks == {"door"}
    finish(enrollment)
    with pytest.raises(PretestClosedError):
        answer(enrollment, pre_1="a")
    finish(enrollment)
    assert Pretest.objects.get().answers == {"pre-1": "c", "pre-2": "b"}


@pytest.mark.parametrize("sent", [{"item-1": "a"}, {"pre-1": "z"}, {"pre-9": "a"}])
def test_an_answer_to_what_was_not_asked_is_refused_and_nothing_is_lost(enrollment, sent):
    answer(enrollment, pre_1="b")
    with pytest.raises(AnswerError):
        services.save_pretest(enrollment=enrollment, answers=sent, at=AT)
    assert Pretest.objects.get().answers == {"pre-1": "b"}


def test_no_key_and_no_reason_is_shown_before_the_course_is_completed(enrollment):
    answer(enrollment, pre_1="a", pre_2="b", marks=["door"])
    finish(enrollment)
    view = selectors.pretest_of(enrollment)
    assert (view.reviews, view.spotted, selectors.gains_of(enrollment)) == ((), (), ())
    complete(enrollment)
    view = selectors.pretest_of(enrollment)
    assert [(review.item.id, review.correct) for review in view.reviews] == [("pre-1", True), ("pre-2", False)]
    assert [(mark.mark_id, was_set) for mark, was_set in view.spotted] == [("door", True), ("rain", False)]


def test_the_gain_is_counted_per_objective_once_the_post_test_is_passed(enrollment):
    answer(enrollment, pre_1="a", pre_2="b")
    finish(enrollment)
    complete(enrollment)
    (gain,) = selectors.gains_of(enrollment)
    assert (gain.objective, gain.correct_before, gain.asked_before, gain.correct_after, gain.asked_after) == ("see", 1, 2, 5, 5)


def test_the_post_test_never_repeats_an_item_of_the_pretest(enrollment):
    finish(enrollment)
    read(enrollment, "one")
    play(enrollment)
    read(enrollment, "two")
    attempt = services.start_attempt(enrollment=enrollment, at=AT)
    assert not {question.item_id for question in selectors.questions_of(attempt)} & {"pre-1", "pre-2"}


def test_it_is_skipped_only_where_the_course_allows_it(clinician, other_clinician):
    asked = enrolled(clinician, **with_pretest())
    with pytest.raises(StepRefusedError):
        services.skip_pretest(enrollment=asked, at=AT)
    assert selectors.path_of(asked).current.kind == "pretest"


def test_who_skipped_it_has_no_gain_and_no_review(clinician):
    enrollment = enrolled(clinician, **with_pretest(skippable=True))
    assert services.skip_pretest(enrollment=enrollment, at=AT).id == "one"
    assert finish(enrollment).id == "one"  # said again, it stays skipped
    complete(enrollment)
    view = selectors.pretest_of(enrollment)
    assert (view.skipped, view.reviews, selectors.gains_of(enrollment)) == (True, (), ())
