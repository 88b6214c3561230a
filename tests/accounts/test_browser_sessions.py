"""What is left of sign-ins whose time is over goes by itself."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from goodstanding.accounts.browser_sessions import forget_ended_sessions, note_session
from goodstanding.accounts.models import BrowserSession

pytestmark = pytest.mark.django_db


def session(*, expires_in: dt.timedelta) -> str:
    store = SessionStore()
    store["something"] = "that somebody typed"
    store.create()
    Session.objects.filter(pk=store.session_key).update(expire_date=timezone.now() + expires_in)
    assert store.session_key
    return store.session_key


def test_sessions_that_ended_are_removed_with_what_they_held(clinician) -> None:
    now, day = timezone.now(), dt.timedelta(days=1)
    over, still = session(expires_in=-day), session(expires_in=day)
    for key in (over, still):
        note_session(user=clinician, session_key=key, user_agent="", at=now - 2 * day)
    note_session(user=clinician, session_key="of-a-key-that-is-changing", user_agent="", at=now)
    assert forget_ended_sessions(at=now) == 1
    assert set(Session.objects.values_list("pk", flat=True)) == {still}
    assert set(BrowserSession.objects.values_list("session_key", flat=True)) == {still, "of-a-key-that-is-changing"}
    assert forget_ended_sessions(at=now) == 0
