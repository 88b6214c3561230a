"""The one door to the staff pages."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.accounts.permissions import require_administrator

__all__ = ["staff_only", "staff_path"]

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_only(view: View[P]) -> View[P]:
    """
    Let administrators in. Everyone else who is signed in reads "not found", so that nothing about the area is learned.

    Who is not signed in is asked to sign in, whether the address exists or not being no secret of the product. The
    services behind the views check again: this door is for the pages, theirs for the deed.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            require_administrator(request.user)
        except PermissionRefusedError:
            raise Http404 from None
        return view(request, *args, **kwargs)

    return guarded


def staff_path(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    """Like ``path``, for addresses below /staff/: a page that is listed with it can not lack its guard."""
    return path(route, staff_only(view), name=name)
