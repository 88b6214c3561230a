"""Playing scenarios: every play ends, nothing illegal is possible, and a stored play goes on where it stopped."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.core.courseware import (
    Change,
    Condition,
    Node,
    Scenario,
    ScenarioFinished,
    State,
    Step,
    UnknownChoice,
    UnknownMark,
    WrongStep,
    choose,
    current,
    explore,
    is_finished,
    last_choice,
    load_course,
    mark,
    memory,
    noticed,
    offered,
    path,
    proceed,
    start,
)
from goodstanding.core.courseware.model import Branch, Choice
from tests.core.courseware.drawn import FEEDBACK, scenarios


@pytest.fixture
def walk(course) -> Scenario:
    return course.scenario("walk")


def at_turn(walk: Scenario) -> State:
    return mark(walk, start(walk), ["face"])


def test_a_play_from_beginning_to_end(walk):
    state = start(walk)
    assert current(walk, state).node_id == "look"
    state = mark(walk, state, ["face"])
    assert [choice.choice_id for choice in offered(walk, state)] == ["speak", "pass"]
    assert last_choice(walk, state) is None
    state = choose(walk, state, "speak")
    assert last_choice(walk, state).choice_id == "speak"
    assert memory(walk, state) == {"spoke": True}
    state = choose(walk, state, "her")
    assert current(walk, state).node_id == "evening"
    state = proceed(walk, state)
    assert current(walk, state).node_id == "call"
    assert not is_finished(walk, state)
    state = proceed(walk, state)
    assert is_finished(walk, state)
    assert [node.node_id for node in path(walk, state)] == ["look", "turn", "ask", "evening", "call", "over"]
    assert last_choice(walk, state).choice_id == "her"


def test_a_choice_under_a_condition_is_offered_only_when_it_holds(walk):
    silent = choose(walk, at_turn(walk), "pass")
    assert [choice.choice_id for choice in offered(walk, silent)] == ["peer", "nobody"]
    with pytest.raises(UnknownChoice, match="not offered here"):
        choose(walk, silent, "her")
    assert current(walk, proceed(walk, choose(walk, silent, "peer"))).node_id == "over"


def test_marks_are_kept_in_the_order_of_the_scene_and_none_is_required(walk):
    state = mark(walk, start(walk), ["face", "bird", "face"])
    assert state.steps[0].marks == ("bird", "face")
    assert [(each.mark_id, set_) for each, set_ in noticed(walk, mark(walk, start(walk), ["face"]))] == [
        ("bird", False),
        ("face", True),
    ]
    assert current(walk, mark(walk, start(walk), [])).node_id == "turn"
    with pytest.raises(UnknownMark, match="nothing called cat"):
        mark(walk, start(walk), ["cat"])


def test_steps_of_the_wrong_kind_are_refused(walk):
    first, turn = start(walk), at_turn(walk)
    evening = choose(walk, choose(walk, turn, "speak"), "peer")
    with pytest.raises(WrongStep, match="asks what you notice"):
        proceed(walk, first)
    with pytest.raises(WrongStep, match="nothing to choose"):
        choose(walk, first, "speak")
    with pytest.raises(WrongStep, match="waits for a choice"):
        proceed(walk, turn)
    with pytest.raises(WrongStep, match="waits for a choice"):
        mark(walk, turn, [])
    with pytest.raises(UnknownChoice):
        choose(walk, turn, "nobody")
    with pytest.raises(WrongStep, match="nothing to mark"):
        mark(walk, evening, [])


def test_nothing_follows_the_end(walk):
    state = choose(walk, choose(walk, at_turn(walk), "pass"), "nobody")
    assert is_finished(walk, state)
    for step in (lambda: choose(walk, state, "pass"), lambda: proceed(walk, state), lambda: mark(walk, state, [])):
        with pytest.raises(ScenarioFinished, match="start it again"):
            step()


def test_a_state_of_another_scenario_or_another_path_is_refused(walk):
    with pytest.raises(WrongStep, match="belong to the scenario `run`"):
        current(walk, State(scenario_id="run"))
    forged = State.model_validate_json('{"scenario_id": "walk", "steps": [{"node_id": "ask", "choice_id": "peer"}]}')
    with pytest.raises(WrongStep, match="another scene"):
        current(walk, forged)


def test_a_step_leaves_the_state_before_it_alone(walk):
    state = at_turn(walk)
    before = state.model_dump_json()
    choose(walk, state, "speak")
    choose(walk, state, "pass")
    assert state.model_dump_json() == before


def test_exploring_finds_lengths_and_what_is_never_met(walk):
    found = explore(walk)
    assert found.sound
    assert found.shortest == ("look", "turn", "ask", "over")
    assert found.longest == ("look", "turn", "ask", "evening", "call", "over")
    assert (found.fewest_seconds, found.most_seconds) == (120, 180)
    assert found.reachable == {"look", "turn", "ask", "evening", "call", "over"}
    # Texts, marks and offered labels of the shortest play: look 3+2+2, turn 2+2+2, ask without `her` 4+2+2, over 3.
    assert found.fewest_words == 24


def step(scenario: Scenario, state: State, data: st.DataObject) -> State:
    """Any step that the scene allows, with any of what there is to notice in it."""
    node = current(scenario, state)
    marks = data.draw(st.sets(st.sampled_from([each.mark_id for each in node.marks]))) if node.marks else set()
    if node.kind == "notice":
        return mark(scenario, state, marks)
    if node.choices:
        return choose(scenario, state, data.draw(st.sampled_from(offered(scenario, state))).choice_id, marks)
    return proceed(scenario, state, marks)


@settings(deadline=None)
@given(scenarios(), st.data())
def test_any_play_of_any_sound_scenario_ends_within_what_was_explored(scenario, data):
    found = explore(scenario)
    assert found.sound
    state, words = start(scenario), 0
    while not is_finished(scenario, state):
        node = current(scenario, state)
        assert node.node_id in found.reachable
        choices = offered(scenario, state)
        assert {(node.node_id, choice.choice_id) for choice in choices} <= found.offered
        words += 2 + len(node.marks) + 2 * len(choices)
        state = step(scenario, state, data)
        # Stored and restored after each step, as the player does.
        restored = State.model_validate_json(state.model_dump_json())
        assert restored == state
        assert current(scenario, restored) == current(scenario, state)
    length = len(path(scenario, state))
    assert len(found.shortest) <= length <= len(found.longest)
    assert found.fewest_seconds <= length <= found.most_seconds
    assert found.fewest_words <= words + 3 <= found.most_words
    tasks = sum(node.kind in ("notice", "decide", "consult", "document") for node in path(scenario, state))
    assert found.fewest_tasks <= tasks <= found.most_tasks
    assert found.fewest_choices <= sum(taken.choice_id is not None for taken in state.steps) <= found.most_choices
    passed = [each.mark_id for node in path(scenario, state)[:-1] for each in node.marks]
    assert [each.mark_id for each, _ in noticed(scenario, state)] == passed


@settings(deadline=None)
@given(scenarios())
def test_the_ways_through_are_counted_as_they_can_be_walked(scenario):
    plays, ends = [start(scenario)], 0
    while plays:
        state = plays.pop()
        if is_finished(scenario, state):
            ends += 1
        elif choices := offered(scenario, state):
            plays += [choose(scenario, state, choice.choice_id) for choice in choices]
        elif current(scenario, state).kind == "notice":
            plays.append(mark(scenario, state, []))
        else:
            plays.append(proceed(scenario, state))
        if ends + len(plays) > 2_000:
            return
    assert explore(scenario).plays == ends


@settings(deadline=None)
@given(scenarios(), st.data())
def test_two_runs_taken_in_turns_know_nothing_of_each_other(scenario, data):
    before = scenario.model_dump_json()
    runs = [start(scenario), start(scenario)]
    alone: list[list[Step]] = [[], []]
    for _ in range(40):
        number = data.draw(st.integers(0, 1))
        if is_finished(scenario, runs[number]):
            continue
        other = runs[1 - number].model_dump_json(), dict(memory(scenario, runs[1 - number]))
        runs[number] = step(scenario, runs[number], data)
        alone[number].append(runs[number].steps[-1])
        assert (runs[1 - number].model_dump_json(), dict(memory(scenario, runs[1 - number]))) == other
    for run, steps in zip(runs, alone, strict=True):
        again = State(scenario_id=scenario.id, steps=tuple(steps))
        assert again == run
        assert memory(scenario, again) == memory(scenario, run)
    assert memory(scenario, start(scenario)) == scenario.state
    assert scenario.model_dump_json() == before


@settings(deadline=None)
@given(scenarios(), st.integers(min_value=0, max_value=7))
def test_a_loop_anywhere_is_found(scenario, at):
    target = scenario.nodes[min(at, len(scenario.nodes) - 2)]
    # The end is replaced by a node that leads back, so every play that reaches it goes round.
    back = Node(node_id="end", kind="reflect", text="Again.", est_seconds=1, next=target.node_id)
    looped = scenario.model_copy(update={"nodes": (*scenario.nodes[:-1], back)})
    found = explore(looped)
    reached = "end" in explore(scenario).reachable
    assert reached
    assert found.loop
    assert not found.sound
    assert found.shortest == ()


def test_amounts_are_counted_and_compared(full):
    walk = load_course(full.write()).scenario("walk")
    turn = mark(walk, start(walk), [])
    spoke = choose(walk, turn, "speak", ["hand"])
    assert memory(walk, spoke) == {"spoke": True, "candor": 2}
    assert spoke.steps[-1].marks == ("hand",)
    evening = choose(walk, spoke, "peer")
    assert current(walk, proceed(walk, evening)).node_id == "call"
    silent = choose(walk, choose(walk, turn, "pass"), "peer")
    assert current(walk, proceed(walk, silent)).node_id == "over"


def test_what_is_not_in_a_scene_can_not_be_marked_there(full):
    walk = load_course(full.write()).scenario("walk")
    turn = mark(walk, start(walk), [])
    with pytest.raises(UnknownMark, match="nothing called bird"):
        choose(walk, turn, "speak", ["bird"])
    forged = State.model_validate_json('{"scenario_id": "walk", "steps": [{"node_id": "look", "marks": ["face", "moon"]}]}')
    with pytest.raises(UnknownMark, match="nothing called moon"):
        current(walk, forged)


def test_what_was_noticed_beside_a_choice_is_kept_for_the_debrief(full):
    walk = load_course(full.write()).scenario("walk")
    state = choose(walk, mark(walk, start(walk), ["face"]), "pass")
    assert [(each.mark_id, seen) for each, seen in noticed(walk, state)] == [("bird", False), ("face", True), ("hand", False)]


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        (Condition(at_least=2), 2, True),
        (Condition(at_least=2), 1, False),
        (Condition(at_most=2), 2, True),
        (Condition(at_most=2), 3, False),
        (Condition(at_least=1), True, False),
        (Condition(at_most=1), False, False),
        (Condition(at_least=1, at_most=2), 3, False),
        (Condition(is_not=2), 2, False),
        (Condition(is_not=1), True, True),
        (Condition(is_not="a"), "b", True),
        (Condition(one_of=("a", "b")), "b", True),
        (Condition(one_of=("a", "b")), "c", False),
        (Condition(one_of=(1,)), True, False),
    ],
)
def test_conditions_at_their_edges(condition, value, holds):
    assert condition.holds(value) is holds


def bounded(times: int) -> Scenario:
    """A scenario that comes back to its first scene until it has been left so many times."""
    again = Choice(choice_id="again", label="Again.", next="count", rating="sound", feedback=FEEDBACK, set={"n": Change(add=1)})
    nodes = (
        Node(
            node_id="ask",
            kind="decide",
            text="Again?",
            est_seconds=1,
            choices=(again, again.model_copy(update={"choice_id": "more"})),
        ),
        Node(
            node_id="count",
            kind="reflect",
            text="So.",
            est_seconds=1,
            branches=(Branch(when={"n": Condition(at_most=times - 1)}, next="ask"),),
            next="end",
        ),
        Node(node_id="end", kind="end", text="Over.", est_seconds=1),
    )
    return Scenario(id="b", title="T", introduction="I", objectives=("o",), start="ask", state={"n": 0}, nodes=nodes)


def test_a_loop_that_is_counted_ends_and_one_that_hardly_does_is_refused():
    found = explore(bounded(3))
    assert found.sound
    assert found.longest == ("ask", "count") * 3 + ("end",)
    assert found.plays == 8
    endless = explore(bounded(1_000))
    assert endless.loop == ("ask", "count")
    assert not endless.sound
    assert not endless.too_large
