"""
``goodstanding reseal``: bring every stored private text to the newest key, after the key was changed.

Put the new key before the former one in ``GOODSTANDING_PRIVATE_KEY`` (separated by a comma) or in the file ``private-key``
(on a line of its own), start the server anew, then run this. Once it says that nothing is left, the former key may go; but
keep it as long as you keep a backup that was made before.

It may be stopped and run again at any time, also while the product serves. It names rows, never what is in them.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from goodstanding.conf.database import UNREADABLE, NoDatabaseError, set_up_database

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goodstanding.flows.resealing import Resealed

HELP = "bring private texts to the newest key"
DONE, LEFT = 0, 1
_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--batch", type=_batch, metavar="N", help="texts at a time (default: 200)")


def run(args: argparse.Namespace) -> int:
    """0: every text is under the newest key. 1: some are not, for the reasons on stderr."""
    try:
        set_up_database()
    except NoDatabaseError as error:
        return _refuse(str(error))
    from django.db import Error

    from goodstanding.private_text import NoKeyError

    try:
        return _reseal(args.batch)
    except NoKeyError as error:
        return _refuse(str(error))
    except Error:
        return _refuse(UNREADABLE)


def _reseal(batch: int | None) -> int:
    from goodstanding.flows.resealing import BATCH, reseal_texts

    latest: dict[str, Resealed] = {}
    for state in reseal_texts(batch=batch or BATCH):
        latest[state.kind] = state
        _say(f"{state.kind}: {state.done} of {max(state.total, state.done)} resealed" + ("" if state.left is None else ", done"))
    complaints = [line for state in latest.values() for line in _complaints(state)]
    if not complaints:
        _say("Every private text is under the newest key. The former keys are needed for older backups only.")
        return DONE
    for line in complaints:
        _refuse(line)
    if any(state.unknown_key for state in latest.values()) and not any(state.done for state in latest.values()):
        _refuse("is the former key there? It must stand behind the new one, separated by a comma or on a line of its own")
    return LEFT


def _complaints(state: Resealed) -> Iterable[str]:
    if state.unknown_key:
        yield (
            f"{state.kind}: {len(state.unknown_key)} were sealed with a key that is not here, and stay as they are: "
            f"{_ids(state.unknown_key)}"
        )
    if state.damaged:
        yield f"{state.kind}: {len(state.damaged)} are damaged or stand in the wrong row, and stay as they are: {_ids(state.damaged)}"
    if state.left:
        yield (
            f"{state.kind}: {state.left} were written with a former key while this ran. Start the server anew with the new "
            "key first, then run this again"
        )


def _ids(rows: Iterable[str]) -> str:
    names = sorted(rows)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _batch(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 10_000:  # noqa: PLR2004
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 10000")
    return int(value)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _refuse(message: str) -> int:
    sys.stderr.write(f"goodstanding reseal: {' '.join(message.split())}\n")
    return LEFT
