"""
What a certificate says, and how its number is built.

A certificate is a frozen :class:`CertificateRecord`: everything that is printed, in the words in which it is printed, so
that a renamed person, an edited course or a new sponsor address changes nothing on it. The PDF and the public page are
both drawn from the record and from nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from goodstanding.core.documents import Strict

__all__ = [
    "FORMAT_LABELS",
    "MAX_FILE_BYTES",
    "NOT_APPROVED",
    "NO_CREDIT",
    "RETENTION_HINT",
    "CertificateRecord",
    "NumberError",
    "PrintedApproval",
    "PrintedCourse",
    "PrintedLicense",
    "PrintedSponsor",
    "PrintedTopic",
    "find_numbers",
    "new_number",
    "one_line",
    "parse_number",
    "record_from_json",
    "record_to_json",
]

MAX_FILE_BYTES = 10 * 1024 * 1024
"""What is larger is not looked into when a file is checked: no certificate of ours comes near it."""

# --- the number -----------------------------------------------------------------------------------------------------

PREFIX = "GS"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, which look like digits, and no U, which makes words."""

RANDOM_CHARACTERS = 16
"""80 random bits: a number can not be guessed, whatever the number of certificates and of tries."""

_LENGTH = RANDOM_CHARACTERS + 1
_LOOKALIKES = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-_.\u00ad\u200b\u2010-\u2015\u2212]+")
_IN_TEXT = re.compile(r"GS(?:-[0-9A-HJKMNP-TV-Z]{4}){4}-[0-9A-HJKMNP-TV-Z]")
_ADDRESS = re.compile(r"/verify/([^/?#\s]+)")


class NumberError(ValueError):
    """What was entered is no certificate number; the message says what to look at."""


def new_number(random_below: Callable[[int], int] = secrets.randbelow) -> str:
    """A fresh number such as ``GS-7K3M-9QWE-R5T2-ABCD-X``; the last character is a check on the ones before."""
    values = [random_below(len(ALPHABET)) for _ in range(RANDOM_CHARACTERS)]
    return _written("".join(ALPHABET[value] for value in (*values, _check_value(values))))


def parse_number(entered: str) -> str:
    """
    The number as we write it, from whatever a person typed or pasted.

    Case, spaces and dashes do not matter; O is read as 0, I and L as 1; the prefix may be missing; the address of the
    verification page does as well. Raises NumberError where no number of ours can be read from it, in particular where
    one character was mistyped or two changed places: the check character finds each of these.
    """
    address = _ADDRESS.search(entered)
    plain = _SEPARATORS.sub("", address[1] if address else entered).upper()
    if not plain:
        raise NumberError("Enter the number that is printed on the certificate.")
    if len(plain) != _LENGTH and plain.startswith(PREFIX):
        plain = plain[len(PREFIX) :]
    plain = plain.translate(_LOOKALIKES)
    strange = sorted({character for character in plain if character not in ALPHABET})
    if strange:
        shown = ", ".join(f"“{character}”" for character in strange[:3])
        occur = "does not occur" if len(strange) == 1 else "do not occur"
        raise NumberError(f"{shown} {occur} in certificate numbers. They have digits and letters, without I, L, O and U.")
    if len(plain) != _LENGTH:
        raise NumberError(f"A certificate number has {_LENGTH} characters after {PREFIX}; this one has {len(plain)}.")
    values = [ALPHABET.index(character) for character in plain]
    if _check_value(values[:-1]) != values[-1]:
        raise NumberError(
            "The check character at its end does not fit: one character is mistyped, or two have changed places. "
            "Compare it with the certificate once more."
        )
    return _written(plain)


def find_numbers(text: str) -> tuple[str, ...]:
    """The valid numbers that stand in `text` exactly as we write them, each once, in their order."""
    found: dict[str, None] = {}
    for match in _IN_TEXT.finditer(text):
        try:
            found[parse_number(match[0])] = None
        except NumberError:
            continue
    return tuple(found)


def _written(plain: str) -> str:
    groups = [plain[at : at + 4] for at in range(0, RANDOM_CHARACTERS, 4)]
    return "-".join([PREFIX, *groups, plain[RANDOM_CHARACTERS:]])


