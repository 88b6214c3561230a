"""What accounts refuse, one class for each reason."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

__all__ = [
    "ClaimNotFoundError",
    "ClaimUsedError",
    "EmailTakenError",
    "LastAdministratorError",
    "PermissionRefusedError",
    "PersonNotFoundError",
    "ProfileRefusedError",
    "SessionNotFoundError",
    "UnknownRoleError",
]


class PermissionRefusedError(PermissionDenied):
    """The person may not do this."""


class EmailTakenError(Exception):
    """There is an account with this e-mail address already."""


class ClaimNotFoundError(Exception):
    """No claim was ever made with this token."""


class ClaimUsedError(Exception):
    """The claim was used, or there is an administrator already."""


class PersonNotFoundError(Exception):
    """There is no account with this id."""


class UnknownRoleError(Exception):
    """There is no such role."""


class LastAdministratorError(Exception):
    """The only administrator can neither leave nor step down: nobody could administer the installation."""


class SessionNotFoundError(Exception):
    """The user has no such session."""


class NoSecondStepError(Exception):
    """There is no app or passkey that recovery codes could stand in for."""


class RecoveryCodesReplacedError(Exception):
    """The codes that were to be replaced are not those that count now."""


class ProfileRefusedError(Exception):
    """A profile that cannot be saved: field -> what is wrong with it."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(", ".join(sorted(problems)))
