"""Hours carried in and waivers, as a browser without scripts sees them."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodstanding.accounts.models import User
from goodstanding.core.documents import parse_document
from goodstanding.core.rules.case import case_of
from goodstanding.core.rules.load import load_rules
from goodstanding.core.rules.periods import add_months
from goodstanding.licensing import rulebook, selectors, services
from goodstanding.licensing.models import License, LicensePeriod
from tests.today import TODAY

pytestmark = pytest.mark.django_db

END = add_months(TODAY, 8)


@pytest.fixture
def license_(clinician: User) -> License:
    return services.add_license(
        holder=clinician.holder,
        actor=clinician,
        rule="us/ca/lpcc",
        profession="counselor",
        license_type="LPCC",
        number="LPCC 1234",
        issued=dt.date(2019, 5, 10),
        period_end=END,
        renewals=3,
        facts={"couples_and_families": False},
        at=timezone.now(),
    )


def address(license_: License, end: object = END) -> str:
    return reverse("license-period", args=[license_.pk, str(end)])


def text(response: HttpResponse) -> str:
    return response.content.decode()


def period(license_: License) -> LicensePeriod:
    return selectors.access_period(selectors.access_license(license_.holder, license_.pk), END)


def test_is_reached_from_the_page_of_the_license(signed_in: Client, license_: License) -> None:
    assert address(license_) in text(signed_in.get(reverse("license-page", args=[license_.pk])))


def test_asks_by_plain_labels_and_says_what_becomes_of_it(signed_in: Client, license_: License) -> None:
    page = text(signed_in.get(address(license_)))
    for said in (
        "All continuing education",
        "Law and ethics",
        "HIV/AIDS assessment and treatment",
        "No rule on carried hours was read for this license.",
        "A waiver is taken on your word",
    ):
        assert said in page
    assert "<script" not in re.sub(r"<script[^>]* src=", "", page)


def test_what_is_saved_is_told_and_filled_in_again(signed_in: Client, license_: License) -> None:
    form = {"carried_total": "4.50", "carried_ethics": "2", "waived": ["hiv", "suicide"], "note": "Letter <b>7</b>"}
    saved = signed_in.post(address(license_), form, follow=True)
    assert saved.redirect_chain == [(reverse("license-page", args=[license_.pk]), 302)]
    page = text(saved)
    assert "Saved for the period until" in page
    assert "All continuing education: none → 4.5" in page
    assert "2 requirements waived" in page
    assert "Letter &lt;b&gt;7&lt;/b&gt;" in page
    again = text(signed_in.get(address(license_)))
    assert re.search(r'name="carried_total" value="4.5"', again)
    assert len(re.findall(r'name="waived"[^>]*checked', again)) == 2
    assert "Letter" not in again


def test_can_be_changed_back(signed_in: Client, license_: License) -> None:
    signed_in.post(address(license_), {"carried_ethics": "4", "waived": ["hiv"]})
    page = text(signed_in.post(address(license_), {"carried_ethics": "", "carried_total": ""}, follow=True))
    assert (period(license_).carried_in, period(license_).waivers) == ({}, [])
    assert "Law and ethics: 4 → none" in page
    assert "No longer waived" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"carried_ethics": "four"}, "Enter a number of hours, such as 4 or 1.5."),
        ({"carried_ethics": "4,5"}, "Enter a number of hours, such as 4 or 1.5."),
        ({"carried_ethics": "NaN"}, "Enter a number of hours, such as 4 or 1.5."),
        ({"carried_ethics": "-1"}, "Hours cannot be negative."),
        ({"carried_ethics": "1e9"}, "at most 200 hours"),
        ({"carried_ethics": "9" * 3000}, "at most 200 hours"),
        ({"carried_ethics": "1.255"}, "Use at most two decimals"),
        ({"waived": ["hiv", "no_such"]}, "Choose only requirements from the list."),
        ({"note": "x" * 501}, "the limit is 500"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    signed_in: Client, license_: License, change: dict[str, Any], said: str
) -> None:
    typed = {"carried_total": "4.50", "carried_ethics": "2", "waived": ["hiv"], "note": "Letter of 3 May"} | change
    answer = signed_in.post(address(license_), typed)
    page = text(answer)
    assert answer.status_code == 200
    assert said in page
    assert "One thing needs your attention" in page
    assert 'value="4.50"' in page
    assert f'value="{typed["carried_ethics"]}"' in page
    assert re.search(r'value="hiv"[^>]*checked', page)
    assert typed["note"] in page
    assert (period(license_).carried_in, license_.changes.count()) == ({}, 2)  # added, answered


def test_all_that_is_wrong_is_said_at_once(signed_in: Client, license_: License) -> None:
    page = text(signed_in.post(address(license_), {"carried_total": "-1", "carried_ethics": "four", "waived": ["no_such"]}))
    assert "3 things need your attention" in page


def test_carried_hours_leave_the_standing_not_certain_and_a_waiver_leaves_the_requirement_out(
    signed_in: Client, license_: License
) -> None:
    signed_in.post(address(license_), {"carried_ethics": "6", "waived": ["hiv", "suicide"]})
    page = text(signed_in.get(reverse("standing")))
    assert "Carried in, as you recorded: 6 hours of law and ethics." in page
    assert re.search(r"Waived for this period, as you recorded: suicide [^.;]*; HIV/AIDS", page)
    assert address(license_) in page
    assert "Do hours carried in from the period before count?" in page
    assert "Waived for this period, as you recorded. Keep the board&#x27;s letter." in page
    printed = text(signed_in.get(reverse("standing-print")))
    assert "Carried in, as you recorded: 6 hours of law and ethics." in printed
    assert address(license_) not in printed


def test_the_case_file_to_download_holds_both(signed_in: Client, license_: License) -> None:
    signed_in.post(address(license_), {"carried_ethics": "6.25", "waived": ["hiv"]})
    file = text(signed_in.get(reverse("standing-case-file")))
    (case,) = case_of(parse_document(file, name="case.yaml"), rulebook.rulebook()).licenses
    assert ({name: str(hours) for name, hours in case.carried_in.items()}, case.waivers) == ({"ethics": "6.25"}, ("hiv",))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{allowed: false}", "no hours are carried in"),
        ("{allowed: true}", "The rule counts them."),
        ("{allowed: true, at_most: {ethics: 3}}", "up to a limit: Law and ethics, "),
    ],
)
def test_says_what_a_rule_on_carried_hours_says(
    signed_in: Client, license_: License, settings: Any, tmp_path: Path, rule: str, said: str
) -> None:
    rules = tmp_path / "rules"
    _copy(settings.CONTENT_ROOT, rules, carry_in=rule)
    assert load_rules(rules)["us/ca/lpcc"].file.carry_in is not None
    settings.CONTENT_ROOT = tmp_path
    page = text(signed_in.get(address(license_)))
    assert said in page
    assert "No rule on carried hours was read" not in page


def _copy(content: Path | str, rules: Path, *, carry_in: str) -> None:
    shutil.copytree(Path(content) / "rules", rules)
    file = rules / "us" / "ca" / "lpcc.yaml"
    file.write_text(file.read_text().replace("\naccepts:", f"\ncarry_in: {carry_in}\naccepts:", 1))


class TestPrivacy:
    def test_a_period_of_someone_else_is_not_found(self, license_: License, other_clinician: User) -> None:
        stranger = Client()
        stranger.force_login(other_clinician)
        assert stranger.get(address(license_)).status_code == 404
        assert stranger.post(address(license_), {"waived": ["hiv"]}).status_code == 404
        assert period(license_).waivers == []

    @pytest.mark.parametrize("end", ["2001-01-31", "no-such-day", "2026-02-30"])
    def test_neither_is_one_that_does_not_exist(self, signed_in: Client, license_: License, end: str) -> None:
        assert signed_in.get(address(license_, end)).status_code == 404
        assert signed_in.post(address(license_, end), {"waived": ["hiv"]}).status_code == 404

    def test_nor_one_of_a_license_that_was_taken_off_the_list(self, signed_in: Client, license_: License) -> None:
        services.remove_license(license=license_, actor=license_.holder.user, at=timezone.now())
        assert signed_in.post(address(license_), {"waived": ["hiv"]}).status_code == 404

    def test_strangers_are_asked_to_sign_in(self, client: Client, license_: License) -> None:
        assert client.get(address(license_)).headers["Location"].startswith(reverse("account_login"))
        assert client.get(reverse("license-period", args=[uuid.uuid4(), "2027-05-31"])).status_code == 302


def test_without_its_rule_the_page_says_so_and_nothing_changes(signed_in: Client, license_: License) -> None:
    LicensePeriod.objects.filter(license=license_).update(carried_in={"total": "4"}, waivers=["hiv"])
    License.objects.filter(pk=license_.pk).update(rule="us/zz/gone")
    assert "The rule of this license is not installed" in text(signed_in.get(address(license_)))
    signed_in.post(address(license_), {"carried_total": "9"})
    assert (period(license_).carried_in, period(license_).waivers) == ({"total": "4"}, ["hiv"])
