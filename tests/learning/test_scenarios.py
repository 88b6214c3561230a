"""Playing a scenario: one step at a time, each once, reasons first."""

from __future__ import annotations

import pytest

from goodstanding.learning import selectors, services
from goodstanding.learning.errors import ReasonMissingError, StepLockedError, StepNotFoundError, StepRefusedError
from goodstanding.learning.models import ScenarioRun, ScenarioStep, StepReason
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
    assert (stored.choice, "answer" in stored.written.sealed) == ("stay", False)
    before = scene(enrollment, 2).before
    assert (before.choice.choice_id, before.written.text) == ("stay", "She needs an answer.")


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
    assert scene(enrollment, 1).written.text == "First."


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


def test_everything_that_was_asked_is_looked_back_at(enrollment):
    play(enrollment)
    debrief = selectors.debrief_of(enrollment, selectors.access_run(enrollment, "scene", 1))
    assert [(each.position, each.choice and each.choice.choice_id, each.written and each.written.text) for each in debrief] == [
        (0, None, None),
        (1, "stay", "She needs an answer."),
        (3, "peer", None),
    ]


def test_deleting_a_reason_leaves_the_choice_and_may_be_said_twice(enrollment):
    play(enrollment)
    for _ in range(2):
        services.delete_reason(enrollment=enrollment, scenario_id="scene", number=1, position=1)
    assert not StepReason.objects.exists()
    past = scene(enrollment, 1)
    assert (past.taken.choice_id, past.written, past.was_deleted) == ("stay", None, True)
    assert not scene(enrollment, 3).was_deleted  # nothing was asked there


@pytest.mark.parametrize(("number", "position"), [(1, 9), (2, 1)])
def test_only_a_step_that_was_taken_has_words_to_delete(enrollment, number, position):
    play(enrollment)
    with pytest.raises(StepNotFoundError):
        services.delete_reason(enrollment=enrollment, scenario_id="scene", number=number, position=position)


def test_a_replay_shows_no_words_of_the_first_run_and_says_nothing_was_deleted(enrollment):
    play(enrollment)
    services.replay_from(enrollment=enrollment, scenario_id="scene", position=3, at=AT)
    past = scene(enrollment, 1, number=2)
    assert (past.taken.choice_id, past.written, past.was_deleted) == ("stay", None, False)


@pytest.mark.parametrize(
    ("picked", "kept"),
    [
        ([], ["stay"]),
        (["stay"], ["stay"]),
        (["leave"], ["leave", "stay"]),
        (["stay", "leave", "leave", "nothing-offered", "stay"], ["stay", "leave", "stay"]),
        (["leave", "stay"] * 100, ["leave", "stay"] * 20),
    ],
)
def test_changes_of_mind_are_kept_as_far_as_they_are_true(enrollment, picked, kept):
    start(enrollment)
    step(enrollment, 0)
    step(enrollment, 1, choice="stay", reason="So.", weighed=picked)
    assert ScenarioStep.objects.get(position=1).weighed == kept


@pytest.mark.parametrize(("measured", "kept"), [(None, None), (75, 75), (-3, 0), (10**9, 4 * 3600)])
def test_the_time_on_a_scene_has_bounds(enrollment, measured, kept):
    start(enrollment)
    step(enrollment, 0, seconds=measured)
    assert ScenarioStep.objects.get(position=0).seconds == kept
