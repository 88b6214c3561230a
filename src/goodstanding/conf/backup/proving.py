"""Whether what was earned is there as it was issued: every certificate, every file, the audit log, and that private texts open."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from django.core.files.storage import default_storage

__all__ = ["Proof", "prove"]


@dataclass
class Proof:
    """What was looked at, and what was wrong with it."""

    people: int = 0
    certificates: int = 0
    files: int = 0
    wrong_certificates: list[str] = field(default_factory=list)
    wrong_files: list[str] = field(default_factory=list)
    closed_texts: list[str] = field(default_factory=list)
    hidden_people: int = 0
    audit_findings: tuple[str, ...] = ()

    @property
    def complaints(self) -> tuple[str, ...]:
        return (
            *(f"the certificate {number} is not the one that was issued" for number in self.wrong_certificates),
            *(f"the file {name} is missing or not the one that was stored" for name in self.wrong_files),
            *(f"{kind} can not be opened: the key that sealed them is not here" for kind in self.closed_texts),
            *(
                (f"{self.hidden_people} people are not found by their names; save their profiles anew",)
                if self.hidden_people
                else ()
            ),
            *self.audit_findings,
        )


def prove(*, missing: frozenset[str] = frozenset()) -> Proof:
    """
    Look at every certificate, every file, every audit record and how people are found in the configured installation, and at one
    private text of each kind.

    Files in `missing` are not looked for: it is known that they were not there.
    """
    from goodstanding.accounts.finding import people_with_wrong_words
    from goodstanding.accounts.selectors import find_users
    from goodstanding.audit.selectors import verify_log

    proof = Proof(people=find_users().count())
    _prove_certificates(proof)
    _prove_files(proof, missing)
    _open_texts(proof)
    proof.hidden_people = sum(1 for _ in people_with_wrong_words())
    proof.audit_findings = tuple(verify_log(expected=None).findings)
    return proof


def _prove_certificates(proof: Proof) -> None:
    from goodstanding.core.certificates import record_from_json
    from goodstanding.credit.models import Certificate

    rows = Certificate.objects.order_by().values_list("number", "pdf", "pdf_sha256", "record").iterator(chunk_size=200)
    for number, pdf, sha256, record in rows:
        proof.certificates += 1
        try:
            whole = hashlib.sha256(bytes(pdf)).hexdigest() == sha256 and record_from_json(record).number == number
        except ValueError:
            whole = False
        if not whole:
            proof.wrong_certificates.append(number)


def _prove_files(proof: Proof, missing: frozenset[str]) -> None:
    from goodstanding.catalog.models import Approval
    from goodstanding.credit.models import CreditProof

    promised = [
        *CreditProof.objects.order_by().values_list("file", "sha256"),
        *Approval.objects.order_by().values_list("evidence", "evidence_sha256"),
    ]
    for name, sha256 in promised:
        if name in missing:
            continue
        proof.files += 1
        try:
            with default_storage.open(name, "rb") as file:
                whole = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            whole = False
        if not whole:
            proof.wrong_files.append(name)


def _open_texts(proof: Proof) -> None:
    from goodstanding.flows.resealing import KINDS
    from goodstanding.private_text import PrivateTextError, unseal

    for kind in KINDS:
        row = kind.model._default_manager.select_related(*kind.related).order_by("pk").last()  # noqa: SLF001 - Django's documented name
        if row is None:
            continue
        try:
            unseal(row.sealed, purpose=kind.purpose, owner=kind.owner(row))  # type: ignore[attr-defined]
        except PrivateTextError:
            proof.closed_texts.append(kind.name)
