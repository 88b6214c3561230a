"""Finding people, looking at their credits with a trace, and revoking certificates."""

from __future__ import annotations

import uuid

import pytest

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.audit.selectors import list_events
from goodstanding.audit.services import Tag
from goodstanding.credit.models import Certificate, CertificateRevocation
from goodstanding.flows.person_file import open_person_file
from goodstanding.learning import selectors
from goodstanding.learning.models import StepReason
from goodstanding.private_text import unseal

REASON = "Issued for the wrong course."


def test_nobody_is_listed_without_a_question(as_administrator, clinician):
    page = as_administrator.get("/staff/people/").content.decode()
    assert clinician.email not in page


@pytest.mark.parametrize("query", ["ada.find", "EXAMPLE.ORG", "searched ad", "find@exa", "Ádá"])
def test_people_are_found_by_the_beginnings_of_words_of_address_and_name(as_administrator, make_user, query):
    user = make_user(email="ada.find@example.org", legal_name="Ada Searched")
    page = as_administrator.get("/staff/people/", {"q": query}).content.decode()
    assert f"/staff/people/{user.pk}/" in page


@pytest.mark.parametrize(
    ("query", "message"), [("", "Write an e-mail address"), (" a ", "at least two characters"), ("x" * 121, "120")]
)
def test_a_question_that_is_none_is_answered_kindly(as_administrator, clinician, query, message):
    response = as_administrator.get("/staff/people/", {"q": query})
    assert response.status_code == 400
    assert message in response.content.decode()
    assert clinician.email not in response.content.decode()


def test_who_is_not_there_is_not_found(as_administrator):
    assert "Nobody found" in as_administrator.get("/staff/people/", {"q": "nobody at all"}).content.decode()


def test_a_long_list_has_pages_and_few_queries(as_administrator, make_user, django_assert_max_num_queries):
    for _ in range(30):
        make_user(legal_name="Pat Paged")
    with django_assert_max_num_queries(7):
        first = as_administrator.get("/staff/people/", {"q": "Pat Paged"}).content.decode()
    assert first.count("Pat Paged</td>") == 25
    assert "q=Pat+Paged&amp;page=2" in first or "page=2" in first
    second = as_administrator.get("/staff/people/", {"q": "Pat Paged", "page": "2"}).content.decode()
    assert second.count("Pat Paged</td>") == 5


def test_a_person_page_shows_what_was_earned_and_leaves_a_trace(as_administrator, administrator, clinician, certificate):
    page = as_administrator.get(f"/staff/people/{clinician.pk}/").content.decode()

    assert certificate.number in page
    assert certificate.record["course"]["title"] in page
    assert "Provisional" in page
    event = list_events(tag=Tag.CREDITS_VIEWED).get()
    assert (event.actor, event.subject_id) == (str(administrator.pk), str(clinician.pk))


def test_reasons_that_a_learner_wrote_are_never_shown(as_administrator, clinician, certificate):
    kept = [reason.sealed for reason in StepReason.objects.all()]
    reasons = {unseal(sealed, purpose=selectors.REASON, owner=clinician.holder.pk) for sealed in kept}
    assert reasons
    page = as_administrator.get(f"/staff/people/{clinician.pk}/").content.decode()
    assert [text for text in (*reasons, *kept) if text in page] == []


def test_a_person_without_anything_has_a_page_too(as_administrator, clinician):
    page = as_administrator.get(f"/staff/people/{clinician.pk}/").content.decode()
    assert "None issued." in page
    assert "None added." in page


def test_an_unknown_person_is_not_found_and_leaves_no_trace(as_administrator):
    assert as_administrator.get(f"/staff/people/{uuid.uuid4()}/").status_code == 404
    assert not list_events(tag=Tag.CREDITS_VIEWED).exists()


def test_the_file_is_not_opened_for_a_clinician(clinician, other_clinician):
    with pytest.raises(PermissionRefusedError):
        open_person_file(actor=other_clinician, user_id=clinician.pk)
    assert not list_events(tag=Tag.CREDITS_VIEWED).exists()


def test_revoking_takes_two_steps_and_names_the_certificate(as_administrator, certificate, client):
    address = f"/staff/certificates/{certificate.number}/revoke/"
    assert certificate.number in as_administrator.get(address).content.decode()

    confirm = as_administrator.post(address, {"reason": REASON}).content.decode()
    assert certificate.number in confirm
    assert certificate.record["holder_name"] in confirm
    assert REASON in confirm
    assert not CertificateRevocation.objects.exists()

    done = as_administrator.post(address, {"reason": REASON, "step": "sure"}, follow=True).content.decode()
    assert f"Certificate {certificate.number} is revoked." in done
    assert CertificateRevocation.objects.get().reason == REASON
    assert list_events(tag=Tag.CERTIFICATE_REVOKED, subject_id=certificate.number).count() == 1
    assert REASON in client.get(f"/verify/{certificate.number}/").content.decode()


def test_the_reason_can_be_changed_before_it_is_meant(as_administrator, certificate):
    address = f"/staff/certificates/{certificate.number}/revoke/"
    page = as_administrator.post(address, {"reason": REASON, "step": "change"}).content.decode()
    assert f"{REASON}</textarea>" in page
    assert not CertificateRevocation.objects.exists()


@pytest.mark.parametrize("step", ["", "sure"])
@pytest.mark.parametrize(("reason", "message"), [("  ", "Give the reason."), ("x" * 301, "300")])
def test_a_revocation_needs_a_reason_that_fits(as_administrator, certificate, step, reason, message):
    response = as_administrator.post(f"/staff/certificates/{certificate.number}/revoke/", {"reason": reason, "step": step})
    assert response.status_code == 400
    assert message in response.content.decode()
    assert not CertificateRevocation.objects.exists()


def test_the_first_revocation_stands(as_administrator, certificate):
    address = f"/staff/certificates/{certificate.number}/revoke/"
    as_administrator.post(address, {"reason": REASON, "step": "sure"})
    page = as_administrator.post(address, {"reason": "Another.", "step": "sure"}, follow=True).content.decode()
    assert "was revoked before" in page
    assert CertificateRevocation.objects.get().reason == REASON
    assert list_events(tag=Tag.CERTIFICATE_REVOKED).count() == 1
    assert "was revoked before" in as_administrator.get(address).content.decode()


def test_a_certificate_without_an_account_can_be_revoked(as_administrator, certificate):
    holder = Certificate.objects.get().holder
    holder.user = None
    holder.save()
    response = as_administrator.post(f"/staff/certificates/{certificate.number}/revoke/", {"reason": REASON, "step": "sure"})
    assert response.headers["Location"] == "/staff/people/"
    assert CertificateRevocation.objects.exists()
