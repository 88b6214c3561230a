"""Reading the ledger and certificates."""

from __future__ import annotations

import hashlib
import itertools
import re
import uuid
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from goodstanding.accounts.permissions import Right, lacks_second_step, may
from goodstanding.core.certificates import CertificateRecord, find_numbers, record_from_json
from goodstanding.core.rules.load import RuleBook
from goodstanding.credit.errors import CertificateNotFoundError, EntryNotFoundError, ProofNotFoundError
from goodstanding.credit.models import Certificate, CreditEntry, CreditProof, CreditWithdrawal
from goodstanding.prepared import Given, Prepared, Rows

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder, User

__all__ = [
    "FileCheck",
    "UnitTotal",
    "access_certificate",
    "access_entry",
    "access_proof",
    "check_file",
    "entries_in_force",
    "get_certificate",
    "history_of",
    "is_withdrawn",
    "list_certificates",
    "list_entries",
    "list_proofs",
    "list_withdrawn",
    "record_of",
    "topics_label",
    "totals_of",
    "years_of",
]


# --- the ledger ------------------------------------------------------------------------------------------------------


def list_entries(*, holder: Holder, year: int | None = None) -> QuerySet[CreditEntry]:
    """
    The entries that hold: the newest of each line of corrections, without those withdrawn; newest completion first.

    Each has `proof_count`, and its certificate is read along.
    """
    entries = _with_state(holder).exclude(_taken_back())
    return entries.filter(completed__year=year) if year is not None else entries


def entries_in_force(*, holder: Holder) -> Rows[CreditEntry]:
    """The same entries without what a list of them shows besides: for what is worked out from them."""
    return _IN_FORCE.ask(holder=holder.pk)


_IN_FORCE = Prepared(lambda: _newest(Given("holder", UUIDField())).exclude(_taken_back()))


def list_withdrawn(*, holder: Holder) -> QuerySet[CreditEntry]:
    """The entries that their holder took back and can bring back."""
    return _with_state(holder).filter(_taken_back())


def _taken_back() -> Exists:
    """The entry's newest withdrawal stands."""
    last = CreditWithdrawal.objects.filter(entry=OuterRef(OuterRef("pk"))).order_by("-at", "-id").values("pk")[:1]
    return Exists(CreditWithdrawal.objects.filter(pk=Subquery(last), restored=False))


def _with_state(holder: Holder) -> QuerySet[CreditEntry]:
    proofs = (
        CreditProof.objects.filter(entry=OuterRef("line"))
        .order_by()
        .values("entry")
        .annotate(number=Count("pk"))
        .values("number")
    )
    entries: QuerySet[CreditEntry] = (
        _newest(holder)
        .select_related("certificate", "certificate__revocation")
        .defer("certificate__pdf")
        .annotate(
            line=Coalesce(F("original_id"), F("id")),
        )
        .annotate(proof_count=Coalesce(Subquery(proofs, output_field=IntegerField()), 0))
    )
    return entries


def _newest(holder: Holder | Given) -> QuerySet[CreditEntry]:
    """The entries that no other one corrects."""
    # Asked entry by entry, not joined: nearly all entries correct none, so a database that has counted them takes the index
    # for useless in a join and reads the whole ledger of everyone instead.
    corrected = Exists(CreditEntry.objects.filter(replaces=OuterRef("pk")))
    return CreditEntry.objects.filter(~corrected, holder=holder)


def years_of(*, holder: Holder) -> list[int]:
    """The years in which the holder's entries were completed, newest first."""
    days = list_entries(holder=holder).order_by("-completed").values_list("completed", flat=True)
    return list(dict.fromkeys(day.year for day in days))


@dataclass(frozen=True)
class UnitTotal:
    """The sum of the amounts in one unit. Units are not converted: how long an hour is, each board says for itself."""

    unit: str
    amount: Decimal


def totals_of(entries: list[CreditEntry]) -> tuple[UnitTotal, ...]:
    """The sums per unit over final amounts, hours first; provisional minutes are no credit yet and are not summed."""
    sums: dict[str, Decimal] = {}
    for entry in entries:
        if not entry.provisional:
            sums[entry.unit] = sums.get(entry.unit, Decimal(0)) + entry.amount
    return tuple(UnitTotal(unit, amount) for unit, amount in sorted(sums.items(), key=lambda item: (item[0] != "hour", item[0])))


def access_entry(*, holder: Holder, entry_id: uuid.UUID | str) -> CreditEntry:
    """The holder's entry with this id, whatever became of it; EntryNotFoundError if it is not hers."""
    try:
        entry: CreditEntry | None = (
            CreditEntry.objects.filter(holder=holder, pk=entry_id)
            .select_related("original", "certificate", "certificate__revocation")
            .defer("certificate__pdf")
            .first()
        )
    except (ValidationError, ValueError):
        entry = None
    if entry is None:
        raise EntryNotFoundError
    return entry


def history_of(entry: CreditEntry) -> list[CreditEntry]:
    """The line of corrections that `entry` belongs to, newest first."""
    first = entry.original_id or entry.pk
    line = CreditEntry.objects.filter(original_id=first) | CreditEntry.objects.filter(pk=first)
    by_replaced = {row.replaces_id: row for row in line}
    ordered: list[CreditEntry] = []
    at: uuid.UUID | None = None
    while (row := by_replaced.get(at)) is not None:
        ordered.append(row)
        at = row.pk
    return ordered[::-1]


