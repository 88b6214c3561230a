"""Which files can serve as evidence: decided by what is in them, never by their name or by what the browser says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.files.base import File

from goodstanding.catalog.errors import EvidenceError

__all__ = ["MAX_BYTES", "Evidence", "read_evidence"]

MAX_BYTES = 10 * 1024 * 1024

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
)
"""Leading bytes, type, ending. A PDF must begin at once: readers are lenient, but a file that hides another is not evidence."""


@dataclass(frozen=True)
class Evidence:
    """A file that may be kept: its bytes, its true type with the ending that fits, and its hash."""

    data: bytes
    content_type: str
    suffix: str
    sha256: str


def read_evidence(file: File[bytes]) -> Evidence:
    """The content of `file`; EvidenceError if it is empty, larger than 10 MB, or neither PDF, JPEG nor PNG."""
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    if not data:
        raise EvidenceError("The file is empty. Choose the file once more.")
    if len(data) > MAX_BYTES:
        raise EvidenceError("The file is larger than 10 MB. Save it smaller, or send only the pages that matter.")
    for lead, content_type, suffix in _SIGNATURES:
        if data.startswith(lead):
            return Evidence(data, content_type, suffix, hashlib.sha256(data).hexdigest())
    raise EvidenceError("The file is not a PDF, JPEG or PNG, whatever its name says. Save it as one of these and try again.")
