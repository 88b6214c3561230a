"""Pages are led to HTTPS; what machines ask is not, for they would take the way there for an answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from goodstanding.conf import settings as product
from tests.server import environment

PAGES = ("/", "/courses/", "/account/login/", "/verify/")


@pytest.mark.django_db
def test_health_answers_where_pages_are_led_to_https(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = product.SECURE_REDIRECT_EXEMPT
    for page in PAGES:
        answer = client.get(page)
        assert (answer.status_code, answer.headers["Location"]) == (301, f"https://testserver{page}")
    assert [client.get(f"/health/{name}").status_code for name in ("live", "ready")] == [200, 200]
    # A path that only looks like it is a page like any other.
    assert client.get("/courses/health/live").status_code == 301


@pytest.mark.parametrize(
    ("address", "expected"), [("https://ce.example.org", "True 31536000"), ("http://localhost:8000", "False 0")]
)
def test_the_scheme_of_the_address_decides(tmp_path: Path, address: str, expected: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from goodstanding.conf import settings as s; print(s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS)"],
        env=environment(tmp_path, GOODSTANDING_URL=address), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == expected
