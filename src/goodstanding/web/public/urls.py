"""What anyone may see."""

from __future__ import annotations

from django.urls import URLPattern

from goodstanding.web.public import catalog, claim, contact, found, health, home, mistakes, pages, requirements, trying

urlpatterns: list[URLPattern] = [
    *catalog.urlpatterns,
    *claim.urlpatterns,
    *contact.urlpatterns,
    *found.urlpatterns,
    *health.urlpatterns,
    *home.urlpatterns,
    *pages.urlpatterns,
    # Below the address of a rule, so before that of the rules, which takes all that follows.
    *mistakes.urlpatterns,
    *trying.urlpatterns,
    *requirements.urlpatterns,
]
