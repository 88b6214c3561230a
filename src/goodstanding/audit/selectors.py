"""Reading the audit log."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from goodstanding.audit.models import AuditEvent

__all__ = ["list_events"]


def list_events(
    *,
    tag: str = "",
    subject_kind: str = "",
    subject_id: str = "",
    actor: str = "",
    since: dt.datetime | None = None,
    before: dt.datetime | None = None,
) -> QuerySet[AuditEvent]:
    """
    Events, newest first, narrowed by what is given: from the instant `since` on, up to but not including `before`.

    Instants, not days: whose midnight a day begins at is the reader's affair.
    """
    events: QuerySet[AuditEvent] = AuditEvent.objects.all()
    if tag:
        events = events.filter(tag=tag)
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
