"""What a full course adds to the format: each part is read, stored, and refused when it leads nowhere."""

from __future__ import annotations

import pytest

from goodstanding.core.courseware import (
    Condition,
    check_courses,
    course_from_json,
    course_hash,
    course_to_json,
    credit_basis,
    load_course,
    render_markdown,
)
from goodstanding.core.documents import DocumentError
from tests.core.courseware import making


def findings(folder) -> str:
    with pytest.raises(DocumentError) as caught:
        load_course(folder)
    return "\n".join(map(str, caught.value.findings))


def test_a_course_that_uses_none_of_it_keeps_its_hash(files):
    for node in files.scenario["nodes"]:
        for choice in node.get("choices", ()):
            choice["feedback"]["source"] = "APA 3.05, edition in the references."
    course = load_course(files.write())
    # Computed before any of these parts existed. If this fails, every published course would become a new version.
    assert course_hash(course) == "ebc3dac2e763378392197190c406a45826d0d235e6bbca032b7ac69900c89afa"


def test_a_course_that_uses_all_of_it_is_sound_and_survives_storage(full):
    folder = full.write()
    assert check_courses(folder) == []
    course = load_course(folder)
    stored = course_from_json(course_to_json(course))
    assert stored == course
    assert course_hash(stored) == course_hash(course)
    assert isinstance(stored.scenario("walk").node("evening").branches[0].when["candor"], Condition)
    assert stored.image("circles").content == full.images["circles.svg"]
    assert stored.term("dual").definition == "Two roles with one person."
    assert len(stored.pretest.items) == 4
    assert [body.body for body in stored.approval_bodies] == ["strict", "mild"]


def test_empty_parts_of_conditions_stay_out_of_what_is_stored(full):
    course = load_course(full.write())
    text = str(course_to_json(course)["scenarios"])
    assert "'candor': {'at_least': 1}" in text
    assert "'candor': {'add': 2}" in text
    assert "is_not" not in text


def test_pretest_and_alternatives_add_no_minutes(files, full):
    full.pretest = None
    full.images.clear()
    full.sections["02-second.md"] = full.sections["02-second.md"].replace(
        "![One circle inside of another circle](image:circles)", ""
    )
    words = credit_basis(load_course(full.write())).words
    full.sections["02-second.md"] = full.sections["02-second.md"].replace(
        "::: figure Two roles\n", "::: figure Two roles\n![One circle inside of another circle](image:circles)"
    )
    assert credit_basis(load_course(full.write())).words == words


def test_a_picture_is_shown_where_its_address_is_known_and_told_where_not():
    text = '::: figure Two roles\n![One "circle" <b>inside</b> another](image:circles)\n:::\n'
    html = render_markdown(text, links={"image:circles": "/learn/small/images/circles"})
    assert '<img src="/learn/small/images/circles" alt="One &quot;circle&quot;' in html
    assert "<b>" not in html
    assert "<img" not in render_markdown(text)
    assert "<img" not in render_markdown("![x](https://example.org/x.png)", links={"https://example.org/x.png": "/x"})


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:image/svg+xml,x", "https://elsewhere.example/x.png"])
def test_a_picture_can_not_be_loaded_from_elsewhere(address):
    assert "<img" not in render_markdown(f"![x]({address})", links={address: address})


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda f: f.pretest["items"][0].update(id="item-1"), "The item `item-1` stands in the post-test, too."),
        (
            lambda f: f.pretest["items"][0].update(stem="You  MEET her in place 1 — what do you do?"),
            "The item `before-0` asks the same as `item-1` in the post-test.",
        ),
        (lambda f: f.pretest["items"].append(dict(f.pretest["items"][0])), "The item `before-0` stands twice."),
        (lambda f: f.pretest.update(items=[]), "a pretest asks at least one item"),
        (lambda f: f.pretest["items"][0].update(key="z"), "The key `z` is not among the options."),
        (lambda f: f.pretest["items"][0].update(key=["a", "b"]), "an item has one best answer"),
        (lambda f: f.post_test["items"][0].update(key=["a", "b"]), "an item has one best answer"),
        (lambda f: f.pretest["items"][0].update(objective="fly"), "There is no objective `fly`."),
        (lambda f: f.pretest["items"][0].update(section="none"), "There is no section `none`."),
        (lambda f: f.pretest["items"][0].update(duty="none"), "There is no duty `none`."),
        (lambda f: f.pretest["items"][0].update(references=["none"]), "There is no reference `none`."),
        (lambda f: f.pretest["spotting"].update(marks=[]), "There is nothing to notice in this scene."),
        (lambda f: f.pretest["spotting"]["marks"].append(f.pretest["spotting"]["marks"][0]), "The mark `envelope` stands twice."),
        (lambda f: f.pretest.update(form_size=2), "`form_size` is not known"),
        (lambda f: f.course.update(pretest={}), "The pretest stands in pretest.yaml."),
        (lambda f: f.course.update(glossary=[]), "The glossary stands in sources.yaml."),
        (lambda f: f.sources["glossary"].append(f.sources["glossary"][0]), "The term `dual` stands twice."),
        (lambda f: f.sources["glossary"][0].update(references=["none"]), "There is no reference `none`."),
        (lambda f: f.course["approval_bodies"].append({"body": "mild"}), "The approval body `mild` stands twice."),
        (lambda f: f.course["approval_bodies"][0].update(increment=0), "`increment` must be above 0"),
        (lambda f: f.course["approval_bodies"][0].update(pass_percent=101), "`pass_percent` lies between 1 and 100"),
        (
            lambda f: f.course["approval_bodies"][0]["evaluation_questions"][0].update(id="useful"),
            "The evaluation question `useful` stands twice.",
        ),
        (lambda f: f.node("over").update(marks=f.node("look")["marks"]), "a node of the kind `end` asks for nothing"),
        (lambda f: f.node("turn")["marks"].append(f.node("turn")["marks"][0]), "The mark `hand` stands twice."),
        (
            lambda f: f.node("evening")["branches"][0]["when"].update(candor={"at_least": 3, "at_most": 2}),
            "`at_least` lies above `at_most`",
        ),
        (lambda f: f.node("evening")["branches"][0]["when"].update(candor={}), "a condition says `at_least`"),
        (lambda f: f.node("evening")["branches"][0]["when"].update(candor={"over": 1}), "over` is not known"),
        (lambda f: f.node("evening")["branches"][0]["when"].update(spoke={"at_least": 1}), "it can not be counted or compared"),
        (lambda f: f.node("turn")["choices"][0]["set"].update(spoke={"add": 1}), "it can not be counted or compared"),
        (lambda f: f.node("turn")["choices"][0]["set"].update(candor=True), "`candor` begins as 0, but is True here."),
        (lambda f: f.node("evening")["branches"][0]["when"].update(candor={"one_of": [1, "x"]}), "but is 'x' here."),
        (lambda f: f.node("evening")["branches"][0]["when"].update(candor={"is_not": False}), "but is False here."),
        (lambda f: f.node("evening")["branches"][0]["when"].update(luck={"at_least": 1}), "remembers nothing called `luck`"),
    ],
)
def test_each_mistake_has_its_own_words(full, break_it, words):
    break_it(full)
    assert words in findings(full.write())


