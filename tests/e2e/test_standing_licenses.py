"""Several licenses held together: what is owed, what to do next, and which credit counts on which."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import NARROW, WIDE, assert_accessible, assert_fits, press
from tests.e2e import learner
from tests.server import Server

HELD = [
    ("California LPCC", "LPCC 1", "2019-05-10", "2027-05-31"),
    ("Texas LPC", "TX 2", "2020-02-10", "2027-02-28"),
    ("Indiana LMHC", "IN 3", "2015-08-01", "2026-08-31"),
]


def enter(page: Page, title: str, *, approvals: list[str], topic: str = "ethics") -> None:
    page.goto("/credits/add/")
    page.get_by_label("Title").first.fill(title)
    page.get_by_label("Completed").first.fill("2026-03-01")
    page.get_by_label("Amount").first.fill("3")
    page.locator("[name=part_topic_0]").select_option(value=topic)
    page.locator("[name=part_amount_0]").fill("3")
    for body in approvals:
        page.locator(f"[name=approvals][value={body}]").check()
    page.locator("[name=format][value=live_in_person]").check()
    press(page.get_by_role("main").get_by_role("button", name="Add the credit"))


def look(page: Page) -> None:
    """The page fits and is accessible where it was not before: wide and light, narrow and dark."""
    for scheme, size in (("light", WIDE), ("dark", NARROW)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert_fits(page)
        assert_accessible(page)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def test_three_licenses_from_what_is_open_to_what_is_answered(
    server: Server, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    learner.sign_up(page, server, email="several@example.org", name="Several Example")
    for kind, number, issued, expires in HELD:
        learner.add_license(page, kind=kind, number=number, issued=issued, expires=expires)
    enter(page, "Ethics with a body", approvals=["nbcc"])
    enter(page, "Telehealth, nobody knows by whom", approvals=["unknown"], topic="telehealth")

    # What ended is said first; each license is a card in brief that leads to all of it.
    page.goto("/standing/")
    main = page.get_by_role("main")
    expect(main.locator(".notice").first).to_contain_text("ended on 31 August 2026")
    assert main.locator("section.lic").count() == len(HELD)
    look(page)
    press(main.get_by_role("link", name="California LPCC", exact=True).last)
    expect(main.get_by_role("heading", level=1)).to_have_text("What California LPCC asks")
    look(page)

    # Details open with the keyboard alone.
    summary = main.get_by_text("What counted, what did not, and why").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(main.locator("details[open] .why").first).to_be_visible()

    # One credit on every license, narrowed to one, with the reasons.
    press(page.get_by_role("link", name="My standing").first)
    press(main.get_by_role("link", name="What each one counts for"))
    row = main.locator("tbody tr").filter(has_text="Ethics with a body")
    expect(row).to_contain_text("3 h")
    look(page)
    press(main.get_by_label("License", exact=True).get_by_role("link", name="Texas LPC"))
    assert main.locator("thead th").count() == 3

    # What a credit leaves open is filled in from its certificate; contradicting oneself loses nothing.
    page.goto("/standing/")
    press(main.get_by_role("link", name=re.compile("Fill in what 1 leaves open")))
    look(page)
    main.get_by_label("None: it names no approval body").check()
    main.get_by_label("National Board for Certified Counselors").check()
    press(main.get_by_role("button", name="Save what you stated"))
    expect(main.locator(".errors")).to_contain_text("exclude each other")
    main.get_by_label("None: it names no approval body").uncheck()
    press(main.get_by_role("button", name="Save what you stated"))
    expect(page.locator(".messages")).to_contain_text("1 credit completed")
    assert main.get_by_role("link", name=re.compile("Fill in what")).count() == 0

    # A question is answered by the board, and taken back.
    press(main.get_by_role("link", name="Texas LPC", exact=True).last)
    press(main.get_by_role("link", name="I checked this with my board").first)
    look(page)
    page.get_by_label("The day the board answered").fill("2026-05-03")
    page.get_by_label("Note").fill("Asked by telephone.")
    press(main.get_by_role("button", name="Record the answer"))
    main.get_by_text("1 question you settled with your board").click()
    expect(main).to_contain_text("Confirmed by you on 3 May 2026. “Asked by telephone.”")
    press(main.get_by_role("button", name="Open this question again"))
    expect(main).not_to_contain_text("Confirmed by you on 3 May 2026")


def test_the_same_pages_work_without_javascript(server: Server, open_browser: Callable[..., BrowserContext]) -> None:
    page = open_browser(java_script_enabled=False).new_page()
    learner.sign_up(page, server, email="plain@example.org", name="Plain Example")
    for kind, number, issued, expires in HELD[:2]:
        learner.add_license(page, kind=kind, number=number, issued=issued, expires=expires)
    enter(page, "Ethics", approvals=["unknown"])
    main = page.get_by_role("main")
    page.goto("/standing/credits/missing/")
    main.get_by_label("National Board for Certified Counselors").check()
    press(main.get_by_role("button", name="Save what you stated"))
    page.goto("/standing/credits/")
    main.get_by_text("Toward what, and why not").first.click()
    expect(main.locator("tbody dl").first).to_be_visible()
    expect(main.locator("tbody tr").first).to_contain_text("Counts on 2 of 2")
