"""
Counting in the shared cache, for a fixed time from the first on.

The cache's own ``incr`` is of no use for that: on a table it gives the count a new life of five minutes with each addition, so
that a limit of an hour would end too soon and one of a minute too late.
"""

from __future__ import annotations

import time

from allauth.core.internal.ratelimit import cache_lock
from django.core.cache import cache

__all__ = ["count", "take"]


def count(key: str, *, seconds: int) -> int | None:
    """One more; how many in the `seconds` since the first. None where so many count at once that they queue up."""
    with cache_lock(key) as counted_alone:
        if not counted_alone:
            return None
        now = time.time()
        number, until = _kept(key, now) or (0, now + seconds)
        cache.set(key, (number + 1, until), timeout=max(until - now, 0.001))
        return number + 1


def take(key: str) -> int:
    """How many were counted; from here on they count for nothing. For whoever acts on the number, once."""
    with cache_lock(key) as counted_alone:
        kept = _kept(key, time.time()) if counted_alone else None
        if kept is None:
            return 0
        cache.delete(key)
        return kept[0]


def _kept(key: str, now: float) -> tuple[int, float] | None:
    """The number and until when it counts. The clock may have been set back; then the cache says when it ends."""
    kept = cache.get(key)
    if not isinstance(kept, tuple) or kept[1] <= now:
        return None
    return kept
