"""
Changes one thing at a time and sees whether a test notices: ``make mutation``.

`rules` changes the rule files, `evaluator` the program that reads them. Everything runs on a copy of the sources, so an edit
during the run changes nothing. Prints what was not noticed; exit code 1 if less than 95 % of either was.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from goodstanding.core.documents import read_document
from tests.mutation.mutant import Mutant, sampled, shared_out

ROOT = Path(__file__).parents[2]
ON_A_COPY = "GOODSTANDING_MUTATION_ON_A_COPY"
WANTED = 0.95
CHUNK = 25
EQUIVALENT = Path(__file__).parent / "equivalent.yaml"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["rules", "evaluator"], help="what is changed (default: both)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="TEXT", help="files with this in their path; may be repeated"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="try only N mutants of the rule files and N of the evaluator")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which sample (default: 1)")
    parser.add_argument("--more", action="store_true", help="change also signs, `and`, `or`, `not` and `in` in the evaluator")
    parser.add_argument("--pinned", action="store_true", help="try the evaluator against its pinned cases alone, which is quick")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="P", help="how many at once")
    options = parser.parse_args()
    if ON_A_COPY not in os.environ:
        return _on_a_copy()
    good = [run(options) for what, run in (("rules", _rules), ("evaluator", _evaluator)) if options.what in (None, what)]
    return 0 if all(good) else 1


def _on_a_copy() -> int:
    with tempfile.TemporaryDirectory(prefix="goodstanding-mutation-") as folder:
        copy = Path(folder)
        for name in ("src", "rules", "tests"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        environment = os.environ | {
            ON_A_COPY: "1",
            "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, "-m", "tests.mutation", *sys.argv[1:]]
        return subprocess.run(command, cwd=copy, env=environment, check=False).returncode


def _rules(options: argparse.Namespace) -> bool:
    from tests.mutation import in_rules

    started = time.monotonic()
    chosen = sampled(
        [one for rule in in_rules.names(options.only) for one in in_rules.mutants_of(rule)],
        size=options.sample,
        seed=options.seed,
    )
    by_file = _by_file(chosen)

    def work(file: str) -> list[str]:
        tests = in_rules.Tests(file.removeprefix("rules/").removesuffix(".yaml"))
        return [str(int(tests.notice(mutant.payload))) for mutant in by_file[file]]

    noticed = shared_out(list(by_file), work, processes=options.processes)
    return _report("Rule files", chosen, [one == "1" for lines in noticed for one in lines], started)


def _evaluator(options: argparse.Namespace) -> bool:
    from tests.mutation import in_evaluator

    started = time.monotonic()
    modules = in_evaluator.modules(options.only)
    chosen = sampled(
        [mutant for name in modules for mutant in in_evaluator.mutants_of(name, more=options.more)],
        size=options.sample,
        seed=options.seed,
    )
    in_evaluator.prepare()
    chunks = [mutants[at : at + CHUNK] for mutants in _by_file(chosen).values() for at in range(0, len(mutants), CHUNK)]

    def work(mutants: list[Mutant]) -> list[str]:
        name = Path(mutants[0].file).stem
        found = [str(int(one)) for one in in_evaluator.notice(name, mutants, pinned=options.pinned)]
        # Neither order nor number of these lines matters; they show that a long run gets on.
        print(f"{mutants[0].file}: {found.count('1')} of {len(mutants)} noticed", file=sys.stderr, flush=True)
        return found

    if modules and work([in_evaluator.unchanged(modules[0])]) != ["0"]:
        raise SystemExit("The tests fail before anything is changed; mend that first.")
    noticed = shared_out(chunks, work, processes=options.processes)
    return _report("Evaluator", chosen, [one == "1" for lines in noticed for one in lines], started)


def _by_file(mutants: Iterable[Mutant]) -> dict[str, list[Mutant]]:
    found: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        found.setdefault(mutant.file, []).append(mutant)
    return found


def _report(title: str, mutants: list[Mutant], noticed: list[bool], started: float) -> bool:
    """Print what was not noticed and the shares; whether enough was noticed."""
    equivalent = {(one["file"], one["place"], one["change"]) for one in read_document(EQUIVALENT).data}
    files, kinds = Counter[str](), Counter[str]()
    files_seen, kinds_seen = Counter[str](), Counter[str]()
    excused = 0
    print(f"\n== {title}: not noticed")
    for mutant, seen in zip(mutants, noticed, strict=True):
        if not seen and mutant.name in equivalent:
            excused += 1
            continue
        files[mutant.file] += 1
        kinds[mutant.kind] += 1
        files_seen[mutant.file] += seen
        kinds_seen[mutant.kind] += seen
        if not seen:
            print(mutant)
    for counted, of in ((files_seen, files), (kinds_seen, kinds)):
        print()
        for name in sorted(of):
            print(f"  {name:48} {counted[name]:5} of {of[name]:5}  {100 * counted[name] / of[name]:5.1f} %")
    total, seen_all = sum(files.values()), sum(files_seen.values())
    share = seen_all / total if total else 1.0
    left_out = f"; {excused} more can change no answer" if excused else ""
    print(
        f"  {title}: {seen_all} of {total} noticed, {100 * share:.1f} %{left_out} ({time.monotonic() - started:.0f} s)",
        flush=True,
    )
    return share >= WANTED


if __name__ == "__main__":
    sys.exit(main())
