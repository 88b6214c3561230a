"""The inbox: what people asked, needed or complained of, and the mistakes they found."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from goodstanding.accounts.permissions import Right, require
from goodstanding.flows.requests import RequestNotFoundError, answer_request, list_requests, open_request, rule_title
from goodstanding.web.staff.access import staff_path

if TYPE_CHECKING:
    from goodstanding.catalog.models import Course

_PAGE = 25


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    page = Paginator(list_requests(actor=require(request.user, Right.REQUESTS)), _PAGE).get_page(request.GET.get("page"))
    rows = [(one, rule_title(one.rule) if one.course is None else _course_title(one.course)) for one in page]
    return render(request, "staff/requests.html", {"page": page, "rows": rows})


def _course_title(course: Course) -> str:
    return course.current.title if course.current else course.pk


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """The message; POST says that it was answered."""
    actor = require(request.user, Right.REQUESTS)
    try:
        if request.method == "POST":
            answered = answer_request(actor=actor, request_id=request_id, at=timezone.now())
            messages.success(request, "Marked as dealt with." if answered.rule else "Marked as answered.")
            return redirect("staff-requests")
        opened = open_request(actor=actor, request_id=request_id)
    except RequestNotFoundError as missing:
        raise Http404 from missing
    return render(request, "staff/request.html", {"opened": opened})


urlpatterns: list[URLPattern] = [
    staff_path("requests/", inbox, "staff-requests", Right.REQUESTS),
    staff_path("requests/<uuid:request_id>/", one, "staff-request", Right.REQUESTS),
]
