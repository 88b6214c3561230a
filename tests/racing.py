"""Doing several things at the same moment, each on a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

__all__ = ["race"]


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
