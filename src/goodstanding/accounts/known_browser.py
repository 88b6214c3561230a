"""
A cookie by which an account's own browser is known again, so that guessing from elsewhere never locks its owner out.

It opens nothing: it only gives wrong passwords a count of their own. It holds no address and no name, only a keyed hash of the
account's address and a random number, and it belongs to the account that signed in there last.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

__all__ = ["is_known_browser", "remember_browser"]

_SALT = "known-browser"
_AGE = 400 * 24 * 3600  # the longest that browsers keep any


def _cookie() -> str:
    return f"{settings.COOKIE_PREFIX}known-browser"


def _account(email: str) -> str:
    return salted_hmac("goodstanding.accounts.known_browser", email.lower(), algorithm="sha256").hexdigest()[:32]


def is_known_browser(request: HttpRequest, email: str) -> str:
    """The number of the browser, if it signed in to the account with this address before; else nothing."""
    try:
        account, _, number = Signer(salt=_SALT).unsign(request.COOKIES.get(_cookie(), "")).partition(".")
    except BadSignature:
        return ""
    return number if constant_time_compare(account, _account(email)) else ""


def remember_browser(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Know this browser again as one of the account's own."""
    if is_known_browser(request, email):
        return
    value = Signer(salt=_SALT).sign(f"{_account(email)}.{secrets.token_hex(8)}")
    response.set_cookie(_cookie(), value, max_age=_AGE, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
