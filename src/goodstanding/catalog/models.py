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
    """How a version's minutes were worked out by its author's proposal. Provisional; what was signed are `BasisSignature`s."""

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


class BasisSignature(AppendOnly):
    """
    One signature under a version's minutes: a rating of its difficulty, the approval, or the withdrawal of one of them.

    Rows are only ever added; what holds follows from all of them (`basis_state`). Names, words and figures are frozen as
    signed. `recorded_by` is the opaque id of the staff account, not a link: it stays when the account goes.
    """

    class Kind(models.TextChoices):
        RATING = "rating", "Rating"
        APPROVAL = "approval", "Approval"
        WITHDRAWAL = "withdrawal", "Withdrawal"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # the form's: sent twice, signed once
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="signatures")
    content_hash = models.CharField(max_length=64)  # of the version, as the statement says it
    kind = models.CharField(max_length=12, choices=Kind.choices)
    withdraws = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="withdrawn_by")
    name = models.CharField(max_length=120, blank=True)
    credentials = models.CharField(max_length=120, blank=True)
    discipline = models.CharField(max_length=80, blank=True)
    note = models.TextField(max_length=1000, blank=True)  # why this rating, or why it is withdrawn
    statement = models.TextField(blank=True)
    difficulty = models.DecimalField(max_digits=4, decimal_places=2, null=True)  # as rated; of an approval: the lowest rating
    minutes = models.DecimalField(max_digits=7, decimal_places=2, null=True)  # as approved
    ratings = models.JSONField(default=list)  # ids of the ratings that an approval rests on
    hours = models.JSONField(
        default=list
    )  # as approved: [{"body", "minutes_per_hour", "increment", "hours"}]; body "": 60 minutes
    signed_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta(AppendOnly.Meta):
        abstract = False
        ordering = ["signed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="rating", difficulty__isnull=False, withdraws__isnull=True)
                | models.Q(kind="approval", difficulty__isnull=False, minutes__isnull=False, withdraws__isnull=True)
                | models.Q(kind="withdrawal", withdraws__isnull=False),
                name="signature_has_what_its_kind_needs",
            ),
            models.CheckConstraint(
                condition=models.Q(difficulty__isnull=True) | models.Q(difficulty__gte=1, difficulty__lte=5),
                name="signature_difficulty_within_scale",
            ),
        ]
