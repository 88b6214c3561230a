"""How the installation fares, for whoever keeps it running."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from goodstanding.accounts.permissions import require_administrator
from goodstanding.flows.installation import JobNotFoundError, get_installation_status, retry_job
from goodstanding.web.staff.access import staff_path


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    found = get_installation_status(actor=require_administrator(request.user), at=timezone.now())
    return render(request, "staff/status.html", {"status": found})


@require_POST
def retry(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Sent twice, the job still runs again once; the second time says so."""
    try:
        retry_job(actor=require_administrator(request.user), job_id=job_id, at=timezone.now())
    except JobNotFoundError:
        messages.info(request, "That job is not among the failed ones any more.")
    else:
        messages.success(request, "The job runs again as soon as a worker is free.")
    return redirect("staff-status")


urlpatterns: list[URLPattern] = [
    staff_path("status/", status, "staff-status"),
    staff_path("status/jobs/<uuid:job_id>/retry/", retry, "staff-job-retry"),
]
