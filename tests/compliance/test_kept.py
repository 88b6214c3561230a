"""The last standings are kept by what they are made of: the same again is not worked out again, and a change always is."""

from __future__ import annotations

import itertools

import pytest

from goodstanding.compliance import selectors
from goodstanding.compliance.selectors import standing_on
from goodstanding.credit.services import withdraw_credit
from goodstanding.licensing.services import answer_facts
from tests.compliance.situations import NOW, TODAY, a_credit, a_license

pytestmark = pytest.mark.django_db


def test_the_same_again_is_not_worked_out_again(clinician, monkeypatch):
    a_license(clinician)
    a_credit(clinician)
    first = standing_on(holder=clinician.holder, on=TODAY)
    monkeypatch.setattr(selectors, "evaluate", None)
    assert standing_on(holder=clinician.holder, on=TODAY) == first


def test_every_change_is_worked_out(clinician):
    license_ = a_license(clinician)
    seen = [standing_on(holder=clinician.holder, on=TODAY)]
    entry = a_credit(clinician)
    seen.append(standing_on(holder=clinician.holder, on=TODAY))
    answer_facts(license=license_, answers={"couples_and_families": True}, at=NOW)
    seen.append(standing_on(holder=clinician.holder, on=TODAY))
    withdraw_credit(holder=clinician.holder, actor=clinician, entry_id=entry.pk, at=NOW)
    seen.append(standing_on(holder=clinician.holder, on=TODAY))
    assert all(before != after for before, after in itertools.pairwise(seen))


def test_another_person_and_another_day_have_their_own(clinician, make_user):
    a_license(clinician)
    other = make_user(legal_name="Cai Example")
    a_license(other)
    mine, hers = (standing_on(holder=each.holder, on=TODAY) for each in (clinician, other))
    assert {one.id for one in mine.licenses}.isdisjoint(one.id for one in hers.licenses)
    assert standing_on(holder=clinician.holder, on=TODAY.replace(year=2025)).on.year == 2025
