"""
The schema of a rule file: what one board requires of one license type, as dated data.

A new kind of demand is a new optional key here, so that files written for an older schema stay valid. What a file can not
say with these keys is written as an open question or a note; it is never left out.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from goodstanding.core.documents import Number, Sequence, Strict
from goodstanding.core.rules.clauses import (
    Accepts,
    Alternative,
    CarryIn,
    Condition,
    Due,
    Every,
    FactValue,
    Hours,
    Identifier,
    InForce,
    Profession,
    Rate,
    Several,
    Share,
    Text,
    Unit,
    Variant,
    Which,
    Window,
    WindowOf,
)

__all__ = [
    "Accepts",
    "Alternative",
    "ApprovalBody",
    "ApprovalFile",
    "Board",
    "Cap",
    "CapPatch",
    "CarryIn",
    "Condition",
    "Counting",
    "Cycle",
    "Due",
    "Every",
    "Fact",
    "FactFile",
    "FactValue",
    "Identifier",
    "InForce",
    "Note",
    "OpenQuestion",
    "Profession",
    "Rate",
    "Reading",
    "Requirement",
    "RequirementPatch",
    "RuleFile",
    "Several",
    "Source",
    "StatusRule",
    "Topic",
    "TopicFile",
    "Unit",
    "Variant",
    "Which",
    "Window",
    "WindowOf",
]

Confidence = Literal["primary", "secondary", "vendor", "conflicting"]
Kind = Literal["minimum", "course", "exam", "attestation", "unsettled"]
Frequency = Literal["each_renewal", "once", "first_renewal", "later_renewals", "every"]
SourceKind = Literal["statute", "board", "association", "vendor", "standards"]


class Source(Strict):
    """Where a number was read, in our own words; `dated` is the day or year the source gives itself."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=500)] | None
    kind: SourceKind
    says: Text
    dated: str | dt.date | int | None = None


class Requirement(Strict):
    """
    One demand of a rule set in one dated version; several versions of the same id may stand side by side.

    `before: not_due` says that nothing was due before the first version came into force. Without it, an earlier day means
    that the older text was not read, and the answer is Unknown.

    An hour serves every requirement that it fits, unless `not_with` names one that it may not serve as well. `on_top` hours
    serve neither the total nor what lies inside it. `within` names the requirement of which this one is a part.
    """

    id: Identifier
    kind: Kind = "minimum"
    label: Text
    says: Text
    hours: Hours | None = None
    share_of_total: Share | None = None
    topics: Sequence[Identifier] = ()
    which: Which | None = None
    fact: Identifier | None = None
    frequency: Frequency = "each_renewal"
    every: Every | None = None
    window: Window | None = None
    due_by: Due | None = None
    each_year: bool = False
    on_top: bool = False
    within: Identifier | None = None
    not_with: Sequence[Identifier] = ()
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
        if self.hours is not None and self.share_of_total is not None:
            raise ValueError("`hours` and `share_of_total` exclude each other")
        has_hours = self.hours is not None or self.share_of_total is not None
        if has_hours != (self.kind == "minimum"):
            raise ValueError("a `minimum` needs `hours`, and no other kind has them")
        if (self.fact is not None) != (self.kind == "attestation"):
            raise ValueError("an `attestation` needs a `fact`, and no other kind has one")
        narrowed = bool(self.topics) or self.which is not None
        if self.kind in ("course", "exam") and not narrowed:
            raise ValueError(f"`kind: {self.kind}` needs `topics`")
        if self.kind == "minimum" and (self.id in ("total", "total_each_year")) == narrowed:
            raise ValueError("a topic minimum needs `topics`, and `total` has none")
        if self.applies_when is not None and self.applies_text is None:
            raise ValueError("`applies_when` needs `applies_text`, which says in words to whom it applies")
        if (self.frequency == "every") != (self.every is not None):
            raise ValueError("`frequency: every` needs `every`, and no other frequency has it")
        if self.id == "total" and (self.share_of_total is not None or self.on_top or self.within is not None):
            raise ValueError("the `total` is no part of anything, so it has no `share_of_total`, `on_top` or `within`")
        if self.kind != "minimum" and (self.on_top or self.each_year or self.not_with or self.variants):
            raise ValueError("`on_top`, `each_year`, `not_with` and `variants` go with a `minimum`")
        if self.alternatives and self.kind in ("attestation", "unsettled"):
            raise ValueError(
                f"`alternatives` do not go with `kind: {self.kind}`; say with `applies_when` to whom it does not apply"
            )
        return self

    @property
    def counts_from(self) -> Window:
        """Whether only entries of the period count. What is due once may have been met at any earlier time."""
        if self.window is not None:
            return self.window
        if self.every is not None and self.every.years is not None:
            return WindowOf(years=self.every.years)
        return "ever" if self.frequency == "once" else "period"


