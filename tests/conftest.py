"""People for the tests. Data of the parts is made by the services of the parts."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from django.test import Client

from goodstanding.accounts.models import Holder, Profile, Role, User

_serial = itertools.count(1)


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Makes a user with holder and complete profile; keyword arguments replace the defaults."""

    def make(
        *, email: str = "", role: str = Role.CLINICIAN, legal_name: str = "Ada Example", time_zone: str = "America/Los_Angeles"
    ) -> User:
        user = User.objects.create_user(email=email or f"person{next(_serial)}@example.org", password="a long enough word", role=role)
        Holder.objects.create(user=user)
        Profile.objects.create(user=user, legal_name=legal_name, time_zone=time_zone, professions=["counselor"])
        return user

    return make


@pytest.fixture
def clinician(make_user: Callable[..., User]) -> User:
    return make_user()


@pytest.fixture
def other_clinician(make_user: Callable[..., User]) -> User:
    return make_user(legal_name="Ben Example")


@pytest.fixture
def administrator(make_user: Callable[..., User]) -> User:
    return make_user(role=Role.ADMINISTRATOR, legal_name="Cai Example")


@pytest.fixture
def signed_in(client: Client, clinician: User) -> Client:
    client.force_login(clinician)
    return client


@pytest.fixture
def as_administrator(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client
