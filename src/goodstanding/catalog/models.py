"""The sponsor, its approvals, and the courses it offers in immutable versions."""

from __future__ import annotations

import uuid

from django.db import models

from goodstanding.audit.append_only import AppendOnly


class Sponsor(models.Model):
    """The organization that offers the courses and answers for them. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120, blank=True)
    address = models.TextField(max_length=400, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    administrator_name = models.CharField(max_length=120, blank=True)
    administrator_title = models.CharField(max_length=120, blank=True)
    signature_line = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_sponsor")]


class Approval(models.Model):
    """One approval body's approval of the sponsor, with its evidence. Never deleted: it may be withdrawn from a day on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.CharField(max_length=40)  # code as in rules' accepted approvals: apa, nbcc, aswb, camft_cepa, nysed ...
    body_name = models.CharField(max_length=120)
    number = models.CharField(max_length=60)
    formats = models.JSONField(default=list)  # of live_in_person, live_online, asynchronous, hybrid
    valid_from = models.DateField()
    valid_to = models.DateField()
    statement = models.TextField(max_length=1000)
    evidence = models.FileField(upload_to="approvals/")
    evidence_name = models.CharField(max_length=200)
    evidence_type = models.CharField(max_length=40)  # as its content says: application/pdf, image/jpeg, image/png
    evidence_sha256 = models.CharField(max_length=64)
    demonstration = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_from = models.DateField(null=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["body_name", "valid_from"]
        constraints = [models.CheckConstraint(condition=models.Q(valid_from__lte=models.F("valid_to")), name="approval_in_order")]


class Course(models.Model):
    """A course by its slug. ``current`` is the version that new enrollments get; null while nothing is published."""

    slug = models.SlugField(primary_key=True, max_length=80)
    current = models.ForeignKey("CourseVersion", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)


class CourseVersion(AppendOnly):
    """One immutable version of a course, played from ``content`` (core.courseware JSON), never from files."""

    id = models.BigAutoField(primary_key=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    content = models.JSONField()
    published_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = False
        ordering = ["course_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["course", "content_hash"], name="version_content_once"),
        ]


class CreditBasis(AppendOnly):
    """How a version's minutes were worked out. Provisional until raters and an approver have signed (none can yet)."""

    version = models.OneToOneField(CourseVersion, on_delete=models.PROTECT, related_name="credit_basis", primary_key=True)
    method = models.CharField(max_length=40)
    words = models.PositiveIntegerField()
    scenario_words = models.PositiveIntegerField()  # the part of words that stands in scenarios
    items = models.PositiveIntegerField()
    difficulty = models.DecimalField(max_digits=4, decimal_places=2)
    difficulty_reason = models.TextField()
    minutes = models.DecimalField(max_digits=7, decimal_places=2)
    computed_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = False
