"""Who is signed in, with what every page asks about her."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.core.exceptions import ValidationError

from goodstanding.accounts.models import User
from goodstanding.prepared import Given, Prepared

__all__ = ["AccountBackend"]

_ACCOUNT = Prepared(
    lambda: User.objects.select_related("profile", "holder").filter(pk=Given("id", User._meta.pk))  # noqa: SLF001 - documented
)


class AccountBackend(AuthenticationBackend):
    """Signs in as django-allauth does; reads the profile (the time zone) and the holder along with the account."""

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session; None where it is gone or closed."""
        try:
            found = _ACCOUNT.ask(id=user_id).objects()
        except ValidationError:
            return None
        return found[0] if found and self.user_can_authenticate(found[0]) else None
