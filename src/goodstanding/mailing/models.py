"""Mail to be sent: written in the transaction that causes it, delivered by the job worker, cleared once delivered."""

from __future__ import annotations

import uuid

from django.db import models


class OutgoingMail(models.Model):
    """One message. ``subject`` and ``body`` are emptied on delivery, for they may hold links that give access."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
