"""The sentences a clinician reads: one golden sentence for each kind, on small rules and on the shipped ones."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.core.rules.case import Case
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.load import load_rules
from goodstanding.core.rules.outcome import Evaluation, Outcome, Standing
from tests.core.rules.example import ON, RULES, TOTAL, answer, book, credit, requirement

SHIPPED = load_rules(RULES)


def cap(id_: str, hours: int, label: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "label": label, "says": "A cap.", "hours": hours, "confidence": "primary", "sources": ["law"]} | more


def question(id_: str, *readings: dict[str, Any], text: str = "Which one?") -> dict[str, Any]:
    return {
        "id": id_,
        "text": text,
        "readings": [{"id": f"r{n}", "says": f"Reading {n}."} | one for n, one in enumerate(readings)],
    }


def about(topic: str, amount: int) -> list[dict[str, Any]]:
    return [{"amount": amount, "topics": [topic]}]


SELF_STUDY = {"activities": ["self_directed"]}
NEEDLESS = {"bodies": ["nbcc"], "others": "none", "except_for": {"activities": ["teaching", "exam"]}}


# Why an entry does not count


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"approvals": []}, "Not counted: it has no approval, and the board asks for one."),
        ({"approvals": ["naadac"]}, "Not counted: the board does not accept approval by NAADAC."),
        (
            {"approvals": ["apa", "hospital"]},
            "Not counted: the board does not accept approval by the American Psychological Association (APA) or a hospital or hospital system.",
        ),
        ({"approvals": None}, "Not counted for now: who approved it is not stated. Look on the certificate and enter it."),
        ({"completed": dt.date(2025, 5, 31)}, "Not counted: completed before this period, which began on 1 June 2025."),
        (
            {"completed": dt.date(2025, 5, 31), "approvals": None},
            "Not counted: completed before this period, which began on 1 June 2025.",
        ),
        ({"completed": dt.date(2026, 12, 1)}, "Not counted: completed on 1 December 2026, after 23 November 2026."),
        ({"provisional": True}, "Not counted: its hours are provisional until the people who must rate them have signed."),
        (
            {"unit": "ceu", "amount": 1},
            (
                "Not counted for now: it is certified in CEUs, and how many hours the board gives for that is not known. "
                "If the certificate names hours as well, enter those; else ask the board."
            ),
        ),
        (
            {"unit": "publication", "amount": 1},
            (
                "Not counted for now: it is entered as a publication, and how many hours the board gives for that is not known. "
                "Ask the board."
            ),
        ),
    ],
)
def test_an_entry_that_does_not_count_says_what_stands_in_the_way(more: dict[str, Any], why: str) -> None:
    found = answer(book(TOTAL, requirement("ethics", 3)), credit(**more))
    assert (found.credits[0].why_not, found.credits[0].counted) == (why, 0)


def test_no_approval_is_missed_where_none_is_asked_for() -> None:
    rules = book(TOTAL, accepts=NEEDLESS)
    exam = answer(rules, credit(amount=1, unit="exam", approvals=None, activity="exam")).credits[0].why_not or ""
    assert exam.startswith("Not counted for now: it is entered as an exam, and how many hours")
    assert answer(rules, credit(activity="teaching", approvals=[])).credits[0].why_not is None
    course = answer(rules, credit(activity="course", approvals=[])).credits[0].why_not
    assert course == "Not counted: it has no approval, and the board asks for one."


def test_what_decides_whether_an_approval_is_asked_for_is_named_if_it_is_not_stated() -> None:
    why = answer(book(TOTAL, accepts=NEEDLESS), credit(approvals=[])).credits[0].why_not
    assert why == (
        "Not counted for now: what kind of activity it was is not stated, and that decides whether it counts. Complete the entry."
    )


def test_an_approval_under_an_open_question_is_not_called_refused() -> None:
    rules = book(TOTAL, open_questions=[question("bodies", {}, {"accepts": {"others": "any_body"}})])
    assert answer(rules, credit(approvals=["aca"])).credits[0].why_not == (
        "Not counted for now: whether the board accepts approval by the American Counseling Association (ACA) is an open question."
    )
    assert (
        answer(rules, credit(approvals=[])).credits[0].why_not == "Not counted: it has no approval, and the board asks for one."
    )


@pytest.mark.parametrize("approvals", [None, [], ["nbcc"]])
def test_a_cap_of_nothing_is_named_whatever_the_approval(approvals: list[str] | None) -> None:
    rules = book(TOTAL, caps=[cap("none", 0, "teaching", which={"activities": ["teaching"]})])
    found = answer(rules, credit(activity="teaching", approvals=approvals))
    assert found.credits[0].why_not == "Not counted: teaching does not count."
    assert found.caps[0].why.startswith("Teaching does not count")


def test_a_cap_in_doubt_is_not_stated_as_law() -> None:
    doubtful = question("teaching", {}, {"caps": {"none": {"due": False}}})
    rules = book(TOTAL, caps=[cap("none", 0, "teaching", which={"activities": ["teaching"]})], open_questions=[doubtful])
    found = answer(rules, credit(activity="teaching"))
    assert found.credits[0].why_not == "Not counted for now: whether teaching counts is an open question."
    assert found.caps[0].why == "Whether teaching counts is an open question; for now 10 hours are left out."


def test_a_cap_on_one_requirement_does_not_deny_what_counts_elsewhere() -> None:
    rules = book(
        TOTAL,
        requirement("hiv", 2, on_top=False),
        caps=[cap("beside", 0, "HIV training", which={"topics": ["hiv"]}, on=["total"])],
    )
    found = answer(rules, credit(amount=2, parts=about("hiv", 2)))
    assert (found.credits[0].counted, found.credits[0].toward) == (2, {"hiv": 2})
    assert found.credits[0].why_not == "HIV training does not count toward the total."


def test_hours_beyond_a_cap() -> None:
    rules = book(TOTAL, caps=[cap("few", 8, "self-study", which=SELF_STUDY)])
    found = answer(
        rules, credit("a", 5, activity="self_directed"), credit("b", 9, activity="self_directed", format="live_online")
    )
    assert [one.why_not for one in found.credits] == [
        None,
        "3 of 9 hours counted. Self-study: at most 8 hours, and 5 were already used.",
    ]
    assert found.caps[0].why == "8 of at most 8 hours from self-study used. 6 hours beyond that do not count."


def test_a_cap_on_a_day_names_no_kind_of_hours() -> None:
    found = answer(
        book(TOTAL, caps=[cap("daily", 12, "courses of one day", per="day")]), credit(amount=14, started=dt.date(2026, 3, 1))
    )
    assert found.credits[0].why_not == "12 of 14 hours counted. At most 12 hours of one day count."
    assert found.caps[0].why == (
        "At most 12 hours of one day count; 12 hours are counted so far. 2 hours beyond that do not count."
    )
    assert found.next_step == "Take 8 hours more by 31 May 2027."


def test_a_long_entry_without_a_first_day_is_asked_when_it_began() -> None:
    rules = book(TOTAL, caps=[cap("daily", 12, "courses of one day", per="day")])
    found = answer(rules, credit(amount=20, title="A long course"))
    assert found.credits[0].why_not == (
        "12 of 20 hours counted. At most 12 hours of one day count. If it began on an earlier day, enter that day: more of it may count."
    )
    text = "On what day did “A long course” begin? It has more hours than count for one day, and its first day is not stated."
    assert [(one.id, one.text, one.confirmable) for one in found.open_questions] == [("started:c1", text, False)]
    assert found.next_step == f"Complete this credit: {text}"


def test_the_other_entries_of_a_crowded_day_are_mentioned() -> None:
    rules = book(TOTAL, caps=[cap("daily", 12, "courses of one day", per="day")])
    found = answer(rules, credit("a", 8), credit("b", 9))
    assert [one.why_not for one in found.credits] == [
        None,
        "4 of 9 hours counted. At most 12 hours of one day count, other entries of that day included.",
    ]


def test_an_entry_that_nothing_asks_for() -> None:
    found = answer(book(requirement("ethics", 3)), credit(parts=about("hiv", 10), approvals=None))
    assert found.credits[0].why_not == (
        "Not counted: nothing that is due for this license in this period asks for hours of this kind."
    )
    nothing = answer(book(requirement("ethics", 3, frequency="first_renewal")), credit())
    assert nothing.credits[0].why_not == "Not counted: nothing that this rule asks is due for this license in this period."


def test_an_entry_is_not_dismissed_where_what_is_due_is_not_known() -> None:
    rules = book(requirement("total", 20, in_force={"from": dt.date(2030, 1, 1), "by": "period_end"}))
    found = answer(rules, credit())
    assert found.credits[0].why_not == "Not counted for now: what is due for this license in this period is not known."


def test_an_entry_that_counts_under_another_reading_is_only_left_out_for_now() -> None:
    topics = question("topics", {}, {"requirements": {"ethics": {"topics": ["law"]}}})
    found = answer(book(requirement("ethics", 3), open_questions=[topics]), credit(parts=about("law", 10)))
    assert found.credits[0].why_not == "Not counted for now: whether anything asks for these hours is an open question."


# How much of an entry counts


def test_a_requirement_for_a_course_adds_no_hours_beyond_a_cap() -> None:
    rules = book(
        TOTAL,
        requirement("other_kind", kind="course", which={"activities": ["course"]}),
        caps=[cap("most", 8, "courses", which={"activities": ["course"]})],
    )
    found = answer(rules, credit("a", 5, activity="course"), credit("b", 9, activity="course"))
    assert found.requirement("other_kind").outcome is Outcome.MET
    assert sum(one.counted for one in found.credits) == 8


def test_an_entry_that_serves_as_a_course_alone_says_so() -> None:
    rules = book(
        requirement("total", 8),
        requirement("hiv", kind="course"),
        caps=[cap("most", 8, "courses", which={"activities": ["course"]})],
    )
    found = answer(rules, credit("a", 8, activity="course"), credit("b", 9, activity="course", parts=about("hiv", 9)))
    assert found.credits[1].toward == {"hiv": 9}
    assert (found.credits[1].counted, found.credits[1].why_not) == (
        0,
        "It serves where a course is asked for; 0 of 9 hours counted. Courses: at most 8 hours, and 8 were already used.",
    )


def test_a_course_that_only_a_course_requirement_asks_for_counts_within_its_cap() -> None:
    rules = book(
        requirement("other_kind", kind="course", which={"activities": ["course"]}),
        requirement("ethics", 3),
        caps=[cap("most", 8, "courses", which={"activities": ["course"]})],
    )
    found = answer(rules, credit("a", 5, activity="course"), credit("b", 9, activity="course"))
    assert [one.counted for one in found.credits] == [5, 3]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    entries=st.lists(
        st.fixed_dictionaries(
            {
                "amount": st.integers(0, 80).map(lambda quarters: Decimal(quarters) / 4),
                "activity": st.sampled_from(["course", "self_directed", "graduate_course", "peer_consultation", "teaching"]),
                "approvals": st.sampled_from([None, (), ("apa",), ("nbcc",), ("tx_listed_sponsor",)]),
                "topic": st.sampled_from(["ethics_us_ca", "telehealth", "human_trafficking", "implicit_bias", "pain"]),
                "day": st.integers(1, 5),
            }
        ),
        max_size=8,
    ),
    rule=st.sampled_from(["us/ca/psychologist", "us/tx/lpc", "us/tx/psychologist", "us/mi/psychologist", "us/ny/lmhc"]),
    waived=st.booleans(),
    confirmed=st.booleans(),
)
def test_entries_never_count_more_than_their_caps_let_through(
    entries: list[dict[str, Any]], rule: str, waived: bool, confirmed: bool
) -> None:
    """Whatever asks for the hours, a course or a number of hours, and also where the total is waived."""
    drawn = [
        credit(
            f"c{number}",
            one["amount"],
            activity=one["activity"],
            approvals=one["approvals"],
            completed=dt.date(2026, 6, one["day"]),
            format="live_online",
            parts=[{"amount": one["amount"], "topics": [one["topic"]]}],
        )
        for number, one in enumerate(entries)
    ]
    held = {"rule": rule, "issued": dt.date(2012, 5, 1), "expires": dt.date(2027, 5, 31), "renewals": 6}
    held |= {"waivers": ["total"] if waived else [], "confirmed": "all" if confirmed else [], "facts": {"direct_care": True}}
    case = Case.model_validate({"licenses": [held], "credits": drawn})
    (found,) = evaluate(case.licenses, case.credits, SHIPPED, ON).evaluations
    activities = {one.id: one.activity for one in case.credits}
    days = {one.id: one.completed for one in case.credits}
    for one in SHIPPED[rule].file.caps:
        shown = next((answered for answered in found.caps if answered.id == one.id), None)
        if shown is None or one.on:
            continue
        under = [
            entry
            for entry in found.credits
            if one.which is None or (one.which.activities is not None and activities[entry.id] in one.which.activities)
        ]
        if one.per == "day":
            for day in set(days.values()):
                assert sum(entry.counted for entry in under if days[entry.id] == day) <= shown.limit
        elif one.which is not None and one.which.model_fields_set == {"activities"}:
            assert sum(entry.counted for entry in under) <= shown.limit
    for entry in found.credits:
        assert entry.hours is None or entry.counted <= entry.hours


# Why a requirement has its outcome


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        (3, "You have 3 of 4 hours in ethics; 1 is still owed by 31 May 2027."),
        (4, "You have 4 of 4 hours in ethics; nothing more is owed."),
        (6, "You have 6 hours in ethics, and 4 are due; nothing more is owed."),
    ],
)
def test_hours_are_given_with_what_they_are_measured_against(hours: int, why: str) -> None:
    found = answer(book(requirement("ethics", 4)), credit(parts=about("ethics", hours)))
    assert found.requirement("ethics").why == why


def test_halves_are_shown_without_noise() -> None:
    found = answer(book(requirement("total", 1)), credit(amount=Decimal("0.50")))
    assert found.requirement("total").why == "You have 0.5 of 1 hour; 0.5 are still owed by 31 May 2027."


@pytest.mark.parametrize(
    ("kind", "unmet", "met", "step"),
    [
        (
            {"kind": "course"},
            "A course on hiv is due by 31 May 2027; none that counts is on record.",
            "Done: a course on hiv.",
            "Take a course on hiv by 31 May 2027.",
        ),
        (
            {"kind": "course", "which": {"activities": ["course"]}, "label": "a category besides reading"},
            "An activity in a category besides reading is due by 31 May 2027; none that counts is on record.",
            "Done: an activity in a category besides reading.",
            "Add an activity in a category besides reading by 31 May 2027.",
        ),
        (
            {"kind": "exam", "which": {"activities": ["exam"]}, "label": "state law"},
            "The exam on state law is due by 31 May 2027; no pass is on record.",
            "Done: the exam on state law.",
            "Pass the exam on state law by 31 May 2027.",
        ),
    ],
)
def test_what_asks_for_no_hours(kind: dict[str, Any], unmet: str, met: str, step: str) -> None:
    rules = book(requirement("hiv", **kind))
    without = answer(rules)
    assert (without.requirement("hiv").why, without.next_step) == (unmet, step)
    unit = "exam" if kind["kind"] == "exam" else "hour"
    done = answer(rules, credit(amount=1, unit=unit, activity=kind["kind"], parts=about("hiv", 1)))
    assert done.requirement("hiv").why == met


@pytest.mark.parametrize(
    ("more", "entry", "why"),
    [
        ({"kind": "course"}, credit(amount=1, parts=about("hiv", 1)), "A course on hiv: one that counts is on record."),
        (
            {"kind": "exam", "which": {"activities": ["exam"]}},
            credit(amount=1, unit="exam", activity="exam"),
            "The exam on hiv: a pass is on record.",
        ),
        ({"kind": "attestation", "fact": "supervisor"}, None, "Your statement on hiv: it is on record."),
        ({"kind": "course"}, None, "A course on hiv may be due by 31 May 2027; none that counts is on record."),
    ],
)
def test_what_is_done_is_not_said_to_be_missing_where_only_the_status_is_open(
    more: dict[str, Any], entry: dict[str, Any] | None, why: str
) -> None:
    rules = book(requirement("hiv", **more))
    found = answer(rules, *([entry] if entry else []), status="inactive", facts={"supervisor": True}).requirement("hiv")
    assert found.outcome is Outcome.UNKNOWN
    assert found.why.startswith(f"{why} Not certain, because one question is open.")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("course", "As the rule is read here, a course on hiv is not due."),
        ("exam", "As the rule is read here, the exam on hiv is not due."),
    ],
)
def test_what_is_read_as_not_due_is_not_called_done(kind: str, why: str) -> None:
    one = requirement("hiv", kind=kind, **({"which": {"activities": ["exam"]}} if kind == "exam" else {}))
    rules = book(one, open_questions=[question("q", {}, {"requirements": {"hiv": {"due": False}}})])
    settled = answer(rules, confirmed=["q"])
    assert settled.requirement("hiv").why == f"{why} This rests on what you confirmed with your board."
    inactive = answer(rules, confirmed=["q"], status="inactive").requirement("hiv")
    assert inactive.why.startswith(why.replace("As the rule is read here,", "By the rule for active licenses"))


def test_what_may_not_be_due_is_not_said_to_be_due() -> None:
    rules = book(
        requirement("hiv", kind="course"),
        open_questions=[question("q", {}, {"requirements": {"hiv": {"due": False}}}, text="Is it due?")],
    )
    assert answer(rules).requirement("hiv").why == (
        "A course on hiv may be due by 31 May 2027; none that counts is on record. "
        "Not certain, because one question is open. If the answer is in your favor, this is met. Is it due?"
    )


def test_many_questions_are_counted_and_the_first_are_named() -> None:
    entries = [credit(f"c{n}", 5, title=f"Course {n}", approvals=None) for n in range(5)]
    found = answer(book(requirement("total", 20)), *entries)
    why = found.requirement("total").why
    assert "because 5 questions are open; all are listed under the open questions." in why
    assert [title in why for title in ("Course 0", "Course 2", "Course 3")] == [True, True, False]
    assert found.next_step == (
        "Look at the certificates and enter their approvals. Who approved “Course 0” and 4 other credits? It is not stated."
    )


@pytest.mark.parametrize(
    ("amounts", "step"),
    [
        # Stating who approved them may be enough: nothing is owed under every reading.
        ((20,), "Look at the certificate and enter its approval. Who approved “Course 0”? Its approval is not stated."),
        (
            (10, 10),
            "Look at the certificates and enter their approvals. Who approved “Course 0” and “Course 1”? It is not stated.",
        ),
        # Hours are owed whoever approved them.
        (
            (6,),
            (
                "Take 20 hours more by 31 May 2027. "
                "Before that, enter who approved “Course 0”: if that approval counts, fewer hours may be owed."
            ),
        ),
        (
            (6, 1, 1),
            (
                "Take 20 hours more by 31 May 2027. "
                "Before that, enter who approved “Course 0” and 2 other credits: if that approval counts, fewer hours may be owed."
            ),
        ),
    ],
)
def test_hours_that_are_owed_anyway_go_before_certificates(amounts: tuple[int, ...], step: str) -> None:
    entries = [credit(f"c{number}", hours, title=f"Course {number}", approvals=None) for number, hours in enumerate(amounts)]
    assert answer(book(TOTAL), *entries).next_step == step


def test_what_is_asked_of_an_inactive_license_goes_before_certificates() -> None:
    found = answer(book(TOTAL), credit(amount=20, approvals=None), status="inactive")
    assert found.next_step == (
        "Ask the Example Board: What does the board ask of a license that is inactive? Only the rule for active licenses was read."
    )


def test_certificates_that_serve_something_else_do_not_stand_before_what_is_owed() -> None:
    rules = book(requirement("total", 10), requirement("ethics", 2), requirement("hiv", kind="course"))
    found = answer(rules, credit(amount=10, approvals=None, parts=about("ethics", 2)))
    assert found.requirement("total").outcome is Outcome.UNKNOWN
    assert found.next_step == "Take a course on hiv by 31 May 2027."
    owed = answer(book(requirement("total", 10), requirement("ethics", 2)), credit(amount=10, approvals=None))
    assert owed.next_step == "Take 2 hours in ethics by 31 May 2027."


def test_an_amount_in_doubt_is_called_the_most() -> None:
    rules = book(requirement("ethics", 2), open_questions=[question("q", {}, {"requirements": {"ethics": {"hours": 6}}})])
    found = answer(rules)
    assert found.requirement("ethics").why == (
        "You have 0 of 6 hours in ethics; 6 are still owed by 31 May 2027. "
        "How many are due is an open question; this is the most that the sources read ask for."
    )
    settled = answer(rules, confirmed=["q"]).requirement("ethics").why
    assert settled == "You have 0 of 2 hours in ethics; 2 are still owed by 31 May 2027."


def test_hours_of_each_year_are_told_year_by_year() -> None:
    rules = book(requirement("ethics", 1, each_year=True))
    both = answer(rules, on=dt.date(2025, 7, 1)).requirement("ethics").why
    assert both == (
        "1 hour in ethics is due in each license year. 1 hour is missing in the year from 1 June 2025 to 31 May 2026. "
        "1 hour is missing in the year from 1 June 2026 to 31 May 2027."
    )
    found = answer(rules, credit(amount=3, parts=about("ethics", 3)))
    assert found.next_step == "Take 1 hour in ethics by 31 May 2027."
    early = answer(rules, credit(amount=3, parts=about("ethics", 3)), on=dt.date(2026, 4, 1))
    assert early.next_step == "Take 1 hour in ethics between 1 June 2026 and 31 May 2027."
    over = answer(rules, credit(amount=3, completed=dt.date(2026, 7, 1), parts=about("ethics", 3)))
    assert over.next_step == "Ask the Example Board how to mend the hours that were missing in a license year that is over."


def test_a_due_day_that_has_passed() -> None:
    found = answer(
        book(requirement("hiv", 2, frequency="once", due_by={"months_after_issue": 6})), issued=dt.date(2026, 1, 15), renewals=0
    )
    assert found.requirement("hiv").why == (
        "You have 0 of 2 hours in hiv; 2 were due by 15 July 2026. That day has passed; ask the board how to mend it. "
        "Hours taken now still count here."
    )
    assert found.next_step == "Take 2 hours in hiv as soon as you can; they were due by 15 July 2026."
    assert found.summary == "The one requirement is not met yet; it was due by 15 July 2026, and renewal is due by 31 May 2027."


def test_a_due_day_that_hangs_on_an_unknown_day_is_not_made_up() -> None:
    rules = book(requirement("hiv", 2, frequency="once", due_by={"months_after_issue": 6}))
    found = answer(rules, issued=None, renewals=None).requirement("hiv")
    assert (found.outcome, found.due) == (Outcome.UNKNOWN, dt.date(2027, 5, 31))
    assert "19" not in found.why


def test_what_could_not_be_read_is_said_so() -> None:
    rules = book(requirement("plan", kind="unsettled", says="A plan is due."))
    found = answer(rules)
    assert found.requirement("plan").why == "What exactly is asked here was not read. A plan is due. Ask the board."
    assert found.next_step == "Ask the Example Board what it asks about plan, and record what it says."
    settled = answer(rules, confirmed=["unsettled_plan"])
    assert settled.requirement("plan").why == "Met, as you confirmed with your board."


def test_another_way_to_meet_it() -> None:
    ways = [
        {"fact": "hiv_equivalent_approved", "says": "the board's acceptance of earlier training"},
        {"entry": {"activities": ["certification"]}, "says": "a board certification"},
    ]
    rules = book(requirement("hiv", 2, alternatives=ways))
    assert answer(rules).requirement("hiv").why == (
        "You have 0 of 2 hours in hiv; 2 are still owed by 31 May 2027. "
        "The board's acceptance of earlier training would also meet it, if you have that."
    )
    stated = answer(rules, facts={"hiv_equivalent_approved": True}).requirement("hiv").why
    assert stated == "Met by the board's acceptance of earlier training, as you stated."
    shown = answer(rules, credit(activity="certification")).requirement("hiv").why
    assert shown == "Met by a board certification, as your credits show."


def test_the_rule_for_active_licenses_is_not_taken_for_that_of_others() -> None:
    supervisors = requirement("ethics", 3, applies_when={"fact": "supervisor", "is": True}, applies_text="you supervise")
    found = answer(book(supervisors), status="lapsed", facts={"supervisor": False})
    assert found.requirement("ethics").why == (
        "By the rule for active licenses nothing is due in ethics. Not certain, because one question is open. "
        "If the answer is in your favor, this is met. "
        "What does the board ask of a license that is lapsed? Only the rule for active licenses was read."
    )


# What does not apply


@pytest.mark.parametrize(
    ("more", "held", "why"),
    [
        ({"frequency": "first_renewal"}, {"renewals": 1}, "Due in the first renewal period only; you have renewed once."),
        ({"frequency": "first_renewal"}, {"renewals": 2}, "Due in the first renewal period only; you have renewed twice."),
        ({"frequency": "first_renewal"}, {}, "Due in the first renewal period only; you have renewed 3 times."),
        ({"frequency": "later_renewals"}, {"renewals": 0}, "Not due in the first license period."),
        (
            {"frequency": "every", "every": {"renewals": 3, "first": 3}},
            {"renewals": 3},
            "Not due in this period: its turn comes 2 periods from now.",
        ),
        (
            {"frequency": "every", "every": {"renewals": 3, "first": 3}},
            {"renewals": 1},
            "Not due in this period: its turn comes in the next period.",
        ),
        (
            {"applies_when": {"fact": "supervisor", "is": True}, "applies_text": "you supervise others"},
            {"facts": {"supervisor": False}},
            "Due only if you supervise others; you said that is not so.",
        ),
        ({}, {"waivers": ["ethics"]}, "Waived for this period, as you recorded. Keep the board's letter."),
    ],
)
def test_why_something_does_not_apply(more: dict[str, Any], held: dict[str, Any], why: str) -> None:
    found = answer(book(requirement("ethics", 3, **more)), **held)
    assert [one.why for one in found.not_applicable] == [why]


# The license as a whole


def test_the_summary_counts_what_is_open() -> None:
    rules = book(TOTAL, requirement("ethics", 3), requirement("plan", kind="unsettled"))
    assert answer(rules).summary == "2 of 3 requirements are not met yet and 1 is not certain; renewal is due by 31 May 2027."
    most = answer(rules, credit(amount=20, parts=about("ethics", 3)))
    assert most.summary == "1 of 3 requirements is not certain; renewal is due by 31 May 2027."
    whole = answer(rules, credit(amount=20, parts=about("ethics", 3)), confirmed="all")
    assert whole.summary == (
        "Everything known to be due by 31 May 2027 is met; part of that rests on what you confirmed with your board."
    )
    assert whole.next_step == (
        "Nothing more is owed for the period that ends on 31 May 2027. Keep a note of what your board confirmed."
    )
    none = answer(book(requirement("ethics", 3, frequency="first_renewal")))
    assert none.summary == "Nothing that this rule asks is due from you by 31 May 2027."


def test_a_day_after_the_expiry_says_so() -> None:
    found = answer(book(TOTAL), on=dt.date(2027, 6, 2))
    assert found.summary == (
        "By what is entered, this license expired on 31 May 2027. "
        "2 June 2027 lies outside the renewal periods that are entered, so nothing can be said for that day."
    )
    assert found.next_step == "Enter the new expiry if you have renewed; if you have not, ask the board how to renew."


def test_hours_on_a_subject_go_first_and_the_kind_of_hours_is_recommended() -> None:
    rules = book(
        TOTAL,
        requirement("ethics", 4),
        requirement("law", 2, within="ethics"),
        requirement("live", 10, label="live formats", which={"formats": ["live_in_person", "live_online"]}),
        caps=[cap("few", 2, "self-study", which=SELF_STUDY)],
    )
    found = answer(rules, credit(amount=2, activity="self_directed", format="asynchronous"))
    assert found.next_step == (
        "Take 4 hours in ethics by 31 May 2027, 2 of them in law. They count toward the total as well. "
        "If you can, take them in live formats, where 10 hours are missing too. More hours from self-study would not count."
    )


def test_hours_that_the_total_leaves_out_are_not_said_to_count_there() -> None:
    rules = book(TOTAL, requirement("hiv", 2), caps=[cap("beside", 0, "HIV training", which={"topics": ["hiv"]}, on=["total"])])
    assert answer(rules).next_step == "Take 2 hours in hiv by 31 May 2027."


@pytest.mark.parametrize(
    ("more", "held", "step"),
    [
        (
            {"applies_when": {"fact": "supervisor", "is": True}, "applies_text": "you supervise"},
            {},
            "Answer this on your license: Do you supervise trainees",
        ),
        ({"frequency": "first_renewal"}, {"renewals": None, "issued": None}, "Answer this on your license: How many times"),
        ({}, {"status": "lapsed"}, "Ask the Example Board: What does the board ask of a license that is lapsed?"),
        (
            {"in_force": {"from": dt.date(2030, 1, 1), "by": "period_end"}},
            {},
            "Ask the Example Board what it asks for the period",
        ),
    ],
)
def test_what_is_not_certain_leads_to_whoever_can_settle_it(more: dict[str, Any], held: dict[str, Any], step: str) -> None:
    assert answer(book(requirement("ethics", 3, **more)), **held).next_step.startswith(step)


# Every sentence under every shipped rule


BAD = re.compile(
    r"\b1 hours\b|\b1 are\b|\bhours? hours?\b|  |\.\.|\d\.\d0\b|None\b|\b(\w+) \1\b(?<!that that)|\d{4}-\d\d-\d\d|compliant"
)


def _evaluations(rule: str) -> list[Evaluation]:
    topics = [topic for one in SHIPPED[rule].file.requirements for topic in one.topics] or ["ethics"]
    kinds: list[dict[str, Any]] = [
        {},
        {"approvals": None},
        {"approvals": []},
        {"activity": "self_directed", "format": "asynchronous"},
        {"activity": "teaching"},
        {"activity": "course", "format": "live_online"},
        {"completed": dt.date(2020, 1, 1)},
        {"provisional": True},
    ]
    entries = [
        credit(f"k{n}", 9, parts=about(topics[n % len(topics)], 3), title=f"Course {n}", **one) for n, one in enumerate(kinds)
    ]
    entries += [
        credit(unit, 1, unit, title=unit.capitalize()) for unit in ("ceu", "publication", "exam", "semester_credit", "day")
    ]
    held = {"rule": rule, "issued": dt.date(2012, 5, 1), "expires": dt.date(2027, 5, 31), "renewals": 6}
    facts = {
        one: SHIPPED.facts[one].type == "boolean" for one in SHIPPED.questions_for(rule) if SHIPPED.facts[one].type == "boolean"
    }
    licenses = [
        held,
        held | {"facts": facts},
        held | {"confirmed": "all"},
        held | {"issued": None, "renewals": None},
        held | {"issued": dt.date(2026, 3, 1), "renewals": 0},
        held | {"status": "lapsed"},
        held | {"expires": dt.date(2026, 6, 1)},
        held | {"expires": dt.date(2020, 5, 31)},
    ]
    found = []
    for one in licenses:
        for some in ([], entries[:1], entries):
            case = Case.model_validate({"licenses": [one], "credits": some})
            found += evaluate(case.licenses, case.credits, SHIPPED, ON).evaluations
    return found


@pytest.mark.parametrize("rule", sorted(SHIPPED.rules))
def test_every_sentence_is_whole_and_says_no_more_than_is_known(rule: str) -> None:
    for found in _evaluations(rule):
        texts = [found.summary, found.next_step]
        texts += [one.why for one in (*found.requirements, *found.not_applicable, *found.caps)]
        texts += [one.why_not for one in found.credits if one.why_not]
        for text in texts:
            assert text[0].isupper() or text[0].isdigit(), text
            assert text[-1] in ".?)", text
            assert not BAD.search(text), text
        for one in found.requirements:
            if one.outcome is Outcome.UNMET:
                assert " met" not in one.why.replace("would also meet", ""), one.why
            if one.outcome is Outcome.UNKNOWN:
                assert not one.why.startswith(("Met", "Done")), one.why
        if found.standing is not Standing.MET:
            assert "Nothing more is owed" not in found.next_step
            assert "Everything" not in found.summary
        for entry in found.credits:
            assert entry.toward or entry.why_not, entry.id
