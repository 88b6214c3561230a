"""The operator claims the administrator account, by a link that the terminal printed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from goodstanding.accounts import selectors, services
from goodstanding.accounts.errors import ClaimNotFoundError, ClaimUsedError, EmailTakenError
from goodstanding.accounts.permissions import has_second_step
from goodstanding.web.limits import Limit, limited
from goodstanding.web.public.account_forms import ClaimForm

if TYPE_CHECKING:
    from goodstanding.accounts.models import User

_LIMIT = Limit("claim", times=20, seconds=3600)


@sensitive_post_parameters("password1")
@limited(_LIMIT, method="POST")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """
    Take the role with the account one is signed in to, or make the administrator's account.

    A link that was never given out is not found; one that came too late says so, without saying who was first.
    """
    if not selectors.claim_exists(token):
        raise Http404
    try:
        if request.user.is_authenticated:
            return _take_role(request, token, request.user)
        return _make_account(request, token)
    except ClaimNotFoundError as error:
        raise Http404 from error
    except ClaimUsedError:
        return render(request, "public/claim_used.html", status=409)


def _take_role(request: HttpRequest, token: str, user: User) -> HttpResponse:
    if request.method == "POST":
        services.claim_administrator(token=token, user=user, at=timezone.now())
        messages.success(request, "You are the administrator of this installation.")
        return redirect("staff-home")
    if user.is_staff:
        return redirect("staff-home")
    if selectors.has_administrator():
        raise ClaimUsedError
    return render(request, "public/claim.html", {"form": None})


def _make_account(request: HttpRequest, token: str) -> HttpResponse:
    form = ClaimForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        user: User | None
        try:
            user = services.open_administrator(
                token=token,
                email=given["email"],
                password=given["password1"],
                legal_name=given["legal_name"],
                at=timezone.now(),
            )
        except (ClaimUsedError, EmailTakenError):
            user = _same_person(request, token, given["email"], given["password1"])
        if user is not None:
            login(request, user)
            messages.success(request, "You are the administrator of this installation.")
            return redirect("staff-home")
        form.add_error("email", "There is an account with this e-mail already. Sign in with it, then open the link again.")
    if selectors.has_administrator():
        raise ClaimUsedError
    return render(request, "public/claim.html", {"form": form})


def _same_person(request: HttpRequest, token: str, email: str, password: str) -> User | None:
    """
    Whoever has that account already and typed its password: the form was sent twice, or the account is older than the link.

    None for anyone else. Tries count against the limits of signing in, so the link is no way to guess passwords.
    """
    try:
        user = cast("User | None", get_adapter().authenticate(request, email=email, password=password))
    except ValidationError:
        return None
    if user is None or has_second_step(user):  # the second step is asked for at sign-in, and nowhere around it
        return None
    return services.claim_administrator(token=token, user=user, at=timezone.now())


urlpatterns: list[URLPattern] = [path("claim/<str:token>/", claim, name="claim")]
