"""``goodstanding check``: validate rules, courses and standards, with file, line and mend for each finding."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from goodstanding.conf.content import content_root
from goodstanding.core.documents import Finding

HELP = "validate rules, courses or standards"
KINDS = ("rules", "courses", "standards")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", metavar="rules|courses|standards", choices=KINDS, help="default: everything there is")
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="the folder to check (default: the one shipped)")


def run(args: argparse.Namespace) -> int:
    """0 if nothing is wrong; 1 with one line per finding on standard error."""
    findings = 0
    for kind in [args.what] if args.what else KINDS:
        folder = args.path or content_root() / kind
        if not folder.exists():
            if args.path or kind != "standards":
                print(f"goodstanding: There is no {folder}. Check the path.", file=sys.stderr)  # noqa: T201
                findings += 1
            else:
                # Asked for by name or not, an absent set of data has nothing wrong in it; but never say it was checked.
                _print("standards: there are none yet, so there was nothing to check")
            continue
        if kind == "standards":
            print(f"goodstanding: {folder} can not be checked: no standards are defined yet.", file=sys.stderr)  # noqa: T201
            findings += 1
            continue
        found = list(_checker(kind)(folder))
        for finding in found:
            print(str(finding), file=sys.stderr)  # noqa: T201 - one line per finding
        findings += len(found)
        if not found:
            _print(f"{kind}: nothing wrong in {folder}")
    return 1 if findings else 0


def _checker(kind: str) -> Callable[[Path], Iterable[Finding]]:
    if kind == "rules":
        from goodstanding.core.rules.check import check_rules

        return lambda folder: check_rules(folder, vocabulary=content_root() / "rules")
    from goodstanding.core.courseware.check import check_courses

    return check_courses


def _print(line: str) -> None:
    print(line)  # noqa: T201 - the answer of a command
