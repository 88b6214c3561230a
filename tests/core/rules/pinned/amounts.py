"""How many hours an entry is and how many are due: units, rounding, least hours, rates, proration, shares, several licenses."""

from __future__ import annotations

from tests.core.rules.pinned.build import Cases, cap, h, need, one, prorated, question, split, variant

TOTAL = need("total", 20)
TEACHING = {"activities": ["teaching"]}

RULES = {
    "plain": {"requirements": [TOTAL, need("ethics", 3)]},
    "fifty": {"requirements": [TOTAL, need("ethics", 1.5)], "hour_minutes": 50, "hours_per_unit": {"ceu": 10, "semester_credit": 15}},
    "halves": {"requirements": [TOTAL, need("ethics", 2)], "hour_minutes": 60, "round_down_to": 0.5},
    "least": {"requirements": [TOTAL, need("ethics", 2)], "hour_minutes": 50, "round_down_to": 0.25, "least_hours": 1},
    "least_alone": {"requirements": [need("ethics", 3)], "hour_minutes": 60, "least_hours": 1},
    "rates": {
        "requirements": [TOTAL, need("ethics", 4)],
        "hour_minutes": 60,
        "hours_per_unit": {"publication": 8},
        "rates": [
            {"which": {"activities": ["graduate_course"]}, "unit": "semester_credit", "hours": 15, "sources": ["law"]},
            {"which": {"activities": ["certification"]}, "hours": 12, "per": "entry", "sources": ["law"]},
            {"which": TEACHING, "unit": "hour", "hours": 2, "sources": ["law"]},
            {"which": {"activities": ["exam"]}, "hours": 5, "per": "entry", "sources": ["law"]},
        ],
        "caps": [cap("teaching", 10, TEACHING)],
    },
    "minutes_open": {
        "requirements": [TOTAL, need("ethics", 3)],
        "open_questions": [
            question("hour", {"hour_minutes": 50}, {"hour_minutes": 60}),
            question("units", {"hours_per_unit": {"ceu": 10}}, {"hours_per_unit": {"ceu": 8}}),
        ],
    },
    "whole": {"requirements": [need("total", 24, variants=[prorated(1, 1)])]},
    "started": {"requirements": [need("total", 24, variants=[prorated(3, 4, each=2, count="started")])]},
    "down": {"requirements": [need("total", 30, variants=[prorated(5, 4, round="down")])]},
    "up": {"requirements": [need("total", 30, variants=[prorated(5, 4, round="up", at_most=14)])]},
    "nearest": {"requirements": [need("total", 30, variants=[prorated(5, 4, round="nearest")])]},
    "shares": {
        "requirements": [
            need("total", 40, variants=[variant({"renewals": True, "at_most": 0}, share=0.5), variant({"about": "months_licensed", "at_most": 12}, hours=0)]),
            need("ethics", share_of_total=0.25),
            need("telehealth", 6, variants=[variant({"fact": "telehealth", "is": False}, hours=2), variant({"fact": "supervisor", "is": True}, share="1/3")]),
        ],
        "caps": [cap("home", None, {"formats": ["asynchronous"]}, share_of_total=0.5)],
    },
    "tiers": {
        "requirements": [
            need(
                "total",
                40,
                variants=[
                    variant({"about": "months_licensed", "at_most": 6}, hours=0),
                    variant({"all": [{"about": "months_licensed", "at_least": 6}, {"about": "months_licensed", "at_most": 12}]}, hours=10),
                    variant({"not": {"about": "months_licensed", "at_least": 18}}, hours=20),
                    variant({"any": [{"about": "issued_month", "is": 2}, {"about": "profession", "is": "mft"}]}, hours=30),
                ],
            ),
        ]
    },
    "several": [
        {
            "requirements": [TOTAL, need("ethics", 3)],
            "several": {
                "with_rules": ["us/xx/second", "us/xx/third"],
                "hours": {"total": {"2": 30, "3": 36}, "ethics": {"3": 5}},
                "says": "Together.",
                "sources": ["law"],
            },
        },
        {"requirements": [TOTAL], "id": "us/xx/second"},
        {"requirements": [TOTAL], "id": "us/xx/third"},
        {"requirements": [TOTAL], "id": "us/xx/fourth"},
    ],
}  # fmt: skip

FIRST = {"renewals": 0}


