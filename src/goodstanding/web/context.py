"""What every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

_OUTBOX = "goodstanding.mailing.outbox.OutboxBackend"


def site(request: HttpRequest) -> dict[str, object]:
    """
    ``demonstration``: the database holds demonstration data, and every page says so.

    ``mail_is_kept``: there is no mail server, and messages are files in a folder of the operator's machine.
    """
    del request
    return {"demonstration": settings.DEMONSTRATION, "mail_is_kept": settings.EMAIL_BACKEND == _OUTBOX}
