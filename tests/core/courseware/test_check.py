"""The checks of ``goodstanding check courses``: a sound course has no findings, and each fault is found once it is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.core.courseware import check_courses
from goodstanding.core.courseware.readability import grade_level, split_sentences, syllables


def words_of(path: Path) -> str:
    return "\n".join(map(str, check_courses(path)))


def test_a_sound_course_has_no_findings(files):
    folder = files.write()
    assert check_courses(folder) == []
    assert check_courses(folder.parent) == []


def add_text(text: str):
    def change(files) -> None:
        files.sections["02-second.md"] += f"\n{text}\n"

    return change


def of_option(place: int, **changes):
    return lambda files: files.post_test["items"][0]["options"][place].update(changes)


def of_item(**changes):
    return lambda files: files.post_test["items"][0].update(changes)


LONG = "The meeting was brief and the weather was poor and " * 4 + "nobody minded."


@pytest.mark.parametrize(
    ("break_it", "file", "words"),
    [
        (lambda f: f.course["objectives"][0].update(text="Understand boundaries."), "course.yaml", "begins with “understand”"),
        (lambda f: f.course["objectives"][0].update(text="To know the codes."), "course.yaml", "begins with “know”"),
        (
            lambda f: f.course["objectives"].append({"id": "new", "text": "Name it."}),
            "course.yaml",
            "No item asks about the objective `new`.",
        ),
        (
            lambda f: f.course["objectives"].append({"id": "new", "text": "Name it."}),
            "course.yaml",
            "No section teaches the objective `new`.",
        ),
        (lambda f: f.course["topics"].append({"share": 1, "topics": ["law"]}), "course.yaml", "The topic shares add up to 2."),
        (lambda f: f.sources["references"].pop(), "sources.yaml", "The course names 2 references."),
        (add_text("::: poem A\nx\n:::"), "02-second.md", "There is no block of the kind “poem”."),
        (add_text("::: duty fear Fear\nx\n:::"), "02-second.md", "There is no duty `fear`."),
        (add_text("::: law other A law\nx\n:::"), "02-second.md", "There is no law `other`."),
        (add_text("# A title"), "02-second.md", "The text has a heading of the first level."),
        (add_text("![A chart](chart.png)"), "02-second.md", "The image “chart.png” does not travel with the course."),
        (add_text("[x](section:third)"), "02-second.md", "The link leads to the section `third`"),
        (add_text("[x](#nowhere)"), "02-second.md", "no heading here has this id"),
        (add_text("[x](../elsewhere.md)"), "02-second.md", "leads nowhere"),
        (add_text(LONG), "02-second.md", "A sentence has 42 words"),
        (add_text("It is said in A.9 of the code."), "02-second.md", "The number A.9 is not verified"),
        (
            add_text(
                "Interdisciplinary organizational considerations necessitate comprehensive professional deliberation. " * 20
            ),
            "02-second.md",
            "reads at grade",
        ),
        (
            lambda f: f.scenario["nodes"].append({**f.node("call"), "node_id": "lost"}),
            "walk.yaml",
            "No play reaches the node `lost`.",
        ),
        (
            lambda f: (
                f.node("ask")["choices"][1].update(when={"spoke": True, "left": True}) or f.scenario["state"].update(left=False)
            ),
            "walk.yaml",
            "The choice `her` is never offered",
        ),
        (
            lambda f: f.node("evening")["branches"].append({"when": {"spoke": True}, "next": "over"}),
            "walk.yaml",
            "This branch is never taken",
        ),
        (lambda f: f.node("turn").pop("reason_prompt"), "walk.yaml", "does not ask for a reason"),
        (lambda f: f.node("turn")["choices"][0].pop("duty_ids"), "walk.yaml", "The choice `speak` names no duty."),
        (
            lambda f: f.node("turn")["choices"][0]["feedback"].update(why="Short."),
            "walk.yaml",
            "The feedback on `speak` has 34 words.",
        ),
        (lambda f: f.scenario.update(start="turn"), "walk.yaml", "No play reaches the node `look`."),
        (
            lambda f: f.scenario["nodes"].pop(0) and f.scenario.update(start="turn"),
            "walk.yaml",
            "The first task is not to notice.",
        ),
        (lambda f: f.node("ask").update(kind="decide"), "walk.yaml", "No node asks whom to consult or what to write."),
        (lambda f: f.post_test["items"][0]["options"].pop(), "post_test.yaml", "has 2 options"),
        (of_item(stem="What happens here."), "post_test.yaml", "does not end with a question"),
        (of_item(stem="You meet her. Which of these is not wise?"), "post_test.yaml", "turns on “not”"),
        (of_item(stem="You meet her. Which is right except on Mondays?"), "post_test.yaml", "turns on “except”"),
        (of_item(stem="What do people usually do?"), "post_test.yaml", "The question of `item-0` uses “usually”"),
        (of_option(1, text="All of the above"), "post_test.yaml", "uses “All of the above”"),
        (of_option(1, text="Both A and C are right"), "post_test.yaml", "uses “Both A and C”"),
        (of_option(1, text="It is never to be done"), "post_test.yaml", "uses “never”"),
        (of_option(1, text="It is often done here"), "post_test.yaml", "uses “often”"),
        (
            of_option(0, text="Do the a thing, and then think about it once more at home"),
            "post_test.yaml",
            "is by far the longest option",
        ),
        (of_option(1, text="Do the a thing number 0"), "post_test.yaml", "has the same option twice"),
        (of_option(1, rationale="Wrong."), "post_test.yaml", "The rationale of `b` in `item-0` has 1 words."),
        (of_option(1, text="What A.9 says of it"), "post_test.yaml", "asks about A.9, which is not verified"),
        (of_item(references=[]), "post_test.yaml", "names no reference"),
        (
            lambda f: [i.update(cognitive_level="recall") for i in f.post_test["items"][:3]],
            "post_test.yaml",
            "Only 2 of 5 items ask to apply",
        ),
        (lambda f: [i.update(key="a") for i in f.post_test["items"]], "post_test.yaml", "The key is option 1 in 5 of 5 items."),
        (lambda f: f.post_test.update(form_size=1), "post_test.yaml", "A form is smaller than the number of objectives"),
        (lambda f: f.course.update(slug="other"), "course.yaml", "its folder `small`"),
    ],
)
def test_each_fault_is_found_in_its_file(files, break_it, file, words):
    break_it(files)
    found = [finding for finding in check_courses(files.write()) if words in finding.problem]
    assert found, words_of(files.folder)
    assert found[0].path.endswith(file)
    assert found[0].line >= 1
    assert found[0].mend


def test_a_finding_in_a_text_has_the_line_of_the_file(files):
    files.sections["02-second.md"] = "---\nid: second\ntitle: T\nobjectives: [act]\n---\n\nText.\n\n[x](section:third)\n"
    assert "02-second.md:9: The link leads to the section `third`" in words_of(files.write())


def test_not_in_capitals_is_the_allowed_exception(files):
    files.post_test["items"][0]["stem"] = "You meet her. Which of these is NOT wise?"
    assert check_courses(files.write()) == []


def test_an_unverified_number_may_stand_where_the_text_says_so(files):
    files.sections["02-second.md"] += "\nIt is said in A.9 (not yet verified).\n"
    assert check_courses(files.write()) == []


def test_topics_are_checked_where_the_rules_stand_beside_the_courses(files):
    folder = files.write()
    rules = folder.parent.parent / "rules"
    rules.mkdir()
    (rules / "topics.yaml").write_text("topics:\n  law: {label: law}\n  ethics: {label: ethics}\n")
    assert check_courses(folder) == []
    files.course["topics"][0]["topics"] = ["ethics_us_ky", "juggling"]
    files.write()
    assert "There is no topic `juggling` in rules/topics.yaml." in words_of(folder)
    assert "ethics_us_ky" not in words_of(folder)


def test_a_folder_that_is_not_there_or_empty_is_a_finding(tmp_path):
    assert "There is no such folder." in words_of(tmp_path / "nothing")
    assert "There is no course in this folder." in words_of(tmp_path)


def test_a_course_that_can_not_be_loaded_does_not_stop_the_check_of_others(files):
    folder = files.write()
    (folder.parent / "another").mkdir()
    files.course["objectives"][0]["text"] = "Know it."
    files.write()
    message = words_of(folder.parent)
    assert "another/course.yaml" in message
    assert "begins with “know”" in message


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("notes", 1), ("closed", 1), ("wanted", 2), ("table", 2), ("boundary", 3), ("therapy", 3), ("the", 1)],
)
def test_syllables(word, count):
    assert syllables(word) == count


def test_the_grade_follows_the_published_formula():
    # 6 words, 1 sentence, 6 syllables
    assert grade_level("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    assert grade_level("") == 0.0
    assert split_sentences("One. “Two?” Three\nfour") == ["One.", "“Two?", "Three", "four"]
