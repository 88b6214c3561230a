"""Open questions: readings of every kind, alone and together, settled and not."""

from __future__ import annotations

from tests.core.rules.pinned.build import Cases, cap, h, need, one, question, variant

TOTAL = need("total", 20)
ETHICS = need("ethics", 3)
HOME = {"formats": ["asynchronous"]}


def reading(**patch: object) -> dict[str, object]:
    return {"requirements": {"ethics": patch}}


RULES = {
    name: {"requirements": [TOTAL, ETHICS], "open_questions": [question("ask", {}, *readings)]}
    for name, readings in {
        "hours": (reading(hours=5), reading(hours=4)),
        "due": (reading(due=False),),
        "share": (reading(share_of_total=0.25),),
        "topics": (reading(topics=["ethics", "suicide"]), reading(topics=["law_and_ethics"])),
        "which": (reading(which={"formats": ["live_online"]}),),
        "frequency": (reading(frequency="first_renewal"), reading(frequency="later_renewals"), reading(frequency="once")),
        "every": (reading(every={"renewals": 3}), reading(every={"years": 6})),
        "window": (reading(window={"years": 3}), reading(window="ever")),
        "due_by": (reading(due_by={"months_after_issue": 6}), reading(due_by={"period": 5})),
        "each_year": (reading(each_year=True, hours=2),),
        "on_top": (reading(on_top=True),),
        "applies": (reading(applies_when={"fact": "supervisor", "is": True}, applies_text="you supervise"),),
        "variants": (reading(variants=[{"when": {"fact": "telehealth", "is": True}, "hours": 1, "says": "Less.", "sources": ["law"]}]),),
        "alternatives": (reading(alternatives=[{"fact": "telehealth", "says": "telehealth"}]),),
        "total": ({"requirements": {"total": {"hours": 24}}}, {"requirements": {"total": {"due": False}}}),
    }.items()
} | {
    "bodies_twice": {
        "requirements": [need("total", 8)],
        "open_questions": [
            question("ask", {"accepts": {"bodies": ["nbcc"], "others": "none"}}, {}),
            question("else", {"accepts": {"others": "anyone"}}, {}),
        ],
    },
    "other_way": {
        "requirements": [need("live", 4, which={"formats": ["live_in_person"]})],
        "open_questions": [question("ask", {}, {"requirements": {"live": {"which": HOME}}})],
    },
    "share_of_other_hours": {
        "requirements": [TOTAL, need("ethics", share_of_total=0.25)],
        "open_questions": [question("ask", {}, reading(topics=["ethics", "suicide"]))],
    },
    "within": {
        "requirements": [TOTAL, need("supervision", 6), ETHICS],
        "open_questions": [question("ask", {}, reading(within="supervision", topics=["ethics_for_supervisors"]), reading(not_with=["supervision"]))],
    },
    "linked": {
        "requirements": [TOTAL, ETHICS, need("suicide", 3), need("law", share_of_total="1/4")],
        "open_questions": [
            question("ask", {}, {"requirements": {"ethics": {"due": False}, "suicide": {"hours": 6}}}, {"requirements": {"ethics": {"hours": 6}, "suicide": {"due": False}}}),
            question("total", {}, {"requirements": {"total": {"hours": 16}}}),
        ],
    },
    "shared": {
        "requirements": [TOTAL, ETHICS, need("suicide", 4, not_with=["ethics"])],
        "caps": [cap("home", 5, HOME)],
        "open_questions": [
            question("ask", {}, {"requirements": {"ethics": {"hours": 4}}, "caps": {"home": {"hours": 8}}}, {"requirements": {"suicide": {"not_with": []}}}),
            question("bodies", {}, {"accepts": {"bodies": ["nbcc", "apa"], "others": "none"}}),
        ],
    },
    "many": {
        "requirements": [TOTAL, *(need(one, 2) for one in ("ethics", "suicide", "hiv", "trauma"))],
        "open_questions": [
            question(name, *({"requirements": {subject: {"hours": hours}}} for hours in (2, 3, 4)))
            for name, subject in (("first", "ethics"), ("second", "suicide"), ("third", "hiv"), ("fourth", "total"))
        ],
    },
    "votes": {
        "requirements": [TOTAL, *(need(one, 3) for one in ("ethics", "suicide", "hiv"))],
        "open_questions": [
            question(
                "ask",
                {"requirements": {"ethics": {"hours": 5}, "suicide": {"hours": 1}}},
                {"requirements": {"ethics": {"hours": 2}, "suicide": {"hours": 4}, "hiv": {"hours": 4}}},
                {"requirements": {"ethics": {"hours": 4}, "suicide": {"hours": 4}, "hiv": {"hours": 1}}},
            ),
            question("other", {}, {"requirements": {"hiv": {"topics": ["hiv", "ethics"]}}}),
        ],
    },
    "facts": {
        "requirements": [
            need("total", 20, variants=[variant({"all": [{"fact": "supervisor", "is": True}, {"fact": "telehealth", "is": False}]}, hours=16)]),
            need("ethics", 3, applies_when={"any": [{"fact": "direct_care", "is": True}, {"renewals": True, "at_most": 1}]}, applies_text="so"),
            need("suicide", 3, applies_when={"not": {"about": "issued_month", "is": 5}}, applies_text="not May"),
            need("law", share_of_total=0.25),
        ],
        "caps": [cap("home", 6, HOME, variants=[variant({"fact": "telehealth", "is": True}, hours=3)])],
    },
}  # fmt: skip


