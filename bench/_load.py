"""Pages per second of an address, measured with wrk (Debian's package of that name)."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping

CONNECTIONS = 4


class LoadToolMissingError(Exception):
    """wrk is not on this machine; the message says how to get it."""


def require_load_tool() -> None:
    if not shutil.which("wrk"):
        raise LoadToolMissingError("wrk is not here: apt-get install wrk")


def pages_per_second(url: str, *, seconds: float, headers: Mapping[str, str] | None = None) -> float:
    """How many answers a second some connections at once get; SystemExit if one of them was an error."""
    given = [part for name, value in (headers or {}).items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--timeout", "10s", *given, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{url} answered with errors:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


def spread(values: Iterable[float]) -> str:
    """The least and the most of several runs."""
    several = sorted(values)
    return f"{several[0]:.2f} to {several[-1]:.2f}"
