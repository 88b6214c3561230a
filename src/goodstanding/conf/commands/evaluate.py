"""``goodstanding evaluate``: what the licenses of a case still owe."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import textwrap
from pathlib import Path

from goodstanding.conf.commands.days import day
from goodstanding.conf.content import content_root
from goodstanding.core.rules.case import read_case
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.explain import show_day
from goodstanding.core.rules.load import load_rules
from goodstanding.core.rules.outcome import Evaluation, show_number, to_json

HELP = "say what the licenses of a case still owe"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE.yaml", type=Path, help="licenses and credits, as the documentation describes them")
    parser.add_argument("--on", type=day, metavar="DATE", help="the day to answer for (default: that of the case, or else today)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """0 with the answer on standard output, whatever the standing; 1, by DocumentError, for a case that is not valid."""
    rules = load_rules(content_root() / "rules")
    case = read_case(args.case, rules)
    # The clock is read here, at the edge; the evaluation itself has none.
    on = args.on or case.on or dt.datetime.now().astimezone().date()
    answer = evaluate(case.licenses, case.credits, rules, on)
    if args.json:
        _print(json.dumps(to_json(answer), indent=2, ensure_ascii=False))
    else:
        for evaluation in answer.evaluations:
            _show(evaluation)
    return 0


def _show(evaluation: Evaluation) -> None:
    period = "period not known"
    if evaluation.period is not None:
        period = f"{show_day(evaluation.period.start)} to {show_day(evaluation.period.end)}"
    _print(f"{evaluation.title}: {evaluation.standing.upper()} on {show_day(evaluation.on)} ({period})")
    _print(evaluation.summary)
    _print(f"Next: {evaluation.next_step}")
    for one in evaluation.requirements:
        _print(f"\n{one.outcome.upper():<8}{one.id}")
        _print(textwrap.fill(one.why, 100, initial_indent="        ", subsequent_indent="        "))
    for excused in evaluation.not_applicable:
        _print(f"\n{'-':<8}{excused.id}: {excused.why}")
    for cap in evaluation.caps:
        _print(f"\n{'LIMIT':<8}{cap.id}: {cap.why}")
    if evaluation.credits:
        _print("\nCredits")
    for credit in evaluation.credits:
        toward = ", ".join(f"{name} {show_number(hours)}" for name, hours in credit.toward.items()) or "nothing"
        _print(f"  {show_day(credit.completed)}, {credit.title}: toward {toward}. {credit.why_not or ''}".rstrip())
    open_ = [question for question in evaluation.open_questions if question.decides and not question.confirmed]
    if open_:
        _print("\nOpen questions")
    for question in open_:
        _print(f"  {question.id} (decides {', '.join(question.decides)}): {question.text}")
    _print(
        f"\nRule {evaluation.rule}, version {evaluation.rule_version}, confidence {evaluation.confidence}, "
        f"checked on {show_day(evaluation.checked_on)}. Check with your board: {evaluation.board_url or evaluation.board}\n"
    )


def _print(line: str) -> None:
    print(line)  # noqa: T201 - the answer of a command
