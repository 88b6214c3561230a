"""Two ways that would end nowhere: a form sent after the session ended, and the address of a form opened as a page."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

__all__ = ["come_back", "page_of_the_form"]

_READING = ("GET", "HEAD")


def come_back(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """
    Middleware, inside that of the messages.

    Whoever is signed out by time and then sends a form is told so, and after signing in returns to the page with the
    form: the address that the form was sent to may answer nothing but forms. Such an address, opened as a page, says
    what it is instead of staying white.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method in _READING and not response.content:
            page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        # A script that saves in the background says by itself that it could not.
        opens_a_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        if (
            request.method == "POST"
            and opens_a_page
            and _asks_to_sign_in(request, response)
            and not request.user.is_authenticated
        ):
            messages.warning(
                request,
                "You were signed out in the meantime, so this was not saved yet. Sign in, and you come back to where you were.",
            )
            return redirect_to_login(page_of_the_form(request) or request.get_full_path())
        return response

    return middleware


def _asks_to_sign_in(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether this very request needs a sign-in first; a form that was taken may lead to the sign-in as well."""
    if response.status_code != HTTPStatus.FOUND:
        return False
    where = urlsplit(response.headers["Location"])
    return where.path == reverse("account_login") and parse_qs(where.query).get("next") == [request.get_full_path()]


def page_of_the_form(request: HttpRequest) -> str:
    """The page of ours that the form stood on, as far as the browser says."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return ""
    return came_from._replace(scheme="", netloc="", fragment="").geturl()
