"""
Mutants of rule files: one number, date, topic, other word of a vocabulary, yes or no, or comparison side is changed.

Out of the population, because nothing in an answer rests on it:
* texts that are shown and never compared: `title`, `label`, `says`, `text`, `notes`, `applies_text`, `anchor`;
* where a number was read: `sources`, `confidence`, `checked_on`, `url`, and the board;
* what the file is: `id` (equal to its path, and checked), `jurisdiction`, `license_types`, `professions`;
* the ids of requirements, caps, questions and readings, which name a part and say nothing about it.

A change that the schema refuses, or that leaves the rule as it was, is no mutant: nobody could make it by mistake. Neither is
another `by` where `in_force` has no days that it could be compared with, or another body where every body is accepted.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import get_args

import yaml

from goodstanding.core.documents import DocumentError, parse_document, validate
from goodstanding.core.rules import clauses, model
from goodstanding.core.rules.case import Case
from goodstanding.core.rules.check import check_rules
from goodstanding.core.rules.load import Rule, RuleBook, load_rules
from goodstanding.core.rules.model import Accepts, InForce, RuleFile
from tests.data import test_rules as data_tests
from tests.mutation.mutant import Mutant
from tests.rules.situations import RULES, Situation, differences, files, situations

METADATA = frozenset(
    [
        "id",
        "title",
        "label",
        "says",
        "text",
        "notes",
        "applies_text",
        "anchor",
        "sources",
        "confidence",
        "checked_on",
        "url",
        "board",
        "jurisdiction",
        "license_types",
        "professions",
    ]
)
TOPICS = ("topics",)
WORDS: dict[str, tuple[str, ...]] = {
    "formats": get_args(clauses.Format),
    "activities": get_args(clauses.Activity),
    "sponsors": get_args(clauses.SponsorKind),
    "by": get_args(clauses.By),
    "others": get_args(clauses.Others),
    "unit": get_args(clauses.Unit),
    "hours_per_unit": get_args(clauses.Unit),
    "frequency": get_args(model.Frequency),
    "kind": get_args(model.Kind),
    "per": ("period", "year", "day", "entry", "unit"),
    "years": ("any", "odd", "even"),
    "repeats": ("counted", "not_counted"),
    "repeats_within": ("period", "two_periods", "ever"),
    "round": ("none", "down", "up", "nearest"),
    "count": ("whole", "started"),
    "window": ("period", "ever"),
    "statuses": ("inactive", "lapsed", "retired"),
    "about": get_args(clauses.About),
}
BODIES = ("approved_by", "numbered_by", "bodies")
FREE_WORDS = ("title_has", "courses")
REFERENCES = ("on", "not_with", "within")
FACTS = ("fact", "since", "starts")
SIDES = {"at_least": "at_most", "at_most": "at_least", "all": "any", "any": "all"}

Path_ = tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class _Scalar:
    path: Path_
    start: int
    end: int
    line: int
    text: str
    plain: bool
    is_key: bool
    siblings: int
    """How many elements the list has in which it stands; 0 outside lists."""


def mutants_of(rule_id: str) -> list[Mutant]:
    """All mutants of one rule file; the payload is the changed text of the whole file."""
    rules = load_rules(RULES)
    file = RULES / f"{rule_id}.yaml"
    text = file.read_text(encoding="utf-8")
    original = rules[rule_id].file
    deciding = _deciding(original)
    found: dict[str, Mutant] = {}
    for scalar in _scalars(yaml.compose(text, Loader=yaml.SafeLoader), ()):
        for kind, start, end, new in _changes(scalar, text, original, rules):
            changed = text[:start] + new + text[end:]
            read = _read(changed, rule_id)
            if read is None or changed in found or _deciding(read.file) == deciding:
                continue
            before = text[start:end].strip(", ")
            place = ".".join(scalar.path)
            found[changed] = Mutant(f"rules/{rule_id}.yaml", scalar.line, kind, place, before, new.strip() or "nothing", changed)
    return list(found.values())


def _deciding(rule: RuleFile) -> RuleFile:
    """The rule with what decides nothing made alike: `by` without days, and `bodies` beside others that all count."""

    def days(dates: InForce | None) -> InForce | None:
        return dates.model_copy(update={"by": "period_end"}) if dates and not dates.from_ and not dates.to else dates

    def bodies(accepts: Accepts | None) -> Accepts | None:
        return accepts.model_copy(update={"bodies": ()}) if accepts and accepts.others != "none" else accepts

    changed: dict[str, object] = {
        key: tuple(part.model_copy(update={"in_force": days(part.in_force)}) for part in getattr(rule, key))
        for key in ("requirements", "caps")
    }
    changed["open_questions"] = tuple(
        question.model_copy(
            update={"readings": tuple(one.model_copy(update={"accepts": bodies(one.accepts)}) for one in question.readings)}
        )
        for question in rule.open_questions
    )
    return rule.model_copy(update={"in_force": days(rule.in_force), "accepts": bodies(rule.accepts), **changed})


def _scalars(node: yaml.Node, path: Path_, siblings: int = 0) -> Iterator[_Scalar]:
    if isinstance(node, yaml.MappingNode):
        own = next((value.value for key, value in node.value if key.value == "id"), None)
        if own is not None and siblings:
            path = (*path[:-1], own)
        for key, value in node.value:
            if key.value in METADATA:
                continue
            yield _scalar(key, (*path, key.value), is_key=True)
            yield from _scalars(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _scalars(value, (*path, str(index)), len(node.value))
    else:
        yield _scalar(node, path, siblings=siblings)


def _scalar(node: yaml.Node, path: Path_, *, is_key: bool = False, siblings: int = 0) -> _Scalar:
    mark = node.start_mark
    return _Scalar(path, mark.index, node.end_mark.index, mark.line + 1, node.value, node.style is None, is_key, siblings)


Change = tuple[str, int, int, str]


def _changes(scalar: _Scalar, text: str, rule: RuleFile, rules: RuleBook) -> Iterator[Change]:
    """What to write instead of one scalar: kind, from where to where, and the new text."""
    here = (scalar.start, scalar.end)
    names = [step for step in scalar.path if not step.isdigit()]
    key = names[-1] if names else ""
    if scalar.is_key:
        owner = names[-2] if len(names) > 1 else ""
        if key in SIDES:
            yield "side", *here, SIDES[key]
        if owner in ("hours_per_unit", "statuses"):
            yield "word", *here, _next(scalar.text, WORDS[owner])
        if owner == "hours" and "several" in names and scalar.text.isdigit():
            yield "number", *here, f'"{int(scalar.text) + 1}"'
        return
    if key in TOPICS:
        yield "topic", *here, _near_topic(scalar.text, rules)
    elif key in BODIES:
        yield "word", *here, _next(scalar.text, tuple(rules.approvals))
    elif key in FREE_WORDS:
        yield "word", *here, f'"{scalar.text}x"'
    elif key in REFERENCES and len(rule.requirement_ids()) > 1:
        yield "reference", *here, _next(scalar.text, rule.requirement_ids())
    elif key in FACTS:
        kind = rules.facts[scalar.text].type
        yield "word", *here, _next(scalar.text, tuple(name for name, fact in rules.facts.items() if fact.type == kind))
    elif key in WORDS and not scalar.text.isdigit():
        for word in WORDS[key] if key in ("by", "about", "per", "frequency") else (_next(scalar.text, WORDS[key]),):
            if word != scalar.text:
                yield "word", *here, word
    elif scalar.text in ("true", "false") and scalar.plain:
        yield "boolean", *here, "false" if scalar.text == "true" else "true"
    else:
        yield from ((kind, *here, new) for kind, new in _other_values(scalar))
    if scalar.siblings > 1 and (key in TOPICS or key in BODIES or key in FREE_WORDS or key in REFERENCES or key in WORDS):
        yield ("topic" if key in TOPICS else "reference" if key in REFERENCES else "word"), *_with_comma(scalar, text), ""


def _with_comma(scalar: _Scalar, text: str) -> tuple[int, int]:
    """The element of a list with the comma after it or, at the end of the list, before it."""
    after = re.compile(r"\s*,\s*").match(text, scalar.end)
    if after:
        return scalar.start, after.end()
    return text.rindex(",", 0, scalar.start), scalar.end


def _other_values(scalar: _Scalar) -> Iterator[tuple[str, str]]:
    """A little more and a little less than a number, a share or a date."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", scalar.text):
        day = dt.date.fromisoformat(scalar.text)
        yield "date", (day + dt.timedelta(days=1)).isoformat()
        yield "date", (day - dt.timedelta(days=1)).isoformat()
    elif re.fullmatch(r"\d\d-\d\d", scalar.text):  # the end of a counting window, in a year of its own
        day = dt.date.fromisoformat(f"2024-{scalar.text}")
        yield "date", f'"{day + dt.timedelta(days=1):%m-%d}"'
        yield "date", f'"{day - dt.timedelta(days=1):%m-%d}"'
    elif match := re.fullmatch(r"(\d+)/(\d+)", scalar.text):
        yield "number", f'"{match[1]}/{int(match[2]) + 1}"'
        yield "number", f'"{match[1]}/{int(match[2]) - 1}"'
    elif re.fullmatch(r"\d+", scalar.text) and scalar.plain:
        yield "number", str(int(scalar.text) + 1)
        yield "number", str(int(scalar.text) - 1)
    elif re.fullmatch(r"\d*\.\d+", scalar.text) and scalar.plain:
        step = Decimal("0.1") if Decimal(scalar.text) < 1 else Decimal(1)
        yield "number", str(Decimal(scalar.text) + step)
        yield "number", str(Decimal(scalar.text) - step)


