"""`goodstanding verify FILE|NUMBER`: whether a certificate is genuine and valid, asked of this installation's database."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from goodstanding.core.certificates import NumberError, parse_number

if TYPE_CHECKING:
    from goodstanding.credit.models import Certificate

HELP = "check a certificate"
MAX_BYTES = 10 * 1024 * 1024

VERIFIED, NOT_VERIFIED, WRONG_USAGE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`FILE` is the PDF as it was downloaded; `NUMBER` may be typed with or without dashes."""
    parser.add_argument("certificate", metavar="FILE|NUMBER", help="the PDF of a certificate, or the number printed on it")


def run(args: argparse.Namespace) -> int:
    """0: genuine and valid. 1: revoked, edited, or not issued here. 2: there is nothing to check, or nothing to check it with."""
    given: str = args.certificate
    path = Path(given)
    is_file = path.exists() or path.suffix.lower() == ".pdf" or os.sep in given.replace("/verify/", "")
    data, number = b"", ""
    if is_file and not given.startswith(("http://", "https://")):
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            return _refuse(f"{given} can not be read: {error.strerror or 'unknown reason'}", WRONG_USAGE)
        if len(data) > MAX_BYTES:
            return _refuse(f"{given} is larger than 10 MB; no certificate issued here is", NOT_VERIFIED)
    else:
        try:
            number = parse_number(given)
        except NumberError as error:
            return _refuse(str(error), NOT_VERIFIED)
    return _with_database(given, data, number)


def _with_database(given: str, data: bytes, number: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.conf.settings")
    import django
    from django.apps import apps
    from django.conf import settings
    from django.db import DatabaseError

    if not apps.ready:
        django.setup()
    none_yet = "there is no database yet; start `goodstanding serve` once, or set GOODSTANDING_HOME or DATABASE_URL"
    database = settings.DATABASES["default"]
    # Connecting would leave an empty file behind.
    if database["ENGINE"].endswith("sqlite3") and not Path(database["NAME"]).exists():
        return _refuse(none_yet, WRONG_USAGE)
    try:
        return _check_number(number) if number else _check_file(given, data)
    except DatabaseError:
        return _refuse(f"the database can not be read; if it is new, {none_yet.partition('; ')[2]}", WRONG_USAGE)


def _check_number(number: str) -> int:
    from goodstanding.credit.errors import CertificateNotFoundError
    from goodstanding.credit.selectors import get_certificate

    try:
        certificate = get_certificate(number)
    except CertificateNotFoundError:
        return _refuse(f"{number} was not issued here", NOT_VERIFIED)
    return _say(certificate)


def _check_file(given: str, data: bytes) -> int:
    from goodstanding.credit.selectors import check_file

    check = check_file(data)
    if check.verdict == "genuine" and check.certificate is not None:
        return _say(check.certificate)
    if check.verdict == "edited":
        return _refuse(
            f"{given} bears the number {check.number} but is not the file that was issued: it was changed since", NOT_VERIFIED
        )
    if check.number:
        return _refuse(f"{given} bears the number {check.number}, which was not issued here", NOT_VERIFIED)
    return _refuse(f"{given} bears no certificate number; if one is printed on it, check that instead", NOT_VERIFIED)


def _say(certificate: Certificate) -> int:
    from goodstanding.credit.selectors import record_of

    record = record_of(certificate)
    revocation = getattr(certificate, "revocation", None)
    if revocation is not None:
        return _refuse(f"{certificate.number} was revoked on {revocation.revoked_at:%Y-%m-%d}: {revocation.reason}", NOT_VERIFIED)
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


def _refuse(message: str, code: int) -> int:
    sys.stderr.write(f"goodstanding verify: {message}\n")
    return code
