"""
Deleting an account: what is kept and what goes, said before with numbers, and carried out once.

What boards and approval bodies make a sponsor keep (docs/decisions/0072) stays with the holder, who then has no name, no
address and no sign-in: credit, certificates, completions, scores, evaluations, attestations. Everything else is removed.
``flows.personal_data`` lists every table.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from goodstanding.accounts.closing import open_closures, sign_out_everywhere
from goodstanding.accounts.models import Closure, DataExport, TermsAcceptance, User
from goodstanding.accounts.selectors import get_holder
from goodstanding.audit.services import Tag, erasing, record_event
from goodstanding.credit.models import Certificate, CreditEntry, CreditProof
from goodstanding.learning.models import (
    CourseEvaluation,
    Enrollment,
    PostTestAttempt,
    Pretest,
    PrivateNote,
    ScenarioRun,
    ScenarioStep,
    SeatClock,
    SectionVisit,
    Sitting,
    StaffRequest,
    StepReason,
)
from goodstanding.licensing.models import Confirmation, License, LicenseChange, LicenseFact, LicensePeriod
from goodstanding.mailing.models import OutgoingMail

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from goodstanding.accounts.models import Holder

__all__ = ["Leaving", "carry_out", "close_due", "what_leaving_does"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What this person has, in numbers: first what is kept, then what goes."""

    certificates: int
    completions: int
    attempts: int
    evaluations: int
    credits_here: int
    credits_entered: int

    unfinished: int
    licenses: int
    proofs: int
    notes: int
    highlights: int
    reasons: int
    runs: int
    sittings: int
    requests: int
    requests_open: int


def what_leaving_does(*, user: User) -> Leaving:
    """What deleting this account would keep and remove, counted."""
    holder = get_holder(user)
    mine = Enrollment.objects.filter(holder=holder)
    entries = CreditEntry.objects.filter(holder=holder)
    requests = StaffRequest.objects.filter(holder=holder)
    return Leaving(
        certificates=Certificate.objects.filter(holder=holder).count(),
        completions=mine.filter(completion__isnull=False).count(),
        attempts=PostTestAttempt.objects.filter(enrollment__in=_kept(holder), submitted_at__isnull=False).count(),
        evaluations=CourseEvaluation.objects.filter(enrollment__holder=holder).count(),
        credits_here=entries.filter(completion__isnull=False).count(),
        credits_entered=entries.filter(completion=None).count(),
        unfinished=mine.exclude(pk__in=_kept(holder)).count(),
        licenses=License.objects.filter(holder=holder).count(),
        proofs=CreditProof.objects.filter(entry__holder=holder).count(),
        notes=PrivateNote.objects.filter(enrollment__holder=holder, kind="note").count(),
        highlights=PrivateNote.objects.filter(enrollment__holder=holder, kind="highlight").count(),
        reasons=StepReason.objects.filter(step__run__enrollment__holder=holder).count(),
        runs=ScenarioRun.objects.filter(enrollment__holder=holder).count(),
        sittings=Sitting.objects.filter(enrollment__holder=holder).count(),
        requests=requests.count(),
        requests_open=requests.filter(answered_at=None).count(),
    )


def _kept(holder: Holder) -> QuerySet[Enrollment]:
    """Enrollments that something hangs on which must be kept: a completion, or an evaluation that was handed in."""
    return Enrollment.objects.filter(Q(completion__isnull=False) | Q(evaluation__isnull=False), holder=holder)


def close_due(*, at: dt.datetime, limit: int = 20) -> int:
    """
    Carry out what is due, oldest first, and remove files that an interrupted run left; how many accounts were deleted.

    The worker calls it about once a minute. One that fails is logged by its id and does not hold up the others.
    """
    due = open_closures().filter(due_at__lte=at).order_by("due_at")
    closed = 0
    for closure_id in list(due.values_list("pk", flat=True)[:limit]):
        try:
            closed += carry_out(closure_id=closure_id, at=at)
        except Exception:
            logger.exception("The closure %s could not be carried out and is tried again.", closure_id)
    for closure_id in list(Closure.objects.filter(carried_out_at__isnull=False).exclude(files=[]).values_list("pk", flat=True)):
        _remove_files(closure_id)
    return closed