def _next(word: str, words: Sequence[str]) -> str:
    return words[(words.index(word) + 1) % len(words)] if word in words else words[0]


def _near_topic(topic: str, rules: RuleBook) -> str:
    """The nearest other topic: a broader one, else a narrower one, else the next. Near ones are the hardest to notice."""
    broader = sorted(rules.topics.counts_for(topic) - {topic})
    if broader:
        return broader[0]
    narrower = [one for one in rules.topics if one != topic and topic in rules.topics.counts_for(one)]
    return narrower[0] if narrower else _next(topic, tuple(rules.topics))


def _read(text: str, rule_id: str) -> Rule | None:
    try:
        document = parse_document(text, name=rule_id)
        return Rule(file=validate(RuleFile, document), version="mutant", document=document)
    except (DocumentError, ValueError):
        return None


def names(only: Sequence[str]) -> list[str]:
    """The rules whose file has one of these texts in its path; all without any."""
    return [rule_id for rule_id in load_rules(RULES) if not only or any(text in f"rules/{rule_id}.yaml" for text in only)]


class Tests:
    """The tests of one rule: its situations, what `check` finds, and the tests of rule files as data."""

    def __init__(self, rule_id: str) -> None:
        self.rule_id = rule_id
        self.rules = load_rules(RULES)
        all_ = situations(rule_id, files()[rule_id])
        self._cases: list[tuple[Situation, Case]] = [(one, one.case(self.rules)) for one in all_]
        if self.notice((RULES / f"{rule_id}.yaml").read_text(encoding="utf-8")):
            raise SystemExit(f"The tests of {rule_id} fail before anything is changed; mend that first.")

    def notice(self, text: str) -> bool:
        """Whether a test fails with this text as the rule file."""
        rule = _read(text, self.rule_id)
        assert rule is not None
        book = dataclasses.replace(self.rules, rules={**self.rules.rules, self.rule_id: rule})
        for index, (situation, case) in enumerate(self._cases):
            if self._fails(situation, case, book):
                # Neighbors in the file are often noticed by the same situation.
                self._cases.insert(0, self._cases.pop(index))
                return True
        return self._data_tests_fail(book) or self._check_finds(text)

    def _fails(self, situation: Situation, case: Case, book: RuleBook) -> bool:
        try:
            return bool(differences(situation, book, case))
        except Exception:  # noqa: BLE001 - a test that raises has noticed, whatever it is
            return True

    def _check_finds(self, text: str) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rule.yaml"
            file.write_text(text, encoding="utf-8")
            return bool(check_rules(file, vocabulary=RULES))

    def _data_tests_fail(self, book: RuleBook) -> bool:
        kept = data_tests.BOOK
        data_tests.BOOK = book
        try:
            for name, test in vars(data_tests).items():
                if name.startswith("test_") and test.__code__.co_argcount == 1:  # those that are about each rule
                    test(self.rule_id)
        except AssertionError:
            return True
        finally:
            data_tests.BOOK = kept
        return False
