"""What boards ask for, in the open: the map and its table, the page of a rule, rules side by side."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import Client, RequestFactory
from django.urls import reverse

from goodstanding.kept import Kept
from goodstanding.licensing.explorer import entries
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.public import kept_page, requirements
from tests.today import TODAY

pytestmark = pytest.mark.django_db

START = reverse("requirements")


def text_of(response) -> str:
    """What a person reads: without markup, with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def table_of(page: str) -> dict[str, dict[str, str]]:
    """The rows of the table by the rule that their box would compare."""
    rows = re.findall(r'<tr role="row"><th scope="row".*?</tr>', page, re.DOTALL)
    return {
        re.search(r'value="([^"]+)"', row)[1]: dict(re.findall(r'data-label="([^"]+)">(.*?)</td>', row, re.DOTALL))
        for row in rows
    }


def tiles_of(page: str) -> dict[str, str]:
    """What the map says of each state: by its name, what a screen reader hears or a pointer shows."""
    return dict(re.findall(r"<title>([^:<]+): ([^<]+)</title>", page))


def test_the_map_says_of_each_state_what_the_table_says(client: Client) -> None:
    page = client.get(f"{START}?profession=counselor").content.decode()
    table, tiles = table_of(page), tiles_of(page)
    assert len(tiles) == 51
    assert set(table) == {one.rule for one in entries(TODAY) if "counselor" in one.professions}
    hours = {rule: (row["All hours"], row["Ethics"]) for rule, row in table.items()}
    assert (hours["us/ca/lpcc"], hours["us/in/lmhc"]) == (("36", "6"), ("40", "2 to 6"))
    assert (tiles["California"], tiles["Indiana"]) == ("6 ethics hours", "2 to 6 ethics hours")
    assert tiles["Michigan"] == "no ethics hours named"
    for link in re.findall(r'<a href="([^"]+)" class="(?:t\d|none|unknown)"', page):
        assert client.get(link).status_code == 200


def test_the_map_of_all_hours_and_of_another_profession(client: Client) -> None:
    page = client.get(f"{START}?profession=social_worker&show=total").content.decode()
    assert tiles_of(page)["New York"] == "36 all hours"
    assert "us/ny/lcsw" in table_of(page)
    assert "us/ny/lmhc" not in table_of(page)


@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ("q=new+york", {"us/ny/lcsw", "us/ny/lmhc", "us/ny/psychologist"}, {"us/ca/lcsw"}),
        ("q=NEW+york+lcsw", {"us/ny/lcsw"}, {"us/ny/lmhc"}),
        ("q=behavioral+science&profession=mft", {"us/ca/lmft"}, {"us/ca/lcsw"}),
        ("q=psychologist", {"us/ca/psychologist"}, {"us/ca/lcsw"}),
        ("profession=counselor&at_least=6", {"us/ca/lpcc", "us/in/lmhc"}, {"us/ny/lmhc", "us/mi/lpc"}),
        ("profession=counselor&known=open", {"us/in/lmhc"}, set()),
        ("profession=counselor&known=sure", set(), {"us/in/lmhc"}),
    ],
)
def test_a_search_finds_what_holds_all_its_words(client: Client, asked: str, there: set[str], not_there: set[str]) -> None:
    found = set(table_of(client.get(f"{START}?{asked}").content.decode()))
    assert there <= found
    assert not found & not_there


def test_a_search_without_result_says_so_and_keeps_what_was_typed(client: Client) -> None:
    page = client.get(f"{START}?q=atlantis&profession=mft").content.decode()
    assert "No license type fits" in page
    assert 'value="atlantis"' in page
    assert '<option value="mft" selected>' in page


@pytest.mark.parametrize(
    "asked", ["profession=nobody&show=nothing&known=x&at_least=-1", "at_least=%00", "q=%3Cscript%3E", "at_least=²"]
)
def test_what_nobody_can_choose_is_taken_as_not_asked(client: Client, asked: str) -> None:
    response = client.get(f"{START}?{asked}")
    assert response.status_code == 200
    assert "<script>" not in response.content.decode().replace('<script src="', "")


@pytest.mark.slow_once
@pytest.mark.parametrize("rule_id", list(rulebook()))
def test_every_rule_has_a_page_with_its_requirements_sources_and_open_questions(client: Client, rule_id: str) -> None:
    file = rulebook()[rule_id].file
    response = client.get(reverse("requirements-page", args=[rule_id]))
    assert response.status_code == 200
    page = text_of(response)
    assert file.title in page
    assert "23 November 2026" in page
    for question in file.open_questions:
        assert question.text in page
    for source in file.sources.values():
        assert source.says in page
    for one in file.requirements:
        if file.in_force_of(one).covers(TODAY):
            assert one.label.lower() in page.lower()
    links = response.content.decode()
    assert (file.board.url or file.board.name) in html.unescape(links)
    assert f"{reverse('license-add')}?rule={rule_id.replace('/', '%2F')}" in links


def test_a_state_has_a_page_of_its_license_types(client: Client) -> None:
    page = text_of(client.get("/requirements/us/ca/"))
    assert all(name in page for name in ("California", "LCSW", "LMFT", "LPCC", "36 in 2 years"))
    assert client.get("/requirements/us/xx/").status_code == 404
    assert client.get("/requirements/us/ca/nothing/").status_code == 404


