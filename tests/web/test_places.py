"""What lies outside the states of the US, on the pages that otherwise speak of states."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from goodstanding.accounts.models import User
from goodstanding.licensing import services
from goodstanding.licensing.explorer import entries, places, tiles
from goodstanding.licensing.places import PLACES
from goodstanding.licensing.rulebook import license_types, rulebook
from tests.today import TODAY

pytestmark = pytest.mark.django_db

OUTSIDE = {
    "us/psypact/apit": "PSYPACT (interstate)",
    "us/psypact/tap": "PSYPACT (interstate)",
    "au/psychologist": "Australia",
    "gb/practitioner_psychologist": "United Kingdom",
    "ca/ab/psychologist": "Alberta (Canada)",
    "ca/bc/psychologist": "British Columbia (Canada)",
    "ca/on/psychologist": "Ontario (Canada)",
    "ca/qc/psychologist": "Quebec (Canada)",
}


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def add(clinician: User, rule: str) -> None:
    kind = next(one for one in license_types() if one.rule == rule)
    services.add_license(
        holder=clinician.holder,
        actor=clinician,
        rule=rule,
        profession="psychologist",
        license_type=kind.license_type,
        number="1",
        issued=dt.date(2019, 5, 10),
        period_end=dt.date(2027, 5, 31),
        status="active",
        at=dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC),
    )


def test_every_place_that_licenses_has_a_name() -> None:
    assert {rulebook()[rule_id].file.jurisdiction for rule_id in rulebook()} <= set(PLACES)
    assert {one.rule: one.place for one in entries(TODAY) if one.rule in OUTSIDE} == OUTSIDE


def test_no_place_takes_the_page_of_another() -> None:
    found = places(entries(TODAY))
    assert found["us/psypact"] == "PSYPACT (interstate)"
    assert (found["au"], found["ca/on"], found["us/ca"]) == ("Australia", "Ontario (Canada)", "California")
    assert not {"us", "ca"} & set(found)
    for folder, place in found.items():
        assert {one.place for one in entries(TODAY) if one.rule.rpartition("/")[0] == folder} == {place}


def test_what_lies_outside_the_states_is_on_no_tile() -> None:
    listed = [one for one in entries(TODAY) if one.rule in OUTSIDE]
    assert {tile.look for tile in tiles(listed, subject="total")} == {"absent"}


@pytest.mark.parametrize(("folder", "kinds"), [("us/psypact", 2), ("au", 1), ("gb", 1), ("ca/on", 1)])
def test_a_place_outside_the_states_has_a_page_of_its_license_types(client: Client, folder: str, kinds: int) -> None:
    page = client.get(reverse("requirements-page", args=[folder]))
    assert page.status_code == 200
    ours = [rule for rule in OUTSIDE if rule.rpartition("/")[0] == folder]
    assert len(ours) == kinds
    assert f"<h1>{OUTSIDE[ours[0]]}</h1>" in page.content.decode()
    assert all(reverse("requirements-page", args=[rule]) in page.content.decode() for rule in ours)


@pytest.mark.parametrize("country", ["us", "ca"])
def test_a_country_whose_states_license_has_no_page(client: Client, country: str) -> None:
    assert client.get(f"/requirements/{country}/").status_code == 404


@pytest.mark.parametrize("rule", ["us/psypact/apit", "us/psypact/tap"])
def test_the_page_of_a_privilege_says_that_the_home_license_stays_due(client: Client, rule: str) -> None:
    page = text_of(client.get(reverse("requirements-page", args=[rule])).content.decode())
    assert "privilege of the interstate compact and no license" in page
    assert "comes on top of the license of your home state, whose own requirements stay due" in page


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("psypact", {"us/psypact/apit", "us/psypact/tap"}),
        ("canada", {rule for rule in OUTSIDE if rule.startswith("ca/")}),
        ("ontario", {"ca/on/psychologist"}),
        ("united kingdom", {"gb/practitioner_psychologist"}),
        ("australia", {"au/psychologist"}),
    ],
)
def test_a_search_finds_what_lies_outside_the_states(client: Client, words: str, rules: set[str]) -> None:
    page = client.get(reverse("requirements"), {"q": words}).content.decode()
    assert set(re.findall(r'name="with" value="([^"]+)"', page)) == rules


@pytest.mark.parametrize("rule", list(OUTSIDE))
def test_a_license_from_outside_the_states_can_be_held(signed_in: Client, clinician: User, rule: str) -> None:
    assert f'value="{rule}:' in signed_in.get(reverse("license-add"), {"rule": rule}).content.decode()
    add(clinician, rule)
    for address in ("/standing/", "/licenses/", "/credits/add/", "/standing/credits/"):
        assert signed_in.get(address).status_code == 200
    assert OUTSIDE[rule] in text_of(signed_in.get("/standing/").content.decode())


def test_a_province_has_topics_about_its_own_law_and_a_country_has_none(signed_in: Client, clinician: User) -> None:
    add(clinician, "ca/on/psychologist")
    add(clinician, "au/psychologist")
    add(clinician, "us/psypact/apit")
    topics = re.findall(r'<option value="(law\w*)"', signed_in.get("/credits/add/").content.decode())
    assert set(topics) == {"law", "law_and_ethics", "law_ca_on", "law_and_ethics_ca_on"}
