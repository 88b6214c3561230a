"""
The case: a clinician's licenses and credits, as a file and as the types that `evaluate` takes.

The same types are filled from the database for the standing page, so a page and the command line can not differ.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from goodstanding.core.documents import (
    Document,
    DocumentError,
    Finding,
    Number,
    Sequence,
    Strict,
    parse_document,
    read_document,
    validate,
)
from goodstanding.core.rules.clauses import Activity, FactValue, Format, Profession, SponsorKind, Unit
from goodstanding.core.rules.load import RuleBook, suggest

Status = Literal["active", "inactive", "lapsed", "retired"]
Name = Annotated[str, Field(min_length=1, max_length=300)]
Id = Annotated[str, Field(min_length=1, max_length=100)]

MOST = {
    "hour": 1000,
    "minute": 60_000,
    "semester_credit": 60,
    "quarter_credit": 90,
    "ceu": 100,
    "publication": 100,
    "day": 400,
    "exam": 100,
}
"""More than this in one entry is taken for a slip of the pen."""

CONFIRMABLE = ("approvals", "repeat", "format", "activity", "sponsor", "course", "title", "state")
"""What an entry may leave unstated and the holder may settle with the board; named like `approvals:c1`."""

EARLIEST = dt.date(1930, 1, 1)
LATEST = dt.date(2150, 12, 31)

Day = Annotated[dt.date, Field(ge=EARLIEST, le=LATEST)]


def _confirmed(value: object) -> object:
    if value == "all" or isinstance(value, list | tuple):
        return tuple(value) if isinstance(value, list) else value
    raise ValueError("must be a list of open questions, or the word `all`")


def _questions(value: tuple[str, ...] | str) -> tuple[str, ...] | str:
    if isinstance(value, tuple) and not all(isinstance(question, str) for question in value):
        raise ValueError("holds something that is not the id of an open question")
    return value


Confirmed = Annotated[Any, BeforeValidator(_confirmed), AfterValidator(_questions)]
"""The ids of open questions that the holder settled, or `all`. One type of its own, so that an error is one sentence."""


class ListedPeriod(Strict):
    """An earlier or later license period that is not simply one cycle long."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _ordered(self) -> ListedPeriod:
        if self.end < self.start:
            raise ValueError(f"the period ends ({self.end}) before it starts ({self.start}); swap the days or correct them")
        return self


class License(Strict):
    """One license as its holder describes it."""

    rule: Name
    profession: Profession | None = None
    issued: Day | None = None
    expires: Day | None = None
    renewals: Annotated[int, Field(ge=0, le=100)] | None = None
    status: Status = "active"
    periods: Sequence[ListedPeriod] = ()
    waivers: Sequence[str] = ()
    carried_in: dict[str, Annotated[Number, Field(ge=0, le=1000)]] = {}
    facts: dict[str, FactValue | None] = {}
    confirmed: Confirmed = ()

    @model_validator(mode="after")
    def _ordered(self) -> License:
        if self.issued and self.expires and self.expires < self.issued:
            raise ValueError(
                f"the license expires ({self.expires}) before it was issued ({self.issued}); swap the days or correct them"
            )
        ordered = sorted(self.periods, key=lambda period: period.start)
        for before, after in itertools.pairwise(ordered):
            if after.start <= before.end:
                raise ValueError(f"two periods overlap from {after.start} on; let each start after the one before has ended")
        return self

    def confirms(self, question: str) -> bool:
        """Whether the holder settled this open question."""
        return bool(self.confirmed == "all" or question in self.confirmed)


class Quantity(Strict):
    """An amount as the certificate states it."""

    amount: Annotated[Number, Field(ge=0)]
    unit: Unit

    @model_validator(mode="after")
    def _plausible(self) -> Quantity:
        if self.amount > MOST[self.unit]:
            raise ValueError(
                f"{self.amount:f} with the unit `{self.unit}` is more than one entry can have; correct the amount or the unit"
            )
        return self


class Part(Strict):
    """A share of an entry, in the unit of its quantity: what it was about and how it was given."""

    amount: Annotated[Number, Field(ge=0)]
    topics: Sequence[str] = ()
    format: Format | None = None


class Sponsor(Strict):
    """Who gave the course."""

    name: Name | None = None
    kind: SponsorKind | None = None


class CourseIdentity(Strict):
    """What tells one course from another: an id for repeats, and the numbers that bodies gave it."""

    id: Id | None = None
    numbers: dict[str, str | int] = {}


class CreditEntry(Strict):
    """
    Something earned once. `approvals` left out means not stated; an empty list means none.

    `provisional` marks hours that are not yet signed by the people who must rate them: they are listed and count nothing.
    """

    id: Id
    title: Name = "Untitled"
    started: Day | None = None
    completed: Day
    quantity: Quantity
    parts: Sequence[Part] = ()
    format: Format | None = None
    activity: Activity | None = None
    approvals: Sequence[Name] | None = None
    sponsor: Sponsor | None = None
    course: CourseIdentity | None = None
    provisional: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> CreditEntry:
        if self.started and self.completed < self.started:
            raise ValueError(f"completed ({self.completed}) lies before started ({self.started}); swap the days or correct them")
        parts = sum((part.amount for part in self.parts), Decimal(0))
        if parts > self.quantity.amount:
            raise ValueError(
                f"the parts add up to {parts:f}, more than the whole of {self.quantity.amount:f}; "
                "an hour about two topics is one part with both topics"
            )
        return self


