"""The path from starting a course to completing it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from goodstanding.audit.append_only import AppendOnly


class Enrollment(models.Model):
    """A holder takes one version of a course and finishes that version, whatever is published later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey("accounts.Holder", on_delete=models.PROTECT, related_name="enrollments")
    course = models.ForeignKey("catalog.Course", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("catalog.CourseVersion", on_delete=models.PROTECT, related_name="enrollments")
    started_at = models.DateTimeField()
    started_on = models.DateField()  # the learner's local date
    last_place = models.CharField(max_length=200, blank=True)  # the step last opened, as kind:id, to resume at

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "course"], name="enrolled_once_per_course")]


class SectionVisit(models.Model):
    """A section was opened, and perhaps read to its end. ``restudied_after`` counts failed attempts this visit answers."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="visits")
    section = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    restudied_after = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "section", "restudied_after"], name="visit_once")]


class ScenarioRun(models.Model):
    """One run through a scenario; ``state`` is core.courseware scenario state JSON. The first run counts, replays are kept apart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="scenario_runs")
    scenario = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField()
    state = models.JSONField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["enrollment", "scenario", "number"], name="run_number_once")]


class ScenarioStep(AppendOnly):
    """What the learner chose at one node, what she weighed before, and how long it took. Private to the learner."""

    erasable = True

    run = models.ForeignKey(ScenarioRun, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    node = models.CharField(max_length=80)
    choice = models.JSONField(null=True)  # a choice id, the list of marks at a noticing node; null where one only reads on
    weighed = models.JSONField(default=list)  # the choices in the order she picked them, the one she took last
    seconds = models.PositiveIntegerField(null=True)  # on this scene; null where it could not be measured
    at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = False
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="step_once")]


class StepReason(models.Model):
    """
    What the learner wrote at a step, before the feedback. Sealed for her alone (``goodstanding.private_text``).

    Apart from the step, because she may delete it at any time; the choice then stays and the words are gone.
    """

    step = models.OneToOneField(ScenarioStep, on_delete=models.CASCADE, related_name="written", primary_key=True)
    sealed = models.TextField()


class Pretest(models.Model):
    """What the learner answered before the first section. Ungraded; shows only what changed between then and the post-test."""

    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="pretest", primary_key=True)
    answers = models.JSONField(default=dict)  # item id -> option id
    marks = models.JSONField(default=list)  # ids of what was marked in the scene without a label
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    skipped = models.BooleanField(default=False)


class PostTestAttempt(models.Model):
    """
    One attempt: the form drawn (``form`` is core.courseware JSON), answers saved as they are given, and the result once submitted.

    The numbers it stands under are those of the day it began and stay with it, whatever approvals begin or end afterwards.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    form = models.JSONField()
    pass_percent = models.PositiveSmallIntegerField()
    attempts_before_restudy = models.PositiveSmallIntegerField()
    attempts_in_all = models.PositiveSmallIntegerField(null=True)  # null where no approval body limits them
    answers = models.JSONField(default=dict)  # item id -> option id
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    correct = models.PositiveSmallIntegerField(null=True)
    total = models.PositiveSmallIntegerField(null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["enrollment"], condition=models.Q(submitted_at__isnull=True), name="one_open_attempt"
            ),
        ]


class CourseEvaluation(AppendOnly):
    """The learner's evaluation of the course: question id -> answer."""

    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="evaluation", primary_key=True)
    answers = models.JSONField()
    submitted_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = False


class Attestation(AppendOnly):
    """The learner signed that she herself did the work. ``statement`` is the text as it was shown."""

    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="attestation", primary_key=True)
    statement = models.TextField()
    signed_name = models.CharField(max_length=120)
    signed_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = False


class Completion(AppendOnly):
    """The enrollment is complete. The date is the learner's local date, with its zone."""

    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="completion", primary_key=True)
    completed_at = models.DateTimeField()
    completed_on = models.DateField()
    time_zone = models.CharField(max_length=60)

    class Meta(AppendOnly.Meta):
        abstract = False


class NoteKind(models.TextChoices):
    """What a learner leaves in a section: words of her own, or a place marked in the text."""

    NOTE = "note", "Note"
    HIGHLIGHT = "highlight", "Highlight"


class PrivateNote(models.Model):
    """
    A note or a highlight in one section, for its owner alone and deleted as soon as she says so.

    ``sealed`` holds all of it: what someone marks says as much about her as what she writes.
    """

    id = models.UUIDField(primary_key=True, editable=False)  # made by the page, so a note sent twice is one note
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="notes")
    section = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=NoteKind.choices)
    sealed = models.TextField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["enrollment", "section"], name="notes_by_section")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=NoteKind.values), name="note_kind_known"),
            models.CheckConstraint(condition=LessThanOrEqual(Length("sealed"), 40_000), name="note_bounded"),
        ]


class Sitting(models.Model):
    """
    One page of a course, held open once: how long it was read, and how far down.

    ``seconds`` are those in which the page was seen and its reader was active, as the page reported and the server allowed;
    ``last_beat`` is the number of the last report, so none counts twice. It decides nothing; it is shown to the learner, and
    summed without names it tells how long a course takes.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="sittings")
    step = models.CharField(max_length=100)  # kind:id, as in Enrollment.last_place
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    last_beat = models.PositiveIntegerField()
    seconds = models.PositiveIntegerField(default=0)
    mark = models.PositiveSmallIntegerField(default=0)  # the number of the paragraph that stood at the top

    class Meta:
        indexes = [models.Index(fields=["enrollment", "step"], name="sittings_by_step")]
        constraints = [
            models.CheckConstraint(condition=models.Q(last_at__gte=models.F("opened_at")), name="sitting_goes_forward"),
        ]


class SeatClock(models.Model):
    """Until when a learner's time is accounted for, over all courses and tabs: no moment counts twice."""

    holder = models.OneToOneField("accounts.Holder", on_delete=models.CASCADE, primary_key=True, related_name="+")
    counted_until = models.DateTimeField()


class StaffRequest(models.Model):
    """
    A request for an accommodation, a grievance, or a question about a course, or a mistake that somebody found in a board's rule.

    The text may speak of a person's health, so it is sealed as private texts are; staff pages open it. No account is needed.
    ``rule_version`` is the version that the person read, ``part`` names what of it the report is about, empty for the whole.
    """

    class Kind(models.TextChoices):
        ACCOMMODATION = "accommodation", "Accommodation"
        GRIEVANCE = "grievance", "Grievance"
        QUESTION = "question", "Question"
        MISTAKE = "mistake", "Mistake in a rule"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    course = models.ForeignKey("catalog.Course", null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=80, blank=True, default="")
    rule_version = models.CharField(max_length=64, blank=True, default="")
    part = models.CharField(max_length=120, blank=True, default="")
    holder = models.ForeignKey("accounts.Holder", null=True, on_delete=models.SET_NULL, related_name="+")
    reply_to = models.EmailField(blank=True)
    sealed = models.TextField()
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(course__isnull=False, rule="", rule_version="", part="") & ~models.Q(kind="mistake")
                | models.Q(course__isnull=True, kind="mistake") & ~models.Q(rule="") & ~models.Q(rule_version=""),
                name="request_about_one_thing",
            )
        ]
