"""
Answers that are pinned down to the last figure: small rules of our own, cases at every threshold, and what each must answer.

The rules and cases stand in one module per subject, what they must answer in `expected/<subject>.yaml`. Sentences are not
pinned, only what they are about and the figures in them; tests/core/rules/test_explain.py is about the words.
"""

from __future__ import annotations

import datetime as dt
import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from goodstanding.core.rules.case import Case
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.outcome import Evaluation, QuestionAnswer, RequirementAnswer
from tests.core.rules import example
from tests.core.rules.pinned.readings import each_reading

SUBJECTS = ("functions", "amounts", "caps", "dates", "doubts", "questions", "sharing", "reasons", "mixed")
EXPECTED = Path(__file__).parent / "expected"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Pinned(NamedTuple):
    """One case: the rule it is about, by its name in the module, the licenses and the credits."""

    subject: str
    name: str
    book: RuleBook
    case: Case

    def answer(self) -> list[str]:
        """What the evaluation says, line by line."""
        on = self.case.on or example.ON
        found = evaluate(self.case.licenses, self.case.credits, self.book, on).evaluations
        return [line for one in found for line in _shown(one, heading=len(found) > 1)]


class Called(NamedTuple):
    """Direct calls of functions that need no rule, and what they return."""

    subject: str
    name: str
    work: Callable[[], Iterable[object]]

    def answer(self) -> list[str]:
        return [str(line) for line in self.work()]


def pinned(subject: str) -> Sequence[Pinned | Called]:
    """The cases of one subject, in the order of its module."""
    module = importlib.import_module(f"{__name__}.{subject}")
    if hasattr(module, "calls"):
        return [Called(subject, name, work) for name, work in module.calls().items()]
    books: dict[str, RuleBook] = {}
    found = []
    for name, (rule, licenses, credits_, on) in module.cases().items():
        if rule not in books:
            books[rule] = _book(module.RULES[rule])
        held = [{"rule": "us/xx/example", **HOLDER, **one} for one in licenses]
        entries = [{"id": f"c{number}", **APPROVED, **one} for number, one in enumerate(credits_, 1)]
        case = Case.model_validate(_exact({"on": on, "licenses": held, "credits": entries}))
        found.append(Pinned(subject, name, books[rule], case))
    return found


HOLDER: dict[str, Any] = {"issued": "2015-05-01", "expires": "2027-05-31", "renewals": 3}
APPROVED: dict[str, Any] = {"completed": "2026-03-01", "approvals": ["nbcc"], "format": "live_online", "activity": "course"}
"""What a license and an entry say unless the case says otherwise."""


class Settleable(NamedTuple):
    """A case of a rule with open questions that the holder settled none of."""

    name: str
    rule: dict[str, Any]
    evaluation: Evaluation
    case: Case

    @property
    def names(self) -> tuple[str, ...]:
        """The requirements of the rule."""
        return tuple(one["id"] for one in self.rule["requirements"])

    def each_reading(self) -> Iterator[Evaluation]:
        """The answers if each reading of each question stood in the rule itself."""
        on = self.case.on or example.ON
        for settled in each_reading(self.rule):
            (found,) = evaluate(self.case.licenses, self.case.credits, _book(settled), on).evaluations
            yield found


def settleable(subject: str) -> Iterator[Settleable]:
    """The cases of one subject whose rule has open questions, none of them settled, and one license."""
    module = importlib.import_module(f"{__name__}.{subject}")
    written = module.cases()
    for one in pinned(subject):
        rule = module.RULES[written[one.name][0]]
        assert isinstance(one, Pinned)
        (license_, *others) = one.case.licenses
        if isinstance(rule, list) or others or license_.confirmed or "open_questions" not in rule:
            continue
        (found,) = evaluate(one.case.licenses, one.case.credits, one.book, one.case.on or example.ON).evaluations
        yield Settleable(one.name, rule, found, one.case)


def _book(rules: dict[str, Any] | list[dict[str, Any]]) -> RuleBook:
    """A book of one rule, or of several whose first is the example."""
    several = rules if isinstance(rules, list) else [rules]
    books = []
    for rule in several:
        data = _exact(rule)
        books.append(example.book(*data.pop("requirements"), **data))
    first = books[0]
    for other in books[1:]:
        first.rules.update(other.rules)  # type: ignore[attr-defined]
    return first


