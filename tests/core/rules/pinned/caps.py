"""Limits on hours: per period, year, day and entry, on everything or on some requirements, as amounts and as shares."""

from __future__ import annotations

from tests.core.rules.pinned.build import Cases, cap, h, need, one, question, variant

TOTAL = need("total", 20)
HOME = {"formats": ["asynchronous"]}
TEACHING = {"activities": ["teaching"]}

RULES = {
    "home": {"requirements": [TOTAL, need("ethics", 3), need("suicide", 3)], "caps": [cap("home", 8, HOME)]},
    "year": {"requirements": [TOTAL], "caps": [cap("year", 6, TEACHING, per="year")]},
    "day": {"requirements": [TOTAL, need("ethics", 5)], "caps": [cap("day", 8, per="day")]},
    "entry": {"requirements": [TOTAL, need("ethics", 5)], "caps": [cap("entry", 4, TEACHING, per="entry")]},
    "on": {"requirements": [TOTAL, need("ethics", 6), need("suicide", 2)], "caps": [cap("on", 2, HOME, on=["ethics"]), cap("whole", 5, HOME)]},
    "on_total": {"requirements": [TOTAL, need("ethics", 6)], "caps": [cap("on", 4, TEACHING, on=["total"]), cap("ten", 10, {"topics": ["ethics"]})]},
    "never": {"requirements": [TOTAL, need("ethics", 3)], "caps": [cap("office", 0, {"topics": ["administrative"]}), cap("some", 0, HOME, on=["ethics"])]},
    "dated": {
        "requirements": [TOTAL],
        "caps": [
            cap("home", 8, HOME, in_force={"by": "completion", "from": "2026-01-01", "to": "2026-06-30"}),
            cap("old", 1, TEACHING, in_force={"by": "period_start", "to": "2025-05-31"}),
            cap("new", 2, TEACHING, in_force={"by": "period_start", "from": "2025-06-01"}),
        ],
    },
    "varied": {
        "requirements": [TOTAL],
        "caps": [
            cap("home", 8, HOME, variants=[variant({"fact": "supervisor", "is": True}, hours=12), variant({"renewals": True, "is": 0}, share=0.5)]),
            cap("teaching", 4, TEACHING, applies_when={"fact": "telehealth", "is": True}),
        ],
    },
    "open": {
        "requirements": [TOTAL, need("ethics", 4)],
        "caps": [cap("home", 8, HOME), cap("day", 10, per="day"), cap("part", 3, TEACHING, on=["ethics"])],
        "open_questions": [
            question("home_limit", {}, {"caps": {"home": {"hours": 12}}}, {"caps": {"home": {"due": False}}}),
            question("day_limit", {}, {"caps": {"day": {"per": "entry"}}}),
            question("part_limit", {}, {"caps": {"part": {"on": []}}}, {"caps": {"part": {"share_of_total": 0.5}}}),
        ],
    },
    "crossing": {
        "requirements": [need("total", 12), need("ethics", 4), need("suicide", 4), need("telehealth", 2, on_top=True)],
        "caps": [cap("home", 6, HOME), cap("teaching", 5, TEACHING), cap("ethics", 5, {"topics": ["ethics"]})],
    },
    "kinds_open": {
        "requirements": [TOTAL],
        "caps": [cap("day", 4, TEACHING, per="day")],
        "open_questions": [question("kinds", {}, {"caps": {"day": {"which": {"activities": ["other"]}}}})],
    },
    "kinds": {
        "requirements": [TOTAL, need("live", 5, which={"formats": ["live_in_person", "live_online"]}), need("taught", kind="course", which=TEACHING)],
        "caps": [cap("teaching", 5, TEACHING), cap("not_live", 4, {"not": {"formats": ["live_in_person", "live_online"]}}), cap("exams", 2, {"activities": ["exam"]})],
    },
}  # fmt: skip


