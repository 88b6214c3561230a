"""
The command `goodstanding`: finds the module of a subcommand in `conf.commands` and runs it.

Each module there has `HELP`, `add_arguments(parser)` and `run(args) -> int`. Only the module asked for is imported, so that
`goodstanding evaluate` starts without Django. Exit codes: 0 done; 1 the answer is no; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from goodstanding.core.documents import DocumentError

COMMANDS = {
    "serve": "start the whole product on this machine",
    "claim": "make a link with which the first administrator is made",
    "demo": "fill a separate demonstration database and say how to sign in",
    "rules": "list the rules, or show one",
    "evaluate": "say what the licenses of a case still owe",
    "check": "validate rules, courses or standards",
    "verify": "check a certificate, or the audit log",
    "reseal": "bring private texts to the newest key",
    "unlock": "remove the second step of someone who lost it",
    "backup": "write database and files into one file, also while the product serves",
    "restore": "put a backup in the place of what is there",
}

INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def available() -> dict[str, str]:
    """The subcommands whose module is there, with one line of help each."""
    return {name: text for name, text in COMMANDS.items() if importlib.util.find_spec(f"goodstanding.conf.commands.{name}")}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (default: that of the process) and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except DocumentError as error:
        for finding in error.findings:
            _complain(str(finding))
        return 1
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does.
        _give_up_output()
        return 0
    except OSError as error:
        _give_up_output()
        _complain(f"goodstanding: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _run(arguments: list[str]) -> int:
    commands = available()
    chosen = next((argument for argument in arguments if not argument.startswith("-")), None)
    parser = Parser(prog="goodstanding", description="Ethics continuing education, and what each license still owes.")
    parser.add_argument("--version", action="version", version=f"goodstanding {importlib.metadata.version('goodstanding')}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    modules = {}
    for name, text in commands.items():
        subparser = subparsers.add_parser(name, help=text, description=f"{text[:1].upper()}{text[1:]}.")
        if name == chosen:
            modules[name] = importlib.import_module(f"goodstanding.conf.commands.{name}")
            modules[name].add_arguments(subparser)
    args = parser.parse_args(arguments)
    if args.command is None:
        parser.error(f"name a command: {', '.join(commands)}")
    code: int = modules[args.command].run(args)
    return code


def _give_up_output() -> None:
    """Nothing more can be written, also not what Python would flush while it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str) -> None:
    print(" ".join(message.split()), file=sys.stderr)  # noqa: T201 - the error of a command


if __name__ == "__main__":
    sys.exit(main())
