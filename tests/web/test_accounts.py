"""Signing up, signing in, getting back in, and keeping a profile, as a browser without scripts sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodstanding.accounts import selectors, services
from goodstanding.accounts.models import Role, User
from goodstanding.accounts.terms import TERMS_VERSION

pytestmark = pytest.mark.django_db

PASSWORD = "seven quiet herons"
SIGN_UP = {"legal_name": "Ada Example", "email": "Ada@Example.org", "password1": PASSWORD, "terms": "on"}
Commit = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def no_limits_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def post(client: Client, django_capture_on_commit_callbacks: Commit) -> Callable[..., HttpResponse]:
    """Posts a form by the name of its page, and lets the jobs run that it leaves behind."""

    def send(page: str, data: dict[str, Any] | None = None, by: Client | None = None, **kwargs: Any) -> HttpResponse:
        address = page if page.startswith("/") else reverse(page)
        with django_capture_on_commit_callbacks(execute=True):
            return (by or client).post(address, data or {}, **kwargs)

    return send


def link_in(message: mail.EmailMessage) -> str:
    """The path of the one link that matters in a mail."""
    found = re.search(r"http://testserver(/account/\S+)", message.body)
    assert found, message.body
    return found[1]


def text(response: HttpResponse) -> str:
    return response.content.decode()


class TestSignUp:
    def test_confirms_the_address_and_lands_signed_in_on_the_profile(self, client: Client, post: Any) -> None:
        sent = post("account_signup", SIGN_UP, follow=True)
        assert "Check your mail" in text(sent)
        assert "_auth_user_id" not in client.session
        [message] = mail.outbox
        assert message.to == ["ada@example.org"]
        page = client.get(link_in(message))
        assert "ada@example.org" in text(page)
        landed = post(link_in(message), follow=True)
        assert landed.redirect_chain[-1][0] == reverse("account")
        assert landed.context["user"].email == "ada@example.org"
        assert "Finish your profile" in text(landed)
        user = User.objects.get()
        assert selectors.get_profile(user).legal_name == "Ada Example"
        assert [one.version for one in selectors.list_terms_acceptances(user)] == [TERMS_VERSION]

    def test_confirmed_in_another_browser_asks_to_sign_in(self, post: Any) -> None:
        post("account_signup", SIGN_UP)
        other = Client()
        landed = post(link_in(mail.outbox[0]), by=other, follow=True)
        assert landed.redirect_chain[-1][0].startswith(reverse("account_login"))
        assert "ada@example.org is confirmed" in text(landed)

    def test_without_confirmation_there_is_no_way_in(self, client: Client, post: Any) -> None:
        post("account_signup", SIGN_UP)
        landed = post("account_login", {"login": "ada@example.org", "password": PASSWORD}, follow=True)
        assert "Check your mail" in text(landed)
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize("browsers", ["the same browser", "a double click before any cookie"])
    def test_sent_twice_makes_one_account_and_still_lands_signed_in(self, post: Any, browsers: str) -> None:
        first = Client()
        post("account_signup", SIGN_UP, by=first)
        second = first if browsers == "the same browser" else Client()
        again = post("account_signup", SIGN_UP, by=second, follow=True)
        assert "Check your mail" in text(again)
        assert User.objects.count() == 1
        assert len(mail.outbox) == 1
        landed = post(link_in(mail.outbox[0]), by=second, follow=True)
        assert landed.context["user"].is_authenticated

    def test_with_a_taken_address_looks_the_same_and_mails_its_owner(self, client: Client, post: Any, clinician: User) -> None:
        taken = post("account_signup", SIGN_UP | {"email": clinician.email}, follow=True)
        free = post("account_signup", SIGN_UP, follow=True, by=Client())
        assert [one.subject for one in mail.outbox] == [
            "You have an account at Good Standing",
            "Confirm your e-mail for Good Standing",
        ]
        assert taken.redirect_chain == free.redirect_chain
        assert text(taken).replace(clinician.email, "x") == text(free).replace("ada@example.org", "x")
        assert clinician.check_password("a long enough word")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"terms": ""}, "check this box"),
            ({"email": ""}, "Enter your e-mail address."),
            ({"email": "ada"}, "not a complete e-mail address"),
            ({"password1": ""}, "Choose a password."),
            ({"password1": "short"}, "Use at least 10 characters."),
            ({"password1": "0123456789012"}, "one row of keys"),
            ({"password1": "password123"}, "one of the passwords everyone tries"),
            ({"password1": "ada@example.org"}, "too close to your e-mail"),
            ({"legal_name": "x" * 121}, "Shorten the name"),
        ],
    )
    def test_errors_are_said_and_what_was_typed_stays(self, post: Any, change: dict[str, str], said: str) -> None:
        page = text(post("account_signup", SIGN_UP | change))
        assert said in page
        assert 'value="Ada Example"' in page or "legal_name" in change
        assert 'value="Ada@Example.org"' in page or "email" in change
        assert PASSWORD not in page
        assert not User.objects.exists()

    def test_fields_name_what_browsers_may_fill_in(self, client: Client) -> None:
        page = text(client.get(reverse("account_signup")))
        for purpose in ("name", "email", "new-password"):
            assert f'autocomplete="{purpose}"' in page
        assert "At least 10 characters" in page
        assert reverse("terms") in page


class TestSignIn:
    @pytest.fixture
    def ada(self) -> User:
        return services.create_person(
            email="ada@example.org",
            password=PASSWORD,
            legal_name="Ada Example",
            time_zone="America/Chicago",
            professions=[],
            at=timezone.now(),
        )

    def test_leads_to_the_standing(self, ada: User, post: Any) -> None:
        landed = post("account_login", {"login": " ADA@example.org ", "password": PASSWORD})
        assert landed.headers["Location"] == reverse("standing")

    def test_leads_back_to_the_page_that_asked_and_nowhere_else(self, ada: User, post: Any) -> None:
        signed = {"login": "ada@example.org", "password": PASSWORD}
        inside = post("account_login", signed | {"next": "/licenses/"}, by=Client())
        outside = post("account_login", signed | {"next": "https://elsewhere.example/"}, by=Client())
        assert inside.headers["Location"] == "/licenses/"
        assert outside.headers["Location"] == reverse("standing")

    def test_with_a_wrong_password_says_so_and_keeps_the_address(self, ada: User, client: Client, post: Any) -> None:
        page = text(post("account_login", {"login": "ada@example.org", "password": "wrong wrong wrong"}))
        unknown = text(post("account_login", {"login": "bob@example.org", "password": "wrong wrong wrong"}))
        assert "This e-mail and password do not belong together." in page
        assert 'value="ada@example.org"' in page
        assert "wrong wrong wrong" not in page
        assert "do not belong together" in unknown
        assert "_auth_user_id" not in client.session

    def test_is_slowed_down_after_several_wrong_passwords(self, ada: User, client: Client, post: Any) -> None:
        for _ in range(5):
            post("account_login", {"login": "ada@example.org", "password": "wrong wrong wrong"})
        page = text(post("account_login", {"login": "ada@example.org", "password": PASSWORD}))
        assert "Too many tries" in page
        assert "_auth_user_id" not in client.session

    def test_limits_store_no_network_address(self, ada: User, post: Any) -> None:
        post("account_login", {"login": "ada@example.org", "password": "wrong"}, REMOTE_ADDR="203.0.113.7")
        assert cache._cache
        assert not [key for key in cache._cache if "203.0.113.7" in key]

    def test_out_again(self, ada: User, client: Client, post: Any) -> None:
        client.force_login(ada)
        assert "Sign out?" in text(client.get(reverse("account_logout")))
        assert "_auth_user_id" in client.session
        post("account_logout")
        assert "_auth_user_id" not in client.session

    def test_of_a_closed_account_is_told(self, ada: User, post: Any) -> None:
        User.objects.update(is_active=False)
        page = post("account_login", {"login": "ada@example.org", "password": PASSWORD}, follow=True)
        assert "This account is closed" in text(page)

    def test_password_reset_by_mail(self, ada: User, client: Client, post: Any) -> None:
        assert "Check your mail" in text(post("account_reset_password", {"email": "ada@example.org"}, follow=True))
        link = link_in(mail.outbox[0])
        form = client.get(link, follow=True)
        address = form.redirect_chain[-1][0]
        assert "set-password" in address
        refused = text(post(address, {"password1": "short"}))
        assert "Use at least 10 characters." in refused
        landed = post(address, {"password1": "nine patient otters"})
        assert landed.headers["Location"] == reverse("standing")
        assert client.session["_auth_user_id"] == str(ada.pk)
        ada.refresh_from_db()
        assert ada.check_password("nine patient otters")
        assert mail.outbox[-1].subject == "Your password was reset by mail"
        assert "This link cannot be used" in text(Client().get(link, follow=True))

    def test_password_reset_for_an_unknown_address_looks_the_same(self, post: Any) -> None:
        page = post("account_reset_password", {"email": "nobody@example.org"}, follow=True)
        assert "Check your mail" in text(page)
        assert mail.outbox[0].subject == "There is no account with this e-mail"

    def test_password_changed_with_the_current_one(self, ada: User, client: Client, post: Any) -> None:
        client.force_login(ada)
        new = {"oldpassword": "not this one at all", "password1": "nine patient otters"}
        assert "This is not your current password." in text(post("account_change_password", new))
        changed = post("account_change_password", new | {"oldpassword": PASSWORD})
        assert changed.headers["Location"] == reverse("account")
        ada.refresh_from_db()
        assert ada.check_password("nine patient otters")
        assert client.get(reverse("account")).status_code == 200  # still signed in
        assert mail.outbox[-1].subject == "Your password was changed"

    def test_email_changed_after_the_password_and_once_the_new_one_is_confirmed(
        self, ada: User, client: Client, post: Any
    ) -> None:
        client.force_login(ada)
        asked = post("account_email", {"email": "ada@new.example", "action_add": ""})
        assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
        wrong = text(post(asked.headers["Location"], {"password": "wrong wrong wrong"}))
        assert "This is not your password." in wrong
        post(asked.headers["Location"], {"password": PASSWORD}, follow=True)
        assert "Waiting for ada@new.example" in text(client.get(reverse("account_email")))
        ada.refresh_from_db()
        assert ada.email == "ada@example.org"
        confirm = next(one for one in mail.outbox if one.to == ["ada@new.example"])
        post(link_in(confirm))
        ada.refresh_from_db()
        assert ada.email == "ada@new.example"
        assert mail.outbox[-1].to == ["ada@example.org"]
        assert mail.outbox[-1].subject == "Your e-mail was changed"


class TestProfile:
    def test_asks_for_sign_in(self, client: Client) -> None:
        answer = client.get(reverse("account"))
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"{reverse('account_login')}?next={reverse('account')}"

    def test_is_saved(self, signed_in: Client, clinician: User) -> None:
        page = text(signed_in.get(reverse("account")))
        assert "Pacific (Los Angeles)" in page
        assert "Europe, Berlin" in page
        given = {"legal_name": "Ada B. Example", "time_zone": "America/New_York", "professions": ["mft", "counselor"]}
        saved = signed_in.post(reverse("account"), given, follow=True)
        assert saved.redirect_chain == [(reverse("account"), 302)]
        assert "Your profile is saved." in text(saved)
        assert selectors.get_profile(User.objects.get(pk=clinician.pk)).professions == ["counselor", "mft"]

    def test_finished_for_the_first_time_leads_on(self, client: Client, make_user: Callable[..., User]) -> None:
        client.force_login(make_user(time_zone=""))
        answer = client.post(reverse("account"), {"legal_name": "Ada", "time_zone": "America/Denver"})
        assert answer.headers["Location"] == reverse("standing")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"legal_name": " "}, "Enter your name as it stands on your license."),
            ({"time_zone": ""}, "Choose your time zone."),
            ({"time_zone": "Mars/Olympus"}, "Choose your time zone from the list."),
            ({"professions": ["astronaut"]}, "Choose from the professions listed."),
        ],
    )
    def test_errors_keep_what_was_typed(self, signed_in: Client, clinician: User, change: dict[str, Any], said: str) -> None:
        given = {"legal_name": "Somebody New", "time_zone": "America/Denver", "professions": ["mft"]} | change
        answer = signed_in.post(reverse("account"), given)
        assert answer.status_code == 200
        assert said in text(answer)
        assert "Somebody New" in text(answer) or "legal_name" in change
        assert selectors.get_profile(User.objects.get(pk=clinician.pk)).legal_name == "Ada Example"

    def test_shows_the_accepted_terms(self, signed_in: Client, clinician: User) -> None:
        services.accept_terms(user=clinician, version="2026-11-23", at=clinician.date_joined)
        assert "Terms of 23 November 2026" in text(signed_in.get(reverse("account")))


class TestClaim:
    @pytest.fixture
    def link(self) -> str:
        token = services.create_claim()
        assert token is not None
        return reverse("claim", args=[token])

    ACCOUNT = {"legal_name": "Cai Example", "email": "cai@example.org", "password1": PASSWORD, "terms": "on"}

    def test_makes_the_administrator_and_signs_in(self, client: Client, link: str) -> None:
        assert client.get(link).status_code == 200
        answer = client.post(link, self.ACCOUNT)
        assert answer.headers["Location"] == reverse("staff-home")
        user = User.objects.get()
        assert user.role == Role.ADMINISTRATOR
        assert client.session["_auth_user_id"] == str(user.pk)
        assert mail.outbox == []  # the link proves the operator; there is nothing to confirm

    def test_clicked_twice_makes_one_administrator_and_both_copies_arrive(self, link: str) -> None:
        first, second = Client(), Client()  # a double click goes out before any cookie comes back
        for browser in (first, second, first):
            assert browser.post(link, self.ACCOUNT).headers["Location"] == reverse("staff-home")
        assert User.objects.filter(role=Role.ADMINISTRATOR).count() == User.objects.count() == 1

    def test_used_is_no_way_to_guess_passwords(self, link: str, clinician: User) -> None:
        Client().post(link, self.ACCOUNT)
        guess = self.ACCOUNT | {"email": clinician.email, "password1": "not the right one"}
        answers = [Client().post(link, guess) for _ in range(5)]
        right = Client().post(link, guess | {"password1": "a long enough word"})
        for answer in (*answers, right):
            assert answer.status_code == 409
            assert "sessionid" not in answer.cookies
        clinician.refresh_from_db()
        assert clinician.role == Role.CLINICIAN

    def test_taken_with_the_password_of_an_older_account(self, link: str, clinician: User) -> None:
        given = self.ACCOUNT | {"email": clinician.email, "password1": "a long enough word"}
        assert Client().post(link, given).headers["Location"] == reverse("staff-home")
        clinician.refresh_from_db()
        assert clinician.role == Role.ADMINISTRATOR

    def test_used_refuses_kindly_whoever_comes_next(self, link: str, signed_in: Client, clinician: User) -> None:
        Client().post(link, self.ACCOUNT)
        for answer in (signed_in.get(link), signed_in.post(link), Client().get(link)):
            assert answer.status_code == 409
            assert "Nothing was changed" in text(answer)
        clinician.refresh_from_db()
        assert clinician.role == Role.CLINICIAN

    def test_taken_with_the_account_one_has(self, link: str, signed_in: Client, clinician: User) -> None:
        assert clinician.email in text(signed_in.get(link))
        assert signed_in.post(link).headers["Location"] == reverse("staff-home")
        clinician.refresh_from_db()
        assert clinician.role == Role.ADMINISTRATOR

    def test_invented_is_not_found(self, client: Client, link: str) -> None:
        address = reverse("claim", args=["invented"])
        assert client.get(address).status_code == client.post(address, self.ACCOUNT).status_code == 404
        assert not User.objects.exists()

    @pytest.mark.parametrize(
        ("change", "said"),
        [({"terms": ""}, "check this box"), ({"password1": "short"}, "Use at least 10"), ({"email": "TAKEN"}, "Sign in with it")],
    )
    def test_errors_leave_the_link_unused(
        self, client: Client, link: str, other_clinician: User, change: dict[str, str], said: str
    ) -> None:
        change = {"email": other_clinician.email} if change.get("email") else change
        answer = client.post(link, self.ACCOUNT | change)
        assert answer.status_code == 200
        assert said in text(answer)
        assert not selectors.has_administrator()
        assert client.post(link, self.ACCOUNT).headers["Location"] == reverse("staff-home")


class TestTexts:
    @pytest.mark.parametrize("page", ["terms", "privacy"])
    def test_stand_open_with_their_day(self, client: Client, page: str) -> None:
        answer = client.get(reverse(page))
        assert answer.status_code == 200
        assert "Version of 23 November 2026" in text(answer)

    @pytest.mark.parametrize(
        "page",
        [
            "account_login",
            "account_signup",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key_done",
            "account_email_verification_sent",
            "account_inactive",
            "terms",
            "privacy",
        ],
    )
    def test_open_pages_are_ours(self, client: Client, page: str) -> None:
        answer = text(client.get(reverse(page)))
        assert answer.count("<h1") == 1
        assert "· Good Standing</title>" in answer
        assert "<script>" not in answer
        assert "style=" not in answer

    @pytest.mark.parametrize(
        "page", ["account_email", "account_change_password", "account_reauthenticate", "account_logout", "account"]
    )
    def test_signed_in_pages_are_ours(self, signed_in: Client, page: str) -> None:
        answer = text(signed_in.get(reverse(page)))
        assert answer.count("<h1") == 1
        assert "· Good Standing</title>" in answer

    def test_a_damaged_confirmation_link_explains_itself(self, client: Client) -> None:
        answer = text(client.get(reverse("account_confirm_email", args=["damaged"])))
        assert "This link cannot be used" in answer
