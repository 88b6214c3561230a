"""Which uploaded files may be kept."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from goodstanding.core.uploads import (
    MAX_UPLOAD_BYTES,
    BrokenUploadError,
    EmptyUploadError,
    LargeUploadError,
    MisnamedUploadError,
    UnknownUploadError,
    Upload,
    UploadError,
    read_upload,
)

PDF = b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"


def picture(kind: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(data, kind)
    return data.getvalue()


def read(name: str, data: bytes) -> Upload:
    return read_upload(io.BytesIO(data), name=name, unnamed="proof")


@pytest.mark.parametrize(
    ("name", "data", "content_type", "kept_as"),
    [
        ("Certificate 2026.pdf", PDF, "application/pdf", "Certificate 2026.pdf"),
        ("scan.JPG", picture("JPEG"), "image/jpeg", "scan.jpg"),
        ("scan.jpeg", picture("JPEG"), "image/jpeg", "scan.jpg"),
        ("photo.png", picture("PNG"), "image/png", "photo.png"),
        ("no ending", PDF, "application/pdf", "no ending.pdf"),
        ('../../etc/pass"wd\r\n.pdf', PDF, "application/pdf", "passwd.pdf"),
        ("C:\\scans\\..\\a.pdf", PDF, "application/pdf", "a.pdf"),
        (".pdf", PDF, "application/pdf", "pdf.pdf"),
        ("", PDF, "application/pdf", "proof.pdf"),
        ("x" * 300 + ".pdf", PDF, "application/pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_document_is_taken_by_its_content_and_named_safely(name: str, data: bytes, content_type: str, kept_as: str) -> None:
    kept = read(name, data)

    assert (kept.data, kept.content_type, kept.name) == (data, content_type, kept_as)
    assert kept.name.endswith(kept.suffix)
    assert kept.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("name", "data", "error", "words"),
    [
        ("a.pdf", b"", EmptyUploadError, "empty"),
        (
            "a.pdf",
            b"<html><script>alert(1)</script></html>",
            UnknownUploadError,
            "not a PDF, JPEG or PNG, whatever its name says",
        ),
        ("a.pdf", b"GIF89a" + bytes(50), UnknownUploadError, "not a PDF, JPEG or PNG"),
        ("a.pdf", b"MZ\x90 " + PDF, UnknownUploadError, "not a PDF, JPEG or PNG"),
        ("a.pdf", picture("PNG"), MisnamedUploadError, "ends in .pdf, but the file is a PNG picture"),
        ("a.png", PDF, MisnamedUploadError, "ends in .png, but the file is a PDF"),
        ("a.pdf", PDF.replace(b"%%EOF", b""), BrokenUploadError, "The PDF breaks off"),
        ("a.jpg", picture("JPEG")[:-2], BrokenUploadError, "The JPEG picture breaks off"),
        ("a.png", picture("PNG")[:-12], BrokenUploadError, "The PNG picture breaks off"),
    ],
)
def test_what_can_not_be_a_document_is_refused_with_its_reason(
    name: str, data: bytes, error: type[UploadError], words: str
) -> None:
    with pytest.raises(error, match=words):
        read(name, data)


def test_ten_megabytes_are_taken_and_one_byte_more_is_not() -> None:
    at_limit = PDF.removesuffix(b"%%EOF\n") + b" " * (MAX_UPLOAD_BYTES - len(PDF)) + b"%%EOF\n"
    assert len(read("a.pdf", at_limit).data) == MAX_UPLOAD_BYTES
    with pytest.raises(LargeUploadError, match="larger than 10 MB"):
        read("a.pdf", b" " + at_limit)


def test_a_file_read_before_is_read_from_its_start() -> None:
    file = io.BytesIO(PDF)
    file.read()
    assert read_upload(file, name="a.pdf", unnamed="proof").data == PDF
