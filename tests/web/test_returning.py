"""A session that ends in the middle of something, and addresses that only take forms."""

from __future__ import annotations

import uuid

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.test import Client

from goodstanding.accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client: Client) -> None:
    sent_to = f"/credits/{uuid.uuid4()}/restore/"

    response = client.post(sent_to, headers={"referer": "http://testserver/credits/?year=2026"})

    assert response.status_code == 302
    assert response.headers["Location"] == "/account/login/?next=/credits/%3Fyear%3D2026"
    assert "You were signed out in the meantime" in client.get(response.headers["Location"]).content.decode()


@pytest.mark.parametrize("referer", ["https://elsewhere.example/standing/", "http://testserver.example/", "nonsense", ""])
def test_no_other_site_chooses_where_a_reader_comes_back_to(client: Client, referer: str) -> None:
    response = client.post("/credits/add/", headers={"referer": referer})

    assert response.headers["Location"] == "/account/login/?next=/credits/add/"


def test_a_script_that_saves_in_the_background_leaves_no_message(client: Client) -> None:
    client.post("/credits/add/", headers={"sec-fetch-mode": "cors"})

    assert "signed out" not in client.get("/account/login/").content.decode()


def test_opening_a_private_page_signed_out_says_nothing_of_a_lost_form(client: Client) -> None:
    assert "signed out" not in client.get("/credits/", follow=True).content.decode()


def test_the_address_of_a_button_opened_as_a_page_says_what_it_is(signed_in: Client) -> None:
    response = signed_in.get(f"/credits/{uuid.uuid4()}/restore/")

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert "This address is not a page" in response.content.decode()
    assert "My standing" in response.content.decode()


def test_a_form_sent_to_a_page_that_takes_none_is_still_refused(signed_in: Client) -> None:
    assert signed_in.post("/credits/").status_code == 405


def test_a_form_that_came_too_late_offers_its_page_again() -> None:
    strict = Client(enforce_csrf_checks=True)

    late = strict.post("/account/login/", headers={"referer": "http://testserver/account/login/?next=/credits/"})
    foreign = strict.post("/account/login/", headers={"referer": "https://elsewhere.example/account/login/"})

    assert late.status_code == foreign.status_code == 403
    assert 'href="/account/login/?next=/credits/">Open the form again' in late.content.decode()
    assert "elsewhere.example" not in foreign.content.decode()


def test_a_form_that_was_taken_and_ends_at_the_sign_in_is_not_called_lost(client: Client, clinician: User) -> None:
    address = EmailAddress.objects.create(user=clinician, email="second@example.org", primary=False, verified=False)
    link = f"/account/confirm-email/{EmailConfirmationHMAC(address).key}/"

    response = client.post(link, headers={"referer": f"http://testserver{link}"}, follow=True)

    address.refresh_from_db()
    assert address.verified
    assert "is confirmed" in response.content.decode()
    assert "was not saved" not in response.content.decode()
