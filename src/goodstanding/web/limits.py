"""
How often one may ask for what costs something: checking, uploading, writing to staff, claiming.

Counted in the shared cache, so that all processes count together, and for the network address or, where someone is signed in
and her own doing is meant, for the account. How often one may try to sign in stands in ``accounts.adapter``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse

from goodstanding.accounts.counting import count
from goodstanding.web.public.errors import too_many_requests

__all__ = ["UPLOADS", "Limit", "limited"]

_Rest = ParamSpec("_Rest")
_View = Callable[Concatenate[HttpRequest, _Rest], HttpResponse]


@dataclass(frozen=True)
class Limit:
    """At most `times` in `seconds`, counted from the first, for each kind of request and each address or account."""

    name: str
    times: int
    seconds: int
    by_account: bool = False

    def exceeded(self, request: HttpRequest) -> bool:
        """Count this request; True where it is one too many."""
        number = count(self._key(request), seconds=self.seconds)
        return number is None or number > self.times

    def _key(self, request: HttpRequest) -> str:
        # The adapter gives a keyed fingerprint of the address, so the cache is no list of who checked certificates.
        whose = request.user.pk if self.by_account and request.user.is_authenticated else get_adapter().get_client_ip(request)
        return f"limit:{self.name}:{whose}"


UPLOADS = Limit("upload", times=120, seconds=3600, by_account=True)
"""More than anyone types in an hour who brings years of certificates, and too little to fill a disk."""


def limited(limit: Limit, *, method: str) -> Callable[[_View[_Rest]], _View[_Rest]]:
    """The view, which answers 429 to requests of `method` beyond `limit`."""

    def decorate(view: _View[_Rest]) -> _View[_Rest]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> HttpResponse:
            if request.method == method and limit.exceeded(request):
                return too_many_requests(request, seconds=limit.seconds)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
