"""The sign-ins of staff are in the audit log, those of nobody else, and no flood of tries makes it grow without bound."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodstanding.accounts.models import Role, User
from goodstanding.accounts.second_step import SecondStepAdapter
from goodstanding.accounts.staff_sign_ins import TOLD_EVERY, tell_refused
from goodstanding.audit.models import AuditEvent

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough word"


def code_of(user: User) -> str:
    secret = SecondStepAdapter().decrypt(user.authenticator_set.get(type=Authenticator.Type.TOTP).data["secret"])
    return [format_hotp_value(hotp_value(secret, counter)) for counter in yield_hotp_counters_from_time()][1]


def sign_in(user: User, password: str = PASSWORD, code: str = "", place: str = "198.51.100.1") -> Client:
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
    client = Client(REMOTE_ADDR=place)
    client.post(reverse("account_login"), {"login": user.email, "password": password})
    if code:
        client.post(reverse("mfa_authenticate"), {"code": code})
    return client


def told(user: User) -> list[tuple[str, dict[str, Any]]]:
    """What the log says of the user's sign-ins, the first first."""
    found = AuditEvent.objects.filter(subject_id=str(user.pk), tag__startswith="account:staff:").order_by("number")
    return [(event.tag.rpartition(":")[2], event.data) for event in found]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ADMINISTRATOR])
def test_a_sign_in_is_told_with_its_steps_and_no_place(make_user, role) -> None:
    member = make_user(role=role)
    sign_in(member, code=code_of(member), place="203.0.113.77")
    assert told(member) == [("signed-in", {"by": ["password", "totp"]})]
    [event] = AuditEvent.objects.filter(tag="account:staff:signed-in")
    assert event.actor == str(member.pk)
    assert "203.0.113" not in str(vars(event))
    assert member.email not in str(vars(event))


def test_nothing_is_kept_of_how_clinicians_sign_in(clinician) -> None:
    before = AuditEvent.objects.count()
    client = sign_in(clinician)
    sign_in(clinician, "wrong")
    assert client.get("/staff/").status_code == 404
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "nine patient otters"})
    tell_refused(at=timezone.now())
    assert AuditEvent.objects.count() == before


def test_refusals_are_counted_and_told_together(administrator, make_user) -> None:
    support = make_user(role=Role.SUPPORT)
    for number in range(40):
        sign_in(administrator, "wrong", place=f"203.0.113.{number % 20}")
    sign_in(administrator, code="000000")
    sign_in(administrator, code="00000000")
    Client().post(reverse("account_login"), {"login": "nobody@example.org", "password": "wrong"})
    assert told(administrator) == []  # nothing is written while someone guesses
    assert tell_refused(at=timezone.now()) == 2
    assert told(administrator) == [("sign-in-refused", {"times": 40}), ("second-step-refused", {"times": 2})]
    assert AuditEvent.objects.filter(tag="account:staff:sign-in-refused", actor="").count() == 1
    assert told(support) == []
    for _ in range(3):  # a worker each minute, on every host
        sign_in(administrator, "wrong", place="203.0.113.99")
        assert tell_refused(at=timezone.now()) == 0
    for key in ("password", "second-step"):
        forget_when_it_was_told(key, administrator)
    assert tell_refused(at=timezone.now()) == 1
    assert told(administrator)[-1] == ("sign-in-refused", {"times": 3})
    assert dt.timedelta(minutes=5) <= TOLD_EVERY


def forget_when_it_was_told(kind: str, user: User) -> None:
    from goodstanding.accounts.staff_sign_ins import _key

    cache.delete(f"{_key(kind, user.email)}:told")


def test_tries_beyond_the_limit_count_as_well(administrator) -> None:
    for _ in range(9):
        sign_in(administrator, "wrong")
    tell_refused(at=timezone.now())
    assert told(administrator) == [("sign-in-refused", {"times": 9})]


def test_a_page_that_the_role_has_no_right_to_is_told_once_an_hour(make_user) -> None:
    member = make_user(role=Role.EDITOR)
    client = Client()
    client.force_login(member)
    for _ in range(5):
        assert client.get("/staff/audit/?tag=x").status_code == 404
    assert client.post("/staff/people/").status_code == 404
    assert client.get("/staff/courses/").status_code == 200
    assert told(member) == [("page-refused", {"page": "staff-audit"}), ("page-refused", {"page": "staff-people"})]


def test_passwords_changed_and_reset_are_told(administrator, django_capture_on_commit_callbacks) -> None:
    client = sign_in(administrator, code=code_of(administrator))
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "nine patient otters"})
    assert told(administrator)[1:] == [("password-changed", {})]
    other = Client()
    with django_capture_on_commit_callbacks(execute=True):
        other.post(reverse("account_reset_password"), {"email": administrator.email})
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", mail.outbox[-1].body)
    assert link is not None
    form = other.get(link[1], follow=True)
    other.post(form.redirect_chain[-1][0], {"password1": "seven quiet rivers"})
    assert told(administrator)[2:] == [("password-reset", {})]
    assert client.get(reverse("account")).status_code == 302


def test_the_page_of_the_log_shows_and_narrows_them(administrator, as_administrator) -> None:
    sign_in(administrator, code=code_of(administrator))
    sign_in(administrator, "wrong")
    tell_refused(at=timezone.now())
    page = as_administrator.get("/staff/audit/", {"tag": "account:staff:sign-in-refused"}).content.decode()
    assert "times: 1" in page
    assert "by: password" not in page
    page = as_administrator.get("/staff/audit/", {"subject": str(administrator.pk)}).content.decode()
    assert "by: password, totp" in page
    home = as_administrator.get("/staff/").content.decode()
    assert "account:staff:signed-in" not in home  # the latest events are what was done, not who came
