"""A small, sound course on disk, and one that uses everything a course may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.core.courseware import Course, load_course
from tests.core.courseware.making import SVG, CourseFiles, pretest_yaml


@pytest.fixture
def files(tmp_path: Path) -> CourseFiles:
    """The files of a sound course; break one thing, then ``write()``."""
    return CourseFiles(tmp_path)


@pytest.fixture
def full(files: CourseFiles) -> CourseFiles:
    """The files of a sound course that uses everything a course may hold."""
    files.pretest = pretest_yaml()
    files.images["circles.svg"] = SVG
    files.sources["glossary"] = [
        {"id": "dual", "term": "dual relationship", "definition": "Two roles with one person.", "references": ["book"]}
    ]
    files.sections["02-second.md"] += (
        "\nA [dual relationship](term:dual) has two roles.\n\n"
        "::: figure Two roles\n![One circle inside of another circle](image:circles)\n:::\n"
    )
    files.course["approval_bodies"] = [
        {
            "body": "strict",
            "minutes_per_hour": 50,
            "increment": 1,
            "items_per_hour": 3,
            "pass_percent": 90,
            "attempts_before_restudy": 1,
            "attempts_in_all": 3,
            "evaluation_note": "The board asks for this.",
            "evaluation_questions": [{"id": "strict-level", "kind": "rating", "text": "How fitting was the level?"}],
        },
        {"body": "mild"},
    ]
    files.scenario["state"] = {"spoke": False, "candor": 0}
    files.scenario["content_note"] = "Someone is ill."
    files.scenario["setting"] = "rural"
    turn, evening = files.node("turn"), files.node("evening")
    turn["marks"] = [{"mark_id": "hand", "label": "Her hand", "weight": "central", "comment": "It is cold."}]
    turn["ethics_component"] = "judgment"
    turn["model_reasoning"] = "Begin with what she said in passing."
    turn["choices"][0]["set"] = {"spoke": True, "candor": {"add": 2}}
    evening["branches"] = [{"when": {"candor": {"at_least": 1}, "spoke": True}, "next": "call"}]
    return files


@pytest.fixture
def course(files: CourseFiles) -> Course:
    return load_course(files.write())
