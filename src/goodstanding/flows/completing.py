"""Completing a course: the signature, the completion, the credit and the certificate, all or nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from goodstanding.accounts.services import lock_holder
from goodstanding.credit.services import award_completion
from goodstanding.learning.selectors import completion_of
from goodstanding.learning.services import attest

if TYPE_CHECKING:
    from goodstanding.credit.models import Certificate
    from goodstanding.learning.models import Enrollment

__all__ = ["certificate_of", "complete"]


@transaction.atomic
def complete(*, enrollment: Enrollment, signed_name: str, at: dt.datetime) -> Certificate:
    """
    Sign the attestation and receive the credit and its certificate.

    One transaction, so no completion is ever without its credit. Signing twice gives the certificate of the first time:
    attesting holds the enrollment's row, and awarding finds what was awarded. Raises what ``learning.services.attest`` raises.
    """
    # First, as whoever writes in a ledger does: once attesting has written to the audit log, its end is held, and someone who
    # holds this ledger and waits for that end would wait for ever.
    lock_holder(holder=enrollment.holder)
    completion = attest(enrollment=enrollment, signed_name=signed_name, at=at)
    # not before it, should the clock have been set back
    return award_completion(completion=completion, at=max(at, completion.completed_at))


def certificate_of(enrollment: Enrollment) -> Certificate | None:
    """The certificate that completing this enrollment gave, if it is complete."""
    completion = completion_of(enrollment)
    if completion is None:
        return None
    try:
        certificate: Certificate = completion.credit_entry.certificate
    except ObjectDoesNotExist:
        return None
    return certificate
