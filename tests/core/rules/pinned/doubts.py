"""What entries leave unstated, who approved them, which courses they are, and other ways to meet a requirement."""

from __future__ import annotations

from typing import Any

from tests.core.rules.pinned.build import Cases, cap, h, need, one, question, split

TOTAL = need("total", 20)
LIVE = {"formats": ["live_in_person", "live_online"]}
TEACHING = {"activities": ["teaching"]}

RULES = {
    "plain": {"requirements": [TOTAL, need("ethics", 3)]},
    "any_body": {"requirements": [TOTAL], "accepts": {"bodies": ["nbcc"], "others": "any_body"}},
    "anyone": {"requirements": [TOTAL], "accepts": {"others": "anyone"}},
    "except_for": {"requirements": [TOTAL, need("ethics", 3)], "accepts": {"bodies": ["nbcc"], "others": "none", "except_for": TEACHING}},
    "accepts_open": {
        "requirements": [TOTAL, need("ethics", 3)],
        "open_questions": [
            question(
                "bodies",
                {},
                {"accepts": {"bodies": ["nbcc", "apa"], "others": "none"}},
                {"accepts": {"bodies": ["nbcc"], "others": "any_body", "except_for": TEACHING}},
            )
        ],
    },
    "anyone_open": {"requirements": [TOTAL], "open_questions": [question("bodies", {}, {"accepts": {"others": "anyone"}})]},
    "repeats_open": {"requirements": [TOTAL, need("ethics", 3)]},
    "repeats_read": {"requirements": [TOTAL], "open_questions": [question("again", {"repeats": "counted"}, {"repeats": "not_counted"})]},
    "formats": {
        "requirements": [TOTAL, need("live", 10, which=LIVE), need("room", 4, which={"formats": ["live_in_person"]}, within="live")],
        "caps": [cap("home", 8, {"formats": ["asynchronous"]})],
    },
    "contested": {"requirements": [TOTAL, need("room", 4, which={"formats": ["live_in_person"]}), need("home", 4, which={"formats": ["asynchronous"]})]},
    "sponsors": {
        "requirements": [TOTAL, need("listed", 5, which={"sponsors": ["association", "university"]}), need("approved", 2, which={"approved_by": ["apa"]})],
        "caps": [cap("employer", 6, {"sponsors": ["employer"]})],
        "accepts": {"bodies": ["nbcc", "apa"], "others": "none"},
    },
    "courses": {
        "requirements": [
            need("law", kind="course", which={"courses": ["KB-7", "other"]}),
            need("numbered", kind="course", which={"numbered_by": ["kbsw"]}),
            need("titled", 2, which={"title_has": ["Ethics", "moral"]}),
            need("hiv", kind="course"),
            need("exam", kind="exam", which={"activities": ["exam"], "topics": ["jurisprudence"]}),
        ],
    },
    "bodies": {
        "requirements": [need("one", 2, which={"approved_by": ["nbcc"]}), need("other", 2, which={"approved_by": ["apa"]})],
        "accepts": {"bodies": ["nbcc", "apa"], "others": "none"},
    },
    "two_courses": {"requirements": [need(one, kind="course", topics=[], which={"courses": [name]}) for one, name in (("law", "KB-7"), ("ethics", "LA-9"))]},
    "live_or_taught": {"requirements": [need("some", 8, which={"any": [LIVE, TEACHING]}), need("live", 1, which=LIVE)]},
    "live_and_taught": {"requirements": [need("some", 8, which={**LIVE, **TEACHING})]},
    "law_or_ethics": {"jurisdiction": "US-CA", "requirements": [need("some", 6, topics=["law_us_ca", "ethics"]), need("law", 1, topics=["law_us_ca"])]},
    "state": {
        "jurisdiction": "US-CA",
        "requirements": [
            TOTAL,
            need("law", 3, topics=["law_us_ca"]),
            need("child_abuse", kind="course", topics=["child_abuse_us_ca"]),
            need("both", 2, topics=["law_and_ethics_us_ca", "telehealth"]),
            need("which", 1, which={"topics": ["jurisprudence_us_ca"]}),
        ],
    },
    "combined": {
        "requirements": [
            TOTAL,
            need("some", 4, which={"any": [{"topics": ["ethics"], "formats": ["live_online"]}, {"activities": ["exam"]}], "not": {"sponsors": ["employer"]}}),
        ],
        "caps": [cap("mixed", 3, {"any": [{"formats": ["asynchronous"]}, {"title_has": ["self-study"]}], "not": {"topics": ["ethics"]}})],
    },
    "stated": {
        "requirements": [
            TOTAL,
            need("law", kind="attestation", fact="practicing"),
            need("plan", kind="unsettled", says="A learning plan in some form."),
            need("hiv", 4, alternatives=[{"fact": "hiv_equivalent_approved", "says": "an approved equivalent"}, {"entry": {"activities": ["certification"]}, "says": "a certificate"}]),
            need("suicide", 3, applies_when={"fact": "direct_care", "is": True}, applies_text="you give direct care", alternatives=[{"fact": "suicide_program_certificate", "says": "a program"}]),
            need("since", 1, topics=["trauma"], applies_when={"fact": "hspp_since", "at_least": "2020-01-01"}, applies_text="since 2020"),
        ]
    },
    "stated_open": {
        "requirements": [TOTAL, need("law", kind="attestation", fact="practicing"), need("trauma", kind="course"), need("jurisprudence", kind="exam")],
        "open_questions": [
            question("kind", {}, {"requirements": {"law": {"due": False}, "trauma": {"due": False}}}),
            question("when", {}, {"requirements": {"jurisprudence": {"window": "ever"}}}, {"requirements": {"jurisprudence": {"frequency": "first_renewal"}}}),
        ],
    },
    "daily": {"requirements": [TOTAL], "caps": [cap("day", 8, {"activities": ["course"]}, per="day")], "hour_minutes": 60},
}  # fmt: skip


