"""Every template compiles and is used, and none holds what the content policy forbids."""

from __future__ import annotations

import re
from pathlib import Path

import allauth
import pytest
from django.template.loader import get_template

pytestmark = pytest.mark.slow_once

SOURCE = Path(__file__).parents[2] / "src" / "goodstanding"
TEMPLATES = SOURCE / "web" / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())

_FORBIDDEN = {
    "inline style": re.compile(r"<style[\s>]|\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script address": re.compile(r"""(?:href|src|action)\s*=\s*["']?\s*javascript:""", re.IGNORECASE),
    "request to another host": re.compile(
        r"""<(?:script|link|img|source|iframe|form|video|audio)\b[^>]*["'](?:https?:)?//""", re.IGNORECASE
    ),
    "unescaped output": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
}
# What is written by us and never by a user may be put out as it is; each place says what.
_KNOWN_SAFE = {
    "components/field_texts.html": "help texts are constants of our forms and of Django's",
}


def forbidden_in(markup: str) -> set[str]:
    """The names of what `markup` must not hold."""
    without_comments = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", markup, flags=re.DOTALL)
    return {name for name, pattern in _FORBIDDEN.items() if pattern.search(without_comments)}


def unused(names: list[str], texts: dict[str, str], *, overriding: set[str]) -> list[str]:
    """Those of `names` that no text but their own mentions, and that override no template of a library."""
    return [
        name
        for name in names
        if name not in overriding
        and not any(f"{quote}{name}{quote}" in text for at, text in texts.items() if at != name for quote in "\"'")
    ]


def _texts() -> dict[str, str]:
    found = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in NAMES}
    return found | {str(path): path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}


def test_there_are_templates_to_look_at():
    assert "base.html" in NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith((".html", ".txt"))])
def test_template_compiles(name):
    get_template(name)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(".txt")])
def test_template_holds_nothing_forbidden(name):
    found = forbidden_in((TEMPLATES / name).read_text(encoding="utf-8"))
    if name in _KNOWN_SAFE:
        found -= {"unescaped output"}
    assert not found


def test_every_template_is_used():
    library = Path(allauth.__file__).parent / "templates"
    # the last is rendered by allauth when someone tries too often, though it ships none of that name
    overriding = {name for name in NAMES if (library / name).is_file()} | {"429.html"}
    assert unused(NAMES, _texts(), overriding=overriding) == []


@pytest.mark.parametrize(
    ("markup", "finding"),
    [
        ('<p style="color:red">', "inline style"),
        ("<style>p{}</style>", "inline style"),
        ("<script>1</script>", "inline script"),
        ('<button\n onclick="go()">', "event attribute"),
        ('<a href="javascript:go()">', "script address"),
        ('<img alt="" src="https://elsewhere.example/pixel.png">', "request to another host"),
        ('<script src="//elsewhere.example/a.js"></script>', "request to another host"),
        ("{{ note|safe }}", "unescaped output"),
        ("{% autoescape off %}", "unescaped output"),
    ],
)
def test_forbidden_markup_is_noticed(markup, finding):
    assert finding in forbidden_in(markup)


@pytest.mark.parametrize(
    "markup", ["<script src=\"{% static 'gs/a.js' %}\" defer></script>", '<a href="https://board.example/">', "<p>one = on</p>"]
)
def test_allowed_markup_passes(markup):
    assert forbidden_in(markup) == set()


def test_an_unused_template_is_noticed():
    texts = {
        "a.html": '{% include "b.html" %}',
        "b.html": "",
        "c.html": '{% include "c.html" %}',
        "view.py": "render(r, 'a.html')",
    }
    assert unused(["a.html", "b.html", "c.html", "account/login.html"], texts, overriding={"account/login.html"}) == ["c.html"]
