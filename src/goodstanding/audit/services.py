"""Writing the audit log."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from goodstanding.audit.chain import Link, hash_of, plain
from goodstanding.audit.models import AuditEvent, AuditHead, ErasurePermit

__all__ = ["Tag", "erasing", "record_event"]


class Tag(enum.StrEnum):
    """Everything that is recorded, as ``subject:part:action``. A tag is never renamed or reused."""

    ADMINISTRATOR_CLAIMED = "account:administrator:claimed"
    ROLE_GIVEN = "account:role:given"
    SECOND_STEP_ADDED = "account:second-step:added"
    SECOND_STEP_REMOVED = "account:second-step:removed"
    SECOND_STEP_LIFTED = "account:second-step:lifted-by-operator"
    RECOVERY_CODES_MADE = "account:recovery-codes:made"
    STAFF_SIGNED_IN = "account:staff:signed-in"
    STAFF_SIGN_IN_REFUSED = "account:staff:sign-in-refused"
    STAFF_SECOND_STEP_REFUSED = "account:staff:second-step-refused"
    STAFF_PAGE_REFUSED = "account:staff:page-refused"
    STAFF_PASSWORD_CHANGED = "account:staff:password-changed"  # noqa: S105 - what happened, no secret
    STAFF_PASSWORD_RESET = "account:staff:password-reset"  # noqa: S105
    SESSIONS_ENDED = "account:sessions:ended"
    TERMS_ACCEPTED = "account:terms:accepted"
    PROFILE_CHANGED = "account:profile:changed"
    CLOSURE_REQUESTED = "account:closure:requested"
    CLOSURE_UNDONE = "account:closure:undone"
    CLOSURE_CARRIED_OUT = "account:closure:carried-out"
    DATA_EXPORTED = "account:export:requested"
    DATA_DOWNLOADED = "account:export:downloaded"
    LICENSE_ADDED = "license:record:added"
    LICENSE_CHANGED = "license:record:changed"
    LICENSE_REMOVED = "license:record:removed"
    LICENSE_RESTORED = "license:record:restored"
    QUESTION_CONFIRMED = "license:question:confirmed"
    QUESTION_REOPENED = "license:question:reopened"
    SPONSOR_CHANGED = "sponsor:profile:changed"
    APPROVAL_RECORDED = "sponsor:approval:recorded"
    APPROVAL_WITHDRAWN = "sponsor:approval:withdrawn"
    COURSE_PUBLISHED = "course:version:published"
    COURSE_WITHDRAWN = "course:availability:withdrawn"
    COURSE_OFFERED = "course:availability:offered"
    BASIS_RATED = "course:basis:rated"
    BASIS_APPROVED = "course:basis:approved"
    BASIS_WITHDRAWN = "course:basis:signature-withdrawn"
    ENROLLED = "learning:enrollment:started"
    COMPLETED = "learning:enrollment:completed"
    REQUEST_SENT = "learning:request:sent"
    REQUEST_READ = "learning:request:read-by-staff"
    REQUEST_ANSWERED = "learning:request:answered"
    CREDIT_ENTERED = "credit:entry:entered"
    CREDIT_CORRECTED = "credit:entry:corrected"
    CREDIT_WITHDRAWN = "credit:entry:withdrawn"
    CREDIT_RESTORED = "credit:entry:restored"
    PROOF_ADDED = "credit:proof:added"
    CREDITS_VIEWED = "credit:ledger:viewed-by-staff"
    CERTIFICATE_ISSUED = "certificate:record:issued"
    CERTIFICATE_REVOKED = "certificate:record:revoked"
    EVIDENCE_DOWNLOADED = "sponsor:evidence:downloaded"
    AUDIT_EXPORTED = "audit:log:exported"
    JOB_RETRIED = "installation:job:retried"
    BACKUP_MADE = "installation:backup:made"


def record_event(
    *, tag: Tag, actor: object, subject_kind: str, subject_id: object, data: Mapping[str, Any] | None = None
) -> None:
    """
    Append one event. `actor` is a user, its id, or None for the product itself.

    Call it inside the transaction that does the thing, so that neither stands without the other, and as its last step: the
    end of the chain is held from here until the transaction ends, so that concurrent writers keep one chain. Whoever locks
    other rows afterwards may meet someone who holds those and waits here. `data` holds ids, dates and codes, never names,
    addresses or free text.
    """
    actor_id = getattr(actor, "pk", actor)
    with transaction.atomic():
        head = _lock_head()
        link = Link(
            number=head.number + 1,
            at=timezone.now(),
            tag=tag.value,
            actor="" if actor_id is None else str(actor_id),
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            data=plain(data or {}),
            previous=head.hash,
            hash="",
        )
        event = AuditEvent.objects.create(**link._replace(hash=hash_of(link))._asdict())
        head.number, head.hash = event.number, event.hash
        head.save(update_fields=["number", "hash"])


def _lock_head() -> AuditHead:
    """The end of the chain, held until the transaction ends. It is made here where the tables were emptied."""
    head = AuditHead.objects.select_for_update().first()
    if head is None:
        AuditHead.objects.get_or_create(id=1)
        head = AuditHead.objects.select_for_update().get(id=1)
    return head


@contextlib.contextmanager
def erasing() -> Iterator[None]:
    """
    Inside, rows of erasable tables may be deleted (``AppendOnlyQuerySet.erase``), by this transaction and no other.

    It is one transaction with what surrounds it. Only removing a person's account is a reason; whoever else erases at the
    same moment waits.
    """
    with transaction.atomic():
        permit = ErasurePermit.objects.create()
        yield
        permit.delete()
