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
    print(f"{milliseconds(lambda: load_rules(folder), 5):.1f} ms")
    rules = load_rules(folder)
    print(f"{'median ms of one license':32}" + "".join(f"{count:>5} cr. " for count in GOALS) + "  (* misses the goal)")
    rows: list[list[float]] = []
    for name in rules:
        rows.append([measure(rules, case(rules, [name], count)) for count in GOALS])
        print(f"  {name:30}" + "".join(map(figure, rows[-1], GOALS.values())))
    columns = [list(column) for column in zip(*rows, strict=True)]
    print(f"  {'median of all':30}" + "".join(map(figure, map(statistics.median, columns), GOALS.values())))
    name = "us/ca/psychologist"
    took = [measure(rules, unstated(case(rules, [name], count))) for count in GOALS]
    print(f"  {name + ', unstated':30}" + "".join(map(figure, took, GOALS.values())))
    several = list(rules)[:10]
    print(f"{len(several)} licenses, 200 credits: {measure(rules, case(rules, several, 200)):.1f} ms")


if __name__ == "__main__":
    main()
