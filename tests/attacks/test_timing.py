"""Answers about an address take the same slow steps, whether there is an account with it or not."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each password that is hashed, which is all that takes long."""
    done: list[str] = []
    hash_it = MD5PasswordHasher.encode

    def noted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        done.append(password)
        return hash_it(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    return done


FORMS = {
    "account_login": {"password": "not the right one"},
    "account_signup": {"legal_name": "Nia New", "password1": "seven quiet rivers", "terms": "on"},
    "account_reset_password": {},
}


@pytest.mark.parametrize("page", FORMS)
def test_as_many_passwords_are_hashed(clinician: Any, hashed: list[str], page: str) -> None:
    EmailAddress.objects.create(user=clinician, email=clinician.email, primary=True, verified=True)
    numbers = []
    for email in (clinician.email, "nobody@example.org"):
        hashed.clear()
        Client().post(reverse(page), {**FORMS[page], "email": email, "login": email})
        numbers.append(len(hashed))
    assert numbers[0] == numbers[1]
    assert (page == "account_reset_password") is (numbers[0] == 0)
