"""Requests that no browser of a person sends: too large, for another host, leading elsewhere; and copies that caches would keep."""

from __future__ import annotations

import io
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from goodstanding.core.uploads import MAX_UPLOAD_BYTES

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough word"
FORM = "multipart/form-data; boundary=x"


class _NotToBeRead(io.RawIOBase):
    """What comes after the headers; whoever reads it fails the test."""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")


@pytest.mark.parametrize("address", ["/verify/", "/account/login/", "/courses/any/contact/", "/credits/add/", "/nothing/"])
@pytest.mark.parametrize("length", [str(11 * 1024 * 1024 + 1), "9" * 30, "-5", "1e3"])
def test_what_is_too_large_is_refused_unread_from_anyone(client: Client, signed_in: Client, address: str, length: str) -> None:
    for browser in (client, signed_in):
        answer = browser.generic(
            "POST", address, content_type=FORM, **{"CONTENT_LENGTH": length, "wsgi.input": _NotToBeRead()}
        )  # fmt: skip
        assert answer.status_code == 413
        assert "Nothing of it was kept" in answer.content.decode()


def test_a_form_with_the_largest_file_is_taken(signed_in: Client) -> None:
    answer = signed_in.generic(
        "POST", reverse("credit-add"), b"x" * (MAX_UPLOAD_BYTES + 4000), content_type="application/octet-stream"
    )
    assert answer.status_code != 413


@pytest.mark.parametrize(
    "address",
    ["/account/login/", "/account/signup/", "/account/password/reset/", "/account/password/reset/key/3-abc/",
     "/account/confirm-email/abc/", "/claim/abc/"],
)  # fmt: skip
def test_pages_with_keys_and_secrets_are_kept_in_no_cache(client: Client, address: str) -> None:
    assert "no-store" in client.get(address).headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/", "/standing/", "/account/", "/courses/", "/nothing/", "/verify/"])
def test_no_page_of_somebody_is_kept_in_a_cache(signed_in: Client, address: str) -> None:
    assert "no-store" in signed_in.get(address).headers["Cache-Control"]


ELSEWHERE = [
    "//evil.example", "https:evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "/\t/evil.example", "////evil.example",
    " //evil.example", "https://testserver@evil.example", "http:///evil.example", "javascript:alert(1)", "/%5cevil.example/..//evil.example",
]  # fmt: skip


@pytest.mark.parametrize("next_page", ELSEWHERE)
def test_no_way_on_leads_to_another_host(clinician: Any, next_page: str) -> None:
    EmailAddress.objects.create(user=clinician, email=clinician.email, primary=True, verified=True)
    client = Client()
    login = {"login": clinician.email, "password": PASSWORD}
    for page, form in (("account_login", login), ("account_reauthenticate", {"password": PASSWORD}), ("account_logout", {})):
        location = client.post(reverse(page), {**form, "next": next_page}).headers["Location"]
        assert location.startswith("/"), page
        assert not location.startswith(("//", "/\\")), page


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "evil.example:80@testserver", "testserver\r\nx: y"])
def test_a_foreign_host_name_is_refused_before_any_mail_could_name_it(
    client: Client, clinician: Any, mailoutbox: Any, host: str
) -> None:
    answer = client.post(reverse("account_reset_password"), {"email": clinician.email}, HTTP_HOST=host)
    assert answer.status_code == 400
    assert mailoutbox == []


def test_the_same_is_said_to_an_address_with_and_without_an_account(clinician: Any, make_user: Any) -> None:
    other = make_user(legal_name="")
    for user in (clinician, other):
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    unknown = "nobody@example.org"

    def said(page: str, **form: str) -> tuple[int, str, bytes]:
        answer = Client(REMOTE_ADDR="198.51.100.9").post(reverse(page), form)
        body = answer.content.replace(form.get("email", form.get("login", "")).encode(), b"")
        return (
            answer.status_code,
            answer.headers.get("Location", ""),
            b"" if b"csrfmiddlewaretoken" in body and answer.status_code == 302 else _bare(body),
        )

    assert said("account_login", login=clinician.email, password="wrong") == said(
        "account_login", login=unknown, password="wrong"
    )
    assert said("account_reset_password", email=clinician.email) == said("account_reset_password", email=unknown)
    new = {"legal_name": "Nia New", "password1": "seven quiet rivers", "terms": "on"}
    assert said("account_signup", email=clinician.email, **new) == said("account_signup", email=unknown, **new)
    client = Client()
    client.post(reverse("account_login"), {"login": clinician.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answers = [client.post(reverse("account_email"), {"email": one, "action_add": ""}) for one in (other.email, unknown)]
    assert {(answer.status_code, answer.headers.get("Location")) for answer in answers} == {(302, "/account/email/")}


def _bare(body: bytes) -> bytes:
    """The page without its token and its number, which differ each time."""
    import re

    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"|[0-9a-f]{12,}', b"", body)
