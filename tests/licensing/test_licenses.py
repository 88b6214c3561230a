"""Licenses: added once, corrected with history, renewed, removed and put back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from goodstanding.accounts.models import User
from goodstanding.audit.append_only import RewrittenRecordError
from goodstanding.audit.selectors import list_events
from goodstanding.licensing import selectors, services
from goodstanding.licensing.errors import (
    AnswerRefusedError,
    ConfirmationRefusedError,
    LicenseDuplicateError,
    LicenseNotFoundError,
    LicenseRefusedError,
)
from goodstanding.licensing.history import list_history
from goodstanding.licensing.models import License, LicenseFact, LicensePeriod
from goodstanding.licensing.rulebook import license_types, rulebook

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)
Add = Callable[..., License]


def fresh(license_: License) -> License:
    return selectors.access_license(license_.holder, license_.pk)


def told(license_: License) -> list[str]:
    return [line for entry in list_history(fresh(license_)) for line in entry.lines]


class TestLicenseTypes:
    def test_name_place_type_and_board(self) -> None:
        labels = [one.label for one in license_types()]
        assert "California LPCC · Board of Behavioral Sciences" in labels

    def test_each_key_stands_once(self) -> None:
        keys = [one.key for one in license_types()]
        assert len(keys) == len(set(keys))
        assert {one.rule for one in license_types()} == set(rulebook())


class TestAdding:
    def test_makes_the_license_with_its_period_by_the_cycle_of_the_rule(self, add: Add) -> None:
        license_ = fresh(add(number="  LPCC   1234 "))
        period = selectors.latest_period(license_)
        assert period is not None
        assert (license_.number, license_.renewals) == ("LPCC 1234", 3)
        assert (period.start, period.end) == (dt.date(2025, 6, 1), dt.date(2027, 5, 31))
        assert told(license_) == ["Added, with a period that ends on 31 May 2027."]
        [event] = list_events(subject_kind="license")
        assert (event.tag, event.data) == ("license:record:added", {"rule": "us/ca/lpcc"})

    def test_takes_the_start_of_an_irregular_period_as_given(self, add: Add) -> None:
        period = selectors.latest_period(add(period_start=dt.date(2026, 1, 1)))
        assert period is not None
        assert period.start == dt.date(2026, 1, 1)

    def test_the_same_submission_twice_adds_one(self, add: Add) -> None:
        submission = uuid.uuid4()
        assert add(submission=submission) == add(submission=submission)
        assert License.objects.count() == LicensePeriod.objects.count() == 1

    def test_an_old_form_sent_again_after_a_removal_adds_a_new_one(self, add: Add, clinician: User) -> None:
        submission = uuid.uuid4()
        first = add(submission=submission)
        services.remove_license(license=first, actor=clinician, at=NOW)
        assert add(submission=submission) != first

    @pytest.mark.parametrize("number", ["LPCC 1234", "lpcc1234", " Lpcc-1234"])
    def test_the_same_license_twice_is_refused_however_it_is_spelled(self, add: Add, number: str) -> None:
        first = add()
        with pytest.raises(LicenseDuplicateError) as refused:
            add(number=number)
        assert refused.value.existing == first
        assert License.objects.count() == 1

    def test_another_number_or_another_holder_is_another_license(self, add: Add, other_clinician: User) -> None:
        add()
        add(number="LPCC 1235")
        add(holder=other_clinician.holder, actor=other_clinician)
        assert License.objects.count() == 3

    @pytest.mark.parametrize(
        ("change", "fields"),
        [
            ({"rule": "us/zz/none"}, {"type"}),
            ({"license_type": "LMFT"}, {"type"}),
            ({"profession": "mft"}, {"type"}),
            ({"number": "  "}, {"number"}),
            ({"issued": dt.date(2028, 1, 1)}, {"issued"}),
            ({"period_end": dt.date(2018, 1, 1)}, {"period_end"}),
            ({"period_end": dt.date(2207, 5, 31)}, {"period_end"}),
            ({"period_end": None}, {"period_end"}),
            ({"period_start": dt.date(2027, 6, 1)}, {"period_start"}),
            ({"renewals": -1}, {"renewals"}),
            ({"renewals": 40}, {"renewals"}),
            ({"status": "sleeping"}, {"status"}),
            ({"number": "", "renewals": -1, "status": "?"}, {"number", "renewals", "status"}),
        ],
    )
    def test_what_can_not_be_true_is_refused_field_by_field(self, add: Add, change: dict[str, Any], fields: set[str]) -> None:
        with pytest.raises(LicenseRefusedError) as refused:
            add(**change)
        assert set(refused.value.problems) == fields
        assert all(problem.endswith(".") for problem in refused.value.problems.values())
        assert not License.objects.exists()

    def test_for_someone_else_is_refused(self, add: Add, other_clinician: User) -> None:
        with pytest.raises(LicenseNotFoundError):
            add(actor=other_clinician)

    def test_with_a_wrong_answer_adds_nothing(self, add: Add) -> None:
        with pytest.raises(AnswerRefusedError):
            add(facts={"couples_and_families": "perhaps"})
        assert not License.objects.exists()


class TestChanging:
    @pytest.fixture
    def license_(self, add: Add) -> License:
        return add()

    def change(self, license_: License, actor: User | None = None, **changes: Any) -> License:
        given = {
            "number": "LPCC 1234",
            "issued": dt.date(2019, 5, 10),
            "period_start": dt.date(2025, 6, 1),
            "period_end": dt.date(2027, 5, 31),
            "renewals": 3,
            "status": "active",
            "at": LATER,
        }
        return services.change_license(license=license_, actor=actor or license_.holder.user, **(given | changes))

    def test_keeps_what_was_there_in_the_history(self, license_: License) -> None:
        self.change(license_, number="LPCC 99", status="inactive", period_end=dt.date(2027, 6, 30), period_start=None)
        changed = fresh(license_)
        period = selectors.latest_period(changed)
        assert period is not None
        assert (changed.number, changed.status) == ("LPCC 99", "inactive")
        assert (period.start, period.end) == (dt.date(2025, 7, 1), dt.date(2027, 6, 30))
        assert set(told(changed)[:-1]) == {
            "Number: LPCC 1234 → LPCC 99",
            "Status: Active → Inactive",
            "Start of the period: 1 June 2025 → 1 July 2025",
            "Expires on: 31 May 2027 → 30 June 2027",
        }

    def test_nothing_leaves_no_trace(self, license_: License) -> None:
        self.change(license_)
        assert len(told(license_)) == 1

    def test_to_what_can_not_be_true_changes_nothing(self, license_: License) -> None:
        with pytest.raises(LicenseRefusedError) as refused:
            self.change(license_, number="LPCC 99", period_end=dt.date(2018, 1, 1))
        assert "period_end" in refused.value.problems
        assert fresh(license_).number == "LPCC 1234"

    def test_to_the_number_of_another_license_is_refused(self, license_: License, add: Add) -> None:
        add(number="LPCC 5")
        with pytest.raises(LicenseDuplicateError):
            self.change(license_, number="lpcc-5")

    def test_into_the_former_period_is_refused(self, license_: License, clinician: User) -> None:
        services.record_renewal(
            license=license_,
            actor=clinician,
            period_end=dt.date(2029, 5, 31),
            renewed_on=None,
            from_end=dt.date(2027, 5, 31),
            at=NOW,
        )
        with pytest.raises(LicenseRefusedError) as refused:
            self.change(license_, period_start=dt.date(2027, 5, 31), period_end=dt.date(2029, 5, 31))
        assert set(refused.value.problems) == {"period_start"}
        self.change(license_, period_start=dt.date(2027, 6, 1), period_end=dt.date(2029, 6, 30))

    def test_by_someone_else_is_not_found(self, license_: License, other_clinician: User) -> None:
        with pytest.raises(LicenseNotFoundError):
            self.change(license_, actor=other_clinician)

    def test_can_not_rewrite_the_history(self, license_: License) -> None:
        with pytest.raises(RewrittenRecordError):
            license_.changes.update(changes={})


class TestRenewing:
    @pytest.fixture
    def license_(self, add: Add) -> License:
        return add()

    def renew(self, license_: License, **changes: Any) -> LicensePeriod:
        given = {
            "period_end": dt.date(2029, 5, 31),
            "renewed_on": dt.date(2026, 11, 20),
            "from_end": dt.date(2027, 5, 31),
            "at": NOW,
        }
        return services.record_renewal(license=license_, actor=license_.holder.user, **(given | changes))

    def test_adds_the_next_period_and_keeps_the_former(self, license_: License) -> None:
        self.renew(license_)
        former, latest = fresh(license_).periods.all()
        assert (former.end, former.renewed_on) == (dt.date(2027, 5, 31), dt.date(2026, 11, 20))
        assert (latest.start, latest.end) == (dt.date(2027, 6, 1), dt.date(2029, 5, 31))
        assert fresh(license_).renewals == 4
        assert told(license_)[0] == "Renewed: the next period ends on 31 May 2029."

    def test_sent_twice_adds_one_period(self, license_: License) -> None:
        assert self.renew(license_) == self.renew(license_)
        assert fresh(license_).periods.count() == 2
        assert fresh(license_).renewals == 4

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"period_end": dt.date(2027, 5, 31)}, "period_end"),
            ({"period_end": dt.date(2026, 5, 31)}, "period_end"),
            ({"period_end": dt.date(2039, 5, 31)}, "period_end"),
            ({"period_end": None}, "period_end"),
            ({"renewed_on": dt.date(2026, 11, 24)}, "renewed_on"),
            ({"renewed_on": dt.date(2020, 1, 1)}, "renewed_on"),
            ({"from_end": dt.date(2028, 5, 31)}, "period_end"),
        ],
    )
    def test_that_can_not_be_is_refused(self, license_: License, change: dict[str, Any], field: str) -> None:
        with pytest.raises(LicenseRefusedError) as refused:
            self.renew(license_, **change)
        assert set(refused.value.problems) == {field}
        assert fresh(license_).periods.count() == 1

    def test_is_taken_back_whole_and_once(self, license_: License, clinician: User) -> None:
        self.renew(license_)
        for _ in range(2):
            services.undo_renewal(license=license_, actor=clinician, end=dt.date(2029, 5, 31), at=LATER)
        [period] = fresh(license_).periods.all()
        assert (period.end, period.renewed_on) == (dt.date(2027, 5, 31), None)
        assert fresh(license_).renewals == 3

    def test_the_only_period_is_never_taken_back(self, license_: License, clinician: User) -> None:
        services.undo_renewal(license=license_, actor=clinician, end=dt.date(2027, 5, 31), at=LATER)
        assert fresh(license_).periods.count() == 1

    def test_suggests_one_cycle_more(self, license_: License) -> None:
        assert selectors.next_period_end(license_) == dt.date(2029, 5, 31)


class TestRemoving:
    @pytest.fixture
    def license_(self, add: Add) -> License:
        return add()

    def test_hides_it_and_restoring_brings_all_of_it_back(self, license_: License, clinician: User) -> None:
        holder = clinician.holder
        for _ in range(2):
            services.remove_license(license=license_, actor=clinician, at=NOW)
        assert not selectors.list_licenses(holder).exists()
        assert list(selectors.list_removed(holder)) == [license_]
        with pytest.raises(LicenseNotFoundError):
            fresh(license_)
        for _ in range(2):
            services.restore_license(license=license_, actor=clinician, at=LATER)
        assert fresh(license_).periods.count() == 1
        assert told(license_)[:2] == ["Put back on the list.", "Taken off the list."]
        tags = [event.tag for event in list_events(subject_kind="license")]
        assert tags == ["license:record:restored", "license:record:removed", "license:record:added"]

    def test_lets_it_be_entered_anew_and_then_the_old_one_stays_out(self, license_: License, add: Add, clinician: User) -> None:
        services.remove_license(license=license_, actor=clinician, at=NOW)
        anew = add()
        with pytest.raises(LicenseDuplicateError):
            services.restore_license(license=license_, actor=clinician, at=LATER)
        assert list(selectors.list_licenses(clinician.holder)) == [anew]

    def test_by_someone_else_is_not_found(self, license_: License, other_clinician: User) -> None:
        with pytest.raises(LicenseNotFoundError):
            services.remove_license(license=license_, actor=other_clinician, at=NOW)
        with pytest.raises(LicenseNotFoundError):
            selectors.access_license(other_clinician.holder, license_.pk)
        assert fresh(license_).removed_at is None


class TestAnswers:
    @pytest.fixture
    def license_(self, add: Add) -> License:
        return add()

    def answer(self, license_: License, at: dt.datetime = NOW, **answers: Any) -> None:
        services.answer_facts(license=license_, answers=answers, at=at)

    def test_the_newest_holds_and_the_older_ones_stay(self, license_: License) -> None:
        self.answer(license_, couples_and_families=True)
        self.answer(license_, couples_and_families=False, at=LATER)
        assert selectors.current_facts(fresh(license_)) == {"couples_and_families": False}
        assert LicenseFact.objects.count() == 2

    def test_can_be_taken_back(self, license_: License) -> None:
        self.answer(license_, couples_and_families=True)
        self.answer(license_, couples_and_families=None, at=LATER)
        assert selectors.current_facts(fresh(license_)) == {}

    def test_given_again_unchanged_leave_no_trace(self, license_: License) -> None:
        self.answer(license_, couples_and_families=True, hiv_equivalent_approved=None)
        self.answer(license_, couples_and_families=True, at=LATER)
        assert LicenseFact.objects.count() == 1

    @pytest.mark.parametrize("answers", [{"hspp": True}, {"couples_and_families": "yes"}, {"couples_and_families": 1}])
    def test_that_do_not_fit_are_refused(self, license_: License, answers: dict[str, Any]) -> None:
        with pytest.raises(AnswerRefusedError) as refused:
            self.answer(license_, **answers)
        assert set(refused.value.problems) == set(answers)
        assert not LicenseFact.objects.exists()

    def test_stand_in_the_history_in_words_and_in_the_log_without_them(self, license_: License) -> None:
        self.answer(license_, couples_and_families=True)
        assert told(license_)[0].endswith("not given → Yes")
        assert list_events(subject_kind="license")[0].data == {"fields": ["answers"]}


class TestConfirmations:
    @pytest.fixture
    def license_(self, add: Add) -> License:
        return add()

    def confirm(self, license_: License, **changes: Any) -> None:
        given = {"question": "sponsor_list", "confirmed_on": dt.date(2026, 11, 2), "note": "By telephone.", "at": NOW}
        services.confirm_question(license=license_, **(given | changes))

    def test_stand_in_the_history_with_the_question_in_words(self, license_: License) -> None:
        asked = {one.id: one.text for one in rulebook()[license_.rule].file.open_questions}["sponsor_list"]
        self.confirm(license_)
        self.confirm(license_, question="sponsor_kind:0f3c")
        services.reopen_question(license=license_, question="sponsor_list", at=LATER)

        assert told(license_)[:3] == [
            f"Opened again: {asked}",
            "Settled with the board: a question about one credit",
            f"Settled with the board: {asked}",
        ]

    def test_hold_until_the_question_is_opened_again(self, license_: License) -> None:
        self.confirm(license_)
        held = selectors.current_confirmations(fresh(license_))["sponsor_list"]
        assert (held.confirmed_on, held.note) == (dt.date(2026, 11, 2), "By telephone.")
        for _ in range(2):
            services.reopen_question(license=license_, question="sponsor_list", at=LATER)
        assert selectors.current_confirmations(fresh(license_)) == {}
        assert license_.confirmations.count() == 2

    def test_sent_twice_are_recorded_once(self, license_: License) -> None:
        self.confirm(license_)
        self.confirm(license_)
        assert license_.confirmations.count() == 1

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"confirmed_on": None}, "confirmed_on"),
            ({"confirmed_on": dt.date(2026, 11, 24)}, "confirmed_on"),
            ({"confirmed_on": dt.date(1990, 1, 1)}, "confirmed_on"),
            ({"note": "x" * 501}, "note"),
            ({"question": ""}, "question"),
        ],
    )
    def test_that_can_not_be_are_refused(self, license_: License, change: dict[str, Any], field: str) -> None:
        with pytest.raises(ConfirmationRefusedError) as refused:
            self.confirm(license_, **change)
        assert set(refused.value.problems) == {field}
        assert not license_.confirmations.exists()

    def test_the_log_holds_no_note(self, license_: License) -> None:
        self.confirm(license_)
        assert list_events(tag="license:question:confirmed")[0].data == {"question": "sponsor_list"}


@pytest.mark.parametrize(
    ("issued", "end", "suggested"),
    [
        ("2019-05-10", "2027-05-31", 4),
        ("2026-02-10", "2027-05-31", 0),
        (None, "2027-05-31", None),
        ("2028-01-01", "2027-05-31", None),
    ],
)
def test_renewals_are_suggested_from_the_day_of_issue(issued: str | None, end: str, suggested: int | None) -> None:
    given = dt.date.fromisoformat(issued) if issued else None
    found = selectors.suggest_renewals(rule="us/ca/lpcc", issued=given, period_end=dt.date.fromisoformat(end))
    assert found == suggested


def test_a_list_takes_the_same_queries_however_long_it_is(
    add: Add, clinician: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        services.answer_facts(license=add(number=f"L {number}"), answers={"couples_and_families": True}, at=NOW)
    with django_assert_num_queries(4):  # licenses, periods, answers, confirmations
        for license_ in selectors.list_licenses(clinician.holder):
            selectors.latest_period(license_)
            selectors.current_facts(license_)
            selectors.current_confirmations(license_)


def test_a_license_whose_rule_is_gone_still_opens(add: Add) -> None:
    license_ = add()
    License.objects.filter(pk=license_.pk).update(rule="us/zz/gone")
    found = fresh(license_)
    assert selectors.license_name(found) == "LPCC (us/zz/gone)"
    assert selectors.questions_of(found) == {}
    assert selectors.next_period_end(found) is None
