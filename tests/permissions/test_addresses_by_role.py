"""Every address, asked for by everybody who could: what opens, what does not, and that what does not opens nothing."""

from __future__ import annotations

import time

import pytest
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY as USER_OF_THEM
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from goodstanding.audit.models import AuditEvent
from goodstanding.audit.services import Tag
from tests.permissions.table import ELSEWHERE, MEANING, NO, NOT_FOUND, OK, ROLES, SIGN_IN, TABLE
from tests.permissions.world import World, address_names

pytestmark = pytest.mark.slow_once


class _UndoError(Exception):
    """Rolls back what a request did, so that the next one meets the same world."""


def _client(world: World, role: str) -> Client:
    """A browser of that role, which has just confirmed its password: what is asked here is whose things it may reach."""
    client = Client()
    if role != "anonymous":
        client.force_login(world.people[role])
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session[USER_OF_THEM] = str(world.people[role].pk)
        session.save()
    return client


def _deeds() -> int:
    """How much was done; that a page was refused to a member of staff is told, and is no deed."""
    return AuditEvent.objects.exclude(tag=Tag.STAFF_PAGE_REFUSED).count()


def _outcome(response) -> str:
    """What the answer means to whoever asked."""
    if response.status_code == 404:
        return NOT_FOUND
    if response.status_code == 405:
        return NO
    if response.status_code == 302:
        location = response.headers["Location"]
        if location.startswith((reverse(django_settings.LOGIN_URL) + "?next=", "/account/login/?next=")):
            return SIGN_IN
        return ELSEWHERE
    return OK if response.status_code in {200, 400, 409, 422} else f"status {response.status_code}"


def _as_expected(expected: str, got: str) -> bool:
    """A thing done, or a page that is not due yet, leads on as well; where the table says ok, both are."""
    return got == expected or (expected == OK and got == ELSEWHERE)


def test_the_table_knows_every_address_and_no_other():
    assert set(address_names()) - set(TABLE) == set(), "an address without a line: say in table.py who may ask it"
    assert set(TABLE) - set(address_names()) == set(), "a line without an address"
    assert {meaning for line in TABLE.values() for meaning in line} == set(MEANING)


@pytest.mark.django_db
def test_every_address_answers_every_role_as_the_table_says():
    world = World()
    clients = {role: _client(world, role) for role in ROLES}
    wrong = []
    for name, line in TABLE.items():
        address = world.address(name)
        for method, meaning in zip(("get", "post"), line, strict=True):
            for role in ROLES:
                expected = MEANING[meaning][role]
                try:
                    with transaction.atomic():
                        before = _deeds() if expected != OK else 0
                        cookies = clients[role].cookies.copy()
                        response = getattr(clients[role], method)(address)
                        if response.streaming:
                            b"".join(response.streaming_content)
                        got = _outcome(response)
                        if not _as_expected(expected, got):
                            wrong.append(f"{method} {name} as {role}: {got}, expected {expected} ({response.status_code})")
                        elif expected in {SIGN_IN, NOT_FOUND, NO} and _deeds() != before:
                            wrong.append(f"{method} {name} as {role} was refused and did something all the same")
                        raise _UndoError  # noqa: TRY301 - how a block of Django is rolled back
                except _UndoError:
                    clients[role].cookies = cookies
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["support", "editor", "finance", "administrator"])
def test_staff_without_a_second_step_are_led_to_set_one_up(role):
    world = World()
    world.people[role].authenticator_set.all().delete()
    client = _client(world, role)
    for name, (get, post) in TABLE.items():
        for method, meaning in (("get", get), ("post", post)):
            if not name.startswith("staff-") or MEANING[meaning][role] not in {OK, NO}:
                continue
            response = getattr(client, method)(world.address(name))
            assert (response.status_code, response.headers.get("Location")) == (302, reverse("mfa_index")), (method, name)
    assert client.get(world.address("certificate-pdf")).status_code == 404
    assert client.get(reverse("standing")).status_code == 200


@pytest.mark.django_db
def test_a_demonstration_asks_for_no_second_step(settings):
    world = World()
    settings.DEMONSTRATION = True
    world.people["administrator"].authenticator_set.all().delete()
    page = _client(world, "administrator").get(reverse("staff-home"))
    assert page.status_code == 200
    assert b"Demonstration. The people, licenses, credits and approvals here are made up." in page.content
