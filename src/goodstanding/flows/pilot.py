"""How long a course version took the people who completed it: what was measured, and what they said. Never who."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goodstanding.accounts.permissions import Right, require
from goodstanding.learning.seat_time import pilot_minutes
from goodstanding.learning.selectors import reported_minutes

if TYPE_CHECKING:
    from goodstanding.accounts.models import User
    from goodstanding.catalog.models import CourseVersion

__all__ = ["FEWEST", "PilotTimes", "pilot_times"]

FEWEST = 5
"""Fewer people than this are not summed up: a range of two is two persons."""


@dataclass(frozen=True)
class PilotTimes:
    """Minutes of so many people; the figures are None where there are too few of them."""

    people: int
    median: int | None = None
    shortest: int | None = None
    longest: int | None = None


def pilot_times(*, actor: User, version: CourseVersion) -> tuple[PilotTimes, PilotTimes]:
    """What was measured, and what the evaluations report. Raises PermissionRefusedError for all but administrators."""
    require(actor, Right.COURSES)
    return _summed(pilot_minutes(version)), _summed(reported_minutes(version))


def _summed(minutes: tuple[int, ...]) -> PilotTimes:
    if len(minutes) < FEWEST:
        return PilotTimes(len(minutes))
    return PilotTimes(len(minutes), round(statistics.median(minutes)), minutes[0], minutes[-1])