def cases() -> Cases:
    found: Cases = {}
    home = {"format": "asynchronous"}
    taught = {"activity": "teaching"}
    for hours in (7.99, 8, 8.01, 12):
        found[f"home_{hours}"] = one("home", h(12), h(hours, "ethics", **home))
    found["home_two_topics"] = one("home", h(7, "ethics", **home), h(7, "suicide", completed="2026-04-01", **home), h(10))
    found["home_two_topics_short"] = one(
        "home", h(3, "ethics", **home), h(3, "suicide", completed="2026-04-01", **home), h(9, "ethics", **home), h(10)
    )
    found["home_both_topics"] = one("home", h(9, "ethics", "suicide", **home), h(10))
    found["home_unstated_8"] = one("home", h(12), h(8, "ethics", format=None))
    found["home_unstated_9"] = one("home", h(11), h(9, "ethics", format=None))
    found["home_unstated_confirmed"] = one("home", h(11), h(9, "ethics", format=None), confirmed=["format:c2"])
    # Its hours are not known, and however many they are, no more than 8 of them count.
    for live in (11, 12):
        found[f"home_unit_unknown_{live}"] = one("home", h(1, unit="day", **home), h(live, "ethics", "suicide"))
    found["home_outside"] = one("home", h(12), h(9, "ethics", completed="2025-05-31", **home))
    found["home_not_accepted"] = one("home", h(12), h(9, "ethics", approvals=[], **home), h(8, **home))
    found["home_full"] = one("home", h(8, **home), h(11))
    found["home_exactly_full"] = one("home", h(8, **home), h(12, "ethics", "suicide"))
    for first, second in ((6, 6), (6.01, 6), (7, 5), (3, 9), (10, 10)):
        found[f"year_{first}_{second}"] = one(
            "year", h(8), h(first, completed="2026-05-31", **taught), h(second, completed="2026-06-01", **taught)
        )
    found["year_edges"] = one(
        "year",
        h(4, completed="2025-06-01", **taught),
        h(4, completed="2026-05-31", **taught),
        h(4, completed="2027-05-31", **taught),
        on="2027-05-31",
    )
    found["year_three"] = one(
        "year",
        *(h(7, completed=day, **taught) for day in ("2025-12-31", "2026-12-31", "2027-06-01", "2027-12-31")),
        expires="2028-05-30",
        on="2027-12-31",
    )
    for hours in (7.99, 8, 8.01, 16, 16.01, 24):
        found[f"day_{hours}"] = one("day", h(hours, "ethics", started="2026-02-28"), h(4))
    for day in ("2026-02-28", "2026-03-01", "2026-03-02"):
        found[f"day_two_{day}"] = one("day", h(6, "ethics"), h(6, completed=day), h(8, completed="2026-05-01"))
    found["day_overlapping"] = one(
        "day", h(14, started="2026-02-28"), h(10, completed="2026-03-02", started="2026-03-01"), h(8, completed="2026-03-02")
    )
    found["day_chain"] = one(
        "day",
        h(6),
        h(6, completed="2026-03-02", started="2026-03-01"),
        h(6, completed="2026-03-03", started="2026-03-02"),
        h(6, completed="2026-03-03"),
        h(8, completed="2026-03-04"),
    )
    found["day_begun_unstated"] = one("day", h(9, "ethics"), h(8, completed="2026-05-01"), h(3, completed="2026-05-02"))
    found["day_begun_unstated_exact"] = one("day", h(8, "ethics"), h(8, completed="2026-05-01"), h(4, completed="2026-05-02"))
    found["day_exam"] = one("day", h(9, "ethics", activity="exam"), h(11, started="2026-04-30", completed="2026-05-01"))
    found["day_not_accepted"] = one("day", h(6, approvals=[]), h(6, "ethics"), h(6))
    for hours in (3.99, 4, 4.01, 9):
        found[f"entry_{hours}"] = one("entry", h(hours, "ethics", **taught), h(hours, "ethics", **taught), h(12))
    found["entry_unstated"] = one("entry", h(6, "ethics", activity=None), h(15))
    for hours in (1.99, 2, 2.01, 5, 5.01, 8):
        found[f"on_{hours}"] = one("on", h(hours, "ethics", **home), h(4, "ethics"), h(12, "suicide"))
    found["on_both"] = one("on", h(7, "ethics", "suicide", **home), h(15))
    for hours in (3.99, 4, 4.01, 7, 10, 10.01, 12):
        found[f"on_total_{hours}"] = one("on_total", h(hours, "ethics", **taught), h(16))
    found["on_total_two"] = one("on_total", h(7, "ethics", **taught), h(6, "ethics", completed="2026-04-01"), h(8))
    found["never_office"] = one("never", h(9, "administrative"), h(9, "administrative", "ethics"), h(20))
    found["never_home"] = one("never", h(4, "ethics", **home), h(16))
    found["never_perhaps"] = one("never", h(4, "ethics", format=None), h(16))
    for day in ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01"):
        found[f"dated_{day}"] = one("dated", h(10, completed=day, **home), h(10, **taught), h(8))
    found["dated_both_sides"] = one(
        "dated", *(h(5, completed=day, **home) for day in ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01"))
    )
    found["dated_period_before"] = one(
        "dated",
        h(10, completed="2025-05-31", **taught),
        h(10),
        h(8),
        on="2025-05-31",
        periods=[{"start": "2023-06-01", "end": "2025-05-31"}],
    )
    for hours in (4, 4.01, 8, 8.01, 12, 12.01):
        for name, facts in (("yes", {"supervisor": True}), ("no", {"supervisor": False}), ("open", {})):
            found[f"varied_{hours}_{name}"] = one(
                "varied", h(hours, **home), h(20 - int(hours)), facts={**facts, "telehealth": False}
            )
    found["varied_first"] = one("varied", h(5, **home), h(15), renewals=0, issued="2025-08-01", facts={"supervisor": False})
    for hours in (4, 4.01):
        found[f"varied_teaching_{hours}"] = one("varied", h(hours, **taught), h(16), facts={"supervisor": False})
    for hours in (8, 8.01, 12, 12.01, 13):
        found[f"open_home_{hours}"] = one(
            "open",
            h(hours, **home, started="2026-02-27"),
            h(20 - int(hours), "ethics", started="2026-04-01", completed="2026-04-03"),
        )
        found[f"open_home_{hours}_confirmed"] = one(
            "open",
            h(hours, **home, started="2026-02-27"),
            h(20 - int(hours), "ethics", started="2026-04-01", completed="2026-04-03"),
            confirmed=["home_limit"],
        )
    for activity in ("teaching", "other", "course"):
        found[f"kinds_open_{activity}"] = one("kinds_open", h(9, activity=activity), h(11, completed="2026-04-01"))
    found["open_day"] = one("open", h(11, started="2026-03-01"), h(9, "ethics", completed="2026-04-01"))
    found["open_day_spread"] = one("open", h(11, started="2026-02-28"), h(9, "ethics", completed="2026-04-01"))
    found["open_part"] = one("open", h(7, "ethics", **taught), h(6, completed="2026-04-01"), h(7, completed="2026-04-02"))
    found["open_part_confirmed"] = one(
        "open", h(7, "ethics", **taught), h(6, completed="2026-04-01"), h(7, completed="2026-04-02"), confirmed="all"
    )
    for a, b, c in ((3, 3, 3), (4, 4, 0), (6, 4, 2), (2, 2, 6), (5, 5, 5), (7, 1, 1)):
        found[f"crossing_{a}_{b}_{c}"] = one(
            "crossing",
            h(a, "ethics", **home),
            h(b, "ethics", "suicide", **taught),
            h(c, "suicide", format="asynchronous", activity="teaching"),
            h(2, "telehealth", "ethics", **home),
            h(2, "telehealth"),
            h(3),
        )
    found["crossing_unstated"] = one(
        "crossing",
        h(5, "ethics", format=None),
        h(5, "suicide", activity=None),
        h(4, "telehealth", format=None, activity=None),
        h(3),
    )
    found["kinds"] = one("kinds", h(6, **taught), h(5, **home), h(9), h(3, activity="exam"))
    found["kinds_course_beyond_cap"] = one("kinds", h(9, **taught), h(2, completed="2026-05-01", **taught))
    found["kinds_hybrid"] = one("kinds", h(6, format="hybrid"), h(15, format=None), confirmed=["format:c2"])
    return found
