"""Whatever an evaluation calls confirmable can be confirmed, and the answer then stands on it."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from goodstanding.accounts.models import User
from goodstanding.compliance.selectors import standing_on
from goodstanding.compliance.services import complete_credit, correct_credit, reopen_question, settle_question
from goodstanding.credit.earned import EarnedCredit, EarnedPart
from goodstanding.credit.models import CreditEntry
from goodstanding.licensing.history import list_history
from goodstanding.licensing.models import License
from goodstanding.licensing.rulebook import LicenseType, license_types, rulebook
from goodstanding.licensing.selectors import access_license, current_confirmations
from goodstanding.licensing.services import add_license, record_carried_and_waived
from tests.compliance.situations import NOW, TODAY, a_credit, a_license

pytestmark = pytest.mark.django_db

TYPES = {f"{one.rule} {one.license_type}": one for one in license_types()}


def _hold(clinician: User, one: LicenseType, *, renewals: int | None = None) -> License:
    return add_license(
        holder=clinician.holder,
        actor=clinician,
        rule=one.rule,
        profession=one.profession,
        license_type=one.license_type,
        number="A 1",
        issued=dt.date(2015, 1, 1),
        period_end=dt.date(2027, 6, 30),
        renewals=renewals,
        at=NOW,
    )


@pytest.mark.slow_once
@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_confirmable_question_is_settled_by_confirming_it(clinician: User, kind: str) -> None:
    one: LicenseType = TYPES[kind]
    file = rulebook()[one.rule].file
    license_ = _hold(clinician, one, renewals=min(4, 12 * 12 // file.cycle.months - 1))
    # Two alike, so that it is asked whether a course counts twice; who gave and approved them is not said.
    for _ in range(2):
        a_credit(clinician, "Ethics", approvals=None, topics=("ethics",), sponsor_kind="")
    record_carried_and_waived(
        license=license_, actor=clinician, end=dt.date(2027, 6, 30), carried_in={}, waivers=[], note="", at=NOW
    )
    before = standing_on(holder=clinician.holder, on=TODAY).licenses[0].evaluation
    assert before is not None
    asked = [question for question in before.open_questions if question.confirmable]
    # A regulator that asks for no hours leaves nothing to ask about them.
    assert asked or not any(requirement.kind in ("minimum", "course") for requirement in file.requirements)
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
    license_ = _hold(clinician, one)
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


# Corrected credits


LATER = NOW + dt.timedelta(hours=1)


def settle(user: User, license_: License, question: str) -> None:
    settle_question(
        holder=user.holder,
        license_id=license_.pk,
        question=question,
        confirmed_on=dt.date(2026, 5, 3),
        note="By telephone",
        on=TODAY,
        at=NOW,
    )


def corrected(user: User, entry: CreditEntry, *, at: dt.datetime = LATER, **changes: Any) -> CreditEntry:
    stated: dict[str, Any] = {
        "title": entry.title,
        "completed": entry.completed,
        "amount": Decimal(6),
        "parts": (EarnedPart(amount=Decimal(6), topics=("law_and_ethics_us_ca",)),),
        "approvals": None,
        "course_id": entry.course_id,
    } | {"submission": uuid.uuid4()}
    given = {**stated, **changes}
    submission = given.pop("submission")
    return correct_credit(
        holder=user.holder,
        actor=user,
        entry_id=entry.pk,
        credit=EarnedCredit(**given),
        submission=submission,
        at=at,
        today=TODAY,
    )


def ethics_of(user: User) -> tuple[str, tuple[str, ...]]:
    (license_,) = standing_on(holder=user.holder, on=TODAY).licenses
    assert license_.evaluation is not None
    found = license_.evaluation.requirement("ethics")
    return found.outcome.value, found.confirmed


def test_a_confirmation_is_kept_when_the_credit_is_corrected_and_still_leaves_it_unstated(clinician: User) -> None:
    license_ = a_license(clinician)
    entry = a_credit(clinician, approvals=None)
    settle(clinician, license_, f"approvals:{entry.pk}")
    after = corrected(clinician, entry, title="Ethics in a small town, second edition")
    assert after.pk != entry.pk
    assert ethics_of(clinician) == ("met", (f"approvals:{after.pk}",))
    kept = current_confirmations(access_license(holder=clinician.holder, license_id=license_.pk))[f"approvals:{after.pk}"]
    assert (kept.confirmed_on, kept.note, kept.recorded_at) == (dt.date(2026, 5, 3), "By telephone", LATER)
    newest = list_history(access_license(holder=clinician.holder, license_id=license_.pk))[0]
    assert newest.lines == ("Kept as settled after the credit was corrected: a question about one credit",)


def test_a_confirmation_lapses_when_the_correction_states_what_it_was_about(clinician: User) -> None:
    license_ = a_license(clinician)
    entry = a_credit(clinician, approvals=None)
    settle(clinician, license_, f"approvals:{entry.pk}")
    after = complete_credit(
        holder=clinician.holder,
        actor=clinician,
        entry_id=entry.pk,
        approvals=(),
        sponsor_kind="",
        submission=uuid.uuid4(),
        at=LATER,
        today=TODAY,
    )
    assert f"approvals:{after.pk}" not in current_confirmations(access_license(holder=clinician.holder, license_id=license_.pk))
    assert ethics_of(clinician) == ("unknown", ())


def test_that_a_course_counts_twice_is_kept_with_the_course_and_no_other(clinician: User) -> None:
    license_ = a_license(clinician)
    a_credit(clinician, completed=dt.date(2026, 2, 1), course_id="ethics")
    entry = a_credit(clinician, course_id="ethics")
    settle(clinician, license_, f"repeat:{entry.pk}")
    same = corrected(clinician, entry, approvals=("nbcc",), title="Ethics in small towns")
    other = corrected(clinician, same, approvals=("nbcc",), course_id="law", at=LATER + dt.timedelta(hours=1))
    held = current_confirmations(access_license(holder=clinician.holder, license_id=license_.pk))
    assert f"repeat:{same.pk}" in held
    assert f"repeat:{other.pk}" not in held


def test_a_correction_that_is_sent_twice_does_not_settle_again_what_was_opened_since(clinician: User) -> None:
    license_ = a_license(clinician)
    entry = a_credit(clinician, approvals=None)
    settle(clinician, license_, f"approvals:{entry.pk}")
    once = uuid.uuid4()
    after = corrected(clinician, entry, title="Ethics", submission=once)
    question = f"approvals:{after.pk}"
    reopen_question(holder=clinician.holder, license_id=license_.pk, question=question, at=LATER)
    assert corrected(clinician, entry, title="Ethics", submission=once, at=LATER + dt.timedelta(minutes=1)).pk == after.pk
    assert question not in current_confirmations(access_license(holder=clinician.holder, license_id=license_.pk))


def test_what_was_opened_again_before_the_correction_stays_open(clinician: User) -> None:
    license_ = a_license(clinician)
    entry = a_credit(clinician, approvals=None)
    settle(clinician, license_, f"approvals:{entry.pk}")
    reopen_question(holder=clinician.holder, license_id=license_.pk, question=f"approvals:{entry.pk}", at=NOW)
    corrected(clinician, entry, title="Ethics")
    assert ethics_of(clinician) == ("unknown", ())
