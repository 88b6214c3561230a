"""Whose address counts behind a proxy, and without one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.test import Client, RequestFactory

from goodstanding.web.verify.certificates import PAGES
from tests.server import environment

PROXY = "192.0.2.1"
UNKNOWN = "/verify/GS-0000-0000-0000-0000-0/"


@pytest.mark.parametrize(
    ("flag", "expected"), [({}, "0 None"), ({"GOODSTANDING_BEHIND_PROXY": "yes"}, "1 HTTP_X_FORWARDED_PROTO")]
)
def test_the_environment_says_whether_there_is_a_proxy(tmp_path: Path, flag: dict[str, str], expected: str) -> None:
    shown = "s.ALLAUTH_TRUSTED_PROXY_COUNT, s.SECURE_PROXY_SSL_HEADER and s.SECURE_PROXY_SSL_HEADER[0]"
    result = subprocess.run(
        [sys.executable, "-c", f"from goodstanding.conf import settings as s; print({shown})"],
        env=environment(tmp_path, **flag), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert result.stdout.strip() == expected


def seen_as(forwarded: str) -> str:
    return str(get_adapter().get_client_ip(RequestFactory().get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=forwarded)))


def test_behind_a_proxy_sign_in_goes_by_the_last_forwarded_address(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert seen_as("198.51.100.7, 203.0.113.5") == seen_as("203.0.113.5") == seen_as("made up, 203.0.113.5")
    assert seen_as("203.0.113.5") != seen_as("203.0.113.6")


def test_without_a_proxy_sign_in_ignores_what_visitors_say_of_themselves(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert seen_as("203.0.113.5") == seen_as("203.0.113.6") == seen_as("")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("proxies", "changing", "last"),
    [(1, "203.0.113.{}, 198.51.100.7", 429), (1, "198.51.100.7, 203.0.113.{}", 404), (0, "203.0.113.{}", 429)],
)
def test_the_limit_on_checking_goes_by_the_same_address(
    client: Client, settings: Any, proxies: int, changing: str, last: int
) -> None:
    cache.clear()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    codes = [
        client.get(UNKNOWN, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=changing.format(number)).status_code
        for number in range(PAGES.times + 1)
    ]
    assert codes == [404] * PAGES.times + [last]
