"""Reading in a real browser: keys, what opens in place, notes and highlights, text settings, time, and another device."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, StorageState, expect

from tests.browser import NARROW, assert_accessible, assert_fits, press
from tests.e2e.learner import COURSE, SLUG, sign_up
from tests.server import Server

FIRST, *_ = (entry.id for entry in COURSE.outline if entry.kind == "section")
SECTION = f"/learn/{SLUG}/section/{FIRST}/"
EMAIL = "reader@example.org"

# Selects characters 5 to 60 of a paragraph, as a mouse or Shift with the arrow keys would.
SELECT = """number => {
  const text = document.getElementById(`at-${number}`).firstChild;
  getSelection().setBaseAndExtent(text, 5, text, 60);
}"""
HIDE = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def page(open_browser: Callable[..., BrowserContext], server: Server, state: dict[str, object]) -> Page:
    """The first section, opened by someone who has started the course."""
    if not state:
        state.update(started(open_browser().new_page(), server, email=EMAIL))
    page = open_browser(storage_state=state).new_page()
    page.goto(SECTION)
    return page


def started(page: Page, server: Server, *, email: str) -> StorageState:
    """The sign-in of someone new who has started the course."""
    sign_up(page, server, email=email, name="Ada Example")
    page.goto(f"/courses/{SLUG}/")
    press(page.get_by_role("button", name="Start the course"))
    return page.context.storage_state()


@pytest.fixture(scope="module")
def state() -> dict[str, object]:
    """The sign-in of this module's reader, once there is one."""
    return {}


def focused(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.name || document.activeElement.id || document.activeElement.textContent.trim()")
    )


def highlight(page: Page) -> None:
    """Press the key once the page has seen that something is selected."""
    expect(page.get_by_role("button", name="Highlight", exact=True)).to_be_visible()
    page.keyboard.press("h")


def test_keys_lead_around_and_never_get_into_what_is_typed(page: Page) -> None:
    page.keyboard.press("o")
    assert focused(page) == "outline"
    page.keyboard.press("n")
    assert focused(page) == "Continue"  # it leads to the button; pressing it is the reader's own act
    expect(page).to_have_url(re.compile(SECTION))
    page.keyboard.press("m")
    assert focused(page) == "text"
    page.keyboard.type("not to open: n p o t ? h")
    expect(page.locator("#notes textarea")).to_have_value("not to open: n p o t ? h")
    expect(page.locator("details.drop[open]")).to_have_count(0)
    page.locator("#notes textarea").fill("")
    page.keyboard.press("Escape")
    page.locator("#outline").focus()
    for combined in ("Control+o", "Alt+t", "Shift+T"):
        page.keyboard.press(combined)
        expect(page.locator("details.drop[open]")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_text("Highlight what is selected")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(f"/learn/{SLUG}/notes/")  # a page that names no part before and no way on
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/notes/"))
    page.goto(SECTION)
    page.keyboard.press("?")
    page.get_by_role("group", name="Keys").get_by_role("button", name="Off").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Highlight what is selected")).to_be_hidden()
    page.keyboard.press("t")
    expect(page.locator("details.drop[open]")).to_have_count(0)


def test_a_highlight_and_a_note_are_kept_without_leaving_the_place(
    open_browser: Callable[..., BrowserContext], server: Server
) -> None:
    # Someone of her own, because the marks are counted.
    page = open_browser().new_page()
    state = started(page, server, email="marker@example.org")
    page.goto(SECTION)
    page.locator("#at-9").scroll_into_view_if_needed()
    at = page.evaluate("scrollY")
    page.evaluate(SELECT, 3)
    highlight(page)
    expect(page.locator("mark.hl")).to_have_count(1)
    marked = page.locator("mark.hl").inner_text()
    page.evaluate(SELECT, 9)
    page.get_by_role("button", name="Highlight and write a note").click()
    page.keyboard.type("This is where I would have hurried.")
    page.locator("#notes").get_by_role("button").click()
    expect(page.locator("mark.hl")).to_have_count(2)
    assert page.evaluate("scrollY") == at
    expect(page.locator("#notes")).to_contain_text("This is where I would have hurried.")

    phone = open_browser(storage_state=state, viewport=NARROW, color_scheme="dark").new_page()
    phone.goto(SECTION)
    expect(phone.locator("mark.hl")).to_have_count(2)
    assert phone.locator("mark.hl").first.inner_text() == marked
    assert_fits(phone)
    assert_accessible(phone)
    phone.get_by_role("link", name="Notes", exact=True).click()
    expect(phone.locator("#notes h2")).to_be_in_viewport()

    press(phone.locator("#notes").get_by_role("link", name="Delete the highlight"))
    assert_accessible(phone)
    press(phone.get_by_role("button", name="Delete"))
    expect(phone.locator("mark.hl")).to_have_count(1)


def test_whole_paragraphs_and_several_of_them_can_be_highlighted(page: Page) -> None:
    last = page.locator(".text > p").last
    last.click(click_count=3)
    highlight(page)
    expect(last.locator("mark.hl").first).to_be_visible()
    marked = "".join(last.locator("mark.hl").all_inner_texts())
    assert " ".join(marked.split()) == " ".join(last.inner_text().split())
    page.evaluate(
        """() => getSelection().setBaseAndExtent(
          document.getElementById('at-11').firstChild, 3, document.getElementById('at-12').firstChild, 9)"""
    )
    highlight(page)
    expect(page.locator("#at-11 mark.hl")).not_to_have_count(0)
    expect(page.locator("#at-12 mark.hl")).not_to_have_count(0)
    page.reload()
    expect(page.locator("#at-12 mark.hl")).not_to_have_count(0)
    page.keyboard.press("Control+a")  # the whole page is no passage
    expect(page.get_by_role("button", name="Highlight", exact=True)).to_be_hidden()
    page.evaluate("getSelection().selectAllChildren(document.getElementById('text'))")
    page.get_by_role("button", name="Highlight", exact=True).click()
    expect(page.get_by_text("Select a shorter passage")).to_be_visible()


def test_what_the_text_names_opens_where_it_stands(page: Page) -> None:
    # The short course links to no duty in its text, so one link is put there as the renderer would.
    page.evaluate(
        """() => {
          const target = document.querySelector('.duty-note').id;
          document.getElementById('at-4').insertAdjacentHTML('beforeend', ` <a class="to-duty" href="#${target}" id="probe">the duty</a>`);
          document.getElementById('probe').setAttribute('aria-expanded', 'false');
        }"""
    )
    link = page.locator("#probe")
    link.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name="the duty")
    expect(panel).to_be_visible()
    expect(link).to_have_attribute("aria-expanded", "true")
    assert page.evaluate("document.getElementById('at-4').nextElementSibling.className") == "inplace"
    assert_accessible(page)
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "probe"
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_text_settings_hold_at_once_and_on_the_next_page(page: Page) -> None:
    before = page.locator("#at-5").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
    page.locator(".text-tool summary").click()
    page.get_by_role("button", name="Largest").click()
    with page.expect_response(re.compile("/reading/")):
        page.get_by_role("button", name="Widest").click()
    assert page.locator("#at-5").evaluate("each => parseFloat(getComputedStyle(each).fontSize)") > before * 1.5
    page.reload()
    assert page.locator("#at-5").evaluate("each => parseFloat(getComputedStyle(each).fontSize)") > before * 1.5
    page.set_viewport_size(NARROW)
    assert_fits(page)
    assert_accessible(page)


