"""
Seat time: how long a learner read each step, counted in seconds in which the page was seen and she was active.

A page of the player holds a token; while it is seen and its reader active it reports the seconds since its last report (a
*beat*). The page's word is not enough, so the server bounds it:

* no beat counts more than the time that has passed on the server since the learner's time was last counted, over all her
  tabs, devices and courses: no moment counts twice;
* a beat counts two minutes at most, and two beats of one page lie at least some seconds apart;
* beats are numbered, and each number counts once: one that is sent again changes nothing;
* the token is signed for one enrollment and one step, and lapses after a day.

What is measured is a lower bound: someone who thinks with closed eyes for ten minutes is not counted. That is why it decides
nothing by itself, neither credit nor a lock.
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.db.models import CharField, Count, Max, Sum, UUIDField

from goodstanding.learning.models import Completion, Enrollment, SeatClock, Sitting
from goodstanding.prepared import Given, Prepared

if TYPE_CHECKING:
    from goodstanding.catalog.models import CourseVersion
    from goodstanding.learning.path import PathStep

__all__ = [
    "BEAT_SECONDS",
    "IDLE_SECONDS",
    "Beat",
    "BeatRefusedError",
    "StepTime",
    "keep_beat",
    "mark_of",
    "pilot_minutes",
    "reading_so_far",
    "seat_times",
    "sitting_token",
]

BEAT_SECONDS = 30
"""How often a page reports."""

IDLE_SECONDS = 180
"""How long a reader may do nothing and still count as active: a full page of text, read slowly, without scrolling."""

_LONGEST_BEAT = 120
_SHORTEST_GAP = dt.timedelta(seconds=4)
_TOKEN_LASTS = dt.timedelta(hours=24)
_CLOCK_WENT_BACK = dt.timedelta(minutes=1)
_MOST_BEATS = 100_000
_LAST_MARK = 5000
_SALT = "goodstanding.learning.sitting"


class BeatRefusedError(Exception):
    """The report does not belong to a page of this course, is too old, or is not one."""


@dataclass(frozen=True)
class Beat:
    """What a report counted, and the seconds of its step so far."""

    counted: int
    seconds: int


@dataclass(frozen=True)
class StepTime:
    """The time spent on one step: active seconds, over how many sittings, and when last."""

    seconds: int
    sittings: int
    last_at: dt.datetime

    @property
    def minutes(self) -> int:
        """Whole minutes, to the nearest."""
        return round(self.seconds / 60)


def sitting_token(enrollment: Enrollment, step: PathStep, *, at: dt.datetime) -> str:
    """What the page of `step`, opened at `at`, reports with. Nothing is stored before the first report."""
    return signing.Signer(salt=_SALT).sign_object(
        {"id": uuid.uuid4().hex, "enrollment": enrollment.pk.hex, "step": _key(step), "at": at.timestamp()}
    )


@transaction.atomic
def keep_beat(*, enrollment: Enrollment, token: str, number: int, seconds: int, mark: int = 0, at: dt.datetime) -> Beat:
    """
    Count the report `number` of a page: `seconds` of active time since its last one, within the bounds of this module.

    `mark` is the number of the paragraph at the top of the page, kept to resume at. A report that was kept before, or comes
    too soon after another, counts nothing and is no error. Raises BeatRefusedError.
    """
    sitting_id, step, opened_at = _read(token, enrollment, at)
    if not 1 <= number <= _MOST_BEATS or seconds < 0 or not 0 <= mark <= _LAST_MARK:
        raise BeatRefusedError("These figures can not be right.")
    # The learner's clock is the lock: her beats are counted one after the other, whichever tab or device they come from.
    SeatClock.objects.get_or_create(holder_id=enrollment.holder_id, defaults={"counted_until": opened_at})
    clock = SeatClock.objects.select_for_update().get(holder_id=enrollment.holder_id)
    sitting = Sitting.objects.filter(pk=sitting_id).first() or Sitting(
        id=sitting_id, enrollment=enrollment, step=step, opened_at=opened_at, last_at=opened_at, last_beat=0
    )
    fresh = sitting.last_beat == 0
    if number <= sitting.last_beat or (not fresh and at - sitting.last_at < _SHORTEST_GAP):
        return Beat(0, _seconds_of(enrollment, step))
    counted, until = _allowed(seconds, opened_at=opened_at, counted_until=clock.counted_until, at=at)
    sitting.last_beat, sitting.last_at, sitting.mark = number, max(at, opened_at), mark
    sitting.seconds += counted
    sitting.save(force_insert=fresh)
    clock.counted_until = until
    clock.save(update_fields=["counted_until"])
    return Beat(counted, _seconds_of(enrollment, step))


def seat_times(enrollment: Enrollment) -> Mapping[str, StepTime]:
    """By step (``kind:id``), the time spent on it. For its owner."""
    rows = (
        Sitting.objects.filter(enrollment=enrollment)
        .values("step")
        .annotate(total=Sum("seconds"), count=Count("pk"), last=Max("last_at"))
        .order_by()
    )
    return {row["step"]: StepTime(row["total"], row["count"], row["last"]) for row in rows}


def reading_so_far(enrollment: Enrollment, step: PathStep) -> tuple[StepTime | None, int]:
    """The time spent on one step, and the paragraph at which its reader last stopped: what a page of the player shows."""
    sittings = _SITTINGS.ask(enrollment=enrollment.pk, step=_key(step)).objects()
    if not sittings:
        return None, 0
    return StepTime(sum(seconds for seconds, _, _ in sittings), len(sittings), sittings[0][1]), sittings[0][2]


_SITTINGS = Prepared(
    lambda: (
        Sitting.objects.filter(enrollment=Given("enrollment", UUIDField()), step=Given("step", CharField()))
        .order_by("-last_at")
        .values_list("seconds", "last_at", "mark")
    )
)


def mark_of(enrollment: Enrollment, step: PathStep) -> int:
    """The paragraph at which the learner last stopped in `step`, on whatever device; 0 is the top."""
    marks = Sitting.objects.filter(enrollment=enrollment, step=_key(step)).order_by("-last_at").values_list("mark", flat=True)
    return marks.first() or 0


def pilot_minutes(version: CourseVersion) -> tuple[int, ...]:
    """
    How many minutes each learner who completed `version` was active in it, shortest first, with nothing that says who.

    For the record of how long a course takes. Who has no time at all (no script) is left out, for nothing was measured.
    """
    totals = (
        Sitting.objects.filter(enrollment__in=Completion.objects.filter(enrollment__version=version).values("enrollment"))
        .values("enrollment")
        .annotate(total=Sum("seconds"))
        .order_by()
        .values_list("total", flat=True)
    )
    return tuple(sorted(round(total / 60) for total in totals if total))


def _allowed(seconds: int, *, opened_at: dt.datetime, counted_until: dt.datetime, at: dt.datetime) -> tuple[int, dt.datetime]:
    """How many of the reported seconds count, and until when the learner's time is accounted for then."""
    if counted_until - at > _CLOCK_WENT_BACK:
        # The server's clock was wrong before. Count anew from here, rather than nothing until the time that was written.
        return 0, at
    since = max(counted_until, opened_at)
    passed = max((at - since).total_seconds(), 0.0)
    counted = min(seconds, _LONGEST_BEAT, math.floor(passed))
    if counted == math.floor(passed):
        # All of it was counted but the part of a second that is left, which belongs to the next report.
        return counted, since + dt.timedelta(seconds=counted)
    return counted, max(at, counted_until)


def _read(token: str, enrollment: Enrollment, at: dt.datetime) -> tuple[uuid.UUID, str, dt.datetime]:
    try:
        inside = signing.Signer(salt=_SALT).unsign_object(token)
    except signing.BadSignature:
        raise BeatRefusedError("This page is not known here.") from None
    opened_at = dt.datetime.fromtimestamp(inside["at"], tz=dt.UTC)
    if inside["enrollment"] != enrollment.pk.hex:
        raise BeatRefusedError("This page belongs to another course.")
    if at - opened_at > _TOKEN_LASTS:
        raise BeatRefusedError("This page has been open for more than a day. Reload it to go on counting.")
    return uuid.UUID(hex=inside["id"]), inside["step"], opened_at


def _seconds_of(enrollment: Enrollment, step: str) -> int:
    return Sitting.objects.filter(enrollment=enrollment, step=step).aggregate(total=Sum("seconds"))["total"] or 0


def _key(step: PathStep) -> str:
    return f"{step.kind}:{step.id}"
