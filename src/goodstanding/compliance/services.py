"""Settling open questions of a license with the board, opening them again, and correcting credits that such questions are about."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from goodstanding.compliance.errors import QuestionNotOpenError
from goodstanding.compliance.selectors import open_question
from goodstanding.credit import services as ledger
from goodstanding.credit.earned import EarnedCredit, EarnedPart
from goodstanding.credit.selectors import access_entry
from goodstanding.licensing import services as licensing
from goodstanding.licensing.selectors import access_license, list_licenses

if TYPE_CHECKING:
    from django.core.files.base import File

    from goodstanding.accounts.models import Holder, User
    from goodstanding.credit.models import CreditEntry

__all__ = ["complete_credit", "correct_credit", "reopen_question", "settle_question"]


@transaction.atomic
def settle_question(
    *, holder: Holder, license_id: uuid.UUID, question: str, confirmed_on: dt.date, note: str, on: dt.date, at: dt.datetime
) -> None:
    """
    Record that the holder asked the board about one question of one license, and that its answer was the kinder reading.

    Licensing keeps the confirmation; whether there is such a question to confirm depends on the rule and on the entries,
    which only the evaluation knows, so it is checked here. Raises QuestionNotOpenError, and what `access_license` raises
    for a license of somebody else.
    """
    license_ = access_license(holder=holder, license_id=license_id)
    try:
        open_question(holder=holder, license_id=license_id, question=question, on=on)
    except LookupError as error:
        raise QuestionNotOpenError(question) from error
    licensing.confirm_question(license=license_, question=question, confirmed_on=confirmed_on, note=note, at=at)


@transaction.atomic
def reopen_question(*, holder: Holder, license_id: uuid.UUID, question: str, at: dt.datetime) -> None:
    """Take a confirmation back. The confirmation stays in the license's history; nothing rests on it any more."""
    licensing.reopen_question(license=access_license(holder=holder, license_id=license_id), question=question, at=at)


@transaction.atomic
def correct_credit(
    *,
    holder: Holder,
    actor: User,
    entry_id: uuid.UUID,
    credit: EarnedCredit,
    submission: uuid.UUID,
    at: dt.datetime,
    today: dt.date,
    proof: File[bytes] | None = None,
) -> CreditEntry:
    """
    Correct a credit, and keep what the holder confirmed with a board about what it still leaves unstated.

    The corrected credit is a new row with an id of its own, and confirmations name the id; without this, mending a typing
    error would open questions again that the board has answered. What the correction states is asked no more, and where it changes
    what a confirmation was about (another course, another title), that confirmation lapses. Raises what
    `credit.services.correct_credit` raises.
    """
    # In the order in which changing a license takes its locks: the ledger's are held until the end.
    list(list_licenses(holder).select_for_update(of=("self",)))
    before = access_entry(holder=holder, entry_id=entry_id)
    after = ledger.correct_credit(
        holder=holder,
        actor=actor,
        entry_id=entry_id,
        credit=credit,
        submission=submission,
        at=at,
        today=today,
        proof=proof,
    )
    # Sent twice, it was kept the first time; what was opened again since stays open.
    if after.replaces_id == before.pk and after.entered_at == at:
        renamed = {f"{kind}:{before.pk}": f"{kind}:{after.pk}" for kind in _still_unstated(before, after)}
        for license_ in list_licenses(holder) if renamed else ():
            licensing.keep_confirmations(license=license_, renamed=renamed, at=at, actor=actor)
    return after


def _still_unstated(before: CreditEntry, after: CreditEntry) -> list[str]:
    """The kinds of questions (`case.CONFIRMABLE`) that the corrected entry leaves as they were."""
    same_course = before.course_id == after.course_id
    unstated = {
        "approvals": after.approvals is None,
        "repeat": same_course,
        "format": not after.format,
        "activity": not after.activity,
        "sponsor": not after.sponsor_kind,
        "course": same_course,
        "title": before.title == after.title,
        "state": _topics(before) == _topics(after),
    }
    return [kind for kind, still in unstated.items() if still]


def _topics(entry: CreditEntry) -> set[str]:
    return {topic for part in entry.parts for topic in part.get("topics", ())}


def complete_credit(
    *,
    holder: Holder,
    actor: User,
    entry_id: uuid.UUID,
    approvals: Sequence[str] | None,
    sponsor_kind: str,
    submission: uuid.UUID,
    at: dt.datetime,
    today: dt.date,
) -> CreditEntry:
    """
    State who approved a credit and what kind of sponsor gave it; everything else on it stays as it was entered.

    It is a correction like any other: a new row that points back. `approvals` None leaves them unstated. Raises what
    `correct_credit` raises.
    """
    entry = access_entry(holder=holder, entry_id=entry_id)
    credit = EarnedCredit(
        title=entry.title,
        completed=entry.completed,
        started=entry.started,
        amount=entry.amount,
        unit=entry.unit,
        parts=tuple(EarnedPart(amount=Decimal(part["amount"]), topics=tuple(part["topics"])) for part in entry.parts),
        format=entry.format,
        activity=entry.activity,
        approvals=None if approvals is None else tuple(approvals),
        sponsor_name=entry.sponsor_name,
        sponsor_kind=sponsor_kind,
        course_id=entry.course_id,
    )
    return correct_credit(holder=holder, actor=actor, entry_id=entry_id, credit=credit, submission=submission, at=at, today=today)
