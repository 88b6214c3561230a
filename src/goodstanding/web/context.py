"""What every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """``demonstration``: the database holds demonstration data, and every page says so."""
    del request
    return {"demonstration": settings.DEMONSTRATION}
