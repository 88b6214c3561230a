"""``goodstanding check``: validate rules, courses and standards, with file, line and mend for each finding."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from goodstanding.conf.content import content_root
from goodstanding.core.documents import Finding
from goodstanding.core.rules.load import load_rules
from goodstanding.core.rules.overview import due_for_checking

HELP = "validate rules, courses or standards"
KINDS = ("rules", "courses", "standards")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", metavar="rules|courses|standards", choices=KINDS, help="default: everything there is")
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="the folder to check (default: the one shipped)")
    parser.add_argument(
        "--stale", type=int, metavar="DAYS", help="with rules: list those whose sources were last read longer ago than that"
    )
    parser.add_argument("--graph", type=Path, metavar="FILE.svg", help="draw a scenario of the course at PATH instead")
    parser.add_argument("--scenario", metavar="ID", help="with --graph: which one, if the course has several")
    parser.add_argument(
        "--diff", type=Path, metavar="OLDER", help="say what changed in the course at PATH since OLDER, its folder or stored JSON"
    )


def run(args: argparse.Namespace) -> int:
    """0 if nothing is wrong; 1 with one line per finding on standard error."""
    if args.graph or args.diff or args.scenario:
        return _course(args)
    if args.stale is not None:
        return _stale(args)
    findings = 0
    for kind in [args.what] if args.what else KINDS:
        folder = args.path or content_root() / kind
        if not folder.exists():
            print(f"goodstanding: There is no {folder}. Check the path.", file=sys.stderr)  # noqa: T201
            findings += 1
            continue
        found = list(_checker(kind)(folder))
        for finding in found:
            print(str(finding), file=sys.stderr)  # noqa: T201 - one line per finding
        findings += len(found)
        if not found:
            _print(f"{kind}: nothing wrong in {folder}")
        if args.what == "courses":
            from goodstanding.conf.commands.courses import summaries

            for line in summaries(folder):
                _print(line)
    return 1 if findings else 0


def _stale(args: argparse.Namespace) -> int:
    """A line for each rule that is due for another reading; 1 if there is one."""
    if args.what != "rules" or args.stale < 0:
        return _misused("--stale goes with `check rules`, and takes a number of days")
    book = load_rules(args.path or content_root() / "rules")
    due = due_for_checking(book, on=dt.datetime.now().astimezone().date(), days=args.stale)
    for one in due:
        _print(f"{one.checked_on}  {one.rule:<24} {one.confidence:<12} {one.open_questions} open questions  {one.title}")
    if not due:
        _print(f"rules: the sources of all {len(book.rules)} were read within {args.stale} days")
    return 1 if due else 0


def _course(args: argparse.Namespace) -> int:
    """What is asked about one course: a drawing, or a difference. 2 if the question does not name one."""
    if args.what != "courses" or args.path is None:
        return _misused("--graph, --scenario and --diff go with `check courses PATH`")
    if bool(args.graph) == bool(args.diff):
        return _misused("ask for one thing at a time: --graph FILE.svg, or --diff OLDER")
    from goodstanding.conf.commands import courses

    try:
        lines = (
            courses.draw(args.path, args.graph, scenario_id=args.scenario)
            if args.graph
            else courses.compare(args.path, args.diff)
        )
    except courses.UnclearScenarioError as error:
        return _misused(str(error))
    for line in lines:
        _print(line)
    return 0


def _misused(problem: str) -> int:
    print(f"goodstanding check: {problem} (see goodstanding check --help)", file=sys.stderr)  # noqa: T201
    return 2


def _checker(kind: str) -> Callable[[Path], Iterable[Finding]]:
    if kind == "rules":
        from goodstanding.core.rules.check import check_rules

        return lambda folder: check_rules(folder, vocabulary=content_root() / "rules")
    if kind == "standards":
        from goodstanding.core.standards.check import check_standards

        return check_standards
    from goodstanding.core.courseware.check import check_courses

    return check_courses


def _print(line: str) -> None:
    print(line)  # noqa: T201 - the answer of a command
