"""Mail to be sent: written in the transaction that causes it, delivered by the job worker, cleared once delivered."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class OutgoingMail(models.Model):
    """
    One message. ``subject`` and ``body`` are emptied on delivery, for they may hold links that give access.

    ``next_attempt_at`` is when delivery may be tried again; null when there is nothing left to try, because the mail was
    delivered or given up. Whoever delivers first moves it forward, so that two workers never send the same mail.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    next_attempt_at = models.DateTimeField(null=True, default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(fields=["next_attempt_at"], name="mail_due")]
