"""Pages that say the same to everyone are made once a day, and sent again only to who does not have them."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.safestring import SafeString, mark_safe

from goodstanding.kept import Kept
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.clock import today

__all__ = ["same_for_everyone"]

P = ParamSpec("P")
_Key = tuple[str, str, dt.date, bool]
_LONGEST_ADDRESS = 300
_whole: Kept[_Key, tuple[bytes, str]] = Kept(512)
_own: Kept[_Key, dict[str, SafeString]] = Kept(512)
_OWN = re.compile(
    r"<title>(?P<title>.*?)</title>\s*<meta name=\"description\" content=\"(?P<description>.*?)\">"
    r".*?</script>\s*(?P<head>.*?)</head>.*?<main [^>]*>(?P<main>.*)</main>",
    re.DOTALL,
)
"""What a page has of its own in the frame that base.html puts around it."""


def same_for_everyone(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:  # fmt: skip
    """
    Keep what `view` makes, by address, day and rules, which is all that it is made of.

    The view may show nothing of the request besides its address, and no form with a token. A stranger gets the whole page as it is
    kept, and a browser that has it is told that it is still good, by its digest. Who is signed in gets the kept inside of the
    page in a frame of her own: navigation, messages.
    """

    @functools.wraps(view)
    def kept(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        address = request.get_full_path()
        if len(address) > _LONGEST_ADDRESS:
            return view(request, *args, **kwargs)
        key = (address, rulebook().version, today(request), settings.DEMONSTRATION)
        if request.user.is_authenticated or len(get_messages(request)):
            own = _own.get(key, lambda: _own_of(view(request, *args, **kwargs)))
            return render(request, "public/kept.html", own)

        def make() -> tuple[bytes, str]:
            content = view(request, *args, **kwargs).content
            return content, hashlib.sha256(content).hexdigest()[:32]

        content, digest = _whole.get(key, make)
        etag = f'"{digest}"'
        response = HttpResponse(content)
        response.headers["ETag"] = etag
        patch_cache_control(response, no_cache=True, private=True)
        patch_vary_headers(response, ["Cookie"])
        return get_conditional_response(request, etag=etag, response=response) or response

    return kept


def _own_of(page: HttpResponse) -> dict[str, SafeString]:
    found = _OWN.search(page.content.decode())
    assert found is not None
    return {name: mark_safe(part) for name, part in found.groupdict().items()}  # noqa: S308 - cut out of a page that a template made
