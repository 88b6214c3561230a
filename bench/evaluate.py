"""How long one evaluation takes under each rule as credits grow, and what loading the rules costs beside it."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable

from goodstanding.conf.content import content_root
from goodstanding.core.documents import parse_document
from goodstanding.core.rules import evaluate, load_rules
from goodstanding.core.rules.case import case_of
from goodstanding.core.rules.load import RuleBook, read_rules

ON = dt.date(2026, 11, 23)
ROUNDS = 15
TOPICS = (
    "ethics",
    "law_and_ethics_us_ca",
    "suicide",
    "telehealth",
    "cultural_competence",
    "domestic_violence",
    "implicit_bias",
    "boundaries",
    "medical_errors",
    "pain",
)
FORMATS = ("asynchronous", "live_online", "live_in_person")


def case(rules: RuleBook, names: list[str], credits: int) -> str:  # noqa: A002
    """Licenses whose holder answered every question about themselves, and credits that state everything."""
    lines = [f"on: {ON}", "licenses:"]
    for name in names:
        facts = ", ".join(f"{fact}: {answer_to(rules, fact)}" for fact in rules.questions_for(name))
        profession = rules[name].file.professions[0]
        holder = f"profession: {profession}, issued: 2015-06-01, expires: 2027-05-31, renewals: 5, facts: {{{facts}}}"
        lines.append(f"  - {{rule: {name}, {holder}}}")
    lines.append("credits:")
    for number in range(credits):
        day = dt.date(2025, 6, 2) + dt.timedelta(days=number * 2 % 500)
        approvals = "[nbcc]" if number % 5 else "[apa]"
        lines.append(
            f"  - {{id: c{number}, title: Course {number}, completed: {day}, quantity: {{amount: 1.5, unit: hour}}, "
            f"parts: [{{amount: 1, topics: [{TOPICS[number % 10]}]}}], format: {FORMATS[number % 3]}, activity: course, "
            f"sponsor: {{kind: association}}, course: {{id: k{number}}}, approvals: {approvals}}}"
        )
    return "\n".join(lines)


def answer_to(rules: RuleBook, fact: str) -> str:
    declared = rules.facts[fact]
    return {"boolean": "true", "date": "2016-01-01", "integer": "1"}.get(declared.type) or next(iter(declared.options))


def milliseconds(action: Callable[[], object], runs: int) -> float:
    """The median of several runs."""
    took = []
    for _ in range(runs):
        begun = time.perf_counter()
        action()
        took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1000


def main() -> None:
    folder = content_root() / "rules"
    print(f"read all rules: {milliseconds(lambda: read_rules(folder), 3):.0f} ms, kept: ", end="")
    load_rules(folder)
    print(f"{milliseconds(lambda: load_rules(folder), 5):.1f} ms")
    rules = load_rules(folder)
    print(f"{'one license, median ms with credits:':36}{60:>8}{200:>8}")
    for name in rules:
        figures = []
        for credits in (60, 200):  # noqa: A001
            parsed = case_of(parse_document(case(rules, [name], credits), name="bench"), rules)
            run = lambda parsed=parsed: evaluate(parsed.licenses, parsed.credits, rules, ON)  # type: ignore[misc]  # noqa: E731
            run()
            figures.append(milliseconds(run, ROUNDS))
        print(f"  {name:34}" + "".join(f"{figure:8.2f}" for figure in figures))
    several = list(rules)[:10]
    parsed = case_of(parse_document(case(rules, several, 200), name="bench"), rules)
    took = milliseconds(lambda: evaluate(parsed.licenses, parsed.credits, rules, ON), 5)
    print(f"{len(several)} licenses, 200 credits: {took:.1f} ms")


if __name__ == "__main__":
    main()
