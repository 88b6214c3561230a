"""The mail server of an installation that has none: every message becomes a file in the outbox folder."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class OutboxBackend(BaseEmailBackend):
    """Writes each message once, as ``<time>-<id>.eml``, readable by the owner alone; any mail program opens it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.OUTBOX)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            written = message.message()
            # One message, one file: a delivery that died before it was noted is made once more, and finds its file.
            identity = hashlib.sha256(str(written["Message-ID"]).encode()).hexdigest()[:16]
            if any(folder.glob(f"*-{identity}.eml")):
                continue
            unfinished = folder / f"{uuid.uuid4().hex}.part"
            unfinished.touch(mode=0o600)
            unfinished.write_bytes(written.as_bytes())
            unfinished.replace(folder / f"{timezone.now():%Y%m%dT%H%M%S}-{identity}.eml")
        return len(email_messages)
