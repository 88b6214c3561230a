"""Credits from elsewhere: entered once, corrected by a new row, withdrawn and brought back."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from goodstanding.accounts.models import User
from goodstanding.audit.models import AuditEvent
from goodstanding.core.uploads import UploadError
from goodstanding.credit.earned import EarnedPart, show_amount
from goodstanding.credit.errors import (
    AwardedEntryError,
    CreditRefusedError,
    EntryNotFoundError,
    EntryReplacedError,
    EntryWithdrawnError,
    ProofNotFoundError,
)
from goodstanding.credit.models import CreditEntry, CreditProof
from goodstanding.credit.selectors import (
    access_entry,
    access_proof,
    history_of,
    is_withdrawn,
    list_entries,
    list_proofs,
    list_withdrawn,
    totals_of,
    years_of,
)
from goodstanding.credit.services import (
    add_proof,
    award_completion,
    correct_credit,
    enter_credit,
    restore_credit,
    withdraw_credit,
)
from tests.credit.making import AT, PDF, TODAY, completion, earned, picture, submission, upload


def enter(user: User, **changes: Any) -> CreditEntry:
    extra = {name: changes.pop(name) for name in ("submission", "proof") if name in changes}
    return enter_credit(
        holder=user.holder, actor=user, credit=earned(**changes), at=AT, today=TODAY, **{"submission": submission(), **extra}
    )


def correct(user: User, entry: CreditEntry, **changes: Any) -> CreditEntry:
    return correct_credit(
        holder=user.holder, actor=user, entry_id=entry.pk, credit=earned(**changes), submission=submission(), at=AT, today=TODAY
    )


def ledger(user: User) -> list[CreditEntry]:
    return list(list_entries(holder=user.holder))


def test_entry_is_as_it_was_entered(clinician: User) -> None:
    parts = (EarnedPart(amount=Decimal("2.50"), topics=("ethics", "telehealth")),)

    entry = access_entry(holder=clinician.holder, entry_id=enter(clinician, parts=parts, title="  Ethics \n in  a town ").pk)

    assert entry.title == "Ethics in a town"
    assert entry.parts == [{"amount": "2.5", "topics": ["ethics", "telehealth"]}]
    assert (entry.amount, entry.unit, entry.approvals) == (Decimal(6), "hour", ["nbcc"])
    assert (entry.sponsor_name, entry.sponsor_kind, entry.provisional) == ("Example Institute", "association", False)
    event = AuditEvent.objects.get(tag="credit:entry:entered")
    assert (event.actor, event.subject_id, event.data) == (str(clinician.pk), str(entry.pk), {})


@pytest.mark.parametrize("approvals", [None, ()])
def test_no_approval_is_not_the_same_as_not_stated(clinician: User, approvals: tuple[str, ...] | None) -> None:
    stored = access_entry(holder=clinician.holder, entry_id=enter(clinician, approvals=approvals).pk).approvals

    assert stored == (None if approvals is None else [])


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title": " "}, "title", "Enter the title"),
        ({"title": "x" * 201}, "title", "200 characters"),
        ({"completed": TODAY + dt.timedelta(days=1)}, "completed", "in the future"),
        ({"completed": dt.date(1899, 1, 1)}, "completed", "Check the year"),
        ({"started": dt.date(2026, 3, 2)}, "started", "after the day of completion"),
        ({"started": dt.date(1899, 1, 1)}, "started", "Check the year"),
        ({"amount": Decimal(0)}, "amount", "above zero"),
        ({"amount": Decimal(-3)}, "amount", "above zero"),
        ({"amount": Decimal("NaN")}, "amount", "above zero"),
        ({"amount": Decimal("1000.01")}, "amount", "at most 1000 hours"),
        ({"amount": Decimal("1e999999")}, "amount", "more than can be right"),
        ({"amount": Decimal("1.005")}, "amount", "two decimals"),
        ({"amount": Decimal(101), "unit": "ceu"}, "amount", "at most 100 CEUs"),
        ({"unit": "week"}, "unit", "Choose the unit"),
        ({"parts": (EarnedPart(amount=Decimal(7), topics=("ethics",)),)}, "parts", "add up to 7 hours, more than the whole of 6"),
        ({"parts": (EarnedPart(amount=Decimal(4), topics=("ethics",)),) * 2}, "parts", "add up to 8 hours"),
        ({"parts": (EarnedPart(amount=Decimal(0), topics=("ethics",)),)}, "parts", "above zero"),
        ({"parts": (EarnedPart(amount=Decimal(1), topics=()),)}, "parts", "at least one topic"),
        ({"parts": (EarnedPart(amount=Decimal(1), topics=("astrology",)),)}, "parts", "from the list"),
        ({"parts": (EarnedPart(amount=Decimal("0.1"), topics=("ethics",)),) * 13}, "parts", "at most 12"),
        ({"format": "by_mail"}, "format", "how it was given"),
        ({"activity": "sleep"}, "activity", "what kind"),
        ({"approvals": ("nobody",)}, "approvals", "approval bodies listed"),
        ({"sponsor_name": "x" * 121}, "sponsor_name", "120 characters"),
        ({"sponsor_kind": "club"}, "sponsor_kind", "what kind of organization"),
    ],
)
def test_what_can_not_be_right_is_refused(clinician: User, changes: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(CreditRefusedError) as refusal:
        enter(clinician, **changes)

    assert list(refusal.value.problems) == [field]
    assert words in refusal.value.problems[field]
    assert ledger(clinician) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"completed": TODAY},
        {"started": dt.date(2026, 3, 1)},
        {"amount": Decimal(1000)},
        {"amount": Decimal("0.01")},
        {"parts": (EarnedPart(amount=Decimal(6), topics=("ethics",)),)},
        {"parts": (EarnedPart(amount=Decimal(1), topics=("law_and_ethics_us_ca",)),)},
    ],
)
def test_the_last_possible_value_is_taken(clinician: User, changes: dict[str, Any]) -> None:
    enter(clinician, **changes)

    assert len(ledger(clinician)) == 1


def test_every_problem_is_said_at_once(clinician: User) -> None:
    with pytest.raises(CreditRefusedError) as refusal:
        enter(clinician, title="", completed=TODAY + dt.timedelta(days=1), amount=Decimal(0))

    assert set(refusal.value.problems) == {"title", "completed", "amount"}


def test_a_form_that_is_sent_twice_enters_once(clinician: User) -> None:
    form = submission()

    first = enter(clinician, submission=form)
    second = enter(clinician, submission=form, title="Something else")

    assert second == first
    assert len(ledger(clinician)) == 1


def test_someone_elses_submission_is_not_found(clinician: User, other_clinician: User) -> None:
    form = submission()
    enter(clinician, submission=form)

    with pytest.raises(EntryNotFoundError):
        enter(other_clinician, submission=form)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_enters_once(clinician: User) -> None:
    form = submission()
    together = threading.Barrier(4)

    def click() -> object:
        try:
            together.wait(timeout=20)
            return enter(clinician, submission=form, proof=upload()).pk
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        entries = {future.result() for future in [pool.submit(click) for _ in range(4)]}

    assert len(entries) == 1
    assert CreditEntry.objects.count() == CreditProof.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_corrections_at_once_leave_one_line(clinician: User) -> None:
    entry = enter(clinician)
    together = threading.Barrier(2)

    def change(amount: int) -> object:
        try:
            together.wait(timeout=20)
            return correct(clinician, entry, amount=Decimal(amount)).pk
        except EntryReplacedError as error:
            return error
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = [future.result() for future in [pool.submit(change, amount) for amount in (4, 5)]]

    assert sum(isinstance(answer, EntryReplacedError) for answer in answers) == 1
    assert len(ledger(clinician)) == 1


def test_a_correction_replaces_and_keeps_the_earlier_row(clinician: User) -> None:
    first = enter(clinician)

    second = correct(clinician, first, amount=Decimal(5))
    third = correct(clinician, second, amount=Decimal(4))

    assert ledger(clinician) == [third]
    assert history_of(first) == history_of(third) == [third, second, first]
    assert (third.replaces, third.original, second.original) == (second, first, first)
    assert access_entry(holder=clinician.holder, entry_id=first.pk).amount == 6
    assert AuditEvent.objects.filter(tag="credit:entry:corrected").count() == 2


def test_a_correction_without_difference_writes_nothing(clinician: User) -> None:
    first = enter(clinician, parts=(EarnedPart(amount=Decimal(2), topics=("ethics",)),))

    again = correct(clinician, first, parts=(EarnedPart(amount=Decimal(2), topics=("ethics",)),))

    assert again == first
    assert CreditEntry.objects.count() == 1


def test_an_entry_that_was_replaced_can_not_be_changed(clinician: User) -> None:
    first = enter(clinician)
    correct(clinician, first, amount=Decimal(5))

    with pytest.raises(EntryReplacedError):
        correct(clinician, first, amount=Decimal(4))
    with pytest.raises(EntryReplacedError):
        withdraw_credit(holder=clinician.holder, actor=clinician, entry_id=first.pk, at=AT)


def test_withdrawing_and_bringing_back(clinician: User) -> None:
    entry = enter(clinician)

    for _ in range(2):  # twice is the same as once
        withdraw_credit(holder=clinician.holder, actor=clinician, entry_id=entry.pk, at=AT)
    assert ledger(clinician) == []
    assert list(list_withdrawn(holder=clinician.holder)) == [entry]
    assert is_withdrawn(entry)
    with pytest.raises(EntryWithdrawnError):
        correct(clinician, entry, amount=Decimal(5))

    for _ in range(2):
        restore_credit(holder=clinician.holder, actor=clinician, entry_id=entry.pk, at=AT)
    assert ledger(clinician) == [entry]
    assert list(list_withdrawn(holder=clinician.holder)) == []
    assert entry.withdrawals.count() == 2


def test_credit_earned_here_can_not_be_changed(clinician: User) -> None:
    entry = award_completion(completion=completion(clinician), at=AT).entry

    with pytest.raises(AwardedEntryError):
        correct(clinician, entry)
    with pytest.raises(AwardedEntryError):
        withdraw_credit(holder=clinician.holder, actor=clinician, entry_id=entry.pk, at=AT)
    assert ledger(clinician) == [entry]


def test_nobody_else_reads_or_writes_a_ledger(clinician: User, other_clinician: User, administrator: User) -> None:
    entry = enter(clinician, proof=upload())
    proof = list_proofs(entry).get()

    for stranger in (other_clinician, administrator):
        with pytest.raises(EntryNotFoundError):
            access_entry(holder=stranger.holder, entry_id=entry.pk)
        with pytest.raises(ProofNotFoundError):
            access_proof(holder=stranger.holder, proof_id=proof.pk)
        with pytest.raises(EntryNotFoundError):
            withdraw_credit(holder=stranger.holder, actor=stranger, entry_id=entry.pk, at=AT)
        with pytest.raises(EntryNotFoundError):
            withdraw_credit(holder=clinician.holder, actor=stranger, entry_id=entry.pk, at=AT)
        with pytest.raises(EntryNotFoundError):
            enter_credit(holder=clinician.holder, actor=stranger, credit=earned(), submission=submission(), at=AT, today=TODAY)
    assert ledger(clinician) == [entry]


def test_proof_is_kept_privately_under_a_random_name(clinician: User) -> None:
    proof = list_proofs(enter(clinician, proof=upload("Certificate 2026.pdf"))).get()

    assert (proof.content_type, proof.size, proof.name) == ("application/pdf", len(PDF), "Certificate 2026.pdf")
    path = Path(proof.file.path)
    assert path.read_bytes() == PDF
    assert Path(settings.STORAGES["default"]["OPTIONS"]["location"]) / "proofs" == path.parent
    assert "Certificate" not in path.name
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("certificate.pdf", b"<html><script>alert(1)</script></html>", "not a PDF, JPEG or PNG"),
        ("certificate.pdf", PDF.replace(b"%%EOF", b""), "breaks off"),
        ("photo.png", PDF, "ends in .png"),
    ],
)
def test_a_file_that_can_not_be_proof_is_refused_and_nothing_entered(clinician: User, name: str, data: bytes, words: str) -> None:
    with pytest.raises(UploadError, match=words):
        enter(clinician, proof=upload(name, data))

    assert CreditEntry.objects.count() == CreditProof.objects.count() == 0


def test_a_proof_can_be_added_later_and_stays_with_every_correction(clinician: User) -> None:
    first = enter(clinician)
    add_proof(holder=clinician.holder, actor=clinician, entry_id=first.pk, proof=upload(), at=AT)

    second = correct(clinician, first, amount=Decimal(5))
    add_proof(holder=clinician.holder, actor=clinician, entry_id=second.pk, proof=upload("b.png", picture("PNG")), at=AT)
    add_proof(holder=clinician.holder, actor=clinician, entry_id=second.pk, proof=upload("again.pdf"), at=AT)

    assert [proof.name for proof in list_proofs(second)] == ["certificate.pdf", "b.png"]
    assert [entry.proof_count for entry in ledger(clinician)] == [2]


def test_years_and_sums(clinician: User) -> None:
    enter(clinician, amount=Decimal("1.5"))
    enter(clinician, amount=Decimal("2.25"), completed=dt.date(2024, 5, 1))
    enter(clinician, amount=Decimal(1), unit="semester_credit", completed=dt.date(2024, 5, 1))
    award_completion(completion=completion(clinician), at=AT)

    assert years_of(holder=clinician.holder) == [2026, 2024]
    assert [(total.unit, total.amount) for total in totals_of(ledger(clinician))] == [
        ("hour", Decimal("3.75")),
        ("semester_credit", Decimal(1)),
    ]  # provisional minutes are no credit yet
    assert len(list_entries(holder=clinician.holder, year=2024)) == 2


@pytest.mark.parametrize(("amount", "shown"), [("6.00", "6"), ("1.50", "1.5"), ("100", "100"), ("1e30", "1e+30")])
def test_amounts_are_shown_as_people_write_them(amount: str, shown: str) -> None:
    assert show_amount(Decimal(amount)) == shown