class Case(Strict):
    """A whole case file. Without `on`, whoever asks names the day."""

    on: Day | None = None
    licenses: Annotated[Sequence[License], Field(min_length=1, max_length=60)]
    credits: Annotated[Sequence[CreditEntry], Field(max_length=5000)] = ()


def read_case(path: Path, rules: RuleBook) -> Case:
    """The case in the file at `path`, checked against `rules`; raises DocumentError with every finding."""
    return case_of(read_document(path), rules)


def case_from_json(text: str, rules: RuleBook, *, name: str = "case") -> Case:
    """A case written as JSON, which has no days of its own: they are text like "2026-11-23". Raises DocumentError like `read_case`."""
    document = parse_document(text, name=name)
    return case_of(Document(path=name, data=_with_days(document.data), lines=document.lines), rules)


_DAYS = frozenset({"on", "issued", "expires", "start", "end", "started", "completed"})


def _with_days(data: Any, key: str = "") -> Any:
    """The same data with days where the schema wants days; whatever is not a day stays as it is, for the schema to refuse."""
    if isinstance(data, dict):
        return {name: _with_days(value, "issued" if key == "facts" else name) for name, value in data.items()}
    if isinstance(data, list):
        return [_with_days(value) for value in data]
    if key in _DAYS and isinstance(data, str):
        try:
            return dt.date.fromisoformat(data)
        except ValueError:
            return data
    return data


def case_of(document: Document, rules: RuleBook) -> Case:
    """The case in `document`; see `read_case`."""
    case = validate(Case, document)
    findings = check_case(case, rules, document)
    if findings:
        raise DocumentError(findings)
    return case


def check_case(case: Case, rules: RuleBook, document: Document) -> list[Finding]:
    """What the schema can not see: words that no vocabulary knows, and things that stand twice."""
    findings: list[Finding] = []
    seen: dict[tuple[str, str | None], int] = {}
    for index, license_ in enumerate(case.licenses):
        at = ("licenses", index)
        if license_.rule not in rules:
            mend = suggest(license_.rule, rules)
            findings.append(document.finding((*at, "rule"), f"There is no rule `{license_.rule}`.", mend))
            continue
        professions = rules[license_.rule].file.professions
        key = (license_.rule, license_.profession or (professions[0] if len(professions) == 1 else None))
        if key in seen:
            mend = "Keep one; several credits go to the same license."
            findings.append(document.finding((*at, "rule"), f"The license `{license_.rule}` stands twice.", mend))
        seen[key] = index
        findings.extend(_check_license(license_, case, rules, document, index))
    ids: set[str] = set()
    for index, credit in enumerate(case.credits):
        if credit.id in ids:
            finding = document.finding(
                ("credits", index, "id"), f"The credit id `{credit.id}` stands twice.", "Give each entry its own."
            )
            findings.append(finding)
        ids.add(credit.id)
        for number, part in enumerate(credit.parts):
            for position, topic in enumerate(part.topics):
                if topic not in rules.topics:
                    where = ("credits", index, "parts", number, "topics", position)
                    findings.append(document.finding(where, f"There is no topic `{topic}`.", suggest(topic, rules.topics)))
    return findings


def _check_license(license_: License, case: Case, rules: RuleBook, document: Document, index: int) -> list[Finding]:
    at = ("licenses", index)
    rule = rules[license_.rule].file
    findings: list[Finding] = []

    def unknown(key: str, step: str | int, what: str, word: str, known: Iterable[str]) -> None:
        findings.append(document.finding((*at, key, step), f"There is no {what} `{word}`.", suggest(word, known)))

    if license_.profession is None and len(rule.professions) > 1:
        mend = f"Add `profession:` with one of: {', '.join(rule.professions)}."
        findings.append(document.finding((*at, "rule"), "This rule serves several professions.", mend))
    if license_.profession is not None and license_.profession not in rule.professions:
        mend = f"Use one of: {', '.join(rule.professions)}."
        problem = f"This rule is not for the profession `{license_.profession}`."
        findings.append(document.finding((*at, "profession"), problem, mend))
    for fact_id, value in license_.facts.items():
        fact = rules.facts.get(fact_id)
        if fact is None:
            unknown("facts", fact_id, "fact", fact_id, rules.facts)
        elif value is not None and not fact.fits(value):
            kinds = {"boolean": "true or false", "integer": "a whole number", "date": "a day like 2026-11-23"}
            wanted = kinds.get(fact.type) or f"one of: {', '.join(fact.options)}"
            findings.append(
                document.finding((*at, "facts", fact_id), f"The fact `{fact_id}` must be {wanted}.", "Correct the value.")
            )
    ids = rule.requirement_ids()
    for position, waiver in enumerate(license_.waivers):
        if waiver not in ids:
            unknown("waivers", position, "requirement", waiver, ids)
    for requirement_id in license_.carried_in:
        if requirement_id not in ids:
            unknown("carried_in", requirement_id, "requirement", requirement_id, ids)
    if license_.confirmed != "all":
        questions = {"carried_in", *rule.settleable()}
        questions |= {f"{kind}:{credit.id}" for credit in case.credits for kind in CONFIRMABLE}
        for position, question in enumerate(license_.confirmed):
            if question in rules.facts and question not in questions:
                mend = "Answer it under `facts`; only open questions can be confirmed."
                findings.append(document.finding((*at, "confirmed", position), f"`{question}` is a fact about you.", mend))
            elif question not in questions:
                unknown("confirmed", position, "open question", question, questions)
    return findings