def cases() -> Cases:
    found: Cases = {}
    simple = [
        name
        for name in RULES
        if name
        not in ("bodies_twice", "other_way", "share_of_other_hours", "within", "linked", "shared", "many", "votes", "facts")
    ]
    for rule in simple:
        for amount in (1, 2, 2.99, 3, 4, 4.99, 5):
            found[f"{rule}_{amount}"] = one(rule, h(amount, "ethics"), h(20 - amount))
        found[f"{rule}_earlier"] = one(rule, h(3, "ethics", completed="2025-01-01"), h(20))
        found[f"{rule}_confirmed"] = one(rule, h(2, "ethics"), h(18), confirmed=["ask"])
        found[f"{rule}_confirmed_3"] = one(rule, h(3, "ethics", format=None), h(16, "suicide"), confirmed=["ask"])
        found[f"{rule}_facts"] = one(rule, h(2, "ethics"), h(18), facts={"supervisor": True, "telehealth": True})
        found[f"{rule}_other_facts"] = one(
            rule, h(2, "ethics"), h(18), facts={"supervisor": False, "telehealth": False}, confirmed="all"
        )
        found[f"{rule}_first_period"] = one(rule, h(4, "law_and_ethics"), h(15), renewals=0, issued="2025-08-15")
        found[f"{rule}_nothing_known"] = one(rule, h(3, "ethics"), h(17), renewals=None, issued=None)
        found[f"{rule}_enough"] = one(rule, h(25, "law_and_ethics", "suicide"), renewals=None, issued=None)
    for confirmed in ([], ["ask"]):
        mark = "_confirmed" if confirmed else ""
        for ethics, supervision, both in ((3, 6, 0), (0, 3, 3), (0, 0, 6), (3, 3, 3), (2, 4, 2), (0, 0, 9), (3, 0, 0)):
            found[f"within_{ethics}_{supervision}_{both}{mark}"] = one(
                "within",
                h(ethics, "ethics"),
                h(supervision, "supervision"),
                h(both, "ethics_for_supervisors"),
                h(11),
                confirmed=confirmed,
            )
        for ethics, suicide in ((3, 3), (6, 0), (0, 6), (2, 2), (5, 5), (6, 3), (3, 6)):
            found[f"linked_{ethics}_{suicide}{mark}"] = one(
                "linked", h(ethics, "ethics"), h(suicide, "suicide"), h(4, "law"), h(9), confirmed=confirmed
            )
            found[f"linked_{ethics}_{suicide}_all{mark}"] = one(
                "linked", h(ethics, "law_and_ethics"), h(suicide, "suicide"), h(8), confirmed="all" if confirmed else ["total"]
            )
            found[f"shared_{ethics}_{suicide}{mark}"] = one(
                "shared",
                h(ethics, "ethics", format="asynchronous"),
                h(suicide, "suicide", "ethics", format="asynchronous"),
                h(2, "suicide", approvals=["apa"]),
                h(2, "ethics", format=None),
                h(12),
                confirmed=confirmed,
            )
            found[f"shared_{ethics}_{suicide}_bodies{mark}"] = one(
                "shared",
                h(ethics, "ethics"),
                h(suicide, "suicide", "ethics"),
                h(4, "suicide", approvals=["apa"]),
                h(12),
                confirmed=[*confirmed, "bodies"],
            )
        for a, b, c in ((2, 2, 2), (3, 3, 3), (4, 4, 4), (1, 3, 4), (4, 3, 2)):
            found[f"many_{a}_{b}_{c}{mark}"] = one(
                "many",
                h(a, "ethics"),
                h(b, "suicide"),
                h(c, "hiv"),
                h(2, "trauma"),
                h(14),
                confirmed=["first", "third"] if confirmed else [],
            )
            found[f"votes_{a}_{b}_{c}{mark}"] = one(
                "votes", h(a, "ethics"), h(b, "suicide"), h(c, "hiv"), h(14), confirmed=confirmed
            )
            found[f"votes_{a}_{b}_{c}_all{mark}"] = one(
                "votes",
                h(a, "ethics"),
                h(b, "suicide"),
                h(c, "hiv", approvals=None),
                h(14),
                confirmed="all" if confirmed else ["other"],
            )
    for number in (None, 0, 1, 2):
        for name, facts in {
            "open": {},
            "yes": {"supervisor": True, "telehealth": True, "direct_care": True},
            "no": {"supervisor": True, "telehealth": False, "direct_care": False},
        }.items():
            for issued in (None, "2015-05-01", "2015-06-01"):
                found[f"facts_{number}_{name}_{issued}"] = one(
                    "facts",
                    h(4, "law", format="asynchronous"),
                    h(2, "ethics"),
                    h(3, "suicide"),
                    h(7),
                    renewals=number,
                    facts=facts,
                    issued=issued,
                )
    # That the first question makes no difference leaves the second as it is.
    found["bodies_twice"] = one("bodies_twice", h(5), h(4, approvals=[]))
    for bodies in (["nbcc"], None):
        found[f"other_way_{bodies}"] = one("other_way", h(4, format="asynchronous", approvals=bodies))
    for suicide in (2, 3):
        found[f"share_of_other_hours_{suicide}"] = one(
            "share_of_other_hours", h(2, "ethics"), h(suicide, "suicide"), h(18 - suicide)
        )
    return found
