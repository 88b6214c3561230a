"""What anyone may see."""

from __future__ import annotations

from django.urls import URLPattern

from goodstanding.web.public import catalog, claim, contact, found, health, home, pages, requirements

urlpatterns: list[URLPattern] = [
    *catalog.urlpatterns,
    *claim.urlpatterns,
    *contact.urlpatterns,
    *found.urlpatterns,
    *health.urlpatterns,
    *home.urlpatterns,
    *pages.urlpatterns,
    *requirements.urlpatterns,
]
