"""The courses that the product ships: every one is sound, checked and honest about itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.core.courseware import (
    Course,
    check_courses,
    choose,
    count_words,
    course_from_json,
    course_hash,
    course_to_json,
    credit_basis,
    current,
    explore,
    is_finished,
    load_courses,
    mark,
    offered,
    proceed,
    render_markdown,
    start,
)
from goodstanding.core.courseware.scenario import State

ROOT = Path(__file__).parents[2]
COURSES = load_courses(ROOT / "courses")

pytestmark = pytest.mark.parametrize("course", COURSES.values(), ids=COURSES)


def test_passes_its_own_check(course: Course) -> None:
    assert [str(finding) for finding in check_courses(ROOT / "courses" / course.slug)] == []


def test_survives_storage(course: Course) -> None:
    stored = course_from_json(course_to_json(course))
    assert stored == course
    assert course_hash(stored) == course_hash(course)


def test_claims_nothing_that_nobody_has_signed(course: Course) -> None:
    assert course.authors == ("Good Standing contributors",)
    assert course.difficulty.status == "provisional"
    basis = credit_basis(course)
    assert (basis.raters, basis.approver, basis.status) == ((), None, "provisional")


def test_says_that_its_scenarios_are_fiction(course: Course) -> None:
    for scenario in course.scenarios:
        assert "invented" in scenario.introduction


def test_every_section_renders_with_its_links(course: Course) -> None:
    for section in course.sections:
        html = render_markdown(section.text)
        assert html.count("<section") == html.count("</section>")
        assert ":::" not in html
        assert count_words(section.text) > 300


def test_every_play_can_be_played(course: Course) -> None:
    for scenario in course.scenarios:
        plays: list[State] = [start(scenario)]
        ends: set[str] = set()
        while plays:
            state = plays.pop()
            node = current(scenario, state)
            if is_finished(scenario, state):
                ends.add(node.node_id)
            elif node.kind == "notice":
                plays.append(mark(scenario, state, []))
            elif node.choices:
                plays.extend(choose(scenario, state, choice.choice_id) for choice in offered(scenario, state))
            else:
                plays.append(proceed(scenario, state))
        assert ends == {node.node_id for node in scenario.nodes if node.kind == "end"}
        assert 3 <= len(explore(scenario).longest) <= 25
