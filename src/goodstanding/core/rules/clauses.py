"""
The clauses that rule files are made of: whom a rule binds, which hours it means, when something is due and how much.

A clause says one thing and nothing about where it stands, so requirements, caps, rates and readings share them.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from goodstanding.core.documents import Number, Sequence, Strict

Profession = Literal["counselor", "psychologist", "social_worker", "mft"]
Unit = Literal["hour", "minute", "semester_credit", "quarter_credit", "ceu", "publication", "day", "exam"]
Format = Literal["live_in_person", "live_online", "asynchronous", "hybrid"]
Activity = Literal[
    "course",
    "self_directed",
    "teaching",
    "authorship",
    "graduate_course",
    "peer_consultation",
    "exam",
    "supervision",
    "certification",
    "other",
]
SponsorKind = Literal["association", "university", "employer", "board", "company", "other"]
By = Literal["period_start", "period_end", "completion"]
Others = Literal["none", "any_body", "anyone"]
About = Literal[
    "renewals", "months_licensed", "issued", "issued_month", "period_months", "period_start", "period_end", "profession"
]

Hours = Annotated[Number, Field(ge=0, le=1000)]


def _share(value: object) -> Fraction:
    """A share as an exact fraction: `0.5` or, because a third has no finite decimal, "1/3"."""
    if isinstance(value, Fraction):
        share = value
    elif (isinstance(value, str) and re.fullmatch(r"[1-9][0-9]?/[1-9][0-9]?", value)) or (
        isinstance(value, int | Decimal) and not isinstance(value, bool)
    ):
        share = Fraction(value)
    else:
        raise ValueError('a share is a number like 0.5 or a fraction like "1/3"')
    if not 0 < share <= 1:
        raise ValueError("a share lies between 0 and 1")
    return share


Share = Annotated[Any, BeforeValidator(_share)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Count = Annotated[int, Field(ge=1, le=60)]
FactValue = bool | int | str | dt.date


class Aliased(Strict):
    """A schema whose keys include words that Python keeps for itself (`from`, `is`, `not`)."""

    model_config = ConfigDict(populate_by_name=True)


def _given(model: Strict, *names: str) -> list[str]:
    return [name for name in names if getattr(model, name) is not None]


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
    A condition on the holder or the license, or a combination of conditions.

    Exactly one of `fact`, `renewals`, `about`, `all`, `any` and `not` is given; `is`, `at_least` and `at_most` go with the
    first three. `about` names what the license itself tells: `months_licensed` at the end of the period, the day or month of
    issue, the length or the days of the period, the profession.
    """

    fact: Identifier | None = None
    renewals: Literal[True] | None = None
    about: About | None = None
    is_: FactValue | None = Field(default=None, alias="is")
    at_least: int | dt.date | None = None
    at_most: int | dt.date | None = None
    all: Sequence[Condition] | None = None
    any: Sequence[Condition] | None = None
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_subject(self) -> Condition:
        subjects = [self.fact, self.renewals, self.about, self.all, self.any, self.not_]
        if sum(subject is not None for subject in subjects) != 1:
            raise ValueError("a condition has exactly one of `fact`, `renewals`, `about`, `all`, `any`, `not`")
        compared = any(value is not None for value in (self.is_, self.at_least, self.at_most))
        if compared != (self.subject is not None):
            raise ValueError("`fact`, `renewals` and `about` need `is`, `at_least` or `at_most`, and only they can have them")
        return self

    @property
    def subject(self) -> str | None:
        """What is compared: the id of a fact or a word of `about`; None for a combination."""
        return self.fact or self.about or ("renewals" if self.renewals else None)

    def leaves(self) -> tuple[Condition, ...]:
        """All comparisons inside this condition."""
        if self.subject:
            return (self,)
        parts = self.all or self.any or (() if self.not_ is None else (self.not_,))
        return tuple(leaf for part in parts for leaf in part.leaves())

    def holds(self, values: dict[str, Any]) -> bool:
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


class Which(Aliased):
    """
    Which hours are meant: those that fit every key given here. An hour fits a list if it fits one thing in it.

    `topics` include narrower topics. `approved_by` names approval bodies, `numbered_by` bodies that gave the course a number,
    `courses` ids or numbers of named courses, `title_has` words in the title, whatever their case. `any` and `not` combine.
    """

    topics: Sequence[Identifier] | None = None
    formats: Sequence[Format] | None = None
    activities: Sequence[Activity] | None = None
    sponsors: Sequence[SponsorKind] | None = None
    approved_by: Sequence[Identifier] | None = None
    numbered_by: Sequence[Identifier] | None = None
    courses: Sequence[Text] | None = None
    title_has: Sequence[Text] | None = None
    any: Sequence[Which] | None = None
    not_: Which | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _says_something(self) -> Which:
        lists = [getattr(self, name) for name in type(self).model_fields if name != "not_"]
        if self.not_ is None and not any(lists):
            raise ValueError("`which` says nothing; name topics, formats, activities or another property of hours")
        return self

    def parts(self) -> tuple[Which, ...]:
        """The `which` itself and every one inside it."""
        inner = (*(self.any or ()), *(() if self.not_ is None else (self.not_,)))
        return (self, *(deeper for one in inner for deeper in one.parts()))


