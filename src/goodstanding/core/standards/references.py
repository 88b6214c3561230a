"""
What a course cites, compared with ``standards/``.

A course keeps its own copy of each duty it is about (a version must keep the numbers it taught), and a copy goes stale or
grows a better verification than anyone has earned. So the copy may choose among the places of a duty and phrase it more
narrowly, but code, edition, number, title and verification are those of ``standards/``. Of a law or a case a course may
have read less, never more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    def title(self) -> str: ...
    @property
    def year(self) -> int: ...
    @property
    def edition(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def verification(self) -> Verification: ...


def reference_faults(
    book: StandardsBook, *, references: Sequence[CitedReference], duties: Sequence[CitedDuty], document: Document
) -> Iterator[Finding]:
    """
    Where the `references` and `duties` of a course differ from `book`; `document` is its ``sources.yaml``.

    References of the kinds ``code`` and ``law`` must stand in the book; a law may also be one of its cases. Other works need not,
    but are compared where they have the id of a case, a model of decision making or a statistic.
    """
    for number, reference in enumerate(references):
        at: Location = ("references", number)
        if reference.kind == "code":
            yield from _code(book, reference, at, document)
        else:
            yield from _work(book, reference, at, document)
    for number, duty in enumerate(duties):
        yield from _duty(book, duty, ("duties", number), document)


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
