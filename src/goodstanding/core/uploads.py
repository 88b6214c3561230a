"""
Which uploaded files may be kept as documents: decided by what is in them.

A name that says something else is refused, not believed; a file that breaks off is refused while the person can still find
the whole one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

import puremagic

__all__ = [
    "MAX_UPLOAD_BYTES",
    "BrokenUploadError",
    "EmptyUploadError",
    "LargeUploadError",
    "MisnamedUploadError",
    "UnknownUploadError",
    "Upload",
    "UploadError",
    "read_upload",
]

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
_NAME_LENGTH = 150


class UploadError(Exception):
    """Base of the refusals; each message is written for the person who chose the file."""


class EmptyUploadError(UploadError):
    """There is nothing in the file."""

    def __init__(self) -> None:
        super().__init__("The file is empty. Choose the file once more.")


class LargeUploadError(UploadError):
    """The file is larger than :data:`MAX_UPLOAD_BYTES`."""

    def __init__(self) -> None:
        super().__init__("The file is larger than 10 MB. Save it smaller, or send only the pages that matter.")


class UnknownUploadError(UploadError):
    """The content is neither a PDF nor a JPEG nor a PNG."""

    def __init__(self) -> None:
        super().__init__(
            "The file is not a PDF, JPEG or PNG, whatever its name says. Save it as one of these and choose it again."
        )


class MisnamedUploadError(UploadError):
    """The name ends as another kind of file does: it may be the wrong file."""

    def __init__(self, *, ending: str, kind: str, suffix: str) -> None:
        super().__init__(
            f"The name ends in {ending}, but the file is a {kind}. Rename it to end in {suffix}, or choose the right file."
        )


class BrokenUploadError(UploadError):
    """The content begins as its kind does and does not end so."""

    def __init__(self, *, kind: str) -> None:
        super().__init__(f"The {kind} breaks off before its end. Open it to check, save it again, and choose it once more.")


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


class _Readable(Protocol):
    def seek(self, offset: int, /) -> int: ...
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Upload:
    """A file that may be kept: its bytes, a safe name with the right ending, its true type and its hash."""

    data: bytes
    name: str
    content_type: str
    suffix: str
    sha256: str


def read_upload(file: _Readable, *, name: str, unnamed: str) -> Upload:
    """
    The content of `file`, which came under `name`; UploadError if it can not be kept.

    At most one byte more than the limit is read, whatever the upload says about its own size. `unnamed` is what a file is
    called whose name holds nothing that can be kept.
    """
    file.seek(0)
    data = file.read(MAX_UPLOAD_BYTES + 1)
    if not data:
        raise EmptyUploadError
    if len(data) > MAX_UPLOAD_BYTES:
        raise LargeUploadError
    kind = _kind_of(data)
    if kind is None:
        raise UnknownUploadError
    given = PurePath(name.replace("\\", "/")).name
    ending = PurePath(given).suffix.lower()
    if any(ending in other.endings for other in _KINDS) and ending not in kind.endings:
        raise MisnamedUploadError(ending=ending, kind=kind.name, suffix=kind.suffix)
    if kind.tail not in data[-_TAIL_WITHIN:]:
        raise BrokenUploadError(kind=kind.name)
    return Upload(
        data, _safe_name(given, kind, unnamed=unnamed), kind.content_type, kind.suffix, hashlib.sha256(data).hexdigest()
    )


def _kind_of(data: bytes) -> _Kind | None:
    """
    The kind of the content, where its first bytes and the signature library agree.

    The first bytes must be the signature itself: a file that hides something before it is no document.
    """
    lead = next((kind for kind in _KINDS if data.startswith(kind.lead)), None)
    if lead is None:
        return None
    try:
        matches = puremagic.magic_string(data)
    except puremagic.PureError:
        return None
    return lead if any(match.extension.lower() in (*lead.endings, ".jfif", ".jpe") for match in matches) else None


def _safe_name(given: str, kind: _Kind, *, unnamed: str) -> str:
    """The given name on one line, without characters that mean something to a file system, and with the true ending."""
    stem = PurePath(given).stem if PurePath(given).suffix.lower() in kind.endings else given
    plain = "".join(character for character in stem if character.isprintable() and character not in '/\\:*?"<>|').strip(" .")
    return (plain or unnamed)[: _NAME_LENGTH - len(kind.suffix)] + kind.suffix
