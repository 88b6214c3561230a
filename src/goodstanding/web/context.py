"""What every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from goodstanding.accounts.permissions import rights_of

_OUTBOX = "goodstanding.mailing.outbox.OutboxBackend"


def site(request: HttpRequest) -> dict[str, object]:
    """
    ``may``: what the reader may do as staff, such as ``may.courses``; asked only where a template does.

    ``demonstration``: the database holds demonstration data, and every page says so.

    ``mail_is_kept``: there is no mail server, and messages are files in a folder of the operator's machine.
    """
    may = SimpleLazyObject(lambda: {right.value: True for right in rights_of(request.user)})
    return {"may": may, "demonstration": settings.DEMONSTRATION, "mail_is_kept": settings.EMAIL_BACKEND == _OUTBOX}
