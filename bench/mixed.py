"""
A quarter of an hour of mixed load on PostgreSQL at 70 % of what the machine can do: no error, and memory that stays flat.

locust plays the learners. It is installed for this into a folder of its own, outside the locks. First it asks as fast as answers
come, which gives the capacity; then at 70 % of that. Not part of a plain run: `make bench B=mixed`, `B="mixed 5"` for five minutes.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

from bench._served import ROOT, TOOLS, ask, postgres, product, tool_environment

MINUTES, SHARE, LEARNERS = 15.0, 0.7, 40
REQUESTS_A_TASK = 1.25
"""locust counts tasks; five of twenty make two requests (`_locustfile`)."""
LOCUST = "locust==2.47.0"
WARM_SECONDS = 60
ON_DEMAND = True
"""Takes too long for a plain run."""


def main() -> None:
    minutes = next((float(each) for each in sys.argv[2:] if each.replace(".", "").isdigit()), MINUTES)
    python = tool_environment("locust", LOCUST)
    if python is None:
        print("locust can not be installed here, so nothing was measured.")
        return
    with postgres() as address, product(database=address) as server:
        crowd = ask(server, "_crowd", str(LEARNERS), database=address)
        play(python, server.url, crowd, seconds=10, rate=0)
        full, _ = play(python, server.url, crowd, seconds=40, rate=0)
        capacity = full["requests"] / 40
        print(f"capacity: {capacity:.0f} requests a second, {full['failures']} failures", flush=True)
        with Memory(server.process.pid) as memory:
            stats, rows = play(python, server.url, crowd, seconds=round(minutes * 60), rate=SHARE * capacity)
        print(
            f"{minutes:g} minutes at {stats['requests'] / minutes / 60:.0f} requests a second ({SHARE:.0%}): {stats['requests']} requests, "
            f"{stats['failures']} failures, median {stats['median']:.0f} ms, 95 of 100 within {stats['95%']:.0f} ms"
        )
        for row in rows:
            print(
                f"  {row['Name']:28} {row['Request Count']:>7}, {row['Failure Count']:>3} failures, median {row['Median Response Time']} ms"
            )
        memory.say()


def play(python: Path, url: str, crowd: dict, *, seconds: int, rate: float) -> tuple[dict, list[dict]]:
    """Let locust ask for some time, `rate` requests a second in all; without one as fast as answers come."""
    users = LEARNERS if rate else 8
    each = f"{rate / REQUESTS_A_TASK / users:.4f}" if rate else "0"
    environment = {**os.environ, "BENCH_CROWD": json.dumps(crowd), "BENCH_RATE": each}
    out = TOOLS / "locust-run"
    command = [str(python), "-m", "locust", "-f", str(ROOT / "bench" / "_locustfile.py"), "--headless", "--only-summary"]
    subprocess.run(
        [*command, "-u", str(users), "-r", str(users), "-t", f"{seconds}s", "--host", url, "--csv", str(out)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    with Path(f"{out}_stats.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    total = next(row for row in rows if row["Name"] == "Aggregated")
    stats = {"requests": int(total["Request Count"]), "failures": int(total["Failure Count"])}
    return {**stats, "median": float(total["Median Response Time"]), "95%": float(total["95%"])}, [
        row for row in rows if row["Name"] != "Aggregated"
    ]


class Memory:
    """The resident memory of a process and all below it, looked at every few seconds."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._samples: dict[int, list[tuple[float, float]]] = {}
        self._names: dict[int, str] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def say(self) -> None:
        """The slope of each process over the time after it has warmed up."""
        for pid, samples in self._samples.items():
            first = samples[0][0] + WARM_SECONDS
            later = [sample for sample in samples if sample[0] >= first] or samples
            slope = statistics.linear_regression(*zip(*later, strict=True)).slope * 3600 if len(later) > 1 else 0.0
            print(
                f"  {self._names[pid]:10} {later[0][1]:6.1f} MB after {WARM_SECONDS} s, {later[-1][1]:6.1f} MB at the end, {slope:+.1f} MB an hour"
            )

    def _watch(self) -> None:
        while not self._stop.wait(2):
            for pid in _below(self._pid):
                try:
                    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
                    command = Path(f"/proc/{pid}/cmdline").read_bytes()
                except OSError:
                    continue
                resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
                kind = "parent" if pid == self._pid else "worker" if b"conf.worker" in command else "web"
                self._names.setdefault(pid, kind)
                self._samples.setdefault(pid, []).append((time.monotonic(), resident / 1024))


def _below(pid: int) -> list[int]:
    """The process and everything that it started."""
    found, queue = [], [pid]
    while queue:
        one = queue.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            queue += [int(each) for each in task.read_text(encoding="ascii").split()]
    return found


if __name__ == "__main__":
    main()
