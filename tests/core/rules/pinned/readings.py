"""The rules of the pinned cases with one reading of each open question written into the rule itself."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from typing import Any

WHOLE = ("accepts", "hour_minutes", "hours_per_unit", "repeats", "carry_in")


def each_reading(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rule as it would stand in a file if the board had settled every open question, once for each way to settle them."""
    for readings in itertools.product(*(question["readings"] for question in rule.get("open_questions", []))):
        settled = {key: value for key, value in copy.deepcopy(rule).items() if key != "open_questions"}
        for reading in readings:
            for key in WHOLE:
                if key in reading:
                    settled[key] = {**settled.get(key, {}), **reading[key]} if key == "hours_per_unit" else reading[key]
            for kind in ("requirements", "caps"):
                patches = reading.get(kind, {})
                parts = [_patched(part, patches.get(part["id"], {})) for part in settled.get(kind, [])]
                settled[kind] = [part for part in parts if part is not None]
        yield settled


def _patched(part: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any] | None:
    if patch.get("due") is False:
        return None
    found = {**part, **patch}
    if "hours" in patch:
        # A reading that names the hours means these, for everyone.
        found = {key: value for key, value in found.items() if key != "share_of_total" and (key != "variants" or key in patch)}
    if "share_of_total" in patch:
        found.pop("hours", None)
    if "every" in patch:
        found["frequency"] = "every"
    elif "frequency" in patch and patch["frequency"] != "every":
        found.pop("every", None)
    return found