def test_time_is_reported_and_another_device_goes_on_at_the_same_place(
    page: Page, open_browser: Callable[..., BrowserContext], state: dict[str, object]
) -> None:
    page.clock.install()
    page.reload()
    page.locator("#at-14").evaluate("each => each.scrollIntoView()")
    page.mouse.move(300, 300)
    with page.expect_response(re.compile("/time/")) as reported:
        page.clock.run_for(31_000)
    assert reported.value.status == 200
    # The page's clock ran ahead; the server's did not.
    assert reported.value.json()["counted"] < 31
    with page.expect_response(re.compile("/time/")) as reported:
        page.clock.run_for(6_000)
        page.evaluate(HIDE)
    assert reported.value.ok

    phone = open_browser(storage_state=state, viewport=NARROW).new_page()
    phone.goto(f"/learn/{SLUG}/")
    place = re.search(r"#at-(\d+)$", phone.url)
    assert place
    assert int(place[1]) >= 14
    expect(phone.locator(f"#at-{place[1]}")).to_be_in_viewport()
    phone.goto(f"/learn/{SLUG}/time/")
    assert_accessible(phone)
    assert_fits(phone)


def test_who_does_nothing_is_not_counted(page: Page) -> None:
    page.clock.install()
    page.reload()
    page.clock.run_for(200_000)  # past the idle limit
    reports: list[str] = []
    page.on("request", lambda request: reports.append(request.url) if "/time/" in request.url else None)
    page.clock.run_for(200_000)
    assert reports == []


def test_without_a_script_notes_settings_and_references_work(
    open_browser: Callable[..., BrowserContext], page: Page, state: dict[str, object]
) -> None:
    del page
    plain = open_browser(storage_state=state, java_script_enabled=False).new_page()
    plain.goto(SECTION)
    plain.locator("#notes textarea").fill("Written without a script.")
    press(plain.locator("#notes").get_by_role("button", name="Keep the note"))
    expect(plain.locator("#notes")).to_contain_text("Written without a script.")
    plain.locator(".text-tool summary").click()
    press(plain.get_by_role("button", name="Large", exact=True))
    expect(plain.locator("body")).to_have_class(re.compile("size-l"))
    expect(plain.locator(".pick")).to_be_hidden()
