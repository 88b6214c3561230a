"""Which files can prove a credit: decided by what is in them. A name that says something else is refused, not believed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath

import puremagic
from django.core.files.base import File

from goodstanding.credit.errors import ProofRefusedError

__all__ = ["MAX_BYTES", "Proof", "read_proof"]

MAX_BYTES = 10 * 1024 * 1024
_NAME_LENGTH = 150


@dataclass(frozen=True)
class _Kind:
    content_type: str
    suffix: str
    endings: tuple[str, ...]
    name: str
    lead: bytes
    tail: bytes


_KINDS = (
    _Kind("application/pdf", ".pdf", (".pdf",), "PDF", b"%PDF-", b"%%EOF"),
    _Kind("image/jpeg", ".jpg", (".jpg", ".jpeg"), "JPEG picture", b"\xff\xd8\xff", b"\xff\xd9"),
    _Kind("image/png", ".png", (".png",), "PNG picture", b"\x89PNG\r\n\x1a\n", b"IEND"),
)
_TAIL_WITHIN = 2048
"""Readers allow some bytes after the end of a PDF; scanners and cameras append a few to pictures."""


@dataclass(frozen=True)
class Proof:
    """A file that may be kept: its bytes, a safe name with the right ending, its true type and its hash."""

    data: bytes
    name: str
    content_type: str
    suffix: str
    sha256: str


def read_proof(file: File[bytes]) -> Proof:
    """
    The content of `file`; ProofRefusedError, with words for the person who chose it, if it can not be kept.

    At most one byte more than the limit is read, whatever the upload says about its own size.
    """
    file.seek(0)
    data: bytes = file.read(MAX_BYTES + 1)
    if not data:
        raise ProofRefusedError("The file is empty. Choose the file once more.")
    if len(data) > MAX_BYTES:
        raise ProofRefusedError("The file is larger than 10 MB. Save it smaller, or send only the pages that matter.")
    kind = _kind_of(data)
    if kind is None:
        raise ProofRefusedError(
            "The file is not a PDF, JPEG or PNG, whatever its name says. Save it as one of these and choose it again."
        )
    given = PurePath((file.name or "").replace("\\", "/")).name
    ending = PurePath(given).suffix.lower()
    if any(ending in other.endings for other in _KINDS) and ending not in kind.endings:
        raise ProofRefusedError(
            f"The name ends in {ending}, but the file is a {kind.name}. Rename it to end in {kind.suffix}, or choose the right file."
        )
    if kind.tail not in data[-_TAIL_WITHIN:]:
        raise ProofRefusedError(
            f"The {kind.name} breaks off before its end. Open it to check, save it again, and choose it once more."
        )
    return Proof(data, _safe_name(given, kind), kind.content_type, kind.suffix, hashlib.sha256(data).hexdigest())


def _kind_of(data: bytes) -> _Kind | None:
    """
    The kind of the content, where its first bytes and the signature library agree.

    The first bytes must be the signature itself: a file that hides something before it is no proof.
    """
    lead = next((kind for kind in _KINDS if data.startswith(kind.lead)), None)
    if lead is None:
        return None
    try:
        matches = puremagic.magic_string(data)
    except puremagic.PureError:
        return None
    return lead if any(match.extension.lower() in (*lead.endings, ".jfif", ".jpe") for match in matches) else None


def _safe_name(given: str, kind: _Kind) -> str:
    """The given name on one line, without characters that mean something to a file system, and with the true ending."""
    stem = PurePath(given).stem if PurePath(given).suffix.lower() in kind.endings else given
    plain = "".join(character for character in stem if character.isprintable() and character not in '/\\:*?"<>|').strip(" .")
    return (plain or "proof")[: _NAME_LENGTH - len(kind.suffix)] + kind.suffix
