"""The pretest: asked in full, never part of a post-test, silent until the course is over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.courseware import (
    AnswerError,
    Course,
    ObjectiveGain,
    ObjectiveResult,
    draw_form,
    gains,
    load_course,
    pretest_form,
    pretest_results,
    pretest_review,
    spotted,
)
from tests.core.courseware.making import CourseFiles


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Course:
    from tests.core.courseware.making import pretest_yaml

    files = CourseFiles(tmp_path_factory.mktemp("pretest"))
    files.pretest = pretest_yaml()
    return load_course(files.write())


@given(seed=st.text())
def test_all_items_are_asked_in_their_order_and_only_the_options_are_shuffled(taught, seed):
    form = pretest_form(taught.pretest, seed=seed)
    assert form.item_ids == tuple(item.id for item in taught.pretest.items)
    assert all(sorted(question.option_ids) == ["a", "b", "c"] for question in form.questions)
    assert pretest_form(taught.pretest, seed=seed) == form


@given(seed=st.text(), attempts=st.integers(min_value=1, max_value=5))
def test_no_form_of_the_post_test_repeats_an_item_of_the_pretest(taught, seed, attempts):
    before = {item.id for item in taught.pretest.items}
    stems = {item.stem for item in taught.pretest.items}
    asked: set[str] = set()
    for number in range(attempts):
        form = draw_form(taught.post_test, seed=f"{seed}:{number}", asked_before=asked)
        assert not before & set(form.item_ids)
        assert not stems & {taught.post_test.item(name).stem for name in form.item_ids}
        assert {taught.post_test.item(name).objective for name in form.item_ids} == {one.id for one in taught.objectives}
        asked.update(form.item_ids)


@given(seed=st.text(), data=st.data())
def test_results_do_not_depend_on_the_order_of_the_answers(taught, seed, data):
    form = pretest_form(taught.pretest, seed=seed)
    answers = {name: data.draw(st.sampled_from("abc")) for name in form.item_ids}
    results = pretest_results(taught.pretest, form, answers)
    assert sum(result.asked for result in results) == 4
    assert sum(result.correct for result in results) == sum(taught.pretest.item(n).key == a for n, a in answers.items())
    shuffled = data.draw(st.permutations(list(answers.items())))
    assert pretest_results(taught.pretest, form, dict(shuffled)) == results


def test_nothing_is_said_before_the_course_is_over(taught):
    form = pretest_form(taught.pretest, seed="s")
    answers = {name: taught.pretest.item(name).key for name in form.item_ids}
    assert pretest_review(taught.pretest, form, answers, course_finished=False) == ()
    review = pretest_review(taught.pretest, form, answers, course_finished=True)
    assert [each.correct for each in review] == [True] * 4


def test_answers_to_what_was_not_asked_are_refused(taught):
    form = pretest_form(taught.pretest, seed="s")
    for answers in ({"item-1": "a"}, {"before-0": "z"}):
        with pytest.raises(AnswerError):
            pretest_results(taught.pretest, form, answers)


def test_what_was_spotted_is_set_beside_what_there_was(taught, course):
    marks = spotted(taught.pretest, ["rain", "moon"])
    assert [(mark.mark_id, seen) for mark, seen in marks] == [("envelope", False), ("rain", True)]
    assert spotted(taught.pretest.model_copy(update={"spotting": None}), ["rain"]) == ()


def test_gains_are_counted_per_objective_even_where_one_side_is_missing():
    before = [ObjectiveResult(objective="see", correct=1, asked=2)]
    after = [ObjectiveResult(objective="act", correct=3, asked=3), ObjectiveResult(objective="see", correct=2, asked=2)]
    assert gains(before, after) == (
        ObjectiveGain(objective="see", correct_before=1, asked_before=2, correct_after=2, asked_after=2),
        ObjectiveGain(objective="act", correct_before=0, asked_before=0, correct_after=3, asked_after=3),
    )
