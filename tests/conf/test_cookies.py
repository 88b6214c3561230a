"""What cookies are called and how they are bound: to this very host under HTTPS, and plainly on one's own machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from goodstanding.accounts.models import User
from tests.server import environment

OWN = ("sessionid", "csrftoken", "known-browser", "reading")


@pytest.mark.parametrize(
    ("address", "prefix", "secure"),
    [("https://ce.example.org", "__Host-", True), ("http://localhost:8000", "", False), ("", "", False)],
)
def test_the_scheme_of_the_address_decides_their_names(tmp_path: Path, address: str, prefix: str, *, secure: bool) -> None:
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "COOKIE_PREFIX"]
    given = {"GOODSTANDING_URL": address} if address else {}
    told = subprocess.run(
        [sys.executable, "-c", f"import json; from goodstanding.conf import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"],
        env=environment(tmp_path, **given), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert json.loads(told.stdout) == [f"{prefix}sessionid", f"{prefix}csrftoken", secure, secure, prefix]


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["", "__Host-"])
def test_every_cookie_is_bound_to_the_host_and_out_of_reach_of_scripts(
    client: Client, clinician: User, settings: Any, prefix: str
) -> None:
    """Browsers drop a cookie called ``__Host-`` that is not Secure, names a domain, or is for some of the pages only."""
    settings.COOKIE_PREFIX = prefix
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = f"{prefix}sessionid", f"{prefix}csrftoken"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = bool(prefix)
    EmailAddress.objects.create(user=clinician, email=clinician.email, primary=True, verified=True)
    client.get(reverse("account_login"), secure=True)
    client.post(reverse("account_login"), {"login": clinician.email, "password": "a long enough word"}, secure=True)
    client.post(reverse("learn-reading", args=["any"]), {"reading": "size-l"}, secure=True)
    assert set(client.cookies) == {f"{prefix}{name}" for name in OWN}
    for name, cookie in client.cookies.items():
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax"), name
        assert cookie["httponly"], name
        assert bool(cookie["secure"]) is bool(prefix), name
    assert client.get(reverse("account"), secure=True).status_code == 200
