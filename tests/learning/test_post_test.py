"""The post-test: answers kept, graded once, tried again after reading again."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from goodstanding.core.courseware import AnswerError
from goodstanding.learning import selectors, services
from goodstanding.learning.errors import (
    AttemptClosedError,
    AttemptNotFoundError,
    AttemptRefusedError,
    StepLockedError,
    UnansweredError,
)
from goodstanding.learning.models import PostTestAttempt, SectionVisit
from tests.learning.making import AT, TODAY, approved, body_asking, enrolled, read, sit, small_course, studied

LATER = AT + dt.timedelta(hours=1)


@pytest.fixture
def enrollment(clinician):
    """The learner stands before the test."""
    return studied(clinician)


def begin(enrollment, at=AT):
    return services.start_attempt(enrollment=enrollment, at=at)


def asked(attempt):
    return [question.item_id for question in selectors.questions_of(attempt)]


def test_it_does_not_begin_before_everything_is_read(clinician):
    with pytest.raises(StepLockedError):
        begin(enrolled(clinician))


def test_beginning_twice_is_one_attempt_with_one_form(enrollment):
    first = begin(enrollment)
    assert begin(enrollment) == first
    assert PostTestAttempt.objects.count() == 1
    assert len(asked(first)) == 5


def test_questions_hold_no_key(enrollment):
    question = selectors.questions_of(begin(enrollment))[0]
    assert set(vars(question)) == {"number", "item_id", "stem", "options", "answer"}


def test_answers_are_kept_as_they_come(enrollment):
    attempt = begin(enrollment)
    one, two, *_ = asked(attempt)
    services.save_answers(attempt=attempt, answers={one: "a"})
    services.save_answers(attempt=attempt, answers={two: "b"})
    services.save_answers(attempt=attempt, answers={one: "c"})
    assert begin(enrollment).answers == {one: "c", two: "b"}


@pytest.mark.parametrize("answers", [{"item-99": "a"}, {"first": "z"}])
def test_answers_that_do_not_belong_change_nothing(enrollment, answers):
    attempt = begin(enrollment)
    first = asked(attempt)[0]
    services.save_answers(attempt=attempt, answers={first: "b"})
    wrong = {first if name == "first" else name: value for name, value in answers.items()}
    with pytest.raises(AnswerError):
        services.save_answers(attempt=attempt, answers=wrong)
    assert begin(enrollment).answers == {first: "b"}


def test_a_test_with_open_questions_is_not_handed_in(enrollment):
    attempt = begin(enrollment)
    questions = asked(attempt)
    services.save_answers(attempt=attempt, answers=dict.fromkeys(questions[:3], "a"))
    with pytest.raises(UnansweredError) as open_questions:
        services.submit_attempt(attempt=attempt, at=AT)
    assert list(open_questions.value.items) == questions[3:]
    services.save_answers(attempt=attempt, answers=dict.fromkeys(questions[3:], "a"))
    assert services.submit_attempt(attempt=attempt, at=AT).passed


@pytest.mark.parametrize(("wrong", "passed"), [(0, True), (1, True), (2, False)])
def test_four_of_five_pass(enrollment, wrong, passed):
    attempt = sit(enrollment, wrong=wrong)
    assert (attempt.correct, attempt.total, attempt.passed) == (5 - wrong, 5, passed)
    assert selectors.path_of(enrollment).current.kind == ("evaluation" if passed else "post_test")


def test_handing_in_twice_keeps_the_first_result(enrollment):
    attempt = sit(enrollment, wrong=1)
    again = services.submit_attempt(attempt=attempt, at=LATER)
    assert (again.submitted_at, again.correct) == (AT, 4)


def test_what_was_handed_in_does_not_change(enrollment):
    attempt = sit(enrollment, wrong=1)
    with pytest.raises(AttemptClosedError):
        services.save_answers(attempt=attempt, answers={asked(attempt)[0]: "a"})
    assert selectors.result_of(attempt).correct == 4


def test_keys_and_reasons_come_only_with_a_pass(enrollment):
    failed = sit(enrollment, wrong=2)
    assert selectors.review_of(failed) == ()
    passed = sit(enrollment, at=LATER)
    assert [review.item.key for review in selectors.review_of(passed)] == ["a"] * 5


def test_after_one_failure_a_new_form_is_drawn_at_once(enrollment):
    first = sit(enrollment, wrong=5)
    second = begin(enrollment, LATER)
    assert second.number == 2
    assert second.form != first.form
    assert second.answers == {}


def test_after_two_failures_the_sections_behind_the_misses_come_first(enrollment):
    sit(enrollment, wrong=5)
    sit(enrollment, wrong=5, at=LATER)
    with pytest.raises(AttemptRefusedError) as refused:
        begin(enrollment, LATER)
    assert refused.value.sections == ("one", "two")
    path = selectors.path_of(enrollment)
    assert [step.id for step in path.steps if step.again] == ["one", "two"]
    following = services.finish_section(enrollment=enrollment, section_id="one", at=LATER + dt.timedelta(minutes=5))
    assert following.id == "two"
    with pytest.raises(AttemptRefusedError):
        begin(enrollment, LATER)
    following = services.finish_section(enrollment=enrollment, section_id="two", at=LATER + dt.timedelta(minutes=9))
    assert following.kind == "post_test"
    assert begin(enrollment, LATER + dt.timedelta(minutes=10)).number == 3
    assert SectionVisit.objects.filter(enrollment=enrollment, restudied_after=2).count() == 2


def test_reading_between_two_failures_does_not_count_for_the_second(enrollment):
    sit(enrollment, wrong=5)
    read(enrollment, "one", "two", at=AT + dt.timedelta(minutes=5))
    sit(enrollment, wrong=5, at=LATER)
    with pytest.raises(AttemptRefusedError):
        begin(enrollment, LATER)


def test_who_has_passed_starts_no_other(enrollment):
    sit(enrollment)
    with pytest.raises(AttemptRefusedError):
        begin(enrollment, LATER)


def test_an_attempt_is_reached_by_its_holder_only(enrollment, clinician, other_clinician):
    attempt = begin(enrollment)
    assert selectors.access_attempt(clinician.holder, attempt.pk) == attempt
    with pytest.raises(AttemptNotFoundError):
        selectors.access_attempt(other_clinician.holder, attempt.pk)
    with pytest.raises(AttemptNotFoundError):
        selectors.access_attempt(clinician.holder, uuid.uuid4())


# What approval bodies ask


def overview(enrollment, at=AT):
    return selectors.post_test_of(enrollment, at=at)


def test_the_highest_pass_mark_of_test_and_bodies_decides(clinician):
    approved()
    enrollment = studied(clinician, **body_asking(pass_percent=100))
    assert (overview(enrollment).policy.pass_percent, overview(enrollment).needed) == (100, 5)
    assert not sit(enrollment, wrong=1).passed
    attempt = sit(enrollment)
    assert attempt.passed
    assert len(selectors.review_of(attempt)) == 5


def test_the_lowest_number_of_attempts_before_reading_again_decides(clinician):
    approved()
    enrollment = studied(clinician, **body_asking(attempts_before_restudy=1))
    sit(enrollment, wrong=5)
    with pytest.raises(AttemptRefusedError) as refused:
        services.start_attempt(enrollment=enrollment, at=AT)
    assert set(refused.value.sections) <= {"one", "two"}
    assert refused.value.sections


@pytest.mark.parametrize(("limit", "words"), [(2, "All 2 attempts that"), (1, "The one attempt that .* has been used")])
def test_a_body_may_limit_the_attempts_in_all(clinician, limit, words):
    approved()
    enrollment = studied(clinician, **body_asking(attempts_in_all=limit))
    assert overview(enrollment).attempts_left == limit
    for _ in range(limit):
        sit(enrollment, wrong=5)
    assert overview(enrollment).attempts_left == 0
    later = AT + dt.timedelta(hours=1)
    read(enrollment, "one", "two", at=later)
    with pytest.raises(AttemptRefusedError, match=words):
        services.start_attempt(enrollment=enrollment, at=later)


STRICT = {"pass_percent": 100, "attempts_before_restudy": 1, "attempts_in_all": 1}
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    "given",
    [
        None,
        {"body": "another"},
        {"first": TODAY + DAY, "last": TODAY + 9 * DAY},
        {"first": TODAY - 9 * DAY, "last": TODAY - DAY},
    ],
)
def test_a_body_whose_approval_is_not_in_force_changes_no_number(clinician, given):
    if given is not None:
        approved(**given)
    enrollment = studied(clinician, **body_asking(**STRICT))
    stands = overview(enrollment)
    assert (stands.policy.pass_percent, stands.policy.attempts_before_restudy, stands.attempts_left) == (80, 2, None)
    assert sit(enrollment, wrong=2).passed is False
    assert sit(enrollment, wrong=1).passed is True  # at once, with the mark of the test itself


def test_the_day_is_the_learners_own(clinician):
    # AT is the 23rd in Los Angeles and the 24th in UTC.
    approved(first=TODAY + DAY, last=TODAY + DAY)
    enrollment = studied(clinician, **body_asking(**STRICT))
    assert overview(enrollment).policy.pass_percent == 80
    assert overview(enrollment, AT + DAY).policy.pass_percent == 100


def test_an_attempt_keeps_the_numbers_of_the_day_it_began(clinician):
    enrollment = studied(clinician, **body_asking(**STRICT))
    before = begin(enrollment)
    approved(first=TODAY, last=TODAY + 9 * DAY)
    assert sit(enrollment, wrong=1, at=AT + DAY).passed
    before.refresh_from_db()
    assert (before.pass_percent, before.passed) == (80, True)
    assert selectors.result_of(before).passed
    assert len(selectors.review_of(before)) == 5


def test_an_approval_that_ended_takes_no_result_back_and_binds_no_further_attempt(clinician):
    approved()
    enrollment = studied(clinician, **body_asking(**STRICT))
    failed = sit(enrollment, wrong=1)
    assert selectors.path_of(enrollment).place.kind == "post_test"  # nothing to read for an attempt there is not
    after = AT + DAY
    result = selectors.result_of(failed)
    assert (result.passed, result.pass_percent) == (False, 100)
    # One more attempt may begin; first comes what the failed one said would come first.
    refused = overview(enrollment, after).verdict
    assert refused.sections == result.sections_to_revisit
    read(enrollment, *refused.sections, at=after)
    assert sit(enrollment, wrong=1, at=after + dt.timedelta(minutes=1)).passed


def test_questions_of_a_body_are_asked_while_its_approval_is_in_force(clinician):
    more = {"id": "level", "kind": "rating", "text": "Was the level right for you?"}
    enrollment = studied(clinician, **body_asking(evaluation_questions=[more]))
    asked = [question.id for question in selectors.evaluation_form_of(enrollment, AT).questions]
    approved()
    with_body = [question.id for question in selectors.evaluation_form_of(enrollment, AT).questions]
    assert with_body == [*asked, "level"]
    assert [question.id for question in selectors.evaluation_form_of(enrollment, AT + DAY).questions] == asked


def test_a_new_form_asks_first_what_was_not_asked_before(clinician):
    test = small_course().post_test
    enrollment = studied(clinician, post_test=test.model_copy(update={"form_size": 3}))
    forms = [{question.item_id for question in selectors.questions_of(sit(enrollment, wrong=3))} for _ in range(2)]
    assert not forms[0] & forms[1]
