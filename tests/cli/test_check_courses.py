"""``goodstanding check courses``: findings, summaries, drawings and differences, as another program sees them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from goodstanding.core.courseware import course_to_json, load_course
from tests.cli.test_commands import assert_refuses, run

SHIPPED = Path(__file__).parents[2] / "courses" / "a-former-client-asks-for-coffee"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of a shipped course that a test may change."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "copy" / SHIPPED.name))


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def assert_done(result: subprocess.CompletedProcess[str]) -> None:
    assert (result.returncode, result.stderr) == (0, "")


def test_a_sound_course_is_summed_up() -> None:
    result = run("check", "courses", SHIPPED)
    assert_done(result)
    assert f"courses: nothing wrong in {SHIPPED}" in result.stdout
    assert "words that count" in result.stdout
    assert "provisional hours" in result.stdout
    assert "scenario the-free-hour: 16 nodes" in result.stdout


def test_a_fault_has_file_line_and_mend(course: Path) -> None:
    changed(course / "course.yaml", "Identify what", "Understand what")
    result = run("check", "courses", course)
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{course / 'course.yaml'}:")
    assert "begins with “understand”" in line
    assert "words that count" in result.stdout


def test_a_course_that_can_not_be_loaded_has_no_summary(course: Path) -> None:
    changed(course / "scenarios" / "the-free-hour.yaml", "next: at-the-counter", "next: nowhere")
    assert_refuses(run("check", "courses", course), 1, "There is no node `nowhere`.")


def test_a_scenario_is_drawn(tmp_path: Path) -> None:
    file = tmp_path / "graph.svg"
    result = run("check", "courses", SHIPPED, "--graph", file)
    assert_done(result)
    assert result.stdout == f"{file}: the-free-hour, 16 scenes\n"
    assert ET.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert_done(run("check", "courses", SHIPPED, "--graph", file, "--scenario", "the-free-hour"))


def test_what_changed_since_another_folder_or_a_stored_version(course: Path, tmp_path: Path) -> None:
    stored = tmp_path / "version.json"
    stored.write_text(json.dumps(course_to_json(load_course(course))), encoding="utf-8")
    unchanged = run("check", "courses", SHIPPED, "--diff", stored)
    assert_done(unchanged)
    assert unchanged.stdout == "Nothing is different.\n"
    changed(course / "course.yaml", "review_due: 2027-11-23", "review_due: 2028-11-23")
    result = run("check", "courses", course, "--diff", SHIPPED)
    assert_done(result)
    assert result.stdout == "About the course:\n  changed: review_due\n    2027-11-23 → 2028-11-23\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "--graph", "x.svg"), "go with `check courses PATH`"),
        (("check", "rules", "x", "--graph", "x.svg"), "go with `check courses PATH`"),
        (("check", "courses", "--diff", "x"), "go with `check courses PATH`"),
        (("check", "courses", SHIPPED, "--graph", "x.svg", "--diff", SHIPPED), "one thing at a time"),
        (("check", "courses", SHIPPED, "--scenario", "the-free-hour"), "one thing at a time"),
        (("check", "courses", SHIPPED, "--graph", "x.svg", "--scenario", "none"), "use one of: the-free-hour"),
    ],
)
def test_wrong_usage_is_one_line(arguments: tuple[object, ...], words: str) -> None:
    assert_refuses(run(*arguments), 2, words)


def test_what_can_not_be_read_or_written_is_one_line(tmp_path: Path) -> None:
    assert_refuses(
        run("check", "courses", tmp_path / "none", "--graph", tmp_path / "x.svg"), 1, "There is no such course folder."
    )
    assert_refuses(run("check", "courses", SHIPPED, "--graph", tmp_path / "none" / "x.svg"), 1, "No such file or directory")
    other = tmp_path / "other.json"
    other.write_text("{}", encoding="utf-8")
    assert_refuses(run("check", "courses", SHIPPED, "--diff", other), 1, "This is not a stored version of a course.")
