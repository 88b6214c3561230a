"""The drawing of a scenario: well-formed, complete, uncut, and without overlaps."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from goodstanding.core.courseware import choose, current, is_finished, load_course, mark, offered, proceed, scenario_svg, start
from goodstanding.core.courseware.markdown import plain_text
from goodstanding.core.courseware.model import Branch, Node
from tests.core.courseware.drawn import scenarios

SVG = "{http://www.w3.org/2000/svg}"
COURSES = Path(__file__).parents[3] / "courses"


def play_of(scenario):
    state = start(scenario)
    while not is_finished(scenario, state):
        if current(scenario, state).kind == "notice":
            state = mark(scenario, state, [])
        elif choices := offered(scenario, state):
            state = choose(scenario, state, choices[-1].choice_id)
        else:
            state = proceed(scenario, state)
    return state


def words_in(root: ET.Element) -> str:
    return " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))


def boxes(root: ET.Element) -> list[tuple[float, float, float, float]]:
    return [tuple(float(rect.attrib[name]) for name in ("x", "y", "width", "height")) for rect in root.iter(f"{SVG}rect")]  # type: ignore[misc]


def assert_apart(root: ET.Element) -> None:
    """No box lies over another."""
    for (ax, ay, aw, ah), (bx, by, bw, bh) in combinations(boxes(root), 2):
        assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay


@pytest.fixture
def walk(full):
    return load_course(full.write()).scenario("walk")


def test_every_text_of_the_scenario_stands_in_the_drawing_uncut(walk):
    drawn = re.sub(r"\s+", " ", words_in(ET.fromstring(scenario_svg(walk))))
    for node in walk.nodes:
        assert node.title or node.node_id in drawn
        for each in (*node.marks, *node.choices):
            assert plain_text(each.label) in drawn
    assert "if candor is at least 1 and spoke is yes → call" in drawn
    assert "otherwise → over" in drawn
    assert "(only if spoke is yes)" in drawn


def test_the_drawing_can_be_read_out(walk):
    root = ET.fromstring(scenario_svg(walk))
    assert root.attrib["role"] == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {description.attrib['id']}"
    assert title.text == "A walk"
    assert "6 scenes, 1 of them endings." in description.text
    assert "The shortest way has 4 scenes, the longest 6." in description.text
    assert "Do speak. → ask" in description.text


def test_it_follows_the_colors_of_the_page_and_brings_its_own_only_alone(walk):
    inline = scenario_svg(walk)
    assert set(re.findall(r'(?:stroke|fill)="([^"]*)"', inline)) == {"none", "currentColor"}
    assert "<style" not in inline
    assert "style=" not in inline
    alone = scenario_svg(walk, standalone=True)
    assert "prefers-color-scheme:dark" in alone
    ET.fromstring(alone)


def test_a_play_is_marked_by_more_than_line_weight(walk):
    root = ET.fromstring(scenario_svg(walk, play=play_of(walk)))
    assert "Decide · step 2" in words_in(root)
    assert "Your way: look → turn → ask → over." in root.find(f"{SVG}desc").text
    thick = [path for path in root.iter(f"{SVG}path") if path.get("stroke-width") == "4"]
    assert len(thick) == 3
    assert "step" not in words_in(ET.fromstring(scenario_svg(walk)))


def test_two_drawings_in_one_page_share_no_id(walk):
    ids = re.findall(r' id="([^"]*)"', scenario_svg(walk) + scenario_svg(walk, name="replay"))
    assert len(ids) == len(set(ids)) == 4


def test_a_way_back_is_told_in_words(walk):
    nodes = [
        node.model_copy(update={"branches": (Branch(when={"spoke": True}, next="look"),)}) if node.node_id == "call" else node
        for node in walk.nodes
    ]
    drawn = words_in(ET.fromstring(scenario_svg(walk.model_copy(update={"nodes": tuple(nodes)}))))
    assert "if spoke is yes → look" in drawn


def test_what_an_author_writes_can_not_break_out_of_the_drawing(walk):
    sharp = '</text><script>alert("1 & 2")</script>'
    nodes = tuple(node.model_copy(update={"title": sharp}) for node in walk.nodes)
    root = ET.fromstring(scenario_svg(walk.model_copy(update={"nodes": nodes, "title": sharp})))
    assert not list(root.iter(f"{SVG}script"))
    assert root.find(f"{SVG}title").text == sharp


@settings(max_examples=60, deadline=None)
@given(scenarios())
def test_no_two_boxes_overlap_and_all_lie_in_the_picture(scenario):
    root = ET.fromstring(scenario_svg(scenario))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    found = boxes(root)
    assert len(found) == len(scenario.nodes)
    for x, y, w, h in found:
        assert x >= 0
        assert x + w <= width + 1
        assert y >= 0
        assert y + h <= height + 1
    assert_apart(root)
    assert_apart(ET.fromstring(scenario_svg(scenario, overview=True)))


@settings(max_examples=30, deadline=None)
@given(scenarios())
def test_a_scene_stands_below_what_leads_to_it(scenario):
    tops = [y for _, y, _, _ in boxes(ET.fromstring(scenario_svg(scenario)))]
    top = dict(zip((node.node_id for node in scenario.nodes), tops, strict=True))
    for node in scenario.nodes:
        for target in _targets(node):
            assert top[node.node_id] < top[target]


def _targets(node: Node) -> list[str]:
    ways = [choice.next for choice in node.choices] + [branch.next for branch in node.branches]
    return ways + ([node.next] if node.next else [])


def test_the_overview_has_every_scene_and_numbers_those_of_the_play(walk):
    play = play_of(walk)
    root = ET.fromstring(scenario_svg(walk, play=play, overview=True))
    assert len(boxes(root)) == len(walk.nodes)
    assert words_in(root).split() == [str(step) for step in range(1, len(play.steps) + 2)]
    stops = [rect for rect in root.iter(f"{SVG}rect") if rect.attrib["class"] == "stop"]
    others = [rect for rect in root.iter(f"{SVG}rect") if rect.attrib["class"] == "off"]
    assert len(stops) == len(play.steps) + 1
    assert others
    # Not by color alone: numbers, and heavier frames.
    assert min(float(each.attrib["stroke-width"]) for each in stops) > max(float(each.attrib["stroke-width"]) for each in others)
    description = root.find(f"{SVG}desc").text
    assert "Your way: " in description
    assert "Do speak." not in description  # the list beside it says what was chosen


def test_each_step_of_the_play_can_be_linked_to(walk):
    play = play_of(walk)
    for overview in (False, True):
        root = ET.fromstring(scenario_svg(walk, play=play, overview=overview, name="way"))
        ids = [each.attrib["id"] for each in root.iter(f"{SVG}g")]
        assert sorted(ids) == sorted(f"way-walk-step-{step}" for step in range(1, len(play.steps) + 2))
    assert not list(ET.fromstring(scenario_svg(walk)).iter(f"{SVG}g"))


@pytest.mark.parametrize("slug", sorted(each.name for each in COURSES.iterdir() if (each / "course.yaml").exists()))
def test_the_overview_of_every_shipped_scenario_fits_a_phone_beside_its_list(slug):
    for scenario in load_course(COURSES / slug).scenarios:
        root = ET.fromstring(scenario_svg(scenario, play=play_of(scenario), overview=True))
        assert float(root.attrib["width"]) <= 170
        assert float(root.attrib["height"]) <= 700
        assert_apart(root)


def test_the_shipped_scenarios_can_be_drawn():
    for folder in COURSES.iterdir():
        for scenario in load_course(folder).scenarios:
            root = ET.fromstring(scenario_svg(scenario, play=play_of(scenario), standalone=True))
            assert len(boxes(root)) == len(scenario.nodes)
