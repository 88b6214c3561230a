"""What staff see of one person, and the trace that they looked."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from goodstanding.accounts.models import Profile, User
from goodstanding.accounts.permissions import Right, require
from goodstanding.accounts.selectors import find_users, get_holder, get_profile
from goodstanding.audit.services import Tag, record_event
from goodstanding.catalog.selectors import course_of
from goodstanding.credit.earned import show_quantity
from goodstanding.credit.models import Certificate, CreditEntry
from goodstanding.credit.selectors import list_certificates, list_entries
from goodstanding.learning.selectors import completion_of, find_enrollment, states_of
from goodstanding.licensing.models import License, LicensePeriod
from goodstanding.licensing.selectors import latest_period, license_name, list_licenses

__all__ = ["CourseLine", "EntryLine", "LicenseLine", "PersonFile", "PersonNotFoundError", "open_person_file"]


class PersonNotFoundError(Exception):
    """There is no account with this id."""


@dataclass(frozen=True)
class LicenseLine:
    """A license with its name in words and its latest period."""

    name: str
    license: License
    period: LicensePeriod | None


@dataclass(frozen=True)
class EntryLine:
    """A credit with its amount in words."""

    entry: CreditEntry
    quantity: str


@dataclass(frozen=True)
class CourseLine:
    """A course that the person started: which version, when, and since when it is complete."""

    slug: str
    title: str
    version: int
    started_on: dt.date
    completed_on: dt.date | None


@dataclass(frozen=True, kw_only=True)
class PersonFile:
    """
    One person's licenses, credits, certificates and courses.

    Nothing of what she wrote or answered while learning is in it: reasons in scenarios, answers to tests and evaluations
    are hers, and no staff page may read them.
    """

    user: User
    profile: Profile
    licenses: tuple[LicenseLine, ...]
    entries: tuple[EntryLine, ...]
    certificates: tuple[Certificate, ...]
    courses: tuple[CourseLine, ...]


@transaction.atomic
def open_person_file(*, actor: User, user_id: uuid.UUID) -> PersonFile:
    """
    The file of one person; that `actor` opened it is recorded with it, so it can not be read without a trace.

    Raises PermissionRefusedError for anyone but an administrator, PersonNotFoundError if there is no such account.
    """
    require(actor, Right.PEOPLE)
    user = find_users().filter(pk=user_id).first()
    if user is None:
        raise PersonNotFoundError(user_id)
    holder = get_holder(user)
    record_event(tag=Tag.CREDITS_VIEWED, actor=actor, subject_kind="user", subject_id=user.pk)
    courses = []
    for slug in sorted(states_of(holder)):
        enrollment = find_enrollment(holder, slug)
        assert enrollment is not None
        completion = completion_of(enrollment)
        courses.append(
            CourseLine(
                slug=slug,
                title=course_of(enrollment.version).title,
                version=enrollment.version.number,
                started_on=enrollment.started_on,
                completed_on=completion.completed_on if completion else None,
            )
        )
    return PersonFile(
        user=user,
        profile=get_profile(user),
        licenses=tuple(LicenseLine(license_name(one), one, latest_period(one)) for one in list_licenses(holder)),
        entries=tuple(EntryLine(one, show_quantity(one.amount, one.unit)) for one in list_entries(holder=holder)),
        certificates=tuple(list_certificates(holder=holder)),
        courses=tuple(courses),
    )
