"""Why hours do not count, and how many hours a course fills of a cap."""

from __future__ import annotations

from typing import Any

from tests.core.rules.pinned.build import Cases, cap, h, need, one, question, split

TOTAL = need("total", 20)
ETHICS, SUICIDE = need("ethics", 3), need("suicide", 2)
HOME = {"formats": ["asynchronous"]}
TEACHING = {"activities": ["teaching"]}
WIDER = question("subjects", {}, {"requirements": {"suicide": {"topics": ["suicide", "ethics"]}}})


def taught(*caps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"requirements": [need("taught", kind="course", which=TEACHING), need("ethics", 1)], "caps": list(caps), **more}


RULES = {
    "shut": {"requirements": [ETHICS, SUICIDE], "caps": [cap("home", 0, HOME, on=["ethics"])]},
    "shut_whole": {"requirements": [TOTAL, ETHICS], "caps": [cap("home", 0, HOME), cap("teaching", 4, TEACHING)]},
    "shut_total": {"requirements": [TOTAL, ETHICS], "caps": [cap("home", 0, HOME, on=["total"])]},
    "shut_open": {"requirements": [ETHICS, SUICIDE], "caps": [cap("home", 0, HOME, on=["ethics"])], "open_questions": [WIDER]},
    "shut_read": {"requirements": [TOTAL, ETHICS], "caps": [cap("home", 5, HOME)], "open_questions": [question("none", {}, {"caps": {"home": {"hours": 0}}})]},
    "shut_beside": {"requirements": [TOTAL, ETHICS], "caps": [cap("home", 0, HOME)], "open_questions": [question("total", {}, {"requirements": {"total": {"hours": 30}}})]},
    "outside": {"requirements": [TOTAL, ETHICS], "caps": [cap("outside", 0, {"topics": ["ethics"]}, on=["total"])]},
    "wider": {"requirements": [ETHICS], "open_questions": [question("subjects", {}, {"requirements": {"ethics": {"topics": ["ethics", "hiv"]}}})]},
    "bodies": {"requirements": [need("total", 10)], "open_questions": [question("bodies", {}, {"accepts": {"bodies": ["apa"], "others": "none"}})]},
    "subjects": {"requirements": [ETHICS, SUICIDE], "open_questions": [WIDER]},
    "labels": {
        "requirements": [
            TOTAL,
            need("ethics", 3, label="law 11", in_force={"by": "period_end", "to": "2026-12-31"}),
            need("ethics", 4, label="law 22", in_force={"by": "period_end", "from": "2027-01-01"}),
            need("hiv", 1, label="law 33", in_force={"by": "period_end", "to": "2026-12-31"}),
            need("hiv", 1, label="law 44", in_force={"by": "period_end", "from": "2027-06-01"}),
            need("trauma", 1, in_force={"by": "period_end", "from": "2028-01-01"}, before="not_due"),
            need("trauma", 2, in_force={"by": "period_end", "from": "2029-01-01"}),
        ],
        "caps": [cap("home", 1, HOME, on=["ethics"])],
        "sources": {"law": {"url": None, "kind": "statute", "says": "Text.", "dated": 2024}},
        "professions": ["counselor", "mft"],
        "statuses": {"inactive": {"says": "Nothing.", "due": False, "sources": ["law"]}},
    },
    "course_period": taught(cap("teaching", 5, TEACHING)),
    "course_year": taught(cap("teaching", 5, TEACHING, per="year")),
    "course_day": taught(cap("day", 3, per="day")),
    "course_entry": taught(cap("entry", 2, per="entry"), cap("home", 3, HOME)),
    "course_home": taught(cap("home", 3, HOME)),
    "taught_and_home": {"requirements": [TOTAL], "caps": [cap("day", 8, TEACHING, per="day"), cap("home_day", 4, HOME, per="day")]},
    "course_total": {"requirements": [need("total", 4), need("taught", kind="course", which=TEACHING)], "caps": [cap("teaching", 5, TEACHING), cap("year", 4, per="year")]},
    "courses": {"requirements": [need("ethics", kind="course"), need("suicide", kind="course"), need("exam", kind="exam", which={"topics": ["law"]}), need("trauma", 2)]},
    "again": {"requirements": [TOTAL, ETHICS], "repeats": "not_counted"},
    "two_days": {"requirements": [TOTAL], "caps": [cap("day", 8, per="day"), cap("home_day", 4, HOME, per="day")]},
    "share_day": {"requirements": [TOTAL], "caps": [cap("entry", None, per="entry", share_of_total="1/40")]},
    "rate_day": {"requirements": [TOTAL], "caps": [cap("day", 1, per="day")], "rates": [{"which": TEACHING, "hours": 2, "sources": ["law"]}]},
    "ceu_day": {"requirements": [TOTAL], "caps": [cap("day", 6, per="day")], "hours_per_unit": {"ceu": 10}},
    "least": {"requirements": [ETHICS], "least_hours": 1, "round_down_to": 1, "hour_minutes": 60},
    "except_for": {"requirements": [ETHICS, TOTAL], "accepts": {"bodies": ["nbcc"], "others": "none", "except_for": {"topics": ["suicide"]}}},
    "either": {"requirements": [need("total", 20, alternatives=[{"entry": {"activities": ["certification"]}, "says": "a certificate"}]), ETHICS]},
    "either_capped": {
        "requirements": [TOTAL, need("ethics", 3, alternatives=[{"entry": {"activities": ["certification"]}, "says": "a certificate"}]), SUICIDE],
        "caps": [cap("home", 2, HOME)],
    },
    "one_asked": {"requirements": [TOTAL, ETHICS], "caps": [cap("home", 2, {"formats": ["asynchronous"], "topics": ["suicide"]})]},
    "fourth": {"requirements": [TOTAL, need("ethics", 3, frequency="once", due_by={"period": 4})]},
    "yearly": {"requirements": [need("total_each_year", 3, each_year=True)], "caps": [cap("teaching", 2, TEACHING, per="year")]},
    "calendar": {"requirements": [need("ethics", 3, window={"calendar_years": 2})]},
    "share_cap": {"requirements": [TOTAL], "caps": [cap("home", None, HOME, share_of_total=0.5)], "open_questions": [question("total", {}, {"requirements": {"total": {"hours": 30}}})]},
    "sponsor": {"requirements": [need("listed", 5, which={"sponsors": ["association"]})]},
    "units": {"requirements": [TOTAL], "hours_per_unit": {"ceu": 10}, "open_questions": [question("units", {"hours_per_unit": {"ceu": 5, "day": 6}}, {"hours_per_unit": {"ceu": 12, "day": 4}})], "caps": [cap("home", 11, HOME)]},
}  # fmt: skip


