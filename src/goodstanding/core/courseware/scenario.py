"""
Playing a scenario, and proving that it can be played.

A :class:`State` is the list of steps a learner took and nothing else, so it can be stored, replayed and compared; where the
learner stands and what the scenario remembers follow from it. Every function is pure: a step gives a new state. The
learner's written reasons are not part of it, because they are private and belong to the learner.

A scenario is sound if every play of it ends. Plays are followed through pairs of node and memory, not nodes alone, so a
condition that closes the last way out is found (:func:`explore`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from goodstanding.core.courseware.markdown import count_words
from goodstanding.core.courseware.model import (
    Assigned,
    Change,
    Choice,
    Condition,
    Flag,
    Identifier,
    Mark,
    Node,
    Scenario,
    Wanted,
    same_flag,
)
from goodstanding.core.documents import Sequence, Strict

MAX_SITUATIONS = 10_000
"""More pairs of node and memory than this are not explored; no scenario for people has so many."""


MAX_RETURNS = 20
"""A play that comes to one scene more often than this counts something in a loop that nobody would ever see end."""


class IllegalStep(ValueError):  # noqa: N818 - it says what was tried, which reads better than an error's name
    """The step does not fit where the learner stands; the message says why in words for the learner."""


class UnknownChoice(IllegalStep):
    """The choice is not offered at this node."""


class UnknownMark(IllegalStep):
    """The mark does not stand in this scene."""


class WrongStep(IllegalStep):
    """The node does not ask for such a step: choosing at a node without choices, or the reverse."""


class ScenarioFinished(IllegalStep):
    """The scenario has ended; there are no further steps."""


class Step(Strict):
    """One step: the node left, and what was chosen or marked there (nothing, where one only reads on)."""

    node_id: Identifier
    choice_id: Identifier | None = None
    marks: Sequence[Identifier] = ()


class State(Strict):
    """How far one play of one scenario has come. ``model_dump_json`` and ``model_validate_json`` store and restore it."""

    scenario_id: Identifier
    steps: Sequence[Step] = ()


def start(scenario: Scenario) -> State:
    """A fresh play of `scenario`."""
    return State(scenario_id=scenario.id)


def current(scenario: Scenario, state: State) -> Node:
    """The node at which the learner stands; IllegalStep if the steps are not a play of this scenario."""
    return _replay(scenario, state).node


def memory(scenario: Scenario, state: State) -> Mapping[str, Flag]:
    """What the scenario remembers after these steps."""
    return _replay(scenario, state).memory


def offered(scenario: Scenario, state: State) -> tuple[Choice, ...]:
    """The choices open to the learner now, in the author's order; none where one only reads on."""
    place = _replay(scenario, state)
    return _offered(place.node, place.memory)


def choose(scenario: Scenario, state: State, choice_id: str, marks: Iterable[str] = ()) -> State:
    """
    The state after choosing `choice_id` at the current node; IllegalStep if that is not possible here.

    `marks` are what was noticed in the same scene, if it holds anything to notice.
    """
    node = current(scenario, state)
    return _with(scenario, state, Step(node_id=node.node_id, choice_id=choice_id, marks=_picked(node, marks)))


def mark(scenario: Scenario, state: State, marks: Iterable[str]) -> State:
    """
    The state after marking what needs attention at a node that only goes on, such as ``notice``, and going on.

    No mark is wrong, none is required, and their order and repetition do not matter.
    """
    node = current(scenario, state)
    if node.kind in ("consequence", "reflect") and not node.marks:
        raise WrongStep("There is nothing to mark in this scene. Read on.")
    return _with(scenario, state, Step(node_id=node.node_id, marks=_picked(node, marks)))


def proceed(scenario: Scenario, state: State, marks: Iterable[str] = ()) -> State:
    """The state after reading on at a ``consequence`` or ``reflect`` node, with what was noticed there, if anything."""
    node = current(scenario, state)
    if node.kind == "notice":
        raise WrongStep("This scene asks what you notice. Mark what you see, or nothing, and go on.")
    return _with(scenario, state, Step(node_id=node.node_id, marks=_picked(node, marks)))


