"""The credit ledger in the browser."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodstanding.accounts.models import User
from goodstanding.credit.models import CreditEntry, CreditProof
from goodstanding.credit.selectors import list_entries, list_proofs
from goodstanding.credit.services import award_completion, enter_credit
from goodstanding.licensing.models import License
from tests.credit.making import AT, PDF, TODAY, completion, earned, picture, submission, upload

pytestmark = pytest.mark.django_db


def filled(**changes: Any) -> dict[str, Any]:
    """The form as a careful person fills it in; None leaves a field out."""
    values = {
        "submission": str(uuid.uuid4()),
        "title": "Ethics in a small town",
        "completed": "2026-03-01",
        "started": "",
        "amount": "6",
        "unit": "hour",
        "part_amount_0": "2.5",
        "part_topic_0": "ethics",
        "part_also_0": "telehealth",
        "format": "asynchronous",
        "activity": "course",
        "approvals": ["nbcc", "apa"],
        "sponsor_name": "Example Institute",
        "sponsor_kind": "association",
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def enter(user: User, **changes: Any) -> CreditEntry:
    proof = changes.pop("proof", None)
    return enter_credit(
        holder=user.holder, actor=user, credit=earned(**changes), submission=submission(), at=AT, today=TODAY, proof=proof
    )


def test_form_enters_a_credit_with_its_proof(signed_in: Client, clinician: User) -> None:
    response = signed_in.post("/credits/add/", filled(proof=upload()))

    entry = list_entries(holder=clinician.holder).get()
    assert response["Location"] == f"/credits/{entry.pk}/"
    assert (entry.title, str(entry.amount), entry.unit, entry.completed) == (
        "Ethics in a small town",
        "6.00",
        "hour",
        dt.date(2026, 3, 1),
    )
    assert entry.parts == [{"amount": "2.5", "topics": ["ethics", "telehealth"]}]
    assert (entry.approvals, entry.sponsor_name, entry.sponsor_kind) == (["apa", "nbcc"], "Example Institute", "association")
    html = signed_in.get(response["Location"]).content.decode()
    for words in (
        "is in your ledger",
        "6 hours",
        "Professional ethics, telehealth: 2.5 hours",
        "National Board",
        "certificate.pdf",
    ):
        assert words in html


@pytest.mark.parametrize(("ticked", "stored"), [(["none"], []), (["unknown"], None)])
def test_none_and_unknown_are_different_answers(signed_in: Client, clinician: User, ticked: list[str], stored: object) -> None:
    signed_in.post("/credits/add/", filled(approvals=ticked))

    assert list_entries(holder=clinician.holder).get().approvals == stored


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Enter the title"),
        ({"completed": ""}, "Enter the day"),
        ({"completed": "2026-02-30"}, "Enter a day of the calendar"),
        ({"completed": (timezone.now() + dt.timedelta(days=2)).date().isoformat()}, "This day is in the future"),
        ({"started": "2026-03-02"}, "The start lies after the day of completion"),
        ({"amount": ""}, "Enter how much you earned"),
        ({"amount": "six"}, "Enter a number, such as 6"),
        ({"amount": "-3", "part_amount_0": ""}, "above zero"),
        ({"amount": "1001"}, "at most 1000 hours"),
        ({"amount": "1e9"}, "more than can be right"),
        ({"amount": "1e999999999"}, "more than can be right"),
        ({"amount": "NaN"}, "Enter a number"),
        ({"part_amount_0": "7"}, "more than the whole of 6 hours"),
        ({"part_amount_0": "-1"}, "above zero"),
        ({"part_topic_0": "", "part_also_0": ""}, "Choose what this part was about"),
        ({"part_amount_0": ""}, "Enter how much of it was about this topic"),
        ({"format": None}, "Choose how it was given"),
        ({"approvals": []}, "Tick what the certificate names"),
        ({"approvals": ["nbcc", "none"]}, "exclude each other"),
        ({"approvals": ["astrologers"]}, "astrologers is not one of the available choices"),
        ({"sponsor_name": "x" * 121}, "Shorten the name"),
    ],
)
def test_wrong_input_says_what_to_mend_and_loses_nothing(
    signed_in: Client, clinician: User, changes: dict[str, Any], words: str
) -> None:
    form = filled(**changes)

    response = signed_in.post("/credits/add/", form)
    html = response.content.decode()

    assert response.status_code == 200
    assert words in html
    assert "What you entered is still here" in html
    for name in ("title", "amount", "sponsor_name", "part_amount_0", "submission"):
        if form.get(name):
            assert f'value="{form[name]}"' in html
    assert re.search(r'<option value="telehealth" selected', html) or "part_also_0" in changes
    assert CreditEntry.objects.count() == 0
    # and the same form, mended, is taken
    assert signed_in.post("/credits/add/", filled(submission=form["submission"])).status_code == 302


def test_everything_wrong_is_said_at_once(signed_in: Client) -> None:
    html = signed_in.post(
        "/credits/add/", filled(title="", completed="2126-01-01", amount="-1", part_amount_0="", approvals=[])
    ).content.decode()

    said = ("Enter the title", "in the future", "above zero", "Enter how much of it was about this topic", "Tick what")
    places = [html.index(words) for words in said]
    assert places == sorted(places)  # the summary follows the page


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("certificate.pdf", b""), "The file is empty"),
        (("certificate.pdf", b"<html>"), "not a PDF, JPEG or PNG, whatever its name says"),
        (("certificate.pdf", "PNG"), "the file is a PNG picture"),
        (("certificate.pdf", PDF.ljust(10 * 1024 * 1024 + 1)), "larger than 10 MB"),
    ],
)
def test_wrong_file_is_refused_and_the_rest_stays(signed_in: Client, file: tuple[str, Any], words: str) -> None:
    name, data = file

    html = signed_in.post(
        "/credits/add/", filled(proof=upload(name, picture(data) if isinstance(data, str) else data))
    ).content.decode()

    assert words in html
    assert 'value="Ethics in a small town"' in html
    assert CreditEntry.objects.count() == CreditProof.objects.count() == 0


def test_a_good_file_must_be_chosen_again_when_something_else_is_wrong(signed_in: Client) -> None:
    html = signed_in.post("/credits/add/", filled(amount="-3", proof=upload())).content.decode()

    assert "Choose the file once more" in html
    assert CreditProof.objects.count() == 0


def test_a_form_sent_twice_enters_once(signed_in: Client) -> None:
    form = filled()

    first, second = signed_in.post("/credits/add/", form), signed_in.post("/credits/add/", form)

    assert first["Location"] == second["Location"]
    assert CreditEntry.objects.count() == 1


def test_more_parts_can_be_added_without_losing_what_was_typed(signed_in: Client, clinician: User) -> None:
    html = signed_in.post("/credits/add/", filled(rows="2", more="1", amount="six")).content.decode()

    assert 'name="part_amount_2"' in html
    assert 'value="Ethics in a small town"' in html
    assert 'value="six"' in html
    assert CreditEntry.objects.count() == 0
    signed_in.post("/credits/add/", filled(rows="3", part_amount_2="1", part_topic_2="suicide"))
    assert [part["topics"] for part in list_entries(holder=clinician.holder).get().parts] == [
        ["ethics", "telehealth"],
        ["suicide"],
    ]


def test_form_begins_with_one_part_and_goes_on_at_the_new_one(signed_in: Client) -> None:
    empty = signed_in.get("/credits/add/").content.decode()
    longer = signed_in.post("/credits/add/", filled(rows="1", more="1", proof=upload())).content.decode()

    assert "part_amount_0" in empty
    assert "part_amount_1" not in empty
    assert re.search(r'<input[^>]*name="part_amount_1"[^>]*autofocus', longer)
    assert len(re.findall("autofocus", longer)) == 1
    assert "Choose the file once more" in longer
    assert "Choose the file once more" not in empty


def test_enter_in_a_field_sends_the_form_and_adds_no_part(signed_in: Client) -> None:
    form = re.search(r"<form method=\"post\" enctype.*?</form>", signed_in.get("/credits/add/").content.decode(), re.DOTALL)

    assert form
    first, *others = re.findall(r"<button[^>]*>", form[0])
    assert "name=" not in first
    assert any('name="more"' in one for one in others)


def test_topics_of_ones_own_state_can_be_chosen(signed_in: Client, clinician: User) -> None:
    assert "law_and_ethics_us_ca" not in signed_in.get("/credits/add/").content.decode()
    License.objects.create(holder=clinician.holder, rule="us/ca/lpcc", profession="counselor", license_type="LPCC", number="1")

    assert "Law and ethics (US-CA)" in signed_in.get("/credits/add/").content.decode()
    assert signed_in.post("/credits/add/", filled(part_topic_0="law_and_ethics_us_ca")).status_code == 302


def test_ledger_lists_what_holds(signed_in: Client, clinician: User) -> None:
    award_completion(completion=completion(clinician), at=AT)
    enter(clinician, proof=upload())
    enter(clinician, title="From 2024", completed=dt.date(2024, 5, 1), approvals=None)

    html = signed_in.get("/credits/").content.decode()

    for words in (
        "A small course", "39 minutes", "Provisional", "Certificate", "Ethics in a small town", "6 hours", "NBCC ACEP", "Example Institute",
        "1 file", "From 2024", "Not stated", "12 hours", "1 March 2026",
    ):  # fmt: skip
        assert words in html


def test_ledger_shows_one_year(signed_in: Client, clinician: User) -> None:
    enter(clinician)
    enter(clinician, title="From 2024", completed=dt.date(2024, 5, 1))

    html = signed_in.get("/credits/", {"year": "2024"}).content.decode()

    assert "From 2024" in html
    assert "Ethics in a small town" not in html
    for odd in ("1999", "x", "²", "-1"):
        assert "Ethics in a small town" in signed_in.get("/credits/", {"year": odd}).content.decode()


def test_ledger_can_be_taken_to_a_spreadsheet(signed_in: Client, clinician: User, other_clinician: User) -> None:
    certificate = award_completion(completion=completion(clinician), at=AT)
    enter(clinician, title='=HYPERLINK("http://example.org")', sponsor_name="Ümlaut, Inc.")
    enter(other_clinician, title="Someone else's")

    response = signed_in.get("/credits/credits.csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert response["Content-Disposition"] == 'attachment; filename="credits.csv"'
    assert [(row["title"], row["amount"], row["unit"], row["provisional"], row["certificate"]) for row in rows] == [
        ("A small course", "39", "minute", "yes", certificate.number),
        ('\'=HYPERLINK("http://example.org")', "6", "hour", "no", ""),
    ]
    assert rows[1]["sponsor"] == "Ümlaut, Inc."


def test_empty_ledger_says_what_to_do(signed_in: Client) -> None:
    html = signed_in.get("/credits/").content.decode()

    assert "No credit yet" in html
    assert 'href="/credits/add/"' in html


def test_ledger_asks_the_database_the_same_for_one_and_for_many(
    signed_in: Client, clinician: User, django_assert_num_queries: Any
) -> None:
    award_completion(completion=completion(clinician), at=AT)
    with CaptureQueriesContext(connection) as one:
        signed_in.get("/credits/")
    for number in range(5):
        enter(clinician, title=f"Course {number}", proof=upload())
    award_completion(completion=completion(clinician, slug="another"), at=AT)
    with django_assert_num_queries(len(one)):
        signed_in.get("/credits/")


def test_correction_starts_from_what_is_stored_and_keeps_the_history(signed_in: Client, clinician: User) -> None:
    signed_in.post("/credits/add/", filled())
    entry = list_entries(holder=clinician.holder).get()
    html = signed_in.get(f"/credits/{entry.pk}/correct/").content.decode()
    for words in ('value="Ethics in a small town"', 'value="2026-03-01"', 'value="6"', 'value="2.5"', "selected>Telehealth"):
        assert words in html

    response = signed_in.post(f"/credits/{entry.pk}/correct/", filled(amount="5.5"), follow=True)

    html = response.content.decode()
    assert "5.5 hours" in html
    assert "Earlier versions" in html
    assert "6 hours" in html
    newest = list_entries(holder=clinician.holder).get()
    assert newest.replaces_id == entry.pk
    assert signed_in.get(f"/credits/{entry.pk}/")["Location"] == f"/credits/{newest.pk}/"
    # a second window with the old version
    html = signed_in.post(f"/credits/{entry.pk}/correct/", filled(amount="4")).content.decode()
    assert "corrected in the meantime" in html


def test_withdrawing_asks_once_and_can_be_undone(signed_in: Client, clinician: User) -> None:
    entry = enter(clinician)
    assert "Withdraw this credit?" in signed_in.get(f"/credits/{entry.pk}/withdraw/").content.decode()

    html = signed_in.post(f"/credits/{entry.pk}/withdraw/", follow=True).content.decode()
    assert "counts for nothing now" in html
    assert list(list_entries(holder=clinician.holder)) == []
    assert "Withdrawn" in signed_in.get("/credits/").content.decode()

    html = signed_in.post(f"/credits/{entry.pk}/restore/", follow=True).content.decode()
    assert "back in your ledger" in html
    assert list(list_entries(holder=clinician.holder)) == [entry]


def test_credit_completed_here_offers_its_certificate_and_no_change(signed_in: Client, clinician: User) -> None:
    certificate = award_completion(completion=completion(clinician), at=AT)
    entry = certificate.entry

    html = signed_in.get(f"/credits/{entry.pk}/").content.decode()

    assert certificate.number in html
    assert "Completed here" in html
    assert "/correct/" not in html
    assert "/withdraw/" not in html
    assert signed_in.get(f"/credits/{entry.pk}/correct/").status_code == 302
    html = signed_in.post(f"/credits/{entry.pk}/withdraw/", follow=True).content.decode()
    assert "stands as certified" in html
    html = signed_in.post(f"/credits/{entry.pk}/proof/", {"proof": upload()}).content.decode()
    assert CreditProof.objects.count() == 0
    assert list(list_entries(holder=clinician.holder)) == [entry]


def test_proof_is_added_later_and_only_ever_downloaded(signed_in: Client, clinician: User) -> None:
    entry = enter(clinician)
    assert "Choose the file" in signed_in.post(f"/credits/{entry.pk}/proof/", {}).content.decode()
    assert "not a PDF" in signed_in.post(f"/credits/{entry.pk}/proof/", {"proof": upload(data=b"<html>")}).content.decode()

    signed_in.post(f"/credits/{entry.pk}/proof/", {"proof": upload("scan ü.png", picture("PNG"))})

    proof = list_proofs(entry).get()
    response = signed_in.get(f"/credits/proofs/{proof.pk}/")
    assert b"".join(response.streaming_content) == picture("PNG")  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"


def test_a_proof_whose_file_is_gone_is_not_found(signed_in: Client, clinician: User) -> None:
    proof = list_proofs(enter(clinician, proof=upload())).get()
    proof.file.storage.delete(proof.file.name)

    assert signed_in.get(f"/credits/proofs/{proof.pk}/").status_code == 404


def test_other_peoples_credits_do_not_exist(client: Client, clinician: User, other_clinician: User, administrator: User) -> None:
    entry = enter(clinician, proof=upload())
    proof = list_proofs(entry).get()
    addresses = [
        f"/credits/{entry.pk}/",
        f"/credits/{entry.pk}/correct/",
        f"/credits/{entry.pk}/withdraw/",
        f"/credits/proofs/{proof.pk}/",
    ]
    posts = [f"/credits/{entry.pk}/{what}/" for what in ("correct", "withdraw", "restore", "proof")]

    assert {client.get(address).status_code for address in [*addresses, "/credits/", "/credits/add/"]} == {302}
    for stranger in (other_clinician, administrator):
        client.force_login(stranger)
        assert {client.get(address).status_code for address in addresses} == {404}
        assert {client.post(address, filled()).status_code for address in posts} == {404}
    assert list(list_entries(holder=clinician.holder)) == [entry]
    assert client.get(f"/credits/{uuid.uuid4()}/").status_code == 404
