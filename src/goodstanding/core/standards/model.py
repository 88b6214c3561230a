"""
What the files in ``standards/`` may say.

Every entry says what was read of it (:data:`Verification`) and where (``sources``); an entry that claims to have been read
names at least one source. Codes are copyrighted: there is a number, a title and a paraphrase, and no place for their text.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from goodstanding.core.documents import Number, Sequence, Strict

Profession = Literal["counselor", "psychologist", "social_worker", "mft"]
Verification = Literal["read", "partly_read", "unverified"]
"""Whether the cited place was read in a source; what was not is shown as unverified, never graded and never deciding."""

Identifier = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
WebAddress = Annotated[str, Field(pattern="^https?://[^\\s]+$")]


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("there must be words here")
    return value


def _moment(value: str) -> str:
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", value):
        raise ValueError("write a year, a month or a day in quotes, as “2017”, “2017-01” or “2017-01-01”")
    return value


def _state(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise ValueError("write a state or territory as two capital letters, like CA")
    return value


def _quoted(value: object) -> object:
    if isinstance(value, Decimal | int):
        raise ValueError("write the number in quotes, or 1.10 becomes 1.1")  # noqa: TRY004 - pydantic reports only ValueError
    return value


Text = Annotated[str, AfterValidator(_text)]
Moment = Annotated[str, AfterValidator(_moment)]
"""A day as far as it is known; text, because often only the year is."""
State = Annotated[str, AfterValidator(_state)]


class Place(Strict):
    """A place in one edition of one code: a numbered standard, or a section where the numbers could not be read."""

    number: Annotated[Text | None, BeforeValidator(_quoted)] = None
    title: Text | None = None
    precision: Literal["standard", "section"] = "standard"
    """A section was chosen by judgment from headings, so it points less surely than a standard."""
    verification: Verification


class FormerClients(Strict):
    """How long sexual contact stays forbidden after therapy has ended; the point on which the codes differ most."""

    minimum_years: int | None = None
    always_prohibited: bool = False
    says: Text
    verification: Verification
    source: WebAddress


class Revision(Strict):
    status: Literal["current", "in_progress"]
    facts: Sequence[Text] = ()
    newer_edition: Text
    """What a search for a later edition found, and when."""
    sources: Sequence[WebAddress] = ()


class Code(Strict):
    """One edition of one code of ethics (``codes/<id>.yaml``), with each of its places that a duty names."""

    id: Identifier
    body: Text
    title: Text
    edition: Text
    year: int
    effective: Moment
    effective_note: Text | None = None
    url: WebAddress
    """The official page."""
    professions: Sequence[Profession]
    leading: bool = False
    """Whether members of its professions see it first."""
    verification: Verification
    verification_notes: Sequence[Text] = ()
    checked_on: dt.date
    numbering: Text
    enforceable: Text | None = None
    principles: Sequence[Text] = ()
    principles_verification: Verification | None = None
    """Only where it differs from that of the code."""
    sections: Sequence[Text] = ()
    revision: Revision
    former_clients: FormerClients | None = None
    sources: Sequence[WebAddress]
    standards: dict[Identifier, Place]


class Duty(Strict):
    """What a professional owes, in our own words, and where each code says it."""

    name: Text
    subject: Identifier
    paraphrase: Text
    standards: Sequence[Identifier]
    """The nearest place of each code, not always an exact match."""


class DutyFile(Strict):
    """``duties.yaml``."""

    checked_on: dt.date
    subjects: dict[Identifier, Text]
    duties: dict[Identifier, Duty]


class Case(Strict):
    """A decision, an enforcement action or a published study, and what it teaches."""

    citation: Text
    year: int | None = None
    court: Text
    teaches: Text
    duties: Sequence[Identifier]
    verification: Verification
    note: Text | None = None
    sources: Sequence[WebAddress] = ()


class CaseFile(Strict):
    """``cases.yaml``."""

    checked_on: dt.date
    cases: dict[Identifier, Case]


class Figure(Strict):
    label: Text
    value: Number
    unit: Literal["count", "percent", "usd"]
    year: int | None = None


class Statistic(Strict):
    """Published figures on discipline and claims. They say something only with their years and their population."""

    population: Text
    years: Text
    finding: Text | None = None
    figures: Sequence[Figure] = ()
    ranked: Sequence[Text] = ()
    """Most frequent first."""
    note: Text | None = None
    verification: Verification
    sources: Sequence[WebAddress] = ()


class Observation(Strict):
    subject: Identifier
    says: Text


class StatisticFile(Strict):
    """``statistics.yaml``."""

    checked_on: dt.date
    statistics: dict[Identifier, Statistic]
    observations: Sequence[Observation] = ()


class Fact(Strict):
    says: Text
    verification: Verification


class Law(Strict):
    """A law, a compact or official guidance, in our own words; never legal advice."""

    name: Text
    jurisdiction: Text
    summary: Text
    facts: Sequence[Fact] = ()
    duties: Sequence[Identifier]
    former_clients: FormerClients | None = None
    for_the_product: Text | None = None
    """What this product does because of it."""
    verification: Verification
    note: Text | None = None
    sources: Sequence[WebAddress] = ()


class LawFile(Strict):
    """``laws.yaml``."""

    checked_on: dt.date
    laws: dict[Identifier, Law]


class StateTable(Strict):
    """One value per state, by one source. A state that is not in it is not known; absence never means “no”."""

    title: Text
    law: Identifier
    as_of: Text
    verification: Verification
    note: Text | None = None
    conflicts: Sequence[Text] = ()
    meanings: dict[Identifier, Text] = {}
    """What each word in ``values`` means; empty where the values are numbers."""
    values: dict[State, Text | int]
    operational_since: dict[State, dt.date] = {}
    sources: Sequence[WebAddress] = ()


class StateFile(Strict):
    """``laws_by_state.yaml``."""

    checked_on: dt.date
    tables: dict[Identifier, StateTable]


class ModelStep(Strict):
    text: Text
    verification: Verification


class DecisionModel(Strict):
    """A published model of ethical decision making."""

    name: Text
    authors: Sequence[Text]
    year: int
    edition_note: Text | None = None
    verification: Verification
    note: Text | None = None
    steps: Sequence[ModelStep]
    principles: Sequence[Text] = ()
    ranked: bool = False
    """Whether an earlier principle outweighs a later one."""
    features: Sequence[Text] = ()
    sources: Sequence[WebAddress] = ()


class WalkStep(Strict):
    id: Identifier
    title: Text
    questions: Sequence[Text]
    record: Sequence[Text]
    from_models: Sequence[Identifier]


class WalkThrough(Strict):
    """The product's own order of steps for someone who is stuck, made from the published models."""

    id: Identifier
    name: Text
    rules: Sequence[Text]
    steps: Sequence[WalkStep]


class DecisionModelFile(Strict):
    """``decision_models.yaml``."""

    checked_on: dt.date
    models: dict[Identifier, DecisionModel]
    walk_through: WalkThrough


class Term(Strict):
    term: Text
    meaning: Text
    group: Identifier
    verification: Verification
    sources: Sequence[WebAddress] = ()


class GlossaryFile(Strict):
    """``glossary.yaml``."""

    checked_on: dt.date
    groups: dict[Identifier, Text]
    terms: dict[Identifier, Term]


def standard_id(code: str, place: Place) -> str:
    """
    The id that `place` of the code `code` must have: ``apa_2017_3_05``, ``nasw_2021_1_09_c``.

    A section is named by its title too, because one number may head several: ``cpa_2017_i_privacy``. Ids follow from code,
    edition and number so that nobody has to look one up, and no edition can take another's.
    """
    words = (place.number,) if place.precision == "standard" else (place.number, place.title)
    plain = " ".join(word for word in words if word).lower()
    return f"{code}_{re.sub(r'[^a-z0-9]+', '_', plain).strip('_')}"
