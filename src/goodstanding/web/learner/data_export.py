"""A copy of everything about oneself: ask for it, see how far it is, download it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from goodstanding.flows.exporting import KEPT_FOR, ExportNotFoundError, latest_export, open_export, request_export
from goodstanding.web.learner.person import user_of

if TYPE_CHECKING:
    from goodstanding.accounts.models import DataExport


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def data_export(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if request.method == "POST":
        request_export(user=user, at=timezone.now())
        return redirect("data-export")
    export = latest_export(user=user)
    state = "none"
    if export is not None:
        state = "ready" if export.ready_at else "failed" if export.failed_at else "running"
        if state == "ready" and export.expires_at is not None and export.expires_at <= timezone.now():
            state = "none"
    return _page(request, export, state)


@login_required
@reauthentication_required
@require_safe
def data_export_open(request: HttpRequest) -> HttpResponse:
    """
    The way to the file, after the password.

    A page of its own: if the password led to the file itself, the browser would keep showing the question behind it.
    """
    export = latest_export(user=user_of(request))
    if export is None or export.expires_at is None or export.expires_at <= timezone.now():
        return redirect("data-export")
    return _page(request, export, "open")


def _page(request: HttpRequest, export: DataExport | None, state: str) -> HttpResponse:
    response = render(request, "learner/data_export.html", {"export": export, "state": state, "days": KEPT_FOR.days})
    response.headers["Cache-Control"] = "private, no-store"
    return response


@login_required
@reauthentication_required
@require_safe
def data_export_file(request: HttpRequest, export_id: uuid.UUID) -> FileResponse:
    """The archive, for its owner, who has entered the password lately; for everyone else there is none."""
    try:
        export, file = open_export(user=user_of(request), export_id=export_id, at=timezone.now())
    except ExportNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        file,
        as_attachment=True,
        filename=f"good-standing-{timezone.localdate(export.requested_at):%Y-%m-%d}.zip",
        content_type="application/zip",
    )
    response.headers["Content-Length"] = str(export.size)
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns: list[URLPattern] = [
    path("account/export/", data_export, name="data-export"),
    path("account/export/open/", data_export_open, name="data-export-open"),
    path("account/export/<uuid:export_id>.zip", data_export_file, name="data-export-file"),
]