def _times_two(value: int) -> int:
    """Multiplication by the generator of the field with 32 elements (x^5 + x^2 + 1)."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def _check_value(values: list[int]) -> int:
    """
    The check on `values`: their sum in the field with 32 elements, each weighted by another power of its generator.

    Because the weights differ (and differ from that of the check itself, 1), every single wrong character and every
    exchange of two characters changes the sum.
    """
    total = 0
    for value in reversed(values):
        total = _times_two(total ^ value)
    return total


# --- the record -----------------------------------------------------------------------------------------------------

NOT_APPROVED = "Not approved for CE credit by any approval body."
NO_CREDIT = "This certificate carries no CE credit."
PROVISIONAL = "The minutes are provisional: raters and an approver have not signed them yet."
RETENTION_HINT = "Keep this certificate. Your board may ask for it after you renew; look up how long in your board's rule."

FORMAT_LABELS: Mapping[str, str] = {
    "live_in_person": "Live, in person",
    "live_online": "Live, online",
    "asynchronous": "Self-paced, online",
    "hybrid": "Part live, part self-paced",
}

_SPACES = re.compile(r"\s+")


def one_line(value: str) -> str:
    """The text on one line, without control characters: what is printed must be what is stored."""
    return _SPACES.sub(" ", "".join(c if c.isprintable() or c.isspace() else "" for c in value)).strip()


def _lines(value: str) -> str:
    return "\n".join(line for line in map(one_line, value.splitlines()) if line)


Line = Annotated[str, AfterValidator(one_line)]
Lines = Annotated[str, AfterValidator(_lines)]
Filled = Annotated[Line, Field(min_length=1)]


class PrintedLicense(Strict):
    """A license of the holder as it was on the day of issue."""

    license_type: Line
    number: Line
    state: Line


class PrintedCourse(Strict):
    """The course and its version. ``content_hash`` ties the certificate to the very text that was taught."""

    id: Filled
    title: Filled
    version: int
    content_hash: str
    authors: tuple[Line, ...]


class PrintedSponsor(Strict):
    """The organization that answers for the course."""

    name: Line
    address: Lines
    phone: Line
    email: Line = ""
    administrator_name: Line = ""
    administrator_title: Line = ""
    signature_line: Line = ""


class PrintedApproval(Strict):
    """One approval of the sponsor that held on the day of completion. A demonstration approval approves nothing."""

    body: str
    body_name: Line
    number: Line
    valid_from: dt.date
    valid_to: dt.date
    statement: Lines
    demonstration: bool = False


class PrintedTopic(Strict):
    """Minutes that were about all of these topics: their ids, and their names as they were printed."""

    topics: tuple[str, ...]
    label: Filled
    minutes: int


class CertificateRecord(Strict):
    """Everything a certificate says. A field that is added later has a default, so that old records stay readable."""

    schema_version: Literal[1] = 1
    number: str
    issued_at: dt.datetime
    issued_on: dt.date
    holder_name: Filled
    licenses: tuple[PrintedLicense, ...] = ()
    course: PrintedCourse
    sponsor: PrintedSponsor
    approvals: tuple[PrintedApproval, ...] = ()
    format: Literal["live_in_person", "live_online", "asynchronous", "hybrid"]
    started_on: dt.date
    completed_on: dt.date
    time_zone: Filled
    minutes: Annotated[int, Field(gt=0)]
    provisional: bool
    topics: tuple[PrintedTopic, ...] = ()
    verification_url: Filled
    retention: Line = RETENTION_HINT
    demonstration: bool = False
    """Made in a demonstration database: nobody took this course."""

    @model_validator(mode="after")
    def _whole(self) -> CertificateRecord:
        if parse_number(self.number) != self.number:
            raise ValueError("`number` is not written as we write it")
        if self.issued_at.tzinfo is None:
            raise ValueError("`issued_at` needs a time zone")
        if self.started_on > self.completed_on:
            raise ValueError("a course is not completed before it is started")
        if any(not 0 <= topic.minutes <= self.minutes for topic in self.topics):
            raise ValueError("a topic has at most the minutes of the whole")
        return self

    @property
    def carries_credit(self) -> bool:
        """Only final minutes under a real approval are CE credit; whether a board takes it is the board's matter."""
        return not self.provisional and not self.demonstration and any(not approval.demonstration for approval in self.approvals)

    @property
    def shows_demonstration(self) -> bool:
        """Whether the word "demonstration" must stand on it."""
        return self.demonstration or any(approval.demonstration for approval in self.approvals)

    @property
    def format_label(self) -> str:
        return FORMAT_LABELS[self.format]

    @property
    def credit_notes(self) -> tuple[str, ...]:
        """What must be said about credit, plainest first; empty only where the certificate carries credit."""
        notes = []
        if not any(not approval.demonstration for approval in self.approvals):
            notes.append(NOT_APPROVED)
        if self.provisional:
            notes.append(PROVISIONAL)
        if not self.carries_credit:
            notes.append(NO_CREDIT)
        return tuple(notes)

    def hours(self, minutes: int) -> Decimal | None:
        """`minutes` in hours of 60 minutes, rounded down to quarters; None while provisional: then only minutes are said."""
        return None if self.provisional else Decimal(minutes // 15) / 4


def record_to_json(record: CertificateRecord) -> str:
    """The record's canonical JSON: sorted keys, no spaces, UTF-8. Equal records give equal text."""
    return json.dumps(record.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def record_from_json(data: Mapping[str, Any] | str) -> CertificateRecord:
    """The record stored as `data` (text, or as read from a JSON column); pydantic's ValidationError if it is not one."""
    return CertificateRecord.model_validate_json(data if isinstance(data, str) else json.dumps(data))
