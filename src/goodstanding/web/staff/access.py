"""The one door to the staff pages."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.accounts.permissions import Right, lacks_second_step, require
from goodstanding.accounts.staff_sign_ins import note_refused_page

__all__ = ["staff_only", "staff_path"]

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_only(view: View[P], right: Right = Right.ADMINISTRATION) -> View[P]:
    """
    Let in who has the right. Everyone else who is signed in reads "not found", so that nothing about the area is learned.

    Who is not signed in is asked to sign in, whether the address exists or not being no secret of the product. The
    services behind the views check again: this door is for the pages, theirs for the deed. Whoever has the right and no second
    step at sign-in is led to set one up, and sees no staff page until then.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            member = require(request.user, right)
        except PermissionRefusedError:
            note_refused_page(user=request.user, page=request.resolver_match.view_name if request.resolver_match else "")
            raise Http404 from None
        if lacks_second_step(member):
            messages.warning(request, "Staff sign in with a second step. Set one up to open the staff pages.")
            return redirect("mfa_index")
        return view(request, *args, **kwargs)

    return guarded


def staff_path(route: str, view: Callable[..., HttpResponseBase], name: str, right: Right = Right.ADMINISTRATION) -> URLPattern:
    """Like ``path``, for addresses below /staff/: a page that is listed with it can not lack its guard."""
    return path(route, staff_only(view, right), name=name)
