"""
What a copy of everything about a person holds: ``data.json``, version 1, as ``export_schema.json`` describes it, and her files.

Read in pieces, for a person may have years of it. Notes and reasons are opened, because they are her own words.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress

from goodstanding.audit.selectors import list_events
from goodstanding.credit.models import Certificate, CreditEntry, CreditProof
from goodstanding.flows.requests import REQUEST
from goodstanding.learning.models import Enrollment, StaffRequest
from goodstanding.learning.notes import notes_of
from goodstanding.learning.selectors import REASON
from goodstanding.licensing.models import License
from goodstanding.private_text import PrivateTextError, unseal

if TYPE_CHECKING:
    from django.db.models import Model

    from goodstanding.accounts.models import Holder, User

__all__ = ["FORMAT", "VERSION", "account_of", "certificate_files", "count_parts", "lists_of", "proof_files"]

FORMAT = "good-standing-export"
VERSION = 1
_CHUNK = 200
_EVENTS = 500


def count_parts(user: User, holder: Holder) -> int:
    """How many parts the export has, for showing how far it is: each item of each list, each file, the log by the batch."""
    return (
        1
        + License.objects.filter(holder=holder).count()
        + Enrollment.objects.filter(holder=holder).count()
        + CreditEntry.objects.filter(holder=holder).count()
        + StaffRequest.objects.filter(holder=holder).count()
        + 2 * Certificate.objects.filter(holder=holder).count()
        + CreditProof.objects.filter(entry__holder=holder).count()
        + list_events(actor=str(user.pk)).count() // _EVENTS
    )


def account_of(user: User, holder: Holder) -> dict[str, Any]:
    """Who she is here: one object."""
    profile = getattr(user, "profile", None)
    return _item(
        {
            "id": user.pk,
            "holder": holder.pk,
            "email": user.email,
            "role": user.role,
            "joined_at": user.date_joined,
            "legal_name": profile.legal_name if profile else "",
            "time_zone": profile.time_zone if profile else "",
            "professions": profile.professions if profile else [],
            "addresses": [_columns(one, "email", "verified", "primary") for one in EmailAddress.objects.filter(user=user)],
            "terms": [_columns(one, "version", "accepted_at") for one in user.terms_acceptances.order_by("accepted_at")],
            "sign_ins": [
                _columns(one, "device", "began_at", "seen_at") for one in user.browser_sessions.order_by("began_at", "id")
            ],
            "closures": [_columns(one, "requested_at", "due_at", "kept_at", "carried_out_at") for one in holder.closures.all()],
        }
    )


def lists_of(user: User, holder: Holder) -> Iterator[tuple[str, Iterator[tuple[dict[str, Any], bool]]]]:
    """The lists of the export by name. Each item comes with whether it counts as a part (see :func:`count_parts`)."""
    yield "licenses", ((_license(one), True) for one in License.objects.filter(holder=holder).iterator(_CHUNK))
    enrollments = Enrollment.objects.filter(holder=holder).select_related("version").order_by("started_at")
    yield "courses", ((_course(one), True) for one in enrollments.iterator(_CHUNK))
    entries = CreditEntry.objects.filter(holder=holder).order_by("entered_at").prefetch_related("withdrawals", "proofs")
    yield "credits", ((_credit(one), True) for one in entries.iterator(_CHUNK))
    certificates = Certificate.objects.filter(holder=holder).order_by("issued_at").defer("pdf").select_related("revocation")
    yield "certificates", ((_certificate(one), True) for one in certificates.iterator(_CHUNK))
    yield "requests", ((_request(one), True) for one in StaffRequest.objects.filter(holder=holder).iterator(_CHUNK))
    events = list_events(actor=str(user.pk)).order_by("number").iterator(_EVENTS)
    yield "log", ((_event(one), number % _EVENTS == 0) for number, one in enumerate(events, start=1))


def certificate_files(holder: Holder) -> Iterator[tuple[str, bytes]]:
    """The PDFs as issued, one at a time: where each goes in the archive, and what is in it."""
    numbers = Certificate.objects.filter(holder=holder).order_by("issued_at").values_list("number", flat=True)
    for number in list(numbers):
        yield _certificate_path(number), bytes(Certificate.objects.values_list("pdf", flat=True).get(pk=number))


def proof_files(holder: Holder) -> Iterator[tuple[str, CreditProof]]:
    """The proofs she uploaded: where each goes in the archive, and its row."""
    for proof in CreditProof.objects.filter(entry__holder=holder).order_by("added_at", "id").iterator(_CHUNK):
        yield _proof_path(proof), proof


def _license(one: License) -> dict[str, Any]:
    return _item(
        {
            **_columns(
                one,
                "id",
                "rule",
                "profession",
                "license_type",
                "number",
                "issued",
                "renewals",
                "status",
                "created_at",
                "removed_at",
            ),
            "periods": [
                _columns(row, "start", "end", "carried_in", "waivers", "renewed_on") for row in one.periods.order_by("start")
            ],
            "facts": [_columns(row, "name", "value", "answered_at") for row in one.facts.all()],
            "confirmations": [
                _columns(row, "question", "confirmed_on", "note", "withdrawn", "recorded_at") for row in one.confirmations.all()
            ],
            "changes": [_columns(row, "at", "changes") for row in one.changes.order_by("at", "id")],
        }
    )


def _course(one: Enrollment) -> dict[str, Any]:
    pretest, evaluation = getattr(one, "pretest", None), getattr(one, "evaluation", None)
    attestation, completion = getattr(one, "attestation", None), getattr(one, "completion", None)
    return _item(
        {
            **_columns(one, "id", "started_at", "started_on", "last_place"),
            "course": one.course_id,
            "title": one.version.title,
            "version": one.version.number,
            "visits": [
                _columns(row, "section", "opened_at", "finished_at", "restudied_after")
                for row in one.visits.order_by("opened_at")
            ],
            "scenario_runs": [
                {
                    **_columns(run, "scenario", "number", "started_at", "finished_at", "state"),
                    "steps": [
                        {
                            **_columns(step, "position", "node", "choice", "weighed", "seconds", "at"),
                            "reason": _reason(step, one),
                        }
                        for step in run.steps.select_related("written")
                    ],
                }
                for run in one.scenario_runs.order_by("started_at")
            ],
            "pretest": _columns(pretest, "answers", "marks", "started_at", "finished_at", "skipped") if pretest else None,
            "attempts": [
                {
                    **_columns(
                        row, "number", "answers", "started_at", "submitted_at", "correct", "total", "passed", "pass_percent"
                    ),
                    "asked": [question["item_id"] for question in row.form.get("questions", [])],
                }
                for row in one.attempts.all()
            ],
            "evaluation": _columns(evaluation, "answers", "submitted_at") if evaluation else None,
            "attestation": _columns(attestation, "statement", "signed_name", "signed_at") if attestation else None,
            "completion": _columns(completion, "completed_at", "completed_on", "time_zone") if completion else None,
            "notes": [
                {
                    "id": note.id,
                    "section": note.section,
                    "created_at": note.created_at,
                    "changed_at": note.changed_at,
                    "text": note.text if note.readable else None,
                    "quote": note.passage.quote if note.passage else None,
                }
                for note in notes_of(one)
            ],
            "sittings": [
                _columns(row, "step", "opened_at", "last_at", "seconds", "mark") for row in one.sittings.order_by("opened_at")
            ],
        }
    )


def _reason(step: Any, enrollment: Enrollment) -> str | None:
    written = getattr(step, "written", None)
    return _opened(written.sealed, purpose=REASON, owner=enrollment.holder_id) if written else None


def _credit(one: CreditEntry) -> dict[str, Any]:
    return _item(
        {
            **_columns(
                one, "id", "title", "started", "completed", "amount", "unit", "parts", "format", "activity", "approvals",
                "sponsor_name", "sponsor_kind", "course_id", "provisional", "entered_at",
            ),
            "enrollment": one.completion_id,
            "replaces": one.replaces_id,
            "withdrawals": [_columns(row, "at", "restored") for row in one.withdrawals.all()],
            "proofs": [
                {**_columns(row, "name", "content_type", "size", "sha256", "added_at"), "file": _proof_path(row)}
                for row in one.proofs.all()
            ],
        }
    )  # fmt: skip


def _certificate(one: Certificate) -> dict[str, Any]:
    revocation = getattr(one, "revocation", None)
    return _item(
        {
            **_columns(one, "number", "issued_at", "record"),
            "credit": one.entry_id,
            "file": _certificate_path(one.number),
            "sha256": one.pdf_sha256,
            "revocation": _columns(revocation, "reason", "revoked_at") if revocation else None,
        }
    )


def _request(one: StaffRequest) -> dict[str, Any]:
    return _item(
        {
            **_columns(one, "id", "kind", "reply_to", "sent_at", "answered_at"),
            "course": one.course_id,
            "rule": one.rule or None,
            "rule_version": one.rule_version or None,
            "part": one.part or None,
            "text": _opened(one.sealed, purpose=REQUEST, owner=one.pk),
        }
    )


def _event(one: Model) -> dict[str, Any]:
    return _item(_columns(one, "number", "at", "tag", "subject_kind", "subject_id", "data"))


def _opened(sealed: str, *, purpose: str, owner: object) -> str | None:
    """The words, or None where no key of this installation opens them."""
    try:
        return unseal(sealed, purpose=purpose, owner=owner)
    except PrivateTextError:
        return None


def _certificate_path(number: str) -> str:
    return f"certificates/certificate-{number}.pdf"


_SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


def _proof_path(proof: CreditProof) -> str:
    """A name that is safe on every system: what was uploaded may bear any name, and two files the same."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", proof.name.rpartition(".")[0] or proof.name).strip("-")[:60] or "proof"
    return f"proofs/{stem}-{proof.pk.hex[:8]}{_SUFFIXES.get(proof.content_type, '')}"


def _columns(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _item(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in columns.items()}


def _plain(value: Any) -> Any:
    """As JSON has it: instants in UTC, amounts and ids as texts."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value
