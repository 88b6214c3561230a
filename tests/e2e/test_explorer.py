"""Finding what a board asks for: by the map, by a search, by keyboard alone; and two boards side by side."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import NARROW, assert_accessible, assert_fits, press
from tests.e2e.keyboard import Keyboard
from tests.server import Server

pytestmark = pytest.mark.e2e


def test_a_state_is_found_on_the_map_and_by_a_search(server: Server, page: Page) -> None:
    page.goto("/")
    press(page.get_by_role("link", name="See every requirement"))
    page.get_by_label("Profession").select_option(label="Social workers")
    press(page.get_by_role("button", name="Show these boards"))
    tile = page.get_by_role("link", name=re.compile(r"^California: \d"))
    expect(tile).to_have_attribute("href", "/requirements/us/ca/lcsw/")
    assert_accessible(page)
    assert_fits(page)
    press(tile)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Clinical Social Worker")
    expect(page.get_by_role("main")).to_contain_text("36 hours in all in each period.")
    page.get_by_role("main").get_by_text(re.compile("source")).first.click()
    expect(page.get_by_role("main").locator("details[open] .cite").first).to_be_visible()
    assert_accessible(page)

    page.goto("/requirements/")
    page.get_by_label("State, license or board").fill("new york lcsw")
    page.get_by_label("Profession").select_option(label="All professions")
    page.keyboard.press("Enter")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="New York LCSW"))
    expect(row).to_contain_text("3 years")
    press(row.get_by_role("link", name="New York LCSW"))
    expect(page).to_have_url(re.compile("/requirements/us/ny/lcsw/$"))


def test_two_boards_are_compared_with_what_differs_marked(server: Server, page: Page) -> None:
    page.goto("/requirements/?profession=social_worker")
    for name in ("California LCSW", "New York LCSW"):
        page.get_by_label(f"Compare {name}").check()
    press(page.get_by_role("button", name="Compare what is ticked"))
    period = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile("^Period")))
    expect(period).to_contain_text("differs")
    expect(period).to_contain_text("2 years")
    expect(period).to_contain_text("3 years")
    assert_accessible(page)
    page.set_viewport_size(NARROW)
    assert_fits(page)


def test_a_state_is_found_by_keyboard_alone_and_without_scripts(
    server: Server, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    keys = Keyboard(page)
    page.goto("/requirements/?profession=counselor")
    keys.go(re.compile(r"^Texas: "))
    expect(page).to_have_url(re.compile("/requirements/us/tx/lpc/$"))
    keys.go("Compare with another")
    keys.into_text()
    keys.to(lambda place: place.tag == "select")
    page.keyboard.type("New York LMHC")
    keys.to("Compare")
    keys.follow()
    expect(page.get_by_role("columnheader", name="New York LMHC")).to_be_visible()
    assert keys.used_no_pointer()

    plain = open_browser(java_script_enabled=False).new_page()
    plain.goto("/requirements/?profession=counselor&show=total")
    press(plain.get_by_role("link", name=re.compile(r"^Texas: ")))
    expect(plain.get_by_role("heading", level=1)).to_contain_text("Texas")
