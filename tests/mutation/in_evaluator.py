"""
Mutants of the evaluator: in its Python modules one comparison, number, truth value or choice of extreme is changed.

Changed: `<` and `<=`, `>` and `>=`, `==` and `!=`, `is` and `is not`, `min` and `max`, whole numbers by one up and down, True and
False. With `--more` also, and reported apart: `in` and `not in`, `and` and `or`, a dropped `not`, `any` and `all`, `floor` and
`ceil`, `+` and `-`.

Out of the population, because no answer rests on it:
* `explain` (wording), `check` (findings of editors, tested by one broken file each) and the package's own `__init__`;
* annotations, decorators, the options of dataclass and schema fields and the validators of schemas: what a file may not say is
  refused at load time, and one broken file per message tests it;
* sizes beyond which a file is refused or combinations are not gone through, and the number that stands for "any number of hours";
* messages of errors, the bodies of `assert` (they tell the type checker what holds), `strict=True` of `zip` (it asserts that two
  lists are of one length), and sizes of caches;
* the functions in LEFT_OUT, each with its reason.
"""

from __future__ import annotations

import ast
import functools
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import os
import resource
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import hypothesis
import pytest

from goodstanding.core import documents
from tests.mutation.mutant import Mutant, in_child

ROOT = Path(__file__).parents[2]
PACKAGE = "goodstanding.core.rules"
FOLDER = ROOT / "src" / Path(*PACKAGE.split("."))
NOT_CHANGED = ("__init__", "explain", "check")
LEFT_OUT = {
    "suggest": "words the mend of a finding",
    "load_rules": "keeps a book or reads it again, which is the same book",
    "_share": "refuses what a share may not be",
    "_confirmed": "refuses what is no list of questions",
    "_questions": "the same",
    "check_case": "refuses a case file in words; no answer rests on it",
    "_check_license": "the same",
}
MAIN_KINDS = ("comparison", "number", "boolean", "extreme")
SKIPPED_NAMES = ("MOST", "EARLIEST", "LATEST", "MAX_LINKED", "MAX_COMBINATIONS", "UNSTATED_MANY", "model_config")
SECONDS_FOR_LOADING = 15
SECONDS_FOR_A_SITUATION = 3
SECONDS_FOR_TESTS = 90
"""Whoever takes longer is ended, which is a way of noticing: unchanged, all of it takes a third of that or less."""
MEMORY = 4 << 30
TESTS = ROOT / "tests"
SPREAD = 29
PYTEST = (
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "_hypothesis_pytestplugin",
    "--noconftest",
    "--import-mode=importlib",
    "-c",
    os.devnull,
)
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


def mutants_of(name: str, *, more: bool = False) -> list[Mutant]:
    """All mutants of one module, those of `more` kinds on demand; the payload is its changed source."""
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = text.splitlines()
    found: list[Mutant] = []
    for node, place in _decisive(tree):
        for kind, before, after, change in _changes(node):
            if kind not in MAIN_KINDS and not more:
                continue
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
                if part.name not in LEFT_OUT and not _validates(part):
                    yield from walk(part, f"{place}.{part.name}".lstrip("."))
                continue
            yield part, place
            yield from walk(part, place)

    return walk(tree, "")


