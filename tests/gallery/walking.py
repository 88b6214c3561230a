"""Opens page after page and takes the pictures; notes what a program can see to be wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route

from tests.browser import press
from tests.e2e import learner
from tests.e2e.keyboard import Keyboard
from tests.gallery.pages import Shot
from tests.gallery.reading import read_aloud
from tests.server import COMMAND, Server, environment

WIDTHS = {390: 844, 768: 1024, 1280: 900}
PAPER = 700
"""Pixels between the margins of a Letter page, as the print style is asked for."""
TALLEST = 9_000
FAILURES = ("400", "403", "403_csrf", "405", "413", "429", "500", "503")

HAND_IN_EMPTY = """() => {
  const form = [...document.querySelectorAll("main form[method=post], main form")].find((one) => one.querySelector("input:not([type=hidden]),textarea,select"));
  if (!form) return false;
  form.noValidate = true;
  for (const field of form.elements) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = false;
    else if (field.tagName === "SELECT") { if (![...field.options].some((one) => one.value === "")) field.selectedIndex = -1; else field.value = ""; }
    else if (field.name && field.type !== "hidden" && field.type !== "submit") field.value = "";
  }
  return true;
}"""


@dataclass(frozen=True)
class Told:
    addresses: dict[str, str]
    cookies: dict[str, str]
    password: str


def prepare(home: Path) -> Told:
    """Fill a demonstration below a home folder, and add the gallery's people."""
    for command in (
        [str(COMMAND), "demo"],
        [sys.executable, "-W", "ignore", "-m", "tests.gallery.people", str(home / "state" / "demo")],
    ):
        filled = subprocess.run(command, env=environment(home), capture_output=True, text=True, timeout=300, check=False)
        if filled.returncode:
            raise SystemExit(f"The demonstration could not be filled:\n{filled.stdout}{filled.stderr}")
    return Told(**json.loads(filled.stdout.splitlines()[-1]))


