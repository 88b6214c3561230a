"""
Reading `rules/`: all rule files and the vocabularies they share, as one immutable book.

Parsing YAML is the slow part, so a book is kept per folder as long as no file in it changed.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from goodstanding.core.documents import Document, DocumentError, Finding, read_document, validate
from goodstanding.core.rules.model import ApprovalBody, ApprovalFile, Fact, FactFile, RuleFile, Topic, TopicFile

TOPICS = "topics.yaml"
FACTS = "facts.yaml"
APPROVALS = "approvals.yaml"
VOCABULARIES = (TOPICS, FACTS, APPROVALS)

_STATE = re.compile(r"(?P<topic>[a-z0-9_]+)(?P<place>_[a-z]{2}_[a-z]{2})\Z")


@dataclass(frozen=True, eq=False)
class TopicBook:
    """The topics, and which of them counts for which."""

    topics: Mapping[str, Topic]
    _broader: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def __contains__(self, topic: str) -> bool:
        if topic in self.topics:
            return True
        match = _STATE.match(topic)
        return match is not None and (known := self.topics.get(match["topic"])) is not None and known.by_state

    def __iter__(self) -> Iterator[str]:
        return iter(self.topics)

    def label(self, topic: str) -> str:
        match = _STATE.match(topic)
        if topic in self.topics or match is None:
            return self.topics[topic].label
        return f"{self.topics[match['topic']].label} ({match['place'][1:].upper().replace('_', '-')})"

    def counts_for(self, topic: str) -> frozenset[str]:
        """`topic` itself and every broader topic that an hour about it counts for."""
        known = self._broader.get(topic)
        if known is None:
            known = self._broader[topic] = frozenset(self._walk(topic))
        return known

    def _walk(self, topic: str) -> Iterator[str]:
        waiting, seen = [topic], set[str]()
        while waiting:
            one = waiting.pop()
            if one in seen or one not in self:
                continue
            seen.add(one)
            yield one
            match = _STATE.match(one)
            if one in self.topics or match is None:
                waiting.extend(self.topics[one].broader)
            else:
                plain = match["topic"]
                waiting.append(plain)
                waiting.extend(f"{broader}{match['place']}" for broader in self.topics[plain].broader)


@dataclass(frozen=True)
class Rule:
    """A rule file with its place and the hash that names its version."""

    file: RuleFile
    version: str
    document: Document = field(repr=False, compare=False)
    memory: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """What evaluations work out from the file alone, kept for the next one."""


@dataclass(frozen=True)
class RuleBook:
    """All rules and vocabularies of one folder."""

    rules: Mapping[str, Rule]
    topics: TopicBook
    facts: Mapping[str, Fact]
    approvals: Mapping[str, ApprovalBody]
    version: str
    _aliases: Mapping[str, str] = field(repr=False, compare=False)

    def __getitem__(self, rule_id: str) -> Rule:
        return self.rules[rule_id]

    def __contains__(self, rule_id: str) -> bool:
        return rule_id in self.rules

    def __iter__(self) -> Iterator[str]:
        return iter(self.rules)

    @property
    def versions(self) -> dict[str, str]:
        """The version of each rule, by its id."""
        return {rule_id: rule.version for rule_id, rule in self.rules.items()}

    def questions_for(self, rule_id: str) -> dict[str, Fact]:
        """The facts that this rule asks the holder about, in the order of the rule."""
        return {fact_id: self.facts[fact_id] for fact_id in self.rules[rule_id].file.facts_asked()}

    def approval(self, name: str) -> str:
        """The one id of an approval body for any of its names; an unknown name stands for itself."""
        plain = name.strip().lower().replace("-", "_").replace(" ", "_")
        return self._aliases.get(plain, plain)

    def approval_label(self, approval_id: str) -> str:
        body = self.approvals.get(approval_id)
        return body.label if body else approval_id.replace("_", " ").upper()


def suggest(word: str, known: Iterable[str]) -> str:
    """The mend for a word that is not in a vocabulary."""
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    shown = ", ".join(words[:40])
    return f"Use one of: {shown}." if words else "There is none to choose from; remove it."


_cache: dict[Path, tuple[tuple[tuple[str, int, int], ...], RuleBook]] = {}


def load_rules(path: Path) -> RuleBook:
    """
    All rules below the folder `path`; the same object as long as no file there changed.

    Raises DocumentError with every finding of every file, so an author mends them in one go.
    """
    folder = path.resolve()
    stamp = tuple(
        (str(file), (stat := file.stat()).st_mtime_ns, stat.st_size) for file in sorted(folder.rglob("*.yaml")) if file.is_file()
    )
    kept = _cache.get(folder)
    if kept and kept[0] == stamp:
        return kept[1]
    book, findings = read_rules(path)
    if findings or book is None:
        raise DocumentError(findings)
    _cache[folder] = (stamp, book)
    return book


def _id_by_path(file: Path, *, root: Path) -> str:
    """The id that the place of `file` below `root` gives it; empty for a file that was named alone."""
    place = file.absolute().relative_to(root.absolute())
    return "" if place == Path() else place.with_suffix("").as_posix()


def read_rules(path: Path, *, vocabulary: Path | None = None) -> tuple[RuleBook | None, list[Finding]]:
    """
    The rules below `path` (or the one file there), with what is wrong in any of them.

    The vocabularies are those in the folder itself, in the nearest folder above that has them or, where none has, in the
    folder `vocabulary`. Without readable vocabularies there is no book. Ids are compared with the path from the folder of the
    vocabularies, so a part of the tree can be checked alone.
    """
    root = next((folder for folder in (path, *path.absolute().parents) if (folder / TOPICS).is_file()), None)
    words = root or vocabulary or path
    try:
        documents = [read_document(words / name) for name in VOCABULARIES]
        topics = validate(TopicFile, documents[0]).topics
        facts = validate(FactFile, documents[1]).facts
        approvals = validate(ApprovalFile, documents[2]).approval_bodies
    except DocumentError as error:
        return None, list(error.findings)
    vocabulary_hash = hashlib.sha256(b"".join((words / name).read_bytes() for name in VOCABULARIES)).digest()
    findings: list[Finding] = []
    rules: dict[str, Rule] = {}
    for file in [path] if path.is_file() else sorted(path.rglob("*.yaml")):
        if file.name in VOCABULARIES and (file.parent / TOPICS).is_file():
            continue
        try:
            document = read_document(file)
            rule = validate(RuleFile, document)
        except DocumentError as error:
            findings.extend(error.findings)
            continue
        expected = _id_by_path(file, root=root or path) or rule.id
        if rule.id != expected:
            findings.append(document.finding(("id",), f"The id `{rule.id}` differs from the path.", f"Write `id: {expected}`."))
            continue
        version = hashlib.sha256(vocabulary_hash + file.read_bytes()).hexdigest()[:12]
        rules[rule.id] = Rule(file=rule, version=version, document=document)
    whole = hashlib.sha256(vocabulary_hash + "".join(rule.version for rule in rules.values()).encode()).hexdigest()[:12]
    aliases = {other: body_id for body_id, body in approvals.items() for other in body.also}
    book = RuleBook(rules=rules, topics=TopicBook(topics), facts=facts, approvals=approvals, version=whole, _aliases=aliases)
    return book, findings
