"""The full course from enrollment to certificate, by someone who has no mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from goodstanding.conf.content import content_root
from goodstanding.core.courseware import load_course
from tests.e2e import learner
from tests.e2e.keyboard import Keyboard, Place
from tests.server import Server

SLUG = "dual-relationships-and-boundaries"
COURSE = load_course(content_root() / "courses" / SLUG)
KEYS = {f"answer-{item.id}": item.key for item in COURSE.post_test.items}
NAME = "Ada Example"

# The first letter of a paragraph: where a reader comes by caret browsing (F7), which the browser brings and the page does not.
LETTER = """number => {
  const text = document.getElementById(`at-${number}`).firstChild;
  getSelection().setBaseAndExtent(text, 0, text, 1);
}"""


def is_reference(place: Place) -> bool:
    return place.tag == "a" and re.search(r"\bto-(duty|term|reference)\b", place.css) is not None


def opens_in_place(keys: Keyboard) -> None:
    """The next duty, word or work opens and closes where it stands, and the focus comes back to it."""
    link = keys.to(is_reference)
    panel = keys.page.locator(".inplace")
    expect(panel).to_have_count(0)
    keys.press("Enter")
    expect(panel).to_be_visible()
    keys.to("Close", tag="button")
    keys.press("Enter")
    expect(panel).to_have_count(0)
    assert keys.here() == link
    keys.press("Enter")
    expect(panel).to_be_visible()
    keys.press("Escape")
    expect(panel).to_have_count(0)
    assert keys.here() == link


def keeps_a_note(keys: Keyboard) -> None:
    """The key leads to the field; what is written is kept on the page."""
    keys.press("m")
    here = keys.here()
    assert here is not None
    assert here.tag == "textarea"
    keys.type("I know this Wednesday.")
    keys.to("Keep the note")
    keys.press("Enter")
    expect(keys.page.locator("#notes")).to_contain_text("I know this Wednesday.")


def highlights(keys: Keyboard) -> None:
    """What Shift and the arrows select is highlighted by a key, and stays."""
    page = keys.page
    page.evaluate("document.activeElement.blur()")
    page.evaluate(LETTER, 2)
    for _ in range(6):
        keys.press("Control+Shift+ArrowRight")
    expect(page.get_by_role("button", name="Highlight", exact=True)).to_be_visible()
    keys.press("h")
    expect(page.locator("mark.hl").first).to_be_visible()
    page.reload()
    expect(page.locator("mark.hl").first).to_be_visible()


def fills_in(keys: Keyboard, done: str, *, right: dict[str, str] | None = None) -> None:
    """Every field on the way to the button `done`: choices by arrow and Space, fields by typing. `right` says which choice."""
    keys.into_text()
    seen: set[str] = set()
    for _ in range(120):
        here = keys.tab()
        assert here is not None, keys.page.url
        if here.tag == "button" and here.name == done:
            keys.follow()
            return
        if here.type == "radio":
            assert here.field not in seen, "a group of choices is one place for Tab"
            seen.add(here.field)
            chooses(keys, (right or {}).get(here.field))
        elif here.type == "checkbox" and not seen & {here.field}:
            keys.press("Space")
            seen.add(here.field)
        elif here.tag == "textarea":
            keys.type("The roles are not settled, so I ask first.")
        elif here.tag == "input":
            keys.type("75" if here.field != "signed_name" else NAME)
    raise AssertionError(keys.page.url)


def chooses(keys: Keyboard, value: str | None) -> None:
    """In a group of choices: the one that has the focus, or by the arrows the one with this value."""
    here = keys.here()
    while value is not None and here is not None and here.value != value:
        keys.press("ArrowDown")
        here = keys.here()
    keys.press("Space")
    here = keys.here()
    assert here is not None
    assert here.checked
    assert value in (None, here.value)


def plays(keys: Keyboard, last: str) -> None:
    """Scene by scene until the link `last` is there, opening the reasoning once on the way."""
    page, opened = keys.page, False
    for _ in range(40):
        if page.get_by_role("link", name=last).count():
            return
        if not opened and page.get_by_text("The reasoning about your choice").count():
            keys.into_text()
            keys.to("The reasoning about your choice", tag="summary")
            keys.press("Enter")
            opens_in_place(keys)
            page.evaluate("document.activeElement.blur()")
            page.reload()
            opened = True
        button = page.locator(".read form .acts .btn").first.inner_text()
        fills_in(keys, button)
    raise AssertionError(page.url)


def test_the_full_course_by_keyboard_alone(server: Server, page: Page) -> None:
    learner.sign_up(page, server, email="keys@example.org", name=NAME)
    page.goto("/account/")
    learner.choose_time_zone(page)

    keys = Keyboard(page)
    page.goto(f"/courses/{SLUG}/")
    keys.go("Start the course", tag="button")
    fills_in(keys, "Finish the pretest")

    scenarios = sections = 0
    while "/test/" not in page.url:
        if "/section/" in page.url:
            sections += 1
            if sections == 1:
                assert keys.goes_round() > 20
                page.reload()
                keys.into_text()
                opens_in_place(keys)
                keeps_a_note(keys)
                highlights(keys)
            if sections % 2:
                keys.go("Continue", tag="button")
            else:  # the key leads to the button; pressing it is the reader's own act
                keys.press("n")
                here = keys.here()
                assert here is not None
                assert here.name == "Continue"
                keys.follow()
            continue
        scenarios += 1
        keys.go("Begin", tag="button")
        plays(keys, "Look back at your decisions")
        if scenarios > 1:
            keys.go("Continue", tag="a")
            continue
        keys.go("Look back at your decisions")
        assert keys.goes_round() > 20
        page.reload()
        keys.go(re.compile("^See it large"))
        assert keys.goes_round() > 15
        page.reload()
        keys.go(re.compile("Look back at your decisions"))
        keys.go(re.compile("^Change this decision"))
        plays(keys, "Look back at this replay")
        keys.go("Look back at this replay")
        expect(page.get_by_role("heading", level=1)).to_have_text("Replay 1")
        keys.go("Go on with the course")
    assert (sections, scenarios) == (len(COURSE.sections), len(COURSE.scenarios))

    keys.go("Start the test", tag="button")
    fills_in(keys, "Hand in the test", right=KEYS)
    expect(page.get_by_role("heading", level=1)).to_have_text("You passed")
    keys.go("Go on to the evaluation")
    fills_in(keys, "Hand in the evaluation")
    fills_in(keys, "Sign and complete the course")
    keys.into_text()
    keys.to(re.compile("^Download"))
    with page.expect_download() as certificate:
        keys.press("Enter")
    assert certificate.value.suggested_filename.endswith(".pdf")
    assert keys.used_no_pointer()


SHEET = """rules => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [sheet];
}"""
CAUGHT = "() => document.addEventListener('keydown', (event) => { if (event.key === 'Tab') event.preventDefault(); })"


@pytest.mark.parametrize(
    ("script", "given", "words"),
    [
        (SHEET, "*{outline:0!important}", "no ring shows it"),
        (SHEET, "header a{position:fixed!important;left:-200rem}", "it is out of sight"),
        (CAUGHT, None, "the focus is caught"),
    ],
)
def test_what_would_stop_someone_at_the_keyboard_is_noticed(page: Page, script: str, given: str | None, words: str) -> None:
    keys = Keyboard(page)
    page.goto("/courses/")
    assert keys.goes_round() > 5
    page.reload()
    keys.into_text()
    keys.to(re.compile("."), tag="a")
    page.evaluate(script, given)
    with pytest.raises(AssertionError, match=words):
        keys.to("What is not there")
