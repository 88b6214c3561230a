"""Who may do what beyond their own affairs. What is not granted here is refused."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.accounts.models import Role, User

__all__ = ["Right", "has_second_step", "lacks_second_step", "may", "require", "require_administrator", "rights_of"]


class Right(enum.StrEnum):
    """One thing that a role may do. Whatever has no name here is left to administrators."""

    STAFF = "staff"  # the first page of the staff area
    REQUESTS = "requests"  # read and answer what people wrote
    PEOPLE = "people"  # find a person, see licenses, credits and certificates
    COURSES = "courses"  # look at course versions, offer and withdraw courses
    ADMINISTRATION = "administration"  # everything else: sponsor, approvals, revocation, roles, the audit log


_RIGHTS: Mapping[str, frozenset[Right]] = {
    Role.SUPPORT: frozenset({Right.STAFF, Right.REQUESTS, Right.PEOPLE}),
    Role.EDITOR: frozenset({Right.STAFF, Right.COURSES}),
    Role.FINANCE: frozenset({Right.STAFF}),  # plans, orders and payments bring what it is for
    Role.ADMINISTRATOR: frozenset(Right),
}


def rights_of(user: User | AnonymousUser) -> frozenset[Right]:
    """What the user may do; nothing for clinicians, closed accounts and whoever is not signed in."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    return _RIGHTS.get(user.role, frozenset())


def may(user: User | AnonymousUser, right: Right) -> bool:
    """Whether the user has the right."""
    return right in rights_of(user)


def require(user: User | AnonymousUser, right: Right) -> User:
    """The user, if she has the right; raises PermissionRefusedError for everyone else."""
    if isinstance(user, User) and may(user, right):
        return user
    raise PermissionRefusedError


def require_administrator(user: User | AnonymousUser) -> User:
    """The user, if an active administrator; raises PermissionRefusedError for everyone else."""
    return require(user, Right.ADMINISTRATION)


def has_second_step(user: User) -> bool:
    """Whether signing in asks for an app or a passkey. Recovery codes alone are none: they stand in for one of these."""
    enabled: bool = is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
    return enabled


def lacks_second_step(user: User) -> bool:
    """
    Whether this member of staff must set up a second step at sign-in before anything of staff opens.

    A demonstration is exempt, because its people are made up and its passwords are printed.
    """
    return user.is_staff and not settings.DEMONSTRATION and not has_second_step(user)
