"""
The path from the first section to the completion: which steps there are, which are done, which is open.

Pure: it decides from what it is given. There is one order for everyone, so "where am I" has one answer, and a step is open
only if every step before it is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from goodstanding.catalog.selectors import OutlineStep

__all__ = ["LearningPath", "PathStep", "Progress", "StepKind", "StepState", "lay_out"]

StepKind = Literal["pretest", "section", "scenario", "post_test", "evaluation", "attestation"]
StepState = Literal["done", "current", "locked"]


@dataclass(frozen=True)
class PathStep:
    """One step. `id` names the section or scenario; the three last steps have none. `again`: read it again before the next attempt."""

    kind: StepKind
    title: str
    state: StepState
    id: str = ""
    minutes: int | None = None
    again: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the learner may go there: the step that is due, and every step that is done."""
        return self.state != "locked"


@dataclass(frozen=True)
class Progress:
    """What a learner has done so far."""

    pretested: bool = False
    sections: frozenset[str] = frozenset()
    scenarios: frozenset[str] = frozenset()
    passed: bool = False
    evaluated: bool = False
    completed: bool = False
    again: tuple[str, ...] = ()
    """Sections to go through once more before the next attempt."""


@dataclass(frozen=True)
class LearningPath:
    """All steps in order with their states."""

    steps: tuple[PathStep, ...]

    @property
    def current(self) -> PathStep | None:
        """The step that is due; None once everything is done."""
        return next((step for step in self.steps if step.state == "current"), None)

    @property
    def place(self) -> PathStep | None:
        """Where to go on: a section to read again if there is one, else the step that is due."""
        return next((step for step in self.steps if step.again), self.current)

    @property
    def completed(self) -> bool:
        return self.current is None

    @property
    def minutes(self) -> int:
        """Minutes of all sections and scenarios."""
        return sum(step.minutes or 0 for step in self.steps)

    @property
    def minutes_done(self) -> int:
        return sum(step.minutes or 0 for step in self.steps if step.state == "done")

    def find(self, kind: StepKind, step_id: str = "") -> PathStep | None:
        """The step of this kind and id, or None."""
        return next((step for step in self.steps if step.kind == kind and step.id == step_id), None)

    def after(self, step: PathStep) -> PathStep | None:
        """The step that follows `step` in the order of the course; None after the last."""
        at = next(place for place, each in enumerate(self.steps) if (each.kind, each.id) == (step.kind, step.id))
        return self.steps[at + 1] if at + 1 < len(self.steps) else None


def lay_out(outline: Sequence[OutlineStep], progress: Progress, *, pretest: bool = False) -> LearningPath:
    """
    The path through `outline`, after a `pretest` if the course has one, for someone who has made this `progress`.

    A later step never counts as done while an earlier one is open, except for the whole path once it is completed: what
    was earned stays, whatever the course has become.
    """
    plain = [
        *([(PathStep("pretest", "Pretest", "locked"), progress.pretested)] if pretest else []),
        *(
            (
                PathStep(
                    entry.kind,
                    entry.title,
                    "locked",
                    entry.id,
                    entry.minutes,
                    entry.kind == "section" and entry.id in progress.again,
                ),
                entry.id in (progress.sections if entry.kind == "section" else progress.scenarios),
            )
            for entry in outline
        ),
        (PathStep("post_test", "Post-test", "locked"), progress.passed),
        (PathStep("evaluation", "Evaluation", "locked"), progress.evaluated),
        (PathStep("attestation", "Attestation", "locked"), progress.completed),
    ]
    steps: list[PathStep] = []
    open_before = True
    for step, done in plain:
        state: StepState = "locked"
        if progress.completed or (open_before and done):
            state = "done"
        elif open_before:
            state, open_before = "current", False
        steps.append(replace(step, state=state))
    return LearningPath(tuple(steps))
