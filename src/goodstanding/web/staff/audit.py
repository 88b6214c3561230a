"""The audit log: what was done, by whom, to what."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, reverse_lazy
from django.utils import timezone
from django.views.decorators.http import require_safe

from goodstanding.audit.selectors import list_events
from goodstanding.audit.services import Tag, record_event
from goodstanding.web.forms import DayInput, LookForm
from goodstanding.web.staff.access import staff_path

_PAGE = 50
_MOST = 5_000
"""As many as can be leafed through; counting all of a log that only ever grows would take longer every year."""
_COLUMNS = ("id", "at", "tag", "actor", "subject_kind", "subject_id", "data")


# Where scripts run, choosing one of the listed values narrows the log at once; the button does the same without.
_AT_ONCE = {
    "hx-get": reverse_lazy("staff-audit"),
    "hx-include": "closest form",
    "hx-target": "#log",
    "hx-select": "#log",
    "hx-select-oob": "#export,#count:innerHTML",
    "hx-swap": "outerHTML",
    "hx-replace-url": "true",
    "autocomplete": "off",
}


class EventFilter(LookForm):
    """How the log is narrowed. Every field may stay empty."""

    tag = forms.ChoiceField(
        label="What was done",
        required=False,
        choices=[("", "Anything"), *((tag.value, tag.value) for tag in Tag)],
        widget=forms.Select(attrs=_AT_ONCE),
    )
    subject = forms.CharField(
        label="Subject", required=False, max_length=60, help_text="The id of what it was done to, as in the table."
    )
    actor = forms.UUIDField(
        label="Actor",
        required=False,
        help_text="The id of an account.",
        error_messages={"invalid": "An actor is the id of an account, such as the table shows it."},
    )
    day = forms.DateField(
        label="Day",
        required=False,
        widget=DayInput(_AT_ONCE),
        error_messages={"invalid": "Write the day as 2026-11-23."},
    )

    def narrowing(self) -> dict[str, Any]:
        """What was asked for, as the arguments of :func:`list_events`; a day is the reader's own day."""
        asked = self.cleaned_data
        narrowing: dict[str, Any] = {
            "tag": asked["tag"],
            "subject_id": asked["subject"],
            "actor": str(asked["actor"] or ""),
        }
        if day := asked["day"]:
            zone = timezone.get_current_timezone()
            narrowing["since"] = dt.datetime.combine(day, dt.time(), tzinfo=zone)
            narrowing["before"] = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=zone)
        return narrowing


def _details(data: dict[str, Any]) -> str:
    """What an event holds besides its subject, in one line."""
    return "; ".join(
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}" for name, value in data.items()
    )


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    form = EventFilter(request.GET)
    if not form.is_valid():
        return render(request, "staff/audit.html", {"form": form, "page": None, "narrowed": True}, status=400)
    narrowing = form.narrowing()
    page = Paginator(list_events(**narrowing)[:_MOST], _PAGE).get_page(request.GET.get("page"))
    rows = [{"event": event, "details": _details(event.data)} for event in page]
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "staff/audit.html",
        {
            "form": form,
            "page": page,
            "rows": rows,
            "narrowed": any(narrowing.values()),
            "most": _MOST,
            "query": query.urlencode(),
        },
    )


class _Echo:
    """A file whose write gives the line back, so that the export is sent row by row."""

    def write(self, line: str) -> str:
        return line


def _lines(events: Iterable[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(_COLUMNS)
    for event in events:
        yield writer.writerow(
            (
                event.id,
                event.at.astimezone(dt.UTC).isoformat(),
                event.tag,
                event.actor,
                event.subject_kind,
                event.subject_id,
                json.dumps(event.data, sort_keys=True),
            )
        )


@require_safe
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The narrowed log as CSV, newest first, instants in UTC. Taking the log out of the house is itself recorded."""
    form = EventFilter(request.GET)
    if not form.is_valid():
        return render(request, "staff/audit.html", {"form": form, "page": None, "narrowed": True}, status=400)
    events = list_events(**form.narrowing())
    record_event(
        tag=Tag.AUDIT_EXPORTED,
        actor=request.user,
        subject_kind="audit-log",
        subject_id="all",
        data={name: str(value) for name, value in form.cleaned_data.items() if value},
    )
    return StreamingHttpResponse(
        _lines(events.iterator(chunk_size=1000)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit-log.csv"'},
    )


urlpatterns: list[URLPattern] = [
    staff_path("audit/", log, "staff-audit"),
    staff_path("audit/export.csv", export, "staff-audit-export"),
]