def _picked(node: Node, marks: Iterable[str]) -> tuple[str, ...]:
    """`marks` in the order of the scene, each once; UnknownMark if the scene has no such thing."""
    chosen = set(marks)
    known = [each.mark_id for each in node.marks]
    # A scene that still waits for a choice, or has ended, says so itself, whatever came along with the step.
    if known and (strange := sorted(chosen - set(known))):
        raise UnknownMark(f"This scene has nothing called {', '.join(strange)} to mark.")
    return tuple(mark_id for mark_id in known if mark_id in chosen)


def is_finished(scenario: Scenario, state: State) -> bool:
    """Whether the play has reached an end."""
    return current(scenario, state).kind == "end"


def path(scenario: Scenario, state: State) -> tuple[Node, ...]:
    """The nodes seen so far, in order, the current one last."""
    place = _replay(scenario, state)
    return (*(scenario.node(step.node_id) for step in state.steps), place.node)


def last_choice(scenario: Scenario, state: State) -> Choice | None:
    """The choice taken most recently, whose reasoning may now be shown; None before the first."""
    for step in reversed(state.steps):
        if step.choice_id is not None:
            return _choice(scenario.node(step.node_id), step.choice_id)
    return None


def noticed(scenario: Scenario, state: State) -> tuple[tuple[Mark, bool], ...]:
    """Everything there was to notice in the scenes passed so far, and whether the learner marked it. For the debrief."""
    return tuple((each, each.mark_id in step.marks) for step in state.steps for each in scenario.node(step.node_id).marks)


@dataclass(frozen=True)
class _Place:
    node: Node
    memory: Mapping[str, Flag]


def _fits(when: Mapping[str, Wanted], remembered: Mapping[str, Flag]) -> bool:
    return all(name in remembered and _is(wanted, remembered[name]) for name, wanted in when.items())


def _is(wanted: Wanted, value: Flag) -> bool:
    return wanted.holds(value) if isinstance(wanted, Condition) else same_flag(wanted, value)


def _remembering(remembered: Mapping[str, Flag], changes: Mapping[str, Assigned]) -> dict[str, Flag]:
    """What is remembered after `changes`; a mapping of its own, so that no play can touch another."""
    after = dict(remembered)
    for name, change in changes.items():
        if isinstance(change, Change):
            before = after[name]
            assert isinstance(before, int)  # the loader lets only whole numbers be counted
            after[name] = before + change.add
        else:
            after[name] = change
    return after


def _offered(node: Node, remembered: Mapping[str, Flag]) -> tuple[Choice, ...]:
    return tuple(choice for choice in node.choices if _fits(choice.when, remembered))


def _choice(node: Node, choice_id: str) -> Choice:
    for choice in node.choices:
        if choice.choice_id == choice_id:
            return choice
    raise UnknownChoice("This choice is not offered here. Nothing was changed; choose one of those shown.")


def _way_on(node: Node, remembered: Mapping[str, Flag]) -> str:
    for branch in node.branches:
        if _fits(branch.when, remembered):
            return branch.next
    assert node.next is not None  # the schema asks for it on every node that goes on by itself
    return node.next


def _replay(scenario: Scenario, state: State) -> _Place:
    if state.scenario_id != scenario.id:
        raise WrongStep(f"These steps belong to the scenario `{state.scenario_id}`, not to `{scenario.id}`.")
    place = _Place(scenario.node(scenario.start), dict(scenario.state))
    for step in state.steps:
        place = _after(scenario, place, step)
    return place


def _after(scenario: Scenario, place: _Place, step: Step) -> _Place:
    node = place.node
    if node.kind == "end":
        raise ScenarioFinished("This scenario has ended. You can start it again from the beginning.")
    if step.node_id != node.node_id:
        raise WrongStep("This step belongs to another scene. Reload the page to see where you are.")
    if strange := sorted(set(step.marks) - {each.mark_id for each in node.marks}):
        raise UnknownMark(f"This scene has nothing called {', '.join(strange)} to mark.")
    if node.choices:
        if step.choice_id is None:
            raise WrongStep("This scene waits for a choice. Choose one of the options first.")
        choice = _choice(node, step.choice_id)
        if not _fits(choice.when, place.memory):
            raise UnknownChoice("This choice is not offered here. Nothing was changed; choose one of those shown.")
        return _Place(scenario.node(choice.next), _remembering(place.memory, choice.set))
    if step.choice_id is not None:
        raise WrongStep("There is nothing to choose in this scene. Read on.")
    return _Place(scenario.node(_way_on(node, place.memory)), place.memory)


