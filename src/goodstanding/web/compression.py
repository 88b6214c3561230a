"""Pages go over the wire compressed, whatever stands before the product; static files are compressed once, by WhiteNoise."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

__all__ = ["CompressPages"]

_TEXT = ("text/", "application/json", "application/yaml")


class CompressPages(GZipMiddleware):
    """
    Compresses texts. Pictures, PDF and uploads are compressed already.

    What a page says of a secret must not be guessed from its length (BREACH): Django adds random bytes to every
    answer, and masks its CSRF token anew in each.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith(_TEXT):
            return response
        return super().process_response(request, response)
