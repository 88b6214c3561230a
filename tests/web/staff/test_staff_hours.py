"""Signing for hours on the staff pages, and what course pages then say."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse

from goodstanding.catalog.models import BasisSignature
from goodstanding.catalog.selectors import get_course


@pytest.fixture
def base(slug):
    return f"/staff/hours/{slug}/1/"


def rating(name, difficulty="3", **changes):
    return {
        "name": name, "credentials": "PhD", "discipline": "Psychology", "difficulty": difficulty, "note": f"{name} weighs two duties.",
        "submission": str(uuid.uuid4()), "step": "sign", "signs": "on", **changes,
    }  # fmt: skip


def approval(client, base, **changes):
    page = client.get(f"{base}approve/").content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', page)[1]
    return rating("Cas Three", seen=seen, **changes)


@pytest.fixture
def rated(as_administrator, base):
    for name, difficulty in (("Ann One", "4"), ("Bea Two", "3.5")):
        assert as_administrator.post(f"{base}rate/", rating(name, difficulty)).status_code == 302


def test_from_provisional_to_signed_and_back(as_administrator, client, base, slug):
    public = reverse("course-page", args=[slug])
    assert "Two ratings and the approval are missing" in as_administrator.get("/staff/hours/").content.decode()
    assert "Provisional hours" in client.get(public).content.decode()
    as_administrator.post(f"{base}rate/", rating("Ann One", "4"))
    assert "One rating and the approval are missing" in as_administrator.get(base).content.decode()
    as_administrator.post(f"{base}rate/", rating("Bea Two", "3.5"))
    assert "The approval is missing" in as_administrator.get(base).content.decode()
    assert as_administrator.post(f"{base}approve/", approval(as_administrator, base)).status_code == 302

    page = client.get(public).content.decode()
    assert "Rated by Ann One, PhD and Bea Two, PhD; approved by Cas Three, PhD." in page
    assert "Provisional hours" not in page
    assert f"{get_course(slug).basis.minutes} minutes" in page
    assert "Signed hours" in client.get(reverse("course-list")).content.decode()
    staff = as_administrator.get(base).content.decode()
    assert "I approve" in staff
    assert "Rate the difficulty" not in staff

    signature = BasisSignature.objects.get(kind="approval").pk
    form = {"reason": "The wrong person.", "submission": str(uuid.uuid4())}
    for _ in range(2):
        assert as_administrator.post(f"{base}signatures/{signature}/withdraw/", form).status_code == 302
    assert BasisSignature.objects.count() == 4
    assert "The wrong person." in as_administrator.get(base).content.decode()
    assert "Provisional hours" in client.get(public).content.decode()


def test_a_preview_shows_minutes_and_words_and_keeps_nothing(as_administrator, base, rated):
    response = as_administrator.post(f"{base}rate/", rating("Dan Four", "1", step="look", signs=""))
    page = response.content.decode()
    assert response.status_code == 200
    assert "Figures before and after" in page
    assert "I rate its difficulty 1 on a scale" in page
    assert BasisSignature.objects.count() == 2


def test_signing_without_the_tick_asks_for_it(as_administrator, base):
    response = as_administrator.post(f"{base}rate/", rating("Ann One", signs=""))
    assert response.status_code == 400
    assert "Tick this once" in response.content.decode()
    assert not BasisSignature.objects.exists()


def test_mistakes_are_said_and_what_was_typed_stays(as_administrator, base, rated):
    response = as_administrator.post(f"{base}rate/", rating("Dr. Ann One", "2", note="A reason to keep."))
    page = response.content.decode()
    assert response.status_code == 400
    assert "This person has rated this version" in page
    assert "A reason to keep." in page
    assert 'value="Dr. Ann One"' in page
    again = as_administrator.post(f"{base}rate/", rating("Dan Four", step="change", note="Another reason."))
    assert (again.status_code, "Another reason." in again.content.decode()) == (200, True)


def test_a_double_click_signs_once(as_administrator, base):
    form = rating("Ann One")
    assert [as_administrator.post(f"{base}rate/", form).status_code for _ in range(2)] == [302, 302]
    assert BasisSignature.objects.count() == 1


def test_an_approval_of_ratings_that_changed_is_not_signed(as_administrator, base, rated):
    form = approval(as_administrator, base)
    as_administrator.post(f"{base}rate/", rating("Dan Four", "1"))
    response = as_administrator.post(f"{base}approve/", form, follow=True)
    assert "The ratings changed since you looked" in response.content.decode()
    assert BasisSignature.objects.filter(kind="approval").count() == 0


def test_approving_too_early_says_what_is_missing(as_administrator, base):
    assert "nothing to approve yet" in as_administrator.get(f"{base}approve/").content.decode()
    response = as_administrator.post(f"{base}approve/", rating("Cas Three", seen=""), follow=True)
    assert "Two people must rate" in response.content.decode()


@pytest.mark.parametrize("path", ["", "rate/", "approve/"])
def test_only_administrators_and_only_what_exists(signed_in, as_administrator, base, slug, path):
    for method in ("get", "post"):
        assert getattr(signed_in, method)(base + path).status_code == 404
    assert as_administrator.get(f"/staff/hours/{slug}/7/{path}").status_code == 404
    assert as_administrator.get(f"{base}signatures/{uuid.uuid4()}/withdraw/").status_code == 404


def test_the_done_page_says_what_the_certificate_says(client, as_administrator, clinician, certificate, base, slug, rated):
    as_administrator.post(f"{base}approve/", approval(as_administrator, base))
    client.force_login(clinician)
    page = client.get(reverse("learn-done", args=[slug])).content.decode()
    assert f"prints {certificate.record['minutes']} instructional minutes" in page
    assert "The minutes are provisional" in page
