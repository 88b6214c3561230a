"""Revoking a certificate, and telling a genuine file from an edited one."""

from __future__ import annotations

import argparse
import io
import zlib
from pathlib import Path

import pikepdf
import pytest

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.accounts.models import User
from goodstanding.audit.models import AuditEvent
from goodstanding.conf.commands import verify
from goodstanding.credit.errors import CertificateAlreadyRevokedError, CertificateNotFoundError, RevocationReasonError
from goodstanding.credit.models import Certificate
from goodstanding.credit.selectors import access_certificate, check_file, get_certificate, list_certificates, list_entries
from goodstanding.credit.services import award_completion, revoke_certificate
from tests.credit.making import AT, completion


@pytest.fixture
def certificate(clinician: User) -> Certificate:
    return award_completion(completion=completion(clinician), at=AT)


def edited(pdf: bytes) -> bytes:
    """The file with another name in its title, written anew with everything compressed, as an editor does."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        with document.open_metadata() as metadata:
            metadata["dc:title"] = "Certificate of Eve"
            del metadata["pdf:Keywords"]
        document.docinfo["/Title"] = "Certificate of Eve"
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)
    return out.getvalue()


def test_only_an_administrator_revokes(certificate: Certificate, clinician: User, administrator: User) -> None:
    with pytest.raises(PermissionRefusedError):
        revoke_certificate(actor=clinician, number=certificate.number, reason="I do not like it.", at=AT)

    revoke_certificate(actor=administrator, number=certificate.number, reason=" Taken by \n someone else. ", at=AT)

    revocation = get_certificate(certificate.number).revocation
    assert (revocation.reason, revocation.revoked_at) == ("Taken by someone else.", AT)
    assert AuditEvent.objects.get(tag="certificate:record:revoked").data == {}  # the reason may name someone


def test_a_revocation_stands_and_rewrites_nothing(certificate: Certificate, administrator: User, clinician: User) -> None:
    revoke_certificate(actor=administrator, number=certificate.number, reason="First.", at=AT)

    with pytest.raises(CertificateAlreadyRevokedError):
        revoke_certificate(actor=administrator, number=certificate.number, reason="Second.", at=AT)
    assert [entry.pk for entry in list_entries(holder=clinician.holder)] == [certificate.entry_id]
    assert Certificate.objects.get(pk=certificate.pk).pdf_sha256 == certificate.pdf_sha256


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 301])
def test_a_revocation_needs_a_reason(certificate: Certificate, administrator: User, reason: str) -> None:
    with pytest.raises(RevocationReasonError):
        revoke_certificate(actor=administrator, number=certificate.number, reason=reason, at=AT)


def test_an_unknown_number_can_not_be_revoked(administrator: User) -> None:
    with pytest.raises(CertificateNotFoundError):
        revoke_certificate(actor=administrator, number="GS-0000-0000-0000-0000-0", reason="Why.", at=AT)


def test_file_is_for_its_owner_and_administrators(
    certificate: Certificate, clinician: User, other_clinician: User, administrator: User
) -> None:
    assert access_certificate(user=clinician, number=certificate.number) == certificate
    assert access_certificate(user=administrator, number=certificate.number) == certificate
    with pytest.raises(CertificateNotFoundError):
        access_certificate(user=other_clinician, number=certificate.number)
    assert list(list_certificates(holder=other_clinician.holder)) == []


def test_issued_file_is_genuine(certificate: Certificate) -> None:
    check = check_file(bytes(certificate.pdf))

    assert (check.verdict, check.certificate, check.sha256) == ("genuine", certificate, certificate.pdf_sha256)


def test_edited_file_is_exposed_with_the_certificate_it_claims_to_be(certificate: Certificate) -> None:
    for changed in (
        edited(bytes(certificate.pdf)),
        bytes(certificate.pdf) + b"\n",
        bytes(certificate.pdf).replace(b"A small course", b"A great course"),
    ):
        check = check_file(changed)
        assert (check.verdict, check.certificate) == ("edited", certificate)


def test_files_of_others_are_unknown(certificate: Certificate) -> None:
    for stranger in (b"", b"%PDF-1.7\nnothing\n%%EOF", b"%PDF-1.7 GS-0000-0000-0000-0000-0", bytes(100_000)):
        assert check_file(stranger).verdict == "unknown"
    assert check_file(b"GS-0000-0000-0000-0000-0").number == "GS-0000-0000-0000-0000-0"
    assert check_file(certificate.number.encode("utf-16")).verdict == "edited"


@pytest.mark.django_db
def test_a_compression_bomb_is_inflated_only_so_far() -> None:
    bomb = b"%PDF-1.7\n" + (b"stream\n" + zlib.compress(bytes(30_000_000), 9) + b"\nendstream\n") * 100

    assert check_file(bomb).verdict == "unknown"


@pytest.mark.django_db
def test_many_false_streams_do_no_harm() -> None:
    assert check_file(b"%PDF-1.7\n" + b"stream\n" * 1_000_000).verdict == "unknown"


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    verify.add_arguments(parser)
    return verify.run(parser.parse_args(words))


def test_command_confirms_number_and_file(certificate: Certificate, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(bytes(certificate.pdf))

    for given in (
        certificate.number,
        certificate.number.lower().replace("-", " "),
        str(path),
        f"http://h/verify/{certificate.number}/",
    ):
        assert run(given) == 0
        said = capsys.readouterr().out
        assert f"{certificate.number} is genuine and valid." in said
        assert "Ada Example completed “A small course” on 2026-11-23" in said
        assert "carries no CE credit" in said


def test_command_says_no_to_what_is_revoked_edited_or_unknown(
    certificate: Certificate, administrator: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed, other = tmp_path / "changed.pdf", tmp_path / "other.pdf"
    changed.write_bytes(edited(bytes(certificate.pdf)))
    other.write_bytes(b"%PDF-1.7")

    for given, words in (
        (str(changed), "is not the file that was issued"),
        (str(other), "bears no certificate number"),
        ("GS-0000-0000-0000-0000-0", "was not issued here"),
        ("GS-1", "has 17 characters"),
    ):
        assert run(given) == 1
        error = capsys.readouterr().err
        assert words in error
        assert error.count("\n") == 1

    revoke_certificate(actor=administrator, number=certificate.number, reason="Taken by someone else.", at=AT)
    assert run(certificate.number) == 1
    assert "revoked on 2026-11-24: Taken by someone else." in capsys.readouterr().err


def test_command_does_not_verify_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / "none.pdf")) == 1
    assert "No such file" in capsys.readouterr().err
    assert run(str(tmp_path)) == 1
    assert run(" ") == 2
