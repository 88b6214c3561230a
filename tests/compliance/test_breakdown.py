"""Behind each figure: its entries, and the reasons of the others."""

from __future__ import annotations

import datetime as dt

import pytest

from goodstanding.compliance.breakdown import NOT_ABOUT_THIS
from goodstanding.compliance.selectors import standing_on
from goodstanding.licensing.models import License
from tests.compliance.situations import TODAY, a_credit, a_license, everything_for_lpcc

pytestmark = pytest.mark.django_db


def breakdown(user, requirement):
    (license_,) = standing_on(holder=user.holder, on=TODAY).licenses
    return license_.breakdown[requirement]


def test_a_narrower_topic_is_about_the_broader_requirement(clinician):
    a_license(clinician)
    a_credit(clinician, "Boundaries", topics=("boundaries",), approvals=())
    (left_out,) = breakdown(clinician, "ethics").left_out
    assert left_out.titles == ("Boundaries",)
    assert "no approval" in left_out.why


def test_an_entry_on_another_subject_is_not_blamed_for_its_approval(clinician):
    a_license(clinician)
    a_credit(clinician, "Trauma", topics=("trauma",), approvals=())
    assert [one.why for one in breakdown(clinician, "ethics").left_out] == [NOT_ABOUT_THIS]
    assert [one.why for one in breakdown(clinician, "total").left_out] != [NOT_ABOUT_THIS]


def test_entries_are_told_oldest_first_and_reasons_that_can_be_mended_before_others(clinician):
    a_license(clinician)
    a_credit(clinician, "Second", hours="2", completed=dt.date(2026, 5, 1))
    a_credit(clinician, "First", hours="2", completed=dt.date(2026, 4, 1))
    a_credit(clinician, "Trauma", topics=("trauma",), completed=dt.date(2026, 1, 1))
    a_credit(clinician, "No approval", approvals=())
    found = breakdown(clinician, "ethics")
    assert [one.title for one in found.counted] == ["First", "Second"]
    assert [one.titles for one in found.left_out] == [("No approval",), ("Trauma",)]


def test_no_entry_is_told_twice_or_forgotten(clinician):
    a_license(clinician)
    everything_for_lpcc(clinician)
    a_credit(clinician, "Unstated", approvals=None)
    for requirement in ("total", "ethics", "ethics_us_ca", "suicide", "telehealth"):
        found = breakdown(clinician, requirement)
        told = [one.title for one in found.counted] + [title for one in found.left_out for title in one.titles]
        assert sorted(told) == ["California law and ethics", "Suicide risk", "Telehealth", "Trauma work", "Unstated"]


def test_a_license_without_an_evaluation_has_no_breakdown(clinician):
    license_ = a_license(clinician)
    License.objects.filter(pk=license_.pk).update(rule="us/zz/gone")
    (one,) = standing_on(holder=clinician.holder, on=TODAY).licenses
    assert one.breakdown == {}
