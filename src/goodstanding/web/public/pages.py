"""Terms and privacy."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from goodstanding.accounts.terms import TERMS_VERSION, terms_day
from goodstanding.catalog.selectors import get_sponsor


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """What one agrees to, in the version that sign-up stores."""
    return render(request, "public/terms.html", {"version": TERMS_VERSION, "day": terms_day(), "sponsor": get_sponsor()})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored, why, for how long, and what never leaves."""
    return render(request, "public/privacy.html", {"day": terms_day(), "sponsor": get_sponsor()})


urlpatterns: list[URLPattern] = [
    path("terms/", terms, name="terms"),
    path("privacy/", privacy, name="privacy"),
]
