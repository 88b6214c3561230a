"""When something is due and which days count: periods, windows, due dates, turns, versions, calendars, statuses, carry-over."""

from __future__ import annotations

from typing import Any

from tests.core.rules.pinned.build import Cases, cap, h, need, one, prorated, question, variant

TOTAL = need("total", 20)


def windowed(window: Any) -> dict[str, Any]:
    return {"requirements": [TOTAL, need("ethics", 3, window=window)]}


CYCLE = {"months": 24, "anchor": "expiry", "sources": ["law"]}

RULES = {
    "plain": {"requirements": [TOTAL, need("ethics", 3)]},
    "first": {"requirements": [need("total", 20, frequency="later_renewals"), need("law", 2, frequency="first_renewal"), need("ethics", 3)]},
    "every_third": {"requirements": [TOTAL, need("ethics", 3, frequency="every", every={"renewals": 3}), need("suicide", 2, frequency="every", every={"renewals": 2, "first": 1})]},
    "every_years": {"requirements": [TOTAL, need("ethics", 3, frequency="every", every={"years": 6})]},
    "years": windowed({"years": 3}),
    "calendar": windowed({"calendar_years": 2}),
    "periods": windowed({"periods": 2}),
    "since": windowed({"since": "last_application"}),
    "ever": windowed("ever"),
    "once": {"requirements": [TOTAL, need("ethics", 3, frequency="once")]},
    "months": {"requirements": [TOTAL, need("ethics", 3, frequency="once", due_by={"months_after_issue": 18}), need("hiv", kind="course", due_by={"months_after_issue": 30})]},
    "date": {"requirements": [TOTAL, need("ethics", 3, due_by={"date": "2026-09-30"}), need("hiv", 2, frequency="every", every={"years": 4}, due_by={"date": "2026-01-31"})]},
    "second_period": {"requirements": [TOTAL, need("ethics", 3, frequency="once", due_by={"period": 2})]},
    "late_open": {"requirements": [TOTAL, need("ethics", 3)], "open_questions": [question("due", {}, {"requirements": {"ethics": {"due_by": {"date": "2026-06-30"}}}})]},
    "each_year": {"requirements": [need("total_each_year", 10, each_year=True), need("ethics", 2, each_year=True)], "caps": [cap("home", 8, {"formats": ["asynchronous"]})]},
    "each_year_varied": {"requirements": [need("total_each_year", 12, each_year=True, variants=[prorated(1, 1)]), need("ethics", 2)]},
    "versions": {
        "requirements": [
            TOTAL,
            need("ethics", 2, in_force={"by": "period_end", "to": "2027-05-30"}),
            need("ethics", 4, in_force={"by": "period_end", "from": "2027-05-31"}),
            need("law", 1, in_force={"by": "period_start", "from": "2025-06-02"}, before="not_due"),
            need("suicide", 1, in_force={"by": "completion", "from": "2026-01-01", "to": "2026-12-31"}, before="not_due"),
            need("hiv", 1, in_force={"by": "period_end", "from": "2027-06-01"}),
            need("trauma", 1, in_force={"by": "period_end", "from": "2023-01-01", "to": "2026-12-31"}, before="not_due"),
        ]
    },
    "versions_by_both": {
        "requirements": [
            TOTAL,
            need("law", 1, label="law 11", in_force={"by": "period_start", "from": "2026-01-01"}, before="not_due"),
            need("law", 2, label="law 22", in_force={"by": "period_end", "from": "2028-01-01"}),
        ]
    },
    "versions_a_day_apart": {
        "requirements": [
            need("law", 1, in_force={"by": "period_end", "to": "2027-05-30"}),
            need("law", 2, in_force={"by": "period_start", "from": "2027-05-31"}, before="not_due"),
        ]
    },
    "always": {
        "requirements": [
            need("ethics", 1, applies_when={"renewals": True, "at_least": 0}, applies_text="so"),
            need("law", 1, applies_when={"about": "months_licensed", "at_least": 0}, applies_text="so"),
            need("hiv", 1, applies_when={"all": [{"about": "issued_month", "at_least": 1}, {"about": "issued_month", "at_most": 12}]}, applies_text="so"),
        ]
    },
    "versions_by_completion": {
        "requirements": [
            need("ethics", 1, in_force={"by": "completion", "from": "2027-05-31"}),
            need("hiv", 1, in_force={"by": "completion", "from": "2027-06-01"}),
            need("suicide", 1, in_force={"by": "completion", "to": "2025-06-01"}),
            need("law", 1, in_force={"by": "completion", "to": "2025-05-31"}),
            need("trauma", 1, in_force={"by": "completion"}),
        ]
    },
    "professions": {
        "requirements": [need("total", 20, variants=[variant({"about": "profession", "is": "mft"}, hours=10)])],
        "professions": ["counselor", "mft"],
    },
    "ends": {"requirements": [TOTAL], "cycle": {**CYCLE, "counting": {"ends": "12-31", "sources": ["law"]}}},
    "ends_odd": {"requirements": [TOTAL], "cycle": {**CYCLE, "counting": {"ends": "02-29", "years": "odd", "sources": ["law"]}}},
    "ends_even": {"requirements": [TOTAL], "cycle": {**CYCLE, "counting": {"ends": "05-31", "years": "even", "sources": ["law"]}}},
    "starts": {"requirements": [TOTAL], "cycle": {**CYCLE, "counting": {"starts": "hspp_since", "sources": ["law"]}}},
    "statuses": {
        "requirements": [TOTAL, need("ethics", 3), need("law", kind="course")],
        "statuses": {
            "inactive": {"says": "Nothing.", "due": False, "sources": ["law"]},
            "retired": {"says": "Half.", "requirements": {"total": {"hours": 10}, "ethics": {"due": False}}, "sources": ["law"]},
        },
    },
    "carry": {"requirements": [TOTAL, need("ethics", 3)], "carry_in": {"allowed": True, "at_most": {"total": 5, "ethics": 1}}},
    "no_carry": {"requirements": [TOTAL, need("ethics", 3)], "carry_in": {"allowed": False}},
    "carry_unsaid": {"requirements": [TOTAL, need("ethics", 3), need("total_each_year", 5, each_year=True)]},
    "carry_open": {"requirements": [TOTAL], "open_questions": [question("surplus", {"carry_in": {"allowed": False}}, {"carry_in": {"allowed": True, "at_most": {"total": 4}}})]},
    "repeats_period": {"requirements": [TOTAL, need("ethics", 3)], "repeats": "not_counted"},
    "repeats_two": {"requirements": [TOTAL], "repeats": "not_counted", "repeats_within": "two_periods"},
    "repeats_ever": {"requirements": [TOTAL], "repeats": "not_counted", "repeats_within": "ever"},
    "repeats_counted": {"requirements": [TOTAL], "repeats": "counted"},
    "limits": {
        "requirements": [
            TOTAL,
            need("ethics", 3, applies_when={"renewals": True, "is": 7}, applies_text="seven"),
            need("law", 3, applies_when={"renewals": True, "at_least": 6}, applies_text="six"),
            need("suicide", 3, applies_when={"not": {"renewals": True, "at_most": 8}}, applies_text="nine"),
            need("hiv", 3, applies_when={"about": "issued", "is": "2020-03-03"}, applies_text="that day"),
            need("trauma", 3, applies_when={"not": {"about": "issued", "at_most": "2027-05-31"}}, applies_text="never"),
            need("dementia", 3, applies_when={"all": [{"fact": "hspp_since", "at_least": "2020-01-01"}, {"fact": "hspp_since", "at_most": "2020-01-01"}]}, applies_text="a day"),
            need("pain", 3, applies_when={"fact": "hspp_since", "at_most": "2019-12-31"}, applies_text="before"),
            need("opioid", 3, applies_when={"about": "months_licensed", "is": 5}, applies_text="five months"),
            need("records", 3, applies_when={"about": "issued_month", "is": 12}, applies_text="December"),
            need("telehealth", 3, applies_when={"about": "issued_month", "at_most": 1}, applies_text="January"),
            need("crisis", 3, applies_when={"not": {"about": "months_licensed", "at_most": 24}}, applies_text="long"),
            need("safety", 3, frequency="every", every={"renewals": 4, "first": 5}),
            need("military", 3, due_by={"period": 6}),
        ]
    },
    "two_dates": {"requirements": [TOTAL, need("ethics", 3, due_by={"months_after_issue": 6}), need("law", kind="course", due_by={"period": 4})]},
    "about": {
        "requirements": [
            need("total", 20, applies_when={"about": "period_end", "at_least": "2027-05-31"}, applies_text="the period ends late"),
            need("ethics", 3, applies_when={"about": "period_start", "at_most": "2025-06-01"}, applies_text="the period starts early"),
            need("law", 2, applies_when={"about": "issued", "at_least": "2015-05-01"}, applies_text="issued late"),
            need("suicide", 2, applies_when={"about": "period_months", "at_least": 24}, applies_text="the period is long"),
            need("hiv", 2, applies_when={"renewals": True, "at_least": 3}, applies_text="renewed thrice"),
            need("trauma", 2, applies_when={"all": [{"fact": "telehealth", "is": True}, {"not": {"renewals": True, "at_most": 2}}]}, applies_text="both"),
            need("dementia", 2, applies_when={"any": [{"fact": "supervisor", "is": True}, {"about": "profession", "is": "mft"}]}, applies_text="either"),
        ]
    },
}  # fmt: skip


