"""What each credit counts for, license by license, and filling in what credits leave unstated."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goodstanding.core.documents import parse_document
from goodstanding.core.rules.case import case_of
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.outcome import Outcome, show_number
from goodstanding.credit.models import CreditEntry
from goodstanding.licensing.models import License
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.learner import standing as standing_view
from goodstanding.web.learner import standing_credits as credits_view
from goodstanding.web.learner.standing_page import anchor_of
from tests.compliance.situations import NOW, TODAY, a_credit, a_license, a_provisional_credit, everything_for_lpcc

pytestmark = pytest.mark.django_db

MISSING = "/standing/credits/missing/"
MATRIX = "/standing/credits/"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """The clocks of the pages stand still, so that these tests mean the same on any day."""
    for view in (standing_view, credits_view):
        monkeypatch.setattr(view, "today", lambda request: TODAY)
        monkeypatch.setattr(view, "timezone", SimpleNamespace(now=lambda: NOW))


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def main_of(response) -> str:
    body = response.content.decode()
    return body[body.index("<main") : body.index("</main>")]


def row_of(response, title: str) -> str:
    """The markup of the one row of the table that names a credit."""
    rows = [row for row in re.findall(r"<tr role.*?</tr>", main_of(response), re.DOTALL) if f">{title}</a>" in row]
    assert len(rows) == 1
    return rows[0]


def cells_of(row: str) -> dict[str, str]:
    """What the table says under each license."""
    found = re.findall(r'<td role="cell" data-label="([^"]+)"[^>]*>(.*?)</td>', row, re.DOTALL)
    return {name: words(cell) for name, cell in found}


def form_of(entry, **stated):
    """What the form for one credit sends."""
    sent = {"submission": "6f1c2a8e-0b1d-4c57-9a52-1f6e0c5a7b10", "approvals": [], "sponsor_kind": "", **stated}
    return {f"{entry.pk.hex}-{name}": value for name, value in sent.items()}


# One credit on several licenses


def test_one_credit_is_counted_on_each_license_by_that_boards_rule(signed_in, clinician):
    a_license(clinician)
    a_license(clinician, kind="lmft")
    a_credit(clinician, "Ethics", hours="6")
    a_credit(clinician, "No board takes this one", approvals=())
    page = signed_in.get(MATRIX)
    both = cells_of(row_of(page, "Ethics"))
    assert both["California LPCC"] == both["California LMFT"] == "6 h"
    assert "Counts on 2 of 2" in words(row_of(page, "Ethics"))
    assert "Counts on 0 of 2" in words(row_of(page, "No board takes this one"))


def test_every_figure_of_the_table_is_that_of_the_case_file(signed_in, clinician):
    a_license(clinician)
    a_license(clinician, kind="lmft")
    a_license(clinician, kind="lcsw")
    everything_for_lpcc(clinician)
    a_credit(clinician, "Unstated", approvals=None, hours="2.5", topics=("ethics",))
    a_credit(clinician, "Before the period", completed=dt.date(2019, 1, 1))
    a_provisional_credit(clinician)
    file = signed_in.get("/standing/case.yaml").content.decode()
    case = case_of(parse_document(file, name="case.yaml"), rulebook())
    answer = evaluate(case.licenses, case.credits, rulebook(), case.on)
    page = signed_in.get(MATRIX)
    names = ["California LPCC", "California LMFT", "California LCSW"]
    seen = 0
    for name, evaluation in zip(names, answer.evaluations, strict=True):
        for credit in evaluation.credits:
            row = row_of(page, html.escape(credit.title))
            figure = cells_of(row)[name]
            if credit.counted:
                assert figure.split()[0] == show_number(credit.counted)
            else:
                assert figure == "none" or figure.startswith("up to ") or figure == "not certain"
            assert credit.why_not is None or credit.why_not in words(row)
            seen += 1
    assert seen == 3 * 7


def test_what_may_count_is_a_range_up_to_what_the_kindest_answers_give(signed_in, clinician):
    license_ = a_license(clinician)
    a_credit(clinician, "Another body", approvals=("naadac",))
    assert cells_of(row_of(signed_in.get(MATRIX), "Another body"))["California LPCC"] == "up to 6 h"
    assert "Another body" in words(main_of(signed_in.get(MATRIX, {"show": "open"})))
    signed_in.post(reverse("standing-confirm", args=[license_.pk, "sponsor_list"]), {"confirmed_on": "2026-05-03", "note": ""})
    assert cells_of(row_of(signed_in.get(MATRIX), "Another body"))["California LPCC"] == "6 h"


def test_hours_that_no_source_gives_for_a_unit_are_not_certain_and_those_of_an_earlier_period_are_none(signed_in, clinician):
    a_license(clinician)
    for title, day in (("In the period", dt.date(2026, 3, 1)), ("Before it", dt.date(2020, 3, 1))):
        a_credit(clinician, title, hours="1", unit="publication", completed=day, topics=())
    page = signed_in.get(MATRIX)
    assert cells_of(row_of(page, "In the period"))["California LPCC"] == "not certain"
    assert cells_of(row_of(page, "Before it"))["California LPCC"] == "none"


def test_the_page_of_one_credit_says_for_each_license_how_much_and_why_not(signed_in, clinician, other_clinician):
    a_license(clinician)
    a_license(clinician, kind="lmft")
    entry = a_provisional_credit(clinician)
    page = words(main_of(signed_in.get(f"/standing/credits/{entry.pk}/")))
    assert page.count("Not counted: its hours are provisional") == 2
    assert "California LPCC" in page
    assert "California LMFT" in page
    theirs = a_credit(other_clinician)
    assert signed_in.get(f"/standing/credits/{theirs.pk}/").status_code == 404


def test_the_table_is_narrowed_to_one_license_and_to_what_does_not_count(signed_in, clinician):
    lpcc = a_license(clinician)
    a_license(clinician, kind="lmft")
    a_credit(clinician, "Counts")
    a_credit(clinician, "Does not", approvals=())
    one = signed_in.get(MATRIX, {"license": str(lpcc.pk)})
    assert list(cells_of(row_of(one, "Counts"))) == ["As certified", "California LPCC"]
    none = words(main_of(signed_in.get(MATRIX, {"show": "nowhere", "license": str(lpcc.pk)})))
    assert "Does not" in none
    assert "Counts 1 March" not in none
    assert words(main_of(signed_in.get(MATRIX, {"show": "counted"}))).count("1 March 2026") == 1


@pytest.mark.parametrize("asked", [{"license": "x' OR 1=1"}, {"show": "<b>"}, {"page": "-3"}, {"page": "zz"}, {"on": "soon"}])
def test_an_address_that_means_nothing_shows_everything(signed_in, clinician, asked):
    a_license(clinician)
    a_credit(clinician, "Ethics")
    response = signed_in.get(MATRIX, asked)
    assert response.status_code == 200
    assert "6 h" in cells_of(row_of(response, "Ethics"))["California LPCC"]


def test_what_counts_on_an_earlier_day_leaves_later_credits_out(signed_in, clinician):
    a_license(clinician)
    a_credit(clinician, "Later", completed=dt.date(2026, 3, 1))
    page = signed_in.get(MATRIX, {"on": "2026-02-28"})
    assert "As of 28 February 2026 , not today" in words(main_of(page))
    assert "Not counted: completed on 1 March 2026, after 28 February 2026." in words(row_of(page, "Later"))


def test_without_license_or_credit_the_table_says_what_to_do(signed_in, clinician):
    assert "Add a license" in words(main_of(signed_in.get(MATRIX)))
    a_license(clinician)
    assert "Add a credit" in words(main_of(signed_in.get(MATRIX)))


def test_a_license_without_a_known_rule_says_why_nothing_counts(signed_in, clinician):
    gone = a_license(clinician)
    License.objects.filter(pk=gone.pk).update(rule="us/zz/gone")
    a_credit(clinician, "Ethics")
    row = row_of(signed_in.get(MATRIX), "Ethics")
    assert "Nothing is known about this license" in words(row)


def test_the_same_stands_in_a_table_for_a_spreadsheet(signed_in, clinician):
    license_ = a_license(clinician)
    a_license(clinician, kind="lmft")
    a_credit(clinician, "=SUM(A1)", approvals=())
    a_credit(clinician, "Ethics")
    response = signed_in.get(f"{MATRIX}credits-by-license.csv")
    assert "attachment" in response.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 4
    mine = [row for row in rows if row["license"] == "California LPCC" and row["title"] == "Ethics"]
    assert (mine[0]["hours that count"], mine[0]["at best"]) == ("6", "6")
    assert mine[0]["number"] == license_.number
    assert {row["title"] for row in rows} == {"'=SUM(A1)", "Ethics"}
    assert all(row["why not"] for row in rows if row["title"] == "'=SUM(A1)")


def test_as_many_queries_for_ten_licenses_and_many_credits_as_for_one(signed_in, clinician):
    a_license(clinician)
    a_credit(clinician)
    addresses = ("/standing/", MATRIX, MISSING)
    few = {}
    for address in addresses:
        signed_in.get(address)
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(address)
        few[address] = len(queries)
    a_license(clinician, kind="lmft")
    a_license(clinician, kind="lcsw")
    for number in range(30):
        a_credit(clinician, f"Course {number}", hours="1", approvals=None)
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(address)
        assert len(queries) == few[address] <= 10, address


def test_a_long_ledger_is_paged(signed_in, clinician):
    a_license(clinician)
    for number in range(30):
        a_credit(clinician, f"Course {number:02}", hours="1")
    first, second = signed_in.get(MATRIX), signed_in.get(MATRIX, {"page": 2})
    assert len(re.findall("Course [0-9]{2}</a>", main_of(first))) == 25
    assert len(re.findall("Course [0-9]{2}</a>", main_of(second))) == 5
    assert "30.0 h" in words(main_of(second))  # the sum is that of all credits, not of the page


# Several licenses on the standing page


def test_with_several_licenses_each_is_a_card_in_brief_with_a_page_of_its_own(signed_in, clinician):
    lpcc = a_license(clinician)
    lmft = a_license(clinician, kind="lmft")
    page = signed_in.get("/standing/").content.decode()
    for license_ in (lpcc, lmft):
        assert f'href="/standing/{license_.pk}/"' in page
        whole = words(main_of(signed_in.get(f"/standing/{license_.pk}/")))
        assert "Checked 23 November 2026" in whole
        assert "What counted, what did not, and why" in whole
    assert "What counted, what did not, and why" not in words(page)
    step = page[page.index("<h2>Next step</h2>") :]
    assert re.search(r'href="/standing/[0-9a-f-]{36}/">California L', step[: step.index("</section>")])


def test_brief_cards_and_whole_pages_agree(signed_in, clinician):
    lpcc = a_license(clinician)
    a_license(clinician, kind="lmft")
    a_credit(clinician, hours="5")
    brief, whole = signed_in.get("/standing/"), signed_in.get(f"/standing/{lpcc.pk}/")
    for response in (brief, whole):
        body = response.content.decode()
        start = body.index(f'id="{anchor_of(lpcc.pk)}-ethics"')
        row = words(body[start : body.index("</li>", start)])
        assert "5 of 6 h" in row
        assert "1 hour to go" in row


def test_the_page_of_a_license_that_is_not_mine_does_not_exist(signed_in, other_clinician):
    theirs = a_license(other_clinician)
    assert signed_in.get(f"/standing/{theirs.pk}/").status_code == 404


def test_an_ended_period_is_said_first_with_what_to_do(signed_in, clinician):
    ended = a_license(clinician, period_end=dt.date(2026, 10, 31))
    a_license(clinician, kind="lmft")
    body = signed_in.get("/standing/").content.decode()
    page = words(body)
    assert "The period of California LPCC ended on 31 October 2026" in page
    assert "Period ended" in page
    assert page.index("ended on 31 October") < page.index("California LMFT 3")
    assert f'href="{reverse("license-renew", args=[ended.pk])}?from=standing">Record the renewal' in body
    assert f'href="{reverse("license-edit", args=[ended.pk])}?from=standing">change its status' in body


def test_a_form_that_was_opened_from_the_standing_leads_back_to_it(signed_in, clinician):
    license_ = a_license(clinician)
    end = license_.periods.get().end.isoformat()
    addresses = [reverse("license-edit", args=[license_.pk]), reverse("license-period", args=[license_.pk, end])]
    for address in addresses:
        assert f'href="/standing/{license_.pk}/">Cancel' in main_of(signed_in.get(address, {"from": "standing"}))
        assert f'href="/licenses/{license_.pk}/">Cancel' in main_of(signed_in.get(address, {"from": "//evil.example"}))
    saved = signed_in.post(f"{addresses[1]}?from=standing", {"carried_total": "4", "note": ""})
    assert saved.headers["Location"] == f"/standing/{license_.pk}/"
    page = words(main_of(signed_in.get(f"/standing/{license_.pk}/")))
    assert "Carried in, as you recorded: 4 hours of all continuing education." in page


@pytest.mark.parametrize("status", ["inactive", "lapsed", "retired"])
def test_a_license_that_is_not_active_is_labeled(signed_in, clinician, status):
    license_ = a_license(clinician, status=status)
    a_license(clinician, kind="lmft")
    for address in ("/standing/", f"/standing/{license_.pk}/", "/standing/print/"):
        assert f'<span class="tag bare">{status.capitalize()}</span>' in signed_in.get(address).content.decode()


def test_a_requirement_with_a_day_of_its_own_shows_it_on_card_and_timeline(signed_in, clinician):
    from goodstanding.licensing.services import add_license

    add_license(
        holder=clinician.holder,
        actor=clinician,
        rule="us/fl/lmhc",
        profession="counselor",
        license_type="LMHC",
        number="MH 1",
        issued=dt.date(2026, 10, 1),
        period_end=dt.date(2029, 3, 31),
        period_start=dt.date(2026, 10, 1),
        renewals=0,
        at=NOW,
    )
    file = signed_in.get("/standing/case.yaml").content.decode()
    case = case_of(parse_document(file, name="case.yaml"), rulebook())
    evaluation = evaluate(case.licenses, case.credits, rulebook(), TODAY).evaluations[0]
    assert evaluation.period is not None
    own = [
        one for one in evaluation.requirements if one.due not in (None, evaluation.period.end) and one.outcome is not Outcome.MET
    ]
    assert own, "Florida asks for something on a day of its own"
    page = words(main_of(signed_in.get("/standing/")))
    for one in own:
        assert f"Due {one.due.day} {one.due:%B %Y}" in page


# What credits leave unstated


def test_what_is_missing_is_filled_in_for_several_credits_at_once(signed_in, clinician):
    license_ = a_license(clinician)
    first = a_credit(clinician, "First", approvals=None, hours="3")
    second = a_credit(clinician, "Second", approvals=None, hours="3")
    standing = signed_in.get("/standing/").content.decode()
    assert "Fill in what 2 leave open" in words(standing)
    form = main_of(signed_in.get(MISSING))
    assert "Asked by California LPCC." in words(form)
    sent = form_of(first, approvals=["nbcc"]) | form_of(
        second, approvals=["nbcc"], sponsor_kind="association", submission="0c0a2a8e-0b1d-4c57-9a52-1f6e0c5a7b11"
    )
    response = signed_in.post(MISSING, sent, follow=True)
    assert "2 credits completed." in words(response.content.decode())
    newest = {entry.title: entry for entry in CreditEntry.objects.filter(replaces__isnull=False)}
    assert newest["First"].replaces_id == first.pk
    assert newest["First"].approvals == ["nbcc"]
    assert newest["Second"].sponsor_kind == "association"
    assert (newest["First"].amount, newest["First"].parts, newest["First"].format) == (first.amount, first.parts, first.format)
    after = signed_in.get("/standing/").content.decode()
    start = after.index(f'<li id="{anchor_of(license_.pk)}-ethics">')
    assert "6 of 6 h" in words(after[start : after.index("</details></li>", start)])
    # What the first save made new is not asked again.
    assert "Nothing more is missing" in words(main_of(signed_in.get(MISSING)))


def test_what_decides_nothing_yet_is_asked_after_what_does(signed_in, clinician):
    a_license(clinician)
    a_credit(clinician, "More suicide hours are owed anyway", approvals=None, hours="1", topics=("suicide",))
    a_credit(clinician, "This decides", approvals=None, hours="6", topics=("ethics",), completed=dt.date(2026, 5, 1))
    page = words(main_of(signed_in.get(MISSING)))
    assert 0 < page.index("This decides") < page.index("More suicide hours")


def test_the_bodies_that_other_credits_name_are_offered_first(signed_in, clinician):
    a_license(clinician)
    a_credit(clinician, "Stated", approvals=("naadac",))
    a_credit(clinician, "Unstated", approvals=None)
    offered = re.findall(r'name="[0-9a-f]{32}-approvals" value="([^"]+)"', main_of(signed_in.get(MISSING)))
    assert offered[:2] == ["none", "naadac"]
    assert len(offered) == len(set(offered)) == len(rulebook().approvals) + 1


def test_credits_that_nobody_knows_about_do_not_stand_before_the_rest(signed_in, clinician):
    a_license(clinician)
    entries = [a_credit(clinician, f"Course {number:02}", hours="1", approvals=None) for number in range(13)]

    def titles(response):
        return re.findall(r"<h2[^>]*>(Course [0-9]{2})</h2>", main_of(response))

    first = signed_in.get(MISSING)
    rest = signed_in.get(MISSING, {"start": "10"})
    assert len(titles(first)) == 10
    assert sorted(titles(first) + titles(rest)) == [entry.title for entry in entries]
    assert 'href="?start=10">Skip to the next' in main_of(first)
    assert "Skip to the next" not in main_of(rest)
    sent = {}
    for number, title in enumerate(titles(first)):
        known = ["nbcc"] if number < 4 else []
        entry = next(one for one in entries if one.title == title)
        sent |= form_of(entry, approvals=known, submission=f"0c0a2a8e-0b1d-4c57-9a52-1f6e0c5a7b{number:02}")
    saved = signed_in.post(MISSING, sent)
    assert saved.headers["Location"] == f"{MISSING}?start=6"
    assert sorted(titles(signed_in.get(saved.headers["Location"]))) == sorted(titles(rest))
    for nonsense in ("-1", "x", "99999999999999999999", "²"):
        assert signed_in.get(MISSING, {"start": nonsense}).status_code == 200


def test_what_is_not_known_stays_open_and_writes_nothing(signed_in, clinician):
    a_license(clinician)
    entry = a_credit(clinician, approvals=None)
    response = signed_in.post(MISSING, form_of(entry), follow=True)
    assert "nothing changed" in words(response.content.decode())
    assert CreditEntry.objects.count() == 1


def test_none_and_a_body_exclude_each_other_and_nothing_is_lost(signed_in, clinician):
    a_license(clinician)
    entry = a_credit(clinician, approvals=None)
    other = a_credit(clinician, "Other", approvals=None)
    sent = form_of(entry, approvals=["none", "nbcc"]) | form_of(other, approvals=["apa"])
    response = signed_in.post(MISSING, sent)
    assert response.status_code == 422
    assert "they exclude each other" in words(main_of(response))
    assert re.search(rf'name="{other.pk.hex}-approvals" value="apa"[^>]* checked', main_of(response))
    assert CreditEntry.objects.count() == 2


def test_the_same_form_sent_twice_completes_once(signed_in, clinician):
    a_license(clinician)
    entry = a_credit(clinician, approvals=None)
    for _ in range(2):
        assert signed_in.post(MISSING, form_of(entry, approvals=["nbcc"])).status_code == 302
    assert CreditEntry.objects.count() == 2


def test_one_credit_is_asked_about_from_its_question(signed_in, clinician, other_clinician):
    a_license(clinician)
    one = a_credit(clinician, "One", approvals=None)
    a_credit(clinician, "Another", approvals=None)
    page = words(main_of(signed_in.get(MISSING, {"credit": str(one.pk)})))
    assert "One" in page
    assert "Another" not in page
    theirs = a_credit(other_clinician, approvals=None)
    assert signed_in.get(MISSING, {"credit": str(theirs.pk)}).status_code == 404
    assert signed_in.get(MISSING, {"credit": "no such"}).status_code == 404


def test_someone_elses_credit_is_never_completed(signed_in, clinician, other_clinician):
    a_license(clinician)
    theirs = a_credit(other_clinician, approvals=None)
    signed_in.post(MISSING, form_of(theirs, approvals=["nbcc"]))
    assert CreditEntry.objects.filter(replaces=theirs).count() == 0


# What confirming does


def test_the_page_for_a_confirmation_says_what_it_would_change(signed_in, clinician):
    license_ = a_license(clinician)
    a_credit(clinician, approvals=("naadac",))
    address = reverse("standing-confirm", args=[license_.pk, "sponsor_list"])
    page = words(main_of(signed_in.get(address)))
    assert "Law and ethics: not certain, then met." in page
    signed_in.post(address, {"confirmed_on": "2026-05-03", "note": ""})
    standing = signed_in.get(f"/standing/{license_.pk}/").content.decode()
    start = standing.index(f'<li id="{anchor_of(license_.pk)}-ethics">')
    assert "Met, as you confirmed" in words(standing[start : standing.index("</details></li>", start)])


def test_a_confirmation_that_alone_changes_nothing_says_so(signed_in, clinician):
    license_ = a_license(clinician)
    page = words(main_of(signed_in.get(reverse("standing-confirm", args=[license_.pk, "sponsor_list"]))))
    assert "By itself, nothing today" in page


def test_questions_are_grouped_by_who_answers_them(signed_in, clinician):
    license_ = a_license(clinician, facts={})
    a_credit(clinician, approvals=None)
    a_credit(clinician, "Other body", approvals=("naadac",), topics=("suicide",))
    page = words(main_of(signed_in.get(f"/standing/{license_.pk}/")))
    assert page.index("About you You know these yourself") < page.index("On your certificates") < page.index("For your board")
    assert "California Board of Behavioral Sciences" in page


@pytest.mark.parametrize("address", [MATRIX, MISSING, "/standing/credits/{entry}/", "/standing/{license}/"])
def test_no_inline_style_or_script_and_every_id_once(signed_in, clinician, address):
    license_ = a_license(clinician, facts={})
    a_license(clinician, kind="lmft")
    entry = a_credit(clinician, "<script>alert(1)</script>", approvals=None)
    a_credit(clinician, "Second", approvals=None)
    body = signed_in.get(address.format(entry=entry.pk, license=license_.pk)).content.decode()
    assert "<script>alert" not in body
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", body)
    ids = re.findall(r'\sid="([^"]+)"', body)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', body)) <= set(ids)


@pytest.mark.parametrize(
    ("rule", "kind", "asked", "words_of_it"),
    [
        ("us/ny/lcsw", "LCSW", "unsettled_", "or you have done what it asks"),
        ("us/ca/lpcc", "LPCC", "approvals:", "takes this credit as it is"),
        ("us/ca/lpcc", "LPCC", "sponsor_list", "gave the answer that is kinder to you"),
    ],
)
def test_a_confirmation_says_what_must_have_been_answered(signed_in, clinician, rule, kind, asked, words_of_it):
    license_ = a_license(
        clinician, rule=rule, license_type=kind, profession="social_worker" if kind == "LCSW" else "counselor", facts={}
    )
    a_credit(clinician, approvals=None)
    body = signed_in.get(f"/standing/{license_.pk}/").content.decode()
    found = re.search(rf'href="(/standing/{license_.pk}/{asked}[^"]*/confirm/)"', body)
    assert found
    assert words_of_it in words(main_of(signed_in.get(found[1])))
