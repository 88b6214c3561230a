"""What approval bodies ask, taken together; and signed hours."""

from __future__ import annotations

from decimal import Decimal

import pytest

from goodstanding.core.courseware import (
    ApprovalBody,
    DifficultyRating,
    PostTestPolicy,
    credit_basis,
    evaluation_form,
    hours_of_bodies,
    load_course,
    mergener_minutes,
    post_test_policy,
    signed_basis,
)
from goodstanding.core.courseware.bodies import items_needed


@pytest.fixture
def taught(full):
    return load_course(full.write())


def test_the_strictest_number_holds(taught):
    assert post_test_policy(taught) == PostTestPolicy(90, 1, 3)
    assert post_test_policy(taught, ["mild"]) == PostTestPolicy(80, 2, None)
    assert post_test_policy(taught, []) == PostTestPolicy(80, 2, None)


def test_a_body_can_not_make_a_test_easier(full):
    full.course["approval_bodies"] = [{"body": "mild", "pass_percent": 50, "attempts_before_restudy": 9}]
    assert post_test_policy(load_course(full.write())) == PostTestPolicy(80, 2, None)


def test_the_evaluation_asks_for_objectives_then_the_sponsors_then_the_bodies(taught):
    form = evaluation_form(taught)
    assert [question.id for question in form.questions] == ["objective-see", "objective-act", "useful", "strict-level"]
    assert form.notes == ("The board asks for this.",)
    assert form.scale == ("low", "middle", "high")
    without = evaluation_form(taught, ["mild"])
    assert [question.id for question in without.questions] == ["objective-see", "objective-act", "useful"]
    assert without.notes == ()


def test_each_body_counts_its_own_hours_and_rounds_down(taught):
    hours = {body.body: body.hours for body in hours_of_bodies(taught, Decimal("59.99"))}
    assert hours == {"strict": 1, "mild": Decimal("0.75")}
    assert [body.body for body in hours_of_bodies(taught, Decimal(60), ["mild"])] == ["mild"]


@pytest.mark.parametrize(("minutes", "items"), [("49.99", 0), ("50", 8), ("99.99", 8), ("100", 16)])
def test_items_are_asked_for_each_hour_that_is_awarded(minutes, items):
    body = ApprovalBody(body="b", minutes_per_hour=50, increment=Decimal(1), items_per_hour=8)
    assert items_needed(body, Decimal(minutes)) == items
    assert items_needed(ApprovalBody(body="b"), Decimal(minutes)) == 0


def rating(rater: str, value: str) -> DifficultyRating:
    return DifficultyRating(rater=rater, value=Decimal(value), reason=f"{rater} thinks so.")


def test_the_lowest_rating_holds_and_the_minutes_follow_from_it(course):
    basis = credit_basis(course)
    signed = signed_basis(basis, ratings=[rating("One", "4"), rating("Two", "3")], approver="Three")
    assert (signed.status, signed.difficulty, signed.difficulty_reason) == ("final", 3, "Two thinks so.")
    exact = mergener_minutes(words=basis.words, questions=basis.items, difficulty=Decimal(3))
    assert exact - Decimal("0.01") < signed.minutes <= exact
    assert basis.status == "provisional"


@pytest.mark.parametrize(
    ("ratings", "approver"),
    [
        ([], None),
        ([], "Three"),
        ([rating("One", "2")], "Three"),
        ([rating("One", "2")] * 2, "Three"),
        ([rating("One", "2"), rating("Two", "2")], None),
    ],
)
def test_fewer_signatures_leave_hours_provisional(course, ratings, approver):
    assert signed_basis(credit_basis(course), ratings=ratings, approver=approver).status == "provisional"
