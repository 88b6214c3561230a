"""Pages that are the same for every stranger are made once a day, and sent again only to who does not have them."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

from goodstanding.kept import Kept
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.clock import today

__all__ = ["kept_for_strangers"]

P = ParamSpec("P")
_LONGEST_QUERY = 300
_pages: Kept[tuple[str, str, dt.date, bool], tuple[bytes, str]] = Kept(512)


def kept_for_strangers(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:  # fmt: skip
    """
    Keep what `view` makes for people who are not signed in, by address, day and rules, which is all that it is made of.

    The view may show nothing of the request besides its address. Who is signed in, has a message waiting, or asks with a very long address gets
    a page of her own. A browser that has the page is told that it is still good, by its digest.
    """

    @functools.wraps(view)
    def kept(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        address = request.get_full_path()
        if request.user.is_authenticated or len(address) > _LONGEST_QUERY or len(get_messages(request)):
            return view(request, *args, **kwargs)

        def make() -> tuple[bytes, str]:
            response = view(request, *args, **kwargs)
            return response.content, hashlib.sha256(response.content).hexdigest()[:32]

        content, digest = _pages.get((address, rulebook().version, today(request), settings.DEMONSTRATION), make)
        etag = f'"{digest}"'
        response = HttpResponse(content)
        response.headers["ETag"] = etag
        patch_cache_control(response, no_cache=True, private=True)
        patch_vary_headers(response, ["Cookie"])
        return get_conditional_response(request, etag=etag, response=response) or response

    return kept