def test_two_rules_side_by_side_mark_what_differs(client: Client) -> None:
    page = client.get(reverse("requirements-compare"), {"with": ["us/ca/lcsw", "us/ny/lcsw"]}).content.decode()
    rows = {
        re.sub(r"<[^>]+>|differs", "", row).split("\n")[0].strip(): "differs" in row
        for row in re.findall(r'<tr(?: class="differs")?><th scope="row">(.*?)</th>', page)
    }
    assert rows["Period"] is True
    assert rows["Hours in all"] is False
    assert 'class="differs"><th scope="row">Period' in page
    assert "2 years" in page
    assert "3 years" in page
    assert "not asked" in page


def test_a_comparison_takes_at_most_four_and_says_so(client: Client) -> None:
    asked = {"with": [*list(rulebook())[:5], "us/xx/nothing"]}
    page = client.get(reverse("requirements-compare"), asked).content.decode()
    assert page.count('<th scope="col"><a') == 4
    assert "Only 4 license types fit" in page
    empty = client.get(reverse("requirements-compare")).content.decode()
    assert empty.count("<select") == 2
    one = client.get(reverse("requirements-compare"), {"with": "us/ca/lcsw"}).content.decode()
    assert one.count("<select") == 1
    assert '<option value="us/ca/lcsw">' not in one


def test_a_stranger_gets_a_page_again_only_if_it_changed(client: Client, signed_in: Client) -> None:
    first = Client().get("/requirements/us/ca/lpcc/")
    again = Client().get("/requirements/us/ca/lpcc/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Client().get("/requirements/us/ca/lcsw/").headers["ETag"] != first.headers["ETag"]
    own = signed_in.get("/requirements/us/ca/lpcc/", headers={"If-None-Match": first.headers["ETag"]})
    assert own.status_code == 200
    assert "ETag" not in own.headers
    assert "My standing" in own.content.decode()
    assert "My standing" not in Client().get("/requirements/us/ca/lpcc/").content.decode().split("</header>")[0]


@pytest.mark.parametrize("address", [START, f"{START}?q=new+york", "/requirements/us/ca/lpcc/", "/requirements/us/ca/"])
def test_a_page_that_is_kept_is_the_page_that_would_be_made(signed_in: Client, address: str, monkeypatch) -> None:
    def page() -> str:
        return re.sub(r'\s+|value="[^"]{64}"', "", signed_in.get(address).content.decode())  # the token of "sign out" is new

    shown = [page(), page()]
    for kept in ("_own", "_whole"):
        monkeypatch.setattr(kept_page, kept, Kept(1))
    monkeypatch.setattr(kept_page, "_LONGEST_ADDRESS", 0)  # nothing is taken from what is kept
    assert shown == [page()] * 2


def test_a_message_is_shown_once_and_kept_by_nobody(clinician, rf: RequestFactory) -> None:
    def page(user, *words: str) -> str:
        request = rf.get(START)
        request.session, request.user = {}, user
        request._messages = CookieStorage(request)
        for word in words:
            messages.info(request, word)
        return requirements.requirements(request).content.decode()

    for user in (AnonymousUser(), clinician):
        assert "Something happened." in page(user, "Something happened.")
        assert "Something happened." not in page(user)


def test_what_is_kept_for_strangers_holds_no_token(client: Client) -> None:
    for address in (START, "/requirements/us/ca/", "/requirements/us/ca/lpcc/", reverse("requirements-compare")):
        assert b"csrf" not in client.get(address).content.lower()


def test_a_rule_leads_to_the_form_for_one_s_own_license(signed_in: Client) -> None:
    page = signed_in.get(f"{reverse('license-add')}?rule=us/ny/lcsw").content.decode()
    assert re.search(r'<option value="us/ny/lcsw:LCSW:social_worker" selected', page)


def test_search_engines_are_told_of_every_public_page_and_of_no_one_s_own(client: Client) -> None:
    addresses = re.findall(r"<loc>[a-z]+://[^/]+([^<]*)</loc>", client.get("/sitemap.xml").content.decode())
    assert {"/", "/requirements/", "/requirements/us/ca/", "/courses/"} <= set(addresses)
    assert {reverse("requirements-page", args=[rule_id]) for rule_id in rulebook()} <= set(addresses)
    robots = client.get("/robots.txt").content.decode()
    assert "Sitemap: http" in robots
    kept_out = re.findall(r"Disallow: (\S+)", robots)
    assert not [address for address in addresses if address.startswith(tuple(kept_out))]
    for address in ("/", "/requirements/", "/requirements/us/ca/"):
        assert client.get(address).status_code == 200


def test_the_data_can_be_taken_along(client: Client) -> None:
    page = client.get(START).content.decode()
    for address in ("/api/v1/rules.csv", "/api/v1/rules.json", "/api/v1/openapi.json"):
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200
    assert 'itemtype="https://schema.org/Dataset"' in page
    assert "CC BY 4.0" in page
    assert 'href="/api/v1/rules/us/ca/lpcc"' in client.get("/requirements/us/ca/lpcc/").content.decode()


def test_the_first_page_shows_the_map(client: Client) -> None:
    page = client.get("/").content.decode()
    assert tiles_of(page)["California"] == "6 ethics hours"
    assert f"{len(rulebook().rules)} license types" in page
