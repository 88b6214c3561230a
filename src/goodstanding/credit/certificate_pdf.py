"""
The PDF of a certificate: one page, accessible (PDF/UA-1) and made to last (PDF/A-2a).

The template next to this file gets the record as data, never as markup, so no name or title can change what it does. The
fonts are those inside the typesetter: the same record gives the same bytes on every machine.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import segno
import typst

from goodstanding.core.certificates import CertificateRecord, PrintedApproval

__all__ = ["render_certificate"]

_TEMPLATE = Path(__file__).with_name("certificate.typ")
_STANDARDS: list[Any] = ["ua-1", "a-2a"]
_LOCK = threading.Lock()
BOX = "□"
UNPRINTABLE = f"{BOX} stands for a character that could not be printed here. The verification page shows it."
_CHARACTER = _TEMPLATE.with_name("character.typ")


@cache
def _compiler(template: Path) -> typst.Compiler:
    """One compiler a process for each template: reading the fonts takes longer than setting a page."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    return typst.Compiler(template, root=template.parent, font_paths=fonts, ignore_system_fonts=True)


def render_certificate(record: CertificateRecord) -> bytes:
    """
    The PDF of `record`; equal records give equal bytes.

    A character that none of the fonts has can not stand in such a PDF. It is printed as a box, and a line says that the
    verification page shows it: a certificate must never fail because of someone's name.
    """
    printed = _printed(record)
    with _LOCK:
        try:
            return _typeset(printed, record)
        except typst.TypstError:
            boxed = _boxed(printed)
            if boxed == printed:
                raise
            return _typeset({**boxed, "unprintable": UNPRINTABLE}, record)


def _typeset(printed: dict[str, Any], record: CertificateRecord) -> bytes:
    inputs = {"record": json.dumps(printed, ensure_ascii=False), "qr": _qr(record.verification_url)}
    pdf = _compiler(_TEMPLATE).compile(
        format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS, timestamp=int(record.issued_at.timestamp())
    )
    assert isinstance(pdf, bytes)
    return pdf


def _boxed(value: Any) -> Any:
    """The same texts, with a box for every character that can not be set."""
    if isinstance(value, str):
        return "".join(character if _settable(character) else BOX for character in value)
    if isinstance(value, list):
        return [_boxed(part) for part in value]
    if isinstance(value, dict):
        return {key: _boxed(part) for key, part in value.items()}
    return value


@lru_cache(maxsize=10_000)
def _settable(character: str) -> bool:
    """Whether the typesetter can put `character` into a PDF of our standards; asked of the typesetter itself."""
    if character.isascii():
        return True
    try:
        _compiler(_CHARACTER).compile(format="pdf", sys_inputs={"text": f"a{character}"}, pdf_standards=_STANDARDS)
    except typst.TypstError:
        return False
    return True


def _qr(url: str) -> str:
    return segno.make(url, error="m", micro=False).svg_inline(border=0, dark="#1c2321", light=None, omitsize=True)


def _hours(record: CertificateRecord, minutes: int) -> str:
    return f"{record.hours(minutes):.2f}"


def _long_day(day: dt.date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _printed(record: CertificateRecord) -> dict[str, Any]:
    """The words on the page, in the order of the template."""
    sponsor = record.sponsor
    course = record.course
    with_hours = not record.provisional
    facts = [
        ["Completed on", _long_day(record.completed_on), record.time_zone.replace("_", " ")],
        ["Started on", _long_day(record.started_on), ""],
        ["Issued on", _long_day(record.issued_on), ""],
        ["Instructional time", f"{record.minutes} minutes", "provisional" if record.provisional else ""],
        ["Format", record.format_label, ""],
    ]
    if with_hours:
        facts.insert(4, ["Hours of 60 minutes", _hours(record, record.minutes), ""])
    return {
        "document_title": f"Certificate of completion {record.number}",
        "document_description": f"{record.holder_name}: {course.title}",
        "number": record.number,
        "demonstration": "Demonstration: made to show the product. Nobody took this course." if record.demonstration else None,
        "holder_name": record.holder_name,
        "licenses": [" ".join(part for part in (one.state, one.license_type, one.number) if part) for one in record.licenses],
        "course_title": course.title,
        "course_line": " · ".join(
            part
            for part in (
                f"Course {course.id}, version {course.version}",
                f"by {', '.join(course.authors)}" if course.authors else "",
            )
            if part
        ),
        "facts": facts,
        "topic_head": ["Time by topic", "Minutes", *(["Hours"] if with_hours else [])],
        "topics": [
            [topic.label, str(topic.minutes), *([_hours(record, topic.minutes)] if with_hours else [])] for topic in record.topics
        ],
        "carries_credit": record.carries_credit,
        "approvals": [_approval(approval) for approval in record.approvals],
        "credit_notes": list(record.credit_notes),
        "signature": sponsor.signature_line or None,
        "administrator": ", ".join(part for part in (sponsor.administrator_name, sponsor.administrator_title) if part) or None,
        "sponsor_name": sponsor.name or "Good Standing",
        "sponsor_lines": [
            part
            for part in (sponsor.name, *sponsor.address.splitlines(), " · ".join(p for p in (sponsor.phone, sponsor.email) if p))
            if part
        ],
        "verification_url": record.verification_url,
        "verification_shown": record.verification_url.removeprefix("https://").removeprefix("http://"),
        "qr_alt": f"QR code of the address {record.verification_url}",
        "retention": record.retention,
        "unprintable": None,
    }


def _approval(approval: PrintedApproval) -> dict[str, str]:
    number = f", {approval.number}" if approval.number else ""
    head = f"{approval.body_name}{number}, {_long_day(approval.valid_from)} to {_long_day(approval.valid_to)}"
    return {
        "head": f"Demonstration approval, not real: {head}" if approval.demonstration else head,
        "statement": approval.statement,
    }
