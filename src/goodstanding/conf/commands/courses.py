"""What ``goodstanding check courses`` does beside checking: summaries, drawings of scenarios, differences between versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from goodstanding.core.courseware import (
    Course,
    Scenario,
    course_difference,
    course_folders,
    course_from_json,
    load_course,
    scenario_svg,
    summarize_course,
)
from goodstanding.core.courseware.load import COURSE_FILE
from goodstanding.core.documents import DocumentError, Finding, read_text

MAX_VERSION_BYTES = 4_000_000
"""A stored version holds its pictures, so it may be larger than a file that a person writes."""


class UnclearScenarioError(Exception):
    """The command does not say which scenario to draw, or names one that is not there."""


def summaries(folder: Path) -> Iterator[str]:
    """The summary of the course at `folder`, or of every course below it; those that can not be loaded are left out."""
    single = (folder / COURSE_FILE).is_file()
    for path in (folder,) if single else course_folders(folder) if folder.is_dir() else ():
        try:
            course = load_course(path)
        except DocumentError:
            continue  # its findings stand above
        yield from summarize_course(course).lines


def draw(folder: Path, file: Path, *, scenario_id: str | None) -> tuple[str, ...]:
    """Write the scenario called `scenario_id` (the only one, if there is just one) of the course at `folder` into `file`."""
    scenario = _scenario(load_course(folder), scenario_id)
    file.write_text(scenario_svg(scenario, standalone=True), encoding="utf-8")
    return (f"{file}: {scenario.id}, {len(scenario.nodes)} scenes",)


def compare(newer: Path, older: Path) -> tuple[str, ...]:
    """What changed in the course at `newer` since `older`: a folder of the same name, or the JSON of a stored version."""
    difference = course_difference(_version(older), load_course(newer))
    return difference.lines or ("Nothing is different.",)


def _scenario(course: Course, scenario_id: str | None) -> Scenario:
    names = [scenario.id for scenario in course.scenarios]
    if not names:
        raise UnclearScenarioError(f"the course {course.slug} has no scenario")
    if scenario_id is None and len(names) > 1:
        raise UnclearScenarioError(f"say which scenario with --scenario: {', '.join(names)}")
    if scenario_id is not None and scenario_id not in names:
        raise UnclearScenarioError(f"there is no scenario {scenario_id}; use one of: {', '.join(names)}")
    return course.scenario(scenario_id or names[0])


def _version(path: Path) -> Course:
    if path.is_dir():
        return load_course(path)
    text = read_text(path, max_bytes=MAX_VERSION_BYTES)
    try:
        return course_from_json(text)
    except ValidationError as error:
        raise DocumentError(
            [
                Finding(
                    str(path), 1, "This is not a stored version of a course.", "Name a course folder, or the JSON of a version."
                )
            ]
        ) from error
