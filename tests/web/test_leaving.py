"""The pages about one's data: what leaving does, the last question, and the copy of everything."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client
from django.utils import timezone

from goodstanding.accounts.models import Closure, DataExport
from goodstanding.flows.exporting import make_export, request_export
from tests.flows.person import live

pytestmark = pytest.mark.django_db

LEAVE, CONFIRM, EXPORT = "/account/delete/", "/account/delete/confirm/", "/account/export/"
PASSWORD = {"password": "a long enough word"}


def body(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def confirmed(signed_in):
    """Signed in, and the password entered lately."""
    signed_in.post("/account/reauthenticate/", PASSWORD)
    return signed_in


@pytest.mark.parametrize("address", [LEAVE, CONFIRM, EXPORT])
def test_a_visitor_is_asked_to_sign_in(client, address):
    assert client.get(address).headers["Location"] == f"/account/login/?next={address}"


def test_the_account_page_leads_there(signed_in):
    page = body(signed_in.get("/account/"))
    assert LEAVE in page
    assert EXPORT in page


def test_it_says_before_what_goes_what_stays_how_long_and_why(signed_in, clinician, administrator):
    live(clinician, administrator)
    page = body(signed_in.get(LEAVE))
    goes, stays = page.split("What is kept, and why")
    for words in ("1 license with", "1 note, 1 highlight, 1 reason", "1 file", "2 of them wait for an answer"):
        assert words in goes
    for words in ("1, as issued", "Kept: without end", "at least seven years", "1 from courses here, 2 that you entered"):
        assert words in stays
    assert "California Board of Behavioral Sciences" in stays
    assert "14 days later" in stays
    assert not Closure.objects.exists()


def test_the_last_question_asks_for_the_password_first(signed_in, clinician):
    for answer in (signed_in.get(CONFIRM), signed_in.post(CONFIRM)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert not Closure.objects.exists()


def test_confirmed_it_signs_out_and_signing_in_keeps_the_account(confirmed, clinician):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=clinician, email=clinician.email, primary=True, verified=True)
    assert "Delete my account" in body(confirmed.get(CONFIRM))
    left = confirmed.post(CONFIRM, follow=True)
    assert "Your account will be deleted on" in body(left)
    assert confirmed.get(EXPORT).status_code == 302
    assert Closure.objects.get().kept_at is None

    back = confirmed.post("/account/login/", {"login": clinician.email, **PASSWORD}, follow=True)
    assert "Your account is kept as it was" in body(back)
    assert Closure.objects.get().kept_at is not None


def test_the_only_administrator_is_told_why_not(as_administrator):
    assert "the only administrator" in body(as_administrator.get(LEAVE))
    as_administrator.post("/account/reauthenticate/", PASSWORD)
    assert "the only administrator" in body(as_administrator.post(CONFIRM, follow=True))
    assert not Closure.objects.exists()


def test_an_export_is_asked_for_watched_and_downloaded(confirmed, clinician):
    assert "Make the file" in body(confirmed.get(EXPORT))
    assert confirmed.post(EXPORT).headers["Location"] == EXPORT
    running = body(confirmed.get(EXPORT))
    assert "It is being made" in running
    assert 'hx-trigger="every 2s"' in running
    assert "Look again" in running

    export = DataExport.objects.get()
    make_export(export_id=export.pk, clock=timezone.now)
    ready = confirmed.get(EXPORT)
    assert "Go on to the file" in body(ready)
    assert f"{EXPORT}{export.pk}.zip" in body(confirmed.get(f"{EXPORT}open/"))
    assert "hx-trigger" not in body(ready)
    answer = confirmed.get(f"{EXPORT}{export.pk}.zip")
    assert answer.streaming
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="good-standing-20')
    assert "data.json" in zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()
    answer.close()


def test_the_file_asks_for_the_password_and_is_nobody_elses(signed_in, clinician, other_clinician):
    export = request_export(user=clinician, at=timezone.now())
    make_export(export_id=export.pk, clock=timezone.now)
    address = f"{EXPORT}{export.pk}.zip"
    for closed in (address, f"{EXPORT}open/"):
        assert signed_in.get(closed).headers["Location"].startswith("/account/reauthenticate/")
    stranger = Client()
    stranger.force_login(other_clinician)
    stranger.post("/account/reauthenticate/", PASSWORD)
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{EXPORT}open/").headers["Location"] == EXPORT


def test_one_that_could_not_be_made_says_so(signed_in, clinician):
    request_export(user=clinician, at=timezone.now())
    DataExport.objects.update(failed_at=timezone.now())
    assert "It could not be made" in body(signed_in.get(EXPORT))