def _with(scenario: Scenario, state: State, step: Step) -> State:
    _after(scenario, _replay(scenario, state), step)
    return State(scenario_id=state.scenario_id, steps=(*state.steps, step))


@dataclass(frozen=True)
class Exploration:
    """Everything that can happen in a scenario, as far as it matters to an author and to the credit."""

    reachable: frozenset[str]
    offered: frozenset[tuple[str, str]]
    """Pairs of node and choice that some play offers."""
    taken: frozenset[tuple[str, int]]
    """Pairs of node and position of a branch that some play takes."""
    stuck: frozenset[str]
    """Nodes at which some play has choices to make and none on offer."""
    loop: tuple[str, ...]
    """The nodes of a loop, if there is one; a scenario must have none, so that every play ends."""
    too_large: bool
    shortest: tuple[str, ...]
    longest: tuple[str, ...]
    """The plays with the fewest and the most nodes; empty if the scenario is not sound."""
    fewest_words: int
    most_words: int
    fewest_seconds: int
    most_seconds: int
    plays: int
    """In how many ways it can be played, apart from what is marked on the way."""
    fewest_tasks: int
    most_tasks: int
    """Scenes of a play that ask for something: to notice, to decide, whom to consult, what to write."""
    fewest_choices: int
    most_choices: int
    """Scenes of a play in which one of several things is chosen."""

    @property
    def sound(self) -> bool:
        """Whether every play ends."""
        return not (self.stuck or self.loop or self.too_large)


_TASKS = ("notice", "decide", "consult", "document")

_Situation = tuple[str, tuple[tuple[str, Flag], ...]]


def explore(scenario: Scenario) -> Exploration:
    """Follow every play of `scenario`. Its ids must point somewhere, as the loader makes sure."""
    search = _Search(scenario)
    search.run()
    return search.result()