def is_withdrawn(entry: CreditEntry) -> bool:
    """Whether the holder took the entry back and has not brought it back since."""
    last = CreditWithdrawal.objects.filter(entry=entry).order_by("-at", "-id").first()
    return last is not None and not last.restored


def list_proofs(entry: CreditEntry) -> QuerySet[CreditProof]:
    """The proofs of the whole line of corrections, oldest first."""
    proofs: QuerySet[CreditProof] = CreditProof.objects.filter(entry_id=entry.original_id or entry.pk).order_by("added_at")
    return proofs


def access_proof(*, holder: Holder, proof_id: uuid.UUID | str) -> CreditProof:
    """The holder's proof with this id; ProofNotFoundError if it is not hers."""
    try:
        proof: CreditProof | None = CreditProof.objects.filter(entry__holder=holder, pk=proof_id).first()
    except (ValidationError, ValueError):
        proof = None
    if proof is None:
        raise ProofNotFoundError
    return proof


def topics_label(rules: RuleBook, topics: Iterable[str]) -> str:
    """The names of the topics in one phrase; a topic that the vocabulary has dropped since is spelled out from its id."""
    phrase = ", ".join(rules.topics.label(topic) if topic in rules.topics else topic.replace("_", " ") for topic in topics)
    return phrase[:1].upper() + phrase[1:]


# --- certificates ----------------------------------------------------------------------------------------------------


def list_certificates(*, holder: Holder) -> QuerySet[Certificate]:
    """The holder's certificates with their revocations, newest first, without the files."""
    certificates: QuerySet[Certificate] = Certificate.objects.filter(holder=holder).select_related("revocation").defer("pdf")
    return certificates


def get_certificate(number: str) -> Certificate:
    """The certificate with this number, written as we write it, without its file; CertificateNotFoundError if there is none."""
    certificate: Certificate | None = Certificate.objects.filter(number=number).select_related("revocation").defer("pdf").first()
    if certificate is None:
        raise CertificateNotFoundError(number)
    return certificate


def access_certificate(*, user: User, number: str) -> Certificate:
    """The certificate for its owner, or an administrator who signs in with a second step; for everyone else there is none."""
    certificate: Certificate | None = Certificate.objects.filter(number=number).select_related("holder").first()
    if certificate is None:
        raise CertificateNotFoundError(number)
    if certificate.holder.user_id == user.pk:
        return certificate
    if may(user, Right.ADMINISTRATION) and not lacks_second_step(user):
        return certificate
    raise CertificateNotFoundError(number)


def record_of(certificate: Certificate) -> CertificateRecord:
    """What the certificate says."""
    return record_from_json(certificate.record)


@dataclass(frozen=True)
class FileCheck:
    """
    What a file turned out to be.

    ``genuine``: byte for byte the file we issued. ``edited``: it bears the number of a certificate of ours and is not the
    file we issued. ``unknown``: it bears no number of ours, or one that was never given.
    """

    verdict: Literal["genuine", "edited", "unknown"]
    certificate: Certificate | None
    number: str | None
    sha256: str


def check_file(data: bytes) -> FileCheck:
    """Compare a file with what was issued."""
    sha256 = hashlib.sha256(data).hexdigest()
    issued = Certificate.objects.select_related("revocation").defer("pdf")
    genuine = issued.filter(pdf_sha256=sha256).first()
    if genuine is not None:
        return FileCheck("genuine", genuine, genuine.number, sha256)
    first: str | None = None
    for number in _numbers_in(data):
        first = first or number
        certificate = issued.filter(number=number).first()
        if certificate is not None:
            return FileCheck("edited", certificate, number, sha256)
    return FileCheck("unknown", None, first, sha256)


_INFLATED_AT_MOST = 20_000_000
_NUMBERS_AT_MOST = 20
_STREAMS_AT_MOST = 5_000
_PIECE = 16_384
_STREAM = re.compile(rb"stream\r?\n")


def _numbers_in(data: bytes) -> list[str]:
    """
    The certificate numbers that stand in a PDF: in its metadata, its link, or any of its compressed parts.

    Reading a PDF in full is not needed for that and would trust a stranger's file with a parser; parts are only inflated,
    and only up to a limit.
    """
    found: dict[str, None] = {}
    for text in _texts_in(data):
        found.update(dict.fromkeys(find_numbers(text)))
        if len(found) >= _NUMBERS_AT_MOST:
            break
    return list(found)[:_NUMBERS_AT_MOST]


def _texts_in(data: bytes) -> Iterator[str]:
    yield data.decode("latin-1")
    # A strange writer may keep its text as UTF-16: without the zero bytes it reads the same.
    if b"\0" in data:
        yield data.replace(b"\0", b"").decode("latin-1")
    left = _INFLATED_AT_MOST
    whole = memoryview(data)
    for match in itertools.islice(_STREAM.finditer(data), _STREAMS_AT_MOST):
        if left <= 0:
            return
        inflated = _inflated(whole[match.end() :], left)
        left -= len(inflated)
        yield inflated.replace(b"\0", b"").decode("latin-1")


def _inflated(data: memoryview, most: int) -> bytes:
    """What `data` begins with when inflated, at most `most` bytes; as far as it goes where it is damaged or nothing of the kind."""
    inflating, found = zlib.decompressobj(), bytearray()
    try:
        # In pieces, for the library keeps a copy of whatever it was given and did not need.
        for at in range(0, len(data), _PIECE):
            found += inflating.decompress(data[at : at + _PIECE], most - len(found))
            if inflating.eof or len(found) >= most:
                break
    except zlib.error:
        pass
    return bytes(found)
