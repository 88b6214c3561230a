"""The public check of certificates."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client

from goodstanding.accounts.models import User
from goodstanding.catalog.models import Approval
from goodstanding.credit.models import Certificate
from goodstanding.credit.services import award_completion, revoke_certificate
from goodstanding.web.verify.certificates import FILES, PAGES
from tests.credit.making import AT, completion, upload

pytestmark = pytest.mark.django_db
UNKNOWN = "GS-0000-0000-0000-0000-0"


@pytest.fixture(autouse=True)
def _no_requests_counted() -> None:
    cache.clear()


@pytest.fixture
def certificate(clinician: User) -> Certificate:
    return award_completion(completion=completion(clinician), at=AT)


def page_of(client: Client, number: str) -> str:
    response = client.get(f"/verify/{number}/")
    assert response.status_code == 200
    return response.content.decode()


def test_says_what_was_printed_without_an_account(client: Client, certificate: Certificate) -> None:
    response = client.get(f"/verify/{certificate.number}/")
    html = response.content.decode()

    for words in (
        "This certificate is valid", certificate.number, "Ada Example", "A small course", "39 minutes (provisional)", "Self-paced, online",
        "20 November 2026", "23 November 2026", "America/Los_Angeles", "Professional ethics, boundaries and multiple relationships",
        certificate.pdf_sha256, "Not approved for CE credit by any approval body.", "carries no CE credit",
    ):  # fmt: skip
        assert words in html
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in html
    assert response["Cache-Control"] == "private, no-store"


def test_shows_revocation_with_day_and_reason(client: Client, certificate: Certificate, administrator: User) -> None:
    revoke_certificate(actor=administrator, number=certificate.number, reason="Taken by <someone> else.", at=AT)

    html = page_of(client, certificate.number)

    assert "This certificate was revoked" in html
    assert "Revoked on 24 November 2026" in html
    assert "Taken by &lt;someone&gt; else." in html
    assert "This certificate is valid" not in html


def test_labels_a_demonstration_approval(client: Client, clinician: User) -> None:
    Approval.objects.create(
        body="example_board", body_name="Board that does not exist", number="1", formats=["asynchronous"],
        valid_from=dt.date(2026, 1, 1), valid_to=dt.date(2026, 12, 31), statement="", evidence="x", evidence_name="x",
        evidence_sha256="0", demonstration=True,
    )  # fmt: skip

    html = page_of(client, award_completion(completion=completion(clinician), at=AT).number)

    assert "Demonstration" in html
    assert "Board that does not exist" in html


def test_a_name_full_of_markup_is_shown_as_text(client: Client, clinician: User) -> None:
    clinician.profile.legal_name = '<script>alert(1)</script> "O\'Neill"'
    clinician.profile.save()

    html = page_of(client, award_completion(completion=completion(clinician), at=AT).number)

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize("change", [str.lower, lambda number: number.replace("-", ""), lambda number: number.removeprefix("GS-")])
def test_a_number_typed_otherwise_leads_to_its_page(client: Client, certificate: Certificate, change: object) -> None:
    typed = change(certificate.number)  # type: ignore[operator]

    assert client.get(f"/verify/{typed}/")["Location"] == f"/verify/{certificate.number}/"
    assert client.get("/verify/", {"number": f" {typed} "})["Location"] == f"/verify/{certificate.number}/"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (UNKNOWN, "no certificate was issued under it"),
        ("GS-7K3M-9QWE-R5T2-ABCD-X", "one character is mistyped"),
        ("GS-1", "has 17 characters"),
        ("<script>", "do not occur"),
    ],
)
def test_unknown_number_is_not_found_and_says_how_to_check_it(client: Client, number: str, words: str) -> None:
    response = client.get(f"/verify/{number}/")

    assert response.status_code == 404
    assert words in response.content.decode()
    assert "one group at a time" in response.content.decode()
    assert "<script>" not in response.content.decode().partition("<main")[2]


def test_mistyped_number_stays_in_the_form(client: Client) -> None:
    html = client.get("/verify/", {"number": "GS-1"}).content.decode()

    assert 'value="GS-1"' in html
    assert "has 17 characters" in html


def test_issued_file_is_genuine(client: Client, certificate: Certificate) -> None:
    html = client.post("/verify/", {"file": upload("c.pdf", bytes(certificate.pdf))}).content.decode()

    assert "Genuine and valid" in html
    assert "It carries no CE credit." in html, "a genuine file must not pass for credit that it is not"
    assert f"/verify/{certificate.number}/" in html


def test_edited_file_is_exposed(client: Client, certificate: Certificate) -> None:
    changed = bytes(certificate.pdf).replace(b"A small course", b"A great course")
    assert changed != bytes(certificate.pdf)

    html = client.post("/verify/", {"file": upload("c.pdf", changed)}).content.decode()

    assert "Not the file that was issued" in html
    assert "Genuine" not in html
    assert f"/verify/{certificate.number}/" in html


def test_file_of_a_revoked_certificate_is_genuine_but_revoked(
    client: Client, certificate: Certificate, administrator: User
) -> None:
    revoke_certificate(actor=administrator, number=certificate.number, reason="Taken by someone else.", at=AT)

    html = client.post("/verify/", {"file": upload("c.pdf", bytes(certificate.pdf))}).content.decode()

    assert "Genuine, but revoked" in html
    assert "Genuine and valid" not in html
    assert "Taken by someone else." in html


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\nsomething else", "bears no certificate number of ours"),
        (b"%PDF-1.7\n" + UNKNOWN.encode(), "was never given here"),
        (b"", "The file is empty"),
        (b"<html>", "not a PDF"),
        (b"%PDF-".ljust(10 * 1024 * 1024 + 1), "larger than 10 MB"),
    ],
)
def test_other_files_are_answered_kindly(client: Client, data: bytes, words: str) -> None:
    response = client.post("/verify/", {"file": upload("c.pdf", data)})

    assert response.status_code == 200
    assert words in response.content.decode()


def test_no_file_chosen(client: Client) -> None:
    assert "Choose the PDF" in client.post("/verify/", {}).content.decode()


def test_too_many_pages_from_one_address_are_slowed_down(client: Client, certificate: Certificate) -> None:
    address = f"/verify/{certificate.number}/"
    assert {client.get(address).status_code for _ in range(PAGES.times)} == {200}

    response = client.get(address)

    assert response.status_code == 429
    assert "nothing was lost" in response.content.decode()
    assert response["Retry-After"] == str(PAGES.seconds)
    assert client.get(address, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_guesses_count_like_hits(client: Client) -> None:
    assert {client.get(f"/verify/{UNKNOWN}/").status_code for _ in range(PAGES.times)} == {404}

    assert client.get(f"/verify/{UNKNOWN}/").status_code == 429


def test_too_many_files_from_one_address_are_slowed_down(client: Client) -> None:
    codes = [client.post("/verify/", {"file": upload("c.pdf", b"%PDF-1.7")}).status_code for _ in range(FILES.times + 1)]

    assert codes == [200] * FILES.times + [429]
    assert client.get("/verify/").status_code == 200


def test_asks_the_database_little(client: Client, certificate: Certificate, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        client.get(f"/verify/{certificate.number}/")


def test_the_empty_form_may_be_found_but_nothing_about_a_certificate(client: Client, certificate: Certificate) -> None:
    assert "X-Robots-Tag" not in client.get("/verify/")
    assert client.get("/verify/", {"number": "nonsense"})["X-Robots-Tag"] == "noindex"
    assert client.get(f"/verify/{certificate.number}/")["X-Robots-Tag"] == "noindex"
