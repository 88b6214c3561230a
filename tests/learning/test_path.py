"""The order of steps: one is due, what is behind stays open, what is ahead is closed."""

from __future__ import annotations

import pytest

from goodstanding.catalog.selectors import OutlineStep
from goodstanding.learning.path import Progress, lay_out

OUTLINE = (
    OutlineStep("section", "one", "One", 4),
    OutlineStep("scenario", "scene", "Scene", 5),
    OutlineStep("section", "two", "Two", 6),
)


def states(progress: Progress) -> str:
    return " ".join(step.state for step in lay_out(OUTLINE, progress).steps)


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (Progress(), "current locked locked locked locked locked"),
        (Progress(sections=frozenset({"one"})), "done current locked locked locked locked"),
        (
            Progress(sections=frozenset({"one", "two"})),
            "done current locked locked locked locked",  # the scenario is still to be played
        ),
        (Progress(sections=frozenset({"one", "two"}), scenarios=frozenset({"scene"})), "done done done current locked locked"),
        (
            Progress(sections=frozenset({"one"}), passed=True, evaluated=True),
            "done current locked locked locked locked",  # later steps never count while an earlier one is open
        ),
        (Progress(completed=True), "done done done done done done"),
    ],
)
def test_exactly_one_step_is_due_and_those_after_it_are_closed(progress, expected):
    assert states(progress) == expected


def test_sections_to_read_again_come_before_the_test():
    path = lay_out(OUTLINE, Progress(sections=frozenset({"one", "two"}), scenarios=frozenset({"scene"}), again=("two",)))
    assert path.current is not None
    assert path.current.kind == "post_test"
    assert path.place is not None
    assert path.place.id == "two"


def test_minutes_count_what_is_done():
    path = lay_out(OUTLINE, Progress(sections=frozenset({"one"})))
    assert (path.minutes_done, path.minutes) == (4, 15)


def test_after_the_last_step_comes_nothing():
    path = lay_out(OUTLINE, Progress(completed=True))
    assert path.after(path.steps[-1]) is None
    assert path.after(path.steps[0]) == path.steps[1]
