"""Reading the audit log."""

from __future__ import annotations

from django.db.models import QuerySet

from goodstanding.audit.models import AuditEvent


def list_events(*, subject_kind: str = "", subject_id: str = "", tag: str = "") -> QuerySet[AuditEvent]:
    """Events, newest first, narrowed by what is given."""
    events: QuerySet[AuditEvent] = AuditEvent.objects.all()
    if subject_kind:
        events = events.filter(subject_kind=subject_kind)
    if subject_id:
        events = events.filter(subject_id=subject_id)
    if tag:
        events = events.filter(tag=tag)
    return events
