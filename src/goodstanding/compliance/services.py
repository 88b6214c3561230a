"""Settling open questions of a license with the board, and opening them again."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.db import transaction

from goodstanding.compliance.errors import QuestionNotOpenError
from goodstanding.compliance.selectors import open_question
from goodstanding.licensing import services as licensing
from goodstanding.licensing.selectors import access_license

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder

__all__ = ["reopen_question", "settle_question"]


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
