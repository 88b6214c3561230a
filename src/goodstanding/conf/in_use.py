"""
Who works on the state folder: any number of processes that serve, or one that restores, never both.

A lock on a file, which the system takes back from a process that ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["FILE", "InUseError", "alone", "join_in"]

FILE = "in-use"

_held: list[int] = []


class InUseError(Exception):
    """The state folder is in use in a way that excludes this one; the message says which."""


def join_in(home: Path) -> None:
    """Count this process, and those that it forks, among those that use the folder, until they end."""
    _held.append(_lock(home, fcntl.LOCK_SH, f"a restore is under way in {home}; wait until it is done"))


@contextlib.contextmanager
def alone(home: Path) -> Iterator[None]:
    """Nobody else uses the folder, and nobody begins to, until the block ends."""
    descriptor = _lock(home, fcntl.LOCK_EX, f"the server runs in {home}; stop it first, then run this again")
    try:
        yield
    finally:
        os.close(descriptor)


def _lock(home: Path, how: int, refusal: str) -> int:
    descriptor = os.open(home / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InUseError(refusal) from None
    return descriptor
