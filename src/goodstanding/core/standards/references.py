"""
What a course cites, compared with ``standards/``.

A course keeps its own copy of each duty it is about (a version must keep the numbers it taught), and a copy goes stale or
grows a better verification than anyone has earned. So the copy may choose among the places of a duty and phrase it more
narrowly, but code, edition, number, title and verification are those of ``standards/``. Of a law or a case a course may
have read less, never more.

One thing has one name: what stands in ``standards/`` is cited by its id there, and a word that is explained has its home in
``standards/glossary.yaml``; a course carries a copy, because a version is read without the files it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from goodstanding.core.documents import Document, Finding, Location
from goodstanding.core.standards.check import mend_for
from goodstanding.core.standards.load import StandardsBook
from goodstanding.core.standards.model import Case, DecisionModel, Law, Statistic, Verification

_CERTAINTY: tuple[Verification, ...] = ("unverified", "partly_read", "read")


class CitedStandard(Protocol):
    """A numbered place as a course cites it."""

    @property
    def code(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def verification(self) -> Verification: ...


class CitedDuty(Protocol):
    """A duty as a course copies it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def standards(self) -> Sequence[CitedStandard]: ...


class CitedReference(Protocol):
    """A work as a course cites it."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def authors(self) -> Sequence[str]: ...
    @property
    def title(self) -> str: ...
    @property
    def year(self) -> int: ...
    @property
    def edition(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def verification(self) -> Verification: ...


class CitedTerm(Protocol):
    """A word as a course explains it."""

    @property
    def id(self) -> str: ...
    @property
    def term(self) -> str: ...
    @property
    def definition(self) -> str: ...


def reference_faults(
    book: StandardsBook,
    *,
    references: Sequence[CitedReference],
    duties: Sequence[CitedDuty],
    glossary: Sequence[CitedTerm] = (),
    document: Document,
) -> Iterator[Finding]:
    """
    Where the `references`, `duties` and `glossary` of a course differ from `book`; `document` is its ``sources.yaml``.

    References of the kinds ``code`` and ``law`` must stand in the book; a law may also be one of its cases. Other works need not,
    but are compared where they have the id of a case, a model of decision making or a statistic, and told where they are one
    of these under another id. Terms must stand in the glossary of the book, in the same words.
    """
    for number, reference in enumerate(references):
        at: Location = ("references", number)
        if reference.kind == "code":
            yield from _code(book, reference, at, document)
        else:
            yield from _work(book, reference, at, document)
    for number, duty in enumerate(duties):
        yield from _duty(book, duty, ("duties", number), document)
    for number, term in enumerate(glossary):
        yield from _term(book, term, ("glossary", number), document)


def _code(book: StandardsBook, reference: CitedReference, at: Location, document: Document) -> Iterator[Finding]:
    code = book.codes.get(reference.id)
    if code is None:
        yield document.finding(
            (*at, "id"), f"There is no code `{reference.id}` in standards/codes.", mend_for(reference.id, book.codes)
        )
        return
    pairs: list[tuple[str, object, object]] = [
        ("title", reference.title, code.title),
        ("year", reference.year, code.year),
        ("edition", reference.edition, code.edition),
        ("url", reference.url, code.url),
        ("verification", reference.verification, code.verification),
    ]
    yield from _same(document, at, f"the code `{code.id}`", pairs)


def _work(book: StandardsBook, reference: CitedReference, at: Location, document: Document) -> Iterator[Finding]:
    binding: dict[str, Case | Law] = {**book.cases, **book.laws}
    entry = binding.get(reference.id)
    if known_as := _other_id(book, reference):
        yield document.finding(
            (*at, "id"),
            f"`{reference.id}` is `{known_as}` in standards/.",
            f"One thing has one name: write `id: {known_as}`, and use it wherever the course cites it.",
        )
        return
    if entry is None and reference.kind == "law":
        yield document.finding(
            (*at, "id"), f"There is no law or case `{reference.id}` in standards/.", mend_for(reference.id, binding)
        )
        return
    known: Case | Law | DecisionModel | Statistic | None = (
        entry or book.decision_models.get(reference.id) or book.statistics.get(reference.id)
    )
    if known is None:
        return
    year = getattr(known, "year", None)
    if isinstance(year, int) and reference.year != year:
        yield document.finding(
            (*at, "year"),
            f"The year of `{reference.id}` differs from standards/.",
            f"Write `year: {year}`, or mend standards/ first.",
        )
    if _CERTAINTY.index(reference.verification) > _CERTAINTY.index(known.verification):
        # A course may claim less: it vouches for the one page it cites, an entry for all that it names.
        yield document.finding(
            (*at, "verification"),
            f"The course claims to have read more of `{reference.id}` than standards/ does.",
            f"Write `verification: {known.verification}`, or mend standards/ first.",
        )
    if reference.url is not None and reference.url not in known.sources:
        yield document.finding(
            (*at, "url"),
            f"The address is not among the sources of `{reference.id}`.",
            "Cite one of them, or add it in standards/.",
        )


def _other_id(book: StandardsBook, reference: CitedReference) -> str | None:
    """
    The id under which the book knows `reference`, if not its own: the same page, the same decision, or the same authors and year.

    A reference with an id of the book is never taken for another entry: pages are shared.
    """
    entries: Mapping[str, Case | Law | DecisionModel | Statistic] = {
        **book.cases,
        **book.laws,
        **book.decision_models,
        **book.statistics,
    }
    if reference.id in entries:
        return None
    return next((name for name, entry in entries.items() if _is_same(reference, entry)), None)


def _is_same(reference: CitedReference, entry: Case | Law | DecisionModel | Statistic) -> bool:
    if reference.url is not None and reference.url in entry.sources:
        return True
    if isinstance(entry, DecisionModel):
        return reference.year == entry.year and _surnames(reference.authors) == _surnames(entry.authors)
    if isinstance(entry, Case):
        return _alike(reference.title) == _alike(entry.citation)
    return isinstance(entry, Law) and _alike(reference.title) == _alike(entry.name)


def _surnames(authors: Sequence[str]) -> set[str]:
    return {author.split()[-1].casefold() for author in authors}


def _alike(title: str) -> str:
    """A title without what follows its first comma, where reporters, dockets and years stand."""
    return " ".join(re.findall(r"\w+", title.partition(",")[0].casefold()))


def _term(book: StandardsBook, cited: CitedTerm, at: Location, document: Document) -> Iterator[Finding]:
    known = book.glossary.get(cited.id)
    if known is None:
        home = {name: term_id for term_id, term in book.glossary.items() for name in _names(term.term)}
        other = home.get(cited.term.casefold())
        yield document.finding(
            (*at, "id"),
            f"There is no term `{cited.id}` in standards/glossary.yaml.",
            f"Write `id: {other}`." if other else mend_for(cited.id, book.glossary),
        )
        return
    if cited.term.casefold() not in _names(known.term):
        yield document.finding(
            (*at, "term"),
            f"The term `{cited.id}` is called “{known.term}” in standards/glossary.yaml.",
            "Use that name, or mend it there first.",
        )
    if cited.definition != known.meaning:
        yield document.finding(
            (*at, "definition"),
            f"The term `{cited.id}` is defined differently in standards/glossary.yaml.",
            "Copy the meaning from there; if yours is better, write it there first.",
        )


def _names(term: str) -> tuple[str, ...]:
    """The names of a glossary entry: “Consent order / stipulated agreement” has two."""
    return tuple(name.strip().casefold() for name in term.split(" / "))


def _duty(book: StandardsBook, duty: CitedDuty, at: Location, document: Document) -> Iterator[Finding]:
    known = book.duties.get(duty.id)
    if known is None:
        yield document.finding(
            (*at, "id"), f"There is no duty `{duty.id}` in standards/duties.yaml.", mend_for(duty.id, book.duties)
        )
        return
    for number, cited in enumerate(duty.standards):
        here: Location = (*at, "standards", number)
        place = book.find(cited.code, cited.number)
        if place is None:
            where = f"standards/codes/{cited.code}.yaml" if cited.code in book.codes else "standards/codes"
            yield document.finding(
                here, f"There is no {cited.number} of `{cited.code}` in {where}.", "Correct the number or the code."
            )
            continue
        if not any(book.standard(name)[1] is place for name in known.standards):
            yield document.finding(
                here,
                f"{cited.number} of `{cited.code}` is not a place of the duty `{duty.id}`.",
                "Cite one that is, or add it to the duty in standards/duties.yaml.",
            )
        pairs: list[tuple[str, object, object]] = [
            ("title", cited.title, place.title),
            ("verification", cited.verification, place.verification),
        ]
        yield from _same(document, here, f"{cited.number} of `{cited.code}`", pairs)


def _same(document: Document, at: Location, what: str, pairs: Sequence[tuple[str, object, object]]) -> Iterator[Finding]:
    for key, cited, known in pairs:
        if cited != known:
            # Text that looks like a number must be quoted to stay text.
            value = f'"{known}"' if isinstance(known, str) and known.replace(".", "").isdigit() else known
            yield document.finding(
                (*at, key), f"The {key} of {what} differs from standards/.", f"Write `{key}: {value}`, or mend standards/ first."
            )
