"""House rules that no type checker knows: where queries, models and clocks may stand."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow_once

SOURCE = Path(__file__).parents[2] / "src" / "goodstanding"
FILES = sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py") if "_content" not in path.parts)
WEB = [path for path in FILES if path.parts[0] == "web"]
CORE = [path for path in FILES if path.parts[0] == "core"]
STATIC = sorted(path for path in (SOURCE / "web" / "static").rglob("*") if path.suffix in {".css", ".js", ".svg"})

_NAIVE = {("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("datetime", "utcfromtimestamp")}
_CLOCKS = {("timezone", "now"), ("timezone", "localdate"), ("timezone", "localtime"), ("time", "time"), ("datetime", "now")}


def queries(text: str) -> list[int]:
    """Lines that reach for a model's manager."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]


def models_at_work(text: str) -> list[int]:
    """Lines where a model is used for more than an annotation."""
    tree = ast.parse(text)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").endswith(".models")
        and (node.module or "").startswith("goodstanding.")
        for alias in node.names
    }
    annotating: set[ast.AST] = set()
    for node in ast.walk(tree):
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if part is not None:
                annotating.update(ast.walk(part))
    return [
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in imported and node not in annotating
    ]


def _called(text: str, wanted: set[tuple[str, str]]) -> list[tuple[int, ast.Call]]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if (name, node.func.attr) in wanted:
                found.append((node.lineno, node))
    return found


def naive_clocks(text: str) -> list[int]:
    """Lines that ask for a time without a zone."""
    # now().astimezone() is the time here with its zone
    zoned = [ast.unparse(call) for _, call in _called(text, {("", "astimezone")})]
    bare = [
        line
        for line, call in _called(text, {("datetime", "now")})
        if not call.args and not call.keywords and f"{ast.unparse(call)}.astimezone()" not in zoned
    ]
    return bare + [line for line, _ in _called(text, _NAIVE)]


def clocks(text: str) -> list[int]:
    """Lines that read any clock."""
    return [line for line, _ in _called(text, _CLOCKS | _NAIVE)]


def other_hosts(text: str) -> list[str]:
    """Addresses from which a browser would fetch something, were this a style sheet, a script or a picture."""
    found = re.findall(r"""(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s"')]*""", text)
    return [address for address in found if not address.startswith(("http://www.w3.org/", "https://www.w3.org/"))]


def _text(path: Path) -> str:
    return (SOURCE / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", WEB, ids=str)
def test_no_view_queries(path):
    assert queries(_text(path)) == []


@pytest.mark.parametrize("path", WEB, ids=str)
def test_a_model_stands_in_web_only_as_an_annotation(path):
    assert models_at_work(_text(path)) == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_time_without_zone(path):
    assert naive_clocks(_text(path)) == []


@pytest.mark.parametrize("path", CORE, ids=str)
def test_no_clock_inside_a_decision(path):
    assert clocks(_text(path)) == []


@pytest.mark.parametrize("path", STATIC, ids=lambda path: path.name)
def test_static_files_name_no_other_host(path):
    assert other_hosts(path.read_text(encoding="utf-8")) == []


def test_a_query_is_noticed():
    assert queries("x = 1\nLicense.objects.filter(id=1)\n") == [2]


def test_a_model_at_work_is_noticed_and_an_annotation_is_not():
    text = (
        "from goodstanding.accounts.models import User\n"
        "def view(user: User) -> User | None:\n"
        "    person: User = user\n"
        "    return person\n"
    )
    assert models_at_work(text) == []
    assert models_at_work(text + "isinstance(1, User)\n") == [5]


@pytest.mark.parametrize("call", ["dt.datetime.now()", "datetime.utcnow()", "dt.date.today()", "datetime.today()"])
def test_a_naive_clock_is_noticed(call):
    assert naive_clocks(f"x = {call}") == [1]


@pytest.mark.parametrize(
    "call", ["dt.datetime.now(dt.UTC)", "dt.datetime.now().astimezone().date()", "timezone.now()", "today(request)"]
)
def test_a_clock_with_a_zone_is_no_naive_clock(call):
    assert naive_clocks(f"x = {call}") == []


@pytest.mark.parametrize("call", ["timezone.now()", "time.time()", "dt.datetime.now(dt.UTC)", "date.today()"])
def test_any_clock_is_noticed(call):
    assert clocks(f"x = {call}") == [1]


@pytest.mark.parametrize(
    "text", ["@import 'https://fonts.example.com/a.css';", "url(//cdn.example.com/x.woff2)", "fetch('http://a.example.com')"]
)
def test_another_host_is_noticed(text):
    assert len(other_hosts(text)) == 1


def test_there_is_something_to_look_at():
    assert WEB
    assert CORE
    assert STATIC
