"""Licenses that clinicians hold, their periods, and what their holders answered about them."""

from __future__ import annotations

import uuid

from django.db import models

from goodstanding.audit.append_only import AppendOnly


class LicenseStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"
    LAPSED = "lapsed", "Lapsed"
    RETIRED = "retired", "Retired"


class License(models.Model):
    """
    One license of one holder. ``rule`` is the id of its rule file, ``profession`` one that the file serves.

    A removed license keeps its rows, so that it can be restored whole.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey("accounts.Holder", on_delete=models.PROTECT, related_name="licenses")
    rule = models.CharField(max_length=80)
    profession = models.CharField(max_length=20)
    license_type = models.CharField(max_length=80)
    number = models.CharField(max_length=40)
    number_key = models.CharField(max_length=40, editable=False)  # the number without case, spaces and dashes
    issued = models.DateField(null=True)
    renewals = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=10, choices=LicenseStatus.choices, default=LicenseStatus.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "rule", "number_key"],
                condition=models.Q(removed_at__isnull=True),
                name="license_once_per_holder",
            )
        ]


class LicensePeriod(models.Model):
    """One counting window of a license. ``carried_in`` maps requirement ids to hours, as strings of decimals."""

    license = models.ForeignKey(License, on_delete=models.CASCADE, related_name="periods")
    start = models.DateField()
    end = models.DateField()
    carried_in = models.JSONField(default=dict)
    waivers = models.JSONField(default=list)
    renewed_on = models.DateField(null=True)

    class Meta:
        ordering = ["end"]
        constraints = [
            models.UniqueConstraint(fields=["license", "end"], name="period_end_once"),
            models.CheckConstraint(condition=models.Q(start__lt=models.F("end")), name="period_in_order"),
        ]


class LicenseFact(AppendOnly):
    """An answer to one question that the rule asks about the holder. The newest answer holds; older ones stay. A null value withdraws the answer."""

    erasable = True

    license = models.ForeignKey(License, on_delete=models.CASCADE, related_name="facts")
    name = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    answered_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = False
        ordering = ["answered_at", "id"]


class Confirmation(AppendOnly):
    """The holder settled an open question of the rule with the board; ``withdrawn`` rows reopen it. The newest row holds."""

    erasable = True

    license = models.ForeignKey(License, on_delete=models.CASCADE, related_name="confirmations")
    question = models.CharField(max_length=80)
    confirmed_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    withdrawn = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = False
        ordering = ["recorded_at", "id"]


class LicenseChange(AppendOnly):
    """What was changed on a license and when: field -> [before, after]. Shown to its holder as the history."""

    erasable = True

    license = models.ForeignKey(License, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    changes = models.JSONField()

    class Meta(AppendOnly.Meta):
        abstract = False
        ordering = ["-at", "-id"]
