"""The append-only log of what was done, by whom, to what. It holds opaque ids only, never names or addresses."""

from __future__ import annotations

from django.db import models

from goodstanding.audit.append_only import AppendOnly
from goodstanding.audit.chain import START


class AuditEvent(AppendOnly):
    """
    One thing done. ``actor`` is a user's id, or empty for the product itself; ``data`` holds no personal data.

    ``number``, ``previous`` and ``hash`` chain it to the record before (``audit.chain``).
    """

    id = models.BigAutoField(primary_key=True)
    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    tag = models.CharField(max_length=60)
    actor = models.CharField(max_length=36, blank=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta(AppendOnly.Meta):
        abstract = False
        ordering = ["-id"]
        # One index for each way the staff page narrows the log; it only ever grows.
        indexes = [
            models.Index(fields=["subject_id"], name="audit_subject"),
            models.Index(fields=["actor"], name="audit_actor"),
            models.Index(fields=["tag"], name="audit_tag"),
            models.Index(fields=["at"], name="audit_at"),
        ]


class AuditHead(models.Model):
    """The end of the chain. One row; whoever adds a record holds it, so that no two records follow the same one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=START)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_audit_head")]


class ErasurePermit(models.Model):
    """
    While this row is there, rows of erasable tables may be deleted (``audit.guards``). It can not be committed.

    There is room for one row, and it refers to a second that there is no room for: the database checks that when the
    transaction ends. So a permit lasts for the transaction that made it, no other ever sees it, and none is left behind.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    never = models.ForeignKey("self", on_delete=models.DO_NOTHING, default=2, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1, never=2), name="permit_never_committed")]
