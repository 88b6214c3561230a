"""The first page."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from goodstanding.licensing.explorer import entries, find, tiles
from goodstanding.web.clock import today
from goodstanding.web.public.requirements import placed

_SPECIMEN = {"counted": Decimal(31), "total": Decimal(36)}
"""The figures of the example on the page. A made-up person, and marked so."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the visitor gets, and the two ways in."""
    listed = entries(today(request))
    shown = placed(tiles(find(listed, profession="counselor"), subject="ethics"))
    return render(
        request,
        "public/home.html",
        {
            "tiles": shown,
            "license_types": len(listed),
            "places": len({one.jurisdiction for one in listed}),
            "specimen": _SPECIMEN,
        },
    )


urlpatterns: list[URLPattern] = [path("", home, name="home")]