def _exact(data: Any) -> Any:
    """Days and decimals in place of how the modules write them."""
    if isinstance(data, dict):
        return {key: _exact(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_exact(value) for value in data]
    if isinstance(data, float):
        return Decimal(str(data))
    return dt.date.fromisoformat(data) if isinstance(data, str) and _DAY.fullmatch(data) else data


def expected(subject: str) -> dict[str, list[str]]:
    """What the cases of one subject must answer."""
    text = (EXPECTED / f"{subject}.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, list[str]] = yaml.load(text, loader)
    return found


def write(subject: str) -> None:
    """Write what the cases of one subject answer now, to be reviewed."""
    lines = [f"# What the cases in ../{subject}.py must answer; see ../../test_pinned.py."]
    for one in pinned(subject):
        lines += ["", f"{one.name}:", *(f"  - {_quoted(line)}" for line in one.answer())]
    (EXPECTED / f"{subject}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quoted(line: str) -> str:
    return "'" + line.replace("'", "''") + "'"


def _shown(found: Evaluation, *, heading: bool) -> Iterator[str]:
    period = "none" if found.period is None else f"{found.period.start}..{found.period.end}"
    yield f"{found.rule + ' ' if heading else ''}period {period}: {found.standing}; {figures(found.summary)}; {figures(found.next_step)}"
    if found.profession != "counselor":
        yield f"as {found.profession}"
    for requirement in found.requirements:
        yield _requirement(requirement)
    for cap in found.caps:
        yield f"cap {cap.id}: {cap.used} of {cap.limit}, removed {cap.removed}; {figures(cap.why)}"
    for other in found.not_applicable:
        yield f"not due: {other.id}{f' ({other.label})' if other.label != other.id else ''}; {figures(other.why)}"
    for question in found.open_questions:
        yield _question(question)
    for credit in found.credits:
        toward = ", ".join(f"{name} {hours}" for name, hours in credit.toward.items())
        why = "" if credit.why_not is None else f"; why not: {figures(credit.why_not)}"
        yield f"{credit.id}: {credit.hours} h, counted {credit.counted}, toward [{toward}]{why}"
    if found.confirmed:
        yield f"confirmed: {', '.join(found.confirmed)}"


def _requirement(found: RequirementAnswer) -> str:
    marks = [f"best {found.favorable}"] if found.favorable != found.outcome else []
    marks += [f"called {found.label}"] if found.label != found.id else []
    marks += [f"source of {one.dated}" for one in found.sources if one.dated]
    marks += [f"carried {found.carried_in}"] if found.carried_in else []
    marks += [f"open {', '.join(found.open_questions)}"] if found.open_questions else []
    marks += [f"rests on {', '.join(found.confirmed)}"] if found.confirmed else []
    marks += ["on top"] if found.on_top else []
    marks += [f"within {found.within}"] if found.within else []
    marks += [f"or {len(found.alternatives)} other ways"] if found.alternatives else []
    amounts = f"{found.counted} of {found.required}, missing {found.missing}, due {found.due}"
    return "; ".join([f"{found.id}: {found.outcome}, {amounts}", *marks, f"why: {figures(found.why)}"])


def _question(found: QuestionAnswer) -> str:
    marks = [found.kind, "confirmed" if found.confirmed else "confirmable" if found.confirmable else "to be stated"]
    marks += [f"decides {', '.join(found.decides)}"] if found.decides else []
    return f"asked: {found.id} ({', '.join(marks)})"


def figures(sentence: str) -> str:
    """What a sentence is about, without its wording: the words of WORDS in it, the subjects it names, and its figures, in their order."""
    return " ".join(one for one in _SIGNS.findall(sentence) if one) or "-"


WORDS = (
    "approv", "accept", "certain", "favor", "confirm", "open", "each", "year", "earlier", "before", "began", "begun", "course",
    "exam", "repeat", "sign", "wait", "unit", "convert", "minute", "cap", "limit", "most", "nothing", "owed", "missing", "may",
    "was", "were", "counted", "carried", "done", "statement", "waive", "also", "besides", "inside", "within", "total", "whole",
    "short", "least", "step", "state", "format", "activity", "sponsor", "title", "active", "inactive", "law", "ethics", "suicide",
    "telehealth", "supervision", "hiv", "trauma", "home", "teaching", "Untitled", "first", "later", "turn", "answer", "enter", "ask",
)  # fmt: skip
"""Parts of words by which one sentence is told from another."""

_SIGNS = re.compile(rf"\d[\d.]*\d|\d|{'|'.join(WORDS)}", re.IGNORECASE)


__all__ = ["EXPECTED", "SUBJECTS", "Pinned", "expected", "figures", "pinned", "settleable", "write"]
