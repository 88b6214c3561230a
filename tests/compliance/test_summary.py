"""The sentence over all licenses, by tables of plain values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from goodstanding.compliance.summary import Gap, gap_of, sum_up
from goodstanding.core.rules.case import Case
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.load import RuleBook, load_rules
from goodstanding.core.rules.outcome import Evaluation, Standing
from tests.core.rules.example import RULES, answer, book, credit, requirement

TODAY = dt.date(2026, 11, 23)
MAY = dt.date(2027, 5, 31)
FEBRUARY = dt.date(2027, 2, 28)


def gap(name="California LPCC", standing=Standing.MET, least="0", most=None, deadline=MAY, **more) -> Gap:
    return Gap(name=name, standing=standing, least=Decimal(least), most=Decimal(most or least), deadline=deadline, **more)


def unmet(name="California LPCC", least="6", most=None, **more) -> Gap:
    return gap(name, Standing.UNMET, least, most, **more)


def unknown(name="California LPCC", to_check=1, **more) -> Gap:
    return gap(name, Standing.UNKNOWN, to_check=to_check, **more)


LPC = "Texas LPC"
LMFT = "California LMFT"


@pytest.mark.parametrize(
    ("gaps", "sentence"),
    [
        ([], "Add a license to see what it asks of you."),
        (
            [unmet(least="36")],
            "As it stands, you still owe 36 hours for California LPCC. The deadline is 189 days away, on 31 May 2027.",
        ),
        (
            [unmet(least="1", to_check=1)],
            (
                "As it stands, you still owe one hour for California LPCC, and one thing is to check. "
                "The deadline is 189 days away, on 31 May 2027."
            ),
        ),
        (
            [unmet(least="6", most="9", to_check=2)],
            (
                "As it stands, you still owe six to nine hours for California LPCC, and two things are to check. "
                "The deadline is 189 days away, on 31 May 2027."
            ),
        ),
        (
            [unmet(least="1.5", without_hours=1)],
            (
                "As it stands, you still owe 1.5 hours and one requirement without hours for California LPCC. "
                "The deadline is 189 days away, on 31 May 2027."
            ),
        ),
        (
            [unmet(least="0", without_hours=2)],
            (
                "As it stands, you still owe two requirements without hours for California LPCC. "
                "The deadline is 189 days away, on 31 May 2027."
            ),
        ),
        (
            [unmet(least="30"), unmet(LPC, least="24", deadline=FEBRUARY)],
            (
                "As it stands, you still owe 30 to 54 hours for California LPCC and Texas LPC; one course can count for several. "
                "The nearest deadline is 97 days away, on 28 February 2027."
            ),
        ),
        (
            [gap(LPC, deadline=FEBRUARY), unmet(least="3")],
            (
                "As it stands, you still owe three hours for California LPCC. "
                "The deadline for California LPCC is 189 days away, on 31 May 2027."
            ),
        ),
        (
            [unknown(to_check=3)],
            (
                "What California LPCC still asks is not fully known: three things to check. "
                "The deadline is 189 days away, on 31 May 2027."
            ),
        ),
        (
            [unknown(to_check=2), gap(LMFT), unknown(LPC, deadline=FEBRUARY)],
            (
                "Three things to check before it is known what California LPCC and Texas LPC still ask. "
                "The nearest deadline is 97 days away, on 28 February 2027."
            ),
        ),
        ([unknown(deadline=None)], "What California LPCC still asks is not fully known: one thing to check."),
        (
            [gap(), gap(resting=True, deadline=None)],
            (
                "Every requirement known here for your two licenses is met; part of that rests on what you confirmed with your board. "
                "The next renewal is 189 days away, on 31 May 2027."
            ),
        ),
        (
            [gap(waived=True)],
            (
                "Every requirement known here for California LPCC is met; part of that rests on a waiver that you recorded. "
                "The next renewal is 189 days away, on 31 May 2027."
            ),
        ),
        (
            [gap(), gap(resting=True, waived=True, deadline=None)],
            (
                "Every requirement known here for your two licenses is met; part of that rests on what you confirmed with your board "
                "and on a waiver that you recorded. The next renewal is 189 days away, on 31 May 2027."
            ),
        ),
        ([gap()], "Every requirement known here for California LPCC is met. The next renewal is 189 days away, on 31 May 2027."),
        (
            [gap(), gap(LPC, deadline=FEBRUARY)],
            "Every requirement known here for your two licenses is met. The next renewal is 97 days away, on 28 February 2027.",
        ),
    ],
)
def test_sentence(gaps, sentence):
    assert sum_up(gaps=gaps, on=TODAY, today=TODAY) == sentence


@pytest.mark.parametrize(
    ("deadline", "words"),
    [
        (TODAY, "The deadline is today, on 23 November 2026."),
        (dt.date(2026, 11, 24), "The deadline is tomorrow, on 24 November 2026."),
        (dt.date(2026, 11, 22), "The deadline was 22 November 2026."),
    ],
)
def test_the_days_around_the_deadline(deadline, words):
    assert sum_up(gaps=[unmet(deadline=deadline)], on=TODAY, today=TODAY).endswith(words)


def test_days_are_counted_only_from_today():
    assert sum_up(gaps=[unmet()], on=dt.date(2026, 1, 1), today=TODAY).endswith("The deadline is 31 May 2027.")


@pytest.mark.parametrize("others", [[], [gap(LPC)], [gap(LPC), gap(LMFT)]])
@pytest.mark.parametrize("one", [unknown(), unmet(), unknown(deadline=None), unmet(to_check=2)])
def test_nothing_comforts_while_anything_is_open(one, others):
    sentence = sum_up(gaps=[*others, one], on=TODAY, today=TODAY).lower()
    assert not any(word in sentence for word in ("compliant", "good standing", "is met", "are met", "all set", "nothing is owed"))


def test_a_certificate_that_two_licenses_wait_for_is_one_thing_to_check():
    waiting = [
        Gap(name=name, standing=Standing.UNKNOWN, to_check=2, about_entries=frozenset({"approvals:1"}), deadline=MAY)
        for name in ("California LPCC", "Texas LPC")
    ]
    assert sum_up(gaps=waiting, on=TODAY, today=TODAY).startswith("Three things to check")


# The hours that one license lacks


def range_of(evaluation: Evaluation) -> tuple[Decimal, Decimal]:
    found = gap_of(name="", evaluation=evaluation)
    return found.least, found.most


TOTAL = requirement("total", 20)
ETHICS = requirement("ethics", 4)
LAW = requirement("law", 3, within="ethics")
TOP = {"on_top": True}


@pytest.mark.parametrize(
    ("rules", "hours"),
    [
        (book(TOTAL), (20, 20)),
        (book(TOTAL, ETHICS, requirement("hiv", 2)), (20, 20)),
        (book(ETHICS, requirement("hiv", 2)), (4, 6)),  # no total, or one that is met
        (book(TOTAL, requirement("hiv", 2, **TOP)), (22, 22)),
        (book(TOTAL, requirement("hiv", 2, **TOP), requirement("suicide", 1, **TOP)), (22, 23)),
        (book(ETHICS, LAW), (4, 4)),  # a part of the whole, not besides it
        (book(ETHICS, LAW, requirement("boundaries", 2, within="ethics"), requirement("hiv", 2)), (4, 7)),
        (book(requirement("ethics", 2, within="total"), TOTAL), (20, 20)),
        (book(requirement("total", 5), requirement("total_each_year", 6, each_year=True), ETHICS), (12, 12)),
        (book(), (0, 0)),
    ],
)
def test_hours_are_owed_once_except_on_top_of_the_total(rules: RuleBook, hours: tuple[int, int]) -> None:
    assert range_of(answer(rules)) == hours


def test_a_part_of_what_is_met_is_owed_by_itself() -> None:
    # Of 4 hours on ethics 3 must be about law: 4 without law leave 3, and both subjects go without each other.
    rules = book(ETHICS, LAW, requirement("hiv", 2))
    four = credit(amount=4, parts=[{"amount": 4, "topics": ["ethics"]}])
    assert range_of(answer(rules, four)) == (3, 5)


def test_new_york_social_workers_owe_the_training_on_child_abuse_besides() -> None:
    held = {"rule": "us/ny/lcsw", "issued": dt.date(2016, 4, 1), "expires": dt.date(2028, 3, 31), "renewals": 3}
    case = Case.model_validate({"licenses": [held]})
    (evaluation,) = evaluate(case.licenses, case.credits, load_rules(RULES), TODAY).evaluations
    assert range_of(evaluation) == (38, 38)
