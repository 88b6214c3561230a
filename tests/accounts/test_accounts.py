"""Accounts: opened whole, completed, raised to administrator once."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from goodstanding.accounts import selectors, services
from goodstanding.accounts.adapter import public_address
from goodstanding.accounts.errors import (
    ClaimNotFoundError,
    ClaimUsedError,
    EmailTakenError,
    PermissionRefusedError,
    ProfileRefusedError,
)
from goodstanding.accounts.models import AdministratorClaim, Holder, Role, TermsAcceptance, User
from goodstanding.accounts.permissions import require_administrator
from goodstanding.accounts.terms import TERMS_VERSION
from goodstanding.audit.selectors import list_events

pytestmark = pytest.mark.django_db


def open_account(email: str = "Ada@Example.org") -> User:
    return services.open_account(email=email, password="a long enough word", legal_name="  Ada   Example ", at=timezone.now())


class TestOpening:
    def test_makes_holder_profile_address_and_terms_at_once(self) -> None:
        user = open_account()
        assert user.email == "ada@example.org"
        assert user.check_password("a long enough word")
        assert selectors.get_holder(user).user_id == user.pk
        assert selectors.get_profile(user).legal_name == "Ada Example"
        assert list(EmailAddress.objects.values_list("email", "primary", "verified")) == [("ada@example.org", True, False)]
        assert [one.version for one in selectors.list_terms_acceptances(user)] == [TERMS_VERSION]

    def test_refuses_an_address_that_is_taken_and_leaves_nothing(self) -> None:
        open_account()
        with pytest.raises(EmailTakenError):
            open_account(" ADA@example.org ")
        assert User.objects.count() == Holder.objects.count() == TermsAcceptance.objects.count() == 1

    def test_lacking_holder_and_profile_are_made_when_asked_for(self) -> None:
        user = User.objects.create_user("old@example.org", "a long enough word")
        assert selectors.get_holder(user) == selectors.get_holder(User.objects.get(pk=user.pk))
        assert selectors.get_profile(user) == selectors.get_profile(User.objects.get(pk=user.pk))
        assert not selectors.profile_is_complete(selectors.get_profile(user))

    def test_a_person_of_the_demonstration_can_sign_in_at_once(self) -> None:
        user = services.create_person(
            email="demo@example.org",
            password="a long enough word",
            legal_name="Dee Example",
            time_zone="America/Chicago",
            professions=["mft"],
            at=timezone.now(),
        )
        assert EmailAddress.objects.get(user=user).verified
        assert selectors.profile_is_complete(user.profile)


class TestTerms:
    def test_are_recorded_once_per_version(self, clinician: User) -> None:
        at = timezone.now()
        first = services.accept_terms(user=clinician, version="2026-11-23", at=at)
        again = services.accept_terms(user=clinician, version="2026-11-23", at=timezone.now())
        assert again == first
        services.accept_terms(user=clinician, version="2027-01-01", at=timezone.now())
        assert [one.version for one in selectors.list_terms_acceptances(clinician)] == ["2027-01-01", "2026-11-23"]
        assert list_events(tag="account:terms:accepted").count() == 2


class TestProfile:
    def save(self, user: User, **changes: object) -> None:
        given = {"legal_name": "Ada Example", "time_zone": "America/Los_Angeles", "professions": ["counselor"]}
        services.save_profile(user=user, **(given | changes))

    def test_is_saved_and_the_log_names_fields_only(self, clinician: User) -> None:
        self.save(clinician, legal_name="  Ada  B. Example", professions=["mft", "counselor"])
        profile = selectors.get_profile(User.objects.get(pk=clinician.pk))
        assert (profile.legal_name, profile.professions) == ("Ada B. Example", ["counselor", "mft"])
        [event] = list_events(tag="account:profile:changed")
        assert event.data == {"fields": ["legal_name", "professions"]}

    def test_saved_unchanged_leaves_no_event(self, clinician: User) -> None:
        self.save(clinician)
        assert not list_events(tag="account:profile:changed").exists()

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"legal_name": "   "}, "legal_name"),
            ({"legal_name": "x" * 121}, "legal_name"),
            ({"time_zone": "Mars/Olympus"}, "time_zone"),
            ({"time_zone": ""}, "time_zone"),
            ({"professions": ["astronaut"]}, "professions"),
        ],
    )
    def test_that_can_not_be_true_is_refused_and_nothing_is_saved(
        self, clinician: User, change: dict[str, object], field: str
    ) -> None:
        with pytest.raises(ProfileRefusedError) as refused:
            self.save(clinician, **({"legal_name": "Someone Else"} | change))
        assert set(refused.value.problems) == {field}
        assert selectors.get_profile(User.objects.get(pk=clinician.pk)).legal_name == "Ada Example"


class TestClaim:
    def test_is_for_one_and_repeating_it_changes_nothing(self, clinician: User, other_clinician: User) -> None:
        token = services.create_claim()
        assert token is not None
        services.claim_administrator(token=token, user=clinician, at=timezone.now())
        services.claim_administrator(token=token, user=clinician, at=timezone.now())
        with pytest.raises(ClaimUsedError):
            services.claim_administrator(token=token, user=other_clinician, at=timezone.now())
        assert list(User.objects.filter(role=Role.ADMINISTRATOR)) == [clinician]
        assert list_events(tag="account:administrator:claimed").count() == 1
        assert services.create_claim() is None

    def test_dies_with_any_other_claim_that_was_used(self, clinician: User, other_clinician: User) -> None:
        first, second = services.create_claim(), services.create_claim()
        assert first is not None
        assert second is not None
        services.claim_administrator(token=second, user=clinician, at=timezone.now())
        with pytest.raises(ClaimUsedError):
            services.claim_administrator(token=first, user=other_clinician, at=timezone.now())

    def test_with_an_invented_token_is_refused(self, clinician: User) -> None:
        services.create_claim()
        with pytest.raises(ClaimNotFoundError):
            services.claim_administrator(token="invented", user=clinician, at=timezone.now())
        assert not selectors.has_administrator()

    def test_that_comes_too_late_makes_no_account(self, administrator: User) -> None:
        User.objects.filter(pk=administrator.pk).update(role=Role.CLINICIAN)
        token = services.create_claim()
        assert token is not None
        User.objects.filter(pk=administrator.pk).update(role=Role.ADMINISTRATOR)
        with pytest.raises(ClaimUsedError):
            services.open_administrator(
                token=token, email="late@example.org", password="a long enough word", legal_name="Late", at=timezone.now()
            )
        assert not User.objects.filter(email="late@example.org").exists()

    def test_keeps_no_token(self) -> None:
        token = services.create_claim()
        assert token is not None
        assert selectors.claim_exists(token)
        assert token not in str(list(AdministratorClaim.objects.values()))


class TestPermission:
    def test_lets_active_administrators_pass_and_no_one_else(self, administrator: User, clinician: User) -> None:
        assert require_administrator(administrator) == administrator
        with pytest.raises(PermissionRefusedError):
            require_administrator(clinician)
        administrator.is_active = False
        with pytest.raises(PermissionRefusedError):
            require_administrator(administrator)


def test_an_address_proved_by_its_owner_is_taken_from_whoever_never_confirmed_it(clinician: User) -> None:
    open_account("mine@example.org")
    confirmed = services.open_account(
        email="other@example.org", password="a long enough word", legal_name="", at=timezone.now(), confirmed=True
    )
    services.release_unconfirmed(email="mine@example.org", owner=clinician)
    services.release_unconfirmed(email="other@example.org", owner=clinician)
    assert not User.objects.filter(email="mine@example.org").exists()
    assert User.objects.filter(pk=confirmed.pk).exists()


class TestPublicAddress:
    def test_of_an_installation_with_a_name_is_used_in_mails(self, settings: object) -> None:
        settings.PUBLIC_URL = "https://ce.example.org"
        assert public_address("http://10.0.0.3:8000/account/login/?a=1") == "https://ce.example.org/account/login/?a=1"

    def test_of_ones_own_machine_is_the_one_in_the_address_bar(self, settings: object) -> None:
        settings.PUBLIC_URL = "http://127.0.0.1:8000"
        assert public_address("http://localhost:9000/account/") == "http://localhost:9000/account/"
