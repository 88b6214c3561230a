"""
The schema of a rule file: what one board requires of one license type, as dated data.

A new kind of demand is a new optional key here, so that files written for an older schema stay valid. What a file can not
say with these keys is written as an open question or a note; it is never left out.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from goodstanding.core.documents import Number, Sequence, Strict

Profession = Literal["counselor", "psychologist", "social_worker", "mft"]
Unit = Literal["hour", "minute", "semester_credit", "quarter_credit", "ceu", "publication", "day", "exam"]
Confidence = Literal["primary", "secondary", "vendor", "conflicting"]
Kind = Literal["minimum", "course", "exam", "attestation"]
Frequency = Literal["each_renewal", "once", "first_renewal"]
Window = Literal["period", "ever"]
By = Literal["period_start", "period_end", "completion"]
Others = Literal["none", "any_body", "anyone"]
SourceKind = Literal["statute", "board", "association", "vendor", "standards"]

Hours = Annotated[Number, Field(ge=0, le=1000)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
FactValue = bool | int | str | dt.date


class Aliased(Strict):
    """A schema whose keys include words that Python keeps for itself (`from`, `is`, `not`)."""

    model_config = ConfigDict(populate_by_name=True)


class Source(Strict):
    """Where a number was read, in our own words; `dated` is the day or year the source gives itself."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=500)] | None
    kind: SourceKind
    says: Text
    dated: str | dt.date | int | None = None


class InForce(Aliased):
    """
    The days between which a part of a rule holds, both included, and what is compared with them.

    `period_end` compares the last day of the license period, `period_start` its first day; `completion` restricts which
    entries count, by the day they were completed.
    """

    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None
    by: By

    @model_validator(mode="after")
    def _ordered(self) -> InForce:
        if self.from_ and self.to and self.to < self.from_:
            raise ValueError(f"`to` ({self.to}) lies before `from` ({self.from_})")
        return self

    def covers(self, day: dt.date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)


