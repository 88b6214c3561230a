"""The second step at sign-in, as a browser without scripts sees it; passkeys with a real browser are in tests/e2e."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from goodstanding.accounts.models import User
from goodstanding.accounts.recovery_codes import COUNT
from goodstanding.accounts.second_step import SecondStepAdapter, lift_second_step
from goodstanding.audit.models import AuditEvent
from goodstanding.conf import settings as product
from goodstanding.conf.commands import unlock

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough word"


@pytest.fixture
def signed_in_with_password(client: Client, clinician: User) -> Client:
    sign_in(client, clinician)
    return client


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def text(response: Any) -> str:
    return response.content.decode()


def codes(secret: str) -> list[str]:
    """What the app shows before, now and after; each opens only once."""
    return [format_hotp_value(hotp_value(secret, counter)) for counter in yield_hotp_counters_from_time()]


def set_up_app(client: Client, django_capture_on_commit_callbacks: Any) -> str:
    """Turns the app on as a person does, and gives its key."""
    asked = client.get(reverse("mfa_activate_totp"))
    page = client.post(asked.headers["Location"], {"password": PASSWORD}, follow=True) if asked.status_code == 302 else asked
    [secret] = re.findall(r'class="secret">([A-Z2-7]+)<', text(page))
    assert "<svg" in text(page)
    assert "data:image" not in text(page)
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("mfa_activate_totp"), {"code": codes(secret)[1]}, follow=True)
    assert reverse("recovery-codes") in text(done)
    return secret


def make_codes(client: Client) -> list[str]:
    """Makes recovery codes as a person does, and reads them off the page."""
    made = text(client.post(reverse("recovery-codes"), {"replaces": present(client)}))
    return re.findall(r"<li>(\d{8})</li>", made)


def present(client: Client) -> str:
    [name] = re.findall(r'name="replaces" value="(\d*)"', text(client.get(reverse("recovery-codes"))))
    return name


def opens(user: User, code: str) -> bool:
    """Whether the code is taken as the second step, in a browser of its own."""
    other = Client()
    sign_in(other, user)
    other.post(reverse("mfa_authenticate"), {"code": code})
    return "_auth_user_id" in other.session


class TestApp:
    def test_asks_for_its_code_from_then_on(self, signed_in_with_password, clinician, django_capture_on_commit_callbacks) -> None:
        secret = set_up_app(signed_in_with_password, django_capture_on_commit_callbacks)
        assert mail.outbox[-1].subject == "An app was set up for your sign-in"
        assert AuditEvent.objects.filter(tag="account:second-step:added", actor=str(clinician.pk)).count() == 1
        other = Client()
        assert sign_in(other, clinician).headers["Location"] == reverse("mfa_authenticate")
        assert "_auth_user_id" not in other.session
        assert "This is not right" in text(other.post(reverse("mfa_authenticate"), {"code": "000000"}))
        landed = other.post(reverse("mfa_authenticate"), {"code": codes(secret)[2]})
        assert landed.headers["Location"] == reverse("standing")
        assert other.session["_auth_user_id"] == str(clinician.pk)

    def test_a_code_opens_only_once(self, signed_in_with_password, clinician, django_capture_on_commit_callbacks) -> None:
        secret = set_up_app(signed_in_with_password, django_capture_on_commit_callbacks)
        code = codes(secret)[2]
        first, second = Client(), Client()
        sign_in(first, clinician)
        sign_in(second, clinician)
        first.post(reverse("mfa_authenticate"), {"code": code})
        second.post(reverse("mfa_authenticate"), {"code": code})
        assert "_auth_user_id" in first.session
        assert "_auth_user_id" not in second.session

    def test_its_key_is_not_in_the_database_in_clear(self, signed_in_with_password, django_capture_on_commit_callbacks) -> None:
        secret = set_up_app(signed_in_with_password, django_capture_on_commit_callbacks)
        assert secret not in json.dumps(list(Authenticator.objects.values_list("data", flat=True)))

    def test_ends_the_sign_ins_that_went_without_it(
        self, signed_in_with_password, clinician, django_capture_on_commit_callbacks
    ) -> None:
        stolen = Client()
        sign_in(stolen, clinician)
        set_up_app(signed_in_with_password, django_capture_on_commit_callbacks)
        assert stolen.get(reverse("account")).status_code == 302
        assert signed_in_with_password.get(reverse("account")).status_code == 200

    def test_removed_after_confirming_and_told_by_mail(
        self, signed_in_with_password, clinician, django_capture_on_commit_callbacks
    ) -> None:
        set_up_app(signed_in_with_password, django_capture_on_commit_callbacks)
        with django_capture_on_commit_callbacks(execute=True):
            signed_in_with_password.post(reverse("mfa_deactivate_totp"))
        assert not Authenticator.objects.exists()
        assert mail.outbox[-1].subject == "The app was removed from your sign-in"

    def test_the_password_reset_link_does_not_go_around_it(
        self, signed_in_with_password, clinician, django_capture_on_commit_callbacks
    ) -> None:
        set_up_app(signed_in_with_password, django_capture_on_commit_callbacks)
        thief = Client()
        with django_capture_on_commit_callbacks(execute=True):
            thief.post(reverse("account_reset_password"), {"email": clinician.email})
        link = re.search(r"http://testserver(/account/password/reset/key/\S+)", mail.outbox[-1].body)
        assert link is not None
        form = thief.get(link[1], follow=True)
        thief.post(form.redirect_chain[-1][0], {"password1": "nine patient otters"})
        assert "_auth_user_id" not in thief.session


class TestRecoveryCodes:
    @pytest.fixture
    def with_app(self, signed_in_with_password, django_capture_on_commit_callbacks) -> Client:
        set_up_app(signed_in_with_password, django_capture_on_commit_callbacks)
        return signed_in_with_password

    def test_each_stands_in_once(self, with_app, clinician) -> None:
        first, second, *_ = make_codes(with_app)
        assert [opens(clinician, code) for code in (first, first, f"{second[:4]} {second[4:]}", second)] == [
            True, False, True, False,
        ]  # fmt: skip
        assert "8 unused codes left" in text(with_app.get(reverse("mfa_index")))
        assert not opens(clinician, "00000000")

    def test_are_shown_once_and_kept_as_hashes(self, with_app, clinician) -> None:
        answer = with_app.post(reverse("recovery-codes"), {"replaces": ""})
        shown = re.findall(r"<li>(\d{8})</li>", text(answer))
        assert len(set(shown)) == COUNT
        assert "no-store" in answer.headers["Cache-Control"]
        [file] = re.findall(r'href="data:text/plain;charset=utf-8,([^"]+)" download', text(answer))
        assert re.findall(r"^\d{8}$", unquote(file).replace("\r", ""), re.MULTILINE) == shown
        [row] = Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES)
        kept = SecondStepAdapter().decrypt(row.data["hashes"])
        assert row.wrap().get_unused_codes() == []
        assert json.loads(kept)["rounds"] == settings.RECOVERY_CODE_ROUNDS
        for code in shown:
            assert code not in json.dumps(row.data)
            assert code not in kept
        for page in ("recovery-codes", "mfa_index", "account"):
            assert not re.findall(r"\b\d{8}\b", text(with_app.get(reverse(page))))
        assert product.RECOVERY_CODE_ROUNDS >= 600_000

    def test_new_ones_end_the_old_and_are_told_by_mail(self, with_app, clinician, django_capture_on_commit_callbacks) -> None:
        old = make_codes(with_app)
        with django_capture_on_commit_callbacks(execute=True):
            new = make_codes(with_app)
        assert mail.outbox[-1].subject == "New recovery codes were made"
        assert new[0] not in mail.outbox[-1].body
        assert not opens(clinician, old[0])
        assert opens(clinician, new[0])
        assert AuditEvent.objects.filter(tag="account:recovery-codes:made", actor=str(clinician.pk)).count() == 2

    def test_the_form_sent_twice_does_not_end_the_codes_that_were_shown(self, with_app, clinician) -> None:
        shown = make_codes(with_app)
        for stale in ("", "7", "x" * 500, "\x00"):
            again = with_app.post(reverse("recovery-codes"), {"replaces": stale})
            assert again.status_code == 409
            assert not re.findall(r"<li>\d{8}</li>", text(again))
        assert opens(clinician, shown[0])

    def test_need_an_app_or_a_passkey_and_the_password(self, signed_in_with_password, clinician) -> None:
        asked = signed_in_with_password.get(reverse("recovery-codes"))
        page = signed_in_with_password.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)
        assert "Set up an app or a passkey first" in text(page)
        signed_in_with_password.post(reverse("recovery-codes"), {"replaces": ""})
        assert not Authenticator.objects.exists()
        late = Client()
        late.force_login(clinician)
        assert late.get(reverse("recovery-codes")).headers["Location"].startswith(reverse("account_reauthenticate"))

    def test_made_before_they_were_hashed_they_still_open_and_are_not_shown(self, with_app, clinician) -> None:
        before = RecoveryCodes.activate(clinician)
        code = before.get_unused_codes()[3]
        page = text(with_app.get(reverse("recovery-codes")))
        assert "The 10 codes you have now" in page
        assert code not in page
        assert opens(clinician, code)
        assert not opens(clinician, code)
        assert "9 unused codes left" in text(with_app.get(reverse("mfa_index")))

    def test_wrong_ones_count_against_the_limit_of_codes(self, with_app, clinician) -> None:
        [code, *_] = make_codes(with_app)
        cache.clear()
        thief = Client()
        sign_in(thief, clinician)
        for _ in range(5):
            assert "This is not right" in text(thief.post(reverse("mfa_authenticate"), {"code": "12345678"}))
        assert "Too many tries" in text(thief.post(reverse("mfa_authenticate"), {"code": code}))
        assert "_auth_user_id" not in thief.session


class TestStaff:
    def test_without_one_see_no_staff_page_until_it_is_set_up(
        self, client, administrator, django_capture_on_commit_callbacks
    ) -> None:
        Authenticator.objects.all().delete()
        sign_in(client, administrator)
        led = client.get("/staff/people/?q=ada", follow=True)
        assert led.redirect_chain[-1][0] == reverse("mfa_index")
        assert "Set one up to open the staff pages." in text(led)
        set_up_app(client, django_capture_on_commit_callbacks)
        assert client.get("/staff/people/?q=ada").status_code == 200

    def test_who_lost_everything_is_let_out_by_the_operator_and_must_set_up_anew(self, client, administrator) -> None:
        client.force_login(administrator)
        assert client.get("/staff/").status_code == 200
        assert lift_second_step(email=administrator.email.upper())
        assert client.get("/staff/").headers["Location"].startswith(reverse("account_login"))
        assert not lift_second_step(email=administrator.email)
        sign_in(client, administrator)
        assert client.get("/staff/").headers["Location"] == reverse("mfa_index")
        assert AuditEvent.objects.filter(tag="account:second-step:lifted-by-operator").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_command_for_it_says_what_it_did(administrator, capsys) -> None:
    assert unlock.run(Namespace(email="nobody@example.org")) == 1
    assert "no account with this address" in capsys.readouterr().err
    assert unlock.run(Namespace(email=administrator.email)) == 0
    assert "The second step is removed" in capsys.readouterr().out
    assert unlock.run(Namespace(email=administrator.email)) == 1


class TestPasskey:
    @pytest.mark.parametrize(
        "answer",
        ["", "x", "null", "[]", "7", '"text"', "{}", '{"id": 1}', '{"response": []}', '{"response": {"userHandle": 7}}',
         ('{"id": "aa", "rawId": "aa", "type": "public-key", "response": {"userHandle": "aaaa", "clientDataJSON": "aaaa",'
         ' "authenticatorData": "aaaa", "signature": "aaaa"}}'), "[" * 5000],
    )  # fmt: skip
    @pytest.mark.parametrize(
        "page", ["mfa_login_webauthn", "mfa_add_webauthn", "mfa_authenticate", "mfa_reauthenticate_webauthn"]
    )
    def test_an_answer_that_no_device_gave_is_refused(
        self, signed_in_with_password, clinician, django_capture_on_commit_callbacks, page, answer
    ) -> None:
        browser = signed_in_with_password
        if page == "mfa_login_webauthn":
            browser = Client()
            browser.get(reverse(page), headers={"accept": "application/json"})
        elif page == "mfa_authenticate":
            set_up_app(signed_in_with_password, django_capture_on_commit_callbacks)
            browser = Client()
            sign_in(browser, clinician)
            browser.get(reverse(page))
        elif page == "mfa_reauthenticate_webauthn":
            from tests.permissions.world import passkey

            data = {"name": "Key", "credential": passkey()}
            Authenticator.objects.create(user=clinician, type=Authenticator.Type.WEBAUTHN, data=data)
            browser.get(reverse(page))
        else:
            asked = browser.get(reverse(page))
            browser.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)
        before = Authenticator.objects.count()
        response = browser.post(reverse(page), {"credential": answer, "name": "Key"})
        assert response.status_code in {200, 302}
        assert Authenticator.objects.count() == before
        if browser is not signed_in_with_password:
            assert "_auth_user_id" not in browser.session
