"""What is refused before it is read, and response headers that Django and django-csp do not set."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from goodstanding.web.public.errors import too_large

_LARGEST = 11 * 1024 * 1024
"""Bytes of one request: a file of 10 MB with the form around it. The proxy of the guide refuses the same."""
_WITH_KEYS = ("/account/", "/claim/")
"""Below these, addresses hold one-time keys and forms take secrets, from people who are not signed in yet."""
_HEADERS = {
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: no device features, no embedding, and no copy in any cache of a signed-in page or of one with a key."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        user = getattr(request, "user", None)
        if request.path_info.startswith(_WITH_KEYS) or (user is not None and user.is_authenticated):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def bounded(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """
    Middleware, before any that reads a form: refuse what is larger than any form here can be.

    Django keeps the files of a form on the disk as soon as anything looks at it, which the check against forged forms does for
    everyone. Without this whoever sends could fill the disk, without an account, where no proxy stands in front.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length[:20]) > _LARGEST:
            return too_large(request)
        return get_response(request)

    return middleware
