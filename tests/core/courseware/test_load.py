"""Reading course folders: what is right round-trips, and each thing that is wrong has its own words, file and line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from goodstanding.core.courseware import (
    Course,
    computed_minutes,
    course_from_json,
    course_hash,
    course_to_json,
    load_course,
    load_courses,
    topic_minutes,
)
from goodstanding.core.documents import DocumentError, Strict


def findings(folder: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        load_course(folder)
    return str(caught.value)


def test_the_parts_come_in_the_order_of_the_course_file(course):
    assert [(entry.kind, entry.id) for entry in course.outline] == [
        ("section", "first"),
        ("scenario", "walk"),
        ("section", "second"),
    ]
    assert course.section("second").duties == ("care",)
    assert course.section("first").text.startswith("::: case A beginning\n")
    assert course.scenario("walk").node("over").kind == "end"
    with pytest.raises(KeyError):
        course.section("third")


def test_the_evaluation_asks_about_each_objective_first(course):
    questions = course.evaluation_questions
    assert [question.id for question in questions] == ["objective-see", "objective-act", "useful"]
    assert questions[0].text == "How well can you now do this: Identify what matters."
    assert questions[0].required


def test_a_course_survives_json_unchanged(course):
    data = course_to_json(course)
    assert course_from_json(data) == course
    assert course_from_json(json.dumps(data)) == course
    reordered = json.loads(json.dumps(dict(reversed(data.items()))))
    assert course_from_json(reordered) == course
    assert course_hash(course_from_json(reordered)) == course_hash(course)
    assert course_from_json(data).difficulty.value == Decimal(2)


def places(part: Strict | tuple[object, ...], path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a course holds a list, a mapping, or nothing."""
    names = type(part).model_fields if isinstance(part, Strict) else range(len(part))
    for name in names:
        value = getattr(part, name) if isinstance(name, str) else part[name]
        if value is None or isinstance(value, tuple | Mapping):
            yield (*path, name)
        if isinstance(value, Strict | tuple):
            yield from places(value, (*path, name))


def emptied(course: Course, taken: Iterable[tuple[str | int, ...]]) -> Course | None:
    """The course with nothing at these places; None where the schema wants something there."""
    data = course.model_dump()
    for *path, last in sorted(taken, key=len, reverse=True):
        at = data
        for step in path:
            at = at[step]
        at[last] = None if at[last] is None else type(at[last])()
    try:
        return Course.model_validate(data)
    except ValidationError:
        return None


def test_a_course_with_nothing_where_nothing_is_allowed_survives_json(course):
    possible = [place for place in places(course) if emptied(course, [place]) is not None]
    assert ("evaluation", "questions") in possible
    assert ("scenarios", 0, "nodes", 3, "branches", 0, "when") in possible

    @given(st.sets(st.sampled_from(possible), min_size=1, max_size=4))
    def survives(taken):
        bare = emptied(course, taken)
        assume(bare is not None)
        stored = course_from_json(json.dumps(course_to_json(bare)))
        assert stored == bare
        assert course_hash(stored) == course_hash(bare)

    survives()


def test_a_loaded_course_cannot_be_changed(course):
    with pytest.raises(Exception, match="frozen"):
        course.title = "Another"
    with pytest.raises(TypeError):
        course.sections[0] = course.sections[1]


def test_any_change_of_the_text_changes_the_hash(files):
    before = course_hash(load_course(files.write()))
    assert before == course_hash(load_course(files.write()))
    files.sections["02-second.md"] += "\nOne more sentence.\n"
    assert course_hash(load_course(files.write())) != before


def test_windows_line_ends_change_nothing(files):
    before = course_hash(load_course(files.write()))
    path = files.folder / "01-first.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert course_hash(load_course(files.folder)) == before


def test_what_is_empty_is_left_out_of_the_json(course):
    data = course_to_json(course)
    assert "subtitle" not in data
    assert "duties" not in data["sections"][0]
    assert data["post_test"]["pass_percent"] == 80


def test_topic_minutes_are_rounded_down(course):
    assert topic_minutes(course, Decimal("10.019")) == ((("ethics",), Decimal("10.01")),)


def test_a_missing_section_file_is_named_with_the_line_that_asks_for_it(files):
    folder = files.write()
    (folder / "02-second.md").unlink()
    message = findings(folder)
    assert f"{folder}/course.yaml:" in message
    assert "The section file 02-second.md is missing." in message
    assert f"Add {folder}/02-second.md, or take this line out of `sections`." in message
    line = (folder / "course.yaml").read_text().split("\n").index("- section: 02-second") + 1
    assert f"course.yaml:{line}: " in message


def test_a_course_of_less_than_a_minute_is_refused(files):
    files.course["difficulty"]["value"] = 1
    files.post_test["form_size"] = 3
    assert computed_minutes(load_course(files.write())) >= 1

    files.post_test["form_size"] = 2
    message = findings(files.write())

    line = (files.folder / "course.yaml").read_text().split("\n").index("  value: 1") + 1
    assert f"course.yaml:{line}" in message
    assert "The course takes 0.00 minutes by its credit basis; there would be nothing to certify." in message


