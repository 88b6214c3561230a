"""Doing several things at the same moment, each on a database connection of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

__all__ = ["meeting_after", "race"]


def race(*deeds: Callable[[], Any]) -> list[Any]:
    """What each deed returned, or the exception it raised, in the order given; all begin together."""
    start = threading.Barrier(len(deeds), timeout=20)
    results: list[Any] = [None] * len(deeds)

    def do(place: int) -> None:
        try:
            start.wait()
            results[place] = deeds[place]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def meeting_after(words: str, deed: Callable[[], Any], meeting: threading.Barrier) -> Callable[[], Any]:
    """
    The deed, which stops after its first query that holds `words` until the others got as far, or for a moment.

    Where a lock keeps the others out, they never come, and the meeting breaks up; without it, all have looked before any
    has acted. So a missing lock shows every time, not only when the moment is unlucky.
    """

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if words in sql and not meeting.broken:
            with contextlib.suppress(threading.BrokenBarrierError):
                meeting.wait()
        return result

    def do() -> Any:
        with connection.execute_wrapper(wrapper):
            return deed()

    return do