class RequirementPatch(Strict):
    """What a reading or a status replaces in one requirement; `due: false` reads it as not required at all."""

    due: bool | None = None
    hours: Hours | None = None
    share_of_total: Share | None = None
    topics: Sequence[Identifier] | None = None
    which: Which | None = None
    frequency: Frequency | None = None
    every: Every | None = None
    window: Window | None = None
    due_by: Due | None = None
    each_year: bool | None = None
    on_top: bool | None = None
    within: Identifier | None = None
    not_with: Sequence[Identifier] | None = None
    applies_when: Condition | None = None
    applies_text: Text | None = None
    variants: Sequence[Variant] | None = None
    alternatives: Sequence[Alternative] | None = None


class Cap(Strict):
    """
    At most so much of certain hours counts: in the period, in each year of it, on one day, or of one entry.

    The limit is `hours` or a `share_of_total`, the total that is required. `on` restricts it to what counts toward some
    requirements; without it, hours beyond the cap count for nothing.
    """

    id: Identifier
    label: Text
    says: Text
    which: Which | None = None
    hours: Hours | None = None
    share_of_total: Share | None = None
    per: Literal["period", "year", "day", "entry"] = "period"
    on: Sequence[Identifier] = ()
    applies_when: Condition | None = None
    variants: Sequence[Variant] = ()
    in_force: InForce | None = None
    confidence: Confidence
    sources: Annotated[Sequence[Identifier], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_a_limit(self) -> Cap:
        if (self.hours is None) == (self.share_of_total is None):
            raise ValueError("a cap has exactly one of `hours` and `share_of_total`")
        if self.which is None and self.per == "period":
            raise ValueError("a cap on the period needs `which`; without it every hour would be capped")
        return self


class CapPatch(Strict):
    """What a reading replaces in one cap; `due: false` reads it as no cap at all."""

    due: bool | None = None
    hours: Hours | None = None
    share_of_total: Share | None = None
    which: Which | None = None
    per: Literal["period", "year", "day", "entry"] | None = None
    on: Sequence[Identifier] | None = None


class Reading(Strict):
    """One way to read an uncertain part, and what it replaces in the rule."""

    id: Identifier
    says: Text
    requirements: dict[Identifier, RequirementPatch] = {}
    caps: dict[Identifier, CapPatch] = {}
    accepts: Accepts | None = None
    hour_minutes: Annotated[int, Field(ge=1, le=120)] | None = None
    hours_per_unit: dict[Unit, Hours] | None = None
    repeats: Literal["counted", "not_counted"] | None = None
    carry_in: CarryIn | None = None
    sources: Sequence[Identifier] = ()


def unsettled(requirement_id: str) -> str:
    """The name of the question that a requirement of kind `unsettled` leaves open."""
    return f"unsettled_{requirement_id}"


def late(requirement_id: str) -> str:
    """The name of the question whether hours count that were completed after the due date of a requirement."""
    return f"late_{requirement_id}"


class OpenQuestion(Strict):
    """A part of the rule that the sources leave open, with every reading they allow; no reading is the default."""

    id: Identifier
    text: Text
    readings: Annotated[Sequence[Reading], Field(min_length=2, max_length=8)]
    sources: Sequence[Identifier] = ()

    @property
    def rule_wide(self) -> bool:
        """Whether a reading replaces a part that every requirement with hours depends on."""
        return any(
            reading.accepts or reading.hour_minutes or reading.hours_per_unit or reading.repeats for reading in self.readings
        )

    def touches(self, requirement: Requirement) -> bool:
        return self.rule_wide or any(
            requirement.id in reading.requirements
            or reading.carry_in is not None
            or (requirement.share_of_total is not None and "total" in reading.requirements)
            for reading in self.readings
        )


class Board(Strict):
    """Who licenses; `url` is null where no address of the board was read."""

    name: Text
    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] | None


class Counting(Strict):
    """
    A counting window that is not the license period: it ends on the last such `ends` day (month and day, in `years` that are
    odd, even or any) up to the expiry, or it starts on the day that the fact `starts` names.

    `before_year_of_expiry` looks for that last day in the years before the one in which the license expires, so that an expiry
    on the day itself does not end the window.
    """

    ends: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")] | None = None
    years: Literal["any", "odd", "even"] = "any"
    before_year_of_expiry: bool = False
    starts: Identifier | None = None
    sources: Sequence[Identifier]

    @model_validator(mode="after")
    def _one(self) -> Counting:
        if (self.ends is None) == (self.starts is None):
            raise ValueError("`counting` has exactly one of `ends` and `starts`")
        if self.before_year_of_expiry and self.ends is None:
            raise ValueError("`before_year_of_expiry` goes with `ends`")
        return self


