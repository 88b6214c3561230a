"""
Every page, at two widths, light and dark: nothing scrolls sideways, axe-core finds nothing, names and headings are in
order for those who listen.

The README's pictures land in build/pictures/, from where `make pictures` copies them; pictures of everything are `make gallery`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import NARROW, WIDE, assert_accessible, assert_fits, press
from tests.e2e import learner
from tests.gallery.reading import read_aloud
from tests.server import COMMAND, Server, environment, running_server

PICTURES = Path("build/pictures")
HTML_LIMIT = 25_000
README = {
    "standing-short-light-1280.png": "standing.png",
    "learn-scene-decide-new-dark-1280.png": "player.png",
    "standing-short-light-390.png": "standing-phone.png",
}
LOOKS = [("light", WIDE), ("dark", WIDE), ("light", NARROW), ("dark", NARROW)]
AXE = [("light", WIDE), ("dark", NARROW)]  # each color scheme and each layout once; axe is the slow part

# What is addressed by an id is found by following the first link that fits; `one` stands for the id of the page it is on.
PUBLIC = [
    "/",
    "/courses/",
    f"/courses/{learner.SLUG}/",
    "/verify/",
    "/verify/GS-0000-0000-0000-0000/",
    "/terms/",
    "/privacy/",
    "/nowhere/",
]
ACCOUNT = ["/account/login/", "/account/signup/", "/account/password/reset/", "/account/confirm-email/"]
CLINICIAN = [
    "/standing/", "/standing/print/", "/standing/?on=2026-01-31", "/licenses/", "/licenses/add/", "/licenses/removed/", "/credits/", "/credits/add/",
    "/certificates/", "/account/", "/account/email/", "/account/password/change/", "/account/logout/",
]  # fmt: skip
FROM_CLINICIAN = {
    "/licenses/": [r"/licenses/[0-9a-f-]{36}/", r"/licenses/[0-9a-f-]{36}/edit/"],
    "/licenses/one/": [r"/licenses/[0-9a-f-]{36}/periods/[0-9-]{10}/"],
    "/credits/": [r"/credits/[0-9a-f-]{36}/"],
    "/certificates/": [r"/verify/GS-[^/]+/"],
}
STAFF = [
    "/staff/", "/staff/sponsor/", "/staff/approvals/", "/staff/approvals/record/", "/staff/courses/", f"/staff/courses/{learner.SLUG}/",
    f"/staff/courses/{learner.SLUG}/versions/1/", "/staff/people/?q=short", "/staff/audit/", "/staff/components/",
]  # fmt: skip
FROM_STAFF = {
    "/staff/approvals/": [r"/staff/approvals/[0-9a-f-]{36}/"],
    "/staff/people/?q=short": [r"/staff/people/[0-9a-f-]{36}/"],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demonstration, as the README tells people to start it."""
    home = tmp_path_factory.mktemp("demonstration")
    filled = subprocess.run(
        [str(COMMAND), "demo"], env=environment(home), cwd=home, capture_output=True, text=True, timeout=120, check=False
    )
    assert filled.returncode == 0, filled.stderr
    with running_server(home, "--demo") as running:
        found = re.search(r"Password: (\S+)", filled.stdout)
        assert found
        running.password = found[1]
        yield running


def look_at(browser: Browser, server: Server, paths: list[str], follow: dict[str, list[str]], *, who: str = "") -> None:
    context = browser.new_context(base_url=server.url, reduced_motion="reduce")
    page = context.new_page()
    if who:
        learner.sign_in(page, email=f"{who}.demonstration@example.org", password=server.password)
    waiting = list(paths)
    while waiting:
        path = waiting.pop(0)
        response = page.goto(path)
        assert response is not None
        assert response.status < 500, path
        waiting += links(page, follow.get(named(path), []))
        check(page, path, who=who or "anyone")
    context.close()


def links(page: Page, patterns: list[str]) -> list[str]:
    hrefs = page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return [found for pattern in patterns if (found := next((href for href in hrefs if re.fullmatch(pattern, href)), None))]


def named(path: str) -> str:
    """The address with `one` for each id, the same in every run."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|GS-[\w-]+", "one", path)


def check(page: Page, path: str, *, who: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-z0-9]+", "-", named(path)).strip("-") or "home"
    assert read_aloud(page)[1] == [], path
    for scheme, size in LOOKS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert_fits(page)
        if (scheme, size) in AXE:
            assert_accessible(page)
        picture = f"{name}-{who}-{scheme}-{size['width']}.png"
        if picture in README:
            page.screenshot(path=PICTURES / README[picture])


def test_pages_that_anyone_sees(browser: Browser, server: Server) -> None:
    look_at(browser, server, [*PUBLIC, *ACCOUNT], {})


def test_pages_of_a_clinician(browser: Browser, server: Server) -> None:
    look_at(browser, server, CLINICIAN, FROM_CLINICIAN, who="short")


@pytest.mark.parametrize("who", ["met", "unknown", "first", "lapsed", "new"])
def test_the_standing_of_others_and_empty_pages(browser: Browser, server: Server, who: str) -> None:
    paths = ["/standing/", "/licenses/", "/credits/", "/certificates/"] if who == "new" else ["/standing/"]
    look_at(browser, server, paths, {}, who=who)


def test_pages_of_staff(browser: Browser, server: Server) -> None:
    look_at(browser, server, STAFF, FROM_STAFF, who="administrator")


def test_the_player_step_by_step(browser: Browser, server: Server) -> None:
    """One walk through the course; each kind of page is looked at once."""
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    learner.sign_in(page, email="new.demonstration@example.org", password=server.password)
    page.goto(f"/courses/{learner.SLUG}/")
    press(page.get_by_role("main").get_by_role("button", name=re.compile("start", re.IGNORECASE)))
    seen: set[str] = set()

    def look() -> None:
        if (kind := learner.kind_of(page)) not in seen:
            seen.add(kind)
            check(page, f"learn-{kind}", who="new")

    while "/test/" not in page.url:
        look()
        before = page.url
        learner.act(page)
        assert page.url != before
    look()
    press(page.get_by_role("button", name="Start the test"))
    look()
    learner.answer(page, right=3)
    press(page.get_by_role("button", name="Hand in"))
    check(page, "learn-not-passed", who="new")
    press(page.get_by_role("button", name="Start a new test"))
    learner.answer(page, right=8)
    press(page.get_by_role("button", name="Hand in"))
    check(page, "learn-passed", who="new")
    press(page.get_by_role("link", name="Go on to the evaluation"))
    look()
    learner.evaluate_course(page)
    look()
    learner.sign(page, name="")
    check(page, "learn-attestation-error", who="new")
    assert {"section", "scenario", "scene-notice", "scene-decide", "test", "attempt", "evaluation", "attestation"} <= seen
    context.close()


def test_pages_stay_light(server: Server) -> None:
    """HTML under 25 kB on the pages that people open most."""
    for path in ("/", "/courses/", f"/courses/{learner.SLUG}/", "/account/login/", "/account/signup/"):
        assert len(server.get(path)[2]) < HTML_LIMIT, path