def test_a_misspelled_file_is_not_silently_left_out(files):
    folder = files.write()
    (folder / "pre_test.yaml").write_text("items: []\n")
    assert "A course has no part called pre_test.yaml." in findings(folder)


def test_notes_for_authors_may_stand_beside_the_course(files):
    folder = files.write()
    (folder / "README.md").write_text("# How each principle is met\n")
    assert check_courses(folder) == []


def test_a_counter_in_a_loop_without_end_is_refused(full):
    full.node("over").update(kind="decide", reason_prompt="Why?")
    again = dict(full.node("turn")["choices"][0], next="over", set={"candor": {"add": 1}})
    full.node("over")["choices"] = [again, dict(again, choice_id="more")]
    assert "The scenario can go round for ever: over → over." in findings(full.write())


def test_a_file_that_is_too_large_is_refused(full):
    full.sections["02-second.md"] += "word " * 300_000
    assert "larger than 1,000,000 bytes" in findings(full.write())


def test_a_broken_picture_and_a_broken_file_are_told_together(full):
    full.images["circles.svg"] = b"<svg"
    full.images[".hidden"] = b"left alone"
    folder = full.write()
    (folder / "pretest.yaml").write_text("items: [\n")
    told = findings(folder)
    assert "circles.svg:1: The file is not valid SVG" in told
    assert "pretest.yaml:2: This is not valid YAML" in told
    assert ".hidden" not in told


def test_a_file_that_is_a_list_is_refused(full):
    folder = full.write()
    (folder / "pretest.yaml").write_text("- items\n")
    assert "pretest.yaml:1: The file must be a mapping" in findings(folder)


def test_an_item_with_a_single_option_is_refused(full):
    only = full.pretest["items"][0]["options"][0]
    full.pretest["items"][0].update(options=[only], key=only["option_id"])
    assert "The item `before-0` has fewer than two options." in findings(full.write())


def test_a_scenario_that_remembers_too_much_is_refused(full):
    names = [f"ask-{number}" for number in range(14)]
    full.scenario["state"].update(dict.fromkeys(names, False))
    for name, following in zip(names, [*names[1:], "over"], strict=True):
        ways = [making.choice("yes", following, set={name: True}), making.choice("no", following)]
        full.scenario["nodes"].append({**full.node("turn"), "node_id": name, "choices": ways})
    full.node("call")["next"] = names[0]
    assert "The scenario has too many situations to follow." in findings(full.write())


def test_topics_and_standards_that_can_not_be_read_are_told_once(full):
    folder = full.write()
    rules = folder.parent.parent / "rules"
    rules.mkdir()
    (rules / "topics.yaml").write_text("topics: [\n")
    (found,) = check_courses(folder)
    assert "topics.yaml" in found.path
