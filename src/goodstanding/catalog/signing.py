"""Signing for the minutes of a course version: rating, approving, and taking a signature back."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from goodstanding.accounts.permissions import require_administrator
from goodstanding.audit.services import Tag, record_event
from goodstanding.catalog.basis_state import BasisState, basis_state, signer_of
from goodstanding.catalog.errors import (
    BasisApprovedError,
    CourseNotFoundError,
    RatingsChangedError,
    RatingsMissingError,
    SignatureNotFoundError,
    SignatureRefusedError,
    SignatureWithdrawnError,
)
from goodstanding.catalog.models import BasisSignature, CourseVersion
from goodstanding.catalog.selectors import course_of, get_version
from goodstanding.core.certificates import one_line
from goodstanding.core.courseware import signatures
from goodstanding.core.courseware.signatures import RATING_STEPS, Signer

if TYPE_CHECKING:
    from goodstanding.accounts.models import User

__all__ = [
    "approve_basis",
    "draft_approval",
    "draft_rating",
    "rate_difficulty",
    "withdraw_signature",
]

# The product has one staff role, so any administrator records a signature, as with approvals by bodies; whose signature it
# is says the name. What is kept apart are the people: see core.courseware.signatures.

_LONGEST_NOTE = 1000
_LONGEST = {"name": 120, "credentials": 120, "discipline": 80}
Kind = BasisSignature.Kind


def draft_rating(
    *, actor: User, slug: str, number: int, signer: Signer, difficulty: Decimal, note: str
) -> tuple[BasisState, BasisSignature]:
    """
    The rating as it would be signed, not stored, and what it would join; for the page on which it is looked at first.

    Raises what :func:`rate_difficulty` raises.
    """
    require_administrator(actor)
    version = get_version(slug, number)
    state = basis_state(version)
    return state, _rating(state, signer, difficulty, note)


@transaction.atomic
def rate_difficulty(
    *,
    actor: User,
    slug: str,
    number: int,
    signer: Signer,
    difficulty: Decimal,
    note: str,
    submission: uuid.UUID,
    at: dt.datetime,
) -> BasisSignature:
    """
    Record a named person's signed rating of a version's difficulty.

    `submission` names one filled-in form: sent twice it signs once. Raises CourseNotFoundError, BasisApprovedError, or
    SignatureRefusedError where a field does not fit, the person is an author, or has rated before.
    """
    require_administrator(actor)
    version = _locked(slug, number)
    if sent_before := _sent_before(submission, version, Kind.RATING):
        return sent_before
    row = _rating(basis_state(version), signer, difficulty, note)
    return _store(row, actor=actor, submission=submission, at=at, tag=Tag.BASIS_RATED)


def draft_approval(*, actor: User, slug: str, number: int, signer: Signer) -> tuple[BasisState, BasisSignature]:
    """The approval as it would be signed, not stored. Raises what :func:`approve_basis` raises."""
    require_administrator(actor)
    state = basis_state(get_version(slug, number))
    return state, _approval(state, signer)


@transaction.atomic
def approve_basis(
    *, actor: User, slug: str, number: int, signer: Signer, seen: str, submission: uuid.UUID, at: dt.datetime
) -> BasisSignature:
    """
    Record a named person's approval of the minutes that the ratings come to; from then on the hours are signed.

    `seen` are the ratings that the approver looked at (``BasisState.seen``). Raises CourseNotFoundError, BasisApprovedError,
    RatingsMissingError, RatingsChangedError, or SignatureRefusedError where the person is a rater or an author.
    """
    require_administrator(actor)
    version = _locked(slug, number)
    if sent_before := _sent_before(submission, version, Kind.APPROVAL):
        return sent_before
    state = basis_state(version)
    row = _approval(state, signer)
    if seen != state.seen:
        raise RatingsChangedError("The ratings changed since you looked at them. Look at the figures once more, then sign.")
    return _store(row, actor=actor, submission=submission, at=at, tag=Tag.BASIS_APPROVED)


@transaction.atomic
def withdraw_signature(
    *, actor: User, slug: str, number: int, signature_id: uuid.UUID, reason: str, submission: uuid.UUID, at: dt.datetime
) -> BasisSignature:
    """
    Take a signature back, for a reason: a new row that points at it, which stays.

    Hours that rested on it are provisional again. Certificates and credit keep what they were issued with. Raises
    CourseNotFoundError, SignatureNotFoundError, SignatureWithdrawnError or SignatureRefusedError.
    """
    require_administrator(actor)
    version = _locked(slug, number)
    if sent_before := _sent_before(submission, version, Kind.WITHDRAWAL):
        return sent_before
    state = basis_state(version)
    signature = next((row for row in state.history if row.pk == signature_id and row.kind != Kind.WITHDRAWAL), None)
    if signature is None:
        raise SignatureNotFoundError("There is no such signature under this version.")
    if signature.pk in state.withdrawn:
        raise SignatureWithdrawnError("This signature was withdrawn before; the reason given then stands.")
    problems: dict[str, str] = {}
    note = _note(reason, "reason", "Say why the signature is withdrawn.", problems)
    if problems:
        raise SignatureRefusedError(problems)
    row = BasisSignature(version=version, content_hash=version.content_hash, kind=Kind.WITHDRAWAL, withdraws=signature, note=note)
    return _store(row, actor=actor, submission=submission, at=at, tag=Tag.BASIS_WITHDRAWN)


# --- conditions ------------------------------------------------------------------------------------------------------


def _rating(state: BasisState, signer: Signer, difficulty: Decimal, note: str) -> BasisSignature:
    _check_open(state)
    version, course = state.version, course_of(state.version)
    problems: dict[str, str] = {}
    signer = _signer(state, signer, problems)
    if "name" not in problems and any(signatures.name_key(row.name) == signatures.name_key(signer.name) for row in state.ratings):
        problems["name"] = "This person has rated this version. Two different people must rate it."
    if difficulty not in RATING_STEPS:
        problems["difficulty"] = "Choose a difficulty from 1 to 5, in halves."
    reason = _note(note, "note", "Give the reason for the rating; without one it can not be checked.", problems)
    if problems:
        raise SignatureRefusedError(problems)
    return BasisSignature(
        version=version,
        content_hash=version.content_hash,
        kind=Kind.RATING,
        name=signer.name,
        credentials=signer.credentials,
        discipline=signer.discipline,
        note=reason,
        difficulty=difficulty,
        statement=signatures.rating_statement(
            course=course, number=version.number, content_hash=version.content_hash, signer=signer, difficulty=difficulty
        ),
    )


def _approval(state: BasisState, signer: Signer) -> BasisSignature:
    _check_open(state)
    if state.raters_missing:
        raise RatingsMissingError("Two people must rate the difficulty before the minutes can be approved.")
    version, course, basis = state.version, course_of(state.version), state.rated
    problems: dict[str, str] = {}
    signer = _signer(state, signer, problems)
    if "name" not in problems and any(signatures.name_key(row.name) == signatures.name_key(signer.name) for row in state.ratings):
        problems["name"] = "This person has rated this version. Someone else must approve the minutes."
    if basis.minutes < 1:
        problems["name"] = (
            "The ratings come to less than a minute, and no course is certified for that. A rating must change first."
        )
    if problems:
        raise SignatureRefusedError(problems)
    figures = signatures.figures_of(course, basis)
    return BasisSignature(
        version=version,
        content_hash=version.content_hash,
        kind=Kind.APPROVAL,
        name=signer.name,
        credentials=signer.credentials,
        discipline=signer.discipline,
        difficulty=basis.difficulty,
        minutes=basis.minutes,
        ratings=[str(row.pk) for row in state.ratings],
        hours=[
            {"body": "", "minutes_per_hour": 60, "increment": "0.25", "hours": f"{figures.hours:f}"},
            *(one.model_dump(mode="json") for one in figures.bodies),
        ],
        statement=signatures.approval_statement(
            course=course,
            number=version.number,
            content_hash=version.content_hash,
            signer=signer,
            basis=basis,
            ratings=[(signer_of(row), row.difficulty or Decimal(0)) for row in state.ratings],
        ),
    )


def _check_open(state: BasisState) -> None:
    if state.approval is not None:
        raise BasisApprovedError("The hours of this version are signed. Withdraw the approval first if they must change.")


def _signer(state: BasisState, signer: Signer, problems: dict[str, str]) -> Signer:
    given = {field: one_line(getattr(signer, field)) for field in _LONGEST}
    missing = {
        "name": "Enter the full name of the person who signs.",
        "credentials": "Enter the degree or license that qualifies the person.",
        "discipline": "Enter the discipline of the person.",
    }
    for field, value in given.items():
        if not value:
            problems[field] = missing[field]
        elif len(value) > _LONGEST[field]:
            problems[field] = f"Shorten this to {_LONGEST[field]} characters."
    if "name" not in problems and not signatures.name_key(given["name"]):
        problems["name"] = missing["name"]
    elif "name" not in problems and signatures.is_author(course_of(state.version), given["name"]):
        problems["name"] = "This person is an author of the course. Nobody signs for a text of their own."
    return Signer(**given)


def _note(text: str, field: str, missing: str, problems: dict[str, str]) -> str:
    text = one_line(text)
    if not text:
        problems[field] = missing
    elif len(text) > _LONGEST_NOTE:
        problems[field] = f"Shorten this to {_LONGEST_NOTE} characters."
    return text


def _locked(slug: str, number: int) -> CourseVersion:
    """The version, locked: signatures of one version come one after the other, so none is given under old figures."""
    version: CourseVersion | None = (
        CourseVersion.objects.select_for_update(of=("self",))
        .select_related("credit_basis")
        .filter(course_id=slug, number=number)
        .first()
    )
    if version is None:
        raise CourseNotFoundError(slug)
    return version


def _sent_before(submission: uuid.UUID, version: CourseVersion, kind: str) -> BasisSignature | None:
    row: BasisSignature | None = BasisSignature.objects.filter(pk=submission).first()
    if row is not None and (row.version_id, row.kind) != (version.pk, kind):
        raise SignatureNotFoundError("This form belongs to another signature. Open it anew.")
    return row


def _store(row: BasisSignature, *, actor: User, submission: uuid.UUID, at: dt.datetime, tag: Tag) -> BasisSignature:
    row.id, row.signed_at, row.recorded_by = submission, at, actor.pk
    row.save(force_insert=True)
    record_event(
        tag=tag,
        actor=actor,
        subject_kind="course",
        subject_id=row.version.course_id,
        data={"number": row.version.number, "hash": row.content_hash, "signature": str(row.pk)}
        | ({"withdraws": str(row.withdraws_id)} if row.withdraws_id else {}),
    )
    return row
