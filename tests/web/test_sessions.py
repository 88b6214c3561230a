"""Where one is signed in: the list, ending, and what time ends."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodstanding.accounts.browser_sessions import CLINICIAN, STAFF
from goodstanding.accounts.models import BrowserSession
from goodstanding.accounts.roles import give_role

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
PASSWORD = "a long enough word"


def signed_in_with(user, agent=FIREFOX, **more) -> Client:
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
    client = Client(headers={"user-agent": agent}, **more)
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert response.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def test_each_browser_is_listed_with_its_name_and_this_one_is_marked(clinician, other_clinician):
    here, phone = signed_in_with(clinician), signed_in_with(clinician, PHONE, REMOTE_ADDR="203.0.113.7")
    signed_in_with(other_clinician)
    page = here.get(reverse("session-list")).content.decode()
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert page.count("This browser") == 1
    assert page.index("This browser") > page.index("Firefox on Linux")
    assert BrowserSession.objects.count() == 3
    assert "203.0.113.7" not in str(list(BrowserSession.objects.values()))
    assert is_in(phone)


def test_one_is_ended_and_only_by_its_owner(clinician, other_clinician):
    here, phone, stranger = signed_in_with(clinician), signed_in_with(clinician, PHONE), signed_in_with(other_clinician)
    row = BrowserSession.objects.get(device="Safari on iPhone")
    assert stranger.post(reverse("session-end", args=[row.pk])).status_code == 404
    assert is_in(phone)
    here.post(reverse("session-end", args=[row.pk]))
    assert not is_in(phone)
    assert is_in(here)
    assert is_in(stranger)
    assert here.post(reverse("session-end", args=[row.pk])).status_code == 404


def test_all_others_are_ended_at_once(clinician):
    here, others = signed_in_with(clinician), [signed_in_with(clinician, PHONE) for _ in range(3)]
    here.post(reverse("session-end-others"))
    assert is_in(here)
    assert not any(is_in(other) for other in others)
    assert BrowserSession.objects.count() == 1


def test_a_changed_password_ends_the_others_and_this_one_can_still_be_ended(clinician):
    here, phone = signed_in_with(clinician), signed_in_with(clinician, PHONE)
    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "nine patient otters"})
    assert is_in(here)
    assert not is_in(phone)
    [row] = BrowserSession.objects.all()
    later = Client()
    later.post(reverse("account_login"), {"login": clinician.email, "password": "nine patient otters"})
    assert is_in(later)
    later.post(reverse("session-end", args=[row.pk]))
    assert not is_in(here)


def test_signing_out_leaves_nothing_in_the_list(clinician):
    here, phone = signed_in_with(clinician), signed_in_with(clinician, PHONE)
    phone.post(reverse("account_logout"))
    page = here.get(reverse("session-list")).content.decode()
    assert "Safari on iPhone" not in page


def moved_back(client: Client, **by: dt.timedelta) -> None:
    """As if the sign-in and its last use were that much longer ago."""
    session = client.session
    for name, span in by.items():
        session[{"began": "signed-in-at", "used": "used-at"}[name]] -= span.total_seconds()
    session.save()


@pytest.mark.parametrize(("who", "lifetime"), [("clinician", CLINICIAN), ("administrator", STAFF)])
def test_time_ends_a_sign_in_and_staff_sooner(request, who, lifetime):
    user = request.getfixturevalue(who)

    def fresh() -> Client:
        client = Client()
        client.force_login(user)
        return client

    minute = dt.timedelta(minutes=1)
    unused, nearly_unused, old, nearly_old = fresh(), fresh(), fresh(), fresh()
    moved_back(unused, used=lifetime.idle + lifetime.noted + minute)
    moved_back(nearly_unused, used=lifetime.idle - minute)
    moved_back(old, began=lifetime.whole + minute)
    moved_back(nearly_old, began=lifetime.whole - minute)
    assert [is_in(one) for one in (unused, nearly_unused, old, nearly_old)] == [False, True, False, True]
    assert "You were signed out after a while" in unused.get(reverse("home")).content.decode()
    assert STAFF.idle < CLINICIAN.idle
    assert STAFF.whole < CLINICIAN.whole


def test_use_is_noted_now_and_then_and_not_with_each_request(clinician, django_assert_num_queries):
    client = Client()
    client.force_login(clinician)
    seen = BrowserSession.objects.get().seen_at
    client.get(reverse("terms"))
    assert BrowserSession.objects.get().seen_at == seen
    moved_back(client, used=CLINICIAN.noted + dt.timedelta(minutes=1))
    client.get(reverse("terms"))
    assert BrowserSession.objects.get().seen_at > seen


def test_a_changed_role_signs_out_everywhere(clinician, administrator):
    client = signed_in_with(clinician)
    give_role(actor=administrator, user_id=clinician.pk, role="editor")
    assert not is_in(client)
    assert not BrowserSession.objects.filter(user=clinician).exists()


def test_a_session_from_before_the_list_was_kept_goes_on(clinician):
    client = Client()
    client.force_login(clinician)
    session = client.session
    for name in ("signed-in-at", "used-at", "listed-as"):
        del session[name]
    session.save()
    assert is_in(client)
    assert client.session["used-at"] <= timezone.now().timestamp()
