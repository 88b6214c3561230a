"""``goodstanding rules``: list the rules, or show one."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from fractions import Fraction

from goodstanding.conf.commands.days import day
from goodstanding.conf.content import content_root
from goodstanding.core.rules.load import Rule, RuleBook, load_rules, suggest
from goodstanding.core.rules.model import InForce
from goodstanding.core.rules.outcome import show_number
from goodstanding.core.rules.published import chosen, rule_to_json, summaries

HELP = "list the rules, or show one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="list|show", required=True)
    listing = actions.add_parser("list", help="one row per rule and profession")
    listing.add_argument("--json", action="store_true", help="print JSON")
    show = actions.add_parser("show", help="one rule with its sources")
    show.add_argument("id", metavar="ID", help="such as us/ca/lpcc")
    show.add_argument("--on", type=day, metavar="DATE", help="only what is in force for periods that end on that day")
    show.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """0 with the rules on standard output; 1 if there is no such rule."""
    book = load_rules(content_root() / "rules")
    if args.action == "list":
        rows = summaries(book)
        if args.json:
            _print(json.dumps(rows, indent=2, ensure_ascii=False))
        else:
            for row in rows:
                _print(f"{row['id']:<16} {row['profession']:<14} {', '.join(row['license_types']):<12} {row['confidence']}")
        return 0
    if args.id not in book:
        print(f"goodstanding: There is no rule `{args.id}`. {suggest(args.id, book)}", file=sys.stderr)  # noqa: T201
        return 1
    if args.json:
        _print(json.dumps(rule_to_json(book[args.id], on=args.on), indent=2, ensure_ascii=False))
    else:
        _show(book, book[args.id], on=args.on)
    return 0


def _show(book: RuleBook, rule: Rule, *, on: dt.date | None) -> None:
    file = rule.file
    _print(f"{file.title} ({rule.file.id}, version {rule.version})")
    _print(", ".join(filter(None, (file.board.name, file.board.url))))
    _print(f"Confidence: {file.confidence}. Checked on {file.checked_on}. Check with your board before you rely on it.")
    _print(f"Period: {file.cycle.months} months; {file.cycle.anchor}.")
    for one in chosen(rule, on=on):
        hours = f"{show_number(one.hours)} hours" if one.hours is not None else _share(one.share_of_total) or one.kind
        _print(f"\n{one.id}: {hours}, {one.label}{_dates(file.in_force_of(one))}")
        _print(f"  {one.says}")
        if one.applies_text:
            _print(f"  Only if {one.applies_text}.")
        for alternative in one.alternatives:
            _print(f"  Instead: {alternative.says}.")
        for source in one.sources:
            _print(f"  Source ({file.sources[source].kind}): {file.sources[source].url}")
    for cap in file.caps:
        if on is None or file.in_force_of(cap).covers(on):
            most = f"{show_number(cap.hours)} hours" if cap.hours is not None else _share(cap.share_of_total)
            per = "" if cap.per == "period" else f" a {cap.per}" if cap.per != "entry" else " of one entry"
            _print(f"\nAt most {most}{per}: {cap.label}{_dates(file.in_force_of(cap))}")
            _print(f"  {cap.says}")
            for source in cap.sources:
                _print(f"  Source ({file.sources[source].kind}): {file.sources[source].url}")
    for question in file.open_questions:
        _print(f"\nOpen question {question.id}: {question.text}")
        for reading in question.readings:
            _print(f"  - {reading.says}")
    facts = book.questions_for(file.id)
    if facts:
        _print("\nAsked about you:")
        for fact_id, fact in facts.items():
            _print(f"  {fact_id}: {fact.question}")
    for note in file.notes:
        _print(f"\nNote: {note.text}")


def _share(share: Fraction | None) -> str:
    return "" if share is None else f"{share} of the total"


def _dates(dates: InForce) -> str:
    by = dates.by.replace("_", " ")
    parts = [f"from {dates.from_}"] * bool(dates.from_) + [f"to {dates.to}"] * bool(dates.to)
    return f" (in force {' '.join(parts)}, by {by})" if parts else ""


def _print(line: str) -> None:
    print(line)  # noqa: T201 - the answer of a command
