"""A clinician's own pages."""

from __future__ import annotations

from django.urls import URLPattern

from goodstanding.web.learner import (
    account,
    certificates,
    data_export,
    learn,
    leaving,
    licenses,
    my_learning,
    recovery_codes,
    sessions,
    standing,
)
from goodstanding.web.learner import credits as credit_pages

urlpatterns: list[URLPattern] = [
    *account.urlpatterns,
    *certificates.urlpatterns,
    *credit_pages.urlpatterns,
    *data_export.urlpatterns,
    *learn.urlpatterns,
    *leaving.urlpatterns,
    *licenses.urlpatterns,
    *my_learning.urlpatterns,
    *recovery_codes.urlpatterns,
    *sessions.urlpatterns,
    *standing.urlpatterns,
]
