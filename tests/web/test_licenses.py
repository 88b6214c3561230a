"""Licenses, as a browser without scripts sees them."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from goodstanding.accounts.models import User
from goodstanding.core.rules.periods import add_months
from goodstanding.licensing import selectors, services
from goodstanding.licensing.models import License
from tests.compliance.situations import not_sure
from tests.today import TODAY

pytestmark = pytest.mark.django_db

END = add_months(TODAY, 8)
FORM = {
    "type": "us/ca/lpcc:LPCC:counselor",
    "number": "LPCC 1234",
    "issued": "2019-05-10",
    "period_end": END.isoformat(),
    "renewals": "3",
    "status": "active",
}


def text(response: HttpResponse) -> str:
    return response.content.decode()


def only_license() -> License:
    return License.objects.get()


@pytest.fixture
def license_(clinician: User) -> License:
    return add(clinician)


def add(user: User, number: str = "LPCC 1234") -> License:
    return services.add_license(
        holder=user.holder,
        actor=user,
        rule="us/ca/lpcc",
        profession="counselor",
        license_type="LPCC",
        number=number,
        issued=dt.date(2019, 5, 10),
        period_end=END,
        renewals=3,
        at=timezone.now(),
    )


class TestAdding:
    def test_begins_with_the_empty_list(self, signed_in: Client) -> None:
        page = text(signed_in.get(reverse("license-list")))
        assert "No license yet" in page
        assert reverse("license-add") in page

    def test_leads_to_the_questions_of_the_rule_and_then_to_the_standing(self, signed_in: Client) -> None:
        assert "California LPCC · Board of Behavioral Sciences" in text(signed_in.get(reverse("license-add")))
        added = signed_in.post(reverse("license-add"), FORM)
        license_ = only_license()
        questions = reverse("license-questions", args=[license_.pk])
        assert added.headers["Location"] == f"{questions}?new=1"
        page = text(signed_in.get(added.headers["Location"]))
        assert "Do you treat couples or families" in page
        assert "Not sure" in page
        answered = signed_in.post(added.headers["Location"], not_sure(license_, couples_and_families="yes"))
        assert answered.headers["Location"] == reverse("standing")
        found = selectors.access_license(license_.holder, license_.pk)
        assert selectors.current_facts(found) == {"couples_and_families": True}

    def test_sent_twice_adds_one_and_goes_on(self, signed_in: Client) -> None:
        page = text(signed_in.get(reverse("license-add")))
        submission = re.search(r'name="submission" value="([^"]+)"', page)
        assert submission
        form = FORM | {"submission": submission[1]}
        assert (
            signed_in.post(reverse("license-add"), form).headers["Location"]
            == signed_in.post(reverse("license-add"), form).headers["Location"]
        )
        assert License.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"type": ""}, "Choose the type of your license"),
            ({"type": "us/zz/none:X:counselor"}, "Choose the type of your license"),
            ({"number": ""}, "Enter the number as it stands"),
            ({"number": "12<3"}, "only letters, digits"),
            ({"issued": "2019-02-30"}, "There is no such day."),
            ({"issued": (TODAY + dt.timedelta(days=2)).isoformat()}, "This day is in the future."),
            ({"issued": "0219-05-10"}, "too long ago"),
            ({"period_end": ""}, "Enter the day on which your license expires."),
            ({"period_end": "next May"}, "There is no such day."),
            ({"period_end": "2018-05-31"}, "cannot expire before it was issued"),
            ({"period_end": "2207-05-31"}, "too far ahead: this license is renewed every two years"),
            ({"period_start": (END + dt.timedelta(days=1)).isoformat()}, "cannot start after it ends"),
            ({"renewals": "-1"}, "cannot be negative"),
            ({"renewals": "40"}, "at most"),
            ({"renewals": "three"}, "Enter a whole number"),
            ({"status": "sleeping"}, "Choose a status from the list."),
        ],
    )
    def test_errors_are_said_and_what_was_typed_stays(self, signed_in: Client, change: dict[str, str], said: str) -> None:
        answer = signed_in.post(reverse("license-add"), FORM | change)
        page = text(answer)
        assert answer.status_code == 200
        assert said in page
        for name, value in (FORM | change).items():
            if value and name in ("number", "issued", "period_end", "renewals"):
                assert f'value="{value}"'.replace("<", "&lt;") in page
        if "type" not in change:
            assert '<option value="us/ca/lpcc:LPCC:counselor" selected>' in page
        assert not License.objects.exists()

    def test_all_that_is_wrong_is_said_at_once(self, signed_in: Client) -> None:
        page = text(
            signed_in.post(reverse("license-add"), {"number": "12<3", "issued": "2999-01-01", "renewals": "-2", "status": "x"})
        )
        for said in (
            "Choose the type",
            "only letters, digits",
            "in the future",
            "cannot be negative",
            "Choose a status",
            "expires.",
        ):
            assert said in page
        assert "6 things need your attention" in page

    def test_the_same_license_again_is_refused_with_its_entry_kept(self, signed_in: Client, license_: License) -> None:
        answer = signed_in.post(reverse("license-add"), FORM | {"number": "lpcc-1234"})
        assert "You have entered this license already." in text(answer)
        assert 'value="lpcc-1234"' in text(answer)
        assert only_license() == license_

    def test_takes_days_as_americans_write_them(self, signed_in: Client) -> None:
        signed_in.post(reverse("license-add"), FORM | {"issued": "05/10/2019"})
        assert only_license().issued == dt.date(2019, 5, 10)


class TestKeeping:
    def page(self, license_: License, name: str = "license-page", **query: str) -> str:
        return reverse(name, args=[license_.pk])

    def test_the_page_shows_all_of_it(self, signed_in: Client, license_: License) -> None:
        page = text(signed_in.get(self.page(license_)))
        for shown in ("California LPCC", "LPCC 1234", "10 May 2019", "Not answered", "Added, with a period"):
            assert shown in page

    def test_changes_are_saved_and_told(self, signed_in: Client, license_: License) -> None:
        assert 'value="LPCC 1234"' in text(signed_in.get(self.page(license_, "license-edit")))
        changed = signed_in.post(self.page(license_, "license-edit"), FORM | {"number": "LPCC 99"}, follow=True)
        assert "Your changes are saved." in text(changed)
        assert "Number: LPCC 1234 → LPCC 99" in text(changed)

    def test_a_wrong_change_saves_nothing(self, signed_in: Client, license_: License) -> None:
        answer = signed_in.post(self.page(license_, "license-edit"), FORM | {"number": "LPCC 99", "period_end": "2018-01-01"})
        assert answer.status_code == 200
        assert 'value="LPCC 99"' in text(answer)
        license_.refresh_from_db()
        assert license_.number == "LPCC 1234"

    def test_answers_can_be_changed_and_taken_back(self, signed_in: Client, license_: License) -> None:
        address = self.page(license_, "license-questions")
        saved = signed_in.post(address, not_sure(license_, couples_and_families="no"), follow=True)
        assert saved.redirect_chain == [(self.page(license_), 302)]
        assert re.search(r'value="no"[^>]*checked', text(signed_in.get(address)))
        signed_in.post(address, not_sure(license_))
        found = selectors.access_license(license_.holder, license_.pk)
        assert selectors.current_facts(found) == {}

    def test_an_invented_answer_is_refused(self, signed_in: Client, license_: License) -> None:
        answer = signed_in.post(self.page(license_, "license-questions"), {"couples_and_families": "perhaps"})
        assert answer.status_code == 200
        assert "Choose one of the answers." in text(answer)

    def test_a_renewal_is_recorded_and_taken_back(self, signed_in: Client, license_: License) -> None:
        address = self.page(license_, "license-renew")
        form = text(signed_in.get(address))
        suggested = add_months(END, 24).isoformat()
        assert f'value="{suggested}"' in form
        renewal = {"period_end": suggested, "renewed_on": TODAY.isoformat(), "from_end": END.isoformat()}
        for _ in range(2):
            done = signed_in.post(address, renewal, follow=True)
        assert "The renewal is recorded." in text(done)
        assert license_.periods.count() == 2
        undo = reverse("license-renewal-undo", args=[license_.pk, suggested])
        assert undo in text(done)
        signed_in.post(undo)
        assert license_.periods.count() == 1
        assert signed_in.post(reverse("license-renewal-undo", args=[license_.pk, "someday"])).status_code == 404

    def test_a_wrong_renewal_is_refused(self, signed_in: Client, license_: License) -> None:
        renewal = {"period_end": (END - dt.timedelta(days=1)).isoformat(), "from_end": END.isoformat()}
        answer = signed_in.post(self.page(license_, "license-renew"), renewal)
        assert answer.status_code == 200
        assert "must end after the one before it" in text(answer)
        assert license_.periods.count() == 1

    def test_removing_asks_first_and_can_be_undone(self, signed_in: Client, license_: License) -> None:
        remove = self.page(license_, "license-remove")
        assert "Remove this license?" in text(signed_in.get(remove))
        for _ in range(2):
            listed = signed_in.post(remove, follow=True)
        restore = self.page(license_, "license-restore")
        assert "California LPCC was removed" in text(listed)
        assert restore in text(listed)
        assert signed_in.get(self.page(license_)).status_code == 404
        assert restore in text(signed_in.get(reverse("license-removed")))
        for _ in range(2):
            back = signed_in.post(restore, follow=True)
        assert back.redirect_chain == [(self.page(license_), 302)]
        assert signed_in.get(self.page(license_)).status_code == 200

    def test_restoring_what_was_entered_anew_is_refused_kindly(
        self, signed_in: Client, license_: License, clinician: User
    ) -> None:
        signed_in.post(self.page(license_, "license-remove"))
        add(clinician)
        answer = signed_in.post(self.page(license_, "license-restore"), follow=True)
        assert "in your list already, entered anew" in text(answer)

    def test_renewed_early_both_periods_are_told_apart(self, signed_in: Client, license_: License, clinician: User) -> None:
        new_end = add_months(END, 24)
        services.record_renewal(
            license=license_, actor=clinician, period_end=new_end, renewed_on=None, from_end=END, at=timezone.now()
        )
        page = text(signed_in.get(reverse("license-list")))
        assert re.search(rf"to {END.day} {END:%B} {END.year}</dd>.*Renewed until</dt>.*{new_end.year}</dd>", page, re.DOTALL)

    def test_a_period_that_has_ended_says_so(self, signed_in: Client, license_: License) -> None:
        license_.periods.update(start=TODAY - dt.timedelta(days=700), end=TODAY - dt.timedelta(days=1))
        assert "The period has ended" in text(signed_in.get(reverse("license-list")))
        assert "The present period has ended" in text(signed_in.get(self.page(license_)))


OWN_PAGES = ["license-page", "license-questions", "license-edit", "license-renew", "license-remove"]


class TestPrivacy:
    @pytest.mark.parametrize("name", OWN_PAGES)
    def test_a_license_of_someone_else_is_not_found(self, name: str, license_: License, other_clinician: User) -> None:
        stranger = Client()
        stranger.force_login(other_clinician)
        address = reverse(name, args=[license_.pk])
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, FORM).status_code in (404, 405)
        missing = stranger.get(reverse(name, args=[uuid.uuid4()]))
        assert missing.status_code == 404
        license_.refresh_from_db()
        assert license_.removed_at is None
        assert license_.changes.count() == 1

    def test_nor_can_it_be_restored_or_its_renewal_taken_back(self, license_: License, other_clinician: User) -> None:
        services.remove_license(license=license_, actor=license_.holder.user, at=timezone.now())
        stranger = Client()
        stranger.force_login(other_clinician)
        assert stranger.post(reverse("license-restore", args=[license_.pk])).status_code == 404
        undo = reverse("license-renewal-undo", args=[license_.pk, END.isoformat()])
        assert stranger.post(undo).status_code == 404

    @pytest.mark.parametrize("name", ["license-list", "license-add", "license-removed", *OWN_PAGES])
    def test_strangers_are_asked_to_sign_in(self, client: Client, license_: License, name: str) -> None:
        args: list[Any] = [license_.pk] if name in OWN_PAGES else []
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("count", [1, 6])
def test_the_list_takes_the_same_queries_however_long_it_is(
    signed_in: Client, clinician: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        add(clinician, number=f"L {number}")
    # session, user with profile and holder; removed; licenses with periods, answers, confirmations
    with django_assert_num_queries(7):
        page = text(signed_in.get(reverse("license-list")))
    assert page.count("California LPCC") >= count
