"""Two tabs at the same moment: one step, one answer each, one result, one attempt."""

from __future__ import annotations

import pytest

from goodstanding.flows.completing import complete
from goodstanding.learning import selectors, services
from goodstanding.learning.errors import AttemptClosedError
from goodstanding.learning.models import Completion, PostTestAttempt, Pretest, ScenarioRun, ScenarioStep, StepReason
from tests.learning.making import AT, enrolled, evaluated, play, read, studied, with_pretest
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def take(enrollment, position, **given):
    return services.take_step(enrollment=enrollment, scenario_id="scene", number=1, position=position, at=AT, **given)


def test_two_choices_at_once_are_one_step_and_both_tabs_see_it(clinician):
    enrollment = enrolled(clinician)
    read(enrollment, "one")
    services.start_run(enrollment=enrollment, scenario_id="scene", at=AT)
    take(enrollment, 0)
    runs = race(*(lambda choice=choice: take(enrollment, 1, choice=choice, reason=choice) for choice in ("stay", "leave")))
    assert [len(run.state["steps"]) for run in runs] == [2, 2]
    assert runs[0].state == runs[1].state
    assert ScenarioStep.objects.filter(position=1).count() == StepReason.objects.count() == 1


def test_two_replays_asked_for_at_once_are_one(clinician):
    enrollment = enrolled(clinician)
    read(enrollment, "one")
    play(enrollment)
    runs = race(*(lambda: services.replay_from(enrollment=enrollment, scenario_id="scene", position=1, at=AT) for _ in range(2)))
    assert runs[0] == runs[1]
    assert ScenarioRun.objects.count() == 2


def test_answers_given_at_once_are_both_kept(clinician):
    attempt = services.start_attempt(enrollment=studied(clinician), at=AT)
    one, two, *_ = (question.item_id for question in selectors.questions_of(attempt))
    race(*(lambda item=item: services.save_answers(attempt=attempt, answers={item: "b"}) for item in (one, two)))
    assert PostTestAttempt.objects.get().answers == {one: "b", two: "b"}


def test_two_starts_at_once_are_one_attempt(clinician):
    enrollment = studied(clinician)
    attempts = race(*(lambda: services.start_attempt(enrollment=enrollment, at=AT) for _ in range(2)))
    assert attempts[0] == attempts[1]


def test_an_answer_that_meets_the_handing_in_changes_no_result(clinician):
    attempt = services.start_attempt(enrollment=studied(clinician), at=AT)
    items = [question.item_id for question in selectors.questions_of(attempt)]
    services.save_answers(attempt=attempt, answers=dict.fromkeys(items, "a"))
    late, _ = race(
        lambda: services.save_answers(attempt=attempt, answers={items[0]: "b"}),
        lambda: services.submit_attempt(attempt=attempt, at=AT),
    )
    kept = PostTestAttempt.objects.get()
    # either it came in time and counts, or it was refused and changed nothing
    assert kept.correct == (5 if isinstance(late, AttemptClosedError) else 4)
    assert list(kept.answers.values()).count("a") == kept.correct


def test_a_pretest_finished_twice_at_once_is_finished_once(clinician):
    enrollment = enrolled(clinician, **with_pretest())
    steps = race(*(lambda: services.finish_pretest(enrollment=enrollment, at=AT) for _ in range(2)))
    assert [step.id for step in steps] == ["one", "one"]
    assert Pretest.objects.count() == 1


def test_two_signatures_at_once_give_one_certificate(clinician):
    enrollment = evaluated(clinician)
    certificates = race(*(lambda: complete(enrollment=enrollment, signed_name="Ada Example", at=AT) for _ in range(2)))
    assert certificates[0] == certificates[1]
    assert Completion.objects.count() == 1
