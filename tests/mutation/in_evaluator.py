"""
Mutants of the evaluator: in its Python modules one comparison, number, truth value, sign or choice of extreme is changed.

Changed: `<` and `<=`, `>` and `>=`, `==` and `!=`, `is` and `is not`, `in` and `not in`, `and` and `or`, a dropped `not`, `min` and
`max`, `any` and `all`, `floor` and `ceil`, `+` and `-`, whole numbers by one up and down, True and False.

Out of the population, because no answer rests on it:
* `explain` (wording), `check` (findings of editors, tested by one broken file each) and the package's own `__init__`;
* annotations, decorators and the options of dataclass and schema fields: what types and limits a file may have is refused at
  load time, and one broken file per message tests it;
* messages of errors, the bodies of `assert` (they tell the type checker what holds), and default sizes of caches;
* `suggest` and the cache of `load_rules`: the first words a mend, the second may only forget.
"""

from __future__ import annotations

import ast
import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import resource
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest

from goodstanding.core import documents
from tests.mutation.mutant import Mutant, in_child

ROOT = Path(__file__).parents[2]
PACKAGE = "goodstanding.core.rules"
FOLDER = ROOT / "src" / Path(*PACKAGE.split("."))
NOT_CHANGED = ("__init__", "explain", "check")
SKIPPED_FUNCTIONS = ("suggest", "load_rules", "__repr__", "__str__")
SKIPPED_NAMES = ("MOST", "model_config")
SECONDS_FOR_LOADING = 15
SECONDS_FOR_A_SITUATION = 3
SECONDS_FOR_TESTS = 90
"""Whoever takes longer is ended, which is a way of noticing: unchanged, all of it takes a third of that or less."""
MEMORY = 4 << 30
TESTS = ROOT / "tests"
QUICK = (
    "test_unknown",
    "test_periods",
    "test_needs",
    "test_simplex",
    "test_language",
    "test_evaluate",
    "test_allocate",
    "test_sharing",
    "test_broken",
)
"""Files that notice most in little time. They come after a few situations of each rule; all others come last."""
SPREAD = 11
PYTEST = ("-x", "-q", "-p", "no:cacheprovider", "--noconftest", "--import-mode=importlib", "-c", os.devnull)
SURVIVED = b"survived"

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}


def modules(only: Sequence[str]) -> list[str]:
    """The modules that decide answers and whose path has one of these texts in it."""
    names = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in NOT_CHANGED)
    return [name for name in names if not only or any(text in f"{FOLDER.relative_to(ROOT)}/{name}.py" for text in only)]


def mutants_of(name: str) -> list[Mutant]:
    """All mutants of one module; the payload is its changed source."""
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = text.splitlines()
    found: list[Mutant] = []
    for node, place in _decisive(tree):
        for kind, before, after, change in _changes(node):
            undo = change()
            # Unparsing the whole tree costs little beside the tests and can not misplace a change.
            source = ast.unparse(tree)
            undo()
            where = f"{place}: {lines[node.lineno - 1].strip()}"  # type: ignore[attr-defined]
            number = 1 + sum(one.place == where and (one.before, one.after) == (before, after) for one in found)
            shown = f"{before} ({number})" if number > 1 else before
            found.append(Mutant(f"{FOLDER.relative_to(ROOT)}/{name}.py", node.lineno, kind, where, shown, after, source))  # type: ignore[attr-defined]
    return found


