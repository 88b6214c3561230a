"""Cases drawn at random, always the same ones, from a rule that uses most clauses at once."""

from __future__ import annotations

import random
from typing import Any

from tests.core.rules.pinned.build import Cases, cap, h, need, one, prorated, question, variant

RULES = {
    "one": {
        "requirements": [
            need("total", 12, variants=[prorated(1, 2, round="up")]),
            need("ethics", 3),
            need("suicide", 2, frequency="every", every={"renewals": 2}),
            need("live", share_of_total=0.5, which={"formats": ["live_online", "live_in_person"]}),
            need("supervision", 2, on_top=True, applies_when={"fact": "supervisor", "is": True}, applies_text="you supervise"),
            need("law", kind="course", frequency="once"),
        ],
        "caps": [cap("home", 5, {"formats": ["asynchronous"]}), cap("day", 6, per="day"), cap("taught", 2, {"activities": ["teaching"]}, on=["ethics"])],
        "open_questions": [
            question("hours", {}, {"requirements": {"ethics": {"hours": 4}}}, {"requirements": {"suicide": {"due": False}}}),
            question("home_limit", {}, {"caps": {"home": {"hours": 7}}}),
        ],
        "hour_minutes": 50,
        "round_down_to": 0.25,
        "carry_in": {"allowed": True, "at_most": {"total": 2}},
    },
    "two": {
        "requirements": [
            need("total_each_year", 6, each_year=True),
            need("ethics", 4, not_with=["suicide"], window={"years": 3}),
            need("suicide", 3, applies_when={"renewals": True, "at_least": 1}, applies_text="you renewed", variants=[variant({"fact": "telehealth", "is": True}, share="2/3")]),
            need("boundaries", 1, within="ethics"),
            need("trauma", 2, due_by={"date": "2026-06-30"}),
        ],
        "caps": [cap("entry", 4, {"activities": ["teaching", "other"]}, per="entry"), cap("year", 3, {"formats": ["asynchronous", "hybrid"]}, per="year")],
        "open_questions": [
            question("bodies", {}, {"accepts": {"bodies": ["nbcc"], "others": "any_body"}}),
            question("hour", {"hour_minutes": 50}, {"hour_minutes": 60}),
        ],
        "accepts": {"bodies": ["nbcc"], "others": "none", "except_for": {"activities": ["teaching"]}},
        "repeats": "not_counted",
    },
}  # fmt: skip

TOPICS = ("ethics", "suicide", "supervision", "law", "boundaries", "trauma", "telehealth", "law_and_ethics")
CONFIRMED: dict[str, list[Any]] = {
    "one": [[], ["hours"], ["home_limit"], "all"],
    "two": [[], ["bodies"], ["hour", "late_trauma"], "all"],
}
EACH = 70


def cases() -> Cases:
    found: Cases = {}
    for rule in RULES:
        drawn = random.Random(f"pinned {rule}")
        for number in range(EACH):
            entries = [_entry(drawn) for _ in range(drawn.randint(1, 7))]
            license_: dict[str, Any] = {
                "renewals": drawn.choice([None, 0, 1, 2, 3]),
                "issued": drawn.choice([None, "2015-05-01", "2024-12-15", "2025-09-10"]),
                "facts": {fact: drawn.random() < 0.5 for fact in ("supervisor", "telehealth") if drawn.random() < 0.6},
                "confirmed": drawn.choice(CONFIRMED[rule]),
                "carried_in": drawn.choice([{}, {}, {("total" if rule == "one" else "ethics"): 3}]),
            }
            if license_["issued"] == "2025-09-10":
                license_["renewals"] = 0
            found[f"{rule}_{number}"] = one(rule, *entries, **license_)
    return found


def _entry(drawn: random.Random) -> dict[str, Any]:
    """One entry; `None` of the choices is what an entry leaves unstated."""
    minutes = drawn.random() < 0.2
    amount = drawn.choice([20, 49, 50, 110, 180, 240]) if minutes else drawn.choice([0, 0.5, 1, 2, 3, 4, 6, 7.5])
    topics = drawn.sample(TOPICS, drawn.choice([0, 1, 1, 1, 2, 3]))
    more: dict[str, Any] = {
        "completed": drawn.choice(["2024-05-31", "2024-06-02", "2025-05-31", "2025-06-01", "2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01", "2026-11-01", "2026-12-01"]),
        "format": drawn.choice(["live_online", "live_in_person", "asynchronous", "asynchronous", "hybrid", None]),
        "activity": drawn.choice(["course", "course", "course", "teaching", "other", None]),
        "approvals": drawn.choice([["nbcc"], ["nbcc"], ["nbcc"], ["apa"], [], None]),
        "course": drawn.choice([None, None, None, {"id": "x"}, {"id": "y"}]),
    }  # fmt: skip
    if drawn.random() < 0.1:
        more["provisional"] = True
    if amount and more["completed"] == "2026-03-01" and drawn.random() < 0.5:
        more["started"] = "2026-02-28"
    return h(amount, *topics, unit="minute" if minutes else "hour", **more)
