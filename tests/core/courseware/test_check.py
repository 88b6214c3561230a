"""The checks of ``goodstanding check courses``: a sound course has no findings, and each fault is found once it is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.core.courseware import check_courses
from goodstanding.core.courseware.readability import PROFESSIONAL_WORDS, grade_level, split_sentences, syllables
from tests.core.courseware import making


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


def of_options(*texts: str):
    def change(files) -> None:
        for option, text in zip(files.post_test["items"][0]["options"], texts, strict=True):
            option["text"] = text

    return change


def two_options(item) -> None:
    wrong = next(option for option in item["options"] if option["option_id"] != item["key"])
    item["options"].remove(wrong)


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
        (add_text("It is said in B.2.c of the code."), "02-second.md", "No duty of this course has the number B.2.c."),
        (of_option(1, rationale=f"{making.RATIONALE} See 1.06(c)."), "post_test.yaml", "has the number 1.06(c)."),
        (
            lambda f: f.node("turn")["choices"][0]["feedback"].update(source="CODE A.1 and 3.05; editions in the references."),
            "walk.yaml",
            "No duty of this course has the number 3.05.",
        ),
        (
            lambda f: (
                f.sources["references"].append({**f.sources["references"][0], "id": "other_2020"}),
                f.sources["duties"][0]["standards"].append(
                    {"code": "other_2020", "number": "3.05", "title": "Care", "verification": "read"}
                ),
                f.node("turn")["choices"][0]["feedback"].update(source="OTHER 3.05; CODE 3.05; editions in the references."),
            ),
            "walk.yaml",
            "No duty of this course has 3.05 of CODE.",
        ),
        (of_option(1, text="The same, and a note"), "post_test.yaml", "The option `b` of `item-0` uses “The same, and”."),
        (
            lambda f: [
                o.update(text=f"{o['text']} now")
                for i in f.post_test["items"]
                for o in i["options"]
                if o["option_id"] == i["key"]
            ],
            "post_test.yaml",
            "The key is the longest option in 5 of 5 items.",
        ),
        (
            lambda f: [
                o.update(text=f"{o['text']} now")
                for i in f.post_test["items"]
                for o in i["options"]
                if o["option_id"] != i["key"]
            ],
            "post_test.yaml",
            "The key is the shortest option in 5 of 5 items.",
        ),
        (
            of_item(stem="You meet her in place 1.  What do YOU do?"),
            "post_test.yaml",
            "The item `item-1` has the stem of `item-0`.",
        ),
        (of_item(stem=f"{LONG} What do you do?"), "post_test.yaml", "The stem of `item-0` has a sentence of 42 words"),
        (of_option(1, rationale=LONG), "post_test.yaml", "The rationale of `b` in `item-0` has a sentence of 42 words"),
        (lambda f: f.node("turn").update(text=LONG), "walk.yaml", "The scene `turn` has a sentence of 42 words"),
        (
            lambda f: f.node("turn")["choices"][0]["feedback"].update(why=LONG),
            "walk.yaml",
            "The feedback on `speak` has a sentence of 42 words",
        ),
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


SHOWN = "![One circle inside of another circle](image:circles)"
SCRIPT = "<script>alert(1)</script>"


def hour(files) -> None:
    """Make the course an hour long, so that it has to be fit for a second attempt."""
    files.course["difficulty"]["value"] = 5


def fit_for_an_hour(files) -> None:
    hour(files)
    files.post_test.update(form_size=2)
    files.course["objectives"].append({"id": "say", "text": "Compose a note."})
    files.sections["01-first.md"] = files.sections["01-first.md"].replace("[see]", "[see, say]")
    files.post_test["items"] += [making.item(number, objective="say", section="first") for number in range(5, 8)]
    files.post_test.update(form_size=3)
    files.pretest["items"][0].update(objective="say", section="first")
    files.course.pop("approval_bodies")


def long_way(files) -> None:
    """Put four more decisions in a row before the consultation."""
    names = [f"more-{number}" for number in range(4)]
    for name, following in zip(names, [*names[1:], "ask"], strict=True):
        node = {
            **files.node("turn"),
            "node_id": name,
            "choices": [making.choice("one", following), making.choice("two", following)],
        }
        files.scenario["nodes"].insert(2, node)
    for choice in files.node("turn")["choices"]:
        choice["next"] = names[0]


@pytest.mark.parametrize(
    ("break_it", "file", "words"),
    [
        # Texts
        (add_text(SCRIPT), "02-second.md", "holds HTML or a script: “<script>"),
        (add_text("Look <b onclick='x()'>here</b>."), "02-second.md", "holds HTML or a script: “<b onclick"),
        (add_text("[x](javascript:alert)"), "02-second.md", "holds HTML or a script"),
        (lambda f: f.node("turn").update(text=f"You turn. {SCRIPT}"), "walk.yaml", "holds HTML or a script"),
        (lambda f: f.node("look")["marks"][0].update(comment="<i>It</i> sings."), "walk.yaml", "holds HTML or a script"),
        (of_option(1, rationale=f"{making.RATIONALE} <b>No.</b>"), "post_test.yaml", "holds HTML or a script"),
        (lambda f: f.pretest["spotting"].update(text=SCRIPT), "pretest.yaml", "holds HTML or a script"),
        (lambda f: f.sources["glossary"][0].update(definition=SCRIPT), "sources.yaml", "holds HTML or a script"),
        (lambda f: f.course.update(summary=SCRIPT), "course.yaml", "holds HTML or a script"),
        (lambda f: f.node("turn").update(text="You turn to [it](duty:fear)."), "walk.yaml", "The link leads to the duty `fear`"),
        (lambda f: f.node("turn").update(text="You turn to [it](#here)."), "walk.yaml", "no heading here has this id"),
        (lambda f: f.node("turn").update(text=f"You turn. {SHOWN}"), "walk.yaml", "An image stands outside of a section."),
        (add_text("[x](term:third)"), "02-second.md", "The link leads to the term `third`"),
        (add_text("[x](scenario:run)"), "02-second.md", "The link leads to the scenario `run`"),
        (add_text("[x](reference:none)"), "02-second.md", "The link leads to the reference `none`"),
        (
            add_text(
                "This one here has a few more words in it than an ordinary sentence should ever have on the whole, or so it is said. "
                * 30
            ),
            "02-second.md",
            "words to a sentence",
        ),
        (
            lambda f: f.node("turn").update(text="Interdisciplinary organizational considerations necessitate deliberation."),
            "walk.yaml",
            "The scene `turn` reads at grade",
        ),
        # Pictures
        (add_text("::: figure A chart\n![](image:circles)\n:::"), "02-second.md", "The image has no text alternative."),
        (add_text("::: figure A chart\n![A chart](image:circles)\n:::"), "02-second.md", "The text alternative has 2 words."),
        (
            add_text("::: figure A chart\n![" + "so " * 81 + "](image:circles)\n:::"),
            "02-second.md",
            "The text alternative has 81 words.",
        ),
        (add_text(SHOWN), "02-second.md", "The image stands outside of a figure."),
        (add_text(f"::: case A chart\n{SHOWN}\n:::"), "02-second.md", "The image stands outside of a figure."),
        (
            add_text("::: figure A chart\n![One circle inside of another](image:dots)\n:::"),
            "02-second.md",
            "There is no picture `dots`",
        ),
        (
            add_text("::: figure A chart\n![One circle inside of another](https://x.example/a.png)\n:::"),
            "02-second.md",
            "does not travel with the course",
        ),
        (add_text("::: figure\nText.\n:::"), "02-second.md", "The figure has no caption."),
        (lambda f: f.images.update({"dots.svg": making.SVG}), "dots.svg", "No section shows the picture `dots`."),
        # Scenarios
        (
            lambda f: f.node("look").update(marks=f.node("look")["marks"][:1]),
            "walk.yaml",
            "Nothing in the scene `look` is central.",
        ),
        (
            lambda f: f.node("turn").update(est_seconds=1, text="You turn and look and wait a little."),
            "walk.yaml",
            "has 8 words and 1 seconds",
        ),
        (
            lambda f: f.node("turn")["choices"].extend(making.choice(f"c{n}", "ask") for n in range(3)),
            "walk.yaml",
            "The node `turn` has 5 choices.",
        ),
        (lambda f: f.node("turn")["choices"][1].update(label="Do SPEAK."), "walk.yaml", "Two choices of `turn` read alike."),
        (lambda f: f.node("turn")["choices"][1].update(next="over"), "walk.yaml", "A play can end after 2 tasks."),
        (long_way, "walk.yaml", "A play can ask for 6 choices."),
        (
            lambda f: f.scenario["nodes"].extend({**f.node("over"), "node_id": f"over-{n}"} for n in range(20)),
            "walk.yaml",
            "The scenario has 26 nodes.",
        ),
        (lambda f: f.scenario["state"].update(luck=1), "walk.yaml", "Nothing ever asks for `luck`."),
        (
            lambda f: f.node("evening")["branches"][0]["when"].update(candor={"at_least": 3}),
            "walk.yaml",
            "This branch is never taken",
        ),
        (
            lambda f: f.node("ask")["choices"][1].update(when={"candor": {"is_not": 2, "one_of": [2]}}),
            "walk.yaml",
            "The choice `her` is never offered",
        ),
        (
            lambda f: f.node("look").update(est_seconds=9_000),
            "course.yaml",
            "The longest plays of the scenarios take 152 minutes",
        ),
        # Pretest
        (lambda f: f.pretest["items"].pop(), "pretest.yaml", "The pretest has 3 items."),
        (
            lambda f: [i.update(objective="see", section="first") for i in f.pretest["items"]],
            "pretest.yaml",
            "does not ask about the objective `act`",
        ),
        (lambda f: f.pretest["spotting"]["marks"].pop(0), "pretest.yaml", "Nothing in the scene is central."),
        (lambda f: f.pretest["items"][0].update(stem="He waits."), "pretest.yaml", "does not end with a question"),
        # Items
        (of_item(section="second", objective="see"), "post_test.yaml", "which its section `second` does not teach"),
        (
            of_options("A.1", "B 2", "2014"),
            "post_test.yaml",
            "asks for numbers alone",
        ),
        (
            lambda f: (
                of_item(stem="She mentions her pharmacist. What do you do?")(f),
                of_option(0, text="Ask the pharmacist now")(f),
            ),
            "post_test.yaml",
            "alone repeats “pharmacist” from the stem",
        ),
        (
            of_options("Write a note and phone a colleague", "Write a note and wait", "Forget it and phone a colleague"),
            "post_test.yaml",
            "shares words with each other option",
        ),
        (
            lambda f: [two_options(i) for i in f.post_test["items"][:2]],
            "post_test.yaml",
            "2 items are true or false.",
        ),
        # Enough for an hour, and for the bodies
        (hour, "post_test.yaml", "The bank has 5 items for forms of 4."),
        (hour, "course.yaml", "has 2 objectives"),
        (
            lambda f: (hour(f), f.post_test["items"].pop(1), f.post_test.update(form_size=2)),
            "course.yaml",
            "A single item asks about the objective",
        ),
        (
            lambda f: (hour(f), f.course["approval_bodies"][0].update(items_per_hour=5)),
            "course.yaml",
            "`strict` asks 5 items for this course",
        ),
        (lambda f: f.post_test.update(form_size=6), "post_test.yaml", "but the bank holds 5 items"),
    ],
)
def test_each_fault_of_a_full_course_is_found_in_its_file(full, break_it, file, words):
    break_it(full)
    found = [finding for finding in check_courses(full.write()) if words in finding.problem]
    assert found, words_of(full.folder)
    assert found[0].path.endswith(file)
    assert found[0].line >= 1
    assert found[0].mend or words == "but the bank holds 5 items"


def test_a_course_of_an_hour_can_be_sound(full):
    fit_for_an_hour(full)
    assert words_of(full.write()) == ""


def test_an_option_may_take_up_the_stem_where_others_do_too(full):
    of_item(stem="She mentions her pharmacist and her landlord. What do you do?")(full)
    of_option(0, text="Ask the pharmacist about number 0")(full)
    of_option(1, text="Ask the landlord about number 0")(full)
    assert "alone repeats" not in words_of(full.write())


def test_html_inside_code_and_addresses_in_brackets_are_no_scripts(files):
    files.sections["02-second.md"] += "\nWrite `a <b> c` or <https://example.org> or 3 < 4.\n"
    assert check_courses(files.write()) == []


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


def test_words_of_the_field_can_be_taken_as_short():
    text = "Confidentiality of psychotherapy matters."
    assert grade_level(text, ordinary=PROFESSIONAL_WORDS) < grade_level(text)
    assert grade_level("We wait for rain.", ordinary=PROFESSIONAL_WORDS) == grade_level("We wait for rain.")


def test_sentences_are_split():
    assert split_sentences("One. “Two?” Three\nfour") == ["One.", "“Two?", "Three", "four"]
