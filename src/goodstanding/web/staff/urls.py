"""What staff do; below /staff/."""

from __future__ import annotations

from django.urls import URLPattern

from goodstanding.web.staff import audit, components, courses, hours, overview, people, requests, roles, sponsor, status

urlpatterns: list[URLPattern] = [
    *audit.urlpatterns,
    *components.urlpatterns,
    *courses.urlpatterns,
    *hours.urlpatterns,
    *overview.urlpatterns,
    *people.urlpatterns,
    *requests.urlpatterns,
    *roles.urlpatterns,
    *sponsor.urlpatterns,
    *status.urlpatterns,
]
