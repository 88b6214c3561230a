"""Drawing, grading and repeating the post-test."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.courseware import (
    Allowed,
    AnswerError,
    Form,
    NotPassed,
    PastAttempt,
    PostTest,
    PostTestPolicy,
    Refused,
    Visit,
    draw_form,
    grade,
    may_attempt,
    review,
)
from goodstanding.core.courseware.model import Item, Option


def bank(size: int, *, form_size: int | None = None, objectives: int = 3, **changes) -> PostTest:
    items = tuple(
        Item(
            id=f"item-{number}",
            stem="What?",
            options=tuple(Option(option_id=name, text=name, rationale=f"Because {name}.") for name in "abc"),
            key="abc"[number % 3],
            objective=f"objective-{number % objectives}",
            duty="care",
            section=f"section-{number % 2}",
            cognitive_level="application",
            references=("book",),
        )
        for number in range(size)
    )
    return PostTest(form_size=form_size or size, items=items, **changes)


def right(test: PostTest, form: Form) -> dict[str, str]:
    return {name: test.item(name).key for name in form.item_ids}


banks = st.integers(min_value=1, max_value=24).flatmap(
    lambda size: st.builds(
        bank,
        st.just(size),
        form_size=st.integers(min_value=1, max_value=size),
        objectives=st.integers(min_value=1, max_value=5),
        pass_percent=st.integers(min_value=1, max_value=100),
    )
)


@given(banks, st.text())
def test_a_form_is_drawn_from_the_bank_without_repeats_and_the_same_each_time(test, seed):
    form = draw_form(test, seed=seed)
    assert len(form.questions) == test.form_size
    assert len(set(form.item_ids)) == test.form_size
    for question in form.questions:
        assert sorted(question.option_ids) == ["a", "b", "c"]
        assert test.item(question.item_id).key in question.option_ids
    assert draw_form(test, seed=seed) == form
    assert Form.model_validate_json(form.model_dump_json()) == form
    turned = test.model_copy(update={"items": tuple(reversed(test.items))})
    asked = {test.item(name).objective for name in form.item_ids}
    assert len(asked) == min(test.form_size, len({item.objective for item in test.items}))
    assert draw_form(turned, seed=seed) == form


def test_another_seed_gives_another_order():
    test = bank(8)
    forms = {draw_form(test, seed=f"enrollment-{number}").model_dump_json() for number in range(20)}
    assert len(forms) == 20


def test_every_position_of_the_key_occurs():
    test = bank(8)
    places = {
        question.option_ids.index(test.item(question.item_id).key)
        for number in range(10)
        for question in draw_form(test, seed=str(number)).questions
    }
    assert places == {0, 1, 2}


@given(banks, st.text(), st.randoms(use_true_random=False))
def test_grading_counts_what_is_right_and_nothing_else(test, seed, chance: random.Random):
    form = draw_form(test, seed=seed)
    answers = {name: chance.choice("abc") for name in form.item_ids if chance.random() < 0.8}
    result = grade(test, form, answers)
    expected = sum(test.item(name).key == option for name, option in answers.items())
    assert result.correct == expected
    assert 0 <= result.correct <= result.asked == test.form_size
    assert 0 <= result.percent <= 100
    assert result.passed == (expected / test.form_size >= test.pass_percent / 100 - 1e-12)
    assert sum(each.correct for each in result.objectives) == result.correct
    assert sum(each.asked for each in result.objectives) == result.asked
    assert set(result.unanswered) == set(form.item_ids) - set(answers)
    assert bool(result.sections_to_revisit) == (result.correct < result.asked)
    shuffled = list(answers.items())
    chance.shuffle(shuffled)
    assert grade(test, form, dict(shuffled)) == result


def test_all_right_is_a_hundred_percent_and_nothing_is_none():
    test = bank(8)
    form = draw_form(test, seed="s")
    full = grade(test, form, right(test, form))
    assert (full.percent, full.passed, full.sections_to_revisit) == (100, True, ())
    none = grade(test, form, {})
    assert (none.percent, none.passed, len(none.unanswered)) == (0, False, 8)


@pytest.mark.parametrize(("correct", "passed"), [(6, False), (7, True), (8, True)])
def test_eight_items_at_eighty_percent_need_seven(correct, passed):
    test = bank(8)
    form = draw_form(test, seed="s")
    answers = right(test, form)
    for name in form.item_ids[correct:]:
        answers[name] = next(option for option in "abc" if option != test.item(name).key)
    assert grade(test, form, answers).passed is passed


def test_answers_that_do_not_belong_to_the_form_are_refused():
    test = bank(4, form_size=2)
    form = draw_form(test, seed="s")
    other = next(item.id for item in test.items if item.id not in form.item_ids)
    with pytest.raises(AnswerError, match=f"does not ask {other}"):
        grade(test, form, {other: "a"})
    with pytest.raises(AnswerError, match="no answer d"):
        grade(test, form, {form.item_ids[0]: "d"})


def test_no_key_is_shown_before_the_form_is_passed():
    test = bank(8)
    form = draw_form(test, seed="s")
    failed = grade(test, form, {})
    assert "key" not in failed.model_dump_json()
    with pytest.raises(NotPassed):
        review(test, form, {})
    answers = right(test, form)
    answers[form.item_ids[0]] = next(option for option in "abc" if option != test.item(form.item_ids[0]).key)
    reviews = review(test, form, answers)
    assert [each.correct for each in reviews] == [False] + [True] * 7
    assert [each.item.id for each in reviews] == list(form.item_ids)
    assert [option.option_id for option in reviews[0].options] == list(form.questions[0].option_ids)
    assert all(option.rationale for each in reviews for option in each.options)


SECTIONS = ("section-0", "section-1")


def hour(number: int) -> dt.datetime:
    return dt.datetime(2026, 11, 23, number, tzinfo=dt.UTC)


def failed(number: int, *sections: str) -> PastAttempt:
    return PastAttempt(hour(number), passed=False, sections_to_revisit=sections)


def visits(number: int, *sections: str) -> list[Visit]:
    return [Visit(section, hour(number)) for section in sections or SECTIONS]


def test_the_first_attempt_waits_for_every_section():
    test = bank(4)
    assert may_attempt(test, attempts=[], visits=visits(1), sections=SECTIONS) == Allowed(1)
    refused = may_attempt(test, attempts=[], visits=visits(1, "section-0"), sections=SECTIONS)
    assert isinstance(refused, Refused)
    assert refused.sections == ("section-1",)
    assert "Read every section first" in refused.reason


def test_after_two_failures_the_missed_sections_come_first():
    test = bank(4)
    one = [failed(2, "section-0")]
    assert may_attempt(test, attempts=one, visits=visits(1), sections=SECTIONS) == Allowed(2)
    two = [*one, failed(3, "section-1")]
    locked = may_attempt(test, attempts=reversed(two), visits=visits(1), sections=SECTIONS)
    assert isinstance(locked, Refused)
    assert locked.sections == SECTIONS
    assert "The last 2 tests were not passed." in locked.reason
    half = may_attempt(test, attempts=two, visits=visits(1) + visits(4, "section-1"), sections=SECTIONS)
    assert isinstance(half, Refused)
    assert half.sections == ("section-0",)
    assert may_attempt(test, attempts=two, visits=visits(1) + visits(4), sections=SECTIONS) == Allowed(3)


def test_a_visit_before_the_last_attempt_does_not_open_the_lock():
    test = bank(4)
    two = [failed(2, "section-0"), failed(5, "section-0")]
    refused = may_attempt(test, attempts=two, visits=visits(1) + visits(4) + visits(5), sections=SECTIONS)
    assert isinstance(refused, Refused)


def test_the_lock_closes_again_after_two_more_failures():
    test = bank(4)
    four = [failed(number, "section-0") for number in (2, 3, 5, 6)]
    seen = visits(1) + visits(4)
    assert may_attempt(test, attempts=four[:3], visits=seen, sections=SECTIONS) == Allowed(4)
    assert isinstance(may_attempt(test, attempts=four, visits=seen, sections=SECTIONS), Refused)
    assert may_attempt(test, attempts=four, visits=seen + visits(7), sections=SECTIONS) == Allowed(5)


def test_the_number_of_attempts_before_the_lock_is_the_tests_own():
    test = bank(4, attempts_before_restudy=1)
    refused = may_attempt(test, attempts=[failed(2, "section-0")], visits=visits(1), sections=SECTIONS)
    assert isinstance(refused, Refused)
    assert "The last test was not passed." in refused.reason


def test_who_has_passed_is_not_tested_again():
    refused = may_attempt(bank(4), attempts=[failed(2), PastAttempt(hour(3), passed=True)], visits=visits(1), sections=SECTIONS)
    assert refused == Refused("You have passed this test.")


@given(banks, st.text(), st.data())
def test_a_fresh_draw_takes_what_was_not_asked_before_and_still_asks_each_objective(test, seed, data):
    before = data.draw(st.sets(st.sampled_from([item.id for item in test.items])))
    form = draw_form(test, seed=seed, asked_before=before)
    assert len(set(form.item_ids)) == test.form_size
    asked = [test.item(name) for name in form.item_ids]
    assert len({item.objective for item in asked}) == min(test.form_size, len({item.objective for item in test.items}))
    for objective in {item.objective for item in asked}:
        fresh = [item for item in test.items if item.objective == objective and item.id not in before]
        again = [item for item in asked if item.objective == objective and item.id in before]
        # An item comes back only once everything fresh on its objective is in the form, or other objectives took the room.
        assert not again or all(item.id in form.item_ids for item in fresh)
    assert draw_form(test, seed=seed, asked_before=()) == draw_form(test, seed=seed)


def test_a_bank_of_two_and_a_half_forms_gives_a_second_form_without_a_repeat():
    test = bank(20, form_size=8, objectives=4)
    for number in range(30):
        first = draw_form(test, seed=f"{number}:1")
        second = draw_form(test, seed=f"{number}:2", asked_before=first.item_ids)
        assert not set(first.item_ids) & set(second.item_ids)


STRICT = PostTestPolicy(pass_percent=100, attempts_before_restudy=1, attempts_in_all=2)


def test_a_policy_decides_when_a_form_is_passed():
    test = bank(8)
    form = draw_form(test, seed="s")
    answers = dict(list(right(test, form).items())[:7])
    assert grade(test, form, answers).passed
    strict = grade(test, form, answers, policy=STRICT)
    assert (strict.passed, strict.pass_percent, strict.correct) == (False, 100, 7)
    assert review(test, form, answers)
    with pytest.raises(NotPassed):
        review(test, form, answers, policy=STRICT)


def test_a_policy_may_lock_sooner_and_for_good():
    test = bank(8)
    at = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    failed = [PastAttempt(at, passed=False, sections_to_revisit=("section-0",))]
    seen = [Visit("section-0", at - dt.timedelta(hours=1))]
    arguments = {"visits": seen, "sections": ["section-0"]}
    assert may_attempt(test, attempts=failed, **arguments) == Allowed(2)
    locked = may_attempt(test, attempts=failed, policy=STRICT, **arguments)
    assert isinstance(locked, Refused)
    assert locked.sections == ("section-0",)
    again = [*failed, PastAttempt(at + dt.timedelta(hours=2), passed=False)]
    over = may_attempt(test, attempts=again, policy=STRICT, **arguments)
    assert over == Refused("All 2 attempts that the approval of this course allows have been used.")
