"""
Every page that the gallery knows and no other walk opens: the staff's, those of the account, those behind a license or a credit.

In light on a wide window and in dark on a narrow one axe-core finds nothing (target sizes included), nothing scrolls sideways,
names and headings are in order, and Tab leads from the top through everything that can be used to the end. States of a page
(empty, refused, printed) are for `make gallery G=--check`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import COLORS_AND_SIZES, NARROW, WIDE, assert_accessible, assert_fits
from tests.e2e.keyboard import Keyboard
from tests.gallery.pages import Shot, shots
from tests.gallery.reading import read_aloud
from tests.gallery.walking import Told, Walk, prepare
from tests.server import Server, running_server

ELSEWHERE = {
    # test_pages.py
    "home", "terms", "privacy", "course-list", "course-page", "verify", "verify-certificate", "account_login", "account_signup", "account_reset_password",
    "account_email_verification_sent", "standing", "standing-print", "license-list", "license-add", "license-removed", "license-page", "license-edit",
    "license-period", "credit-list", "credit-add", "credit-page", "certificate-list", "account", "account_email", "account_change_password",
    "account_logout", "staff-home", "staff-sponsor", "staff-approvals", "staff-approval-record", "staff-courses", "staff-course",
    "staff-course-version", "staff-audit", "staff-components", "staff-approval",
    "learn-section", "learn-scenario", "learn-scene", "learn-post-test", "learn-attempt", "learn-evaluation", "learn-done",
}  # fmt: skip
"""Walked by test_pages.py, in states that the gallery's people have not."""


FULL = {"session-list"}
"""Shown for somebody who has much of it; other pages for somebody with one license, since ten make hundreds of places for Tab."""


def pages() -> list[Shot]:
    """One state of each page that no other walk opens."""
    return [shot for shot in shots() if shot.state == ("full" if shot.name in FULL else "page") and shot.name not in ELSEWHERE]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Told]]:
    """A demonstration with the gallery's people in it."""
    home = tmp_path_factory.mktemp("every-page")
    told = prepare(home)
    with running_server(home, "--demo") as server:
        yield server, told


@pytest.mark.parametrize("area", sorted({shot.area for shot in pages()}))
def test_pages_no_other_walk_opens(browser: Browser, filled: tuple[Server, Told], area: str) -> None:
    server, told = filled
    walk = Walk(browser, server, told, server.home, checking=True)
    for shot in pages():
        if shot.area != area:
            continue
        page = walk.open(shot.who).new_page()
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")
        answer = page.goto(told.addresses[shot.name])
        assert answer is not None
        assert answer.status in {200, 409}, f"{shot.title}: {answer.status}"
        if not answer.headers["content-type"].startswith("text/html"):
            page.close()  # for machines: nobody reads it with eyes or keys
            continue
        assert_accessible(page)
        assert_fits(page)
        assert read_aloud(page)[1] == [], shot.title
        assert Keyboard(page).goes_round() > 0, shot.title
        page.set_viewport_size(NARROW)
        page.emulate_media(color_scheme="dark")
        assert_accessible(page, *COLORS_AND_SIZES)
        assert_fits(page)
        page.close()
    walk.close()


def test_what_is_walked_elsewhere_is_a_page() -> None:
    assert {shot.name for shot in shots()} >= ELSEWHERE
