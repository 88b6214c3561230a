"""What staff do; below /staff/."""

from __future__ import annotations

from django.urls import URLPattern

from goodstanding.web.staff import audit, components, courses, overview, people, requests, sponsor

urlpatterns: list[URLPattern] = [
    *audit.urlpatterns,
    *components.urlpatterns,
    *courses.urlpatterns,
    *overview.urlpatterns,
    *people.urlpatterns,
    *requests.urlpatterns,
    *sponsor.urlpatterns,
]
