"""A real server, a real Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import WIDE
from tests.server import Server, running_server

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing: install Debian's package chromium"
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A fresh installation."""
    with running_server(tmp_path_factory.mktemp("journey"), DATABASE_URL="") as running:
        yield running


@pytest.fixture
def open_browser(browser: Browser, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    """Opens contexts (a person's browser) on the server; everything they request must stay on it."""
    contexts: list[BrowserContext] = []
    elsewhere: list[str] = []
    errors: list[str] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(base_url=server.url, **{"viewport": WIDE, "locale": "en-US", **options})  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        context.on("request", lambda request: None if request.url.startswith(server.url) else elsewhere.append(request.url))
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert elsewhere == [], "a page asked another host for something"
    assert errors == []


@pytest.fixture
def page(open_browser: Callable[..., BrowserContext]) -> Page:
    return open_browser().new_page()


@pytest.fixture(autouse=True)
def picture_of_failure(request: pytest.FixtureRequest, browser: Browser, open_browser: object) -> Iterator[None]:
    """Where a journey failed, each open page is photographed into build/failures/."""
    yield
    report = getattr(request.node, "report_of_call", None)
    if report is not None and report.failed:
        folder = Path("build/failures")
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in browser.contexts for page in context.pages]
        for number, page in enumerate(pages):
            page.screenshot(path=folder / f"{request.node.name}-{number}.png", full_page=True)
            print(page.url)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.report_of_call = report  # type: ignore[attr-defined]
