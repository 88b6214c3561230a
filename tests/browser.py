"""What browser journeys do and check besides clicking."""

from __future__ import annotations

import email
import email.policy
import re
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from tests.server import Server

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 390, "height": 844}


def press(what: Locator) -> None:
    """Click a link or button that leads to a page, and wait until that page is there: what follows must not meet the old one."""
    with what.page.expect_navigation():
        what.click()


COLORS_AND_SIZES = ("color-contrast", "target-size", "scrollable-region-focusable")
"""The rules of axe-core whose answer another color scheme or width can change."""


def assert_accessible(page: Page, *rules: str) -> None:
    """axe-core finds nothing on the page as it is now; by some rules alone, or by all of them and target sizes."""
    chosen = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {"rules": {"target-size": {"enabled": True}}}
    results = Axe().run(page, options={"resultTypes": ["violations"], **chosen})
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


def assert_fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{page.url} is {over} pixels too wide"


def read_mail(server: Server, to: str, subject: str) -> str:
    """The text of the newest message to a person whose subject holds some words; waits for the job worker."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for path in sorted(server.outbox.glob("*.eml"), reverse=True):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if to in str(message["to"]) and subject.lower() in str(message["subject"]).lower():
                body = message.get_body(("plain",))
                assert body is not None
                return str(body.get_content())
        time.sleep(0.1)
    raise AssertionError(f"no mail to {to} about {subject}: {[path.name for path in server.outbox.glob('*')]}")


def link_in(text: str, part: str) -> str:
    """The first link in a text whose address holds `part`."""
    match = re.search(rf"https?://\S*{re.escape(part)}\S*", text)
    assert match, text
    return match[0]
