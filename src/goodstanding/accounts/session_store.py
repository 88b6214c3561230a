"""Where sessions are kept: as Django keeps them in the database, read with a prepared query, for every page begins with it."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from goodstanding.prepared import Given, Prepared

__all__ = ["SessionStore"]

_IN_FORCE = Prepared(
    lambda: Session.objects.filter(session_key=Given("key", CharField()), expire_date__gt=Given("now", DateTimeField()))
)


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Session | None:
        found = _IN_FORCE.ask(key=self.session_key, now=timezone.now()).objects()
        if not found:
            self._session_key = None
            return None
        return found[0]

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session
