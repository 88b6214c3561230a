"""Keeps the list of a person's sign-ins true, and ends a sign-in by time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from goodstanding.accounts.adapter import TRIED
from goodstanding.accounts.browser_sessions import (
    end_other_sessions,
    follow_key,
    forget_session,
    lifetime_of,
    note_session,
    note_use,
)
from goodstanding.accounts.known_browser import remember_browser
from goodstanding.accounts.staff_sign_ins import count_wrong_code, note_password, note_sign_in
from goodstanding.audit.services import Tag, record_event

__all__ = ["connect", "signed_in"]

_BEGAN = "signed-in-at"
_USED = "used-at"
_KEY = "listed-as"


def signed_in(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """
    Middleware, inside that of the messages: sign out what is unused too long or signed in too long.

    The session cookie alone would be enough for a person who forgets a browser in a practice. How long a sign-in holds goes by
    what the account is now, so that a role given later counts at once.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            now = timezone.now()
            lifetime = lifetime_of(user)
            began, used = _instant(request, _BEGAN, now), _instant(request, _USED, now)
            if now - began > lifetime.whole or now - used > lifetime.idle + lifetime.noted:
                logout(request)
                messages.info(request, "You were signed out after a while, to keep your account safe. Nothing is lost.")
            else:
                if now - used > lifetime.noted:
                    request.session[_USED] = now.timestamp()
                    note_use(session_key=request.session.session_key or "", at=now)
                _follow(request)
        response = get_response(request)
        new = getattr(request, "began_here", None)
        if new is not None:  # signed in by this very request
            remember_browser(request, response, new.email)
            note_sign_in(user=new, by=[_name(step) for step in get_authentication_records(request, new)])
        return response

    return middleware


def connect() -> None:
    """Hear what Django and allauth tell about sign-ins; called once, at start."""
    user_logged_in.connect(_began, dispatch_uid="goodstanding.signed_in.began")
    user_logged_out.connect(_ended, dispatch_uid="goodstanding.signed_in.ended")
    for signal in (password_changed, password_set, password_reset):
        signal.connect(_password_changed, dispatch_uid="goodstanding.signed_in.password")
    authentication_failed.connect(_second_step_refused, dispatch_uid="goodstanding.signed_in.refused")
    authenticator_added.connect(_second_step_added, dispatch_uid="goodstanding.signed_in.added")
    authenticator_removed.connect(_second_step_removed, dispatch_uid="goodstanding.signed_in.removed")


def _instant(request: HttpRequest, name: str, now: dt.datetime) -> dt.datetime:
    """When it was, as the session keeps it; a session from before this was kept begins now."""
    kept = request.session.get(name)
    if not isinstance(kept, (int, float)):
        request.session[name] = now.timestamp()
        return now
    return dt.datetime.fromtimestamp(kept, tz=dt.UTC)


def _began(sender: object, request: HttpRequest | None, user: Any, **_: object) -> None:
    del sender
    if request is None or not hasattr(request, "session"):
        return
    if not request.session.session_key:
        request.session.create()
    if TRIED in request.session:
        request.session.set_expiry(None)  # what was tried waited for a day; a sign-in lasts as long as any other
    request.began_here = user  # type: ignore[attr-defined]
    now = timezone.now()
    request.session[_BEGAN] = request.session[_USED] = now.timestamp()
    request.session[_KEY] = request.session.session_key
    note_session(
        user=user,
        session_key=request.session.session_key or "",
        user_agent=request.headers.get("User-Agent", ""),
        at=now,
    )


def _ended(sender: object, request: HttpRequest | None, **_: object) -> None:
    del sender
    if request is not None and hasattr(request, "session") and request.session.session_key:
        forget_session(session_key=request.session.session_key)


def _follow(request: HttpRequest) -> None:
    """Django gives the session another key now and then; the list must end the right one."""
    listed, current = request.session.get(_KEY), request.session.session_key
    if isinstance(listed, str) and current and listed != current:
        follow_key(old=listed, new=current)
        request.session[_KEY] = current


def _name(step: Mapping[str, Any]) -> str:
    """What a step of signing in was, in a word: password, totp, webauthn, recovery_codes."""
    return str(step.get("type") or step.get("method"))


def _second_step_refused(sender: object, user: Any, **_: object) -> None:
    del sender
    count_wrong_code(user=user)


def _password_changed(sender: object, request: HttpRequest, user: Any, signal: object, **_: object) -> None:
    """Whoever knew the former password is out; Django refuses such sessions by itself, and the list says so too."""
    del sender
    if request.user.is_authenticated:
        _follow(request)
        end_other_sessions(user=user, but=request.session.session_key)
    else:  # set by a mailed link, before the sign-in that follows
        end_other_sessions(user=user, but=None)
    if user.password_is_new:
        note_password(user=user, reset=signal is password_reset)


def _second_step_added(sender: object, request: HttpRequest, user: Any, authenticator: Any, **_: object) -> None:
    """Sessions begun without the second step end, or it would protect nothing that was lost before."""
    del sender
    if authenticator.type == authenticator.Type.RECOVERY_CODES:
        return
    end_other_sessions(user=user, but=request.session.session_key)
    record_event(
        tag=Tag.SECOND_STEP_ADDED, actor=user, subject_kind="user", subject_id=user.pk, data={"kind": authenticator.type}
    )


def _second_step_removed(sender: object, request: HttpRequest, user: Any, authenticator: Any, **_: object) -> None:
    del sender, request
    record_event(
        tag=Tag.SECOND_STEP_REMOVED, actor=user, subject_kind="user", subject_id=user.pk, data={"kind": authenticator.type}
    )
