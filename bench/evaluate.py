"""How long one evaluation takes under each rule as credits grow, and what loading the rules costs beside it."""

from __future__ import annotations

import datetime as dt
import re
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
GOALS = {60: 2.0, 200: 5.0}
"""Milliseconds that one evaluation should stay under, by the number of credits."""
COLD, KEPT, PERSON = 1000, 30, 40
"""Milliseconds for reading all rules, for finding that none has changed, and for a person with ten licenses and 100 credits."""
SLOWEST = 12
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


def unstated(text: str) -> str:
    """The same credits without what many certificates leave out: how they were given, and who approved them."""
    return re.sub(r", (format: \w+|approvals: \[\w+\])", "", text)


def milliseconds(action: Callable[[], object], runs: int) -> float:
    """The median of several runs, in time of the processor: what else the machine does meanwhile is left out."""
    took = []
    for _ in range(runs):
        begun = time.process_time()
        action()
        took.append(time.process_time() - begun)
    return statistics.median(took) * 1000


def measure(rules: RuleBook, text: str) -> float:
    """How long the answer to one case takes."""
    parsed = case_of(parse_document(text, name="bench"), rules)

    def run() -> object:
        return evaluate(parsed.licenses, parsed.credits, rules, ON)

    run()
    return milliseconds(run, ROUNDS)


def figure(took: float, goal: float) -> str:
    return f"{took:8.2f}{'*' if took >= goal else ' '}"


def main() -> None:
    folder = content_root() / "rules"
    print(f"read all rules: {milliseconds(lambda: read_rules(folder), 3):.0f} ms, kept: ", end="")
    load_rules(folder)
    print(f"{milliseconds(lambda: load_rules(folder), 5):.1f} ms (goals: {COLD} and {KEPT})")
    rules = load_rules(folder)
    rows = {name: [measure(rules, case(rules, [name], count)) for count in GOALS] for name in rules}
    print(
        f"{f'median ms of one license, {len(rows)} rules':40}"
        + "".join(f"{count:>5} cr. " for count in GOALS)
        + "  (* misses the goal)"
    )
    columns = [list(column) for column in zip(*rows.values(), strict=True)]
    print(f"  {'median of all':38}" + "".join(map(figure, map(statistics.median, columns), GOALS.values())))
    within = [sum(took < goal for took in column) for column, goal in zip(columns, GOALS.values(), strict=True)]
    print(f"  {'rules within the goal':38}" + "".join(f"{count:8} " for count in within))
    for name in sorted(rows, key=lambda name: -max(rows[name]))[:SLOWEST]:
        print(f"  {name:38}" + "".join(map(figure, rows[name], GOALS.values())))
    name = "us/ca/psychologist"
    took = [measure(rules, unstated(case(rules, [name], count))) for count in GOALS]
    print(f"  {name + ', unstated':38}" + "".join(map(figure, took, GOALS.values())))
    spread = list(rules)[:: max(1, len(rows) // 10)][:10]
    print(f"one person, 10 licenses, 100 credits: {measure(rules, case(rules, spread, 100)):.1f} ms (goal: {PERSON})")


if __name__ == "__main__":
    main()
