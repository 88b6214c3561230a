"""Playing a scenario: one step at a time, each once, reasons first."""

from __future__ import annotations

import pytest

from goodstanding.learning import selectors, services
from goodstanding.learning.errors import ReasonMissingError, StepLockedError, StepNotFoundError, StepRefusedError
from goodstanding.learning.models import ScenarioRun, ScenarioStep
from tests.learning.making import AT, enrolled, play, read


@pytest.fixture
def enrollment(clinician):
    """The learner stands before the scenario."""
    made = enrolled(clinician)
    read(made, "one")
    return made


def step(enrollment, position, *, number=1, **given):
    return services.take_step(enrollment=enrollment, scenario_id="scene", number=number, position=position, at=AT, **given)


def start(enrollment):
    return services.start_run(enrollment=enrollment, scenario_id="scene", at=AT)


def scene(enrollment, position, number=1):
    return selectors.scene_at(enrollment, selectors.access_run(enrollment, "scene", number), position)


def test_beginning_twice_is_one_run(enrollment):
    assert start(enrollment) == start(enrollment)
    assert ScenarioRun.objects.count() == 1


def test_it_does_not_begin_before_its_turn(clinician):
    with pytest.raises(StepLockedError):
        start(enrolled(clinician))


def test_marks_are_kept_and_spoken_about_on_the_next_page(enrollment):
    start(enrollment)
    step(enrollment, 0, marks=["rain"])
    before = scene(enrollment, 1).before
    assert [(mark.mark_id, was_set) for mark, was_set in before.marks] == [("voice", False), ("rain", True)]


def test_noticing_nothing_is_allowed(enrollment):
    start(enrollment)
    step(enrollment, 0)
    assert scene(enrollment, 1).node.node_id == "decide"


def test_the_reason_is_stored_with_the_choice_before_feedback_can_be_seen(enrollment):
    start(enrollment)
    step(enrollment, 0)
    with pytest.raises(ReasonMissingError):
        step(enrollment, 1, choice="stay", reason="   ")
    assert scene(enrollment, 1).taken is None
    with pytest.raises(StepNotFoundError):
        scene(enrollment, 2)  # the page with the feedback does not exist yet
    step(enrollment, 1, choice="stay", reason=" She needs an answer. ")
    stored = ScenarioStep.objects.get(run__enrollment=enrollment, position=1)
    assert (stored.choice, stored.reason) == ("stay", "She needs an answer.")
    before = scene(enrollment, 2).before
    assert (before.choice.choice_id, before.reason) == ("stay", "She needs an answer.")


def test_only_marks_of_the_scene_can_be_set(enrollment):
    start(enrollment)
    with pytest.raises(StepRefusedError):
        step(enrollment, 0, marks=["voice", "nothing-like-it"])
    assert scene(enrollment, 0).taken is None
    step(enrollment, 0, marks=["voice"])
    assert scene(enrollment, 0).taken.marks == ("voice",)


@pytest.mark.parametrize("choice", ["", "shout"])
def test_only_what_is_offered_can_be_chosen(enrollment, choice):
    start(enrollment)
    step(enrollment, 0)
    with pytest.raises(StepRefusedError):
        step(enrollment, 1, choice=choice, reason="So.")
    step(enrollment, 1, choice="leave", reason="So.")
    assert scene(enrollment, 1).taken.choice_id == "leave"


def test_a_reason_has_an_end(enrollment):
    start(enrollment)
    step(enrollment, 0)
    with pytest.raises(StepRefusedError, match="room for"):
        step(enrollment, 1, choice="stay", reason="x" * (services.LONGEST_REASON + 1))
    step(enrollment, 1, choice="stay", reason="x" * services.LONGEST_REASON)


def test_a_step_taken_stays_whatever_is_sent_again(enrollment):
    start(enrollment)
    step(enrollment, 0)
    step(enrollment, 1, choice="stay", reason="First.")
    step(enrollment, 1, choice="leave", reason="Second.")
    assert ScenarioStep.objects.filter(position=1).count() == 1
    assert scene(enrollment, 1).taken.choice_id == "stay"
    assert scene(enrollment, 1).reason == "First."


def test_no_scene_can_be_jumped_over(enrollment):
    start(enrollment)
    with pytest.raises(StepRefusedError):
        step(enrollment, 3, choice="peer")
    assert ScenarioStep.objects.count() == 0


def test_reaching_an_end_finishes_the_step_of_the_course(enrollment):
    play(enrollment)
    assert selectors.access_run(enrollment, "scene", 1).finished_at == AT
    assert selectors.path_of(enrollment).current.id == "two"
    last = scene(enrollment, 4)
    assert last.finished
    assert last.node.kind == "end"


def test_a_replay_changes_one_decision_and_leaves_the_first_run(enrollment):
    play(enrollment)
    run = services.replay_from(enrollment=enrollment, scenario_id="scene", position=1, at=AT)
    assert run.number == 2
    step(enrollment, 1, number=2, choice="leave", reason="Other.")
    assert scene(enrollment, 1, number=2).taken.choice_id == "leave"
    assert scene(enrollment, 1).taken.choice_id == "stay"
    assert selectors.path_of(enrollment).current.id == "two"  # an unfinished replay takes nothing back


def test_two_clicks_begin_one_replay(enrollment):
    play(enrollment)
    first = services.replay_from(enrollment=enrollment, scenario_id="scene", position=1, at=AT)
    assert services.replay_from(enrollment=enrollment, scenario_id="scene", position=1, at=AT) == first
    step(enrollment, 1, number=2, choice="leave", reason="Other.")
    assert services.replay_from(enrollment=enrollment, scenario_id="scene", position=1, at=AT).number == 3


@pytest.mark.parametrize("position", [0, 2, 9])
def test_only_a_decision_can_be_changed(enrollment, position):
    play(enrollment)
    with pytest.raises(StepNotFoundError):
        services.replay_from(enrollment=enrollment, scenario_id="scene", position=position, at=AT)


def test_nothing_is_replayed_before_the_first_end(enrollment):
    start(enrollment)
    step(enrollment, 0)
    step(enrollment, 1, choice="stay", reason="So.")
    with pytest.raises(StepNotFoundError):
        services.replay_from(enrollment=enrollment, scenario_id="scene", position=1, at=AT)


def test_decisions_are_listed_with_their_reasons(enrollment):
    play(enrollment)
    decided = selectors.decisions_of(enrollment, selectors.access_run(enrollment, "scene", 1))
    assert [(each.position, each.choice.choice_id, each.reason) for each in decided] == [
        (1, "stay", "She needs an answer."),
        (3, "peer", ""),
    ]
