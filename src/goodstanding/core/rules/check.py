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
from typing import Any

from goodstanding.core.documents import Document, Finding, Location
from goodstanding.core.rules.allocate import MAX_LINKED
from goodstanding.core.rules.clauses import Every, Variant, Which, WindowOf
from goodstanding.core.rules.ground import MAX_COMBINATIONS, RESERVED
from goodstanding.core.rules.load import TOPICS, Rule, RuleBook, read_rules, suggest
from goodstanding.core.rules.model import Accepts, Cap, Condition, Requirement, RequirementPatch, RuleFile


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
        yield from self._counting()
        yield from self._accepts(("accepts",), self.rule.accepts)
        if self.rule.carry_in:
            yield from self._sources(("carry_in",), self.rule.carry_in.sources)
        for number, rate in enumerate(self.rule.rates):
            yield from self._sources(("rates", number), rate.sources)
            yield from self._which(("rates", number, "which"), rate.which)
        for index, requirement in enumerate(self.rule.requirements):
            yield from self._requirement(("requirements", index), requirement)
        for requirement_id in self.rule.requirement_ids():
            yield from self._dates("requirements", requirement_id)
        for index, cap in enumerate(self.rule.caps):
            yield from self._cap(("caps", index), cap)
        for cap_id in self.rule.cap_ids():
            yield from self._dates("caps", cap_id)
        yield from self._several()
        yield from self._statuses()
        yield from self._questions()
        yield from self._conversions()
        yield from self._linked()
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
        used = set(_named_sources(self.document.data))
        for source in self.rule.sources:
            if source not in used:
                yield self._finding(("sources", source), f"Nothing rests on the source `{source}`.", "Name it where it belongs.")

    def _topics(self, at: Location, topics: Iterable[str]) -> Iterator[Finding]:
        for topic in topics:
            if topic not in self.book.topics:
                yield self._finding((*at, "topics"), f"There is no topic `{topic}`.", suggest(topic, self.book.topics))

    def _accepts(self, at: Location, accepts: Accepts) -> Iterator[Finding]:
        yield from self._sources(at, accepts.sources)
        if accepts.except_for is not None:
            yield from self._which((*at, "except_for"), accepts.except_for)
        for body in accepts.bodies:
            if body not in self.book.approvals:
                yield self._finding((*at, "bodies"), f"There is no approval body `{body}`.", suggest(body, self.book.approvals))

    def _counting(self) -> Iterator[Finding]:
        counting = self.rule.cycle.counting
        if counting is not None:
            at: Location = ("cycle", "counting")
            yield from self._sources(at, counting.sources)
            if counting.starts:
                yield from self._fact((*at, "starts"), counting.starts, kind="date")

    def _which(self, at: Location, which: Which) -> Iterator[Finding]:
        for part in which.parts():
            yield from self._topics(at, part.topics or ())
            for body in part.approved_by or ():
                if body not in self.book.approvals:
                    mend = suggest(body, self.book.approvals)
                    yield self._finding((*at, "approved_by"), f"There is no approval body `{body}`.", mend)

    def _parts_of(self, at: Location, part: Requirement | RequirementPatch) -> Iterator[Finding]:
        """What a requirement and what a reading puts in its place have in common."""
        yield from self._topics(at, part.topics or ())
        if part.which is not None:
            yield from self._which((*at, "which"), part.which)
        if part.applies_when:
            yield from self._condition((*at, "applies_when"), part.applies_when)
        yield from self._variants(at, part.variants or ())
        for index, alternative in enumerate(part.alternatives or ()):
            where: Location = (*at, "alternatives", index)
            yield from self._sources(where, alternative.sources)
            if alternative.fact:
                yield from self._fact((*where, "fact"), alternative.fact, kind="boolean")
            if alternative.entry:
                yield from self._which((*where, "entry"), alternative.entry)
        if isinstance(part.window, WindowOf) and part.window.since:
            yield from self._fact((*at, "window"), part.window.since, kind="date")
        ids = self.rule.requirement_ids()
        for key, names in (("within", [part.within] if part.within else []), ("not_with", part.not_with or ())):
            for name in names:
                if name not in ids:
                    yield self._finding((*at, key), f"There is no requirement `{name}`.", suggest(name, ids))
        yield from self._never_due(at, part.every)

    def _never_due(self, at: Location, every: Every | None) -> Iterator[Finding]:
        if every is not None and every.first is not None and every.renewals is not None and every.first > 3 * every.renewals:
            problem = f"This is first due in the license period {every.first}, later than three rounds of {every.renewals}."
            yield self._finding((*at, "every"), problem, "Correct `first`.")

    def _variants(self, at: Location, variants: Iterable[Variant]) -> Iterator[Finding]:
        seen: list[Condition] = []
        for index, variant in enumerate(variants):
            where: Location = (*at, "variants", index)
            yield from self._condition((*where, "when"), variant.when)
            yield from self._sources(where, variant.sources)
            if not variant.sources:
                yield self._finding(where, "These hours have no source.", "Add `sources`.")
            covering = next((one for one in seen if _covers(one, variant.when)), None)
            if covering is not None:
                problem = "This variant is never reached: one before it holds wherever it would."
                yield self._finding(where, problem, "Put the narrower condition first.")
            seen.append(variant.when)

    def _requirement(self, at: Location, requirement: Requirement) -> Iterator[Finding]:
        yield from self._sources(at, requirement.sources)
        yield from self._parts_of(at, requirement)
        if requirement.fact:
            yield from self._fact((*at, "fact"), requirement.fact)
        if requirement.id in RESERVED:
            yield self._finding((*at, "id"), f"The id `{requirement.id}` is kept for the program.", "Choose another.")
        if requirement.share_of_total is not None and "total" not in self.rule.requirement_ids():
            yield self._finding((*at, "share_of_total"), "There is no `total` to take a share of.", "Write `hours`.")
        yield from self._circles(at, requirement)
        if requirement.applies_when is not None and _contradicts(requirement.applies_when):
            mend = "Correct the condition; nobody can fulfil it."
            yield self._finding((*at, "applies_when"), f"`{requirement.id}` can never be due.", mend)

    def _circles(self, at: Location, requirement: Requirement) -> Iterator[Finding]:
        parents = {one.id: one.within for one in self.rule.requirements}
        seen, step = {requirement.id}, requirement.within
        while step is not None:
            if step in seen:
                yield self._finding((*at, "within"), f"`{requirement.id}` lies within itself.", "Correct `within`.")
                return
            seen.add(step)
            step = parents.get(step)

    def _cap(self, at: Location, cap: Cap) -> Iterator[Finding]:
        yield from self._sources(at, cap.sources)
        if cap.which is not None:
            yield from self._which((*at, "which"), cap.which)
        if cap.applies_when is not None:
            yield from self._condition((*at, "applies_when"), cap.applies_when)
        yield from self._variants(at, cap.variants)
        ids = self.rule.requirement_ids()
        for name in cap.on:
            if name not in ids:
                yield self._finding((*at, "on"), f"There is no requirement `{name}`.", suggest(name, ids))
        if cap.share_of_total is not None and "total" not in ids:
            yield self._finding((*at, "share_of_total"), "There is no `total` to take a share of.", "Write `hours`.")

    def _several(self) -> Iterator[Finding]:
        several = self.rule.several
        if several is None:
            return
        yield from self._sources(("several",), several.sources)
        ids = self.rule.requirement_ids()
        for name in several.hours:
            if name not in ids:
                yield self._finding(("several", "hours", name), f"There is no requirement `{name}`.", suggest(name, ids))

    def _statuses(self) -> Iterator[Finding]:
        ids = self.rule.requirement_ids()
        for status, asked in self.rule.statuses.items():
            at: Location = ("statuses", status)
            yield from self._sources(at, asked.sources)
            for requirement_id, patch in asked.requirements.items():
                if requirement_id not in ids:
                    mend = suggest(requirement_id, ids)
                    yield self._finding((*at, "requirements"), f"There is no requirement `{requirement_id}`.", mend)
                yield from self._parts_of((*at, "requirements", requirement_id), patch)

    def _linked(self) -> Iterator[Finding]:
        """More requirements that could compete for hours than the allocation goes through."""
        hours = [one for one in self.rule.requirement_ids() if self.rule.versions(one)[0].kind == "minimum"]
        compete = self.rule.caps or any(one.on_top or one.not_with for one in self.rule.requirements)
        if compete and len(hours) > MAX_LINKED:
            problem = f"{len(hours)} requirements could compete for hours; the exact allocation covers {MAX_LINKED}."
            yield self._finding(("requirements",), problem, "Join requirements, or write a cap as an open question.")

    def _fact(self, at: Location, fact: str, *, kind: str | None = None) -> Iterator[Finding]:
        if fact not in self.book.facts:
            yield self._finding(at, f"There is no fact `{fact}`.", suggest(fact, self.book.facts))
        elif kind and self.book.facts[fact].type != kind:
            yield self._finding(at, f"The fact `{fact}` is not {kind}.", f"Name a fact with `type: {kind}`.")

    def _condition(self, at: Location, condition: Condition) -> Iterator[Finding]:
        for leaf in condition.leaves():
            values = [value for value in (leaf.is_, leaf.at_least, leaf.at_most) if value is not None]
            if leaf.fact is None:
                yield from self._about(at, leaf.subject or "", values)
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

    def _about(self, at: Location, subject: str, values: Iterable[object]) -> Iterator[Finding]:
        if subject == "profession":
            for value in values:
                if value not in self.rule.professions:
                    problem = f"This rule does not serve the profession `{value}`."
                    yield self._finding(at, problem, suggest(str(value), self.rule.professions))
        elif subject in ("issued", "period_start", "period_end"):
            if any(not isinstance(value, dt.date) for value in values):
                yield self._finding(at, f"`{subject}` is compared with something that is no day.", "Write a day like 2026-11-23.")
        elif any(isinstance(value, bool) or not isinstance(value, int) for value in values):
            yield self._finding(at, f"`{subject}` is compared with something that is no number.", "Write a whole number.")

    def _dates(self, key: str, requirement_id: str) -> Iterator[Finding]:
        parts: Iterable[Requirement | Cap] = self.rule.requirements if key == "requirements" else self.rule.caps
        versions = [(index, self.rule.in_force_of(part)) for index, part in enumerate(parts) if part.id == requirement_id]
        if len({dates.by for _, dates in versions}) > 1:
            at: Location = (key, versions[-1][0])
            yield self._finding(
                at, f"The versions of `{requirement_id}` compare different days.", "Use one `by` for all of them."
            )
            return
        ordered = sorted(versions, key=lambda version: version[1].from_ or dt.date.min)
        for (_, before), (index, after) in itertools.pairwise(ordered):
            at = (key, index)
            if before.to is None or after.from_ is None or after.from_ <= before.to:
                problem = f"Two versions of `{requirement_id}` are in force at once."
                yield self._finding(at, problem, "Let one end the day before the other begins.")
            elif after.from_ - before.to > dt.timedelta(days=1):
                problem = f"No version of `{requirement_id}` is in force between {before.to} and {after.from_}."
                yield self._finding(at, problem, "Close the gap, or say in a version of its own what held then.")

    def _conversions(self) -> Iterator[Finding]:
        """How many hours an entry is, and whether it counts, may be open in one question only: readings of two would contradict."""
        asking: dict[str, str] = {}
        for index, question in enumerate(self.rule.open_questions):
            for name in ("accepts", "hour_minutes", "hours_per_unit", "repeats", "carry_in"):
                if any(getattr(reading, name) for reading in question.readings):
                    first = asking.setdefault(name, question.id)
                    if first != question.id:
                        problem = f"The questions `{first}` and `{question.id}` both replace `{name}`."
                        yield self._finding(("open_questions", index), problem, "Make one question of them, with every reading.")

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
                    yield from self._parts_of(place, patch)
                    if patch.hours and not (reading.sources or question.sources):
                        yield self._finding(place, "These hours have no source.", "Add `sources` to the reading.")
                for cap_id, cap_patch in reading.caps.items():
                    spot: Location = (*where, "caps", cap_id)
                    if cap_id not in self.rule.cap_ids():
                        yield self._finding(spot, f"There is no cap `{cap_id}`.", suggest(cap_id, self.rule.cap_ids()))
                    if cap_patch.which is not None:
                        yield from self._which((*spot, "which"), cap_patch.which)
                if reading.carry_in:
                    yield from self._sources((*where, "carry_in"), reading.carry_in.sources)
                effects.append(
                    (
                        reading.requirements,
                        reading.caps,
                        reading.accepts,
                        reading.hour_minutes,
                        reading.hours_per_unit,
                        reading.repeats,
                        reading.carry_in,
                    )
                )
            if any(effect in effects[:number] for number, effect in enumerate(effects)):
                yield self._finding((*at, "readings"), "Two readings say the same.", "Keep one, or write how they differ.")
        for index, requirement in enumerate(self.rule.requirements):
            readings = [len(question.readings) for question in self.rule.open_questions if question.touches(requirement)]
            if math.prod(readings) * 8 > MAX_COMBINATIONS:
                problem = f"`{requirement.id}` has {math.prod(readings):,} combinations of readings."
                yield self._finding(("requirements", index), problem, "Join questions that are about the same thing.")
        plain = len(self.rule.settleable()) - len(self.rule.open_questions)
        together = math.prod(len(question.readings) for question in self.rule.open_questions) * 2**plain
        if together > MAX_COMBINATIONS:
            problem = f"All open questions together have {together:,} combinations, too many to settle them as one."
            yield self._finding(("open_questions",), problem, "Join questions that are about the same thing.")


