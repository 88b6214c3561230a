"""Settings come from declared variables of the environment, and the document of them is current."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from goodstanding.conf import environment
from goodstanding.conf.variables import VARIABLES, reference, variable

pytestmark = pytest.mark.slow_once

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "goodstanding"
READER = SOURCE / "conf" / "environment.py"

# Set by the product for its own processes or asked for by a library; no operator sets them.
_OWN = {"GOODSTANDING_PARENT", "DJANGO_SETTINGS_MODULE", "PROMETHEUS_MULTIPROC_DIR"}


# Hand on what they were given, or a name that another module keeps, to the processes that they start.
_PASS_ON = {SOURCE / "conf" / "backup" / "postgresql.py", SOURCE / "conf" / "commands" / "serve.py"}


def read_elsewhere(text: str) -> list[str]:
    """What a module takes from the environment past the one reader; "?" where the name is not written there."""
    names = {
        node.targets[0].id: node.value.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
    }
    found = []
    tree = ast.parse(text)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name not in {"environ", "environb", "getenv"}:
            continue
        user = parents[node]
        if isinstance(user, ast.Attribute):  # environ.get(...)
            user = parents[user]
        given: ast.expr | None = None
        if isinstance(user, ast.Subscript):
            given = user.slice
        elif isinstance(user, ast.Call) and user.args:
            given = user.args[0]
        if isinstance(given, ast.Constant):
            found.append(str(given.value))
        elif isinstance(given, ast.Name | ast.Attribute):
            found.append(str(names.get(given.id if isinstance(given, ast.Name) else given.attr, "?")))
        else:
            found.append("?")
    return found


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_but_the_reader_reads_the_environment(path: Path) -> None:
    if path == READER:
        return
    allowed = _OWN | {"?"} if path in _PASS_ON else _OWN
    assert set(read_elsewhere(path.read_text(encoding="utf-8"))) <= allowed


def test_a_reader_elsewhere_is_noticed() -> None:
    assert read_elsewhere("import os\nos.environ.get('X')") == ["X"]
    assert read_elsewhere("from os import environ\nNAME = 'Y'\nenviron[NAME]") == ["Y"]
    assert read_elsewhere("import os\nos.getenv('Z')\ndict(os.environ)") == ["Z", "?"]


def test_every_name_that_the_product_mentions_is_declared() -> None:
    declared = {one.name for one in VARIABLES} | _OWN
    for path in [
        *SOURCE.rglob("*.py"),
        *SOURCE.rglob("*.html"),
        *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md",
        *(ROOT / "deploy").rglob("*"),
    ]:
        if path.is_file():
            named = set(re.findall(r"\bGOODSTANDING_[A-Z0-9_]*[A-Z0-9]\b", path.read_text(encoding="utf-8")))
            assert named <= declared, path


def test_the_document_is_current() -> None:
    assert (ROOT / "docs" / "environment.md").read_text(encoding="utf-8") == reference(), "run: make reference"


def test_a_name_is_declared_once_and_says_what_it_does() -> None:
    names = [one.name for one in VARIABLES]
    assert len(names) == len(set(names))
    for one in VARIABLES:
        assert one.does.endswith("."), one.name
        assert bool(one.default) != bool(one.otherwise), f"{one.name}: say what holds where it is not set, in one way"


def test_what_is_not_declared_can_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOODSTANDING_NOT_DECLARED", "1")
    for read in (environment.text, environment.flag, environment.words, environment.number):
        with pytest.raises(LookupError, match="GOODSTANDING_NOT_DECLARED is not declared"):
            read("GOODSTANDING_NOT_DECLARED")


@pytest.mark.parametrize(("said", "meant"), [("", 500), ("0", 0), (" 20 ", 20)])
def test_a_number_is_read(monkeypatch: pytest.MonkeyPatch, said: str, meant: int) -> None:
    monkeypatch.setenv("GOODSTANDING_SLOW_QUERY_MS", said)
    assert environment.number("GOODSTANDING_SLOW_QUERY_MS") == meant


@pytest.mark.parametrize("said", ["many", "-1", "1.5", "²"])
def test_what_is_no_number_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("GOODSTANDING_SLOW_QUERY_MS", said)
    with pytest.raises(ImproperlyConfigured, match="GOODSTANDING_SLOW_QUERY_MS is not understood") as refused:
        environment.number("GOODSTANDING_SLOW_QUERY_MS")
    assert said not in str(refused.value)


def test_secrets_are_marked() -> None:
    assert {one.name for one in VARIABLES if one.secret} >= {
        "DATABASE_URL", "GOODSTANDING_MAIL", "GOODSTANDING_SECRET_KEY", "GOODSTANDING_PRIVATE_KEY", "GOODSTANDING_FILES_SECRET",
    }  # fmt: skip
    assert not variable("GOODSTANDING_URL").secret
