"""Two at the same moment make one account and one administrator."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.utils import timezone

from goodstanding.accounts import services
from goodstanding.accounts.errors import ClaimUsedError, EmailTakenError
from goodstanding.accounts.models import Holder, Role, User
from tests.racing import meeting_after, race

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "seven quiet herons"


def test_two_sign_ups_with_one_address_make_one_account() -> None:
    def sign_up() -> User:
        return services.open_account(email="ada@example.org", password=PASSWORD, legal_name="", at=timezone.now())

    results = race(sign_up, sign_up, sign_up)
    assert sorted(type(result).__name__ for result in results) == [EmailTakenError.__name__, EmailTakenError.__name__, "User"]
    assert User.objects.count() == Holder.objects.count() == 1


def test_two_links_used_at_once_make_one_administrator() -> None:
    links = [services.create_claim(), services.create_claim()]
    people = [
        services.open_account(email=f"{name}@example.org", password=PASSWORD, legal_name="", at=timezone.now())
        for name in ("ada", "ben")
    ]
    meeting = threading.Barrier(2, timeout=1)

    def claim(place: int) -> Callable[[], object]:
        def take() -> User:
            return services.claim_administrator(token=links[place] or "", user=people[place], at=timezone.now())

        return meeting_after('"accounts_user"."role" =', take, meeting)

    results = race(claim(0), claim(1))
    assert sorted(type(result).__name__ for result in results) == [ClaimUsedError.__name__, "User"]
    assert User.objects.filter(role=Role.ADMINISTRATOR).count() == 1
