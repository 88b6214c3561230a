"""
Every text field of every form, given what no form expects: script, marks that turn the reading direction, ten thousand
characters, emoji, null bytes.

The forms are found on the pages, so a new one is attacked without being named here. What is held: no error of the server, no
markup of the attacker in any answer or on any page afterwards, and what is refused is said beside a field.
"""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY as USER_OF_THEM
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.test import Client

from tests.permissions.world import World, address_names

pytestmark = [pytest.mark.django_db, pytest.mark.slow_once]

MARK = "zqx"
ATTACKS = {
    "script": f"<script>{MARK}()</script>\"'><img src=x onerror={MARK}()>{{{{{MARK}}}}}",
    "direction": f"\u202e{MARK}\u202d\u2066\u200f",
    "long": f"{MARK}" + "a" * 10_000,
    "emoji": f"{MARK} 👩🏽‍⚕️🏳️‍🌈\U000e0041",
    "null": f"{MARK}\x00{MARK}",
    "lone surrogate, written out": f"{MARK}\\ud800 %00 %0d%0a ../../etc/passwd ${{{MARK}}}",
}
_LEFT = {"account_logout", "account_change_password", "leave-confirm", "session-end", "session-end-others"}
"""Forms that end the sign-in, so that nothing could be attacked after them."""


class _Forms(HTMLParser):
    """The forms of a page: address, method and fields, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict] = []
        self._textarea = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(
                {"action": given.get("action", ""), "method": given.get("method", "get").lower(), "fields": {}, "text": set()}
            )
        if not self.forms:
            return
        fields, text = self.forms[-1]["fields"], self.forms[-1]["text"]
        name = given.get("name", "")
        kind = given.get("type", "text").lower()
        if tag == "input" and name:
            if kind in {"radio", "checkbox"}:
                if "checked" in given or kind == "radio":
                    fields.setdefault(name, given.get("value", "on"))
            elif kind != "file":
                fields[name] = given.get("value", "")
                if kind in {"text", "search", "email", "tel", "url", "password", "date", "number", "hidden"}:
                    text.add(name)
        elif tag == "textarea" and name:
            fields[name] = ""
            text.add(name)
        elif tag == "select" and name:
            self._select = name
            text.add(name)
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in fields:
                fields[self._select] = given.get("value", "")
        elif tag == "button" and name:
            fields.setdefault(name, given.get("value", ""))


def forms_of(page: bytes) -> list[dict]:
    parser = _Forms()
    parser.feed(page.decode())
    return parser.forms


def _browser(world: World, role: str | None) -> Client:
    client = Client(raise_request_exception=False)
    if role is not None:
        client.force_login(world.people[role])
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session[USER_OF_THEM] = str(world.people[role].pk)
        session.save()
    return client


def faults_in(page: bytes, what: str) -> list[str]:
    """Where the attacker's markup stands as markup."""
    text = page.decode(errors="replace")
    found = [f"{what}: a script of the attacker" for _ in re.findall(rf"<script>{MARK}", text)]
    found += [f"{what}: an event of the attacker" for _ in re.findall(rf"<img src=x onerror={MARK}", text)]
    return found


def attack(world: World, role: str | None) -> tuple[list[str], int]:
    """Every form that the role finds, each text field in turn; the faults, and how many requests there were."""
    client, faults, sent, seen = _browser(world, role), [], 0, set()
    for name in address_names():
        if name in _LEFT:
            continue
        cache.clear()
        address = world.address(name)
        page = client.get(address)
        if page.streaming:
            b"".join(page.streaming_content)
            continue
        if page.status_code >= 500:
            faults.append(f"GET {name}: {page.status_code}")
        if page.status_code != 200 or b"<form" not in page.content:
            continue
        for form in forms_of(page.content):
            to = form["action"] or address
            if "logout" in to or "/end/" in to or (to, tuple(sorted(form["fields"]))) in seen or not to.startswith("/"):
                continue
            seen.add((to, tuple(sorted(form["fields"]))))
            for kind, attack_text in ATTACKS.items():
                cache.clear()
                # All text fields at once, and, where that stops at the first, each alone.
                whole = {**form["fields"], **dict.fromkeys(form["text"] - {"csrfmiddlewaretoken"}, attack_text)}
                free = [field for field in form["text"] if "token" not in field and field != "next"]
                for fields in (whole, *({**form["fields"], field: attack_text} for field in free if kind == "script")):
                    response = getattr(client, form["method"] if form["method"] in {"get", "post"} else "get")(to, fields)
                    sent += 1
                    body = b"".join(response.streaming_content) if response.streaming else response.content
                    what = f"{form['method']} {to} ({kind})"
                    if response.status_code >= 500:
                        faults.append(f"{what}: {response.status_code}")
                    if response.headers.get("Content-Type", "").startswith("text/html"):
                        faults += faults_in(body, what)
    for name in address_names():  # what was kept is shown escaped
        page = client.get(world.address(name))
        if page.streaming:
            b"".join(page.streaming_content)
        elif page.headers.get("Content-Type", "").startswith("text/html"):
            faults += faults_in(page.content, f"afterwards {name}")
    return faults, sent


@pytest.mark.parametrize(("role", "at_least"), [(None, 30), ("owner", 100), ("administrator", 100)])
def test_no_text_breaks_a_form_or_becomes_markup(role, at_least):
    faults, sent = attack(World(), role)
    assert not faults, "\n".join(sorted(set(faults)))
    assert sent >= at_least


@pytest.mark.parametrize(
    "text", ["%00", "%FF%FE", "..%2f..%2fetc%2fpasswd", "%E2%80%AE", "a" * 5000, "%0d%0aSet-Cookie:x=1", "<script>"]
)
@pytest.mark.parametrize(
    "address", ["/verify/{}/", "/verify/?number={}", "/certificates/{}.pdf", "/courses/{}/", "/courses/?q={}", "/claim/{}/",
                "/account/login/?next={}", "/licenses/{}/", "/credits/?year={}", "/account/confirm-email/{}/", "/learn/{}/",
                "/standing/?on={}"],
)  # fmt: skip
def test_no_address_breaks_the_server(text, address):
    client = Client(raise_request_exception=False)
    response = client.get(address.format(text))
    assert response.status_code < 500
    assert "x=1" not in str(response.cookies)
    assert not faults_in(response.content.replace(b"\x00", b""), address)
