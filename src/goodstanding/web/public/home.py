"""The first page."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

_SPECIMEN = {"counted": Decimal(31), "total": Decimal(36)}
"""The figures of the example on the page. A made-up person, and marked so."""


def home(request: HttpRequest) -> HttpResponse:
    """What the visitor gets, and the two ways in."""
    return render(request, "public/home.html", {"license_types": _license_types(), "specimen": _SPECIMEN})


def _license_types() -> list[dict[str, str]]:
    return []


urlpatterns: list[URLPattern] = [path("", home, name="home")]