def _named_sources(data: object) -> Iterator[str]:
    """Every source that any part of the document names, however deep."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "sources" and isinstance(value, list):
                yield from (str(one) for one in value)
            else:
                yield from _named_sources(value)
    elif isinstance(data, list):
        for value in data:
            yield from _named_sources(value)


def _covers(wide: Condition, narrow: Condition) -> bool:
    """Whether `wide` certainly holds wherever `narrow` does; only plain comparisons of one thing are compared."""
    if wide == narrow:
        return True
    if wide.subject is None or wide.subject != narrow.subject or wide.is_ is not None:
        return False
    low: Any = narrow.is_ if narrow.is_ is not None else narrow.at_least
    high: Any = narrow.is_ if narrow.is_ is not None else narrow.at_most
    at_least: Any = wide.at_least
    at_most: Any = wide.at_most
    if len({type(value) for value in (low, high, at_least, at_most) if value is not None}) > 1:
        return False  # a comparison of the wrong type is a finding of its own
    low_fits = wide.at_least is None or (low is not None and low >= at_least)
    high_fits = wide.at_most is None or (high is not None and high <= at_most)
    return low_fits and high_fits


def _contradicts(condition: Condition) -> bool:
    """Whether a condition can not hold for anybody, as far as plain comparisons joined by `all` show."""
    leaves = condition.all if condition.all is not None else (condition,)
    by_subject: dict[str, list[Condition]] = {}
    for leaf in leaves:
        if leaf.subject:
            by_subject.setdefault(leaf.subject, []).append(leaf)
    for same in by_subject.values():
        exact = {leaf.is_ for leaf in same if leaf.is_ is not None}
        if len({type(one) for leaf in same for one in (leaf.is_, leaf.at_least, leaf.at_most) if one is not None}) > 1:
            continue
        low: Any = max((leaf.at_least for leaf in same if leaf.at_least is not None), default=None)
        high: Any = min((leaf.at_most for leaf in same if leaf.at_most is not None), default=None)
        if len(exact) > 1 or (low is not None and high is not None and low > high):
            return True
    return False
