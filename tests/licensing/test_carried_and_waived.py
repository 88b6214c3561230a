"""Hours carried into a period, and requirements that the board waived for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from goodstanding.accounts.models import User
from goodstanding.audit.selectors import list_events
from goodstanding.licensing import selectors, services
from goodstanding.licensing.errors import LicenseNotFoundError, LicenseRefusedError, PeriodNotFoundError
from goodstanding.licensing.history import list_history
from goodstanding.licensing.models import License, LicensePeriod

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
END = dt.date(2027, 5, 31)
NEXT_END = dt.date(2029, 5, 31)


@pytest.fixture
def license_(add: Callable[..., License]) -> License:
    return add()


def fresh(license_: License) -> License:
    return selectors.access_license(license_.holder, license_.pk)


def period(license_: License, end: dt.date = END) -> LicensePeriod:
    return selectors.access_period(fresh(license_), end)


def record(license_: License, actor: User | None = None, **changes: Any) -> LicensePeriod:
    given: dict[str, Any] = {"end": END, "carried_in": {}, "waivers": [], "at": NOW}
    return services.record_carried_and_waived(license=license_, actor=actor or license_.holder.user, **(given | changes))


def told(license_: License) -> list[str]:
    """What the history says since the license was added, newest first."""
    return [line for entry in list_history(fresh(license_))[:-1] for line in entry.lines]


class TestRequirements:
    def test_have_their_plain_labels_and_stand_once_each(self, license_: License) -> None:
        names = {one.id: one.name for one in selectors.requirements_of(license_)}
        assert (names["total"], names["ethics"]) == ("All continuing education", "Law and ethics")
        assert len(names) == len(selectors.requirements_of(license_))

    def test_only_what_is_due_in_each_period_carries(self, license_: License) -> None:
        carries = {one.id for one in selectors.requirements_of(license_) if one.carries}
        assert carries == {"total", "ethics", "ethics_us_ca", "marriage_and_family"}

    def test_of_a_rule_that_is_gone_are_none(self, license_: License) -> None:
        license_.rule = "us/zz/gone"
        assert selectors.requirements_of(license_) == ()


class TestRecording:
    def test_keeps_hours_and_waivers_for_that_period_alone(self, license_: License, clinician: User) -> None:
        services.record_renewal(license=license_, actor=clinician, period_end=NEXT_END, renewed_on=None, from_end=END, at=NOW)
        record(
            license_,
            end=NEXT_END,
            carried_in={"total": Decimal("4.50"), "ethics": Decimal("2.00"), "ethics_us_ca": None},
            waivers=["hiv", "ethics_us_ca"],
        )
        assert period(license_, NEXT_END).carried_in == {"total": "4.5", "ethics": "2"}
        assert period(license_, NEXT_END).waivers == ["ethics_us_ca", "hiv"]
        assert (period(license_).carried_in, period(license_).waivers) == ({}, [])

    def test_is_told_with_what_stood_there_before(self, license_: License) -> None:
        record(license_, carried_in={"ethics": Decimal(4)}, waivers=["hiv"], note=" Letter of 3 May. ")
        assert told(license_) == [
            "Hours carried into the period until 31 May 2027, Law and ethics: none → 4",
            "Waived for the period until 31 May 2027: HIV/AIDS assessment and treatment",
            "Note on the period until 31 May 2027: “Letter of 3 May.”",
        ]
        record(license_, carried_in={"ethics": None}, waivers=[])
        assert told(license_)[:2] == [
            "Hours carried into the period until 31 May 2027, Law and ethics: 4 → none",
            "No longer waived for the period until 31 May 2027: HIV/AIDS assessment and treatment",
        ]
        assert (period(license_).carried_in, period(license_).waivers) == ({}, [])

    def test_leaves_an_audit_event_without_the_note(self, license_: License, clinician: User) -> None:
        record(license_, carried_in={"ethics": Decimal(4)}, waivers=["hiv"], note="Letter of 3 May")
        event = list_events(subject_kind="license")[0]
        assert (event.tag, event.actor) == ("license:record:changed", str(clinician.pk))
        assert event.data == {"fields": ["carried", "waived", "note"], "period": "2027-05-31"}

    def test_the_same_again_leaves_no_trace(self, license_: License) -> None:
        for _ in range(2):
            record(license_, carried_in={"ethics": Decimal("4.0")}, waivers=["hiv"], note="Letter")
        assert license_.changes.count() == 2  # added, recorded

    def test_a_note_alone_is_kept_once(self, license_: License) -> None:
        for _ in range(2):
            record(license_, note="The board has not answered yet.")
        assert told(license_) == ["Note on the period until 31 May 2027: “The board has not answered yet.”"]

    def test_zero_hours_are_none(self, license_: License) -> None:
        record(license_, carried_in={"total": Decimal("0.00")})
        assert period(license_).carried_in == {}
        assert told(license_) == []

    def test_a_requirement_left_out_keeps_its_hours(self, license_: License) -> None:
        record(license_, carried_in={"total": Decimal(4), "ethics": Decimal(2)})
        record(license_, carried_in={"ethics": Decimal(3)})
        assert period(license_).carried_in == {"total": "4", "ethics": "3"}

    def test_what_the_rule_does_not_know_any_more_is_kept(self, license_: License) -> None:
        LicensePeriod.objects.filter(license=license_).update(carried_in={"gone": "1"}, waivers=["gone_too"])
        record(license_, carried_in={"total": Decimal(4)}, waivers=["hiv"])
        assert period(license_).carried_in == {"gone": "1", "total": "4"}
        assert period(license_).waivers == ["hiv", "gone_too"]

    def test_a_renewal_taken_back_leaves_them_in_the_history(self, license_: License, clinician: User) -> None:
        services.record_renewal(license=license_, actor=clinician, period_end=NEXT_END, renewed_on=None, from_end=END, at=NOW)
        record(license_, end=NEXT_END, carried_in={"ethics": Decimal(4)}, waivers=["hiv"])
        services.undo_renewal(license=license_, actor=clinician, end=NEXT_END, at=NOW)
        assert told(license_)[:3] == [
            "Renewal taken back: the period ends on 31 May 2027 again.",
            "Hours carried into the period until 31 May 2029, Law and ethics: 4 → none",
            "No longer waived for the period until 31 May 2029: HIV/AIDS assessment and treatment",
        ]

    def test_stays_with_the_period_when_its_dates_are_corrected(self, license_: License, clinician: User) -> None:
        record(license_, carried_in={"ethics": Decimal(4)}, waivers=["hiv"])
        moved = dt.date(2027, 6, 30)
        services.change_license(
            license=license_,
            actor=clinician,
            number=license_.number,
            issued=license_.issued,
            period_start=dt.date(2025, 6, 1),
            period_end=moved,
            renewals=3,
            status="active",
            at=NOW,
        )
        assert period(license_, moved).carried_in == {"ethics": "4"}
        with pytest.raises(PeriodNotFoundError):
            record(license_, carried_in={"ethics": Decimal(5)})


class TestRefusing:
    @pytest.mark.parametrize(
        ("change", "field", "said"),
        [
            ({"carried_in": {"ethics": Decimal("-0.01")}}, "carried_ethics", "cannot be negative"),
            ({"carried_in": {"ethics": Decimal("200.01")}}, "carried_ethics", "at most 200"),
            ({"carried_in": {"ethics": Decimal("1E+999999")}}, "carried_ethics", "at most 200"),
            ({"carried_in": {"ethics": Decimal("1.255")}}, "carried_ethics", "two decimals"),
            ({"carried_in": {"ethics": Decimal("NaN")}}, "carried_ethics", "Enter a number"),
            ({"carried_in": {"ethics": Decimal("Infinity")}}, "carried_ethics", "Enter a number"),
            ({"carried_in": {"no_such": Decimal(1)}}, "carried_no_such", "no such requirement"),
            ({"carried_in": {"suicide": Decimal(1)}}, "carried_suicide", "no such requirement"),
            ({"waivers": ["no_such"]}, "waived", "from the list"),
            ({"note": "x" * 501}, "note", "at most 500"),
        ],
    )
    def test_what_can_not_be_true_changes_nothing(self, license_: License, change: dict[str, Any], field: str, said: str) -> None:
        good: dict[str, Any] = {"carried_in": {"total": Decimal(4)}, "waivers": ["hiv"]}
        carried = good["carried_in"] | change.get("carried_in", {})
        with pytest.raises(LicenseRefusedError) as refused:
            record(license_, **(good | change | {"carried_in": carried}))
        assert set(refused.value.problems) == {field}
        assert said in refused.value.problems[field]
        assert (period(license_).carried_in, period(license_).waivers, told(license_)) == ({}, [], [])

    @pytest.mark.parametrize("hours", ["0.01", "200"])
    def test_the_bounds_themselves_are_taken(self, license_: License, hours: str) -> None:
        record(license_, carried_in={"ethics": Decimal(hours)})
        assert period(license_).carried_in == {"ethics": hours}

    def test_by_someone_else_it_is_no_license(self, license_: License, other_clinician: User) -> None:
        with pytest.raises(LicenseNotFoundError):
            record(license_, actor=other_clinician, waivers=["hiv"])
        assert period(license_).waivers == []

    def test_a_period_that_is_not_there_is_not_found(self, license_: License) -> None:
        with pytest.raises(PeriodNotFoundError):
            record(license_, end=NEXT_END)
