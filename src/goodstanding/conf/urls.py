"""Every address of the product; each face has its own list."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("goodstanding.web.public.urls")),
    path("", include("goodstanding.web.learner.urls")),
    path("", include("goodstanding.web.verify.urls")),
    path("api/v1/", include("goodstanding.web.api.v1")),
    path("staff/", include("goodstanding.web.staff.urls")),
    path("account/", include("goodstanding.web.public.account_views")),  # before those of allauth that they stand for
    path("account/", include("allauth.account.urls")),
    path("account/second-step/", include("allauth.mfa.urls")),
]

handler400 = "goodstanding.web.public.errors.bad_request"
handler403 = "goodstanding.web.public.errors.permission_denied"
handler404 = "goodstanding.web.public.errors.page_not_found"
handler429 = "goodstanding.web.public.errors.too_many_requests"  # asked for by allauth
handler500 = "goodstanding.web.public.errors.server_error"