class Condition(Aliased):
    """
    A condition on the holder: on one fact, on the number of renewals completed, or a combination of conditions.

    Exactly one of `fact`, `renewals`, `all`, `any` and `not` is given; `is`, `at_least` and `at_most` go with the first two.
    """

    fact: Identifier | None = None
    renewals: Literal[True] | None = None
    is_: FactValue | None = Field(default=None, alias="is")
    at_least: int | dt.date | None = None
    at_most: int | dt.date | None = None
    all: Sequence[Condition] | None = None
    any: Sequence[Condition] | None = None
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_subject(self) -> Condition:
        subjects = [self.fact, self.renewals, self.all, self.any, self.not_]
        if sum(subject is not None for subject in subjects) != 1:
            raise ValueError("a condition has exactly one of `fact`, `renewals`, `all`, `any`, `not`")
        compared = any(value is not None for value in (self.is_, self.at_least, self.at_most))
        if compared != (self.subject is not None):
            raise ValueError("`fact` and `renewals` need `is`, `at_least` or `at_most`, and only they can have them")
        return self

    @property
    def subject(self) -> str | None:
        """What is compared: the id of a fact, or `renewals`; None for a combination."""
        return self.fact or ("renewals" if self.renewals else None)

    def leaves(self) -> tuple[Condition, ...]:
        """All comparisons inside this condition."""
        if self.subject:
            return (self,)
        parts = self.all or self.any or (() if self.not_ is None else (self.not_,))
        return tuple(leaf for part in parts for leaf in part.leaves())

    def holds(self, values: dict[str, FactValue]) -> bool:
        """Whether it holds for `values`, which must contain every subject; see `leaves`."""
        if self.all is not None:
            return all(part.holds(values) for part in self.all)
        if self.any is not None:
            return any(part.holds(values) for part in self.any)
        if self.not_ is not None:
            return not self.not_.holds(values)
        value: Any = values[self.subject or ""]
        return (
            (self.is_ is None or value == self.is_)
            and (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
        )


class Accepts(Strict):
    """
    Whose courses count: those approved by one of `bodies`, and, by `others`, nobody else, any approval body at all, or
    anyone, approved or not.
    """

    bodies: Sequence[Identifier] = ()
    others: Others
    sources: Sequence[Identifier] = ()


class CarryIn(Strict):
    """Surplus hours of the period before: whether they count, and at most how many per requirement."""

    allowed: bool
    at_most: dict[Identifier, Hours] = {}
    sources: Sequence[Identifier] = ()


class Alternative(Strict):
    """Another way to satisfy a requirement: a fact the holder can declare. It is never assumed."""

    fact: Identifier
    says: Text
    sources: Sequence[Identifier] = ()


class Variant(Strict):
    """Other hours for some holders, such as a reduced first period; the first variant that holds is taken."""

    when: Condition
    hours: Hours
    says: Text
    sources: Sequence[Identifier]


class Requirement(Strict):
    """
    One demand of a rule set in one dated version; several versions of the same id may stand side by side.

    `before: not_due` says that nothing was due before the first version came into force. Without it, an earlier day means
    that the older text was not read, and the answer is Unknown.
    """

    id: Identifier
    kind: Kind = "minimum"
    label: Text
    says: Text
    hours: Hours | None = None
    topics: Sequence[Identifier] = ()
    fact: Identifier | None = None
    frequency: Frequency = "each_renewal"
    window: Window | None = None
    applies_when: Condition | None = None
    applies_text: Text | None = None
    variants: Sequence[Variant] = ()
    alternatives: Sequence[Alternative] = ()
    in_force: InForce | None = None
    before: Literal["not_due"] | None = None
    confidence: Confidence
    sources: Annotated[Sequence[Identifier], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Requirement:
        if (self.hours is not None) != (self.kind == "minimum"):
            raise ValueError("a `minimum` needs `hours`, and no other kind has them")
        if (self.fact is not None) != (self.kind == "attestation"):
            raise ValueError("an `attestation` needs a `fact`, and no other kind has one")
        if self.kind in ("course", "exam") and not self.topics:
            raise ValueError(f"`kind: {self.kind}` needs `topics`")
        if self.kind == "minimum" and (self.id == "total") == bool(self.topics):
            raise ValueError("a topic minimum needs `topics`, and `total` has none")
        if self.applies_when is not None and self.applies_text is None:
            raise ValueError("`applies_when` needs `applies_text`, which says in words to whom it applies")
        return self

    @property
    def counts_from(self) -> Window:
        """Whether only entries of the period count. What is due once may have been met at any earlier time."""
        return self.window or ("ever" if self.frequency == "once" else "period")


class RequirementPatch(Strict):
    """What a reading replaces in one requirement; `due: false` reads it as not required at all."""

    hours: Hours | None = None
    topics: Sequence[Identifier] | None = None
    window: Window | None = None
    due: bool | None = None


class Reading(Strict):
    """One way to read an uncertain part, and what it replaces in the rule."""

    id: Identifier
    says: Text
    requirements: dict[Identifier, RequirementPatch] = {}
    accepts: Accepts | None = None
    hour_minutes: Annotated[int, Field(ge=1, le=120)] | None = None
    sources: Sequence[Identifier] = ()


class OpenQuestion(Strict):
    """A part of the rule that the sources leave open, with every reading they allow; no reading is the default."""

    id: Identifier
    text: Text
    readings: Annotated[Sequence[Reading], Field(min_length=2, max_length=8)]
    sources: Sequence[Identifier] = ()

    @property
    def rule_wide(self) -> bool:
        """Whether a reading replaces a part that every requirement with hours depends on."""
        return any(reading.accepts or reading.hour_minutes for reading in self.readings)

    def touches(self, requirement: Requirement) -> bool:
        return self.rule_wide or any(requirement.id in reading.requirements for reading in self.readings)


class Board(Strict):
    name: Text
    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")]


class Cycle(Strict):
    """How long a license period runs, and what fixes its last day."""

    months: Annotated[int, Field(ge=1, le=120)]
    anchor: Text
    sources: Sequence[Identifier]


class Note(Strict):
    """Something a holder may want to know that decides nothing."""

    text: Text
    sources: Sequence[Identifier] = ()


class RuleFile(Strict):
    """One file below `rules/`: the rule set of one board for one license type, all dated versions in it."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+(/[a-z0-9_]+)+$")]
    title: Text
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    board: Board
    license_types: Annotated[Sequence[Text], Field(min_length=1)]
    professions: Annotated[Sequence[Profession], Field(min_length=1)]
    confidence: Confidence
    checked_on: dt.date
    cycle: Cycle
    in_force: InForce
    accepts: Accepts
    hour_minutes: Annotated[int, Field(ge=1, le=120)] | None = None
    hours_per_unit: dict[Unit, Hours] = {}
    round_down_to: Annotated[Number, Field(gt=0, le=1)] | None = None
    repeats: Literal["counted", "not_counted"] | None = None
    carry_in: CarryIn | None = None
    requirements: Sequence[Requirement]
    open_questions: Sequence[OpenQuestion] = ()
    notes: Sequence[Note] = ()
    sources: dict[Identifier, Source]

    def requirement_ids(self) -> tuple[str, ...]:
        """Each requirement id once, in the order of the file."""
        return tuple(dict.fromkeys(requirement.id for requirement in self.requirements))

    def versions(self, requirement_id: str) -> tuple[Requirement, ...]:
        """All dated versions of one requirement, in the order of the file."""
        return tuple(requirement for requirement in self.requirements if requirement.id == requirement_id)

    def in_force_of(self, requirement: Requirement) -> InForce:
        """The dates of one version: its own, or else those of the file."""
        return requirement.in_force or self.in_force

    def facts_asked(self) -> tuple[str, ...]:
        """The facts about the holder that any part of this rule asks for, in the order of the file."""
        asked: dict[str, None] = {}
        for requirement in self.requirements:
            conditions = [requirement.applies_when, *(variant.when for variant in requirement.variants)]
            for condition in conditions:
                if condition is not None:
                    asked.update(dict.fromkeys(leaf.fact for leaf in condition.leaves() if leaf.fact))
            asked.update(dict.fromkeys(alternative.fact for alternative in requirement.alternatives))
            if requirement.fact:
                asked[requirement.fact] = None
        return tuple(asked)


class Topic(Strict):
    """A subject of an hour. `by_state` also allows `<id>_us_xx`, which is narrower: a course about one state's rules."""

    label: Text
    broader: Sequence[Identifier] = ()
    by_state: bool = False


class TopicFile(Strict):
    topics: dict[Identifier, Topic]


class Fact(Strict):
    """Something about the holder that rules depend on, with the plain question to ask."""

    type: Literal["boolean", "date", "integer", "one_of"]
    question: Text
    help: Text | None = None
    options: dict[Identifier, Text] = {}

    @model_validator(mode="after")
    def _options_fit(self) -> Fact:
        if (self.type == "one_of") != bool(self.options):
            raise ValueError("`options` go with `type: one_of`, and only with it")
        return self

    def fits(self, value: object) -> bool:
        """Whether `value` has the declared type."""
        if self.type == "boolean":
            return isinstance(value, bool)
        if self.type == "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        if self.type == "date":
            return isinstance(value, dt.date)
        return value in self.options


class FactFile(Strict):
    facts: dict[Identifier, Fact]


class ApprovalBody(Strict):
    """A body that approves sponsors or courses; `also` lists other names under which certificates mention it."""

    label: Text
    also: Sequence[Identifier] = ()


class ApprovalFile(Strict):
    approval_bodies: dict[Identifier, ApprovalBody]
