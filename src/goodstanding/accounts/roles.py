"""Who belongs to staff, and as what."""

from __future__ import annotations

import uuid

from django.db import transaction

from goodstanding.accounts.browser_sessions import end_sessions
from goodstanding.accounts.errors import LastAdministratorError, PersonNotFoundError, UnknownRoleError
from goodstanding.accounts.models import Role, User
from goodstanding.accounts.permissions import require_administrator
from goodstanding.audit.services import Tag, record_event

__all__ = ["access_person", "give_role"]


def access_person(*, actor: User, user_id: uuid.UUID) -> User:
    """The account whose role an administrator looks at. Raises PermissionRefusedError, PersonNotFoundError."""
    require_administrator(actor)
    person = User.objects.filter(pk=user_id).select_related("profile").first()
    if person is None:
        raise PersonNotFoundError
    return person


@transaction.atomic
def give_role(*, actor: User, user_id: uuid.UUID, role: str) -> User:
    """
    Make a person a member of staff, or a clinician again. Giving the role that she has changes nothing.

    Everywhere she is signed in ends: what a session may do, and how long it holds, is settled at sign-in. There is always an
    active administrator left. Raises PermissionRefusedError, PersonNotFoundError, UnknownRoleError, LastAdministratorError.
    """
    require_administrator(actor)
    if role not in Role.values:
        raise UnknownRoleError
    # All administrators are locked together: two who step down at the same moment must not both find the other.
    others = list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk"))
    person = User.objects.select_for_update().filter(pk=user_id).first()
    if person is None:
        raise PersonNotFoundError
    if person.role == role:
        return person
    if person.role == Role.ADMINISTRATOR and not any(other.pk != person.pk for other in others):
        raise LastAdministratorError
    former, person.role = person.role, role
    person.save(update_fields=["role"])
    end_sessions(user=person, actor=actor)
    record_event(
        tag=Tag.ROLE_GIVEN, actor=actor, subject_kind="user", subject_id=person.pk, data={"role": role, "formerly": former}
    )
    return person
