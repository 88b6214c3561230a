"""Deleting an account: asked for, taken back by signing in, or carried out once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from goodstanding.accounts.closing import GRACE, keep_account, request_closure
from goodstanding.accounts.errors import LastAdministratorError
from goodstanding.accounts.models import BrowserSession, Closure, Role, User
from goodstanding.audit.models import AuditEvent, ErasurePermit
from goodstanding.credit.models import Certificate, CreditProof
from goodstanding.credit.services import award_completion
from goodstanding.flows import leaving
from goodstanding.flows.leaving import carry_out, close_due, what_leaving_does
from goodstanding.licensing.models import License
from goodstanding.mailing.models import OutgoingMail
from tests.credit.making import completion
from tests.flows.person import live, sign_in
from tests.racing import race

NOW = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def person(clinician, administrator):
    live(clinician, administrator)
    return clinician


def tags() -> list[str]:
    return [tag for tag in AuditEvent.objects.order_by("number").values_list("tag", flat=True) if "closure" in tag]


@pytest.mark.django_db
def test_what_goes_and_stays_is_counted(person, other_clinician):
    mine = what_leaving_does(user=person)
    assert (mine.certificates, mine.completions, mine.attempts, mine.evaluations) == (1, 1, 1, 1)
    assert (mine.credits_here, mine.credits_entered, mine.unfinished) == (1, 2, 1)
    assert (mine.licenses, mine.proofs, mine.notes, mine.highlights, mine.reasons) == (1, 1, 1, 1, 1)
    assert (mine.requests, mine.requests_open) == (2, 2)
    nothing = what_leaving_does(user=other_clinician)
    assert not any(getattr(nothing, name) for name in nothing.__dataclass_fields__)


@pytest.mark.django_db
def test_asking_signs_out_everywhere_and_says_so_by_mail_and_is_asked_once(clinician, other_clinician):
    sign_in(clinician)
    sign_in(clinician)
    theirs = sign_in(other_clinician)
    for user in (clinician, other_clinician):
        BrowserSession.objects.create(user=user, session_key=user.email, device="Firefox on Linux", began_at=NOW, seen_at=NOW)
    first = request_closure(user=clinician, at=NOW)
    again = request_closure(user=clinician, at=NOW + dt.timedelta(days=3))
    assert first == again
    assert first.due_at == NOW + GRACE
    assert [session.pk for session in Session.objects.all()] == [theirs]
    assert [row.user_id for row in BrowserSession.objects.all()] == [other_clinician.pk]
    (mail,) = OutgoingMail.objects.filter(to=clinician.email)
    assert "15 January 2027" in mail.body
    assert tags() == ["account:closure:requested"]


@pytest.mark.django_db
def test_before_its_time_nothing_happens(person):
    closure = request_closure(user=person, at=NOW)
    early = NOW + GRACE - dt.timedelta(seconds=1)
    assert close_due(at=early) == 0
    assert not carry_out(closure_id=closure.pk, at=early)
    assert License.objects.count() == 1


@pytest.mark.django_db
def test_signing_in_keeps_everything(person):
    closure = request_closure(user=person, at=NOW)
    assert keep_account(user=person, at=NOW)
    assert not keep_account(user=person, at=NOW)
    assert close_due(at=NOW + GRACE * 2) == 0
    assert not carry_out(closure_id=closure.pk, at=NOW + GRACE * 2)
    assert User.objects.filter(pk=person.pk).exists()
    assert tags() == ["account:closure:requested", "account:closure:undone"]
    later = request_closure(user=person, at=NOW + GRACE * 3)
    assert later != closure


@pytest.mark.django_db
def test_it_is_carried_out_once(person):
    holder = person.holder
    request_closure(user=person, at=NOW)
    assert close_due(at=NOW + GRACE) == 1
    assert close_due(at=NOW + GRACE) == 0
    assert not User.objects.filter(pk=person.pk).exists()
    holder.refresh_from_db()
    assert holder.user is None
    assert Certificate.objects.filter(holder=holder).count() == 1
    assert tags()[-1:] == ["account:closure:carried-out"]
    assert tags().count("account:closure:carried-out") == 1
    assert AuditEvent.objects.get(tag="account:closure:carried-out").data.keys() == {"closure"}


@pytest.mark.django_db
def test_killed_before_the_files_are_gone_the_next_sweep_removes_them(person, monkeypatch):
    file = CreditProof.objects.get().file.name
    closure = request_closure(user=person, at=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(leaving, "_remove_files", lambda closure_id: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            carry_out(closure_id=closure.pk, at=NOW + GRACE)
    assert default_storage.exists(file)
    assert Closure.objects.get().files == [file]
    assert close_due(at=NOW + GRACE) == 0
    assert not default_storage.exists(file)
    assert Closure.objects.get().files == []


@pytest.mark.django_db
def test_what_fails_half_way_leaves_everything_as_it_was(person, monkeypatch):
    request_closure(user=person, at=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(leaving, "_erase_account", lambda user: 1 / 0)
        assert close_due(at=NOW + GRACE) == 0
    assert License.objects.count() == 1
    assert CreditProof.objects.count() == 1
    assert not ErasurePermit.objects.exists()
    assert close_due(at=NOW + GRACE) == 1


@pytest.mark.django_db
def test_the_only_administrator_can_not_leave(administrator, make_user):
    with pytest.raises(LastAdministratorError):
        request_closure(user=administrator, at=NOW)
    second = make_user(role=Role.ADMINISTRATOR)
    request_closure(user=administrator, at=NOW)
    with pytest.raises(LastAdministratorError):
        request_closure(user=second, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_that_leave_at_once_one_stays(make_user):
    two = [make_user(role=Role.ADMINISTRATOR) for _ in range(2)]
    outcomes = race(*[lambda user=user: request_closure(user=user, at=NOW) for user in two])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Closure", "LastAdministratorError"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_someone_who_signs_in_meet_and_one_wins(make_user):
    user = make_user()
    closure = request_closure(user=user, at=NOW)
    due = NOW + GRACE
    carry = [lambda: carry_out(closure_id=closure.pk, at=due)] * 2
    *carried, kept = race(*carry, lambda: keep_account(user=user, at=due))
    assert [*carried, kept].count(True) == 1
    assert User.objects.filter(pk=user.pk).exists() is kept


@pytest.mark.django_db
def test_afterwards_the_certificate_verifies_and_staff_see_no_person(person, client, as_administrator):
    other = completion(person, signed_name="Ada Example", slug="another-course")
    number = award_completion(completion=other, at=timezone.now()).number
    email = person.email
    carry_out(closure_id=request_closure(user=person, at=NOW).pk, at=NOW + GRACE)
    page = client.get(f"/verify/{number}/")
    assert page.status_code == 200
    assert "Ada Example" in page.content.decode()
    people = as_administrator.get("/staff/people/").content.decode()
    assert email not in people
    assert as_administrator.get(f"/staff/people/{person.pk}/").status_code == 404
    revoke = reverse("staff-certificate-revoke", args=[number])
    for address in ("/staff/", "/staff/requests/", "/staff/audit/", revoke):
        shown = as_administrator.get(address)
        assert shown.status_code == 200
        assert email not in shown.content.decode()
