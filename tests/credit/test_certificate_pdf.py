"""The PDF: valid by its standards, complete, the same every time, and proof against what people are called."""

from __future__ import annotations

import io
from typing import Any

import page
import pikepdf
import pytest

from goodstanding.core.certificates import PrintedApproval, PrintedCourse, PrintedLicense, PrintedSponsor, PrintedTopic
from goodstanding.credit.certificate_pdf import UNPRINTABLE, render_certificate
from tests.core.test_certificates import NUMBER, approval, record

MARKUP = '#panic("x") *b* $x^2$ #sys.inputs @ref <label> `raw` \\ // "quoted" [a](b) #image("/etc/passwd") </script><script>alert(1)</script>'


def standards_failed(pdf: bytes) -> list[str]:
    return [
        f"{profile}: {failure.rule_id} {failure.message}"
        for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A)
        for failure in page.validate_pdf_bytes(pdf, profile=profile).failures
    ]


def texts(pdf: bytes) -> str:
    """The text on the pages, by the fonts' own maps from glyphs to characters."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for sheet in document.pages:
            maps = {name: _characters(font) for name, font in sheet.Resources.Font.items()}
            current: dict[int, str] = {}
            for operands, operator in pikepdf.parse_content_stream(sheet):
                if str(operator) == "Tf":
                    current = maps[str(operands[0])]
                elif str(operator) in ("Tj", "TJ"):
                    parts = operands[0] if str(operator) == "TJ" else [operands[0]]
                    for part in parts:
                        if isinstance(part, pikepdf.String):
                            raw = bytes(part)
                            found.extend(current.get(int.from_bytes(raw[at : at + 2], "big"), "") for at in range(0, len(raw), 2))
                elif str(operator) in ("ET", "BDC"):
                    found.append(" ")
    return " ".join("".join(found).split())


def _characters(font: Any) -> dict[int, str]:
    known: dict[int, str] = {}
    section = ""
    for line in font.ToUnicode.read_bytes().decode("ascii").splitlines():
        if line.endswith(("beginbfchar", "beginbfrange")):
            section = line.split()[-1]
        elif line.startswith("end"):
            section = ""
        elif section == "beginbfchar":
            glyph, character = line.replace("<", " ").replace(">", " ").split()
            known[int(glyph, 16)] = bytes.fromhex(character).decode("utf-16-be")
        elif section == "beginbfrange":
            first, last, character = line.replace("<", " ").replace(">", " ").split()
            start = ord(bytes.fromhex(character).decode("utf-16-be"))
            known |= {glyph: chr(start + glyph - int(first, 16)) for glyph in range(int(first, 16), int(last, 16) + 1)}
    return known


def test_meets_both_standards() -> None:
    assert standards_failed(render_certificate(record())) == []


def test_the_validator_finds_a_fault() -> None:
    # a negative control: the same file without its document title
    with pikepdf.open(io.BytesIO(render_certificate(record()))) as document:
        del document.Root.ViewerPreferences
        broken = io.BytesIO()
        document.save(broken)

    assert standards_failed(broken.getvalue())


def test_says_everything_on_one_page() -> None:
    pdf = render_certificate(
        record(
            licenses=(PrintedLicense(state="CA", license_type="LPCC", number="1234"),),
            sponsor=PrintedSponsor(
                name="Example Institute",
                address="1 Example Street\nExample, CA",
                phone="555 0100",
                administrator_name="Cai Example",
                administrator_title="Director",
                signature_line="C. Example",
            ),
        )
    )

    text = texts(pdf)
    for words in (
        "Certificate of completion", NUMBER, "Ada Example", "CA LPCC 1234", "A former client", "coffee, version 1", "Someone",
        "23 November 2026", "20 November 2026", "America/Los Angeles", "62 minutes", "1.00", "Self-paced, online", "Ethics", "46", "0.75",
        "A body, 1, 1 January 2026 to 31 December 2026", "We are approved.", "C. Example", "Cai Example, Director",
        "Example Institute", "1 Example Street", "Example, CA", "555 0100", f"example.org/verify/{NUMBER}/", "Keep this certificate",
    ):  # fmt: skip
        assert words in text
    assert "no CE credit" not in text
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1
        assert str(document.docinfo["/Title"]) == f"Certificate of completion {NUMBER}"
        assert document.pages[0].mediabox[2:] == [612, 792]
        links = [str(note.A.URI) for note in document.pages[0].Annots]
    assert links == [f"https://example.org/verify/{NUMBER}/"]


def test_says_plainly_that_it_carries_no_credit() -> None:
    text = texts(render_certificate(record(approvals=(), provisional=True)))

    assert "Not approved for CE credit by any approval body." in text
    assert "This certificate carries no CE credit." in text
    assert "provisional" in text
    assert "Hours" not in text


def test_labels_demonstrations() -> None:
    text = texts(render_certificate(record(approvals=(approval(demonstration=True),), demonstration=True)))

    assert "Demonstration approval, not real: A body" in text
    assert "Nobody took this course" in text


def test_same_record_gives_the_same_bytes() -> None:
    first = render_certificate(record())
    render_certificate(record(holder_name="Someone else"))

    assert render_certificate(record()) == first


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (MARKUP, '#panic("x") *b* $x^2$ #sys.inputs @ref <label>'),
        ('Ada "the Great" O’Neill-Łukasz', 'Ada "the Great" O’Neill-Łukasz'),
        ("Ελένη Παππά", "Ελένη Παππά"),
        ("A" * 120, None),
        ("W" * 120, None),
        ("Nguyễn Thị Minh Khai", "Nguyễn Thị Minh Khai"),
        ("שרה כהן", None),
        ("محمد الأمين", None),
    ],
)
def test_any_name_is_printed_as_text(name: str, shown: str | None) -> None:
    pdf = render_certificate(record(holder_name=name))

    assert standards_failed(pdf) == []
    assert UNPRINTABLE not in texts(pdf)
    if shown:
        assert shown in texts(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1


@pytest.mark.parametrize("name", ["山田太郎 Yamada", "Ada 😀 Example 👩🏽‍⚕️", "தமிழ் Kumar"])
def test_characters_without_a_font_become_boxes_and_say_so(name: str) -> None:
    pdf = render_certificate(record(holder_name=name))

    assert standards_failed(pdf) == []
    assert UNPRINTABLE in texts(pdf)


def test_markup_in_every_field_stays_text() -> None:
    pdf = render_certificate(
        record(
            holder_name=MARKUP[:120],
            licenses=(PrintedLicense(state=MARKUP, license_type=MARKUP, number=MARKUP),),
            course=PrintedCourse(id=MARKUP, title=MARKUP, version=1, content_hash="", authors=(MARKUP, MARKUP)),
            sponsor=PrintedSponsor(**dict.fromkeys(PrintedSponsor.model_fields, MARKUP)),
            approvals=(
                PrintedApproval(**{**approval().model_dump(), "body_name": MARKUP, "number": MARKUP, "statement": MARKUP * 5}),
            ),
            topics=(PrintedTopic(topics=("ethics",), label=MARKUP, minutes=1),),
            time_zone=MARKUP,
        )
    )

    assert standards_failed(pdf) == []
    assert texts(pdf).count('#panic("x")') > 10


def test_more_than_a_page_holds_goes_on_to_the_next() -> None:
    approvals = tuple(approval(statement="A long statement. " * 55, number=str(number)) for number in range(8))

    pdf = render_certificate(record(approvals=approvals))

    assert standards_failed(pdf) == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) > 1
    assert texts(pdf).count("A long statement.") == 8 * 55
