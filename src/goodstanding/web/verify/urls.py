"""The public check of certificates."""

from __future__ import annotations

from django.urls import URLPattern

from goodstanding.web.verify import certificates

urlpatterns: list[URLPattern] = [
    *certificates.urlpatterns,
]
