"""The first staff page: what needs attention, or what the reader's role opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.views.decorators.http import require_safe

from goodstanding.accounts.permissions import Right, may, require_administrator
from goodstanding.flows.attention import attention_on
from goodstanding.web import clock
from goodstanding.web.staff.access import staff_path


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    if not may(request.user, Right.ADMINISTRATION):
        return render(request, "staff/home_role.html")
    attention = attention_on(actor=require_administrator(request.user), on=clock.today(request))
    return render(request, "staff/home.html", {"attention": attention})


urlpatterns: list[URLPattern] = [staff_path("", overview, "staff-home", Right.STAFF)]