class Cycle(Strict):
    """How long a period in which hours are counted runs, and what fixes its last day."""

    months: Annotated[int, Field(ge=1, le=120)]
    anchor: Text
    counting: Counting | None = None
    sources: Sequence[Identifier]


class StatusRule(Strict):
    """What is asked of a license that is not active: nothing (`due: false`), or what `requirements` replaces."""

    says: Text
    due: bool = True
    requirements: dict[Identifier, RequirementPatch] = {}
    sources: Annotated[Sequence[Identifier], Field(min_length=1)]


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
    license_types: Annotated[Sequence[Annotated[str, Field(min_length=1, max_length=80)]], Field(min_length=1)]
    professions: Annotated[Sequence[Profession], Field(min_length=1)]
    confidence: Confidence
    checked_on: dt.date
    cycle: Cycle
    in_force: InForce
    accepts: Accepts
    hour_minutes: Annotated[int, Field(ge=1, le=120)] | None = None
    hours_per_unit: dict[Unit, Hours] = {}
    rates: Sequence[Rate] = ()
    round_down_to: Annotated[Number, Field(gt=0, le=1)] | None = None
    least_hours: Hours | None = None
    repeats: Literal["counted", "not_counted"] | None = None
    repeats_within: Literal["period", "two_periods", "ever"] = "period"
    carry_in: CarryIn | None = None
    several: Several | None = None
    statuses: dict[Literal["inactive", "lapsed", "retired"], StatusRule] = {}
    requirements: Sequence[Requirement]
    caps: Sequence[Cap] = ()
    open_questions: Sequence[OpenQuestion] = ()
    notes: Sequence[Note] = ()
    sources: dict[Identifier, Source]

    def requirement_ids(self) -> tuple[str, ...]:
        """Each requirement id once, in the order of the file."""
        return tuple(dict.fromkeys(requirement.id for requirement in self.requirements))

    def settleable(self) -> dict[str, str]:
        """
        What the board can settle about the rule itself, by the name that a confirmation has: open questions, what the file leaves
        unsettled, and whether hours count that came after a due date of their own.
        """
        found = {question.id: question.text for question in self.open_questions}
        for one in self.requirements:
            if one.kind == "unsettled":
                found[unsettled(one.id)] = one.says
        for one in self.due_by_themselves():
            found[late(one.id)] = (
                f"Do hours count that were completed after the day on which the training was due ({one.label})? No source read says so."
            )
        return found

    def due_by_themselves(self) -> tuple[Requirement, ...]:
        """The requirements that have a due date of their own under some reading or status of the license."""
        changes = [reading.requirements for question in self.open_questions for reading in question.readings]
        changes += [status.requirements for status in self.statuses.values()]
        patched = {name for some in changes for name, patch in some.items() if patch.due_by is not None}
        return tuple(one for one in self.requirements if one.due_by is not None or one.id in patched)

    def cap_ids(self) -> tuple[str, ...]:
        """Each cap id once, in the order of the file."""
        return tuple(dict.fromkeys(cap.id for cap in self.caps))

    def versions(self, requirement_id: str) -> tuple[Requirement, ...]:
        """All dated versions of one requirement, in the order of the file."""
        return tuple(requirement for requirement in self.requirements if requirement.id == requirement_id)

    def in_force_of(self, requirement: Requirement | Cap) -> InForce:
        """The dates of one version: its own, or else those of the file."""
        return requirement.in_force or self.in_force

    def facts_asked(self) -> tuple[str, ...]:
        """The facts about the holder that any part of this rule asks for, in the order of the file."""
        asked: dict[str, None] = {}
        if self.cycle.counting and self.cycle.counting.starts:
            asked[self.cycle.counting.starts] = None
        parts: list[Any] = [*self.requirements, *self.caps]
        patches = [patch for question in self.open_questions for one in question.readings for patch in one.requirements.values()]
        for part in (*parts, *patches):
            for condition in (getattr(part, "applies_when", None), *(one.when for one in getattr(part, "variants", ()) or ())):
                if condition is not None:
                    asked.update(dict.fromkeys(leaf.fact for leaf in condition.leaves() if leaf.fact))
            for alternative in getattr(part, "alternatives", ()) or ():
                if alternative.fact:
                    asked[alternative.fact] = None
            window = getattr(part, "window", None)
            if isinstance(window, WindowOf) and window.since:
                asked[window.since] = None
            if isinstance(part, Requirement) and part.fact:
                asked[part.fact] = None
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