def cases() -> Cases:
    found: Cases = {}
    for hours in (0, 2.99, 3, 3.01, 19.99, 20, 20.01):
        found[f"plain_{hours}"] = one("plain", h(hours, "ethics"))
    found["plain_two_halves"] = one("plain", h(10, "ethics"), h(10), h(0.005, "ethics"))
    found["plain_no_entry"] = one("plain")
    found["plain_by_parts"] = one("plain", split("hour", (2, "ethics"), (1, "boundaries"), (17, None)))
    found["plain_minutes_not_converted"] = one("plain", h(60, "ethics", unit="minute"), h(20))
    found["plain_parts_of_unconverted_unit"] = one("plain", split("ceu", (0, "ethics"), (2, "suicide")), h(19))
    for minutes in (74, 75, 76, 999, 1000, 1001):
        found[f"fifty_{minutes}"] = one("fifty", h(minutes, "ethics", unit="minute"))
    found["fifty_thirds"] = one(
        "fifty", *(h(25, "ethics", unit="minute") for _ in range(3)), h(1, unit="ceu"), h(0.6, unit="semester_credit")
    )
    found["fifty_units"] = one(
        "fifty", h(2, "ethics", unit="ceu"), h(1, unit="day"), h(1, unit="publication"), h(1, unit="quarter_credit")
    )
    for minutes in (29, 30, 31, 119, 120, 121, 1199, 1200):
        found[f"halves_{minutes}"] = one("halves", h(minutes, "ethics", unit="minute"))
    found["halves_of_parts"] = one(
        "halves", split("minute", (100, "ethics"), (45, "suicide"), (10, None)), h(17.8), h(0.4), h(0.5)
    )
    for minutes in (49, 50, 51, 62, 63, 99, 100):
        found[f"least_{minutes}"] = one("least", h(minutes, "ethics", unit="minute"), h(19))
    found["least_part_is_no_entry"] = one("least", split("minute", (25, "ethics"), (50, None)), h(0.99), h(1), h(1.24))
    found["rates"] = one(
        "rates",
        h(1, "ethics", unit="semester_credit", activity="graduate_course"),
        h(1, "ethics", unit="semester_credit"),
        h(3, "ethics", activity="certification"),
        h(3, "ethics", activity="teaching"),
    )
    for hours in (1.99, 2, 2.01, 4.99, 5, 5.01):
        found[f"rates_teaching_{hours}"] = one("rates", h(hours, "ethics", activity="teaching"), h(16))
    found["rates_exam"] = one("rates", h(1, "ethics", unit="exam", activity=None), h(120, unit="minute", activity="teaching"))
    found["rates_unstated"] = one("rates", h(2, "ethics", activity=None), h(18))
    found["rates_unstated_confirmed"] = one("rates", h(2, "ethics", activity=None), h(18), confirmed=["activity:c1"])
    found["rates_publications"] = one("rates", h(2, "ethics", unit="publication"), h(4))
    for minutes, rest in ((150, 17), (179, 17), (180, 17), (180, 17.5), (150, 17.5)):
        found[f"minutes_open_{minutes}_{rest}"] = one("minutes_open", h(minutes, "ethics", unit="minute"), h(rest))
    for name, confirmed in (("hour", ["hour"]), ("units", ["units"]), ("all", "all")):
        found[f"minutes_open_confirmed_{name}"] = one(
            "minutes_open", h(150, "ethics", unit="minute"), h(0.9, unit="ceu"), h(9), confirmed=confirmed
        )
    for rule in ("whole", "started", "down", "up", "nearest"):
        for issued in (
            "2025-06-01",
            "2025-06-02",
            "2026-05-31",
            "2026-06-01",
            "2026-06-02",
            "2026-07-15",
            "2026-08-31",
            "2027-05-01",
            "2027-05-31",
        ):
            found[f"{rule}_{issued}"] = one(rule, h(8), issued=issued, on="2027-05-31", **FIRST)
        found[f"{rule}_unknown_day"] = one(rule, h(10), issued=None, **FIRST)
        found[f"{rule}_unknown_number"] = one(rule, h(10), issued=None, renewals=None)
        found[f"{rule}_later"] = one(rule, h(23.99))
    for hours in (9.99, 10, 10.01):
        found[f"shares_{hours}"] = one(
            "shares", h(hours, "ethics"), h(30), h(2, "telehealth"), facts={"telehealth": True, "supervisor": True}
        )
    for hours in (19.99, 20, 20.01, 25):
        found[f"shares_cap_{hours}"] = one(
            "shares",
            h(hours, "ethics", format="asynchronous"),
            h(20, "telehealth"),
            facts={"telehealth": True, "supervisor": False},
        )
    found["shares_first"] = one(
        "shares", h(11, "ethics", format="asynchronous"), h(10), renewals=0, issued="2025-07-01", facts={"telehealth": False}
    )
    for issued in ("2026-05-31", "2026-06-01", "2026-06-02"):
        found[f"shares_late_{issued}"] = one("shares", h(4, "ethics"), issued=issued, renewals=1)
    found["shares_facts_open"] = one("shares", h(40, "ethics"), h(2, "telehealth"))
    found["shares_facts_open_3"] = one("shares", h(40, "ethics"), h(6, "telehealth"))
    for issued in (
        "2025-06-15",
        "2025-11-30",
        "2025-12-01",
        "2025-12-02",
        "2026-05-31",
        "2026-06-01",
        "2026-06-02",
        "2026-11-20",
    ):
        found[f"tiers_{issued}"] = one("tiers", h(15), issued=issued, on="2026-11-23", **FIRST)
    found["tiers_february"] = one("tiers", h(15), issued="2019-02-03")
    found["tiers_profession"] = one("tiers", h(35), profession="mft")
    found["tiers_unknown"] = one("tiers", h(35), issued=None)
    found["tiers_unknown_enough"] = one("tiers", h(40), issued=None)
    second, third, fourth = ({"rule": f"us/xx/{name}"} for name in ("second", "third", "fourth"))
    credits_ = [h(29, "ethics"), h(1, "ethics", completed="2026-04-01")]
    for name, others in (
        ("alone", []),
        ("two", [second]),
        ("three", [second, third]),
        ("outside", [fourth]),
        ("inactive", [{**second, "status": "inactive"}, third]),
    ):
        found[f"several_{name}"] = ("several", [{}, *others], credits_, None)
    for hours in (19, 20, 35, 36):
        found[f"several_three_{hours}"] = ("several", [{}, second, third], [h(hours - 4), h(4, "ethics")], None)
    for minutes in (59, 60):
        found[f"least_alone_{minutes}"] = one("least_alone", h(minutes, "ethics", unit="minute"), h(2.25, "ethics"))
    # Whatever a day is in hours, none of them is nothing.
    for ethics in (2, 3):
        found[f"plain_no_days_{ethics}"] = one("plain", h(0, "ethics", unit="day"), h(ethics, "ethics"), h(20 - ethics))
    return found
