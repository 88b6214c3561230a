"""What a mutant is, and the small pieces that mutants of rule files and of the evaluator share."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

WIDTH = 6


@dataclass(frozen=True)
class Mutant:
    """One change in one place. `place` stays the same when lines move, so a list of equivalent mutants can name it."""

    file: str
    line: int
    kind: str
    place: str
    before: str
    after: str
    payload: str
    """The whole changed text."""

    @property
    def name(self) -> tuple[str, str, str]:
        return (self.file, self.place, f"{self.before} -> {self.after}")

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.place}: {self.before} -> {self.after}"


Item = TypeVar("Item")


def sampled(items: Sequence[Item], *, size: int | None, seed: int) -> list[Item]:
    """`size` of the items in their order, the same ones for the same seed; all of them without `size`."""
    if size is None or size >= len(items):
        return list(items)
    chosen = sorted(random.Random(seed).sample(range(len(items)), size))
    return [items[index] for index in chosen]


def in_child(work: Callable[[], bytes]) -> bytes | None:
    """
    What `work` returns, run in a forked process; None if that process ends otherwise, as by an alarm that it set itself.

    A mutant may loop without end, use up memory or leave modules changed. None of it reaches the next mutant.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        _be_quiet()
        try:
            os.write(writer, work())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        answer = file.read()
    os.waitpid(child, 0)
    return answer or None


def _be_quiet() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115


def shared_out(items: Sequence[Item], work: Callable[[Item], list[str]], *, processes: int) -> list[list[str]]:
    """The lines that `work` returns for each item, worked on by so many processes at once, in the order of the items."""
    reader, writer = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        workers = []
        for _ in range(max(1, min(processes, len(items)))):
            child = os.fork()
            if child == 0:
                os.close(writer)
                code = 1
                try:
                    while number := os.read(reader, WIDTH):
                        (Path(folder) / number.decode()).write_text("\n".join(work(items[int(number)])), encoding="utf-8")
                    code = 0
                except SystemExit as error:
                    print(error, file=sys.stderr, flush=True)
                finally:
                    os._exit(code)
            workers.append(child)
        os.close(reader)
        try:
            for index in range(len(items)):
                os.write(writer, str(index).zfill(WIDTH).encode())
        finally:
            os.close(writer)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in workers]
        if any(codes):
            raise SystemExit("A process of the mutation run ended early.")
        return [(Path(folder) / str(index).zfill(WIDTH)).read_text(encoding="utf-8").splitlines() for index in range(len(items))]
