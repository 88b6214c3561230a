"""The standing of a holder, from the tables to the answer, with the real rule files."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodstanding.compliance.case_file import case_as_yaml
from goodstanding.compliance.errors import QuestionNotOpenError
from goodstanding.compliance.selectors import HolderStanding, LicenseStanding, standing_on
from goodstanding.compliance.services import reopen_question, settle_question
from goodstanding.core.documents import parse_document
from goodstanding.core.rules.case import case_of
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.outcome import Evaluation, Outcome, Standing, to_json
from goodstanding.credit.models import CreditEntry
from goodstanding.licensing.errors import LicenseNotFoundError
from goodstanding.licensing.models import License, LicenseFact, LicensePeriod
from goodstanding.licensing.rulebook import rulebook
from goodstanding.licensing.services import answer_facts, record_carried_and_waived, record_renewal, remove_license
from tests.compliance.situations import NOW, PERIOD_END, TODAY, a_credit, a_license, a_provisional_credit, everything_for_lpcc

pytestmark = pytest.mark.django_db


def stand(user, on=TODAY) -> HolderStanding:
    return standing_on(holder=user.holder, on=on)


def only(user, on=TODAY) -> LicenseStanding:
    (one,) = stand(user, on).licenses
    return one


def answer(user, on=TODAY) -> Evaluation:
    evaluation = only(user, on).evaluation
    assert evaluation is not None
    return evaluation


def settle(user, license_, question):
    settle_question(
        holder=user.holder, license_id=license_.pk, question=question, confirmed_on=TODAY, note="By telephone.", on=TODAY, at=NOW
    )


def test_without_a_license_there_is_nothing_to_say(clinician):
    a_credit(clinician)
    standing = stand(clinician)
    assert standing.licenses == ()
    assert len(standing.entries) == 1
    assert standing.case is None
    assert standing.first is None


def test_without_credits_everything_is_owed(clinician):
    a_license(clinician)
    total = answer(clinician).requirement("total")
    assert (total.outcome, total.required, total.counted, total.missing) == (Outcome.UNMET, 36, 0, 36)
    assert only(clinician).name == "California LPCC"
    assert only(clinician).standing is Standing.UNMET


@pytest.mark.parametrize(
    ("hours", "outcome", "missing"), [("5.75", Outcome.UNMET, Decimal("0.25")), ("6", Outcome.MET, 0), ("6.5", Outcome.MET, 0)]
)
def test_ethics_just_under_at_and_over_the_six_hours(clinician, hours, outcome, missing):
    a_license(clinician)
    a_credit(clinician, hours=hours)
    ethics = answer(clinician).requirement("ethics")
    assert (ethics.outcome, ethics.missing) == (outcome, missing)


def test_all_met_needs_no_confirmation_where_the_strict_reading_is_met(clinician):
    a_license(clinician)
    everything_for_lpcc(clinician)
    evaluation = answer(clinician)
    assert evaluation.standing is Standing.MET
    assert evaluation.confirmed == ()
    assert {one.outcome for one in evaluation.requirements} == {Outcome.MET}


def test_an_approval_that_the_open_list_may_take_is_unknown_until_confirmed(clinician):
    license_ = a_license(clinician)
    for entry in ("California law and ethics",):
        a_credit(clinician, entry, approvals=("naadac",))
    before = answer(clinician).requirement("ethics")
    assert (before.outcome, before.favorable) == (Outcome.UNKNOWN, Outcome.MET)
    assert "sponsor_list" in before.open_questions

    settle(clinician, license_, "sponsor_list")
    after = answer(clinician).requirement("ethics")
    assert after.outcome is Outcome.MET
    assert after.confirmed == ("sponsor_list",)
    settled = only(clinician).settled["sponsor_list"]
    assert (settled.confirmed_on, settled.note) == (TODAY, "By telephone.")

    reopen_question(holder=clinician.holder, license_id=license_.pk, question="sponsor_list", at=NOW + dt.timedelta(minutes=1))
    assert answer(clinician).requirement("ethics").outcome is Outcome.UNKNOWN
    assert only(clinician).settled == {}


def test_an_unstated_approval_is_not_an_absent_one(clinician):
    a_license(clinician)
    entry = a_credit(clinician, approvals=None)
    unstated = answer(clinician)
    assert unstated.requirement("ethics").outcome is Outcome.UNKNOWN
    assert f"approvals:{entry.pk}" in {one.id for one in unstated.open_questions}


def test_credit_without_any_approval_makes_nothing_met_and_says_why(clinician):
    a_license(clinician)
    entry = a_credit(clinician, approvals=())
    evaluation = answer(clinician)
    assert Outcome.MET not in {evaluation.requirement(name).outcome for name in ("total", "ethics", "ethics_us_ca")}
    (credit,) = evaluation.credits
    assert (credit.id, credit.counted) == (str(entry.pk), 0)
    assert credit.why_not
    assert "no approval" in credit.why_not


def test_provisional_credit_is_listed_counts_nothing_and_says_why(clinician):
    a_license(clinician)
    a_provisional_credit(clinician)
    standing = stand(clinician)
    evaluation = answer(clinician)
    assert evaluation.requirement("ethics").counted == 0
    (credit,) = evaluation.credits
    assert credit.counted == 0
    assert credit.why_not
    assert "provisional" in credit.why_not
    assert standing.entries[0].provisional
    (left_out,) = standing.licenses[0].breakdown["ethics"].left_out
    assert (left_out.titles, left_out.why) == (("A former client asks for coffee",), credit.why_not)


def test_what_counted_and_what_did_not_stands_behind_each_figure(clinician):
    a_license(clinician)
    a_credit(clinician, "Ethics in a small town", hours="4", about="2")
    a_credit(clinician, "Trauma work", hours="5", topics=("trauma",))
    breakdown = only(clinician).breakdown
    (counted,) = breakdown["ethics"].counted
    assert (counted.title, counted.hours, counted.of) == ("Ethics in a small town", 2, 4)
    assert [one.titles for one in breakdown["ethics"].left_out] == [("Trauma work",)]
    assert "about this subject" in breakdown["ethics"].left_out[0].why
    assert sum(one.hours for one in breakdown["total"].counted) == 9


def test_as_of_an_earlier_day_later_credit_does_not_count(clinician):
    a_license(clinician)
    a_credit(clinician, completed=dt.date(2026, 3, 1))
    assert answer(clinician, dt.date(2026, 2, 28)).requirement("ethics").counted == 0
    assert answer(clinician, dt.date(2026, 3, 1)).requirement("ethics").counted == 6


@pytest.mark.parametrize("on", [dt.date(2025, 5, 31), dt.date(2027, 6, 1), dt.date(1990, 1, 1), dt.date(2140, 1, 1)])
def test_outside_the_known_periods_nothing_is_known(clinician, on):
    a_license(clinician)
    everything_for_lpcc(clinician)
    evaluation = answer(clinician, on)
    assert evaluation.standing is Standing.UNKNOWN
    assert {one.outcome for one in evaluation.requirements} == {Outcome.UNKNOWN}


@pytest.mark.parametrize("on", [dt.date(2025, 6, 1), dt.date(2027, 5, 31)])
def test_the_first_and_the_last_day_of_the_period_belong_to_it(clinician, on):
    a_license(clinician)
    period = answer(clinician, on).period
    assert period is not None
    assert (period.start, period.end) == (dt.date(2025, 6, 1), PERIOD_END)


def test_after_a_renewal_each_period_keeps_its_own_answer(clinician):
    license_ = a_license(clinician)
    everything_for_lpcc(clinician)
    record_renewal(
        license=license_,
        actor=clinician,
        period_end=dt.date(2029, 5, 31),
        renewed_on=TODAY,
        from_end=PERIOD_END,
        at=NOW,
    )
    assert answer(clinician).requirement("total").outcome is Outcome.MET
    later = answer(clinician, dt.date(2027, 6, 1))
    assert later.period is not None
    assert later.period.end == dt.date(2029, 5, 31)
    assert (later.requirement("total").counted, later.requirement("suicide").outcome) == (0, Outcome.MET)


def test_what_was_carried_in_or_waived_belongs_to_one_period(clinician):
    license_ = a_license(clinician)
    LicensePeriod.objects.filter(license=license_).update(waivers=["suicide", "no_such_requirement"], carried_in={"total": "4"})
    now = answer(clinician)
    assert "suicide" in {one.id for one in now.not_applicable}
    LicensePeriod.objects.create(license=license_, start=dt.date(2027, 6, 1), end=dt.date(2029, 5, 31))
    later = answer(clinician, dt.date(2027, 6, 1))
    assert "suicide" not in {one.id for one in later.not_applicable}


def record(user, license_, *, carried_in=(), waivers=()):
    hours = {name: Decimal(amount) for name, amount in dict(carried_in).items()}
    record_carried_and_waived(license=license_, actor=user, end=PERIOD_END, carried_in=hours, waivers=waivers, at=NOW)


@pytest.mark.parametrize(
    ("carried", "outcome", "favorable"),
    [("1.99", Outcome.UNMET, Outcome.UNMET), ("2", Outcome.UNKNOWN, Outcome.MET), ("2.01", Outcome.UNKNOWN, Outcome.MET)],
)
def test_carried_hours_without_a_rule_on_them_never_make_met(clinician, carried, outcome, favorable):
    license_ = a_license(clinician)
    a_credit(clinician, hours="4")
    record(clinician, license_, carried_in={"ethics": carried})
    ethics = answer(clinician).requirement("ethics")
    assert (ethics.outcome, ethics.favorable, ethics.missing, ethics.carried_in) == (outcome, favorable, 2, 0)
    assert ("carried_in" in ethics.open_questions) == (outcome is Outcome.UNKNOWN)


def test_carried_hours_count_once_the_board_said_so(clinician):
    license_ = a_license(clinician)
    a_credit(clinician, hours="4")
    record(clinician, license_, carried_in={"ethics": "2"})
    settle(clinician, license_, "carried_in")
    ethics = answer(clinician).requirement("ethics")
    assert (ethics.outcome, ethics.carried_in, ethics.confirmed) == (Outcome.MET, 2, ("carried_in",))
    record(clinician, license_, carried_in={"ethics": "0"})
    assert answer(clinician).requirement("ethics").outcome is Outcome.UNMET


def test_a_waiver_leaves_its_requirement_out_of_the_period_until_it_is_taken_back(clinician):
    license_ = a_license(clinician)
    everything_for_lpcc(clinician)
    before = answer(clinician)
    record(clinician, license_, waivers=["telehealth"])
    without = answer(clinician)
    assert {one.id for one in before.requirements} - {one.id for one in without.requirements} == {"telehealth"}
    assert only(clinician).waivers == ("telehealth",)
    record(clinician, license_)
    assert answer(clinician) == before
    assert only(clinician).waivers == ()


def test_met_with_a_waiver_says_on_what_it_rests(clinician):
    license_ = a_license(clinician)
    everything_for_lpcc(clinician)
    assert only(clinician).standing is Standing.MET
    assert "waiver" not in stand(clinician).sentence(today=TODAY)
    record(clinician, license_, waivers=["telehealth"])
    assert "on a waiver that you recorded" in stand(clinician).sentence(today=TODAY)


def test_with_everything_waived_nothing_is_claimed_beyond_the_waivers(clinician):
    license_ = a_license(clinician)
    record(clinician, license_, waivers=rulebook()["us/ca/lpcc"].file.requirement_ids())
    assert answer(clinician).requirements == ()
    assert "waiver" in stand(clinician).sentence(today=TODAY)


def test_the_case_file_holds_what_was_recorded_for_the_period(clinician):
    license_ = a_license(clinician)
    record(clinician, license_, carried_in={"total": "1.50", "ethics": "2"}, waivers=["hiv", "suicide"])
    standing = stand(clinician)
    assert standing.case is not None
    (again,) = case_of(parse_document(case_as_yaml(standing.case), name="case.yaml"), rulebook()).licenses
    assert again == standing.case.licenses[0]
    assert (again.carried_in, set(again.waivers)) == ({"total": Decimal("1.5"), "ethics": Decimal(2)}, {"hiv", "suicide"})


def test_a_missing_answer_about_the_person_is_never_assumed(clinician):
    license_ = a_license(clinician, facts={})
    assert answer(clinician).requirement("marriage_and_family").outcome is Outcome.UNKNOWN
    answer_facts(license=license_, answers={"couples_and_families": False}, at=NOW)
    assert "marriage_and_family" in {one.id for one in answer(clinician).not_applicable}


@pytest.mark.parametrize(("name", "value"), [("couples_and_families", "perhaps"), ("a_question_of_the_past", True)])
def test_an_answer_that_fits_no_question_any_more_counts_as_not_given(clinician, name, value):
    license_ = a_license(clinician, facts={})
    LicenseFact.objects.create(license=license_, name=name, value=value, answered_at=NOW)
    assert answer(clinician).requirement("marriage_and_family").outcome is Outcome.UNKNOWN


def test_a_license_whose_rule_is_gone_is_shown_as_unknown(clinician):
    a_license(clinician)
    gone = a_license(clinician, kind="lmft")
    License.objects.filter(pk=gone.pk).update(rule="us/zz/gone")
    standing = stand(clinician)
    assert len(standing.licenses) == 2
    unknown = next(one for one in standing.licenses if one.id == gone.pk)
    assert (unknown.standing, unknown.evaluation) == (Standing.UNKNOWN, None)
    assert "rule" in unknown.unknown_why
    assert standing.case is not None
    assert [one.rule for one in standing.case.licenses] == ["us/ca/lpcc"]


def test_rows_that_contradict_themselves_are_shown_and_decide_nothing(clinician):
    license_ = a_license(clinician)
    other = a_license(clinician, kind="lcsw")
    License.objects.filter(pk=license_.pk).update(issued=dt.date(2040, 1, 1))
    CreditEntry.objects.create(
        holder=clinician.holder, title="Absurd", completed=TODAY, amount=Decimal(99_999), format="hybrid", entered_at=NOW
    )
    standing = stand(clinician)
    broken = next(one for one in standing.licenses if one.id == license_.pk)
    assert (broken.standing, broken.evaluation) == (Standing.UNKNOWN, None)
    assert "contradicts itself" in broken.unknown_why
    assert next(one for one in standing.licenses if one.id == other.pk).evaluation is not None
    assert [one.readable for one in standing.entries] == [False]


def test_words_that_no_vocabulary_knows_any_more_do_not_count(clinician):
    a_license(clinician)
    CreditEntry.objects.create(
        holder=clinician.holder,
        title="Old words",
        completed=dt.date(2026, 3, 1),
        amount=Decimal(6),
        parts=[{"amount": "6", "topics": ["a_word_of_the_past"]}],
        format="live_online",
        approvals=["nbcc"],
        entered_at=NOW,
    )
    evaluation = answer(clinician)
    assert evaluation.requirement("total").counted == 6
    assert evaluation.requirement("ethics").counted == 0


def test_removed_licenses_and_other_people_stay_out(clinician, other_clinician):
    a_license(other_clinician)
    a_credit(other_clinician)
    license_ = a_license(clinician)
    remove_license(license=license_, actor=clinician, at=NOW)
    standing = stand(clinician)
    assert (standing.licenses, standing.entries) == ((), ())


def test_no_requirement_is_met_by_an_open_question_that_nobody_confirmed(clinician):
    """Whatever is Met stays Met when every open question is read in the strictest way the rule allows."""
    a_license(clinician, facts={})
    a_license(clinician, kind="lmft")
    a_license(clinician, kind="lcsw")
    everything_for_lpcc(clinician)
    a_credit(clinician, "Unstated", approvals=None, topics=("hiv",), hours="7")
    a_credit(clinician, "Uncertain", approvals=("nasw",), topics=("telehealth",), hours="3")
    for one in stand(clinician).licenses:
        assert one.evaluation is not None
        for requirement in one.evaluation.requirements:
            if requirement.outcome is Outcome.MET:
                assert requirement.open_questions == ()
                assert requirement.confirmed == ()
                assert requirement.favorable is Outcome.MET


@pytest.mark.parametrize(
    "question", ["no_such_question", "approvals:11111111-1111-1111-1111-111111111111", "couples_and_families"]
)
def test_only_open_questions_of_the_license_can_be_confirmed(clinician, question):
    license_ = a_license(clinician, facts={})
    with pytest.raises(QuestionNotOpenError):
        settle(clinician, license_, question)
    assert license_.confirmations.count() == 0


def test_someone_elses_license_can_be_neither_confirmed_nor_reopened(clinician, other_clinician):
    theirs = a_license(other_clinician)
    settle(other_clinician, theirs, "sponsor_list")
    with pytest.raises(LicenseNotFoundError):
        settle(clinician, theirs, "hour_length")
    with pytest.raises(LicenseNotFoundError):
        reopen_question(holder=clinician.holder, license_id=theirs.pk, question="sponsor_list", at=NOW)
    assert list(only(other_clinician).settled) == ["sponsor_list"]


def test_the_question_about_one_entry_can_be_confirmed(clinician):
    license_ = a_license(clinician)
    entry = a_credit(clinician, approvals=None)
    settle(clinician, license_, f"approvals:{entry.pk}")
    ethics = answer(clinician).requirement("ethics")
    assert (ethics.outcome, ethics.confirmed) == (Outcome.MET, (f"approvals:{entry.pk}",))


def test_the_case_file_gives_the_same_answer(clinician):
    license_ = a_license(clinician)
    a_license(clinician, kind="lmft", facts={})
    everything_for_lpcc(clinician)
    a_credit(clinician, 'Odd: "title" # – no, 010 é', approvals=(), hours="1.25", topics=("ethics",))
    a_credit(clinician, "null", approvals=None, hours="2", topics=(), started=dt.date(2026, 2, 1))
    a_provisional_credit(clinician)
    settle(clinician, license_, "sponsor_list")
    LicensePeriod.objects.filter(license=license_).update(carried_in={"total": "1.50"}, waivers=["hiv"])
    standing = stand(clinician)
    assert standing.case is not None

    case = case_of(parse_document(case_as_yaml(standing.case), name="case.yaml"), rulebook())
    assert case.on == TODAY
    again = to_json(evaluate(case.licenses, case.credits, rulebook(), case.on))
    evaluations = [one.evaluation for one in standing.licenses if one.evaluation]
    assert again == to_json(evaluate(standing.case.licenses, standing.case.credits, rulebook(), TODAY))
    assert [one["requirements"] for one in again["evaluations"]] == [
        one["requirements"] for one in to_json(_answer_of(evaluations))["evaluations"]
    ]


def _answer_of(evaluations):
    from goodstanding.core.rules.outcome import Answer

    return Answer(on=TODAY, evaluations=tuple(evaluations))


def test_two_licenses_of_one_rule_have_no_case_file_but_an_answer_each(clinician):
    a_license(clinician)
    a_license(clinician)
    standing = stand(clinician)
    assert standing.case is None
    assert [one.standing for one in standing.licenses] == [Standing.UNMET, Standing.UNMET]


def test_the_license_to_act_on_first_is_unmet_and_due_soonest(clinician):
    a_license(clinician, kind="lmft", period_end=dt.date(2028, 3, 31))
    soon = a_license(clinician, kind="lcsw", period_end=dt.date(2027, 1, 31))
    a_license(clinician)
    first = stand(clinician).first
    assert first is not None
    assert first.id == soon.pk


def test_what_may_have_lapsed_goes_before_what_is_only_uncertain_and_what_can_not_be_said_goes_last(clinician):
    gone = a_license(clinician)
    License.objects.filter(pk=gone.pk).update(rule="us/zz/gone")
    uncertain = a_license(clinician, kind="lcsw", status="inactive")
    over = a_license(clinician, kind="lmft", period_end=dt.date(2026, 10, 31))
    standing = stand(clinician)
    assert [one.id for one in standing.by_urgency] == [over.pk, uncertain.pk, gone.pk]
    assert standing.first is not None
    assert standing.first.id == over.pk


def test_the_number_of_queries_does_not_grow(clinician):
    a_license(clinician)
    with CaptureQueriesContext(
        connection,
    ) as few:
        stand(clinician)
    a_license(clinician, kind="lmft")
    a_license(clinician, kind="lcsw")
    for entry in everything_for_lpcc(clinician):
        assert entry.pk
    with CaptureQueriesContext(connection) as many:
        stand(clinician)
    assert len(many) == len(few) == 5


def test_a_day_long_past_is_no_deadline_while_it_is_only_in_doubt(clinician):
    """Whether Florida's course of the first six months is still owed from people licensed for long is an open question."""
    a_license(clinician, rule="us/fl/lmhc", license_type="LMHC", facts={})
    one = only(clinician)
    doubtful = [asked for asked in one.evaluation.requirements if asked.due < TODAY]
    assert [asked.outcome for asked in doubtful] == [Outcome.UNKNOWN]
    assert one.gap.deadline == PERIOD_END
