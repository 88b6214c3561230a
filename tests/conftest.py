"""People for the tests. Data of the parts is made by the services of the parts."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client

from goodstanding.accounts.models import Holder, Profile, Role, User
from goodstanding.accounts.services import keep_words

_serial = itertools.count(1)


WITHOUT_A_DATABASE = ("core", "rules", "data")
"""Folders of tests that are about `core` and data files alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What no database can change is tried once, however many databases a run goes through."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and item.path.relative_to(here).parts[0] in WITHOUT_A_DATABASE:
            assert "django_db" not in item.keywords, f"{item.nodeid} needs a database"
            item.add_marker("slow_once")


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Limits on tries count in the cache; what one test used up must not be missing in the next."""
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def guards_down_while_tables_are_emptied() -> Iterator[None]:
    """
    Tests that commit empty every table afterwards, which the database refuses for append-only ones.

    So the guards are down for that moment, and up again before the next test. This is the tests' own doing: the product has
    nothing that takes them down.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    from goodstanding.audit.guards import lifted

    empty = TransactionTestCase._fixture_teardown

    def empty_unguarded(self: TransactionTestCase) -> None:
        with lifted(connection):
            empty(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_unguarded)
        yield


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Makes a user with holder and complete profile; keyword arguments replace the defaults."""

    def make(
        *, email: str = "", role: str = Role.CLINICIAN, legal_name: str = "Ada Example", time_zone: str = "America/Los_Angeles"
    ) -> User:
        user = User.objects.create_user(
            email=email or f"person{next(_serial)}@example.org", password="a long enough word", role=role
        )
        Holder.objects.create(user=user)
        if role != Role.CLINICIAN:
            TOTP.activate(user, generate_totp_secret())  # staff sign in with a second step
        Profile.objects.create(user=user, legal_name=legal_name, time_zone=time_zone, professions=["counselor"])
        keep_words(user=user)
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


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skipped test fails a run that must be complete: what did not run proves nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("GOODSTANDING_TESTS_COMPLETE") == "1" and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("Tests were skipped, and this run must be complete.", red=True)
        session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED
