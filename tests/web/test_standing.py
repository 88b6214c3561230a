"""The standing page as a clinician meets it."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goodstanding.audit.models import AuditEvent
from goodstanding.core.documents import parse_document
from goodstanding.core.rules.case import case_of
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.outcome import Outcome
from goodstanding.licensing.models import License
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.learner import standing as standing_view
from goodstanding.web.learner.standing_page import anchor_of
from tests.compliance.situations import NOW, TODAY, a_credit, a_license, a_provisional_credit, everything_for_lpcc, not_sure

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """The clocks of the pages stand still, so that these tests mean the same on any day."""
    monkeypatch.setattr(standing_view, "today", lambda request: TODAY)
    monkeypatch.setattr(standing_view, "timezone", SimpleNamespace(now=lambda: NOW))


def text_of(response) -> str:
    """The words of the page, without markup."""
    body = response.content.decode()
    main = body[body.index("<main") : body.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def row_of(response, license_, requirement) -> str:
    """The words of one requirement's row."""
    body = response.content.decode()
    start = body.index(f'<li id="{anchor_of(license_.pk)}-{requirement}">')
    end = body.index("</details></li>", start)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body[start:end])).split())


def confirm_url(license_, question="sponsor_list"):
    return reverse("standing-confirm", args=[license_.pk, question])


def reopen_url(license_, question="sponsor_list"):
    return reverse("standing-reopen", args=[license_.pk, question])


@pytest.mark.parametrize("name", ["standing", "standing-print", "standing-case-file"])
def test_a_visitor_is_asked_to_sign_in(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))


def test_without_anything_the_page_leads_to_adding_a_license(signed_in):
    response = signed_in.get("/standing/")
    assert "No license yet" in text_of(response)
    assert f'href="{reverse("license-add")}"' in response.content.decode()


def test_credits_without_a_license_are_said_to_be_safe(signed_in, clinician):
    a_credit(clinician)
    assert "Your credits wait for a license" in text_of(signed_in.get("/standing/"))


def test_a_license_without_credits_says_so(signed_in, clinician):
    license_ = a_license(clinician)
    response = signed_in.get("/standing/")
    page = text_of(response)
    assert "As it stands, you still owe 36 hours for California LPCC" in page
    assert "You have no credits yet" in page
    assert "0 of 36 h" in row_of(response, license_, "total")
    assert "Nothing counted so far" in row_of(response, license_, "total")


def test_ethics_one_hour_short(signed_in, clinician):
    license_ = a_license(clinician)
    a_credit(clinician, hours="5")
    row = row_of(signed_in.get("/standing/"), license_, "ethics")
    assert "5 of 6 h" in row
    assert "1 hour to go" in row
    assert "5.0 h from “Ethics in a small town”" in row


def test_all_met_says_only_what_is_known_here(signed_in, clinician):
    a_license(clinician)
    everything_for_lpcc(clinician)
    page = text_of(signed_in.get("/standing/"))
    assert "Every requirement known here for California LPCC is met." in page
    assert "to go" not in page
    assert "Next step" not in page


def test_the_rule_is_cited_with_kind_link_confidence_and_day(signed_in, clinician):
    license_ = a_license(clinician)
    response = signed_in.get("/standing/")
    row = row_of(response, license_, "ethics")
    rule = rulebook()["us/ca/lpcc"].file
    assert "Law or regulation" in row
    assert "Read in the law or on the board's own page." in row
    assert f"Checked {rule.checked_on.day} {rule.checked_on:%B %Y}" in row
    body = response.content.decode()
    assert f'href="{rule.board.url}" rel="noreferrer">Check with your board' in body
    links = re.findall(r"<a [^>]*https?://[^>]*>", body[body.index("<main") : body.index("</main>")])
    assert links
    assert all('rel="noreferrer"' in link and "target=" not in link for link in links)


def test_provisional_credit_is_shown_with_why_it_makes_nothing_met(signed_in, clinician):
    license_ = a_license(clinician)
    a_provisional_credit(clinician)
    response = signed_in.get("/standing/")
    row = row_of(response, license_, "ethics")
    assert "“A former client asks for coffee”. Not counted: its hours are provisional" in row
    assert "0 of 6 h" in row
    assert "0 of 1 count" in text_of(response)


def test_an_open_question_is_told_confirmed_and_opened_again(signed_in, clinician):
    license_ = a_license(clinician)
    a_credit(clinician, approvals=("naadac",))
    before = signed_in.get("/standing/")
    assert "Not certain" in row_of(before, license_, "ethics")
    assert f'href="{confirm_url(license_)}"' in before.content.decode()
    assert "good standing" not in text_of(before).lower()

    form = signed_in.get(confirm_url(license_))
    assert "Which approval of a course does the board ask for?" in text_of(form)
    assert "Other approval agencies count too." in text_of(form)

    answered = {"confirmed_on": "2026-05-03", "note": "Ms. Example at the desk: <any> agency."}
    response = signed_in.post(confirm_url(license_), answered, follow=True)
    assert response.redirect_chain == [(f"/standing/{license_.pk}/", 302)]
    assert "Met, as you confirmed" in row_of(response, license_, "ethics")
    assert re.search(r"You confirmed question \d+ on 3 May 2026", row_of(response, license_, "ethics"))
    assert "Confirmed by you on 3 May 2026 . “Ms. Example at the desk: <any> agency.”" in text_of(response)
    assert AuditEvent.objects.filter(tag="license:question:confirmed", subject_id=str(license_.pk)).count() == 1
    # What is settled folds away; what is open stays in sight.
    folded = re.search(r'<details class="settled"><summary>(.*?)</summary>', response.content.decode())
    assert folded
    assert folded[1] == "1 question you settled with your board"

    response = signed_in.post(reopen_url(license_), follow=True)
    assert "Not certain" in row_of(response, license_, "ethics")
    assert "Confirmed by you" not in text_of(response)
    assert AuditEvent.objects.filter(tag="license:question:reopened").count() == 1


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"confirmed_on": "", "note": "kept"}, "Enter the day on which your board answered."),
        ({"confirmed_on": "2026-02-30", "note": "kept"}, "This is not a day of the calendar."),
        ({"confirmed_on": "2026-11-24", "note": "kept"}, "This day is in the future."),
        ({"confirmed_on": "1026-11-23", "note": "kept"}, "This is too long ago to be right."),
        ({"confirmed_on": "2026-05-03", "note": "kept" * 130}, "The note has 520 characters; the limit is 500."),
    ],
)
def test_a_confirmation_that_can_not_be_right_is_explained_and_nothing_is_lost(signed_in, clinician, sent, problem):
    license_ = a_license(clinician)
    response = signed_in.post(confirm_url(license_), sent)
    assert response.status_code == 422
    assert problem in text_of(response)
    assert sent["note"] in response.content.decode()
    assert license_.confirmations.count() == 0


def test_a_note_of_500_characters_given_today_is_taken(signed_in, clinician):
    license_ = a_license(clinician)
    response = signed_in.post(confirm_url(license_), {"confirmed_on": TODAY.isoformat(), "note": "n" * 500})
    assert response.status_code == 302
    assert license_.confirmations.get().note == "n" * 500


def test_confirming_twice_records_once(signed_in, clinician):
    license_ = a_license(clinician)
    for _ in range(2):
        assert signed_in.post(confirm_url(license_), {"confirmed_on": "2026-05-03", "note": ""}).status_code == 302
    assert license_.confirmations.count() == 1


def test_someone_elses_license_is_not_found(signed_in, other_clinician):
    theirs = a_license(other_clinician)
    assert signed_in.get(confirm_url(theirs)).status_code == 404
    assert signed_in.post(confirm_url(theirs), {"confirmed_on": "2026-05-03", "note": ""}).status_code == 404
    assert signed_in.post(reopen_url(theirs)).status_code == 404
    assert theirs.confirmations.count() == 0


@pytest.mark.parametrize("question", ["no_such_question", "couples_and_families", "approvals:x", "a" * 300])
def test_a_question_that_is_not_open_is_not_found(signed_in, clinician, question):
    license_ = a_license(clinician, facts={})
    assert signed_in.post(confirm_url(license_, question), {"confirmed_on": "2026-05-03", "note": ""}).status_code == 404
    assert license_.confirmations.count() == 0


def test_reopening_what_was_never_confirmed_changes_nothing(signed_in, clinician):
    license_ = a_license(clinician)
    assert signed_in.post(reopen_url(license_)).status_code == 302
    assert license_.confirmations.count() == 0
    assert signed_in.post(reverse("standing-reopen", args=[uuid.uuid4(), "sponsor_list"])).status_code == 404


def test_a_get_reopens_nothing(signed_in, clinician):
    license_ = a_license(clinician)
    signed_in.post(confirm_url(license_), {"confirmed_on": "2026-05-03", "note": ""})
    assert signed_in.get(reopen_url(license_)).status_code == 405
    assert "Confirmed by you" in text_of(signed_in.get("/standing/"))


def test_a_form_from_another_site_is_refused(clinician):
    license_ = a_license(clinician)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clinician)
    assert strict.post(confirm_url(license_), {"confirmed_on": "2026-05-03", "note": ""}).status_code == 403


def test_a_missing_fact_leads_to_its_question(signed_in, clinician):
    license_ = a_license(clinician, facts={})
    response = signed_in.get("/standing/")
    assert "Do you treat couples or families" in text_of(response)
    address = f"{reverse('license-questions', args=[license_.pk])}?from=standing"
    assert f'href="{address}">Answer this' in response.content.decode()
    # Each answer says beforehand what it changes, and the way back leads to where the question stood.
    asked = text_of(signed_in.get(address))
    assert "If no: marriage and family content does not apply." in asked
    assert "If yes: " in asked
    answered = signed_in.post(address, not_sure(license_, couples_and_families="yes"), follow=True)
    assert answered.redirect_chain == [(f"/standing/{license_.pk}/", 302)]
    assert "0 of 6 h" in row_of(answered, license_, "marriage_and_family")
    assert "Do you treat couples" not in text_of(answered)


def test_a_day_of_issue_that_is_missing_is_asked_where_it_is_entered(signed_in, clinician):
    license_ = a_license(clinician, rule="us/fl/lmhc", license_type="LMHC", issued=None, renewals=None, facts={})
    body = signed_in.get("/standing/").content.decode()
    assert "On what day was this license issued?" in body
    start = body.index("On what day was this license issued?")
    assert f'href="{reverse("license-edit", args=[license_.pk])}?from=standing">Answer this' in body[start : start + 600]


def test_a_question_about_one_credit_leads_to_that_credit(signed_in, clinician):
    license_ = a_license(clinician)
    entry = a_credit(clinician, approvals=None)
    body = signed_in.get("/standing/").content.decode()
    assert f'href="{reverse("standing-missing")}?credit={entry.pk}">Fill this in' in body
    assert f'href="{confirm_url(license_, f"approvals:{entry.pk}")}"' in body
    signed_in.post(confirm_url(license_, f"approvals:{entry.pk}"), {"confirmed_on": "2026-05-03", "note": ""})
    assert "Met, as you confirmed" in row_of(signed_in.get("/standing/"), license_, "ethics")


def test_of_an_inactive_license_nothing_is_said_to_be_met(signed_in, clinician):
    license_ = a_license(clinician, status="inactive")
    everything_for_lpcc(clinician)
    response = signed_in.get("/standing/")
    assert "Not certain" in row_of(response, license_, "total")
    assert 'class="tag met"' not in response.content.decode()
    assert "Every requirement" not in text_of(response)
    assert "What does the board ask of a license that is inactive?" in text_of(response)
    # No answer of the board can be recorded for it, so the page leads to what can be done.
    assert "Ask the board what it asks of you; if the status is not right, correct it." in text_of(response)
    address = f"{reverse('license-edit', args=[license_.pk])}?from=standing"
    assert f'href="{address}#id_status">Correct the status' in response.content.decode()
    assert 'id="id_status"' in signed_in.get(address).content.decode()


def test_what_a_credit_itself_must_state_leads_to_its_form(signed_in, clinician):
    a_license(
        clinician,
        rule="us/mi/psychologist",
        profession="psychologist",
        license_type="psychologist",
        facts={},
        issued=dt.date(2015, 1, 1),
    )
    long = a_credit(clinician, "A long course", hours="20", approvals=("apa",))
    article = a_credit(clinician, "An article", hours="1", unit="publication", approvals=("apa",))
    body = signed_in.get("/standing/").content.decode()
    assert "On what day did “A long course” begin?" in html.unescape(body)
    for entry, text, field in ((long, "Enter its first day", "started"), (article, "Enter its hours", "amount")):
        address = reverse("credit-correct", args=[entry.pk])
        assert f'href="{address}#id_{field}">{text}' in body
        assert f'id="id_{field}"' in signed_in.get(address).content.decode()
    assert f"started:{long.pk}" not in body  # nothing to confirm


def test_a_confirmation_can_be_recorded_anew(signed_in, clinician):
    license_ = a_license(clinician)
    signed_in.post(confirm_url(license_), {"confirmed_on": "2026-05-03", "note": ""})
    assert "You confirmed this on 3 May 2026 already." in text_of(signed_in.get(confirm_url(license_)))
    signed_in.post(confirm_url(license_), {"confirmed_on": "2026-06-04", "note": ""})
    assert "Confirmed by you on 4 June 2026" in text_of(signed_in.get("/standing/"))


def test_as_of_an_earlier_day_is_labeled_and_leaves_later_credit_out(signed_in, clinician):
    license_ = a_license(clinician)
    a_credit(clinician, completed=dt.date(2026, 3, 1))
    earlier = signed_in.get("/standing/?on=2026-02-28")
    assert "You are looking at 28 February 2026, not at today." in text_of(earlier)
    assert "0 of 6 h" in row_of(earlier, license_, "ethics")
    assert "days away" not in text_of(earlier)
    later = signed_in.get("/standing/?on=2026-03-01")
    assert "6 of 6 h" in row_of(later, license_, "ethics")
    today = signed_in.get("/standing/")
    assert "not at today" not in text_of(today)


@pytest.mark.parametrize("on", ["31.2.2026", "2026-02-30", "", "soon", "1800-01-01", "9999-12-31", "2026-11-23' OR 1=1"])
def test_a_wrong_day_is_explained_and_today_is_shown(signed_in, clinician, on):
    a_license(clinician)
    response = signed_in.get("/standing/", {"on": on})
    assert response.status_code == 400
    page = text_of(response)
    assert "As of 23 November 2026" in page
    assert "you still owe 36 hours" in page
    assert re.search(r"is not a day of the calendar|Choose a day", page)


def test_a_day_outside_every_period_is_not_known(signed_in, clinician):
    a_license(clinician)
    everything_for_lpcc(clinician)
    page = text_of(signed_in.get("/standing/?on=2031-01-01"))
    assert "lies outside the renewal periods that are entered" in page
    assert "Every requirement" not in page


def test_after_the_last_known_period_the_page_leads_to_recording_the_renewal(signed_in, clinician):
    license_ = a_license(clinician, period_end=dt.date(2026, 10, 31))
    response = signed_in.get("/standing/")
    assert "What California LPCC still asks is not fully known" in text_of(response)
    assert f'href="{reverse("license-renew", args=[license_.pk])}?from=standing">Record a renewal' in response.content.decode()


def test_a_license_whose_rule_is_gone_is_shown(signed_in, clinician):
    gone = a_license(clinician)
    License.objects.filter(pk=gone.pk).update(rule="us/zz/gone")
    page = text_of(signed_in.get("/standing/"))
    assert "Not known" in page
    assert "The rule of this license is not part of this installation any more" in page
    assert signed_in.get("/standing/print/").status_code == 200
    assert signed_in.get("/standing/case.yaml").status_code == 404


def test_titles_typed_by_people_are_escaped(signed_in, clinician):
    a_license(clinician)
    a_credit(clinician, "<script>alert(1)</script>")
    for address in ("/standing/", "/standing/print/"):
        assert "<script>alert" not in signed_in.get(address).content.decode()


def test_the_print_has_everything_open_the_name_and_the_honest_line(signed_in, clinician):
    a_license(clinician)
    a_credit(clinician)
    response = signed_in.get("/standing/print/?on=2026-10-01")
    page = text_of(response)
    body = response.content.decode()
    main = body[body.index("<main") : body.index("</main>")]
    assert "Standing of Ada Example" in page
    assert "As of 1 October 2026 , printed on 23 November 2026" in page
    assert "It is not a document of the board." in page
    assert main.count("<details open>") == main.count("<details") > 0
    assert "<form" not in main


def test_the_case_file_answers_as_the_page_does(signed_in, clinician):
    license_ = a_license(clinician)
    a_license(clinician, kind="lmft")
    everything_for_lpcc(clinician)
    a_provisional_credit(clinician)
    response = signed_in.get("/standing/case.yaml?on=2026-06-30")
    assert response.headers["Content-Disposition"] == 'attachment; filename="good-standing-2026-06-30.yaml"'
    case = case_of(parse_document(response.content.decode(), name="case.yaml"), rulebook())
    assert case.on == dt.date(2026, 6, 30)
    answer = evaluate(case.licenses, case.credits, rulebook(), case.on)
    shown = signed_in.get(f"/standing/{license_.pk}/?on=2026-06-30")
    for requirement in answer.evaluations[0].requirements:
        row = row_of(shown, license_, requirement.id)
        if requirement.required is not None:
            assert f"{requirement.counted.normalize():f} of {requirement.required.normalize():f} h" in row
        assert ("Met" in row) == (requirement.outcome is Outcome.MET)


def test_no_row_is_met_on_a_question_nobody_confirmed(signed_in, clinician):
    license_ = a_license(clinician, facts={})
    everything_for_lpcc(clinician)
    a_credit(clinician, "Unstated", approvals=None, topics=("hiv", "marriage_and_family"), hours="7")
    response = signed_in.get("/standing/")
    row = row_of(response, license_, "marriage_and_family")
    assert "Not certain" in row
    assert "question 1" in row
    assert "as you confirmed" not in text_of(response)


def test_few_queries_however_much_there_is(signed_in, clinician):
    a_license(clinician)
    signed_in.get("/standing/")
    with CaptureQueriesContext(connection) as one:
        signed_in.get("/standing/")
    a_license(clinician, kind="lmft")
    a_license(clinician, kind="lcsw")
    everything_for_lpcc(clinician)
    with CaptureQueriesContext(connection) as three:
        signed_in.get("/standing/")
    # session, user with profile and holder, licenses with periods, facts and confirmations, entries
    assert len(one) == len(three) <= 9


def test_one_license_with_five_credits_weighs_little(signed_in, clinician):
    a_license(clinician)
    everything_for_lpcc(clinician)
    a_provisional_credit(clinician)
    assert len(signed_in.get("/standing/").content) < 25_000


def test_a_long_ledger_is_listed_in_full_in_the_print_only(signed_in, clinician):
    license_ = a_license(clinician)
    for at in range(30):
        a_credit(clinician, f"Unstated {at:02}", hours="1", approvals=None)
        a_credit(clinician, f"Stated {at:02}", hours="1")
    page, printed = signed_in.get("/standing/"), signed_in.get("/standing/print/")
    assert "30.0 h" not in row_of(page, license_, "ethics")
    assert "22.0 h from 22 more, all listed in the print" in row_of(page, license_, "ethics")
    assert "35 earlier ones in the print" in text_of(page)
    assert all(f"from “Stated {at:02}”" in row_of(printed, license_, "ethics") for at in range(30))
    assert all(f"Unstated {at:02}" in text_of(printed) for at in range(30))
    assert len(page.content) < 40_000


@pytest.mark.parametrize("address", ["/standing/", "/standing/print/"])
def test_no_inline_style_or_script(signed_in, clinician, address):
    a_license(clinician)
    body = signed_in.get(address).content.decode()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", body)


def test_ids_stand_once(signed_in, clinician):
    a_license(clinician, facts={})
    a_license(clinician, kind="lmft")
    everything_for_lpcc(clinician)
    for at in range(20):
        a_credit(clinician, f"Unstated {at}", approvals=None, topics=("marriage_and_family",), hours="1")
    body = signed_in.get("/standing/").content.decode()
    ids = re.findall(r'\sid="([^"]+)"', body)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', body)) <= set(ids)