def carry_out(*, closure_id: uuid.UUID, at: dt.datetime) -> bool:
    """
    Delete one account if its time has come; whether that happened now.

    All rows go in one transaction, in which the closure is held: a second worker waits and finds it done, and someone who
    signs in at this very moment either keeps the account or comes too late. Files go afterwards, by a list that the same
    transaction wrote; killed in between, the next sweep removes them.
    """
    with transaction.atomic():
        closure = open_closures().select_for_update(of=("self",)).filter(pk=closure_id, due_at__lte=at).first()
        if closure is None:
            return False
        holder = closure.holder
        user = User.objects.select_for_update().get(holder=holder)
        files = _files_of(user, holder)
        with erasing():
            _erase_learning(holder)
            _erase_licenses(holder)
            CreditProof.objects.filter(entry__holder=holder).erase()
            _empty_requests(holder, at)
            _erase_account(user)
        closure.carried_out_at, closure.files = at, files
        closure.save(update_fields=["carried_out_at", "files"])
        record_event(
            tag=Tag.CLOSURE_CARRIED_OUT,
            actor=None,
            subject_kind="holder",
            subject_id=holder.pk,
            data={"closure": str(closure.pk)},
        )
    _remove_files(closure_id)
    return True


def _files_of(user: User, holder: Holder) -> list[str]:
    proofs = CreditProof.objects.filter(entry__holder=holder).values_list("file", flat=True)
    exports = DataExport.objects.filter(user=user).exclude(file="").values_list("file", flat=True)
    return [*proofs, *exports]


def _remove_files(closure_id: uuid.UUID) -> None:
    """Remove what is still on the list. A file that is gone already is removed as well as one can wish."""
    closure = Closure.objects.get(pk=closure_id)
    for name in closure.files:
        default_storage.delete(name)
    Closure.objects.filter(pk=closure_id).update(files=[])


def _erase_learning(holder: Holder) -> None:
    SeatClock.objects.filter(holder=holder).delete()
    for model in (PrivateNote, Sitting, SectionVisit, Pretest):
        model.objects.filter(enrollment__holder=holder).delete()
    StepReason.objects.filter(step__run__enrollment__holder=holder).delete()
    ScenarioStep.objects.filter(run__enrollment__holder=holder).erase()
    ScenarioRun.objects.filter(enrollment__holder=holder).delete()
    unkept = Enrollment.objects.filter(holder=holder).exclude(pk__in=_kept(holder))
    PostTestAttempt.objects.filter(enrollment__in=unkept).delete()
    # An attempt that was never handed in is no score.
    PostTestAttempt.objects.filter(enrollment__holder=holder, submitted_at=None).delete()
    unkept.delete()
    Enrollment.objects.filter(holder=holder).update(last_place="")


def _erase_licenses(holder: Holder) -> None:
    for model in (LicenseFact, Confirmation, LicenseChange):
        model.objects.filter(license__holder=holder).erase()
    LicensePeriod.objects.filter(license__holder=holder).delete()
    License.objects.filter(holder=holder).delete()


def _empty_requests(holder: Holder, at: dt.datetime) -> None:
    """That something was asked or reported is the sponsor's record; the words and the address for the answer are not."""
    StaffRequest.objects.filter(holder=holder).update(
        sealed="", reply_to="", holder=None, answered_at=Coalesce(F("answered_at"), at)
    )


def _erase_account(user: User) -> None:
    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    for address in addresses:
        OutgoingMail.objects.filter(to__iexact=address).delete()
    sign_out_everywhere(user=user)
    TermsAcceptance.objects.filter(user=user).erase()
    user.delete()
