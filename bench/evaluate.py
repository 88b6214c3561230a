"""How long one evaluation takes as licenses and credits grow, and what loading the rules costs beside it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from goodstanding.conf.content import content_root
from goodstanding.core.documents import parse_document
from goodstanding.core.rules import evaluate, load_rules
from goodstanding.core.rules.case import case_of
from goodstanding.core.rules.load import read_rules

ON = dt.date(2026, 11, 23)
RULES = ("us/ca/lpcc", "us/ca/lmft", "us/ca/lcsw")


def case(licenses: int, credits: int) -> str:  # noqa: A002
    lines = [f"on: {ON}", "licenses:"]
    holder = "issued: 2019-05-10, expires: 2027-05-31, renewals: 3, facts: {couples_and_families: true}"
    lines.extend(f"  - {{rule: {name}, {holder}}}" for name in RULES[:licenses])
    lines.append("credits:")
    for number in range(credits):
        day = dt.date(2025, 6, 2) + dt.timedelta(days=number * 2 % 500)
        topic = ("ethics", "suicide", "telehealth", "ethics_us_ca")[number % 4]
        approvals = "[nbcc]" if number % 5 else "[]"
        lines.append(
            f"  - {{id: c{number}, title: Course {number}, completed: {day}, quantity: {{amount: 1.5, unit: hour}}, "
            f"parts: [{{amount: 1, topics: [{topic}]}}], format: asynchronous, activity: course, approvals: {approvals}}}"
        )
    return "\n".join(lines)


def milliseconds(action: Callable[[], object], runs: int) -> float:
    best = float("inf")
    for _ in range(runs):
        begun = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - begun)
    return best * 1000


def main() -> None:
    rules = load_rules(content_root() / "rules")
    print(f"read and check all rules: {milliseconds(lambda: read_rules(content_root() / 'rules'), 3):.1f} ms")
    base = 0.0
    for licenses, credits in ((1, 10), (1, 60), (1, 200), (3, 200)):  # noqa: A001
        parsed = case_of(parse_document(case(licenses, credits), name="bench"), rules)
        took = milliseconds(lambda parsed=parsed: evaluate(parsed.licenses, parsed.credits, rules, ON), 10)  # type: ignore[misc]
        base = base or took
        print(f"evaluate {licenses} license(s), {credits:3} credits: {took:6.2f} ms, {took / base:5.1f} x")


if __name__ == "__main__":
    main()