@pytest.mark.parametrize("name", ["course.yaml", "post_test.yaml", "sources.yaml"])
def test_a_missing_file_is_named(files, name):
    folder = files.write()
    (folder / name).unlink()
    assert f"The course has no {name}." in findings(folder)


def test_a_missing_folder_is_named(tmp_path):
    assert "There is no such course folder." in findings(tmp_path / "nothing")


def test_all_findings_come_at_once(files):
    files.course["titel"] = "x"
    del files.course["title"]
    files.course["sections"].append({"section": "03-third"})
    files.post_test["items"][0]["key"] = 7
    message = findings(files.write())
    assert "The key `titel` is not known. Did you mean `title`?" in message
    assert "The key `title` is missing." in message
    assert "The section file 03-third.md is missing." in message
    assert "must be text" in message
    assert "`outline` is missing" not in message


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda f: f.course.update(slug="other"), "The course is called `other`, but its folder `small`."),
        (lambda f: f.course.update(slug="Not a slug"), "an id is made of lower-case letters"),
        (lambda f: f.course.pop("sections"), "`sections` does not list the parts of the course."),
        (lambda f: f.course.update(sections=[]), "`sections` does not list the parts of the course."),
        (lambda f: f.course["sections"].append({"chapter": "x"}), "This part is neither a section nor a scenario."),
        (lambda f: f.course["sections"].append({"section": "second"}), "“second” can not be the name of a section file."),
        (lambda f: f.course["sections"].append({"section": "../../etc/passwd"}), "can not be the name of a section file."),
        (lambda f: f.course["sections"].append({"scenario": "../walk"}), "neither a section nor a scenario"),
        (lambda f: f.course["sections"].append({"scenario": "run"}), "The scenario file run.yaml is missing."),
        (lambda f: f.course["sections"].append({"section": "01-first"}), "The section `first` is listed twice."),
        (lambda f: f.course["sections"].append({"scenario": "walk"}), "The scenario `walk` is listed twice."),
        (lambda f: f.course["sections"].pop(), "The file 02-second.md is not listed in `sections`."),
        (lambda f: f.course["sections"].pop(1), "The file scenarios/walk.yaml is not listed in `sections`."),
        (lambda f: f.course.update(duties=[]), "The key `duties` is not known in course.yaml. Duties stand in sources.yaml."),
        (lambda f: f.course.update(objectives=[]), "`objectives` is empty."),
        (lambda f: f.course["objectives"].append({"id": "see", "text": "See."}), "The objective `see` stands twice."),
        (lambda f: f.course["topics"][0].update(share=2), "a share lies above 0 and at most at 1"),
        (lambda f: f.course["topics"][0].update(topics=[]), "a share names at least one topic"),
        (lambda f: f.sections.update({"01-first.md": f.sections["01-first.md"] + "é" * 600_000}), "larger than 1,000,000 bytes"),
        (lambda f: f.course["difficulty"].update(value=6), "difficulty lies between 1 (very easy) and 5"),
        (lambda f: f.course["difficulty"].update(status="final"), "`difficulty.status` can not be “final”."),
        (lambda f: f.course.update(format="live_online"), "`format` can not be “live_online”."),
        (lambda f: f.course["evaluation"].update(scale=["a", "b"]), "needs at least three steps"),
        (lambda f: f.course["evaluation"]["questions"][0].update(kind="choice"), "`options` belong to questions of the kind"),
        (lambda f: f.course.update(title=" "), "the text is empty"),
        (lambda f: f.sections.update({"01-first.md": "No front matter.\n"}), "The section has no front matter."),
        (lambda f: f.sections.update({"01-first.md": "---\n- a\n---\ntext\n"}), "The front matter must be a mapping"),
        (
            lambda f: f.sections.update({"01-first.md": f.sections["01-first.md"].replace("id: first", "id: last")}),
            "`last`, but its file",
        ),
        (
            lambda f: f.sections.update({"02-second.md": "---\nid: second\ntitle: T\nobjectives: [act]\n---\n\n"}),
            "The section has no text.",
        ),
        (
            lambda f: f.sections.update({"02-second.md": "---\nid: second\ntitle: T\nobjectives: [fly]\n---\nx\n"}),
            "There is no objective `fly`.",
        ),
        (
            lambda f: f.sections.update({"02-second.md": f.sections["02-second.md"].replace("care", "fear")}),
            "There is no duty `fear`.",
        ),
        (lambda f: f.scenario.update(id="run"), "The scenario is called `run`, but its file walk.yaml."),
        (lambda f: f.scenario.update(start="nowhere"), "There is no node `nowhere`."),
        (lambda f: f.node("look").update(next="nowhere"), "There is no node `nowhere`."),
        (lambda f: f.node("turn")["choices"][0].update(next="nowhere"), "There is no node `nowhere`."),
        (lambda f: f.node("evening")["branches"][0].update(next="nowhere"), "There is no node `nowhere`."),
        (lambda f: f.node("turn")["choices"][0].update(duty_ids=["fear"]), "There is no duty `fear`."),
        (lambda f: f.node("turn")["choices"][0].update(set={"sang": True}), "The scenario remembers nothing called `sang`."),
        (lambda f: f.node("turn")["choices"][0].update(set={"spoke": "yes"}), "`spoke` begins as False, but is 'yes' here."),
        (lambda f: f.node("turn")["choices"].pop(), "needs at least two choices"),
        (lambda f: f.node("evening").update(choices=f.node("turn")["choices"]), "has no choices; use `decide`"),
        (lambda f: f.node("look").update(marks=[]), "a node of the kind `notice` needs `marks`"),
        (lambda f: f.node("call").pop("next"), "needs `next`, the node that follows"),
        (lambda f: f.node("over").update(next="look"), "has no `next` of its own"),
        (lambda f: f.node("over").update(est_seconds=0), "`est_seconds` must be above 0"),
        (lambda f: f.node("turn")["choices"][1].update(choice_id="speak"), "The choice `speak` stands twice."),
        (lambda f: f.scenario["nodes"].append(dict(f.node("over"))), "The node `over` stands twice."),
        (lambda f: f.node("call").update(next="look"), "The scenario can go round for ever: "),
        (
            lambda f: [c.update(when={"spoke": True}) for c in f.node("ask")["choices"]],
            "A play can reach `ask` with no choice on offer.",
        ),
        (lambda f: f.post_test["items"][0].update(key="d"), "The key `d` is not among the options. Use one of: a, b, c."),
        (lambda f: f.post_test["items"][0].update(section="third"), "There is no section `third`. Use one of: first, second."),
        (lambda f: f.post_test["items"][0].update(objective="fly"), "There is no objective `fly`."),
        (lambda f: f.post_test["items"][0].update(duty="fear"), "There is no duty `fear`."),
        (lambda f: f.post_test["items"][0].update(references=["x"]), "There is no reference `x`."),
        (lambda f: f.post_test["items"][1].update(id="item-0"), "The item `item-0` stands twice."),
        (lambda f: f.post_test["items"][0]["options"][1].update(option_id="a"), "The option `a` stands twice."),
        (lambda f: f.post_test["items"][0]["options"][1].pop("rationale"), "`items[0].options[1].rationale` is missing."),
        (lambda f: f.post_test.update(form_size=6), "`form_size` is 6, but the bank holds 5 items"),
        (lambda f: f.post_test.update(pass_percent=101), "`pass_percent` lies between 1 and 100"),
        (lambda f: f.post_test.update(attempts_before_restudy=0), "`attempts_before_restudy` must be at least 1"),
        (lambda f: f.sources["duties"][0]["standards"][0].update(code="other"), "There is no code `other`."),
        (lambda f: f.sources["duties"][0]["standards"][0].update(code="book"), "There is no code `book`."),
        (lambda f: f.sources["references"][0].update(url="apa.org"), "a web address begins with http"),
        (lambda f: f.sources["references"][0].update(verification="sure"), "can not be “sure”."),
        (lambda f: f.sources["references"].append(dict(f.sources["references"][0])), "The reference `code_2014` stands twice."),
    ],
)
def test_each_mistake_has_its_own_words(files, break_it, words):
    break_it(files)
    assert words in findings(files.write())