class Walk:
    """One walk through the pages; `findings` says what was wrong, `taken` counts the pictures."""

    def __init__(self, browser: Browser, server: Server, told: Told, folder: Path, *, checking: bool) -> None:
        self.browser, self.server, self.told, self.folder, self.checking = browser, server, told, folder, checking
        self.findings: list[str] = []
        self.taken = 0
        self._contexts: dict[str, BrowserContext] = {}

    def show(self, wanted: list[Shot]) -> None:
        for number, shot in enumerate(wanted, start=1):
            if sys.stdout.isatty() or number % 10 == 1 or number == len(wanted):
                print(f"{number:4} of {len(wanted)}  {shot.title}", flush=True)
            page = self.open(shot.who).new_page()
            try:
                answer = page.goto(self.told.addresses[shot.name])
                status = answer.status if answer else 0
                came = urlsplit(page.url).path
                if status not in {200, 409} or (
                    came != self.told.addresses[shot.name] and shot.name != "account_reset_password_from_key"
                ):
                    self.findings.append(f"{shot.title}: {self.told.addresses[shot.name]} led {shot.who} to {came} ({status})")
                if shot.state == "errors":
                    self._hand_in_empty(page, shot)
                self._take(page, shot.title)
            except Error as problem:
                self.findings.append(f"{shot.title}: {problem.message.splitlines()[0]}")
            finally:
                page.close()

    def take_the_course(self) -> None:
        """Through a course with all its kinds of pages, as someone who fails the test once."""
        page = self.open("lapsed").new_page()
        page.goto(f"/courses/{learner.SLUG}/")
        press(page.get_by_role("main").get_by_role("button", name=re.compile("start", re.IGNORECASE)))
        seen: set[str] = set()

        def look(kind: str = "") -> None:
            kind = kind or learner.kind_of(page)
            if kind not in seen:
                seen.add(kind)
                print(f"      player  {kind}", flush=True)
                self._take(page, f"learn-player-{kind}-page")

        while "/test/" not in page.url:
            look()
            learner.act(page)
        look()
        press(page.get_by_role("button", name="Start the test"))
        look()
        learner.answer(page, right=3)
        press(page.get_by_role("button", name="Hand in"))
        look("not-passed")
        press(page.get_by_role("button", name="Start a new test"))
        learner.answer(page, right=8)
        press(page.get_by_role("button", name="Hand in"))
        look("passed")
        press(page.get_by_role("link", name="Go on to the evaluation"))
        look()
        page.locator("form").evaluate_all("forms => forms.forEach((form) => { form.noValidate = true; })")
        press(page.get_by_role("button", name="Hand in the evaluation"))
        look("evaluation-errors")
        learner.evaluate_course(page)
        look()
        learner.sign(page, name="")
        look("attestation-errors")
        page.close()

    def show_failures(self) -> None:
        """The pages that no address asks for, as the server sends them when something fails."""
        page = self.open("anonymous").new_page()
        for code in FAILURES:
            body = f"{code}.html"
            html = subprocess.run(
                [sys.executable, "-W", "ignore", "-c", RENDER, body], env=environment(self.server.home, GOODSTANDING_HOME=str(self.server.home / "state" / "demo"), GOODSTANDING_DEMO="1"),
                capture_output=True, text=True, timeout=60, check=True,
            ).stdout  # fmt: skip
            page.route("**/failure/", self._answering(html))
            page.goto("/failure/")
            page.unroute("**/failure/")
            self._take(page, f"public-failure-{code.replace('_', '-')}-page")
        page.goto("/nowhere/")
        self._take(page, "public-failure-404-page")
        page.close()

    @staticmethod
    def _answering(html: str) -> Callable[[Route], None]:
        return lambda route: route.fulfill(body=html, content_type="text/html")

    def open(self, who: str) -> BrowserContext:
        """The browser of somebody, signed in."""
        if who not in self._contexts:
            context = self.browser.new_context(base_url=self.server.url, reduced_motion="reduce", locale="en-US")
            context.set_default_timeout(20_000)
            if who == "at the second step":
                page = context.new_page()
                page.goto("/account/login/")
                page.get_by_label("E-mail").fill("owner@example.org")
                page.get_by_label("Password").fill(self.told.password)
                press(page.get_by_role("main").get_by_role("button", name=re.compile("sign in", re.IGNORECASE)).first)
                page.close()
            elif who != "anonymous":
                context.add_cookies([{"name": "sessionid", "value": self.told.cookies[who], "url": self.server.url}])
            self._contexts[who] = context
        return self._contexts[who]

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()

    def _hand_in_empty(self, page: Page, shot: Shot) -> None:
        if not page.evaluate(HAND_IN_EMPTY):
            self.findings.append(f"{shot.title}: there is no form to hand in")
            return
        with page.expect_navigation():
            page.evaluate("""() => {
                const form = [...document.querySelectorAll("main form")].find((one) => one.noValidate);
                form.requestSubmit(form.querySelector("button:not([type=button]):not([formaction])") ?? undefined);
            }""")
        if not page.locator("main .errors, main .notice.danger, main .bad").count():
            self.findings.append(f"{shot.title}: an empty form was taken without a word")

    def _take(self, page: Page, title: str) -> None:
        """Every width, both schemes, and paper; what is wrong is noted once per page."""
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 0:
                self.findings.append(f"{title}: {over} pixels too wide at {width}")
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                self._picture(page, f"{title}-{width}-{scheme}")
                if self.checking and (width, scheme) in {(1280, "light"), (390, "dark")}:
                    self._check(page, f"{title} at {width} {scheme}")
        page.emulate_media(color_scheme="light", media="print")
        page.set_viewport_size({"width": PAPER, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            self.findings.append(f"{title}: {over} pixels too wide on paper")
        self._picture(page, f"{title}-print")
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1280, "height": 900})
        if self.checking:
            self._keys(page, title)
        (self.folder / "reading").mkdir(exist_ok=True)
        spoken, problems = read_aloud(page)
        (self.folder / "reading" / f"{title}.txt").write_text(spoken, encoding="utf-8")
        self.findings += [f"{title}: {problem}" for problem in problems]

    def _picture(self, page: Page, name: str) -> None:
        height = page.evaluate("document.documentElement.scrollHeight")
        clip: Any = (
            {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": min(height, TALLEST)} if page.viewport_size else None
        )
        page.screenshot(path=self.folder / f"{name}.jpg", full_page=True, clip=clip, type="jpeg", quality=72)
        self.taken += 1

    def _check(self, page: Page, where: str) -> None:
        found = Axe().run(page, options={"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}})
        for violation in found.response["violations"]:
            places = "; ".join(str(node["target"]) for node in violation["nodes"][:4])
            self.findings.append(f"{where}: {violation['id']} ({violation['impact']}): {violation['help']}: {places}")

    def _keys(self, page: Page, title: str) -> None:
        try:
            Keyboard(page).goes_round()
        except AssertionError as problem:
            self.findings.append(f"{title}: {problem}")


RENDER = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "goodstanding.conf.settings"
django.setup()
from django.template.loader import render_to_string
print(render_to_string(sys.argv[1], request=None))
"""
