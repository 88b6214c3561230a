"""Writing the ledger and certificates. Rows are only ever added; what changes is which of them is the newest."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
import zoneinfo
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import models, transaction

from goodstanding.accounts.permissions import require_administrator
from goodstanding.accounts.selectors import get_profile
from goodstanding.accounts.services import lock_holder
from goodstanding.audit.services import Tag, record_event
from goodstanding.catalog.selectors import approvals_on, basis_of, course_of, get_sponsor
from goodstanding.core.certificates import (
    CertificateRecord,
    PrintedApproval,
    PrintedCourse,
    PrintedLicense,
    PrintedSponsor,
    PrintedTopic,
    new_number,
    one_line,
)
from goodstanding.core.courseware import topic_minutes
from goodstanding.core.uploads import Upload, read_upload
from goodstanding.credit.certificate_pdf import render_certificate
from goodstanding.credit.earned import EarnedCredit
from goodstanding.credit.errors import (
    AwardedEntryError,
    CertificateAlreadyRevokedError,
    CourseWithoutMinutesError,
    CreditRefusedError,
    EntryNotFoundError,
    EntryReplacedError,
    EntryWithdrawnError,
    RevocationReasonError,
)
from goodstanding.credit.models import Certificate, CertificateRevocation, CreditEntry, CreditProof, CreditWithdrawal
from goodstanding.credit.selectors import access_entry, get_certificate, is_withdrawn, topics_label
from goodstanding.licensing.rulebook import rulebook
from goodstanding.licensing.selectors import list_licenses

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder, User
    from goodstanding.catalog.models import Approval
    from goodstanding.learning.models import Completion
    from goodstanding.licensing.models import License

__all__ = [
    "add_proof",
    "award_completion",
    "correct_credit",
    "enter_credit",
    "restore_credit",
    "revoke_certificate",
    "withdraw_credit",
]

_REASON_LENGTH = 300

_Row = TypeVar("_Row", bound=models.Model)


# --- credit from courses completed here ------------------------------------------------------------------------------


@transaction.atomic
def award_completion(*, completion: Completion, at: dt.datetime) -> Certificate:
    """
    The credit entry and the certificate for `completion`; exactly one of each, however often and from wherever it is called.

    The completion's row is locked first, so a second caller waits and then finds what the first one made. A certificate
    that exists is returned as it is: nothing on it is ever computed again.
    """
    _locked(completion)
    entry = CreditEntry.objects.filter(completion=completion).first()
    if entry is not None and (issued := _certificate_of(entry)) is not None:
        return issued
    entry = entry or _award_entry(completion, at)
    return _issue_certificate(completion, entry, at)


def _certificate_of(entry: CreditEntry) -> Certificate | None:
    issued: Certificate | None = Certificate.objects.filter(entry=entry).first()
    return issued


def _award_entry(completion: Completion, at: dt.datetime) -> CreditEntry:
    enrollment = completion.enrollment
    version = enrollment.version
    course = course_of(version)
    basis = basis_of(version)  # read once: minutes and their standing must be of the same moment
    minutes = int(basis.minutes)
    if minutes < 1:
        raise CourseWithoutMinutesError(course.slug)
    approvals = approvals_on(completion.completed_on, course.format)
    entry = CreditEntry.objects.create(
        holder=enrollment.holder,
        completion=completion,
        title=course.title,
        started=_started_on(completion),
        completed=completion.completed_on,
        amount=Decimal(minutes),
        unit="minute",
        parts=[
            {"amount": str(int(share)), "topics": list(topics)}
            for topics, share in topic_minutes(course, Decimal(minutes))
            if share >= 1
        ],
        format=course.format,
        activity="course",
        approvals=sorted({approval.body for approval in approvals}),
        sponsor_name=get_sponsor().name,
        course_id=course.slug,
        provisional=basis.status != "final",
        entered_at=at,
    )
    record_event(
        tag=Tag.CREDIT_ENTERED,
        actor=enrollment.holder.user_id,
        subject_kind="credit",
        subject_id=entry.pk,
        data={"enrollment": str(enrollment.pk)},
    )
    return entry


def _issue_certificate(completion: Completion, entry: CreditEntry, at: dt.datetime) -> Certificate:
    record = _record(completion, entry, number=new_number(), at=at)
    pdf = render_certificate(record)
    certificate = Certificate.objects.create(
        number=record.number,
        holder=entry.holder,
        entry=entry,
        record=record.model_dump(mode="json"),
        pdf=pdf,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        issued_at=at,
    )
    record_event(
        tag=Tag.CERTIFICATE_ISSUED,
        actor=entry.holder.user_id,
        subject_kind="certificate",
        subject_id=certificate.number,
        data={"entry": str(entry.pk)},
    )
    return certificate


def _started_on(completion: Completion) -> dt.date:
    """
    The day the course was started, never after the day it was completed.

    Each is the local day of its moment, so who travels west, or sets another time zone, can complete on an earlier day.
    """
    return min(completion.enrollment.started_on, completion.completed_on)


def _record(completion: Completion, entry: CreditEntry, *, number: str, at: dt.datetime) -> CertificateRecord:
    """Everything the certificate will say for ever, as it stands at this moment."""
    enrollment = completion.enrollment
    version = enrollment.version
    course = course_of(version)
    sponsor = get_sponsor()
    rules = rulebook()
    return CertificateRecord(
        number=number,
        issued_at=at,
        issued_on=at.astimezone(zoneinfo.ZoneInfo(completion.time_zone)).date(),
        holder_name=_name(completion),
        licenses=tuple(_printed_license(license_) for license_ in list_licenses(enrollment.holder)),
        course=PrintedCourse(
            id=course.slug,
            title=course.title,
            version=version.number,
            content_hash=version.content_hash,
            authors=course.authors,
        ),
        sponsor=PrintedSponsor(
            name=sponsor.name,
            address=sponsor.address,
            phone=sponsor.phone,
            email=sponsor.email,
            administrator_name=sponsor.administrator_name,
            administrator_title=sponsor.administrator_title,
            signature_line=sponsor.signature_line,
        ),
        approvals=tuple(_printed_approval(approval) for approval in approvals_on(completion.completed_on, course.format)),
        format=course.format,
        started_on=_started_on(completion),
        completed_on=completion.completed_on,
        time_zone=completion.time_zone,
        minutes=int(entry.amount),
        provisional=entry.provisional,
        topics=tuple(
            PrintedTopic(
                topics=tuple(part["topics"]),
                label=topics_label(rules, part["topics"]),
                minutes=int(part["amount"]),
            )
            for part in entry.parts
        ),
        verification_url=f"{settings.PUBLIC_URL}/verify/{number}/",
        demonstration=settings.DEMONSTRATION,
    )


def _name(completion: Completion) -> str:
    """The legal name: of the profile, else as the attestation was signed."""
    user = completion.enrollment.holder.user
    name = one_line(get_profile(user).legal_name) if user else ""
    return name or completion.enrollment.attestation.signed_name


def _printed_license(license_: License) -> PrintedLicense:
    country, _, rest = license_.rule.partition("/")
    state = rest.partition("/")[0].upper()
    return PrintedLicense(
        license_type=license_.license_type,
        number=license_.number,
        state=state if country == "us" else f"{country.upper()}-{state}",
    )


def _printed_approval(approval: Approval) -> PrintedApproval:
    return PrintedApproval(
        body=approval.body,
        body_name=approval.body_name,
        number=approval.number,
        valid_from=approval.valid_from,
        valid_to=approval.valid_to,
        statement=approval.statement,
        demonstration=approval.demonstration,
    )


@transaction.atomic
def revoke_certificate(*, actor: User, number: str, reason: str, at: dt.datetime) -> CertificateRevocation:
    """
    Revoke a certificate for good, with the reason that anyone who checks it will read.

    The credit entry stays in the ledger as it was earned; what the revocation means for a renewal is for the board to say.
    """
    require_administrator(actor)
    reason = " ".join(reason.split())
    if not reason or len(reason) > _REASON_LENGTH:
        raise RevocationReasonError
    certificate = _locked(get_certificate(number))
    if CertificateRevocation.objects.filter(certificate=certificate).exists():
        raise CertificateAlreadyRevokedError(number)
    revocation: CertificateRevocation = CertificateRevocation.objects.create(
        certificate=certificate, reason=reason, revoked_at=at
    )
    record_event(tag=Tag.CERTIFICATE_REVOKED, actor=actor, subject_kind="certificate", subject_id=number)
    return revocation


# --- credit from elsewhere -------------------------------------------------------------------------------------------


def enter_credit(
    *,
    holder: Holder,
    actor: User,
    credit: EarnedCredit,
    submission: uuid.UUID,
    at: dt.datetime,
    today: dt.date,
    proof: File[bytes] | None = None,
) -> CreditEntry:
    """
    Enter a credit earned elsewhere, with its proof if there is one.

    `submission` names the form that was filled in: sent twice, it enters once, and the first entry is returned. `today` is
    the holder's local date. Raises CreditRefusedError or UploadError, before anything is written.
    """
    _check_owner(holder, actor)
    _check_credit(credit, today)
    file = _read_proof(proof) if proof is not None else None
    return _add_entry(holder=holder, actor=actor, credit=credit, submission=submission, at=at, proof=file, replaces=None)


def correct_credit(
    *,
    holder: Holder,
    actor: User,
    entry_id: uuid.UUID | str,
    credit: EarnedCredit,
    submission: uuid.UUID,
    at: dt.datetime,
    today: dt.date,
    proof: File[bytes] | None = None,
) -> CreditEntry:
    """
    Correct an entry: a new row that points back at the one it replaces, which stays and is shown as history.

    Without any difference nothing is written and the entry itself is returned.
    """
    _check_owner(holder, actor)
    _check_credit(credit, today)
    file = _read_proof(proof) if proof is not None else None
    return _add_entry(holder=holder, actor=actor, credit=credit, submission=submission, at=at, proof=file, replaces=entry_id)


@transaction.atomic
def _add_entry(
    *,
    holder: Holder,
    actor: User,
    credit: EarnedCredit,
    submission: uuid.UUID,
    at: dt.datetime,
    proof: Upload | None,
    replaces: uuid.UUID | str | None,
) -> CreditEntry:
    # One writer a ledger: a second click waits here, then finds the entry of the first.
    lock_holder(holder=holder)
    sent_before = CreditEntry.objects.filter(submission=submission).first()
    if sent_before is not None:
        return access_entry(holder=holder, entry_id=sent_before.pk)
    before = None if replaces is None else _changeable(holder, replaces)
    columns = credit.columns()
    if before is not None and all(getattr(before, name) == value for name, value in columns.items()):
        entry = before
    else:
        entry = CreditEntry.objects.create(
            holder=holder,
            replaces=before,
            original=None if before is None else before.original or before,
            entered_at=at,
            submission=submission,
            **columns,
        )
        record_event(
            tag=Tag.CREDIT_ENTERED if before is None else Tag.CREDIT_CORRECTED,
            actor=actor,
            subject_kind="credit",
            subject_id=entry.pk,
            data={} if before is None else {"replaces": str(before.pk)},
        )
    if proof is not None:
        _keep_proof(entry, actor, proof, at)
    return entry


@transaction.atomic
def add_proof(*, holder: Holder, actor: User, entry_id: uuid.UUID | str, proof: File[bytes], at: dt.datetime) -> CreditProof:
    """Add a file that proves an entry. The same file twice is kept once."""
    _check_owner(holder, actor)
    file = _read_proof(proof)
    lock_holder(holder=holder)
    entry = _changeable(holder, entry_id)
    return _keep_proof(entry, actor, file, at)


def _read_proof(proof: File[bytes]) -> Upload:
    return read_upload(proof, name=proof.name or "", unnamed="proof")


def _keep_proof(entry: CreditEntry, actor: User, proof: Upload, at: dt.datetime) -> CreditProof:
    first = entry.original or entry
    kept: CreditProof | None = CreditProof.objects.filter(entry=first, sha256=proof.sha256).first()
    if kept is not None:
        return kept
    row = CreditProof(
        entry=first, name=proof.name, content_type=proof.content_type, size=len(proof.data), sha256=proof.sha256, added_at=at
    )
    # The name on disk says nothing about the holder or the file.
    row.file.save(f"{uuid.uuid4().hex}{proof.suffix}", ContentFile(proof.data), save=False)
    try:
        row.save()
        record_event(tag=Tag.PROOF_ADDED, actor=actor, subject_kind="credit", subject_id=first.pk, data={"proof": str(row.pk)})
    except BaseException:
        row.file.storage.delete(row.file.name or "")
        raise
    return row


@transaction.atomic
def withdraw_credit(*, holder: Holder, actor: User, entry_id: uuid.UUID | str, at: dt.datetime) -> CreditEntry:
    """Take an entry entered by hand out of the ledger. It stays stored and can be brought back. Twice is the same as once."""
    _check_owner(holder, actor)
    lock_holder(holder=holder)
    entry = _own_newest(holder, entry_id)
    if not is_withdrawn(entry):
        CreditWithdrawal.objects.create(entry=entry, at=at)
        record_event(tag=Tag.CREDIT_WITHDRAWN, actor=actor, subject_kind="credit", subject_id=entry.pk)
    return entry


@transaction.atomic
def restore_credit(*, holder: Holder, actor: User, entry_id: uuid.UUID | str, at: dt.datetime) -> CreditEntry:
    """Bring a withdrawn entry back. Twice is the same as once."""
    _check_owner(holder, actor)
    lock_holder(holder=holder)
    entry = _own_newest(holder, entry_id)
    if is_withdrawn(entry):
        CreditWithdrawal.objects.create(entry=entry, at=at, restored=True)
        record_event(tag=Tag.CREDIT_RESTORED, actor=actor, subject_kind="credit", subject_id=entry.pk)
    return entry


# --- conditions ------------------------------------------------------------------------------------------------------


def _locked(row: _Row) -> _Row:
    """
    The row as it is now, locked until the transaction ends.

    SQLite has no row locks and needs none: its transactions take the write lock when they begin.
    """
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)  # noqa: SLF001 - Django's public name


def _check_owner(holder: Holder, actor: User) -> None:
    """Only the holder writes in her ledger; to everyone else it does not exist."""
    if holder.user_id is None or holder.user_id != actor.pk:
        raise EntryNotFoundError


def _check_credit(credit: EarnedCredit, today: dt.date) -> None:
    problems = credit.problems(today=today, rules=rulebook())
    if problems:
        raise CreditRefusedError(problems)


def _own_newest(holder: Holder, entry_id: uuid.UUID | str) -> CreditEntry:
    entry = access_entry(holder=holder, entry_id=entry_id)
    if entry.completion_id is not None:
        raise AwardedEntryError
    if CreditEntry.objects.filter(replaces=entry).exists():
        raise EntryReplacedError
    return entry


def _changeable(holder: Holder, entry_id: uuid.UUID | str) -> CreditEntry:
    entry = _own_newest(holder, entry_id)
    if is_withdrawn(entry):
        raise EntryWithdrawnError
    return entry
