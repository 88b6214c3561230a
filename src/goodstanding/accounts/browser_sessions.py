"""Where people are signed in: listed for themselves, ended by them, and ended by time."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from goodstanding.accounts.errors import SessionNotFoundError
from goodstanding.accounts.models import BrowserSession, User
from goodstanding.audit.services import Tag, record_event

__all__ = [
    "CLINICIAN",
    "STAFF",
    "Lifetime",
    "device_name",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "follow_key",
    "forget_ended_sessions",
    "forget_session",
    "lifetime_of",
    "list_sessions",
    "note_session",
    "note_use",
]


@dataclass(frozen=True)
class Lifetime:
    """How long a sign-in holds: unused, and in all. Use is noted every `noted` and not with each request."""

    idle: dt.timedelta
    whole: dt.timedelta
    noted: dt.timedelta


CLINICIAN = Lifetime(idle=dt.timedelta(days=14), whole=dt.timedelta(days=60), noted=dt.timedelta(hours=1))
STAFF = Lifetime(idle=dt.timedelta(hours=1), whole=dt.timedelta(hours=12), noted=dt.timedelta(minutes=5))
_SURELY_OVER = dt.timedelta(days=1)
"""A line whose session is gone for that long belongs to no sign-in that is just going on under a new key."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def lifetime_of(user: User) -> Lifetime:
    """How long a sign-in of this user holds; staff see other people's data, so theirs is short."""
    return STAFF if user.is_staff else CLINICIAN


def device_name(user_agent: str) -> str:
    """
    Browser and system in words, from what the browser says of itself; never more than that.

    >>> device_name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox on Linux'
    >>> device_name("curl/8")
    'Unknown browser'
    """
    browser = next((name for mark, name in _BROWSERS if re.search(rf"\b{mark}/", user_agent)), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if browser and system else browser or system or "Unknown browser"


def note_session(*, user: User, session_key: str, user_agent: str, at: dt.datetime) -> None:
    """Someone signed in with this session."""
    BrowserSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "device": device_name(user_agent), "began_at": at, "seen_at": at},
    )


def note_use(*, session_key: str, at: dt.datetime) -> None:
    """The session was used."""
    BrowserSession.objects.filter(session_key=session_key).update(seen_at=at)


def follow_key(*, old: str, new: str) -> None:
    """The session goes on under a new key, as after a changed password."""
    BrowserSession.objects.filter(session_key=old).update(session_key=new)


def forget_session(*, session_key: str) -> None:
    """The person signed out there by herself."""
    BrowserSession.objects.filter(session_key=session_key).delete()


def list_sessions(*, user: User, at: dt.datetime) -> QuerySet[BrowserSession]:
    """Where the user may still be signed in at the instant `at`, the latest use first."""
    lifetime = lifetime_of(user)
    return BrowserSession.objects.filter(
        user=user, seen_at__gt=at - lifetime.idle - lifetime.noted, began_at__gt=at - lifetime.whole
    ).order_by("-seen_at", "-began_at")


def end_session(*, user: User, session_id: uuid.UUID) -> None:
    """End one of the user's own sessions. Raises SessionNotFoundError for any other."""
    found = BrowserSession.objects.filter(user=user, pk=session_id)
    if not _end(found, user=user, actor=user):
        raise SessionNotFoundError


def end_other_sessions(*, user: User, but: str | None) -> int:
    """End all sessions of the user but the one with the key `but`; how many there were."""
    return _end(BrowserSession.objects.filter(user=user).exclude(session_key=but or ""), user=user, actor=user)


def end_sessions(*, user: User, actor: User | None) -> int:
    """End all sessions of the user, as when her role changes; how many there were."""
    return _end(BrowserSession.objects.filter(user=user), user=user, actor=actor)


def forget_ended_sessions(*, at: dt.datetime) -> int:
    """
    Remove what is left of sessions whose time is over, and their lines in the lists of sign-ins; how many sessions there were.

    What somebody tried without an account waits in a session for a day at most; only this removes it when nobody comes back.
    """
    number, _ = Session.objects.filter(expire_date__lt=at).delete()
    still = Session.objects.filter(session_key=OuterRef("session_key"))
    BrowserSession.objects.filter(~Exists(still), seen_at__lt=at - _SURELY_OVER).delete()
    return number


@transaction.atomic
def _end(sessions: QuerySet[BrowserSession], *, user: User, actor: User | None) -> int:
    keys = list(sessions.values_list("session_key", flat=True))
    for key in keys:
        SessionStore().delete(key)
    sessions.filter(session_key__in=keys).delete()
    if keys:
        record_event(tag=Tag.SESSIONS_ENDED, actor=actor, subject_kind="user", subject_id=user.pk, data={"number": len(keys)})
    return len(keys)
