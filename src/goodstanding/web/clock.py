"""The one place of the web faces that reads the clock, and shows times in the reader's zone."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


def today(request: HttpRequest) -> dt.date:
    """The reader's local date: in the zone of the profile, else in UTC."""
    del request  # the zone was activated for it by local_time
    return timezone.localdate()


def local_time(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: activate the time zone of the reader's profile for this request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        profile = getattr(user, "profile", None) if user is not None and user.is_authenticated else None
        name = profile.time_zone if profile else ""
        with timezone.override(zoneinfo.ZoneInfo(name) if name else dt.UTC):
            return get_response(request)

    return middleware