def test_a_mistake_in_the_front_matter_has_its_line(files):
    files.sections["02-second.md"] = "---\nid: second\ntitel: Second\nobjectives: [act]\n---\ntext\n"
    assert "02-second.md:3: The key `titel` is not known. Did you mean `title`?" in findings(files.write())


def test_a_section_that_is_not_text_is_refused(files):
    folder = files.write()
    (folder / "01-first.md").write_bytes(b"---\nid: first\n---\n\xff\xfe\n")
    assert "01-first.md:4: The file is not UTF-8 text." in findings(folder)


def test_a_broken_course_does_not_hide_the_findings_of_another(files, tmp_path):
    files.course["slug"] = "other"
    folder = files.write()
    second = folder.parent / "empty"
    second.mkdir()
    (folder.parent / ".hidden").mkdir()
    with pytest.raises(DocumentError) as caught:
        load_courses(folder.parent)
    assert "its folder `small`" in str(caught.value)
    assert f"{second}/course.yaml" in str(caught.value)
    assert ".hidden" not in str(caught.value)


def test_courses_are_loaded_by_slug(files):
    folder = files.write()
    assert list(load_courses(folder.parent)) == ["small"]


def test_a_mistake_deep_in_a_scenario_has_its_own_line(files):
    files.node("ask")["choices"][2]["next"] = "nowhere"
    folder = files.write()
    lines = (folder / "scenarios" / "walk.yaml").read_text().split("\n")
    line = next(number for number, text in enumerate(lines, start=1) if "next: nowhere" in text)
    assert f"walk.yaml:{line}: There is no node `nowhere`." in findings(folder)