def cases() -> Cases:
    found: Cases = {}
    home = {"format": "asynchronous"}
    given: dict[str, dict[str, Any]] = {"home": home, "unstated": {"format": None}, "live": {}}
    for rule in ("shut", "shut_whole", "shut_total", "shut_open", "shut_read"):
        for name, more in given.items():
            found[f"{rule}_{name}"] = one(rule, h(2, "suicide"), h(4, "ethics", **more))
            found[f"{rule}_{name}_both"] = one(rule, h(4, "ethics", "suicide", **more), h(1, "telehealth", **more))
            found[f"{rule}_{name}_parts"] = one(rule, h(1), split("hour", (2, "ethics"), (1, "hiv"), (1, "suicide"), **more))
            found[f"{rule}_{name}_taught"] = one(rule, h(6, "ethics", activity="teaching", **more), h(1), confirmed=["format:c1"])
    for name, topic in (("ethics", "ethics"), ("hiv", "hiv"), ("suicide", "suicide")):
        for confirmed in ([], ["subjects"]):
            found[f"subjects_{name}_{len(confirmed)}"] = one(
                "subjects", h(9, "ethics"), h(3, topic), h(1, "trauma"), confirmed=confirmed
            )
    for expires in ("2026-12-31", "2027-05-31", "2028-06-30", "2029-06-30"):
        found[f"labels_{expires}"] = one("labels", h(5, "ethics", **home), h(2, "hiv", "trauma"), expires=expires)
        found[f"labels_{expires}_inactive"] = one("labels", expires=expires, status="inactive")
        found[f"labels_{expires}_outside"] = one("labels", h(1), expires=expires, on="2022-01-01", profession="mft")
        found[f"labels_{expires}_waived"] = one("labels", h(5, "ethics"), expires=expires, waivers=["ethics", "hiv"])
    teaching = {"activity": "teaching"}
    for rule in ("course_period", "course_year", "course_day", "course_entry", "course_total"):
        days = ("2025-07-01", "2026-05-31", "2026-06-01")
        found[f"{rule}_three"] = one(rule, *(h(3, completed=day, **teaching) for day in days))
        found[f"{rule}_one_day"] = one(rule, h(2, **teaching), h(2, **teaching), h(2, "ethics", **teaching))
        found[f"{rule}_long"] = one(rule, h(9, "ethics", started="2026-02-27", **teaching), h(2, **teaching, **home))
        found[f"{rule}_unstated"] = one(rule, h(9, activity=None), h(2, format=None, **teaching), h(4, "ethics"))
        found[f"{rule}_earlier"] = one(rule, h(4, completed="2025-05-31", **teaching), h(4, **teaching))
    found["courses_long"] = one("courses", h(2, "ethics", "suicide"), h(5, "ethics"), h(1, "law", activity="exam"), h(3, "law"))
    found["courses_parts"] = one("courses", split("hour", (2, "ethics"), (5, "suicide"), (1, "trauma")), h(0, "ethics"))
    found["courses_unit"] = one("courses", h(2, "ethics", unit="day"), h(1, "trauma", unit="ceu"))
    found["courses_minutes"] = one("courses", h(90, "suicide", unit="minute"), h(1, "law", unit="exam"))
    found["courses_exam_not_taken"] = one("courses", h(3, "law", approvals=[]))
    titled = [{"title": "Course 11"}, {"title": "Course 22"}, {"title": "Course 33"}]
    for first in ("x", "y"):
        found[f"again_{first}"] = one(
            "again",
            h(2, title="Course 5"),
            *(h(4, "ethics", course={"id": name}, **more) for name, more in zip((first, "x", "x"), titled, strict=True)),
        )
    for amount in (4, 4.01, 5, 8, 9):
        found[f"two_days_{amount}"] = one(
            "two_days", h(amount, **home), h(9 - min(amount, 8), activity="exam"), h(8, completed="2026-05-01")
        )
    for amount in (0.5, 0.51, 1):
        found[f"share_day_{amount}"] = one("share_day", h(amount), h(amount, completed="2026-04-01"))
        found[f"rate_day_{amount}"] = one("rate_day", h(amount, **teaching), h(amount, completed="2026-04-01"))
        found[f"ceu_day_{amount}"] = one("ceu_day", h(amount, unit="ceu"), h(amount, completed="2026-04-01"))
    for minutes in (30, 59, 60):
        found[f"least_{minutes}"] = one("least", h(minutes, "ethics", unit="minute"), h(1.9, "ethics"))
    for bodies in ([], None, ["apa"]):
        found[f"except_for_{bodies}"] = one(
            "except_for", split("hour", (2, "ethics"), (1, "suicide"), approvals=bodies), h(3, "hiv", approvals=bodies)
        )
        found[f"except_for_{bodies}_plain"] = one(
            "except_for", h(3, "hiv", approvals=bodies, title="Course 7"), h(3, "ethics", approvals=bodies)
        )
    for activity in ("certification", None, "course"):
        for confirmed in ([], ["activity:c2"]):
            found[f"either_{activity}_{len(confirmed)}"] = one(
                "either", h(3, "ethics"), h(1, activity=activity), confirmed=confirmed
            )
    for activity in ("certification", None, "course"):
        found[f"either_capped_{activity}"] = one(
            "either_capped", h(4, "ethics", "suicide", **home), h(1, activity=activity), h(14)
        )
    for first in ("ethics", "suicide"):
        found[f"one_asked_{first}"] = one(
            "one_asked", h(9, first, format=None), h(9, "ethics", format=None, approvals=None), h(9, "suicide", format=None)
        )
    for number in (None, 2, 3, 4):
        found[f"fourth_{number}"] = one("fourth", h(20), issued=None, renewals=number)
    for end in ("2026-05-31", "2026-06-01", "2026-06-02"):
        listed = [{"start": "2025-06-01", "end": end}]
        found[f"yearly_{end}"] = one("yearly", h(4), h(3, **teaching), periods=listed, on="2026-05-31")
        overlapping = [{"start": "2023-06-01", "end": "2025-06-01"}]
        found[f"yearly_{end}_overlapping"] = one("yearly", h(4), periods=overlapping, on=end)
    for day in ("2026-12-31", "2027-01-01", "2028-12-31"):
        found[f"calendar_{day}"] = one("calendar", h(3, "ethics", completed=day), expires="2028-12-31", on="2028-12-31")
    for amount in (10, 11, 15, 16):
        found[f"share_cap_{amount}"] = one("share_cap", h(amount, **home), h(15))
    for kind in ("association", "company", None):
        found[f"sponsor_{kind}"] = one("sponsor", h(5, sponsor={"kind": kind}), h(1, sponsor={"kind": "employer"}), h(2))
    for amount in (0.9, 1, 1.1, 1.2):
        found[f"units_{amount}"] = one("units", h(amount, unit="ceu", **home), h(1, unit="day"), h(3))
    for name, more in given.items():
        found[f"shut_beside_{name}"] = one("shut_beside", h(4, "ethics", **more))
        found[f"course_home_{name}"] = one("course_home", h(9, **teaching, **more))
    # An hour of ethics is none of the total, so those that are missing there are missing besides.
    found["outside"] = one("outside", h(17, "hiv"))
    for topic in ("hiv", "trauma"):
        found[f"wider_{topic}"] = one("wider", h(2, topic))
    for confirmed in ([], ["bodies"]):
        found[f"bodies_{len(confirmed)}"] = one("bodies", h(10, approvals=["apa"]), h(3), confirmed=confirmed)
    found["taught_and_home"] = one("taught_and_home", h(5, **home), h(8, activity="teaching", completed="2026-05-01"))
    return found
