"""Whoever guesses is stopped; the owner still gets in."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from goodstanding.conf import settings as product
from goodstanding.web.limits import UPLOADS, Limit

PASSWORD = "a long enough word"


@pytest.fixture
def ada(clinician):
    EmailAddress.objects.create(user=clinician, email=clinician.email, primary=True, verified=True)
    return clinician


def sign_in(user, password, *, place="198.51.100.1", browser=None):
    browser = browser or Client()
    return browser.post(reverse("account_login"), {"login": user.email, "password": password}, REMOTE_ADDR=place), browser


def got_in(answer) -> bool:
    return answer[0].status_code == 302


def guess_from(user, place, times):
    return [b"Too many tries" in sign_in(user, "wrong", place=place)[0].content for _ in range(times)]


@pytest.mark.django_db
class TestSignIn:
    def test_one_place_is_stopped_and_the_owner_elsewhere_is_not(self, ada):
        assert guess_from(ada, "203.0.113.9", 7) == [False] * 5 + [True] * 2
        assert not got_in(sign_in(ada, PASSWORD, place="203.0.113.9"))
        assert got_in(sign_in(ada, PASSWORD))

    def test_many_places_are_stopped_and_the_owners_own_browser_is_not(self, ada):
        _, own = sign_in(ada, PASSWORD)
        own.post(reverse("account_logout"))
        stopped = [guess_from(ada, f"203.0.113.{number}", 4)[-1] for number in range(18)]
        assert stopped[:14] == [False] * 14
        assert stopped[-1]
        assert not got_in(sign_in(ada, PASSWORD, place="198.51.100.77"))
        assert got_in(sign_in(ada, PASSWORD, browser=own))

    def test_a_new_browser_of_the_owner_gets_in_by_the_reset_link(self, ada, django_capture_on_commit_callbacks):
        for number in range(18):
            guess_from(ada, f"203.0.113.{number}", 4)
        new = Client()
        with django_capture_on_commit_callbacks(execute=True):
            new.post(reverse("account_reset_password"), {"email": ada.email})
        [link] = [word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word]
        form = new.get(link.removeprefix("http://testserver"), follow=True)
        new.post(form.redirect_chain[-1][0], {"password1": "nine patient otters"})
        assert new.get(reverse("account")).status_code == 200

    def test_the_cookie_of_a_known_browser_opens_nothing_and_guesses_no_more_either(self, ada, other_clinician):
        _, own = sign_in(ada, PASSWORD)
        cookie = own.cookies["known-browser"]
        assert cookie["httponly"]
        assert ada.email not in cookie.value
        thief = Client()
        thief.cookies["known-browser"] = cookie.value
        assert thief.get(reverse("account")).status_code == 302
        told = [b"Too many tries" in sign_in(ada, "wrong", browser=thief)[0].content for _ in range(11)]
        assert told == [False] * 10 + [True]
        forged = Client()
        forged.cookies["known-browser"] = f"{cookie.value}x"
        assert b"Too many tries" in [sign_in(ada, "wrong", browser=forged)[0] for _ in range(6)][-1].content
        assert guess_from(other_clinician, "203.0.113.20", 6)[-1]

    def test_right_passwords_are_no_tries(self, ada):
        assert all(got_in(sign_in(ada, PASSWORD)) for _ in range(12))


@pytest.mark.django_db
def test_sign_up_beyond_the_limit_is_told_when_to_come_back():
    codes = []
    for number in range(21):
        response = Client().post(reverse("account_signup"), {"email": f"new{number}@example.org"})
        codes.append(response.status_code)
    assert codes == [200] * 20 + [429]
    assert response.headers["Retry-After"] == "60"
    assert b"Nothing was changed and nothing was lost." in response.content


@pytest.mark.django_db
def test_reset_mails_do_not_flood_a_mailbox(ada, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        codes = [Client().post(reverse("account_reset_password"), {"email": ada.email}).status_code for _ in range(6)]
    assert codes == [302] * 5 + [429]
    assert len(mail.outbox) == 5


@pytest.mark.django_db
def test_uploads_are_counted_for_the_account_and_not_for_the_place(signed_in, other_clinician):
    for _ in range(UPLOADS.times):
        assert not UPLOADS.exceeded(signed_in.get(reverse("credit-add")).wsgi_request)
    refused = signed_in.post(reverse("credit-add"), {})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(UPLOADS.seconds))
    assert signed_in.get(reverse("credit-add")).status_code == 200
    other = Client()
    other.force_login(other_clinician)
    assert other.post(reverse("credit-add"), {}).status_code == 200


@pytest.mark.django_db
def test_the_limit_counts_across_processes(settings, rf):
    """Two caches over the same table stand for two processes."""
    backend = product.CACHES["default"]
    assert backend["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    settings.CACHES = {"default": backend, "another process": backend}
    call_command("createcachetable", verbosity=0)
    from django.contrib.auth.models import AnonymousUser

    request = rf.post("/")
    request.user = AnonymousUser()
    limit = Limit("test", times=2, seconds=60)
    assert [limit.exceeded(request) for _ in range(2)] == [False, False]
    assert caches["another process"].get(limit._key(request))[0] == 2
    assert limit.exceeded(request)
