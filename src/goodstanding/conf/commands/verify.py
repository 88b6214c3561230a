"""
`goodstanding verify FILE|NUMBER`: whether a certificate is genuine and valid, asked of this installation's database.

`goodstanding verify --audit`: whether the audit log is whole and unchanged, and an anchor to write down; with
`--expect ANCHOR` also whether the log still holds what it held when that anchor was written down.

Whatever is given and can not be confirmed is not verified, also where the reason is a slip of the finger, a file that is not
there or a database that does not answer: a script that asks must never take any of these for a yes, and learns why from one
line on stderr. Wrong usage is only to ask without saying about what.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from goodstanding.conf.database import UNREADABLE, NoDatabaseError, set_up_database
from goodstanding.core.certificates import MAX_FILE_BYTES, NumberError, parse_number

if TYPE_CHECKING:
    from goodstanding.credit.models import Certificate

HELP = "check a certificate, or the audit log"
VERIFIED, NOT_VERIFIED, WRONG_USAGE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`FILE` is the PDF as it was downloaded; `NUMBER` may be typed with or without dashes."""
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument(
        "certificate", nargs="?", metavar="FILE|NUMBER", help="the PDF of a certificate, or the number printed on it"
    )
    asked.add_argument("--audit", action="store_true", help="check the audit log instead: is it whole and unchanged")
    parser.add_argument(
        "--expect", metavar="ANCHOR", help="with --audit: an anchor that this command printed before, or its hash alone"
    )


def run(args: argparse.Namespace) -> int:
    """0: genuine and valid. 1: not verified, for the reason on stderr. 2: nothing was named."""
    if args.audit:
        return _with_log(args.expect)
    if args.expect is not None:
        return _refuse("--expect belongs to --audit", WRONG_USAGE)
    given: str = args.certificate
    if not given.strip():
        return _refuse("name the file of a certificate, or its number", WRONG_USAGE)
    data, number = b"", ""
    if _names_file(given):
        try:
            with Path(given).open("rb") as file:
                data = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            return _refuse(f"{given} can not be read: {error.strerror or 'unknown reason'}")
        if len(data) > MAX_FILE_BYTES:
            return _refuse(f"{given} is larger than 10 MB; no certificate issued here is")
    else:
        try:
            number = parse_number(given)
        except NumberError as error:
            return _refuse(f"{given} is no certificate number. {error}")
    return _with_database(given, data, number)


def _names_file(given: str) -> bool:
    """Whether a file is meant, there or not, rather than a number or the address of a verification page."""
    if given.startswith(("http://", "https://")):
        return False
    path = Path(given)
    if path.suffix.lower() == ".pdf" or os.sep in given.replace("/verify/", ""):
        return True
    try:
        return path.exists()
    except OSError:  # no name that a file could have
        return False


def _with_database(given: str, data: bytes, number: str) -> int:
    try:
        set_up_database()
    except NoDatabaseError as error:
        return _refuse(str(error))
    from django.db import Error

    try:
        return _check_number(number) if number else _check_file(given, data)
    except Error:
        return _refuse(UNREADABLE)


def _check_number(number: str) -> int:
    from goodstanding.credit.errors import CertificateNotFoundError
    from goodstanding.credit.selectors import get_certificate

    try:
        certificate = get_certificate(number)
    except CertificateNotFoundError:
        return _refuse(f"{number} was not issued here")
    return _say(certificate)


def _check_file(given: str, data: bytes) -> int:
    from goodstanding.credit.selectors import check_file

    check = check_file(data)
    if check.verdict == "genuine" and check.certificate is not None:
        return _say(check.certificate)
    if check.verdict == "edited":
        return _refuse(f"{given} bears the number {check.number} but is not the file that was issued: it was changed since")
    if check.number:
        return _refuse(f"{given} bears the number {check.number}, which was not issued here")
    return _refuse(f"{given} bears no certificate number; if one is printed on it, check that instead")


def _say(certificate: Certificate) -> int:
    from goodstanding.credit.selectors import record_of

    record = record_of(certificate)
    revocation = getattr(certificate, "revocation", None)
    if revocation is not None:
        return _refuse(f"{certificate.number} was revoked on {revocation.revoked_at:%Y-%m-%d}: {revocation.reason}")
    lines = [
        f"{certificate.number} is genuine and valid.",
        f"{record.holder_name} completed “{record.course.title}” on {record.completed_on:%Y-%m-%d} ({record.time_zone}).",
        f"{record.minutes} minutes{' (provisional)' if record.provisional else ''}, {record.format_label.lower()}.",
        *record.credit_notes,
        *(["Demonstration: this is not a real certificate or not a real approval."] if record.shows_demonstration else []),
        f"SHA-256 of its file: {certificate.pdf_sha256}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return VERIFIED


def _with_log(given: str | None) -> int:
    from goodstanding.audit.chain import AnchorError, parse_anchor

    try:
        expected = None if given is None else parse_anchor(given)
    except AnchorError as error:
        return _refuse(str(error), WRONG_USAGE)
    try:
        set_up_database()
    except NoDatabaseError as error:
        return _refuse(str(error))
    from django.db import Error, connection

    from goodstanding.audit.guards import missing_guards
    from goodstanding.audit.selectors import verify_log

    try:
        check = verify_log(expected=expected)
        unguarded = missing_guards(connection)
    except Error:
        return _refuse(UNREADABLE)
    for finding in check.findings:
        _refuse(finding)
    if check.left_out:
        _refuse(f"and {check.left_out} more")
    for table in unguarded:
        _refuse(f"the database would let rows of {table} be rewritten; start `goodstanding serve` to protect them again")
    if check.findings or unguarded:
        return NOT_VERIFIED
    sys.stdout.write(
        f"The audit log is whole: {check.count:,} record{'' if check.count == 1 else 's'}, none changed, removed, added or moved.\n"
        f"Anchor: {check.anchor}\n"
        + ("" if expected is None else "It still holds what it held at the expected anchor.\n")
        + (
            ""
            if expected is not None
            else "Write the anchor down elsewhere; `goodstanding verify --audit --expect ANCHOR` looks for it.\n"
        )
    )
    return VERIFIED


def _refuse(message: str, code: int = NOT_VERIFIED) -> int:
    sys.stderr.write(f"goodstanding verify: {' '.join(message.split())}\n")
    return code
