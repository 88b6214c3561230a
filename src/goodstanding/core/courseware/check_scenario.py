"""
Faults that make a playable scenario worse to learn from.

That every play ends, and never stands before a scene without a choice, is made sure when the course is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from goodstanding.core.courseware.check_texts import grade_findings, length_findings, sentence_findings
from goodstanding.core.courseware.markdown import count_words, plain_text
from goodstanding.core.courseware.model import Node, Scenario
from goodstanding.core.courseware.scenario import Exploration, explore
from goodstanding.core.documents import Document, Finding, Location

MOST_NODES = 25
FEWEST_TASKS = 3
MOST_CHOICES = 5
MOST_OPTIONS = 4
FASTEST_READING = 400
"""Words a minute; an estimate that asks for more leaves no time to think."""


def check_scenario(scenario: Scenario, document: Document) -> Iterator[Finding]:
    """What makes a playable `scenario` worse: scenes no play reaches, conditions never met, decisions without a reason."""
    found = explore(scenario)
    for number, node in enumerate(scenario.nodes):
        at: Location = ("nodes", number)
        if node.node_id not in found.reachable:
            yield document.finding(at, f"No play reaches the node `{node.node_id}`.", "Lead to it from somewhere, or remove it.")
            continue
        yield from _never(document, at, node, found)
        yield from _scene(document, at, node)
        yield from _feedback(document, at, node)
    yield from _shape(document, scenario, found)
    yield from _unused(document, scenario)


def _shape(document: Document, scenario: Scenario, found: Exploration) -> Iterator[Finding]:
    first = next((node for node in scenario.nodes if node.kind in ("notice", "decide", "consult", "document")), None)
    if first is not None and first.kind != "notice":
        yield document.finding(
            ("nodes", scenario.nodes.index(first)),
            "The first task is not to notice.",
            "Begin with a node of the kind `notice`.",
        )
    if not any(node.kind in ("consult", "document") for node in scenario.nodes):
        yield document.finding(
            ("nodes",), "No node asks whom to consult or what to write.", "Add one of the kind `consult` or `document`."
        )
    if len(scenario.nodes) > MOST_NODES:
        yield document.finding(
            ("nodes",), f"The scenario has {len(scenario.nodes)} nodes.", f"Let ways meet again; {MOST_NODES} are enough."
        )
    if found.sound and found.fewest_tasks < FEWEST_TASKS:
        yield document.finding(
            ("nodes",),
            f"A play can end after {found.fewest_tasks} tasks.",
            f"At least {FEWEST_TASKS} (notice, decide, consult, document) on every way make practice of it.",
        )
    if found.sound and found.most_choices > MOST_CHOICES:
        yield document.finding(
            ("nodes",),
            f"A play can ask for {found.most_choices} choices.",
            f"At most {MOST_CHOICES} on any way keep the story in mind.",
        )


def _scene(document: Document, at: Location, node: Node) -> Iterator[Finding]:
    text = plain_text(node.text)
    yield from grade_findings(document.finding((*at, "text"), "", ""), "scene", text, f"The scene `{node.node_id}`")
    yield from sentence_findings(document.finding((*at, "text"), "", ""), node.text, f"The scene `{node.node_id}`")
    words = count_words(node.text)
    if words * 60 > node.est_seconds * FASTEST_READING:
        yield document.finding(
            (*at, "est_seconds"),
            f"The scene `{node.node_id}` has {words} words and {node.est_seconds} seconds.",
            "Give a reader at least the time that reading takes.",
        )
    if node.kind == "notice" and not any(mark.weight == "central" for mark in node.marks):
        yield document.finding(
            (*at, "marks"),
            f"Nothing in the scene `{node.node_id}` is central.",
            "Give at least one mark `weight: central`; otherwise there is nothing to notice.",
        )
    if len(node.choices) > MOST_OPTIONS:
        yield document.finding(
            (*at, "choices"), f"The node `{node.node_id}` has {len(node.choices)} choices.", f"Offer two to {MOST_OPTIONS}."
        )
    if len({choice.label.casefold() for choice in node.choices}) < len(node.choices):
        yield document.finding(
            (*at, "choices"), f"Two choices of `{node.node_id}` read alike.", "Let each say what is done differently."
        )


def _never(document: Document, at: Location, node: Node, found: Exploration) -> Iterator[Finding]:
    for place, choice in enumerate(node.choices):
        if (node.node_id, choice.choice_id) not in found.offered:
            yield document.finding(
                (*at, "choices", place),
                f"The choice `{choice.choice_id}` is never offered: its condition can not be true here.",
                "Correct `when`, or set the value somewhere before.",
            )
    for place in range(len(node.branches)):
        if (node.node_id, place) not in found.taken:
            yield document.finding(
                (*at, "branches", place),
                "This branch is never taken: its condition can not be true here, or an earlier one wins.",
                "Correct `when`, or remove the branch.",
            )


def _feedback(document: Document, at: Location, node: Node) -> Iterator[Finding]:
    if node.choices and node.reason_prompt is None:
        yield document.finding(
            at, f"The node `{node.node_id}` does not ask for a reason.", "Add `reason_prompt`; the reason comes before feedback."
        )
    for place, choice in enumerate(node.choices):
        here = document.finding((*at, "choices", place, "feedback"), "", "")
        what = f"The feedback on `{choice.choice_id}`"
        yield from length_findings(here, choice.feedback.text, what)
        yield from grade_findings(here, "feedback", choice.feedback.text, what)
        yield from sentence_findings(here, choice.feedback.text, what)
        if not choice.duty_ids:
            yield document.finding((*at, "choices", place), f"The choice `{choice.choice_id}` names no duty.", "Add `duty_ids`.")


def _unused(document: Document, scenario: Scenario) -> Iterator[Finding]:
    """What is remembered and never asked for is a forgotten consequence, or a leftover."""
    asked: set[str] = set()
    for node in scenario.nodes:
        conditions: list[Mapping[str, object]] = [choice.when for choice in node.choices]
        conditions += [branch.when for branch in node.branches]
        asked.update(name for when in conditions for name in when)
    for name in scenario.state:
        if name not in asked:
            yield document.finding(
                ("state", name), f"Nothing ever asks for `{name}`.", "Let a choice or a branch depend on it, or remove it."
            )