class WindowOf(Strict):
    """
    A window other than the period: `years` back from its last day, whole `calendar_years` up to the one in which it ends,
    this and earlier `periods` (2: this one and the one before), or everything `since` the day that a fact names.
    """

    years: Count | None = None
    calendar_years: Count | None = None
    periods: Count | None = None
    since: Identifier | None = None

    @model_validator(mode="after")
    def _one(self) -> WindowOf:
        if len(_given(self, "years", "calendar_years", "periods", "since")) != 1:
            raise ValueError("a window has exactly one of `years`, `calendar_years`, `periods`, `since`")
        return self


def _kind_of_window(value: object) -> str:
    return "days" if isinstance(value, dict | WindowOf) else "word"


Window = Annotated[
    Annotated[Literal["period", "ever"], Tag("word")] | Annotated[WindowOf, Tag("days")], Discriminator(_kind_of_window)
]
"""Where hours may come from. The tags keep a mistake from being reported once for each kind of window."""


class Every(Strict):
    """
    How often: every so many `years`, counted back from the end of the period, or every so many `renewals`.

    With `renewals`, `first` is the number of the license period in which it is due for the first time (1 is the period in
    which the license was issued); without it, the last of the first round.
    """

    years: Count | None = None
    renewals: Count | None = None
    first: Count | None = None

    @model_validator(mode="after")
    def _one(self) -> Every:
        if len(_given(self, "years", "renewals")) != 1:
            raise ValueError("`every` has exactly one of `years` and `renewals`")
        if self.first is not None and self.renewals is None:
            raise ValueError("`first` goes with `renewals`")
        return self

    def due_in(self, number: int) -> bool:
        """Whether it is due in the license period with this number; periods count from 1."""
        if self.renewals is None:
            return True
        first = self.first or self.renewals
        return number >= first and (number - first) % self.renewals == 0


class Due(Strict):
    """
    A due date of its own: so many `months_after_issue`, on a fixed `date`, or by the end of the license `period` with this
    number. Where it lies after the period, nothing is due yet.
    """

    months_after_issue: Annotated[int, Field(ge=1, le=240)] | None = None
    date: dt.date | None = None
    period: Count | None = None

    @model_validator(mode="after")
    def _one(self) -> Due:
        if len(_given(self, "months_after_issue", "date", "period")) != 1:
            raise ValueError("`due_by` has exactly one of `months_after_issue`, `date`, `period`")
        return self


class Proration(Strict):
    """
    Hours by the time licensed: `hours` for every `for_months` months from issue to the end of the period.

    Only whole steps of `each` months count (`count: started` counts a begun month too). `round` goes to whole hours.
    """

    hours: Hours
    for_months: Annotated[int, Field(ge=1, le=120)]
    each: Annotated[int, Field(ge=1, le=60)] = 1
    count: Literal["whole", "started"] = "whole"
    round: Literal["none", "down", "up", "nearest"] = "none"
    at_most: Hours | None = None


class Variant(Strict):
    """
    Another amount for some holders, such as a reduced first period; the first variant that holds is taken.

    Exactly one of `hours`, `share` (of the ordinary amount) and `proration` says how much.
    """

    when: Condition
    hours: Hours | None = None
    share: Share | None = None
    proration: Proration | None = None
    says: Text
    sources: Sequence[Identifier]

    @model_validator(mode="after")
    def _one_amount(self) -> Variant:
        if len(_given(self, "hours", "share", "proration")) != 1:
            raise ValueError("a variant has exactly one of `hours`, `share`, `proration`")
        return self


class Alternative(Strict):
    """
    Another way to satisfy a requirement: a `fact` that the holder can declare, or an `entry` of a certain kind, such as a
    specialty board's certificate. It is never assumed.
    """

    fact: Identifier | None = None
    entry: Which | None = None
    says: Text
    sources: Sequence[Identifier] = ()

    @model_validator(mode="after")
    def _one(self) -> Alternative:
        if len(_given(self, "fact", "entry")) != 1:
            raise ValueError("an alternative has exactly one of `fact` and `entry`")
        return self


class Accepts(Strict):
    """
    Whose courses count: those approved by one of `bodies`, and, by `others`, nobody else, any approval body at all, or
    anyone, approved or not. `except_for` names hours for which no approval is asked, such as teaching or an exam.
    """

    bodies: Sequence[Identifier] = ()
    others: Others
    except_for: Which | None = None
    sources: Sequence[Identifier] = ()


class CarryIn(Strict):
    """Surplus hours of the period before: whether they count, and at most how many per requirement."""

    allowed: bool
    at_most: dict[Identifier, Hours] = {}
    sources: Sequence[Identifier] = ()


class Rate(Aliased):
    """
    Other hours for some entries: `hours` of the board for each unit as certified (`per: unit`), or for the whole entry
    (`per: entry`), such as 36 for a specialty board's certificate. The first rate that fits is taken.
    """

    which: Which
    unit: Unit | None = None
    hours: Hours
    per: Literal["unit", "entry"] = "unit"
    sources: Sequence[Identifier]


class Several(Strict):
    """
    What changes for a holder of several licenses of one board: `hours` by requirement and number of licenses held among
    `with_rules` and this one. Without this clause the same hours serve each license by itself.
    """

    with_rules: Annotated[Sequence[Text], Field(min_length=1)]
    hours: dict[Identifier, dict[Annotated[str, Field(pattern=r"^[2-9]$")], Hours]]
    says: Text
    sources: Sequence[Identifier]
