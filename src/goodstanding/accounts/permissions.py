"""Who may do what beyond their own affairs."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.accounts.models import Role, User

__all__ = ["require_administrator"]


def require_administrator(user: User | AnonymousUser) -> User:
    """The user, if an active administrator; raises PermissionRefusedError for everyone else."""
    if isinstance(user, User) and user.is_active and user.role == Role.ADMINISTRATOR:
        return user
    raise PermissionRefusedError
