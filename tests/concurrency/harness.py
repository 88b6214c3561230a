"""The outside of the harness: servers that die and come back, browsers that send the same form again, and what is stored."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.concurrency.headers import DIE_AT, MEET, STEPS
from tests.server import environment, running_server

ROOT = Path(__file__).parents[2]
SETTINGS = "tests.concurrency.settings_under_fault"
SHORT, LONG = 0.15, 10.0
"""How long a request waits for the others: a moment where a lock keeps them out, long where they must come."""


class DiedError(Exception):
    """The server was gone before it had answered."""


class OutlivedError(AssertionError):
    """The server should have died, and answered."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def steps(self) -> list[str]:
        """The steps through which the server went for it."""
        found: list[str] = json.loads(self.headers.get(STEPS.lower(), "[]"))
        return found

    @property
    def to(self) -> str:
        """Where it leads; empty if nowhere."""
        return urlsplit(self.headers.get("location", "")).path


@dataclass(frozen=True)
class Deed:
    """One thing sent, as a browser holds it: it can be sent again, and many at a time."""

    browser: Browser
    address: str
    fields: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    cookie: str = ""
    page: str = ""
    """Where it stood."""

    def send(self, **headers: str) -> Answer:
        if self.files:
            body, kind = _multipart(self.fields, self.files)
        else:
            body, kind = urlencode(self.fields).encode(), "application/x-www-form-urlencoded"
        return self.browser.server.ask(
            "POST", self.address, body, {"Content-Type": kind, "Cookie": self.cookie or self.browser.cookie, **headers}
        )


class Server:
    """Where the product listens, whoever serves it at the moment."""

    def __init__(self, port: int, said: Callable[[], str]) -> None:
        self.port, self.said = port, said
        self.prepared: set[str] = set()
        """What was done once for all tests that use it."""

    def ask(self, method: str, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, address, body, {"Connection": "close", **(headers or {})})
            got = connection.getresponse()
            body = got.read()
        except (OSError, http.client.HTTPException) as error:
            raise DiedError from error
        else:
            found: dict[str, str] = {}
            for name, value in got.getheaders():
                found[name.lower()] = f"{found[name.lower()]}\n{value}" if name.lower() in found else value
            return Answer(got.status, found, body)
        finally:
            connection.close()

    def tell(self, what: str, **fields: str) -> dict[str, Any]:
        """Ask the harness's own part of the server."""
        answer = self.ask(
            "POST", f"/harness/{what}/", urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert answer.status == 200, self.said()[-5000:]
        told: dict[str, Any] = json.loads(answer.body)
        return told

    def person(self, stage: str = "", role: str = "clinician") -> Browser:
        """Someone who is signed in and stands at a stage of something."""
        told = self.tell("people", stage=stage, role=role)
        return Browser(self, {"sessionid": told["cookie"]}, told)

    def stranger(self) -> Browser:
        return Browser(self, {}, {})

    def stored(self, since: int = 0) -> dict[str, Any]:
        answer = self.ask("GET", f"/harness/stored/?since={since}")
        assert answer.status == 200, self.said()[-5000:]
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def change_since(self, before: Mapping[str, Any]) -> Change:
        """What became more since `before`, and what was recorded; wherever nothing changed, nothing is named."""
        after = self.stored(before["last"])
        more = {
            part: {name: number - before[part][name] for name, number in after[part].items() if number != before[part][name]}
            for part in ("rows", "marks")
        }
        return Change(
            rows=more["rows"],
            marks=more["marks"],
            tags=dict(after["tags"]),
            files=after["files"] - before["files"],
            chain=tuple(after["chain"]),
        )

    def wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(DiedError):
                if self.ask("GET", "/health/ready").status == 200:
                    return
            time.sleep(0.02)
        raise AssertionError("The server did not come back.")


@dataclass(frozen=True)
class Change:
    """What is stored now and was not before."""

    rows: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    marks: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
    chain: tuple[str, ...] = ()
    """What is wrong with the audit log as a whole."""


class Browser:
    """Keeps cookies and reads forms."""

    def __init__(self, server: Server, cookies: dict[str, str], about: Mapping[str, Any]) -> None:
        self.server, self.cookies, self.about = server, cookies, about

    def __getitem__(self, name: str) -> str:
        return str(self.about[name])

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, address: str) -> Answer:
        for _ in range(5):
            answer = self.server.ask("GET", address, headers={"Cookie": self.cookie})
            self.keep(answer)
            if not answer.to:
                return answer
            address = answer.headers["location"]
        raise AssertionError(f"{address} leads in circles.")

    def keep(self, answer: Answer) -> None:
        for line in answer.headers.get("set-cookie", "").splitlines():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value

    def form(self, page: str, action: str = "", files: Mapping[str, tuple[str, bytes]] | None = None, **fill: str) -> Deed:
        """The form on a page that is sent to `action` (by default to the page itself), filled in, with its token."""
        answer = self.get(page)
        assert answer.status == 200, f"{page}: {answer.status}\n{answer.text[-2000:]}"
        forms = _Forms.of(answer.text)
        wanted = action or urlsplit(page).path
        found = [one for one in forms if urlsplit(one.action or page).path == wanted and one.method == "post"]
        if fill and len(found) > 1:
            found = [one for one in found if set(fill) & set(one.names)] or found
        assert found, f"{page} has no form for {wanted}: {[one.action for one in forms]}\n{answer.text[-3000:]}"
        kept = [(name, value) for name, value in found[0].fields if name not in fill]
        return Deed(self, found[0].action or page, (*kept, *fill.items()), files or {}, self.cookie, page)


