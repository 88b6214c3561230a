"""Hours that several requirements could use: parts of parts, hours on top, hours apart, under limits that cross."""

from __future__ import annotations

import itertools
from typing import Any

from tests.core.rules.pinned.build import Cases, cap, h, need, one, question

HOME = {"formats": ["asynchronous"]}
TEACHING = {"activities": ["teaching"]}

RULES = {
    "parts": {"requirements": [need("total", 12), need("cultural_competence", 6), need("lgbtq", 3, within="cultural_competence"), need("ethics", 3)]},
    "on_top": {"requirements": [need("total", 10), need("ethics", 3), need("supervision", 4, on_top=True), need("telehealth", 2, on_top=True)]},
    "apart": {"requirements": [need("total", 10), need("ethics", 4, not_with=["suicide", "law"]), need("suicide", 3), need("law", 3)]},
    "ring": {"requirements": [need("ethics", 3, not_with=["suicide"]), need("suicide", 3, not_with=["law"]), need("law", 3, not_with=["ethics"])]},
    "capped": {
        "requirements": [need("total", 12), need("ethics", 4), need("suicide", 4, not_with=["ethics"]), need("telehealth", 3, on_top=True)],
        "caps": [cap("home", 6, HOME), cap("teaching", 5, TEACHING), cap("some", 3, {"activities": ["self_directed"]}, on=["ethics", "suicide"])],
    },
    "owners": {
        "requirements": [need("total", 10), need("ethics", 4), need("suicide", 4), need("law", 2, within="ethics")],
        "caps": [cap("ethics_home", 2, HOME, on=["ethics"]), cap("suicide_taught", 2, TEACHING, on=["suicide"]), cap("two", 3, {"activities": ["exam", "supervision"]}, on=["ethics", "suicide"])],
    },
    "one_way": {
        "requirements": [need("total", 6), need("telehealth", 2)],
        "caps": [cap("home", 1, HOME, on=["telehealth"])],
        "open_questions": [question("credits", {"hours_per_unit": {"semester_credit": 10}}, {"requirements": {"telehealth": {"hours": 1}}})],
    },
    "two_ways": {
        "requirements": [need("total", 6), need("telehealth", 2)],
        "caps": [cap("home", 1, HOME, on=["telehealth"])],
        "open_questions": [question("bodies", {"accepts": {"bodies": ["nbcc"], "others": "none"}}, {"accepts": {"bodies": ["apa"], "others": "none"}, "requirements": {"total": {"hours": 9}}})],
    },
    "yearly": {
        "requirements": [need("total_each_year", 6, each_year=True), need("ethics", 4), need("suicide", 2, on_top=True, each_year=True)],
        "caps": [cap("home", 4, HOME, per="year"), cap("day", 5, per="day")],
    },
    "windows": {
        "requirements": [need("total", 10), need("ethics", 4, window={"years": 3}), need("suicide", 3, window="ever"), need("law", 2, frequency="once")],
        "caps": [cap("home", 4, HOME)],
    },
}  # fmt: skip

KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"format": "asynchronous"},
    {"activity": "teaching"},
    {"format": "asynchronous", "activity": "teaching"},
)


def cases() -> Cases:
    found: Cases = {}
    for culture, narrow, ethics in itertools.product((0, 3, 6), (0, 2, 3, 7), (2, 3)):
        found[f"parts_{culture}_{narrow}_{ethics}"] = one(
            "parts", h(culture, "cultural_competence"), h(narrow, "lgbtq"), h(ethics, "ethics")
        )
    for ethics, supervision, both in itertools.product((0, 3), (0, 4, 5), (0, 3, 6)):
        found[f"on_top_{ethics}_{supervision}_{both}"] = one(
            "on_top", h(ethics, "ethics"), h(supervision, "supervision"), h(both, "supervision", "telehealth", "ethics"), h(6)
        )
    for first, second, third in itertools.product((0, 3, 4), (2, 4), (0, 3, 5)):
        entries = [
            h(first, "ethics", "suicide"),
            h(second, "ethics", "law", completed="2026-04-01"),
            h(third, "suicide", "law", completed="2026-02-01"),
        ]
        found[f"apart_{first}_{second}_{third}"] = one("apart", *entries, h(2))
        found[f"ring_{first}_{second}_{third}"] = one("ring", *entries)
        found[f"ring_all_{first}_{second}_{third}"] = one("ring", h(first, "ethics", "suicide", "law"), *entries[1:])
    for (number, one_kind), (other, other_kind), amount in itertools.product(enumerate(KINDS), enumerate(KINDS), (3, 5, 8)):
        if number <= other:
            entries = [
                h(amount, "ethics", "suicide", **one_kind),
                h(4, "suicide", "telehealth", completed="2026-04-01", **other_kind),
                h(3, "ethics", completed="2026-02-01", activity="self_directed"),
                h(2, completed="2026-05-01", **other_kind),
            ]
            found[f"capped_{number}_{other}_{amount}"] = one("capped", *entries)
            found[f"owners_{number}_{other}_{amount}"] = one(
                "owners", *entries[:2], h(3, "ethics", "law", **other_kind), h(4, "ethics", "suicide", activity="supervision")
            )
            found[f"windows_{number}_{other}_{amount}"] = one(
                "windows",
                h(amount, "ethics", "law", completed="2024-06-01", **one_kind),
                h(2, "suicide", completed="2020-01-01", **other_kind),
                h(3, "suicide", "ethics", **other_kind),
                h(5, **one_kind),
            )
    for first, second, third in itertools.product((0, 4, 6), (3, 6), (2, 5)):
        found[f"yearly_{first}_{second}_{third}"] = one(
            "yearly",
            h(first, "ethics", "suicide", completed="2026-05-31", format="asynchronous"),
            h(second, "ethics", completed="2026-05-31"),
            h(third, "suicide", completed="2026-06-01"),
            h(second, completed="2026-06-01", format="asynchronous"),
        )
    found["capped_fractions"] = one(
        "capped",
        h(2.5, "ethics", "suicide", format="asynchronous"),
        h(3.75, "suicide", **KINDS[3]),
        h(0.01, "telehealth"),
        h(7.33),
    )
    found["capped_unstated"] = one("capped", h(6, "ethics", format=None), h(6, "suicide", activity=None), h(3, "telehealth"))
    found["owners_unstated"] = one("owners", h(6, "ethics", "suicide", format=None), h(4, "law", activity=None))
    found["capped_oldest_first"] = one(
        "capped",
        *(h(2, "ethics", format="asynchronous", completed=f"2026-0{month}-01") for month in (4, 1, 3, 2)),
        h(4, "suicide"),
    )
    # The total and the subject are shown by different readings, in which the same hours count, or others.
    for rule in ("one_way", "two_ways"):
        for bodies in (["nbcc"], ["apa"]):
            found[f"{rule}_{bodies[0]}"] = one(
                rule, h(2, "telehealth", format="asynchronous"), h(1, "telehealth", approvals=bodies), h(1, approvals=bodies)
            )
    return found
