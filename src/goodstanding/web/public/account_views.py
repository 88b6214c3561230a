"""
django-allauth's pages that change an account and write a mail about it, each in one transaction.

allauth commits the change and writes the mail afterwards; a server killed in between would lose the mail. Passwords are hashed by
the forms, before the transaction begins, because that takes long on purpose.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from allauth.account import views as account
from allauth.mfa.totp.views import deactivate_totp
from allauth.mfa.webauthn.views import add_webauthn, remove_webauthn
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path

from goodstanding.accounts.services import keep_words

if TYPE_CHECKING:
    from goodstanding.accounts.models import User

__all__ = ["urlpatterns"]


class _Whole:
    """What follows from a valid form happens whole or not at all."""

    def form_valid(self, form: Form) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            return answer


class SignupView(_Whole, account.SignupView):
    pass


class EmailView(account.EmailView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().post(request, *args, **kwargs)
            # allauth has further ways to change the address, which our pages do not offer
            keep_words(user=cast("User", request.user))
            return answer


class PasswordChangeView(_Whole, account.PasswordChangeView):
    pass


class PasswordSetView(_Whole, account.PasswordSetView):
    pass


class PasswordResetFromKeyView(_Whole, account.PasswordResetFromKeyView):
    pass


def _whole(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The same for a page of the second step, which hashes nothing."""

    @functools.wraps(view)
    def whole(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return whole


urlpatterns: list[URLPattern] = [
    path("signup/", SignupView.as_view(), name="account_signup"),
    path("email/", EmailView.as_view(), name="account_email"),
    path("password/change/", PasswordChangeView.as_view(), name="account_change_password"),
    path("password/set/", PasswordSetView.as_view(), name="account_set_password"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        PasswordResetFromKeyView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("second-step/totp/deactivate/", _whole(deactivate_totp), name="mfa_deactivate_totp"),
    path("second-step/webauthn/add/", _whole(add_webauthn), name="mfa_add_webauthn"),
    path("second-step/webauthn/keys/<int:pk>/remove/", _whole(remove_webauthn), name="mfa_remove_webauthn"),
]