class _Form:
    def __init__(self, action: str, method: str) -> None:
        self.action, self.method = action, method.lower()
        self.fields: list[tuple[str, str]] = []
        self.names: list[str] = []


class _Forms(HTMLParser):
    """The forms of a page with what a browser would send if nothing was filled in."""

    @classmethod
    def of(cls, html: str) -> list[_Form]:
        parser = cls()
        parser.feed(html)
        return parser.forms

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self._in_form = False
        self._area = self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "form":
            self._in_form = True
            self.forms.append(_Form(said.get("action", ""), said.get("method", "get")))
        if not self._in_form:
            return
        form = self.forms[-1]
        if tag in {"input", "select", "textarea", "button"} and name:
            form.names.append(name)
        if tag == "input" and name:
            kind = said.get("type", "text")
            if kind in {"radio", "checkbox"} and "checked" not in said:
                return
            if kind not in {"file", "submit", "button", "image"}:
                form.fields.append((name, said.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in said:
            form.fields.append((self._select, said.get("value", "")))
        elif tag == "textarea":
            self._area, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area:
            if self._in_form:
                self.forms[-1].fields.append((self._area, self._text.lstrip("\n")))
            self._area = ""


def at_once(*deeds: Deed, wait: float = SHORT, table: str = "") -> list[Answer]:
    """
    Send them all at the same moment; each waits inside the server, before it writes, until the others have looked as well.

    With a table they wait before they write to that one, with whatever they have locked by then.
    """
    start = threading.Barrier(len(deeds), timeout=30)
    meeting = f"{uuid.uuid4().hex}/{len(deeds)}/{wait}/{table}"
    answers: list[Answer | Exception] = [DiedError()] * len(deeds)

    def send(place: int) -> None:
        start.wait()
        try:
            answers[place] = deeds[place].send(**{MEET: meeting})
        except DiedError as died:
            answers[place] = died

    threads = [threading.Thread(target=send, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    got = [answer for answer in answers if isinstance(answer, Answer)]
    assert len(got) == len(deeds), "The server gave no answer."
    return got


def die_at(deed: Deed, number: int) -> None:
    """Send it and let the server die at its step of that number."""
    try:
        answer = deed.send(**{DIE_AT: str(number)})
    except DiedError:
        return
    raise OutlivedError(f"It outlived step {number}: {answer.status}, {answer.steps}")


@contextlib.contextmanager
def fork_server(home: Path, *, without: str = "") -> Iterator[Server]:
    """A server that is there again a moment after it was killed (``tests.concurrency.fork_server``)."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "errors.txt").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.concurrency.fork_server"], cwd=ROOT, text=True,
            env=environment(home, **_variables(without)), stdout=subprocess.PIPE, stderr=errors,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, (home / "errors.txt").read_text()
            yield Server(int(line), (home / "errors.txt").read_text)
        finally:
            process.terminate()
            process.wait(timeout=20)
            process.stdout.close()


@contextlib.contextmanager
def whole_product(home: Path, *, port: int = 0) -> Iterator[Server]:
    """`goodstanding serve`, as an operator starts it; at a step it dies with all its web processes."""
    with running_server(home, "--workers", "2", port=port, cwd=ROOT, **_variables("", HARNESS_KILLS="group")) as started:
        yield Server(urlsplit(started.url).port or 0, started.output)


def _variables(without: str, **more: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        "HARNESS_WITHOUT": without,
        **more,
    }


def _multipart(fields: tuple[tuple[str, str], ...], files: Mapping[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    edge = "edge-of-the-form"
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields]
    for name, (file_name, data) in files.items():
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
