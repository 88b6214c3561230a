"""A clinician's own pages."""

from __future__ import annotations

from django.urls import URLPattern

from goodstanding.web.learner import (
    account,
    certificates,
    credits,
    data_export,
    learn,
    leaving,
    licenses,
    my_learning,
    sessions,
    standing,
)  # noqa: A004 - the word of the field

urlpatterns: list[URLPattern] = [
    *account.urlpatterns,
    *certificates.urlpatterns,
    *credits.urlpatterns,
    *data_export.urlpatterns,
    *learn.urlpatterns,
    *leaving.urlpatterns,
    *licenses.urlpatterns,
    *my_learning.urlpatterns,
    *sessions.urlpatterns,
    *standing.urlpatterns,
]
