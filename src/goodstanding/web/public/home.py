"""The first page."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from goodstanding.licensing.rulebook import license_types

_SPECIMEN = {"counted": Decimal(31), "total": Decimal(36)}
"""The figures of the example on the page. A made-up person, and marked so."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the visitor gets, and the two ways in."""
    return render(request, "public/home.html", {"license_types": license_types(), "specimen": _SPECIMEN})


urlpatterns: list[URLPattern] = [path("", home, name="home")]
