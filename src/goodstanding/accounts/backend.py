"""Who is signed in, with what every page asks about her."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.core.exceptions import ValidationError

from goodstanding.accounts.models import User

__all__ = ["AccountBackend"]


class AccountBackend(AuthenticationBackend):
    """Signs in as django-allauth does; reads the profile (the time zone) and the holder along with the account."""

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session; None where it is gone or closed."""
        try:
            user = User.objects.select_related("profile", "holder").get(pk=user_id)
        except (User.DoesNotExist, ValidationError):
            return None
        return user if self.user_can_authenticate(user) else None