def _decisive(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Every node that may be changed, with the names of the class and function around it."""

    def walk(node: ast.AST, place: str) -> Iterator[tuple[ast.AST, str]]:
        for part in _parts(node):
            if isinstance(part, ast.FunctionDef | ast.ClassDef):
                if part.name not in SKIPPED_FUNCTIONS:
                    yield from walk(part, f"{place}.{part.name}".lstrip("."))
                continue
            yield part, place
            yield from walk(part, place)

    return walk(tree, "")


def _parts(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom):
        return []
    if isinstance(node, ast.AnnAssign):
        parts = [] if node.value is None or _is_schema(node.value) else [node.value]
        return [] if _named(node.target) in SKIPPED_NAMES else list(parts)
    if isinstance(node, ast.Assign):
        return [] if _is_schema(node.value) or _named(node.targets[0]) in SKIPPED_NAMES else [node.value]
    if isinstance(node, ast.FunctionDef):
        defaults = [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]
        return [*defaults, *node.body]
    if isinstance(node, ast.ClassDef):
        return list(node.body)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return []  # a docstring
    if isinstance(node, ast.Call) and _named(node.func) in ("isinstance", "cast", "TypeVar", "lru_cache"):
        return list(node.args[:1])
    return list(ast.iter_child_nodes(node))


def _named(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_schema(node: ast.AST) -> bool:
    """A type (`Annotated[...]`, `Literal[...]`, `A | B`) or the options of a field."""
    if isinstance(node, ast.Subscript):
        return _named(node.value) in ("Annotated", "Literal", "dict", "tuple")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return all(
            isinstance(part, ast.Name | ast.Attribute | ast.Constant | ast.BinOp | ast.Subscript)
            for part in (node.left, node.right)
        )
    return isinstance(node, ast.Call) and _named(node.func) in ("Field", "field", "ConfigDict")


def _changes(node: ast.AST) -> Iterator[tuple[str, str, str, Any]]:
    """Kind, before, after, and a function that makes the change in the tree and returns the one that takes it back."""

    def setting(owner: Any, key: str, value: Any) -> Any:
        def change() -> Any:
            kept = getattr(owner, key)
            setattr(owner, key, value)
            return lambda: setattr(owner, key, kept)

        return change

    if isinstance(node, ast.Compare):
        for index, op in enumerate(node.ops):
            ops = list(node.ops)
            ops[index] = COMPARED[type(op)]()
            yield "comparison", _sign(op), _sign(ops[index]), setting(node, "ops", ops)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and/or", _sign(node.op), _sign(other), setting(node, "op", other)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not", "not", "nothing", setting(node, "operand", ast.UnaryOp(op=ast.Not(), operand=node.operand))
    elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        sign = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield "plus/minus", _sign(node.op), _sign(sign), setting(node, "op", sign)
    elif isinstance(node, ast.Call) and _named(node.func) in CALLED:
        name = _named(node.func)
        key = "id" if isinstance(node.func, ast.Name) else "attr"
        yield "extreme", name, CALLED[name], setting(node.func, key, CALLED[name])
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "boolean", str(node.value), str(not node.value), setting(node, "value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        for value in (node.value + 1, node.value - 1):
            yield "number", str(node.value), str(value), setting(node, "value", value)


def _sign(op: ast.AST) -> str:
    signs = {
        "Lt": "<",
        "LtE": "<=",
        "Gt": ">",
        "GtE": ">=",
        "Eq": "==",
        "NotEq": "!=",
        "Is": "is",
        "IsNot": "is not",
        "In": "in",
        "NotIn": "not in",
    }
    return signs.get(type(op).__name__) or {"And": "and", "Or": "or", "Add": "+", "Sub": "-"}[type(op).__name__]


def notice(name: str, mutants: Sequence[Mutant]) -> list[bool]:
    """Which mutants of one module the tests notice. Leaves this process with modules loaded: run it in a child."""
    _load_what_does_not_depend_on(name)
    answers = []
    order: list[int] = []
    for mutant in mutants:
        answer = in_child(functools.partial(_test, name, mutant.payload, order))
        answers.append(answer != SURVIVED)
        if answer and answer.isdigit():
            # Neighbors are often noticed by the same situation, so it is tried first from now on.
            found = int(answer)
            order = [found, *(one for one in order if one != found)][:40]
    return answers


def unchanged(name: str) -> Mutant:
    """The module as it is, written out like a mutant; tests must not notice it."""
    source = ast.unparse(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8")))
    return Mutant(f"{name}.py", 1, "none", "", "", "", source)


def keep_documents() -> None:
    """Parse every rule file and all situations once; processes started later find them parsed."""
    read = documents.read_document
    files = [*(ROOT / "rules").rglob("*.yaml"), *(TESTS / "rules").rglob("*.yaml")]
    kept = {path.resolve(): read(path) for path in files}

    def read_document(path: Path, **options: Any) -> documents.Document:
        known = kept.get(path.resolve()) if not options else None
        return known if known is not None else read(path, **options)

    documents.read_document = read_document


def _load_what_does_not_depend_on(name: str) -> None:
    """Import the modules that stay as they are, once for all mutants of the module `name`."""
    # The package's own `__init__` imports everything, so it must wait until the mutant is in place.
    package = ModuleType(PACKAGE)
    package.__path__ = [str(FOLDER)]
    package.__file__ = str(FOLDER / "__init__.py")
    sys.modules[PACKAGE] = package
    needs = {
        path.stem: set(re.findall(rf"from {re.escape(PACKAGE)}\.(\w+) import", path.read_text())) for path in FOLDER.glob("*.py")
    }
    touched = {name}
    while more := {one for one, needed in needs.items() if one not in touched and needed & touched}:
        touched |= more
    for module in sorted(set(needs) - touched - {"__init__"}):
        importlib.import_module(f"{PACKAGE}.{module}")
    if "load" not in touched:
        sys.modules[f"{PACKAGE}.load"].load_rules(ROOT / "rules")  # type: ignore[attr-defined]


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from changed source."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(FOLDER / f"{self.name.rpartition('.')[2]}.py")
        exec(compile(self.source, module.__file__, "exec"), module.__dict__)


def _test(name: str, source: str, order: Sequence[int]) -> bytes:
    """SURVIVED, or which situation noticed, or anything else for another way of noticing."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(SECONDS_FOR_LOADING)
    sys.meta_path.insert(0, _Mutated(f"{PACKAGE}.{name}", source))
    try:
        package = sys.modules[PACKAGE]
        exec(compile((FOLDER / "__init__.py").read_text(), str(FOLDER / "__init__.py"), "exec"), package.__dict__)
        every = _situations()
        few = range(0, len(every), SPREAD)
        noticed = _first_to_notice(every, dict.fromkeys((*order, *few)))
        if noticed is not None:
            return str(noticed).encode()
        files = sorted((TESTS / "core" / "rules").glob("test_*.py"), key=lambda path: path.stem not in QUICK)
        quick = [path for path in files if path.stem in QUICK]
        if _tests_fail(quick):
            return b"tests"
        noticed = _first_to_notice(every, [index for index in range(len(every)) if index % SPREAD])
        if noticed is not None:
            return str(noticed).encode()
        return b"tests" if _tests_fail([path for path in files if path not in quick]) else SURVIVED
    except BaseException:  # noqa: BLE001 - whatever breaks is noticed
        return b"broken"


def _tests_fail(files: Sequence[Path]) -> bool:
    signal.alarm(SECONDS_FOR_TESTS)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    hypothesis.settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
    hypothesis.settings.load_profile("mutation")
    return pytest.main([*PYTEST, f"--rootdir={ROOT}", *map(str, files)]) != 0


def _situations() -> list[Any]:
    from tests.rules import situations as named

    return [one for rule, path in named.files().items() for one in named.situations(rule, path)]


def _first_to_notice(every: Sequence[Any], order: Iterable[int]) -> int | None:
    """The number of the first situation, in this order, whose answer is not what it expects."""
    from tests.rules import situations as named

    rules = importlib.import_module(f"{PACKAGE}.load").load_rules(named.RULES)
    for index in order:
        situation = every[index]
        signal.alarm(SECONDS_FOR_A_SITUATION)
        try:
            if named.differences(situation, rules, situation.case(rules)):
                return index
        except Exception:  # noqa: BLE001 - a situation that raises has noticed
            return index
    return None