def cases() -> Cases:
    found: Cases = {}
    approvals = {
        "none": [],
        "unstated": None,
        "other": ["apa"],
        "named_otherwise": ["NBCC ACEP"],
        "unknown_body": ["someone"],
        "two": ["apa", "nbcc"],
    }
    for rule in ("plain", "any_body", "anyone", "except_for", "accepts_open", "anyone_open"):
        for name, bodies in approvals.items():
            for activity in ("course", "teaching", None):
                found[f"{rule}_{name}_{activity}"] = one(rule, h(3, "ethics", approvals=bodies, activity=activity), h(17))
        found[f"{rule}_confirmed"] = one(
            rule, h(3, "ethics", approvals=None), h(17, approvals=None), confirmed=["approvals:c1", "approvals:c2"]
        )
        found[f"{rule}_confirmed_one"] = one(
            rule,
            h(3, "ethics", approvals=None),
            h(17, approvals=None),
            confirmed=["approvals:c2", "bodies"] if "open" in rule else ["approvals:c2"],
        )
        found[f"{rule}_all"] = one(rule, h(3, "ethics", approvals=None), h(17, approvals=["apa"]), confirmed="all")
        found[f"{rule}_unneeded"] = one(rule, h(3, "ethics", approvals=None), h(20, "ethics"))
        found[f"{rule}_useless"] = one(rule, h(16, "ethics", approvals=None), h(3, "ethics"))
    course = {"course": {"id": "x"}}
    for rule in ("repeats_open", "repeats_read"):
        for amount, name in ((10, "enough"), (9, "short")):
            found[f"{rule}_{name}"] = one(rule, h(10, "ethics", **course), h(amount, completed="2026-04-01", **course))
            found[f"{rule}_{name}_all"] = one(
                rule, h(10, "ethics", **course), h(amount, completed="2026-04-01", **course), confirmed="all"
            )
        found[f"{rule}_confirmed"] = one(
            rule, h(10, "ethics", **course), h(10, completed="2026-04-01", **course), confirmed=["repeat:c2"]
        )
        found[f"{rule}_longer_later"] = one(
            rule, h(3, "ethics", **course), h(17, completed="2026-04-01", **course), h(2, completed="2026-05-01", **course)
        )
    for form in ("live_in_person", "live_online", "hybrid", "asynchronous", None):
        for amount in (8, 9, 10):
            found[f"formats_{form}_{amount}"] = one(
                "formats", h(amount, "ethics", format=form), h(6), h(4, format="live_in_person")
            )
        found[f"contested_{form}"] = one("contested", h(4, format=form), h(16, format="asynchronous"), confirmed=["format:c1"])
    found["formats_all_unstated"] = one("formats", h(20, format=None))
    found["formats_confirmed"] = one("formats", h(20, format=None), confirmed=["format:c1"])
    found["formats_by_parts"] = one(
        "formats",
        {
            "quantity": {"amount": 20, "unit": "hour"},
            "format": None,
            "parts": [
                {"amount": 4, "format": "live_in_person"},
                {"amount": 7, "format": "live_online"},
                {"amount": 8, "format": "asynchronous"},
            ],
        },
    )
    found["contested_both"] = one("contested", h(8, format=None), h(12, format="hybrid"), confirmed="all")
    for kind in ("association", "university", "employer", "other", None):
        sponsor = {"sponsor": {"name": "Someone", "kind": kind}}
        for amount in (4, 5, 6, 7):
            found[f"sponsors_{kind}_{amount}"] = one(
                "sponsors", h(amount, **sponsor), h(14, approvals=["apa"], sponsor={"kind": "company"})
            )
    found["sponsors_unstated"] = one("sponsors", h(18), h(2, approvals=None), confirmed=["sponsor:c1"])
    found["sponsors_approvals_confirmed"] = one("sponsors", h(18), h(2, approvals=None), confirmed=["approvals:c2"])
    identities: dict[str, dict[str, Any]] = {
        "listed": {"course": {"id": "KB-7"}},
        "by_number": {"course": {"numbers": {"kbsw": "KB-7"}}},
        "other_number": {"course": {"numbers": {"kbsw": 7}}},
        "no_number": {"course": {"numbers": {"naadac": "7"}}},
        "id_only": {"course": {"id": "else"}},
        "nothing": {},
        "title": {"title": "ETHICS in practice"},
        "other_title": {"title": "Depression"},
        "moral": {"title": "Immoral acts"},
        "not_accepted": {"course": {"id": "KB-7", "numbers": {"kbsw": 1}}, "approvals": []},
        "unapproved": {"course": {"id": "KB-7"}, "approvals": None},
    }
    for name, identity in identities.items():
        for short in (0, 1.99, 2):
            found[f"courses_{name}_{short}"] = one("courses", h(short, "hiv", **identity))
    found["courses_confirmed"] = one("courses", h(2), confirmed=["course:c1", "title:c1"])
    found["courses_exam"] = one(
        "courses", h(1, "jurisprudence", unit="exam", approvals=None, activity=None), h(0, "hiv", completed="2025-05-31")
    )
    found["courses_exam_by_activity"] = one("courses", h(1, "jurisprudence", activity="exam", approvals=[]))
    found["courses_exam_unstated"] = one("courses", h(1, "jurisprudence", activity=None))
    found["courses_exam_other_topic"] = one("courses", h(1, "ethics", unit="exam"))
    for topic in (
        "law",
        "law_us_ca",
        "law_us_tx",
        "law_and_ethics",
        "law_and_ethics_us_ca",
        "jurisprudence",
        "jurisprudence_us_ca",
        "ethics",
        "child_abuse",
        "child_abuse_us_ca",
        "child_abuse_updated_us_ca",
        "telehealth_law_and_ethics",
    ):
        found[f"state_{topic}"] = one("state", h(3, topic), h(17))
        found[f"state_{topic}_confirmed"] = one("state", h(3, topic), h(17), confirmed=["state:c1"])
    found["state_two_topics"] = one(
        "state", h(3, "law", "telehealth"), split("hour", (1, "law_us_ca"), (1, "child_abuse")), h(15)
    )
    for form, activity, kind, title in (
        ("live_online", "course", "company", "Talk"),
        ("live_online", "course", "employer", "Talk"),
        ("live_online", "course", None, "Untitled"),
        ("asynchronous", "exam", "company", "Self-Study"),
        ("asynchronous", "course", "company", "Talk"),
        (None, "course", "company", "Talk"),
        (None, None, None, "Untitled"),
        ("hybrid", None, "company", "Talk"),
    ):
        more = {"format": form, "activity": activity, "sponsor": {"kind": kind}, "title": title}
        found[f"combined_{form}_{activity}_{kind}_{title}"] = one(
            "combined", h(4, "ethics", **more), h(4, **more), h(13, sponsor={"kind": "company"}, title="Talk")
        )
        found[f"combined_{form}_{activity}_{kind}_{title}_all"] = one(
            "combined", h(4, "ethics", **more), h(4, **more), h(13, sponsor={"kind": "company"}, title="Talk"), confirmed="all"
        )
    for name, facts in {
        "none": {},
        "yes": {
            "practicing": True,
            "hiv_equivalent_approved": True,
            "direct_care": True,
            "suicide_program_certificate": True,
            "hspp_since": "2020-01-01",
        },
        "no": {
            "practicing": False,
            "hiv_equivalent_approved": False,
            "direct_care": False,
            "suicide_program_certificate": False,
            "hspp_since": "2019-12-31",
        },
        "direct": {"direct_care": True, "hspp_since": "2020-01-02"},
    }.items():
        found[f"stated_{name}"] = one("stated", h(20), facts=facts)
        found[f"stated_{name}_done"] = one(
            "stated", h(4, "hiv"), h(3, "suicide"), h(1, "trauma"), h(12), facts=facts, confirmed=["unsettled_plan"]
        )
        found[f"stated_{name}_certificate"] = one("stated", h(1, activity="certification"), h(19), facts=facts)
        found[f"stated_{name}_perhaps_certificate"] = one("stated", h(1, activity=None), h(19, "suicide"), facts=facts)
        for day in ("2025-05-31", "2025-06-01"):
            found[f"stated_open_{name}_{day}"] = one(
                "stated_open", h(1, "jurisprudence", unit="exam", completed=day), h(20, "trauma", completed=day), facts=facts
            )
        found[f"stated_open_{name}_confirmed"] = one("stated_open", h(20), facts=facts, confirmed=["kind"])
        found[f"stated_open_{name}_all"] = one(
            "stated_open", h(20), facts=facts, confirmed="all", renewals=0, issued="2025-07-01"
        )
    for long in (8, 8.01, 9, 16):
        for started in (None, "2026-02-28", "2026-03-01"):
            found[f"daily_{long}_{started}"] = one(
                "daily", h(long, started=started), h(8, completed="2026-05-01"), h(4, completed="2026-05-02")
            )
            found[f"daily_{long}_{started}_minutes"] = one(
                "daily",
                h(long * 60, unit="minute", started=started),
                h(8, completed="2026-05-01"),
                h(4, completed="2026-05-02"),
            )
    found["daily_other_activity"] = one("daily", h(20, activity="teaching"))
    found["daily_unstated_activity"] = one("daily", h(20, activity=None))
    found["daily_unit_unknown"] = one("daily", h(2, unit="ceu"), h(12, activity=None, approvals=None))
    # One course may have several approvals, but is one course only.
    found["bodies_confirmed"] = one("bodies", h(2, approvals=None), confirmed=["approvals:c1"])
    found["two_courses_confirmed"] = one("two_courses", h(2), confirmed=["course:c1"])
    # Only what could decide is asked: not the activity of what is live by confirmation, nor the format of what is taught.
    found["live_or_taught_confirmed"] = one(
        "live_or_taught", h(4, format=None, activity=None), h(4, approvals=None), confirmed=["format:c1"]
    )
    found["live_or_taught_taught"] = one("live_or_taught", h(4, format=None, activity="teaching"), h(4, format=None))
    found["live_and_taught"] = one("live_and_taught", h(4, format=None, activity="teaching"), h(4, activity=None))
    found["law_or_ethics"] = one("law_or_ethics", h(3, "law", "ethics"), h(3, "ethics", approvals=None))
    return found
