"""A clinician at the keyboard: the steps that several journeys share."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time

from playwright.sync_api import Page, expect

from goodstanding.conf.content import content_root
from goodstanding.core.courseware import load_course
from tests.browser import link_in, press, read_mail
from tests.server import Server

SLUG = "a-former-client-asks-for-coffee"
COURSE = load_course(content_root() / "courses" / SLUG)
PASSWORD = "seven quiet rivers"


def sign_up(page: Page, server: Server, *, email: str, name: str) -> None:
    """Sign up, confirm the address from the mail, and be signed in."""
    page.goto("/account/signup/")
    page.get_by_label("Legal name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("I accept").check()
    press(page.get_by_role("main").get_by_role("button"))
    confirm(page, server, email=email)


def confirm(page: Page, server: Server, *, email: str) -> None:
    page.goto(link_in(read_mail(server, email, "confirm"), "/account/confirm-email/"))
    press(page.get_by_role("main").get_by_role("button"))


def sign_in(page: Page, *, email: str, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    press(page.get_by_role("button", name="Sign in", exact=True))


def add_license(
    page: Page, *, number: str, kind: str = "California LPCC", issued: str = "2019-05-10", expires: str = "2027-05-31"
) -> None:
    page.goto("/licenses/add/")
    page.get_by_label("License type").select_option(label=option_with(page, "License type", kind))
    page.get_by_label("License number").fill(number)
    page.get_by_label("Issued").fill(issued)
    page.get_by_label("Expires").fill(expires)
    press(page.get_by_role("button", name="Save the license"))


def option_with(page: Page, label: str, words: str) -> str:
    """The text of the one option of a select that holds some words."""
    texts = page.get_by_label(label, exact=False).first.locator("option").all_inner_texts()
    (found,) = [text for text in texts if words in text]
    return found


def go_on_to(page: Page, part: str) -> None:
    """From wherever the course is, read and decide until the address holds `part`."""
    for _ in range(60):
        if f"/{part}/" in page.url:
            return
        act(page)
    raise AssertionError(f"{part} was not reached; the page is {page.url}")


def kind_of(page: Page) -> str:
    """Which kind of the player's pages this is."""
    part = page.url.split(f"/learn/{SLUG}/")[1].split("/")
    if part[0] == "scenario" and len(part) > 3:
        return (
            "scene-notice"
            if page.locator("input[name=marks]").count()
            else "scene-decide"
            if page.locator("input[name=choice]").count()
            else "scene"
        )
    return "attempt" if part[0] == "test" and part[1:] != [""] else part[0]


def act(page: Page) -> None:
    """Do what the player asks on this page: mark, choose, give a reason, go on."""
    main = page.get_by_role("main")
    if main.locator("form input[name=marks]").count():
        main.locator("form input[name=marks]").first.check()
    elif main.locator("form input[name=choice]").count():
        main.locator("form input[name=choice]").first.check()
    if main.locator("form textarea[name=reason]").count():
        main.locator("form textarea[name=reason]").fill("The hour is free, but the roles are not settled.")
    press(main.locator(".read .acts .btn").first)


def answer(page: Page, *, right: int) -> None:
    """Answer every question, the first `right` of them rightly."""
    keys = {item.id: item.key for item in COURSE.post_test.items}
    names = page.locator("input[type=radio]").evaluate_all("boxes => [...new Set(boxes.map(box => box.name))]")
    assert len(names) == len(keys)
    for number, name in enumerate(names):
        key = keys[name.removeprefix("answer-")]
        chosen = f"[value='{key}']" if number < right else f":not([value='{key}'])"
        page.locator(f"input[name='{name}']{chosen}").first.check()


def evaluate_course(page: Page) -> None:
    """Answer every question of the evaluation form."""
    for group in page.locator("form fieldset").all():
        group.locator("input").last.check()
    for field in page.locator("form input[type=number], form input[inputmode=numeric]").all():
        field.fill("40")
    for field in page.locator("form textarea").all():
        field.fill("The counter scene stayed with me.")
    press(page.get_by_role("button", name="Hand in the evaluation"))


def sign(page: Page, *, name: str) -> None:
    page.get_by_role("main").locator("input[name=signed_name]").fill(name)
    press(page.get_by_role("button", name="Sign and complete the course"))


def choose_time_zone(page: Page) -> None:
    page.get_by_label("Time zone").select_option("America/Los_Angeles")
    press(page.get_by_role("main").get_by_role("button", name=re.compile("save", re.IGNORECASE)))


def requirement(page: Page, name: str) -> str:
    """What the standing page says about one requirement."""
    item = page.locator("ul.reqs > li").filter(has=page.get_by_role("heading", name=name, exact=True)).first
    expect(item).to_be_visible()
    return " ".join(item.inner_text().split())


def set_up_app(page: Page, password: str = "") -> str:
    """Turn on an app with codes, as whoever has a phone beside the screen; its key, for later sign-ins."""
    page.goto("/account/second-step/")
    press(page.get_by_role("link", name="Set up an app"))
    if page.get_by_role("heading", name="Confirm that it is you").count():
        page.get_by_label("Password").fill(password or PASSWORD)
        press(page.get_by_role("button", name="Continue"))
    key = page.locator(".secret").inner_text()
    page.get_by_label("Code from the app").fill(code_of(key))
    press(page.get_by_role("button", name="Turn it on"))
    expect(page.get_by_role("heading", name="Recovery codes", exact=True)).to_be_visible()
    return key


def code_of(key: str, *, at: float | None = None) -> str:
    """The six digits that an app shows (RFC 6238), worked out here without the product's own code."""
    counter = int((time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(key), struct.pack(">Q", counter), "sha1").digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 1_000_000:06}"
