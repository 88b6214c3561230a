"""Error pages: what happened, that nothing was lost, what to do."""

from __future__ import annotations

import errno
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from goodstanding.web.returning import page_of_the_form

_RETRY_SECONDS = 30
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page that says so; for a program that asks the API, the same as data."""
    del exception
    if request.path.startswith("/api/"):
        problems = [{"problem": "There is nothing at this address.", "mend": "/api/v1/openapi.json lists them."}]
        return JsonResponse({"problems": problems}, status=404)
    return render(request, "404.html", status=404)


def too_many_requests(request: HttpRequest, exception: Exception | None = None, *, seconds: int = 60) -> HttpResponse:
    """Nothing was done; `seconds` is when to try again."""
    del exception
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """Nothing of what was sent is read."""
    response = render(request, "413.html", status=413)
    response.headers["Connection"] = "close"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """What a fault of ours answers: 503 where records can not be reached or written just now, which passes; else 500."""
    if not _passes(sys.exc_info()[1]):
        return render(request, "500.html", status=500)
    response = render(request, "503.html", status=503)
    response["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _passes(error: BaseException | None) -> bool:
    """Whether `error`, or what caused it, is a database that is away, locked or full, or a disk that takes no file."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        if isinstance(error, OSError) and error.errno in _DISK:
            return True
        error = error.__cause__ or error.__context__
    return False


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    del reason
    return render(request, "403_csrf.html", {"form_page": page_of_the_form(request)}, status=403)