def _validates(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether it only refuses what a file may not say."""
    return any(_named(one.func) == "model_validator" for one in node.decorator_list if isinstance(one, ast.Call))


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
    if isinstance(node, ast.keyword) and node.arg == "strict":
        return []
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
            yield (
                "membership" if isinstance(op, ast.In | ast.NotIn) else "comparison",
                _sign(op),
                _sign(ops[index]),
                setting(node, "ops", ops),
            )
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
        yield (
            "extreme" if name in ("min", "max") else "any/all, floor/ceil",
            name,
            CALLED[name],
            setting(node.func, key, CALLED[name]),
        )
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


def notice(name: str, mutants: Sequence[Mutant], *, pinned: bool = False) -> list[bool]:
    """Which mutants of one module the tests notice, or the pinned cases alone."""
    plain = unchanged(name).payload
    answers = []
    order: list[int] = []
    for mutant in mutants:
        answer = in_child(functools.partial(_test, name, plain, mutant.payload, order, pinned=pinned))
        answers.append(answer != SURVIVED)
        if answer and answer.isdigit():
            # Neighbors are often noticed by the same case, so it is tried first from now on.
            found = int(answer)
            order = [found, *(one for one in order if one != found)][:60]
    return answers


def unchanged(name: str) -> Mutant:
    """The module as it is, written out like a mutant; tests must not notice it."""
    source = ast.unparse(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8")))
    return Mutant(f"{name}.py", 1, "none", "", "", "", source)


def prepare() -> None:
    """Load the pinned cases, every rule file and all situations once; processes started later find them loaded."""
    _keep_documents()
    _loaded()
    # Processes share what the collector does not touch.
    gc.freeze()


def _keep_documents() -> None:
    read = documents.read_document
    files = [*(ROOT / "rules").rglob("*.yaml"), *(TESTS / "rules").rglob("*.yaml")]
    kept = {path.resolve(): read(path) for path in files}

    def read_document(path: Path, **options: Any) -> documents.Document:
        known = kept.get(path.resolve()) if not options else None
        return known if known is not None else read(path, **options)

    documents.read_document = read_document


@functools.cache
def _wanted() -> dict[str, dict[str, list[str]]]:
    """What the pinned cases must answer."""
    from tests.core.rules import pinned

    return {subject: pinned.expected(subject) for subject in pinned.SUBJECTS}


class _Tests:
    """The pinned cases and the named situations, loaded and not yet evaluated, so that nothing of an answer is kept."""

    def __init__(self) -> None:
        pinned = importlib.import_module("tests.core.rules.pinned")
        named = importlib.import_module("tests.rules.situations")
        wanted = _wanted()
        self.pinned: list[tuple[Any, list[str]]] = [
            (one, wanted[subject][one.name]) for subject in pinned.SUBJECTS for one in pinned.pinned(subject)
        ]
        self.rules = importlib.import_module(f"{PACKAGE}.load").load_rules(named.RULES)
        self.situations = [
            (one, one.case(self.rules)) for rule, path in named.files().items() for one in named.situations(rule, path)
        ]
        self.differences = named.differences

    def first_to_notice(self, order: Sequence[int]) -> Any:
        """The number of the first pinned case whose answer is not the one written; those in `order` are tried first."""
        for index in dict.fromkeys((*order, *range(0, len(self.pinned), SPREAD), *range(len(self.pinned)))):
            one, wanted = self.pinned[index]
            signal.alarm(SECONDS_FOR_A_SITUATION)
            try:
                if one.answer() != wanted:
                    return index
            except Exception:  # noqa: BLE001 - a case that raises has noticed
                return index
        return None

    def situation_notices(self) -> bool:
        """Whether a named situation of a rule file has not the answer that it expects."""
        for situation, case in self.situations:
            signal.alarm(SECONDS_FOR_A_SITUATION)
            try:
                if self.differences(situation, self.rules, case):
                    return True
            except Exception:  # noqa: BLE001 - a situation that raises has noticed
                return True
        return False


@functools.cache
def _loaded() -> _Tests:
    return _Tests()


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


def _test(name: str, plain: str, source: str, order: Sequence[int], *, pinned: bool) -> bytes:
    """SURVIVED, or which pinned case noticed, or anything else for another way of noticing."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(SECONDS_FOR_LOADING)
    loaded = _loaded()
    try:
        if not _patched(name, plain, source):
            for module in [one for one in sys.modules if one.startswith((PACKAGE, "tests.core.rules", "tests.rules"))]:
                del sys.modules[module]
            sys.meta_path.insert(0, _Mutated(f"{PACKAGE}.{name}", source))
            loaded = _Tests()
        if (noticed := loaded.first_to_notice(order)) is not None:
            return str(noticed).encode()
        if pinned:
            return SURVIVED
        seen = _tests_fail(properties=False) or loaded.situation_notices() or _tests_fail(properties=True)
        return b"tests" if seen else SURVIVED  # noqa: TRY300 - an `else` would hide that this can raise as well
    except BaseException:  # noqa: BLE001 - whatever breaks is noticed
        return b"broken"


def _patched(name: str, plain: str, source: str) -> bool:
    """
    Put the changed code into the loaded module; False if what is changed is no plain function, so it must be loaded anew.

    Nothing that depends on the module has to be loaded again then, which is most of the time that a mutant takes.
    """
    before, after = (_functions(compile(text, "module", "exec")) for text in (plain, source))
    changed = [one for one in before if before[one] != after[one]]
    if len(changed) != 1:
        return False
    *owners, last = changed[0].split(".")
    owner: Any = sys.modules[f"{PACKAGE}.{name}"]
    for one in owners:
        owner = vars(owner).get(one)
    found = vars(owner).get(last)
    for key in ("__func__", "fget", "func", "__wrapped__"):
        found = getattr(found, key, found)
    if not isinstance(found, FunctionType) or changed[0] in _WHILE_READING:
        return False
    code = after[changed[0]]
    if code.co_freevars != found.__code__.co_freevars:
        return False
    found.__code__ = code
    return True


_WHILE_READING = frozenset({"_kind_of_window", "_given", "read_rules", "_id_by_path"})
"""Functions that run while a file is read, so a file must be read anew to notice."""


def _functions(code: CodeType, prefix: str = "") -> dict[str, CodeType]:
    """The code of every function of a module or of a class in it, by its name."""
    found = {}
    for one in code.co_consts:
        if isinstance(one, CodeType) and one.co_name.isidentifier():
            if one.co_flags & inspect.CO_NEWLOCALS:
                found[f"{prefix}{one.co_name}"] = one
            else:
                found |= _functions(one, f"{prefix}{one.co_name}.")
    return found


def _tests_fail(*, properties: bool) -> bool:
    """Whether a test of the language fails: of those with examples, or of those that draw many cases, which take long."""
    signal.alarm(SECONDS_FOR_TESTS)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    hypothesis.settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
    hypothesis.settings.load_profile("mutation")
    files = [path for path in sorted((TESTS / "core" / "rules").glob("test_*.py")) if path.stem != "test_pinned"]
    return (
        pytest.main([*PYTEST, f"--rootdir={ROOT}", "-m", "hypothesis" if properties else "not hypothesis", *map(str, files)]) != 0
    )
