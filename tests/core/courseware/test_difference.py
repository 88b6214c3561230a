"""What changed between two versions of a course, part by part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.courseware import course_difference, load_course, text_difference
from tests.core.courseware.making import choice, item


@pytest.fixture
def change(full):
    """A function that changes the files and gives back what is different, as one text."""
    before = load_course(full.write())

    def differ(alter) -> str:
        alter(full)
        return "\n".join(course_difference(before, load_course(full.write())).lines)

    return differ


def test_the_same_course_has_no_difference(change):
    assert change(lambda _: None) == ""


def test_a_version_note_alone_is_not_a_difference(change):
    assert change(lambda f: f.course.update(version_note="Second.")) == ""


@pytest.mark.parametrize(
    ("alter", "words"),
    [
        (lambda f: f.course.update(title="A tiny course"), "  changed: title\n    “A small course” → “A tiny course”"),
        (
            lambda f: f.course.update(attestation="I did this " + "very " * 30 + "myself."),
            "attestation\n    30 words added, 0 removed",
        ),
        (lambda f: f.course.update(level="advanced"), "“beginning” → “advanced”"),
        (lambda f: f.course["evaluation"].update(objective_question="How well?"), "changed: evaluation"),
        (lambda f: f.course["objectives"][0].update(text="Name what matters."), "Objectives:\n  changed: see"),
        (lambda f: f.course["sections"].reverse(), "Order of the parts:\n  changed: second > walk > first"),
        (
            lambda f: f.sections.update(
                {"01-first.md": f.sections["01-first.md"].replace("than the coffee", "than coffee, by far")}
            ),
            "Sections:\n  changed: first\n    3 words added, 2 removed",
        ),
        (
            lambda f: f.sections.update({"01-first.md": f.sections["01-first.md"].replace("Her sleep", "**Her** sleep")}),
            "first\n    only its marks and links changed",
        ),
        (
            lambda f: f.sections.update({"01-first.md": f.sections["01-first.md"].replace("[see]", "[act]")}),
            "objectives added: act\n    objectives removed: see",
        ),
        (lambda f: f.node("turn").update(text="You turn around."), "scene turn changed: 2 words added, 1 removed"),
        (lambda f: f.node("turn")["choices"].append(choice("stay", "ask")), "choice stay added\n    ways through: 5 → 7"),
        (lambda f: f.node("turn")["marks"].pop(), "mark hand removed"),
        (lambda f: f.node("turn").update(model_reasoning="Otherwise."), "scene turn changed: model_reasoning changed"),
        (lambda f: f.scenario.update(title="A stroll"), "walk\n    title changed"),
        (lambda f: f.post_test.update(form_size=5), "Post-test:\n  changed: form_size\n    4 → 5"),
        (lambda f: f.post_test["items"].append(item(9)), "  added: item-9"),
        (lambda f: f.post_test["items"].pop(), "  removed: item-4"),
        (lambda f: f.post_test["items"][0].update(key="b"), "item-0\n    key: a → b"),
        (
            lambda f: f.post_test["items"][0]["options"][1].update(text="Wait"),
            "option b changed (text: “Do the b thing number 0” → “Wait”)",
        ),
        (lambda f: f.pretest["items"][0].update(stem="He waits. What now?"), "Pretest:\n  changed: before-0\n    stem: "),
        (lambda f: f.pretest["spotting"]["marks"].pop(), "changed: spotting"),
        (lambda f: setattr(f, "pretest", None) or (f.folder / "pretest.yaml").unlink(), "Pretest:\n  removed: before-0"),
        (lambda f: f.sources["references"][2].update(year=2011), "References:\n  changed: book\n    year: 2010 → 2011"),
        (lambda f: f.sources["duties"][0].update(name="Great care"), "Duties:\n  changed: care"),
        (lambda f: f.sources["glossary"][0].update(definition="Two."), "Glossary:\n  changed: dual"),
        (
            lambda f: f.images.update({"circles.svg": f.images["circles.svg"].replace(b"r='5'", b"") + b"\n"}),
            "Pictures:\n  changed: circles\n    data changed",
        ),
        (lambda f: f.course["approval_bodies"].pop(), "Approval bodies:\n  removed: mild"),
        (lambda f: f.course["difficulty"].update(value=5), "  changed: difficulty\n    2 → 5"),
        (lambda f: f.course["difficulty"].update(value=5), "hours of 60 minutes\n    0.25 → 0.75"),
        (lambda f: f.course["difficulty"].update(value=5), "hours for strict\n    0 → 1"),
    ],
)
def test_each_change_is_told_in_its_part(change, alter, words):
    assert words in change(alter)


def test_sentences_that_came_and_went_are_given():
    found = text_difference("One stays. Two goes away.", "One stays. Three comes now. Four, too.")
    assert found.removed == ("Two goes away.",)
    assert found.added == ("Three comes now.", "Four, too.")
    assert (found.words_added, found.words_removed) == (5, 3)
    assert str(found) == "5 words added, 3 removed"


TEXTS = st.lists(
    st.sampled_from(["She waits.", "He asks twice.", "It rains on the town.", "You write it down."]), max_size=8
).map(" ".join)


@given(TEXTS, TEXTS)
def test_the_balance_of_words_is_that_of_the_texts(old, new):
    found = text_difference(old, new)
    assert found.words_added - found.words_removed == len(new.split()) - len(old.split())
    back = text_difference(new, old)
    assert (old == new) == (not found.added and not found.removed)
    assert bool(back.added) == bool(found.removed) or old != new


def test_lists_say_what_came_what_went_and_what_only_moved(change):
    text = change(
        lambda f: (
            f.course["professions"].append("mft"),
            f.post_test["items"][0].update(references=["book", "code_2014"], cognitive_level="analysis"),
            f.post_test["items"][1].update(references=["book"]),
            f.sections.update({"02-second.md": f.sections["02-second.md"].replace("title: Second", "title: Then")}),
        )
    )
    assert "changed: professions" in text
    assert "references added: book" in text
    assert "references added: book\n    references removed: code_2014" in text
    assert "cognitive_level: “application” → “analysis”" in text
    assert "title: “Second” → “Then”" in text


def test_another_order_is_a_change_of_its_own(full):
    full.sections["01-first.md"] = full.sections["01-first.md"].replace("[see]", "[see, act]")
    before = load_course(full.write())
    full.sections["01-first.md"] = full.sections["01-first.md"].replace("[see, act]", "[act, see]")
    after = load_course(full.write())
    assert "objectives in another order" in "\n".join(course_difference(before, after).lines)
