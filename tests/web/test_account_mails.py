"""What is done to an account and the mail that tells of it are one: without the mail, nothing was done."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test import Client
from django.utils import timezone

from goodstanding.accounts import services
from goodstanding.accounts.models import User
from goodstanding.mailing import services as mailing
from goodstanding.mailing.models import OutgoingMail
from goodstanding.web.public import account_forms

pytestmark = pytest.mark.django_db

PASSWORD, NEW = "seven quiet herons", "nine patient otters"


@pytest.fixture
def ada() -> User:
    return services.open_account(
        email="ada@example.org", password=PASSWORD, legal_name="Ada Example", at=timezone.now(), confirmed=True
    )


@pytest.fixture
def browser(ada: User) -> Client:
    """Ada's, where she just typed her password."""
    client = Client(raise_request_exception=False)
    client.force_login(ada)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def torn(monkeypatch):
    """From the call on, the process dies when it comes to write a mail."""

    def tear() -> None:
        def die(**_: object) -> None:
            raise RuntimeError("killed")

        monkeypatch.setattr(
            mailing, "OutgoingMail", type("Torn", (), {"objects": type("Dying", (), {"create": staticmethod(die)})})
        )

    yield tear
    monkeypatch.undo()


def link(to: str) -> str:
    found = re.search(r"http://testserver(/account/\S+)", OutgoingMail.objects.filter(to=to).last().body)
    assert found
    return found[1]


@pytest.mark.parametrize("written", [True, False], ids=["written", "torn"])
class TestTogether:
    @pytest.fixture(autouse=True)
    def _torn(self, written, torn):
        self.begin = (lambda: None) if written else torn

    def test_signing_up(self, written):
        self.begin()
        form = {"legal_name": "Nia New", "email": "nia@example.org", "password1": PASSWORD, "terms": "on"}
        answer = Client(raise_request_exception=False).post("/account/signup/", form)
        assert (answer.status_code == 302) is written
        assert User.objects.filter(email="nia@example.org").exists() is written
        assert OutgoingMail.objects.count() == written

    def test_a_new_address(self, browser, ada, written):
        self.begin()
        browser.post("/account/email/", {"email": "new@example.org", "action_add": ""})
        assert EmailAddress.objects.filter(email="new@example.org").exists() is written

    def test_a_confirmed_address(self, browser, ada, written):
        browser.post("/account/email/", {"email": "new@example.org", "action_add": ""})
        confirm = link("new@example.org")
        self.begin()
        browser.post(confirm)
        ada.refresh_from_db()
        assert ada.email == ("new@example.org" if written else "ada@example.org")
        assert EmailAddress.objects.get(email="new@example.org").verified is written
        assert EmailAddress.objects.filter(email="ada@example.org", primary=True).exists() is not written

    def test_a_changed_password(self, browser, ada, written):
        self.begin()
        browser.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW})
        ada.refresh_from_db()
        assert ada.check_password(NEW if written else PASSWORD)
        assert browser.get("/account/").status_code == 200  # signed in as before, either way

    def test_a_reset_password(self, ada, written):
        client = Client(raise_request_exception=False)
        client.post("/account/password/reset/", {"email": ada.email})
        page = client.get(link(ada.email), follow=True)
        self.begin()
        client.post(page.redirect_chain[-1][0], {"password1": NEW})
        ada.refresh_from_db()
        assert ada.check_password(NEW if written else PASSWORD)

    def test_a_second_step_taken_away(self, browser, ada, written):
        TOTP.activate(ada, generate_totp_secret())
        self.begin()
        browser.post("/account/second-step/totp/deactivate/")
        assert Authenticator.objects.filter(user=ada, type="totp").exists() is not written


def test_a_password_is_hashed_before_the_transaction_that_stores_it(browser, monkeypatch):
    """The hash takes long on purpose, and on SQLite a transaction holds up whoever else writes."""
    depth = []
    make = account_forms.make_password

    def noted(password):
        depth.append(len(connection.savepoint_ids))
        return make(password)

    monkeypatch.setattr(account_forms, "make_password", noted)
    monkeypatch.setattr(services, "make_password", lambda _: pytest.fail("hashed within the transaction"))
    outside = len(connection.savepoint_ids)
    browser.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW})
    form = {"legal_name": "Nia New", "email": "nia@example.org", "password1": PASSWORD, "terms": "on"}
    Client().post("/account/signup/", form)
    assert depth == [outside, outside]
    assert User.objects.get(email="nia@example.org").check_password(PASSWORD)
