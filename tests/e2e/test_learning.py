"""A scenario on a phone without a script, and the post-test between devices, between tabs, and after two failures."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import NARROW, WIDE, assert_accessible, assert_fits, press
from tests.e2e import learner
from tests.server import Server

TEST = f"/learn/{learner.SLUG}/test/"
SCENARIO = next(entry.id for entry in learner.COURSE.outline if entry.kind == "scenario")
LOOK_BACK = f"/learn/{learner.SLUG}/scenario/{SCENARIO}/"


def started(page: Page, server: Server, email: str) -> None:
    learner.sign_up(page, server, email=email, name="Ada Example")
    page.goto(f"/courses/{learner.SLUG}/")
    press(page.get_by_role("button", name="Start the course"))


def before_test(page: Page, server: Server, email: str) -> None:
    started(page, server, email)
    learner.go_on_to(page, "test")


def checked(page: Page) -> list[str]:
    return page.locator("input[type=radio]:checked").evaluate_all("boxes => boxes.map(box => box.id).sort()")


def play(page: Page) -> None:
    """From the way into a scenario to its end."""
    for _ in range(30):
        if page.get_by_role("link", name="Look back at your decisions").count():
            return
        learner.act(page)
    raise AssertionError(page.url)


def test_a_scenario_is_played_on_a_phone_without_a_script(server: Server, open_browser: Callable[..., BrowserContext]) -> None:
    page = open_browser(viewport=NARROW, java_script_enabled=False).new_page()
    started(page, server, "phone@example.org")
    learner.go_on_to(page, "scenario")
    press(page.get_by_role("button", name="Begin"))
    while not page.locator("textarea[name=reason]").count():
        learner.act(page)

    # The reason comes before the choice, and is asked for; what was chosen is kept meanwhile.
    page.locator("input[name=choice]").nth(1).check()
    press(page.get_by_role("button", name="Do this"))
    expect(page.locator(".errors")).to_contain_text("Write it first")
    expect(page.locator("input[name=choice]").nth(1)).to_be_checked()
    page.locator("textarea[name=reason]").fill("I would rather be asked than guess.")
    page.locator("input[name=choice]").first.check()
    press(page.get_by_role("button", name="Do this"))

    # The consequence stands open, the reasoning behind one press.
    reasoning = page.get_by_text("About your choice", exact=True)
    expect(reasoning).to_be_hidden()
    page.get_by_text("The reasoning about your choice").click()
    expect(reasoning).to_be_visible()
    play(page)
    press(page.get_by_role("link", name="Look back at your decisions"))
    main = page.get_by_role("main")
    expect(main).to_contain_text("On the way you picked")
    expect(main).to_contain_text("I would rather be asked than guess.")
    drawing = page.locator("figure.map svg")
    expect(drawing).to_be_visible()
    box = drawing.bounding_box()
    assert box
    # The whole of it at a glance, beside the list of its steps.
    assert box["width"] < NARROW["width"] / 2
    assert box["height"] < NARROW["height"]
    assert_fits(page)

    # A duty that the reasoning names leads to where the page says what it is, also inside what was closed.
    page.get_by_text("The reasoning about your choice").first.click()
    duty = page.locator(".looked[open] .to-duty").first
    named = page.locator(duty.get_attribute("href") or "")
    expect(named).to_be_hidden()
    duty.click()
    expect(named).to_be_in_viewport()

    # The words go on request; the choice stays.
    press(page.get_by_role("link", name="Delete what you wrote").first)
    press(page.get_by_role("button", name="Delete my words"))
    page.goto(LOOK_BACK)
    expect(main).not_to_contain_text("I would rather be asked than guess.")
    expect(main).to_contain_text("You deleted what you wrote here.")

    # One decision changed leads into a replay; the first run stays.
    press(page.get_by_role("button", name=re.compile("Change this decision")).first)
    expect(main).to_contain_text("replay 1")
    page.goto(LOOK_BACK)
    expect(main).to_contain_text("not finished")
    press(page.get_by_role("link", name="Go on with replay 1"))
    while not page.get_by_role("link", name="Look back at this replay").count():
        learner.act(page)
    press(page.get_by_role("link", name="Look back at this replay"))
    expect(page.locator("figure.map svg")).to_have_count(2)
    assert_fits(page)
    press(page.get_by_role("link", name=re.compile("^See it large.*Replay")))
    assert_fits(page)
    page.goto(LOOK_BACK)
    press(page.get_by_role("link", name="Go on with the course"))
    assert "/section/" in page.url


def test_the_look_back_is_accessible_on_a_wide_screen(server: Server, open_browser: Callable[..., BrowserContext]) -> None:
    page = open_browser(viewport=WIDE).new_page()
    started(page, server, "wide@example.org")
    learner.go_on_to(page, "scenario")
    play(page)
    assert_accessible(page)
    press(page.get_by_role("link", name="Look back at your decisions"))
    assert_accessible(page)
    assert_fits(page)
    for summary in page.locator(".read summary").all():
        summary.click()
    page.locator(".looked .to-duty").first.click()
    expect(page.locator(".inplace")).to_be_visible()
    assert_accessible(page)
    press(page.get_by_role("link", name=re.compile("^See it large")))
    assert_accessible(page)
    assert_fits(page)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.reload()
    expect(page.locator(".map rect.stop").first).to_be_in_viewport()  # where the way begins, not an empty corner
    assert_fits(page)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(LOOK_BACK)
    press(page.get_by_role("button", name=re.compile("Change this decision")).first)
    while not page.get_by_role("link", name="Look back at this replay").count():
        learner.act(page)
    press(page.get_by_role("link", name="Look back at this replay"))
    page.emulate_media(color_scheme="dark")
    assert_accessible(page)
    assert_fits(page)
    page.goto(f"/courses/{learner.SLUG}/contact/")
    assert_accessible(page)
    page.goto("/learn/")
    assert_accessible(page)


def test_a_test_closed_in_the_middle_goes_on_on_another_device(
    server: Server, open_browser: Callable[..., BrowserContext]
) -> None:
    email = "devices@example.org"
    page = open_browser(viewport=WIDE).new_page()
    before_test(page, server, email)
    press(page.get_by_role("button", name="Start the test"))
    groups = page.locator("ol.questions > li")
    for number in range(3):
        groups.nth(number).locator("input").nth(number).check()
    expect(page.locator("#answered")).to_have_text("3")
    given = checked(page)
    page.context.close()

    phone = open_browser(viewport=NARROW).new_page()
    learner.sign_in(phone, email=email)
    phone.goto(TEST)
    assert checked(phone) == given
    assert_fits(phone)
    learner.answer(phone, right=8)
    press(phone.get_by_role("button", name="Hand in the test"))
    expect(phone.get_by_role("heading", name="You passed")).to_be_visible()


def test_two_tabs_answer_at_once_and_it_is_one_attempt(server: Server, open_browser: Callable[..., BrowserContext]) -> None:
    context = open_browser()
    one = context.new_page()
    before_test(one, server, "tabs@example.org")
    two = context.new_page()
    two.goto(TEST)
    press(one.get_by_role("button", name="Start the test"))
    press(two.get_by_role("button", name="Start the test"))
    assert one.url == two.url

    # Each tab answers other questions; none takes an answer of the other back.
    for number in (0, 1):
        one.locator("ol.questions > li").nth(number).locator("input").first.check()
    for number in (2, 3):
        two.locator("ol.questions > li").nth(number).locator("input").first.check()
    expect(one.locator("#saved")).to_contain_text("Saved")
    expect(two.locator("#saved")).to_contain_text("Saved")
    one.reload()
    assert len(checked(one)) == 4

    # Handed in in one, the other can change nothing any more and is led to the same result.
    learner.answer(one, right=8)
    press(one.get_by_role("button", name="Hand in the test"))
    expect(one.get_by_role("heading", name="You passed")).to_be_visible()
    two.locator("ol.questions > li").nth(5).locator("input").first.check()
    expect(two.locator("#saved")).to_contain_text("handed in before")
    learner.answer(two, right=0)
    press(two.get_by_role("button", name="Hand in the test"))
    expect(two.get_by_role("heading", name="You passed")).to_be_visible()
    one.goto(TEST)
    expect(one.get_by_role("main").get_by_role("link", name=re.compile("^Attempt "))).to_have_count(1)


def test_after_two_failures_the_test_is_closed_until_it_was_read_again(
    server: Server, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    before_test(page, server, "lock@example.org")
    forms = []
    for name in ("Start the test", "Start a new test"):
        press(page.get_by_role("button", name=name))
        forms.append([group.inner_text() for group in page.locator("ol.questions > li").all()])
        learner.answer(page, right=0)
        press(page.get_by_role("button", name="Hand in the test"))
        expect(page.get_by_role("heading", name="Not passed yet")).to_be_visible()
        assert page.locator(".key-answer").count() == 0
    assert forms[0] != forms[1]

    expect(page.get_by_role("main")).to_contain_text("Read first, then a new test opens")
    page.goto(TEST)
    expect(page.get_by_role("button", name=re.compile("Start"))).to_have_count(0)
    press(page.get_by_role("main").locator(".acts a.btn").first)
    while page.get_by_role("button", name="I have read this again").count():
        press(page.get_by_role("button", name="I have read this again"))
    assert page.url.endswith(TEST)
    press(page.get_by_role("button", name="Start a new test"))
    learner.answer(page, right=8)
    press(page.get_by_role("button", name="Hand in the test"))
    expect(page.get_by_role("heading", name="You passed")).to_be_visible()
