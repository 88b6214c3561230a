"""Settling open questions of a license with the board, opening them again, and stating what a credit left unstated."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from goodstanding.compliance.errors import QuestionNotOpenError
from goodstanding.compliance.selectors import open_question
from goodstanding.credit.earned import EarnedCredit, EarnedPart
from goodstanding.credit.selectors import access_entry
from goodstanding.credit.services import correct_credit
from goodstanding.licensing import services as licensing
from goodstanding.licensing.selectors import access_license

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder, User
    from goodstanding.credit.models import CreditEntry

__all__ = ["complete_credit", "reopen_question", "settle_question"]


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
    `credit.services.correct_credit` raises.
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
