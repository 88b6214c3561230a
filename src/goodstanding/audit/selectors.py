"""Reading the audit log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from django.db.models import QuerySet

from goodstanding.audit.chain import START, Anchor, ChainCheck, Link, check_chain
from goodstanding.audit.models import AuditEvent, AuditHead

__all__ = ["list_events", "verify_log"]

_BATCH = 2_000


def list_events(
    *,
    tag: str = "",
    but: Collection[str] = (),
    subject_kind: str = "",
    subject_id: str = "",
    actor: str = "",
    since: dt.datetime | None = None,
    before: dt.datetime | None = None,
) -> QuerySet[AuditEvent]:
    """
    Events, newest first, narrowed by what is given, without those tagged as one of `but`: from the instant `since` on, up to but not including `before`.

    Instants, not days: whose midnight a day begins at is the reader's affair.
    """
    events: QuerySet[AuditEvent] = AuditEvent.objects.all()
    if tag:
        events = events.filter(tag=tag)
    if but:
        events = events.exclude(tag__in=but)
    if subject_kind:
        events = events.filter(subject_kind=subject_kind)
    if subject_id:
        events = events.filter(subject_id=subject_id)
    if actor:
        events = events.filter(actor=actor)
    if since is not None:
        events = events.filter(at__gte=since)
    if before is not None:
        events = events.filter(at__lt=before)
    return events


def verify_log(*, expected: Anchor | None = None) -> ChainCheck:
    """
    Walk the whole log, a batch at a time, and say what is wrong with it; also while records are added.

    `expected` is an anchor that was written down before: the log must still hold it. The end is the one that stands when
    the walk begins; what is properly added meanwhile is left for the next walk.
    """
    head = _head()
    check = check_chain(_links(up_to=head.number), head=head, expected=expected)
    last = AuditEvent.objects.order_by("-number").values_list("number", flat=True).first() or 0
    end = _head().number  # asked after the last record, so never less than it should be
    if last > end:
        check.found(f"record {last} stands beyond the end, which is record {end}: it was not written by the product")
    return check


def _links(*, up_to: int) -> Iterator[Link]:
    """Every record by its number. In batches rather than one long read, which on SQLite would hold up all who write."""
    last = -1
    while True:
        records = AuditEvent.objects.filter(number__gt=last, number__lte=up_to).order_by("number")
        batch = list(records.values_list(*Link._fields)[:_BATCH])
        if not batch:
            return
        for row in batch:
            yield Link(*row)
        last = batch[-1][0]


def _head() -> Anchor:
    head = AuditHead.objects.filter(pk=1).first()
    return Anchor(head.number, head.hash) if head else Anchor(0, START)
