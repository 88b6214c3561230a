"""
The chain that makes a change of the audit log show.

Every record has a number, one more than the record before it, and carries the hash of the record before (``previous``) and
its own (``hash``): SHA-256, in hexadecimal, of its canonical form. That is the UTF-8 of a JSON object with exactly these
members, sorted by name, without spaces, with everything outside ASCII escaped::

    {"actor":...,"at":"2026-11-23T22:33:24.000000Z","data":{...},"number":1,"previous":...,"subject_id":...,"subject_kind":...,"tag":...}

``data`` holds texts, whole numbers, true, false, null, lists and objects; no fractions, which databases write differently.
The first record follows 64 zeros. ``AuditHead`` keeps the number and hash of the last record, so a tail that was cut off
shows as well. Whoever can rewrite the whole chain and the head leaves no trace in the database: against that the operator
writes the anchor down somewhere else, and ``goodstanding verify --audit --expect ANCHOR`` looks for it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = ["START", "Anchor", "AnchorError", "ChainCheck", "Link", "check_chain", "hash_of", "parse_anchor", "plain"]

START = "0" * 64
"""What the first record follows."""

_MOST_FINDINGS = 20


class Link(NamedTuple):
    """One record, as far as the chain is about it; the order of its parts is that in which they are read."""

    number: int
    at: dt.datetime
    tag: str
    actor: str
    subject_kind: str
    subject_id: str
    data: Any
    previous: str
    hash: str


class Anchor(NamedTuple):
    """A place in the chain, to be written down: the number of a record and its hash."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


NOTHING = Anchor(0, START)
"""Where the chain begins."""


class AnchorError(ValueError):
    """What was given is no anchor."""


def parse_anchor(given: str) -> Anchor:
    """An anchor as it is printed, ``NUMBER:HASH``, or the hash alone, which then stands for whichever record carries it."""
    number, _, digest = given.strip().rpartition(":")
    digest = digest.lower()
    if len(digest) != len(START) or set(digest) - set("0123456789abcdef") or (number and not number.isascii()):
        raise AnchorError(
            "An anchor is a number, a colon and 64 hexadecimal characters, as `goodstanding verify --audit` prints it."
        )
    if number and not number.isdigit():
        raise AnchorError("The part of an anchor before the colon is the number of a record.")
    return Anchor(int(number or 0), digest)


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` as every database gives it back. Raises TypeError for what could come back as something else."""
    _require_plain(data)
    result: dict[str, Any] = json.loads(json.dumps(data))
    return result


def _require_plain(value: Any) -> None:
    if isinstance(value, Mapping):
        for name, part in value.items():
            if not isinstance(name, str):
                raise TypeError(f"{name!r} is no name for a part of an audit record")
            _require_plain(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _require_plain(part)
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"{type(value).__name__} has no place in an audit record; write it as a text")


def hash_of(link: Link) -> str:
    """The hash that the record should carry, from its content and from what it says it follows."""
    content = {
        "actor": link.actor,
        "at": link.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "data": link.data,
        "number": link.number,
        "previous": link.previous,
        "subject_id": link.subject_id,
        "subject_kind": link.subject_kind,
        "tag": link.tag,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass
class ChainCheck:
    """What a walk along the chain found. It holds if there are no findings."""

    count: int = 0
    anchor: Anchor = NOTHING
    findings: list[str] = field(default_factory=list)
    left_out: int = 0

    def found(self, finding: str) -> None:
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(finding)
        else:
            self.left_out += 1


def check_chain(links: Iterable[Link], *, head: Anchor, expected: Anchor | None = None) -> ChainCheck:
    """
    Walk the records in the order of their numbers up to `head`, keeping no more than one in hand.

    A finding names the record it is about. What is wrong with one record is said once: the walk goes on from what the record
    says of itself, so that a changed record does not make all that follow look wrong.
    """
    check = ChainCheck()
    seen_expected = expected is None or (expected.hash == START and not expected.number)
    before = NOTHING
    for link in links:
        check.count += 1
        if link.number > before.number + 1:
            check.found(_missing(before.number + 1, link.number - 1))
        elif link.number <= before.number:
            check.found(f"record {link.number} stands where record {before.number + 1} belongs")
        elif link.previous != before.hash:
            check.found(f"record {link.number} does not follow record {before.number} as that one is now")
        if hash_of(link) != link.hash:
            check.found(f"record {link.number} was changed")
        before = Anchor(link.number, link.hash)
        if expected is not None and link.hash == expected.hash and expected.number in (0, link.number):
            seen_expected = True
    if before.number < head.number:
        check.found(f"{_missing(before.number + 1, head.number)} at the end")
    elif before.hash != head.hash:
        check.found(f"record {head.number} is not the one that was written last")
    if not seen_expected and expected is not None:
        place = f"record {expected.number}" if expected.number else "a record"
        check.found(f"{place} with the expected hash {expected.hash} is not there: the log was cut off or written anew since")
    check.anchor = before
    return check


def _missing(first: int, last: int) -> str:
    return f"record {first} is missing" if first == last else f"records {first} to {last} are missing"


def rechain(links: Iterable[Link], *, start: Anchor = NOTHING) -> Iterator[Link]:
    """The same records as a chain of their own, in the order given. For an upgrade from before there was one."""
    before = start
    for link in links:
        link = link._replace(number=before.number + 1, previous=before.hash)  # noqa: PLW2901
        link = link._replace(hash=hash_of(link))  # noqa: PLW2901
        before = Anchor(link.number, link.hash)
        yield link
