"""
What the schema of rule files can not see: words that no vocabulary knows, sources that are not there, dates that overlap or
leave a gap, and questions that could not be answered.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from goodstanding.core.documents import Document, Finding, Location
from goodstanding.core.rules.judge import MAX_COMBINATIONS, RESERVED
from goodstanding.core.rules.load import TOPICS, Rule, RuleBook, read_rules, suggest
from goodstanding.core.rules.model import Accepts, Condition, Requirement, RuleFile


def check_rules(path: Path, *, vocabulary: Path | None = None) -> list[Finding]:
    """
    Everything wrong in the rules below `path`, or in the one rule file there; empty if nothing is.

    `vocabulary` is the folder whose topics, facts and approval bodies are used where `path` has none of its own.
    """
    book, findings = read_rules(path, vocabulary=vocabulary)
    if book is None:
        return sorted(findings)
    if not book.rules and not findings:
        findings.append(Finding(str(path), 1, "There is no rule file here.", "Check the path."))
    if (path / TOPICS).exists():
        findings.extend(_check_topics(book, path / TOPICS))
    for rule in book.rules.values():
        findings.extend(_Checker(rule, book).findings())
    return sorted(set(findings))


def _check_topics(book: RuleBook, path: Path) -> Iterator[Finding]:
    for topic_id, topic in book.topics.topics.items():
        for broader in topic.broader:
            if broader not in book.topics:
                yield Finding(str(path), 1, f"`{topic_id}` names the broader topic `{broader}`.", suggest(broader, book.topics))
            elif topic_id in book.topics.counts_for(broader):
                yield Finding(
                    str(path), 1, f"`{topic_id}` is broader than itself.", f"Remove `{broader}` from its broader topics."
                )


class _Checker:
    def __init__(self, rule: Rule, book: RuleBook) -> None:
        self.rule: RuleFile = rule.file
        self.document: Document = rule.document
        self.book = book

    def findings(self) -> Iterator[Finding]:
        yield from self._sources(("cycle",), self.rule.cycle.sources)
        yield from self._accepts(("accepts",), self.rule.accepts)
        if self.rule.carry_in:
            yield from self._sources(("carry_in",), self.rule.carry_in.sources)
        for index, requirement in enumerate(self.rule.requirements):
            yield from self._requirement(("requirements", index), requirement)
        for requirement_id in self.rule.requirement_ids():
            yield from self._dates(requirement_id)
        yield from self._questions()
        for index, note in enumerate(self.rule.notes):
            yield from self._sources(("notes", index), note.sources)
        yield from self._unused_sources()

    def _finding(self, at: Location, problem: str, mend: str) -> Finding:
        return self.document.finding(at, problem, mend)

    def _sources(self, at: Location, ids: Iterable[str]) -> Iterator[Finding]:
        for source in ids:
            if source not in self.rule.sources:
                yield self._finding((*at, "sources"), f"There is no source `{source}`.", suggest(source, self.rule.sources))

    def _unused_sources(self) -> Iterator[Finding]:
        used = set(self.rule.cycle.sources) | set(self.rule.accepts.sources)
        used |= set(self.rule.carry_in.sources if self.rule.carry_in else ())
        for requirement in self.rule.requirements:
            used.update(requirement.sources)
            used.update(*(variant.sources for variant in requirement.variants))
            used.update(*(alternative.sources for alternative in requirement.alternatives))
        for question in self.rule.open_questions:
            used.update(question.sources)
            for reading in question.readings:
                used.update(reading.sources, reading.accepts.sources if reading.accepts else ())
        for note in self.rule.notes:
            used.update(note.sources)
        for source in self.rule.sources:
            if source not in used:
                yield self._finding(("sources", source), f"Nothing rests on the source `{source}`.", "Name it where it belongs.")

    def _topics(self, at: Location, topics: Iterable[str]) -> Iterator[Finding]:
        for topic in topics:
            if topic not in self.book.topics:
                yield self._finding((*at, "topics"), f"There is no topic `{topic}`.", suggest(topic, self.book.topics))

    def _accepts(self, at: Location, accepts: Accepts) -> Iterator[Finding]:
        yield from self._sources(at, accepts.sources)
        for body in accepts.bodies:
            if body not in self.book.approvals:
                yield self._finding((*at, "bodies"), f"There is no approval body `{body}`.", suggest(body, self.book.approvals))

    def _requirement(self, at: Location, requirement: Requirement) -> Iterator[Finding]:
        yield from self._sources(at, requirement.sources)
        yield from self._topics(at, requirement.topics)
        if requirement.fact:
            yield from self._fact((*at, "fact"), requirement.fact)
        if requirement.applies_when:
            yield from self._condition((*at, "applies_when"), requirement.applies_when)
        for index, variant in enumerate(requirement.variants):
            where: Location = (*at, "variants", index)
            yield from self._condition((*where, "when"), variant.when)
            yield from self._sources(where, variant.sources)
            if not variant.sources:
                yield self._finding(where, "These hours have no source.", "Add `sources`.")
        for index, alternative in enumerate(requirement.alternatives):
            where = (*at, "alternatives", index)
            yield from self._sources(where, alternative.sources)
            yield from self._fact((*where, "fact"), alternative.fact, kind="boolean")
        if requirement.id in RESERVED:
            yield self._finding((*at, "id"), f"The id `{requirement.id}` is kept for the program.", "Choose another.")

    def _fact(self, at: Location, fact: str, *, kind: str | None = None) -> Iterator[Finding]:
        if fact not in self.book.facts:
            yield self._finding(at, f"There is no fact `{fact}`.", suggest(fact, self.book.facts))
        elif kind and self.book.facts[fact].type != kind:
            yield self._finding(at, f"The fact `{fact}` is not {kind}.", f"Name a fact with `type: {kind}`.")

    def _condition(self, at: Location, condition: Condition) -> Iterator[Finding]:
        for leaf in condition.leaves():
            values = [value for value in (leaf.is_, leaf.at_least, leaf.at_most) if value is not None]
            if leaf.fact is None:
                if any(isinstance(value, bool) or not isinstance(value, int) for value in values):
                    yield self._finding(at, "`renewals` is compared with something that is no number.", "Write a whole number.")
                continue
            yield from self._fact(at, leaf.fact)
            fact = self.book.facts.get(leaf.fact)
            if fact is None:
                continue
            if fact.type in ("boolean", "one_of") and (leaf.at_least is not None or leaf.at_most is not None):
                yield self._finding(at, f"The fact `{leaf.fact}` has no more or less.", "Use `is`.")
            elif any(not fact.fits(value) for value in values):
                yield self._finding(
                    at, f"The fact `{leaf.fact}` is compared with another type.", f"It is declared as {fact.type}."
                )

    def _dates(self, requirement_id: str) -> Iterator[Finding]:
        versions = [
            (index, self.rule.in_force_of(requirement))
            for index, requirement in enumerate(self.rule.requirements)
            if requirement.id == requirement_id
        ]
        if len({dates.by for _, dates in versions}) > 1:
            at: Location = ("requirements", versions[-1][0])
            yield self._finding(
                at, f"The versions of `{requirement_id}` compare different days.", "Use one `by` for all of them."
            )
            return
        ordered = sorted(versions, key=lambda version: version[1].from_ or dt.date.min)
        for (_, before), (index, after) in itertools.pairwise(ordered):
            at = ("requirements", index)
            if before.to is None or after.from_ is None or after.from_ <= before.to:
                problem = f"Two versions of `{requirement_id}` are in force at once."
                yield self._finding(at, problem, "Let one end the day before the other begins.")
            elif after.from_ - before.to > dt.timedelta(days=1):
                problem = f"No version of `{requirement_id}` is in force between {before.to} and {after.from_}."
                yield self._finding(at, problem, "Close the gap, or say in a version of its own what held then.")

    def _questions(self) -> Iterator[Finding]:
        seen: set[str] = set()
        ids = self.rule.requirement_ids()
        for index, question in enumerate(self.rule.open_questions):
            at: Location = ("open_questions", index)
            yield from self._sources(at, question.sources)
            if question.id in seen or question.id in self.book.facts or question.id in RESERVED:
                problem = f"The id `{question.id}` is taken by another question, a fact or the program."
                yield self._finding((*at, "id"), problem, "Choose another.")
            seen.add(question.id)
            effects = []
            for number, reading in enumerate(question.readings):
                where: Location = (*at, "readings", number)
                yield from self._sources(where, reading.sources)
                if reading.accepts:
                    yield from self._accepts((*where, "accepts"), reading.accepts)
                for requirement_id, patch in reading.requirements.items():
                    place: Location = (*where, "requirements", requirement_id)
                    if requirement_id not in ids:
                        yield self._finding(place, f"There is no requirement `{requirement_id}`.", suggest(requirement_id, ids))
                    yield from self._topics(place, patch.topics or ())
                    if patch.hours and not (reading.sources or question.sources):
                        yield self._finding(place, "These hours have no source.", "Add `sources` to the reading.")
                effects.append((reading.requirements, reading.accepts, reading.hour_minutes))
            if any(effect in effects[:number] for number, effect in enumerate(effects)):
                yield self._finding((*at, "readings"), "Two readings say the same.", "Keep one, or write how they differ.")
        for index, requirement in enumerate(self.rule.requirements):
            readings = [len(question.readings) for question in self.rule.open_questions if question.touches(requirement)]
            if math.prod(readings) * 8 > MAX_COMBINATIONS:
                problem = f"`{requirement.id}` has {math.prod(readings):,} combinations of readings."
                yield self._finding(("requirements", index), problem, "Join questions that are about the same thing.")
