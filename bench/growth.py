"""
How pages answer in a database with 100,000 learners and 1,000,000 credit entries, against one with a single learner.

Two servers run side by side, one on each database, and are asked in turn, so that whatever else the machine does falls on both.
Arguments: `growth LEARNERS` for another size, and `sqlite` or `postgresql` for one database alone.
"""

from __future__ import annotations

import http.client
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from bench._served import ask, postgres, product
from tests.server import Server

ROUNDS, GOAL = 40, 1.5
PUBLIC = ("verify",)
ON_DEMAND = True
"""Takes too long for a plain run."""


def main() -> None:
    arguments = sys.argv[2:] if sys.argv[1:2] == ["growth"] else []
    learners = next((int(each) for each in arguments if each.isdigit()), 100_000)
    for name in [each for each in ("sqlite", "postgresql") if each in arguments] or ["sqlite", "postgresql"]:
        with ExitStack() as stack:
            small, large = (stack.enter_context(populated(name, size)) for size in (0, learners))
            print(f"{name}: {learners} learners, {large[1]['credits']} credit entries (made in {large[2]:.0f} s)")
            compare(small, large)
    print(f"goal: within {GOAL} times")


@contextmanager
def populated(name: str, learners: int) -> Iterator[tuple[Server, dict, float]]:
    with ExitStack() as stack:
        address = stack.enter_context(postgres()) if name == "postgresql" else ""
        server = stack.enter_context(product(database=address))
        begun = time.monotonic()
        answer = ask(server, "_population", str(learners), database=address)
        yield server, answer, time.monotonic() - begun


def compare(small: tuple[Server, dict, float], large: tuple[Server, dict, float]) -> None:
    for group in ("learner", "staff"):
        for page in small[1][group]:
            times = ([], [])
            for _ in range(ROUNDS + 3):
                for (server, answer, _), into in zip((small, large), times, strict=True):
                    session = "" if page in PUBLIC else answer["sessions"][group]
                    into.append(timed(server, answer[group][page], session))
            before, after = (statistics.median(each[3:]) for each in times)  # the first ones fill what is kept
            ratio = statistics.median(b / a for a, b in zip(*(each[3:] for each in times), strict=True))
            print(
                f"  {page:14} {before:6.1f} ms, {after:6.1f} ms, {ratio:5.2f} times{'' if ratio <= GOAL else '  MISSES'}",
                flush=True,
            )


def timed(server: Server, path: str, session: str) -> float:
    """Milliseconds until the whole page is there."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    begun = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": f"sessionid={session}"} if session else {})
    response = connection.getresponse()
    response.read()
    took = (time.perf_counter() - begun) * 1000
    connection.close()
    assert response.status == 200, (path, response.status, response.headers.get("Location"))
    return took


if __name__ == "__main__":
    main()
