"""Minutes by formula, and hours rounded down."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.courseware import (
    CreditBasis,
    body_hours,
    computed_minutes,
    count_words,
    credit_basis,
    load_course,
    mergener_minutes,
    reading_minutes,
)


@pytest.mark.parametrize(
    ("words", "questions", "difficulty", "minutes"),
    [
        (3774, 16, "2.5", "61.935894"),
        (6000, 8, "3", "53.082"),
        (10000, 10, "3", "65.61"),
        (500, 0, "1", "0"),  # -5.18 by the formula
    ],
)
def test_the_formula_has_a_minus_sign_and_never_falls_below_zero(words, questions, difficulty, minutes):
    assert mergener_minutes(words=words, questions=questions, difficulty=Decimal(difficulty)) == Decimal(minutes)


def test_one_step_of_difficulty_is_worth_almost_fourteen_minutes():
    two, three = (mergener_minutes(words=6000, questions=8, difficulty=Decimal(value)) for value in (2, 3))
    assert three - two == Decimal("13.95")


def test_the_published_examples_to_the_digits_in_which_they_are_given():
    # The page that prints a plus before 22.3 gives 61.936 itself; with a plus its example would be 102.08.
    assert round(mergener_minutes(words=3774, questions=16, difficulty=Decimal("2.5")), 3) == Decimal("61.936")
    assert round(mergener_minutes(words=6000, questions=8, difficulty=Decimal(3)), 2) == Decimal("53.08")
    assert mergener_minutes(words=10000, questions=10, difficulty=Decimal(3)) == Decimal("65.61")


@given(
    st.integers(min_value=0, max_value=100_000),
    st.integers(min_value=0, max_value=100),
    st.decimals(min_value=1, max_value=5, places=1),
)
def test_more_to_read_or_to_answer_never_takes_less_time(words, questions, difficulty):
    minutes = mergener_minutes(words=words, questions=questions, difficulty=difficulty)
    assert minutes >= 0
    assert mergener_minutes(words=words + 1, questions=questions, difficulty=difficulty) >= minutes
    assert mergener_minutes(words=words, questions=questions + 1, difficulty=difficulty) >= minutes


@pytest.mark.parametrize(
    ("minutes", "hour", "increment", "hours"),
    [
        ("59.99", 60, "0.25", "0.75"),
        ("60", 60, "0.25", "1"),
        ("60", 50, "0.25", "1"),
        ("62.5", 50, "0.25", "1.25"),
        ("44.99", 60, "0.5", "0.5"),
        ("119", 60, "1", "1"),
        ("0", 60, "0.25", "0"),
        ("14.99", 60, "0.25", "0"),
    ],
)
def test_hours_are_rounded_down_to_the_bodys_step(minutes, hour, increment, hours):
    assert body_hours(Decimal(minutes), minutes_per_hour=hour, increment=Decimal(increment)) == Decimal(hours)


@given(
    st.decimals(min_value=0, max_value=10_000, places=2),
    st.sampled_from([50, 60]),
    st.sampled_from([Decimal("0.1"), Decimal("0.25"), Decimal("0.5"), Decimal(1)]),
)
def test_hours_are_never_more_than_was_earned(minutes, hour, increment):
    hours = body_hours(minutes, minutes_per_hour=hour, increment=increment)
    assert hours * hour <= minutes < (hours + increment) * hour
    assert hours % increment == 0


@pytest.mark.parametrize("wrong", [{"minutes_per_hour": 0}, {"increment": Decimal(0)}])
def test_an_hour_of_no_length_is_refused(wrong):
    with pytest.raises(ValueError, match="lie above 0"):
        body_hours(Decimal(1), **wrong)


def test_words_are_counted_as_a_reader_sees_them():
    assert count_words("One **two** [three](https://example.org/four) — five.") == 4
    assert count_words("::: case Six seven\nEight.\n:::\n") == 3
    assert count_words("::: duty some_duty_id Its title\nText.\n:::\n") == 3
    assert count_words("| a | b |\n| --- | --- |\n| c | d |\n") == 4


def test_a_credit_basis_counts_text_and_the_shortest_play_and_the_form(course):
    basis = credit_basis(course)
    sections = sum(count_words(section.text) for section in course.sections)
    assert basis.scenario_words == 24
    assert basis.words == sections + 24
    assert basis.items == course.post_test.form_size == 4
    assert basis.minutes == computed_minutes(course)
    exact = mergener_minutes(words=basis.words, questions=4, difficulty=Decimal(2))
    assert exact - Decimal("0.01") < basis.minutes <= exact
    assert CreditBasis.model_validate_json(basis.model_dump_json()) == basis


def test_items_references_and_the_way_a_question_is_put_do_not_count_as_words(files):
    before = credit_basis(load_course(files.write())).words
    files.post_test["items"][0]["stem"] = "A much longer stem about a chance meeting in a pharmacy. What do you do?"
    files.sources["references"][0]["title"] = "A very long title of a code of ethics"
    files.node("turn")["choices"][0]["feedback"]["why"] = "A longer reason that nobody has to read in order to finish."
    assert credit_basis(load_course(files.write())).words == before


def test_hours_stay_provisional_until_two_raters_and_an_approver_have_signed(course):
    basis = credit_basis(course)
    assert basis.status == "provisional"
    signed = {"raters": ("Rater One", "Rater Two"), "approver": "Approver"}
    assert basis.model_copy(update=signed).status == "final"
    assert basis.model_copy(update={**signed, "raters": ("Rater One", "Rater One")}).status == "provisional"
    assert basis.model_copy(update={**signed, "approver": None}).status == "provisional"


def test_reading_minutes_round_up_and_yield_to_the_author(course):
    section = course.section("first")
    assert reading_minutes(section) == 1
    assert reading_minutes(section.model_copy(update={"text": "word " * 401})) == 3
    assert reading_minutes(section.model_copy(update={"minutes": 9})) == 9
