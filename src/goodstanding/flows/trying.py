"""Keeping what somebody tried in the calculator: the license and its credits, both or neither, and exactly once."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.db import transaction

from goodstanding.credit.services import enter_credit
from goodstanding.licensing.services import add_license

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder, User
    from goodstanding.compliance.trial import Trial
    from goodstanding.licensing.models import License

__all__ = ["keep_trial"]


@transaction.atomic
def keep_trial(
    *, holder: Holder, actor: User, trial: Trial, number: str | None, submission: uuid.UUID, at: dt.datetime, today: dt.date
) -> License | None:
    """
    Add the license under its `number`, and enter the credits; without a number the credits alone.

    `submission` names what was tried: kept twice with the same one, it is there once. Raises LicenseRefusedError and
    CreditRefusedError, and then nothing of it is kept.
    """
    license_ = None
    if number is not None:
        license_ = add_license(
            holder=holder,
            actor=actor,
            rule=trial.type.rule,
            profession=trial.type.profession,
            license_type=trial.type.license_type,
            number=number,
            issued=trial.issued,
            period_end=trial.period_end,
            renewals=trial.renewals,
            facts=trial.facts,
            at=at,
            submission=submission,
        )
    for position, credit in enumerate(trial.credits):
        own = uuid.uuid5(submission, f"credit {position}")
        enter_credit(holder=holder, actor=actor, credit=credit, submission=own, at=at, today=today)
    return license_
