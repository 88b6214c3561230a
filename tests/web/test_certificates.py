"""A clinician's certificates."""

from __future__ import annotations

import pytest
from django.test import Client

from goodstanding.accounts.models import User
from goodstanding.credit.models import Certificate
from goodstanding.credit.services import award_completion, revoke_certificate
from tests.credit.making import AT, completion

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(clinician: User) -> Certificate:
    return award_completion(completion=completion(clinician), at=AT)


def test_list_says_what_was_certified_and_links_file_and_public_page(signed_in: Client, certificate: Certificate) -> None:
    html = signed_in.get("/certificates/").content.decode()

    for words in (
        "A small course", "23 November 2026", "39 minutes", "Provisional", certificate.number, "Valid", "carries no CE credit",
        f'href="/certificates/{certificate.number}.pdf"', f'href="/verify/{certificate.number}/"',
        f'value="http://127.0.0.1:8000/verify/{certificate.number}/"',
    ):  # fmt: skip
        assert words in html


def test_list_shows_a_revocation(signed_in: Client, certificate: Certificate, administrator: User) -> None:
    revoke_certificate(actor=administrator, number=certificate.number, reason="Taken by someone else.", at=AT)

    html = signed_in.get("/certificates/").content.decode()

    assert "Revoked" in html
    assert "Taken by someone else." in html
    assert ">Valid<" not in html


def test_empty_list_says_what_to_do_next(signed_in: Client) -> None:
    html = signed_in.get("/certificates/").content.decode()

    assert "No certificate yet" in html
    assert 'href="/courses/"' in html


def test_list_holds_only_ones_own(client: Client, certificate: Certificate, other_clinician: User) -> None:
    client.force_login(other_clinician)

    assert certificate.number not in client.get("/certificates/").content.decode()


def test_list_asks_the_database_the_same_for_one_and_for_many(
    signed_in: Client, clinician: User, certificate: Certificate, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        signed_in.get("/certificates/")
    for number in range(4):
        award_completion(completion=completion(clinician, slug=f"course-{number}"), at=AT)
    with django_assert_num_queries(len(one)):  # type: ignore[operator]
        html = signed_in.get("/certificates/").content.decode()
    assert html.count("Download the PDF") == 5
    assert not any('"pdf"' in query["sql"] for query in one.captured_queries)


def test_owner_downloads_the_file_as_it_was_issued(signed_in: Client, certificate: Certificate) -> None:
    response = signed_in.get(f"/certificates/{certificate.number}.pdf")

    assert response.content == bytes(certificate.pdf)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="certificate-{certificate.number}.pdf"'
    assert response["ETag"] == f'"{certificate.pdf_sha256}"'
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_an_unchanged_file_is_not_sent_again(signed_in: Client, certificate: Certificate) -> None:
    response = signed_in.get(f"/certificates/{certificate.number}.pdf", HTTP_IF_NONE_MATCH=f'"{certificate.pdf_sha256}"')

    assert (response.status_code, response.content) == (304, b"")


def test_administrator_downloads_it_too(as_administrator: Client, certificate: Certificate) -> None:
    assert as_administrator.get(f"/certificates/{certificate.number}.pdf").content == bytes(certificate.pdf)


def test_for_others_there_is_no_such_file(client: Client, certificate: Certificate, other_clinician: User) -> None:
    address = f"/certificates/{certificate.number}.pdf"

    assert client.get(address).status_code == 302  # to sign in
    client.force_login(other_clinician)
    assert client.get(address).status_code == 404
    assert client.get("/certificates/GS-0000-0000-0000-0000-0.pdf").status_code == 404
    assert client.get("/certificates/anything.pdf").status_code == 404
