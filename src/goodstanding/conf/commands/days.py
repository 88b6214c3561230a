"""Days on the command line."""

from __future__ import annotations

import argparse
import datetime as dt
import re

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def day(text: str) -> dt.date:
    """The day written as 2026-11-23; anything else is wrong usage."""
    if _DAY.match(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            pass
    raise argparse.ArgumentTypeError(f"“{text}” is not a day like 2026-11-23")