class _Search:
    """Depth-first over situations (node and memory), with its own stack; each is finished after all that follow it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.nodes = {node.node_id: node for node in scenario.nodes}
        self.ways: dict[_Situation, list[_Situation]] = {}
        self.offered: set[tuple[str, str]] = set()
        self.taken: set[tuple[str, int]] = set()
        self.stuck: set[str] = set()
        self.loop: tuple[str, ...] = ()
        self.too_large = False
        self.done: list[_Situation] = []
        self.first: _Situation = (scenario.start, tuple(sorted(scenario.state.items())))

    def run(self) -> None:
        open_now: dict[_Situation, None] = {}
        visits: Counter[str] = Counter()
        stack: list[tuple[_Situation, bool]] = [(self.first, False)]
        while stack:
            situation, leaving = stack.pop()
            if leaving:
                del open_now[situation]
                visits[situation[0]] -= 1
                self.done.append(situation)
                continue
            if situation in open_now:
                if not self.loop:
                    names = list(open_now)
                    self.loop = tuple(name for name, _ in names[names.index(situation) :])
                continue
            if situation in self.ways:
                continue
            if len(self.ways) >= MAX_SITUATIONS:
                self.too_large = True
                return
            open_now[situation] = None
            visits[situation[0]] += 1
            if visits[situation[0]] > MAX_RETURNS:
                # What is remembered differs each time, so no situation comes back, and yet there is no end to it.
                way = [name for name, _ in open_now]
                last = len(way) - 2 - way[-2::-1].index(situation[0])
                self.loop = self.loop or tuple(way[last:-1])
                return
            self.ways[situation] = self._ways(situation)
            stack.append((situation, True))
            stack.extend((following, False) for following in self.ways[situation])

    def _ways(self, situation: _Situation) -> list[_Situation]:
        name, remembered = situation
        node, known = self.nodes[name], dict(remembered)
        if node.kind == "end":
            return []
        if not node.choices:
            position = next((place for place, branch in enumerate(node.branches) if _fits(branch.when, known)), None)
            if position is not None:
                self.taken.add((name, position))
            return [(_way_on(node, known), remembered)]
        choices = _offered(node, known)
        if not choices:
            self.stuck.add(name)
        self.offered.update((name, choice.choice_id) for choice in choices)
        return list(dict.fromkeys((choice.next, tuple(sorted(_remembering(known, choice.set).items()))) for choice in choices))

    def result(self) -> Exploration:
        sound = not (self.stuck or self.loop or self.too_large)
        shortest, longest = self._extreme(dict.fromkeys(self.ways, 1)) if sound else ((), ())
        words = {situation: self._words(situation) for situation in self.ways}
        seconds = {situation: self.nodes[situation[0]].est_seconds for situation in self.ways}
        fewest_words, most_words = self._total(words) if sound else (0, 0)
        fewest_seconds, most_seconds = self._total(seconds) if sound else (0, 0)
        tasks = {situation: int(self.nodes[situation[0]].kind in _TASKS) for situation in self.ways}
        choices = {situation: int(bool(self.nodes[situation[0]].choices)) for situation in self.ways}
        fewest_tasks, most_tasks = self._total(tasks) if sound else (0, 0)
        fewest_choices, most_choices = self._total(choices) if sound else (0, 0)
        return Exploration(
            reachable=frozenset(name for name, _ in self.ways),
            offered=frozenset(self.offered),
            taken=frozenset(self.taken),
            stuck=frozenset(self.stuck),
            loop=self.loop,
            too_large=self.too_large,
            shortest=shortest,
            longest=longest,
            fewest_words=fewest_words,
            most_words=most_words,
            fewest_seconds=fewest_seconds,
            most_seconds=most_seconds,
            plays=self._plays() if sound else 0,
            fewest_tasks=fewest_tasks,
            most_tasks=most_tasks,
            fewest_choices=fewest_choices,
            most_choices=most_choices,
        )

    def _plays(self) -> int:
        """The number of ways through; two choices that lead to one situation are two."""
        count: dict[_Situation, int] = {}
        for situation in self.done:
            name, remembered = situation
            node, known = self.nodes[name], dict(remembered)
            if node.choices:
                count[situation] = sum(
                    count[choice.next, tuple(sorted(_remembering(known, choice.set).items()))] for choice in _offered(node, known)
                )
            else:
                count[situation] = sum(count[way] for way in self.ways[situation]) if self.ways[situation] else 1
        return count[self.first]

    def _words(self, situation: _Situation) -> int:
        """The words every learner meets here: the scene, and what is offered to mark or to choose; not the reasoning."""
        node, known = self.nodes[situation[0]], dict(situation[1])
        texts = [node.text, *(each.label for each in node.marks), *(choice.label for choice in _offered(node, known))]
        return sum(map(count_words, texts))

    def _total(self, weight: Mapping[_Situation, int]) -> tuple[int, int]:
        low: dict[_Situation, int] = {}
        high: dict[_Situation, int] = {}
        for situation in self.done:  # children stand before their parents
            following = self.ways[situation]
            low[situation] = weight[situation] + min((low[way] for way in following), default=0)
            high[situation] = weight[situation] + max((high[way] for way in following), default=0)
        return low[self.first], high[self.first]

    def _extreme(self, weight: Mapping[_Situation, int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        low: dict[_Situation, tuple[int, tuple[str, ...]]] = {}
        high: dict[_Situation, tuple[int, tuple[str, ...]]] = {}
        for situation in self.done:
            following = self.ways[situation]
            short = min((low[way] for way in following), default=(0, ()))
            far = max((high[way] for way in following), default=(0, ()))
            low[situation] = (weight[situation] + short[0], (situation[0], *short[1]))
            high[situation] = (weight[situation] + far[0], (situation[0], *far[1]))
        return low[self.first][1], high[self.first][1]