def cases() -> Cases:
    found: Cases = {}
    for day in ("2025-05-31", "2025-06-01", "2026-11-23", "2026-11-24", "2027-05-31"):
        found[f"plain_{day}"] = one("plain", h(20, "ethics", completed=day))
    for on in ("2025-05-31", "2025-06-01", "2027-05-31", "2027-06-01"):
        found[f"plain_on_{on}"] = one("plain", h(20, "ethics", completed="2025-06-01"), on=on)
    found["plain_no_expiry"] = one("plain", h(20, "ethics"), expires=None)
    found["plain_provisional"] = one("plain", h(20, "ethics", provisional=True))
    for issued in ("2025-05-31", "2025-06-01", "2025-06-02", "2026-03-01", "2026-03-02"):
        found[f"plain_issued_{issued}"] = one("plain", h(20, "ethics"), issued=issued, renewals=None)
    found["plain_listed"] = one(
        "plain",
        h(20, "ethics"),
        h(1, completed="2025-01-01"),
        periods=[{"start": "2024-12-31", "end": "2026-03-01"}, {"start": "2026-03-02", "end": "2027-05-31"}],
        on="2026-03-01",
    )
    found["plain_listed_after"] = one(
        "plain",
        h(20, "ethics"),
        periods=[{"start": "2024-12-31", "end": "2025-05-31"}, {"start": "2027-06-01", "end": "2029-05-31"}],
        on="2027-06-01",
    )
    found["plain_waived"] = one("plain", h(20), waivers=["ethics"])
    found["plain_month_ends"] = one("plain", h(20, "ethics", completed="2024-03-01"), expires="2026-02-28", on="2026-02-28")
    found["plain_month_ends_first"] = one("plain", h(20, "ethics", completed="2024-02-29"), expires="2026-02-28", on="2026-02-28")
    renewal_cases: list[dict[str, Any]] = [{"renewals": number, "issued": None} for number in (None, 0, 1, 2, 3, 4, 5, 6)]
    renewal_cases += [
        {"renewals": None, "issued": day}
        for day in (
            "2025-06-01",
            "2025-05-31",
            "2024-12-02",
            "2024-12-03",
            "2024-12-01",
            "2023-05-31",
            "2023-06-01",
            "2021-05-31",
            "2019-06-01",
        )
    ]
    for rule in ("first", "every_third", "second_period"):
        for number, held in enumerate(renewal_cases):
            found[f"{rule}_{number}"] = one(rule, h(2, "ethics"), h(2, "suicide"), **held)
    found["first_listed"] = one(
        "first", h(2, "law"), renewals=3, periods=[{"start": "2023-06-01", "end": "2025-05-31"}], on="2024-06-01", issued=None
    )
    found["first_listed_unsaid"] = one(
        "first", h(2, "law"), renewals=None, periods=[{"start": "2023-06-01", "end": "2025-05-31"}], issued=None
    )
    found["first_enough"] = one("first", h(20, "ethics", "law"), renewals=None, issued=None)
    found["every_third_enough"] = one("every_third", h(20, "ethics", "suicide"), renewals=None, issued=None)
    for day in ("2021-05-31", "2021-06-01", "2025-05-31", "2025-06-01"):
        found[f"every_years_{day}"] = one("every_years", h(3, "ethics", completed=day))
    for rule, days in (
        ("years", ("2024-05-31", "2024-06-01")),
        ("calendar", ("2025-12-31", "2026-01-01")),
        ("periods", ("2023-05-31", "2023-06-01")),
        ("ever", ("1960-01-01", "2025-05-31")),
        ("once", ("1960-01-01", "2025-05-31", "2025-06-01")),
        ("since", ("2025-09-14", "2025-09-15", "2025-05-01")),
    ):
        for day in days:
            found[f"{rule}_{day}"] = one(
                rule, h(2.99, "ethics", completed=day), h(0.01, "ethics"), facts={"last_application": "2025-09-15"}
            )
            found[f"{rule}_{day}_alone"] = one(rule, h(3, "ethics", completed=day), facts={"last_application": "2024-09-15"})
    found["calendar_end"] = one("calendar", h(3, "ethics", completed="2027-05-31"), on="2027-05-31")
    found["since_unanswered"] = one("since", h(3, "ethics"), h(17))
    found["since_unanswered_short"] = one("since", h(2, "ethics"), h(18))
    for issued in (
        "2024-11-30",
        "2024-12-01",
        "2025-05-22",
        "2025-05-23",
        "2025-05-24",
        "2025-11-30",
        "2025-12-01",
        "2023-05-01",
        "2024-11-29",
    ):
        found[f"months_{issued}"] = one("months", h(3, "ethics", "hiv"), h(17), issued=issued, renewals=None)
        found[f"months_{issued}_none"] = one("months", h(20), issued=issued, renewals=None)
    found["months_unknown"] = one("months", h(20, "ethics"), issued=None)
    found["months_unknown_none"] = one("months", h(20), issued=None)
    for day in ("2026-01-31", "2026-02-01", "2026-09-30", "2026-10-01"):
        for on in ("2026-09-30", "2026-10-01", "2026-11-23"):
            found[f"date_{day}_{on}"] = one("date", h(3, "ethics", "hiv", completed=day), h(17, completed="2026-01-01"), on=on)
    found["date_late_confirmed"] = one("date", h(3, "ethics", "hiv", completed="2026-10-01"), h(17), confirmed=["late_ethics"])
    found["date_late_partly"] = one("date", h(2, "ethics", "hiv", completed="2026-10-01"), h(1, "ethics"), h(17))
    for number in (0, 1, 2):
        found[f"second_period_done_{number}"] = one(
            "second_period", h(3, "ethics", completed="2020-01-01"), renewals=number, issued=None
        )
    for day in ("2026-06-30", "2026-07-01"):
        found[f"late_open_{day}"] = one("late_open", h(3, "ethics", completed=day), h(17))
        found[f"late_open_{day}_confirmed"] = one("late_open", h(3, "ethics", completed=day), h(17), confirmed=["due"])
        found[f"late_open_{day}_both"] = one("late_open", h(3, "ethics", completed=day), h(17), confirmed=["due", "late_ethics"])
    for first, second in ((10, 10), (9.99, 10), (10, 9.99), (20, 0), (9, 9)):
        found[f"each_year_{first}_{second}"] = one(
            "each_year", h(first, "ethics", completed="2026-05-31"), h(second, "ethics", completed="2026-06-01")
        )
    found["each_year_home"] = one(
        "each_year",
        h(9, "ethics", completed="2026-05-31", format="asynchronous"),
        h(6, "ethics", completed="2026-06-01"),
        h(4, completed="2026-06-01", format="asynchronous"),
    )
    found["each_year_three"] = one(
        "each_year",
        h(10, "ethics", completed="2027-05-31"),
        issued="2010-01-01",
        expires="2027-12-31",
        on="2027-06-01",
        periods=[{"start": "2025-06-01", "end": "2027-12-31"}],
    )
    found["each_year_carried"] = one(
        "each_year",
        h(6, "ethics", completed="2026-05-31"),
        h(12, "ethics", completed="2026-06-02"),
        carried_in={"total_each_year": 4},
    )
    for issued in ("2026-06-01", "2026-06-15", "2026-12-01"):
        found[f"each_year_varied_{issued}"] = one(
            "each_year_varied", h(7, "ethics", completed="2026-12-20"), issued=issued, renewals=0, on="2027-01-01"
        )
    for day in ("2025-12-31", "2026-01-01", "2026-11-20"):
        found[f"versions_{day}"] = one("versions", h(4, "ethics", "law", "suicide", "hiv", "trauma", completed=day), h(16))
    for expires in ("2027-05-30", "2027-05-31", "2027-06-01", "2026-12-31", "2027-01-01"):
        found[f"versions_expires_{expires}"] = one("versions", h(3, "ethics"), h(17), expires=expires)
    for rule in ("ends", "ends_odd", "ends_even"):
        for expires in ("2026-12-30", "2026-12-31", "2027-01-01", "2027-05-31", "2028-02-28", "2028-02-29", "2028-05-31"):
            found[f"{rule}_{expires}"] = one(
                rule,
                h(5),
                h(5, completed="2025-02-28"),
                h(5, completed="2025-03-01"),
                h(5, completed="2024-06-01"),
                expires=expires,
            )
        found[f"{rule}_issued"] = one(rule, h(20), expires="2027-05-31", issued="2026-02-28")
    for day in ("2024-01-31", "2026-02-28", "2026-03-01", "2027-05-31", "2027-06-01"):
        found[f"starts_{day}"] = one("starts", h(20, completed="2026-02-28"), facts={"hspp_since": day})
    found["starts_unanswered"] = one("starts", h(20, completed="2025-05-31"))
    for status in ("active", "inactive", "retired", "lapsed"):
        for hours in (9.99, 10, 20):
            found[f"statuses_{status}_{hours}"] = one("statuses", h(hours, "law"), status=status)
        found[f"statuses_{status}_all"] = one("statuses", h(20, "law", "ethics"), status=status)
    for rule in ("carry", "no_carry", "carry_unsaid", "carry_open"):
        for total, ethics in ((0, 0), (4, 1), (5, 2), (6, 3)):
            carried = {"total": total, "ethics": ethics} if rule != "carry_open" else {"total": total}
            found[f"{rule}_{total}_{ethics}"] = one(rule, h(2, "ethics"), h(13), carried_in=carried)
            found[f"{rule}_{total}_{ethics}_confirmed"] = one(rule, h(2, "ethics"), h(13), carried_in=carried, confirmed="all")
    found["carry_unsaid_each_year"] = one("carry_unsaid", h(20, "ethics"), carried_in={"total_each_year": 7})
    found["carry_alone"] = one("carry", carried_in={"total": 5, "ethics": 1})
    course = {"course": {"id": "x"}}
    for rule in ("repeats_period", "repeats_two", "repeats_ever", "repeats_counted"):
        for day in ("2021-01-01", "2023-05-31", "2023-06-01", "2025-05-31", "2025-06-01", "2026-03-01"):
            found[f"{rule}_{day}"] = one(rule, h(6, completed=day, **course), h(8, completed="2026-05-01", **course), h(5))
        found[f"{rule}_rejected"] = one(
            rule, h(9, **course, approvals=[]), h(8, completed="2026-05-01", **course), h(8, completed="2026-05-02", **course)
        )
        found[f"{rule}_ahead"] = one(rule, h(9, **course, completed="2026-11-24"), h(8, completed="2026-05-01", **course))
        found[f"{rule}_without_id"] = one(rule, h(9, course={"numbers": {"kbsw": 7}}), h(8, course={"numbers": {"kbsw": 7}}))
    for held in (
        {},
        {"expires": "2027-05-30"},
        {"expires": "2027-06-01"},
        {"issued": "2015-04-30"},
        {"issued": None},
        {"renewals": 2},
        {"renewals": 4},
        {"renewals": None, "issued": None},
        {"profession": "mft"},
        {"issued": "2025-06-02", "renewals": 0},
    ):
        for name, facts in (
            ("yes", {"telehealth": True, "supervisor": True}),
            ("no", {"telehealth": False, "supervisor": False}),
            ("open", {}),
        ):
            found[f"about_{'_'.join(f'{key}_{value}' for key, value in held.items()) or 'plain'}_{name}"] = one(
                "about", h(2, "law", "ethics"), facts=facts, **held
            )
    holders: dict[str, dict[str, Any]] = {
        "unknown": {"issued": None, "renewals": None},
        "renewals": {"issued": None},
        "issued": {"renewals": None},
        "seven": {"renewals": 7},
        "six": {"renewals": 6},
        "nine": {"renewals": 9, "issued": "2020-03-03"},
        "december": {"issued": "2026-12-31", "renewals": 0},
    }
    for name, held in holders.items():
        for since in (None, "2019-12-31", "2020-01-01", "2020-01-02"):
            found[f"limits_{name}_{since}"] = one("limits", h(20), facts={"hspp_since": since}, **held)
    for issued in ("2024-11-30", "2024-12-01", "2025-05-31", "2026-05-31", "2026-11-30"):
        for day in ("2025-06-01", "2026-11-20"):
            found[f"two_dates_{issued}_{day}"] = one("two_dates", h(3, "ethics", "law", completed=day), issued=issued)
    found["about_unknown_enough"] = one(
        "about", h(20, "law", "ethics", "suicide", "hiv", "trauma", "dementia"), issued=None, renewals=None
    )
    found["versions_by_both"] = one("versions_by_both", h(20))
    found["versions_a_day_apart"] = one("versions_a_day_apart", h(2, "law"))
    # What holds whatever the holder tells is not asked.
    found["always"] = one("always", h(2), renewals=None, issued=None)
    # A text for entries of certain days is in force if the period has such a day, be it the last or the first.
    found["versions_by_completion"] = one(
        "versions_by_completion",
        *(h(1, topic, "trauma", completed="2027-05-31") for topic in ("ethics", "hiv")),
        *(h(1, topic, completed="2025-06-01") for topic in ("suicide", "law")),
        on="2027-05-31",
    )
    found["versions_by_completion_missed"] = one(
        "versions_by_completion",
        h(1, "ethics", completed="2027-05-30"),
        h(1, "suicide", completed="2025-06-02"),
        on="2027-05-31",
    )
    for profession in (None, "counselor", "mft"):
        found[f"professions_{profession}"] = one("professions", h(10), profession=profession)
    # A period that is written out goes before the one that the expiry gives, even if they share but a day.
    for start in ("2027-05-31", "2027-06-01"):
        found[f"plain_period_listed_{start}"] = one("plain", h(3, "ethics"), periods=[{"start": start, "end": "2029-05-31"}])
    return found
