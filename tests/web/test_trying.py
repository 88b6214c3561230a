"""The calculator without an account: it answers as the core does, stores nothing, and what is kept is kept once."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from goodstanding.accounts.adapter import TRIED
from goodstanding.compliance.selectors import standing_on
from goodstanding.core.rules.case import CreditEntry, License
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.credit.models import CreditEntry as EntryRow
from goodstanding.licensing.models import License as LicenseRow
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.public.trying_form import MOST_ROWS, TryForm
from tests.today import TODAY

pytestmark = pytest.mark.django_db

RULE = "us/ca/lpcc"
PAGE = reverse("requirements-try", args=[RULE])
KEEP = reverse("requirements-try-keep", args=[RULE])
TRIED_PAGE = reverse("tried")
STANDING = reverse("standing")

EXPIRES = TODAY + dt.timedelta(days=200)
ISSUED = TODAY - dt.timedelta(days=3000)
DONE = TODAY - dt.timedelta(days=100)


def text_of(response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def filled(rule: str = RULE, **changes: str) -> dict[str, str]:
    """The form with a license and one credit; what is asked about the person is not sure."""
    form = TryForm(rule=rule, rules=rulebook(), today=TODAY)
    about = {name: "unsure" if form[name].use_fieldset else "" for name in form.about}
    return {
        "rows": "3",
        "type": form.initial["type"],
        "period_end": EXPIRES.isoformat(),
        "issued": ISSUED.isoformat(),
        "renewals": "3",
        **about,
        "credit_0_amount": "6",
        "credit_0_completed": DONE.isoformat(),
        "credit_0_title": "Boundaries",
        "credit_0_topic": "law_and_ethics",
        "credit_0_format": "live_online",
        "credit_0_approval": "nbcc",
        **changes,
    }


def rows_of_everything() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_the_page_of_a_rule_leads_there_and_it_opens_for_every_rule(client):
    page = client.get(reverse("requirements-page", args=[RULE])).content.decode()
    assert f'href="{PAGE}"' in page
    assert PAGE == "/requirements/us/ca/lpcc/try/"
    for rule in rulebook():
        form = TryForm(filled(rule, renewals=""), rule=rule, rules=rulebook(), today=TODAY)
        assert form.is_valid(), (rule, form.errors)
    assert client.get(reverse("requirements-try", args=["us/zz/gone"])).status_code == 404


def test_the_answer_is_the_one_of_the_core(client):
    answer = client.post(PAGE, filled())
    start = dt.date(EXPIRES.year - 2, EXPIRES.month, EXPIRES.day) + dt.timedelta(days=1)
    license_ = License(
        rule=RULE, profession="counselor", issued=ISSUED, expires=EXPIRES, renewals=3, periods=({"start": start, "end": EXPIRES},)
    )
    credit = CreditEntry.model_validate(
        {
            "id": "c1",
            "completed": DONE,
            "quantity": {"amount": 6, "unit": "hour"},
            "parts": [{"amount": 6, "topics": ["law_and_ethics"]}],
            "format": "live_online",
            "activity": "course",
            "approvals": ["nbcc"],
        }
    )
    (expected,) = evaluate([license_], [credit], rulebook(), TODAY).evaluations
    card = answer.context["card"]
    assert card.step == expected.next_step
    shown = {row.anchor.partition("-")[2]: (row.outcome, row.have, row.need) for row in card.rows}
    assert shown == {
        one.id: (one.outcome, one.counted + one.carried_in if one.kind == "minimum" and one.required is not None else None, one.required)
        for one in expected.requirements
    }  # fmt: skip
    assert shown["ethics"][1] == 6
    said = text_of(answer)
    for one in expected.requirements:
        assert one.label.casefold() in said.casefold() or one.id == "total"
    assert "6 of 6 h" in said


def test_what_is_not_known_is_said_with_why(client):
    said = text_of(client.post(PAGE, filled(credit_0_approval="unknown", issued="", renewals="")))
    assert "What is not known, and why" in said
    assert "who approved it is not stated" in said
    assert "Not certain" in said


@pytest.mark.parametrize("who", ["stranger", "clinician"])
def test_trying_stores_nothing(client, who, clinician):
    if who == "clinician":
        client.force_login(clinician)
    client.get(PAGE)
    cookies = set(client.cookies)
    before = rows_of_everything()
    for sent in (filled(), filled(more="1"), filled(period_end="")):
        answer = client.post(PAGE, sent)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
    assert rows_of_everything() == before
    assert set(client.cookies) == cookies <= {"csrftoken", "sessionid"}
    assert all("Boundaries" not in cookie.value for cookie in client.cookies.values())
    if who == "stranger":
        assert "sessionid" not in client.cookies
        assert not Session.objects.exists()
    else:
        assert TRIED not in client.session


def test_more_rows_keep_what_was_typed_up_to_a_limit(client):
    answer = client.post(PAGE, filled(more="1", credit_0_amount="what"))
    form = answer.context["form"]
    assert form.row_count == 6
    assert form["credit_0_amount"].value() == "what"
    assert form["credit_0_title"].value() == "Boundaries"
    assert not form.errors
    full = client.post(PAGE, filled(rows=str(MOST_ROWS), more="1"))
    assert full.context["form"].row_count == MOST_ROWS == 20
    assert "More credits" not in text_of(full)
    assert client.post(PAGE, filled(rows="100000")).context["form"].row_count == MOST_ROWS


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"period_end": ""}, "period_end"),
        ({"period_end": "someday"}, "period_end"),
        ({"period_end": "2199-01-01"}, "period_end"),
        ({"issued": (TODAY + dt.timedelta(days=9)).isoformat()}, "issued"),
        ({"renewals": "many"}, "renewals"),
        ({"renewals": "59"}, "renewals"),
        ({"credit_0_amount": ""}, "credit_0_amount"),
        ({"credit_0_amount": "-3"}, "credit_0_amount"),
        ({"credit_0_amount": "99999"}, "credit_0_amount"),
        ({"credit_0_amount": "NaN"}, "credit_0_amount"),
        ({"credit_0_completed": ""}, "credit_0_completed"),
        ({"credit_0_completed": (TODAY + dt.timedelta(days=9)).isoformat()}, "credit_0_completed"),
        ({"credit_0_format": ""}, "credit_0_format"),
        ({"credit_0_topic": "<script>"}, "credit_0_topic"),
        ({"credit_0_approval": "nobody at all"}, "credit_0_approval"),
        ({"credit_0_title": "x" * 201}, "credit_0_title"),
        ({"credit_2_title": "Only a title"}, "credit_2_amount"),
        ({"type": "us/ny/lmhc:LMHC:counselor"}, "type"),
    ],
)
def test_every_wrong_input_says_what_to_mend_and_keeps_the_rest(client, wrong, field):
    for address in (PAGE, KEEP):
        answer = client.post(address, filled(**wrong))
        form = answer.context["form"]
        assert answer.status_code == 200
        assert field in form.errors
        assert answer.context["card"] is None
        assert form["credit_0_title"].value() == wrong.get("credit_0_title", "Boundaries")
        assert b"<script>" not in answer.content.replace(b"<script src=", b"")
    assert not Session.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"rows": "-5"}, {"rows": "\x00", "period_end": "\x00" * 50}, {"credit_0_amount": "1e400"}])
def test_hostile_input_is_refused_as_any_other(client, sent):
    for address in (PAGE, KEEP):
        answer = client.post(address, sent)
        assert answer.status_code == 200
        assert answer.context["form"].errors


def test_one_address_can_not_keep_the_server_busy(client):
    codes = {client.post(PAGE, {}).status_code for _ in range(120)}
    assert (codes, client.post(PAGE, {}).status_code) == ({200}, 429)


# --- keeping it ------------------------------------------------------------------------------------------------------


def keep(client: Client, **changes: str):
    return client.post(KEEP, filled(**changes))


@pytest.fixture
def confirmed(clinician):
    EmailAddress.objects.create(user=clinician, email=clinician.email, verified=True, primary=True)
    return clinician


def test_a_stranger_signs_in_and_keeps_license_and_credits(client, confirmed):
    assert keep(client)["Location"] == f"{reverse('account_signup')}?next=%2Fstanding%2Ftried%2F"
    assert client.session.get_expiry_age() <= 24 * 3600
    assert not LicenseRow.objects.exists()
    client.post(reverse("account_login"), {"login": confirmed.email, "password": "a long enough word"}, follow=True)
    page = text_of(client.get(TRIED_PAGE))
    assert "California LPCC" in page
    assert "Boundaries 6 hours" in page
    assert client.post(TRIED_PAGE, {"what": "all", "number": "LPCC 123"})["Location"] == STANDING
    kept = LicenseRow.objects.get()
    assert (kept.holder, kept.number, kept.issued, kept.renewals) == (confirmed.holder, "LPCC 123", ISSUED, 3)
    entry = EntryRow.objects.get()
    assert (entry.holder, entry.title, entry.amount, entry.approvals) == (confirmed.holder, "Boundaries", 6, ["nbcc"])
    assert TRIED not in client.session


def test_a_sign_in_after_trying_lasts_as_long_as_any_other(client, clinician):
    keep(client)
    client.force_login(clinician)  # without the form, as after confirming an address
    assert TRIED in client.session
    assert client.session.get_expiry_age() > 24 * 3600


def test_signing_in_leads_to_what_was_tried_without_an_address_to_go_on_to(client, confirmed):
    keep(client)
    answer = client.post(reverse("account_login"), {"login": confirmed.email, "password": "a long enough word"})
    assert answer["Location"] == TRIED_PAGE


def test_the_standing_is_afterwards_what_was_tried(signed_in, clinician):
    about = {"couples_and_families": "no"}
    card = signed_in.post(PAGE, filled(**about)).context["card"]
    assert keep(signed_in, **about)["Location"] == TRIED_PAGE
    signed_in.post(TRIED_PAGE, {"what": "all", "number": "123"})
    (after,) = standing_on(holder=clinician.holder, on=TODAY).licenses
    assert [row.outcome for row in sorted(card.rows, key=lambda row: row.anchor)] == [
        one.outcome for one in sorted(after.evaluation.requirements, key=lambda one: one.id)
    ]
    assert after.evaluation.next_step == card.step
    assert after.case.facts["couples_and_families"] is False


def test_confirming_twice_keeps_once(signed_in, clinician):
    keep(signed_in)
    waiting = signed_in.session[TRIED]
    sent = {"what": "all", "number": "123"}
    signed_in.post(TRIED_PAGE, sent)
    assert signed_in.post(TRIED_PAGE, sent)["Location"] == STANDING
    session = signed_in.session  # as the other of two clicks has read it, before the first was done
    session[TRIED] = waiting
    session.save()
    assert signed_in.post(TRIED_PAGE, sent)["Location"] == STANDING
    assert (LicenseRow.objects.count(), EntryRow.objects.count()) == (1, 1)


def test_forgetting_removes_it_and_keeps_nothing(signed_in):
    keep(signed_in)
    assert signed_in.post(TRIED_PAGE, {"what": "nothing"})["Location"] == STANDING
    assert TRIED not in signed_in.session
    assert not LicenseRow.objects.exists()
    assert not EntryRow.objects.exists()
    assert signed_in.get(TRIED_PAGE)["Location"] == STANDING


def test_who_holds_the_license_already_keeps_the_credits_alone(signed_in):
    keep(signed_in)
    signed_in.post(TRIED_PAGE, {"what": "all", "number": "123"})
    keep(signed_in, credit_0_title="Another")
    answer = signed_in.post(TRIED_PAGE, {"what": "all", "number": "123"})
    assert "You have entered this license already" in text_of(answer)
    assert EntryRow.objects.count() == 1
    signed_in.post(TRIED_PAGE, {"what": "credits"})
    assert (LicenseRow.objects.count(), set(EntryRow.objects.values_list("title", flat=True))) == (1, {"Boundaries", "Another"})


@pytest.mark.parametrize("number", ["", "x" * 41, "№ 5", "\x00"])
def test_without_a_number_that_can_be_right_nothing_is_kept(signed_in, number):
    keep(signed_in)
    answer = signed_in.post(TRIED_PAGE, {"what": "all", "number": number})
    assert answer.context["form"].errors
    assert not LicenseRow.objects.exists()
    assert not EntryRow.objects.exists()
    assert TRIED in signed_in.session


@pytest.mark.parametrize(
    "changed",
    [{"until": "2026-01-01T00:00:00+00:00"}, {"rule": "us/zz/gone"}, {"typed": {}}, {"typed": {"period_end": "2199-01-01"}}],
)
def test_what_is_too_old_or_fits_no_more_is_forgotten_and_said(signed_in, changed):
    keep(signed_in)
    session = signed_in.session
    session[TRIED] = {**session[TRIED], **changed}
    session.save()
    answer = signed_in.get(TRIED_PAGE, follow=True)
    assert "Try it again" in text_of(answer)
    assert TRIED not in signed_in.session


def test_what_waits_is_bounded_whatever_was_sent(client):
    keep(client, **{f"invented_{number}": "x" * 10_000 for number in range(50)}, rows="20")
    waiting = client.session[TRIED]
    assert set(waiting) == {"rule", "typed", "submission", "until"}
    assert uuid.UUID(waiting["submission"])
    assert not [name for name in waiting["typed"] if name.startswith("invented")]
    assert max(len(value) for value in waiting["typed"].values()) <= 200


def test_what_one_person_tried_is_not_offered_to_another(client, clinician, other_clinician):
    client.force_login(clinician)
    keep(client)
    client.force_login(other_clinician)
    assert client.get(TRIED_PAGE)["Location"] == STANDING
