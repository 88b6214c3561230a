"""Whatever an evaluation calls confirmable can be confirmed, and the answer then stands on it."""

from __future__ import annotations

import datetime as dt

import pytest

from goodstanding.accounts.models import User
from goodstanding.compliance.selectors import standing_on
from goodstanding.compliance.services import settle_question
from goodstanding.licensing.history import list_history
from goodstanding.licensing.rulebook import LicenseType, license_types
from goodstanding.licensing.selectors import access_license
from goodstanding.licensing.services import add_license, record_carried_and_waived
from tests.compliance.situations import NOW, TODAY, a_credit

pytestmark = pytest.mark.django_db

TYPES = {f"{one.rule} {one.license_type}": one for one in license_types()}


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_confirmable_question_is_settled_by_confirming_it(clinician: User, kind: str) -> None:
    one: LicenseType = TYPES[kind]
    license_ = add_license(
        holder=clinician.holder,
        actor=clinician,
        rule=one.rule,
        profession=one.profession,
        license_type=one.license_type,
        number="A 1",
        issued=dt.date(2015, 1, 1),
        period_end=dt.date(2027, 6, 30),
        renewals=4,
        at=NOW,
    )
    # Two alike, so that it is asked whether a course counts twice; who gave and approved them is not said.
    for _ in range(2):
        a_credit(clinician, "Ethics", approvals=None, topics=("ethics",), sponsor_kind="")
    record_carried_and_waived(
        license=license_, actor=clinician, end=dt.date(2027, 6, 30), carried_in={}, waivers=[], note="", at=NOW
    )
    before = standing_on(holder=clinician.holder, on=TODAY).licenses[0].evaluation
    assert before is not None
    asked = [question for question in before.open_questions if question.confirmable]
    assert asked
    for question in asked:
        settle_question(
            holder=clinician.holder,
            license_id=license_.pk,
            question=question.id,
            confirmed_on=dt.date(2026, 5, 3),
            note="",
            on=TODAY,
            at=NOW,
        )
    after = standing_on(holder=clinician.holder, on=TODAY).licenses[0]
    assert after.case is not None
    assert set(after.case.confirmed) == {question.id for question in asked}
    assert after.evaluation is not None
    left = [question.id for question in after.evaluation.open_questions if question.confirmable and not question.confirmed]
    assert left == []


def test_the_history_names_what_a_rule_leaves_unsettled(clinician: User) -> None:
    one = next(one for one in license_types() if one.rule == "us/ny/lcsw")
    license_ = add_license(
        holder=clinician.holder,
        actor=clinician,
        rule=one.rule,
        profession=one.profession,
        license_type=one.license_type,
        number="A 1",
        issued=dt.date(2015, 1, 1),
        period_end=dt.date(2027, 6, 30),
        at=NOW,
    )
    evaluation = standing_on(holder=clinician.holder, on=TODAY).licenses[0].evaluation
    assert evaluation is not None
    question = next(one for one in evaluation.open_questions if one.id.startswith("unsettled_"))
    settle_question(
        holder=clinician.holder,
        license_id=license_.pk,
        question=question.id,
        confirmed_on=dt.date(2026, 5, 3),
        note="",
        on=TODAY,
        at=NOW,
    )
    told = list_history(access_license(clinician.holder, license_.pk))[0].lines[0]
    assert told == f"Settled with the board: {question.text}"
