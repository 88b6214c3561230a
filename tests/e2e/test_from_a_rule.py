"""From the page of a rule: what is tried there comes into an account, and a mistake found there comes to staff and is closed."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import assert_accessible, assert_fits, press
from tests.e2e import learner
from tests.server import Server

RULE = "/requirements/us/ca/lpcc/"


def test_from_the_calculator_to_an_account(server: Server, page: Page) -> None:
    page.goto(RULE)
    press(page.get_by_role("link", name="Try my hours"))
    page.get_by_label("First issued on").fill("2019-05-10")
    page.get_by_label("Credit 1: hours").fill("6")
    page.get_by_label("Credit 1: title").fill("Ethics in a small town")
    page.get_by_label("Credit 1: completed on").fill("2026-03-01")
    page.get_by_label("Credit 1: topic").select_option("law_and_ethics")
    page.get_by_label("Credit 1: how it was given").select_option("live_online")
    page.get_by_label("Credit 1: approved by").select_option("nbcc")
    press(page.get_by_role("button", name="See what is owed").last)
    expect(page.locator("#errors")).to_contain_text("Enter the day on which your license expires")
    assert page.get_by_label("Credit 1: title").input_value() == "Ethics in a small town"
    assert_accessible(page)
    page.get_by_label("Expires on").fill("2027-05-31")
    press(page.get_by_role("button", name="See what is owed").last)
    expect(page.locator("#answer")).to_contain_text("6 of 36 h")
    assert page.url.endswith(f"{RULE}try/")
    assert "sessionid" not in {cookie["name"] for cookie in page.context.cookies()}
    assert_accessible(page)
    assert_fits(page)

    press(page.get_by_role("button", name="Create an account and keep this"))
    page.get_by_label("Legal name").fill("Tess Example")
    page.get_by_label("E-mail").fill("tess@example.org")
    page.get_by_label("Password").fill(learner.PASSWORD)
    page.get_by_label("I accept").check()
    press(page.get_by_role("main").get_by_role("button"))
    learner.confirm(page, server, email="tess@example.org")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Keep the license and the credits that you tried?")
    assert_accessible(page)
    assert_fits(page)
    page.get_by_label("License number").fill("LPCC 4711")
    press(page.get_by_role("button", name="Keep the license and the credits"))
    expect(page.get_by_role("status").first).to_contain_text("California LPCC is in your list, and 1 credit with it")
    assert "6 of 36 h" in learner.requirement(page, "All continuing education")


def test_a_mistake_is_reported_read_and_closed(server: Server, page: Page, open_browser: Callable[..., BrowserContext]) -> None:
    page.goto(RULE)
    press(page.get_by_role("link", name="Report a mistake"))
    page.get_by_label("Which part?").select_option("requirement:total")
    press(page.get_by_role("button", name="Send the report"))
    expect(page.locator("#errors")).to_contain_text("Write what is wrong")
    assert_accessible(page)
    assert_fits(page)
    page.get_by_label("What is wrong?").fill("The board names another number of hours.")
    press(page.get_by_role("button", name="Send the report"))
    expect(page.get_by_role("status").first).to_contain_text("Your report has reached staff")

    claim = re.search(r"(/claim/\S+)", server.output())
    assert claim
    staff = open_browser().new_page()
    staff.goto(claim[1])
    staff.get_by_label("Your name").fill("Olga Operator")
    staff.get_by_label("E-mail").fill("operator@example.org")
    staff.get_by_label("Password").fill(learner.PASSWORD)
    staff.get_by_label("I accept").check()
    press(staff.get_by_role("main").get_by_role("button").first)
    staff.wait_for_url("**/account/second-step/")
    learner.set_up_app(staff)
    staff.goto("/staff/requests/")
    press(staff.locator("tbody a").first)
    expect(staff.get_by_role("main")).to_contain_text("The board names another number of hours.")
    expect(staff.get_by_role("main")).to_contain_text("the rule has not changed since")
    assert_accessible(staff)
    press(staff.get_by_role("button", name="I have dealt with this"))
    expect(staff.get_by_role("main")).to_contain_text("Dealt with on")
