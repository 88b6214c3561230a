"""How often one address may ask. Simple on purpose: numbers can not be guessed; this keeps one visitor from slowing the rest."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

__all__ = ["Limit", "limited"]

_Rest = ParamSpec("_Rest")
_View = Callable[Concatenate[HttpRequest, _Rest], HttpResponse]


@dataclass(frozen=True)
class Limit:
    """At most `times` in `seconds`, counted from the first, for each kind of request and each address."""

    name: str
    times: int
    seconds: int

    def exceeded(self, request: HttpRequest) -> bool:
        """Count this request; True where it is one too many."""
        key = self._key(request)
        cache.add(key, 0, timeout=self.seconds)
        try:
            return cache.incr(key) > self.times
        except ValueError:  # it ran out between the two
            return False

    def _key(self, request: HttpRequest) -> str:
        # The adapter gives a keyed fingerprint of the address, so the cache is no list of who checked certificates.
        return f"verify:{self.name}:{get_adapter().get_client_ip(request)}"


def limited(limit: Limit, *, method: str) -> Callable[[_View[_Rest]], _View[_Rest]]:
    """The view, which answers 429 to requests of `method` beyond `limit`."""

    def decorate(view: _View[_Rest]) -> _View[_Rest]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> HttpResponse:
            if request.method == method and limit.exceeded(request):
                response = render(request, "429.html", status=429)
                response.headers["Retry-After"] = str(limit.seconds)
                return response
            return view(request, *args, **kwargs)

        return guarded

    return decorate
