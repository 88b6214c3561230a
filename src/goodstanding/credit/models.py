"""The credit ledger and certificates. Rows are written once; a correction is a new row that points back."""

from __future__ import annotations

import uuid

from django.db import models

from goodstanding.audit.append_only import AppendOnly


class CreditEntry(AppendOnly):
    """Something earned once, as certified. The column names follow the credit of a case file (core.rules.case)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey("accounts.Holder", on_delete=models.PROTECT, related_name="credit_entries")
    completion = models.OneToOneField(
        "learning.Completion", null=True, on_delete=models.PROTECT, related_name="credit_entry"
    )  # null: earned elsewhere, entered by hand
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    original = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrections"
    )  # the first entry of a line of corrections, which holds the proofs of all of them; null on the first itself
    title = models.CharField(max_length=200)
    started = models.DateField(null=True)
    completed = models.DateField()
    amount = models.DecimalField(max_digits=7, decimal_places=2)
    unit = models.CharField(max_length=20, default="hour")
    parts = models.JSONField(default=list)  # [{"amount": "2", "topics": ["ethics"]}] in the entry's unit
    format = models.CharField(max_length=20)
    activity = models.CharField(max_length=20, default="course")
    approvals = models.JSONField(null=True)  # list of approval body codes; null: not stated
    sponsor_name = models.CharField(max_length=120, blank=True)
    sponsor_kind = models.CharField(max_length=20, blank=True)
    course_id = models.CharField(max_length=80, blank=True)  # identity for repeats
    provisional = models.BooleanField(default=False)  # hours not yet signed by raters and an approver
    entered_at = models.DateTimeField()
    submission = models.UUIDField(unique=True, default=uuid.uuid4)  # of the form: a double click enters once

    class Meta(AppendOnly.Meta):
        abstract = False
        ordering = ["-completed", "-entered_at"]
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="credit_amount_positive")]


class CreditWithdrawal(AppendOnly):
    """The holder took an entry of her own back (``restored`` rows bring it back). The newest row holds; the entry stays."""

    entry = models.ForeignKey(CreditEntry, on_delete=models.PROTECT, related_name="withdrawals")
    at = models.DateTimeField()
    restored = models.BooleanField(default=False)

    class Meta(AppendOnly.Meta):
        abstract = False
        ordering = ["at", "id"]


class CreditProof(AppendOnly):
    """A file that proves an entry and all corrections of it: PDF, JPEG or PNG, kept privately and only ever sent as a download."""

    erasable = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(CreditEntry, on_delete=models.PROTECT, related_name="proofs")
    file = models.FileField(upload_to="proofs/")
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = False


class Certificate(AppendOnly):
    """A frozen record (core.certificates) of what was completed, and the PDF made from it once and never again."""

    number = models.CharField(max_length=30, primary_key=True)
    holder = models.ForeignKey("accounts.Holder", on_delete=models.PROTECT, related_name="certificates")
    entry = models.OneToOneField(CreditEntry, on_delete=models.PROTECT, related_name="certificate")
    record = models.JSONField()
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = False
        ordering = ["-issued_at"]


class CertificateRevocation(AppendOnly):
    """A certificate was revoked, with the reason that the public page shows."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation", primary_key=True)
    reason = models.CharField(max_length=300)
    revoked_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = False
