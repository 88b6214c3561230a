"""What an evaluation says about periods, units, approvals, open questions and the holder, on small rules of the test's own."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from goodstanding.core.rules.case import Case, CreditEntry, License
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.load import load_rules
from goodstanding.core.rules.outcome import Outcome, Standing, to_json
from tests.core.rules.example import ON, RULES, TOTAL, answer, book, credit, requirement

# Periods


@pytest.mark.parametrize(
    ("expires", "start"),
    [
        (dt.date(2027, 5, 31), dt.date(2025, 6, 1)),
        (dt.date(2028, 2, 29), dt.date(2026, 3, 1)),
        (dt.date(2026, 12, 15), dt.date(2024, 12, 16)),
        (dt.date(2026, 11, 23), dt.date(2024, 11, 24)),
    ],
)
def test_a_period_starts_the_day_after_the_expiry_before(expires: dt.date, start: dt.date) -> None:
    found = answer(book(TOTAL), expires=expires)
    assert found.period is not None
    assert (found.period.start, found.period.end) == (start, expires)


def test_a_first_period_starts_on_the_day_of_issue() -> None:
    found = answer(book(TOTAL), issued=dt.date(2026, 1, 10), renewals=0)
    assert found.period is not None
    assert found.period.start == dt.date(2026, 1, 10)


def test_a_listed_period_goes_before_the_computed_one() -> None:
    listed = [{"start": dt.date(2026, 1, 1), "end": dt.date(2027, 5, 31)}]
    found = answer(book(TOTAL), credit(completed=dt.date(2025, 12, 31)), periods=listed)
    assert found.period is not None
    assert found.period.start == dt.date(2026, 1, 1)
    assert found.requirement("total").counted == 0


@pytest.mark.parametrize("on", [dt.date(2027, 6, 1), dt.date(2025, 5, 31)])
def test_a_day_outside_the_known_periods_is_unknown_and_nothing_is_met(on: dt.date) -> None:
    found = answer(book(requirement("total", 0)), on=on)
    assert found.period is None
    assert found.standing is Standing.UNKNOWN
    assert found.requirement("total").outcome is Outcome.UNKNOWN


NEW = requirement("total", 36, says="36 hours.", in_force={"from": dt.date(2024, 1, 1), "by": "period_end"})
OLD = requirement("total", 18, says="18 hours.", in_force={"to": dt.date(2020, 12, 31), "by": "period_end"})


@pytest.mark.parametrize("versions", [(NEW, OLD), (OLD, NEW)])
@pytest.mark.parametrize(
    ("on", "says"),
    [
        (dt.date(2019, 6, 1), "18 hours."),
        (dt.date(2020, 12, 31), "18 hours."),
        (dt.date(2022, 6, 1), "36 hours."),
        (dt.date(2028, 6, 1), "36 hours."),
    ],
)
def test_outside_every_period_the_text_of_the_day_is_shown_else_the_newest(
    versions: tuple[dict[str, Any], ...], on: dt.date, says: str
) -> None:
    found = answer(book(*versions), on=on)
    assert found.period is None
    assert found.requirement("total").says == says


@pytest.mark.parametrize("versions", [(NEW, OLD), (OLD, NEW)])
def test_a_period_that_no_text_covers_shows_the_newest(versions: tuple[dict[str, Any], ...]) -> None:
    found = answer(book(*versions), on=dt.date(2022, 6, 1), expires=dt.date(2023, 5, 31))
    assert found.period is not None
    assert (found.requirement("total").outcome, found.requirement("total").says) == (Outcome.UNKNOWN, "36 hours.")


def test_without_an_expiry_the_answer_is_unknown_and_says_what_to_enter() -> None:
    found = answer(book(TOTAL), expires=None)
    assert found.standing is Standing.UNKNOWN
    assert found.next_step == "Enter the day this license expires."


@pytest.mark.parametrize(
    ("held", "outcome"),
    [
        ({"renewals": 0}, "unmet"),
        ({"renewals": 1}, None),
        ({"renewals": 2, "issued": dt.date(2025, 8, 1)}, "unmet"),
        ({"renewals": None, "issued": dt.date(2025, 8, 1)}, "unmet"),
        ({"renewals": None, "issued": dt.date(2019, 8, 1)}, None),
        ({"renewals": None, "issued": dt.date(2025, 5, 1)}, "unknown"),
        ({"renewals": None, "issued": None}, "unknown"),
        ({"renewals": None, "issued": None, "periods": [{"start": dt.date(2023, 6, 1), "end": dt.date(2025, 5, 31)}]}, None),
    ],
)
def test_first_renewal_is_told_from_what_is_known_and_else_asked(held: dict[str, Any], outcome: str | None) -> None:
    found = answer(book(requirement("hiv", 7, frequency="first_renewal")), **held)
    if outcome is None:
        assert [one.id for one in found.not_applicable] == ["hiv"]
        assert found.standing is Standing.MET
    else:
        assert found.requirement("hiv").outcome == outcome
        if outcome == "unknown":
            assert found.requirement("hiv").open_questions == ("renewals",)


def test_renewals_are_counted_back_for_an_earlier_period() -> None:
    periods = [{"start": dt.date(2023, 6, 1), "end": dt.date(2025, 5, 31)}]
    rules = book(requirement("hiv", 7, frequency="first_renewal"))
    now = answer(rules, issued=None, renewals=1, periods=periods)
    then = answer(rules, issued=None, renewals=1, periods=periods, on=dt.date(2024, 1, 1))
    assert [one.id for one in now.not_applicable] == ["hiv"]
    assert then.requirement("hiv").outcome is Outcome.UNMET


# Hours


@pytest.mark.parametrize(("rule_minutes", "hours"), [(50, 20), (60, "16.66")])
def test_minutes_become_the_boards_hours(rule_minutes: int, hours: object) -> None:
    found = answer(book(TOTAL, hour_minutes=rule_minutes), credit(amount=1000, unit="minute"))
    assert str(found.requirement("total").counted.normalize().__format__("f")) == str(hours)


def test_three_thirds_of_an_hour_are_an_hour() -> None:
    credits_ = [credit(f"c{n}", 20, "minute") for n in range(3)]
    found = answer(book(requirement("total", 1), hour_minutes=60), *credits_)
    assert found.requirement("total").outcome is Outcome.MET


def test_each_entry_is_rounded_down_once_and_then_split() -> None:
    entry = credit(amount=100, unit="minute", parts=[{"amount": 50, "topics": ["ethics"]}])
    found = answer(book(TOTAL, requirement("ethics", 1), hour_minutes=60, round_down_to=1), entry)
    assert found.requirement("total").counted == 1
    assert str(found.requirement("ethics").counted) == "0.50"


def test_a_unit_that_the_rule_does_not_convert_is_unknown_not_zero() -> None:
    found = answer(book(TOTAL), credit(amount=1, unit="semester_credit"))
    total = found.requirement("total")
    assert (total.outcome, total.favorable, total.counted) == (Outcome.UNKNOWN, Outcome.MET, 0)
    assert total.open_questions == ("unit:c1",)
    assert found.credits[0].hours is None


def test_confirming_everything_does_not_invent_hours_for_such_a_unit() -> None:
    found = answer(book(TOTAL), credit(amount=1, unit="ceu"), confirmed="all")
    assert found.requirement("total").outcome is Outcome.UNKNOWN


def test_a_unit_that_the_rule_converts() -> None:
    found = answer(book(TOTAL, hours_per_unit={"semester_credit": 15}), credit(amount=2, unit="semester_credit"))
    assert found.requirement("total").counted == 30


def test_a_narrower_topic_counts_for_a_broader_one_never_the_reverse() -> None:
    rules = book(requirement("ethics", 4), requirement("ethics_us_ky", 4))
    narrow = answer(rules, credit(parts=[{"amount": 4, "topics": ["ethics_us_ky"]}]))
    broad = answer(rules, credit(parts=[{"amount": 4, "topics": ["ethics"]}]))
    assert narrow.standing is Standing.MET
    assert broad.requirement("ethics").outcome is Outcome.MET
    assert broad.requirement("ethics_us_ky").outcome is Outcome.UNMET


def test_one_hour_about_two_topics_counts_once_in_the_total() -> None:
    rules = book(TOTAL, requirement("ethics", 1), requirement("telehealth", 1))
    found = answer(rules, credit(amount=1, parts=[{"amount": 1, "topics": ["ethics", "telehealth"]}]))
    assert found.credits[0].toward == {"total": 1, "ethics": 1, "telehealth": 1}
    assert found.credits[0].counted == 1
    assert found.requirement("total").counted == 1


@pytest.mark.parametrize(("by", "counted"), [("completion", 5), ("period_end", 10)])
def test_a_part_in_force_by_completion_takes_only_entries_of_its_days(by: str, counted: int) -> None:
    rules = book(requirement("total", 10, in_force={"from": dt.date(2026, 1, 1), "by": by}))
    found = answer(rules, credit("old", 5, completed=dt.date(2025, 12, 31)), credit("new", 5, completed=dt.date(2026, 1, 1)))
    assert found.requirement("total").counted == counted


def test_versions_are_chosen_by_period_start() -> None:
    old = requirement("total", 10, in_force={"to": dt.date(2025, 6, 1), "by": "period_start"})
    new = requirement("total", 20, in_force={"from": dt.date(2025, 6, 2), "by": "period_start"})
    assert answer(book(old, new)).requirement("total").required == 10
    assert answer(book(old, new), expires=dt.date(2027, 6, 1)).requirement("total").required == 20


# What entries leave unstated


@pytest.mark.parametrize(
    ("approvals", "outcome", "favorable"),
    [
        (["nbcc"], "met", "met"),
        (["NBCC-ACEP"], "met", "met"),
        (["other"], "unmet", "unmet"),
        ([], "unmet", "unmet"),
        (None, "unknown", "met"),
    ],
)
def test_approvals_absent_are_unstated_and_an_empty_list_is_none(approvals: object, outcome: str, favorable: str) -> None:
    total = answer(book(requirement("total", 10)), credit(approvals=approvals)).requirement("total")
    assert (total.outcome, total.favorable) == (outcome, favorable)


def test_an_unstated_approval_is_named_and_can_be_confirmed() -> None:
    rules = book(requirement("total", 10))
    assert answer(rules, credit(approvals=None)).requirement("total").open_questions == ("approvals:c1",)
    assert answer(rules, credit(approvals=None)).next_step.startswith(
        "Look at the certificate and enter its approval. Who approved"
    )
    settled = answer(rules, credit(approvals=None), confirmed=["approvals:c1"])
    assert settled.standing is Standing.MET
    assert settled.requirement("total").confirmed == ("approvals:c1",)
    assert "you confirmed" in settled.requirement("total").why
    assert answer(rules, credit(approvals=None), confirmed="all").standing is Standing.MET


@pytest.mark.parametrize(("repeats", "outcome"), [("counted", "met"), ("not_counted", "unmet"), (None, "unknown")])
def test_a_repeated_course_counts_as_the_rule_says(repeats: str | None, outcome: str) -> None:
    entries = [credit("a", 5, course={"id": "x"}), credit("b", 5, course={"id": "x"})]
    found = answer(book(requirement("total", 10), repeats=repeats), *entries)
    assert found.requirement("total").outcome == outcome


def test_of_a_repeated_course_the_longest_entry_counts() -> None:
    short = credit("a", 2, course={"id": "x"}, completed=dt.date(2025, 7, 1))
    long = credit("b", 10, course={"id": "x"})
    found = answer(book(requirement("total", 10), repeats="not_counted"), short, long)
    assert found.standing is Standing.MET
    assert "same course" in (found.credits[0].why_not or "")


def test_a_provisional_or_future_copy_does_not_displace_a_course() -> None:
    entries = [
        credit("a", 10, course={"id": "x"}),
        credit("b", 20, course={"id": "x"}, provisional=True),
        credit("c", 20, course={"id": "x"}, completed=dt.date(2027, 1, 1)),
    ]
    found = answer(book(requirement("total", 10), repeats="not_counted"), *entries)
    assert found.standing is Standing.MET
    assert "provisional" in (found.credits[1].why_not or "")
    assert "after 23 November 2026" in (found.credits[2].why_not or "")


@pytest.mark.parametrize(
    ("carry_in", "outcome", "carried"),
    [
        (None, "unknown", 0),
        ({"allowed": False}, "unmet", 0),
        ({"allowed": True}, "met", 10),
        ({"allowed": True, "at_most": {"total": 4}}, "unmet", 4),
    ],
)
def test_carried_in_hours_count_as_the_rule_says(carry_in: object, outcome: str, carried: int) -> None:
    total = answer(book(TOTAL, carry_in=carry_in), credit(amount=10), carried_in={"total": 10}).requirement("total")
    assert (total.outcome, total.carried_in) == (outcome, carried)


def test_carried_in_hours_can_be_confirmed() -> None:
    found = answer(book(TOTAL), credit(amount=10), carried_in={"total": 10}, confirmed=["carried_in"])
    assert found.standing is Standing.MET
    assert found.requirement("total").carried_in == 10


# Open questions


def question(id_: str, *readings: dict[str, Any]) -> dict[str, Any]:
    return {"id": id_, "text": f"{id_}?", "readings": [{"id": f"r{n}", "says": "So."} | one for n, one in enumerate(readings)]}


def test_readings_that_agree_answer_in_spite_of_the_question() -> None:
    rules = book(TOTAL, open_questions=[question("hours", {}, {"requirements": {"total": {"hours": 15}}})])
    assert answer(rules, credit(amount=20)).requirement("total").outcome is Outcome.MET
    assert answer(rules, credit(amount=14)).requirement("total").outcome is Outcome.UNMET
    unknown = answer(rules, credit(amount=15)).requirement("total")
    assert (unknown.outcome, unknown.favorable, unknown.missing) == (Outcome.UNKNOWN, Outcome.MET, 5)
    assert unknown.open_questions == ("hours",)


def test_readings_need_not_be_ordered() -> None:
    """Three hours of ethics, or four of ethics and culture together: neither is the milder reading."""
    pooled = {"requirements": {"ethics": {"hours": 4, "topics": ["ethics", "cultural_competence"]}}}
    rules = book(requirement("ethics", 3), open_questions=[question("pool", {}, pooled)])
    ethics_only = answer(rules, credit(amount=3, parts=[{"amount": 3, "topics": ["ethics"]}]))
    mixed = answer(
        rules, credit(amount=4, parts=[{"amount": 2, "topics": ["ethics"]}, {"amount": 2, "topics": ["cultural_competence"]}])
    )
    both = answer(rules, credit(amount=4, parts=[{"amount": 4, "topics": ["ethics"]}]))
    neither = answer(rules, credit(amount=2, parts=[{"amount": 2, "topics": ["ethics"]}]))
    assert [one.standing for one in (ethics_only, mixed, both, neither)] == ["unknown", "unknown", "met", "unmet"]
    assert (
        answer(rules, credit(amount=3, parts=[{"amount": 3, "topics": ["ethics"]}]), confirmed=["pool"]).standing is Standing.MET
    )


def test_only_the_questions_that_decide_are_named() -> None:
    rules = book(
        TOTAL,
        open_questions=[
            question("hours", {}, {"requirements": {"total": {"hours": 15}}}),
            question("bodies", {}, {"accepts": {"bodies": ["nbcc", "apa"], "others": "none"}}),
        ],
    )
    found = answer(rules, credit(amount=15))
    assert found.requirement("total").open_questions == ("hours",)
    assert {one.id: one.decides for one in found.open_questions} == {"hours": ("total",), "bodies": ()}
    both = answer(rules, credit("a", 10), credit("b", 5, approvals=["apa"]))
    assert set(both.requirement("total").open_questions) == {"hours", "bodies"}


def test_one_settled_question_leaves_the_other_open() -> None:
    rules = book(
        TOTAL,
        open_questions=[
            question("hours", {}, {"requirements": {"total": {"hours": 15}}}),
            question("bodies", {}, {"accepts": {"bodies": ["nbcc", "apa"], "others": "none"}}),
        ],
    )
    entries = [credit("a", 10), credit("b", 5, approvals=["apa"])]
    half = answer(rules, *entries, confirmed=["hours"]).requirement("total")
    assert (half.outcome, half.required, half.open_questions, half.confirmed) == (Outcome.UNKNOWN, 15, ("bodies",), ("hours",))
    assert answer(rules, *entries, confirmed=["hours", "bodies"]).standing is Standing.MET


def test_a_requirement_read_as_not_due_stays_visible() -> None:
    rules = book(requirement("ethics", 3), open_questions=[question("due", {}, {"requirements": {"ethics": {"due": False}}})])
    assert answer(rules).requirement("ethics").outcome is Outcome.UNKNOWN
    settled = answer(rules, confirmed=["due"]).requirement("ethics")
    assert (settled.outcome, settled.required) == (Outcome.MET, 0)


# The holder


def test_what_the_license_tells_is_not_put_into_the_mouth_of_its_holder() -> None:
    long_held = requirement(
        "ethics", 3, applies_when={"about": "months_licensed", "at_most": 12}, applies_text="your license is younger than a year"
    )
    assert answer(book(long_held)).not_applicable[0].why == (
        "Due only if your license is younger than a year; by what your license says, that is not so."
    )


SUPERVISION = requirement("supervision", 6, applies_when={"fact": "supervisor", "is": True}, applies_text="you supervise others")


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [({"supervisor": True}, "unmet"), ({"supervisor": False}, None), ({}, "unknown"), ({"supervisor": None}, "unknown")],
)
def test_a_missing_fact_that_decides_is_unknown_and_named(facts: dict[str, Any], outcome: str | None) -> None:
    found = answer(book(SUPERVISION), facts=facts)
    if outcome is None:
        assert found.not_applicable[0].why == "Due only if you supervise others; you said that is not so."
    else:
        assert found.requirement("supervision").outcome == outcome
    if outcome == "unknown":
        assert found.requirement("supervision").open_questions == ("supervisor",)
        assert found.next_step.startswith("Answer this on your license: Do you supervise")


def test_a_missing_fact_that_makes_no_difference_is_not_asked() -> None:
    found = answer(book(SUPERVISION), credit(amount=6, parts=[{"amount": 6, "topics": ["supervision"]}]))
    assert found.standing is Standing.MET
    assert found.open_questions == ()


def test_an_alternative_is_never_assumed_and_the_reason_says_what_would_settle_it() -> None:
    rules = book(requirement("suicide", 6, alternatives=[{"fact": "suicide_applied_experience", "says": "certified experience"}]))
    unclaimed = answer(rules).requirement("suicide")
    assert unclaimed.outcome is Outcome.UNMET
    assert "Certified experience would also meet it" in unclaimed.why
    assert answer(rules, facts={"suicide_applied_experience": False}).standing is Standing.UNMET
    claimed = answer(rules, facts={"suicide_applied_experience": True}).requirement("suicide")
    assert (claimed.outcome, claimed.missing) == (Outcome.MET, 0)


def test_a_statement_is_asked_for_and_then_taken() -> None:
    rules = book(requirement("direct_care_statement", kind="attestation", fact="direct_care"))
    assert [answer(rules, facts=facts).standing for facts in ({}, {"direct_care": True}, {"direct_care": False})] == [
        "unknown",
        "met",
        "unmet",
    ]


def test_a_named_course_needs_no_hours_and_an_exam_needs_no_approval() -> None:
    rules = book(requirement("human_trafficking", kind="course"), requirement("jurisprudence", kind="exam"))
    found = answer(
        rules,
        credit("a", 1, parts=[{"amount": 1, "topics": ["human_trafficking"]}]),
        credit("b", 1, "exam", parts=[{"amount": 1, "topics": ["jurisprudence_us_tx"]}], approvals=None, activity="exam"),
    )
    assert found.standing is Standing.MET
    assert answer(rules).standing is Standing.UNMET


def test_a_course_in_parts_about_the_same_subject_counts_once_as_a_whole() -> None:
    rules = book(TOTAL, requirement("boundaries", kind="course"))
    parts = [{"amount": 4, "topics": ["boundaries"]}, {"amount": 2, "topics": ["boundaries"]}]
    found = answer(rules, credit(amount=6, parts=parts)).credits[0]
    assert (found.toward["boundaries"], found.counted) == (6, 6)


def test_a_waived_requirement_does_not_apply() -> None:
    found = answer(book(TOTAL), waivers=["total"])
    assert found.standing is Standing.MET
    assert found.not_applicable[0].id == "total"


@pytest.mark.parametrize("status", ["inactive", "lapsed", "retired"])
def test_a_license_that_is_not_active_is_unknown_even_with_all_hours(status: str) -> None:
    found = answer(book(TOTAL), credit(amount=20), status=status)
    assert found.standing is Standing.UNKNOWN
    assert found.requirement("total").open_questions == ("license_status",)
    assert status in found.open_questions[0].text


# The answer as a whole


def test_nothing_due_is_met() -> None:
    assert answer(book()).standing is Standing.MET


@pytest.mark.parametrize(
    ("hours", "ethics", "standing", "step"),
    [
        (20, 4, "met", "Nothing more is owed for the period that ends on 31 May 2027."),
        (20, 3, "unmet", "Take 1 hour in ethics by 31 May 2027."),
        (10, 3, "unmet", "Take 1 hour in ethics by 31 May 2027. It counts toward the total as well."),
        (18, 4, "unmet", "Take 2 hours more by 31 May 2027."),
    ],
)
def test_the_next_step_is_the_one_that_helps_most(hours: int, ethics: int, standing: str, step: str) -> None:
    found = answer(book(TOTAL, requirement("ethics", 4)), credit(amount=hours, parts=[{"amount": ethics, "topics": ["ethics"]}]))
    assert (found.standing, found.next_step) == (standing, step)


def test_each_license_counts_by_itself() -> None:
    rules = load_rules(RULES)
    licenses = [License(rule=f"us/ca/{name}", expires=dt.date(2027, 5, 31), renewals=2) for name in ("lmft", "lcsw")]
    entries = [CreditEntry.model_validate(credit(amount=36))]
    first, second = evaluate(licenses, entries, rules, ON).evaluations
    assert first.requirement("total").counted == second.requirement("total").counted == 36


def test_the_json_answer_has_the_published_shape() -> None:
    rules = book(TOTAL, requirement("ethics", 4))
    case = Case.model_validate(
        {
            "licenses": [{"rule": "us/xx/example", "expires": dt.date(2027, 5, 31)}],
            "credits": [credit(amount=1), credit("c2", 3, "minute", approvals=[])],
        }
    )
    plain = to_json(evaluate(case.licenses, case.credits, rules, ON))
    assert plain["on"] == "2026-11-23"
    (one,) = plain["evaluations"]
    assert {"rule", "rule_version", "confidence", "period", "standing", "requirements", "caps", "not_applicable"} <= one.keys()
    assert one["period"] == {"start": "2025-06-01", "end": "2027-05-31"}
    total = one["requirements"][0]
    assert {
        key: total[key] for key in ("id", "kind", "outcome", "favorable", "required", "counted", "missing", "carried_in", "due")
    } == {
        "id": "total",
        "kind": "minimum",
        "outcome": "unmet",
        "favorable": "unmet",
        "required": 20,
        "counted": 1,
        "missing": 19,
        "carried_in": 0,
        "due": "2027-05-31",
    }
    assert repr(total["counted"]) == "1"
    assert total["sources"][0].keys() >= {"url", "kind", "says"}
    assert one["credits"][0]["toward"] == {"total": 1}
    assert one["credits"][1]["why_not"].startswith("Not counted: it has no approval")


def test_a_settled_question_is_read_well_even_where_another_doubt_remains() -> None:
    """The list alone would make it unmet; with the other reading it depends on the unit, so it is unknown."""
    rules = book(TOTAL, open_questions=[question("bodies", {}, {"accepts": {"others": "anyone"}})])
    found = answer(rules, credit(amount=1, unit="ceu", approvals=[]), confirmed=["bodies"])
    assert found.requirement("total").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        (0, "You have 0 of 4 hours in ethics; 4 are still owed by 31 May 2027."),
        (3, "You have 3 of 4 hours in ethics; 1 is still owed by 31 May 2027."),
        (4, "You have 4 of 4 hours in ethics; nothing more is owed."),
    ],
)
def test_the_reason_gives_figures_and_the_day(hours: int, why: str) -> None:
    found = answer(book(requirement("ethics", 4)), credit(parts=[{"amount": hours, "topics": ["ethics"]}]))
    assert found.requirement("ethics").why == why


def test_the_reason_of_an_unknown_says_what_decides_and_what_happens_if_it_turns_out_well() -> None:
    why = answer(book(requirement("total", 10)), credit(approvals=None)).requirement("total").why
    assert why == (
        "You have 0 of 10 hours; 10 may still be owed by 31 May 2027. Not certain, because one question is open. "
        "If the answer is in your favor, this is met. Who approved “Untitled”? Its approval is not stated."
    )


def test_the_reason_mentions_hours_carried_in_and_those_that_are_lost() -> None:
    rules = book(TOTAL, carry_in={"allowed": True, "at_most": {"total": 4}})
    why = answer(rules, credit(amount=10), carried_in={"total": 5}).requirement("total").why
    assert why == (
        "You have 10 of 20 hours and 4 carried in; 6 are still owed by 31 May 2027. Of what you carried in, 1 hour is not counted here."
    )
