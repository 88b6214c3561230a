"""
Going through a course.

Every service takes an enrollment that was reached by ``selectors.access_enrollment``, so it belongs to whoever asks. Each
locks the enrollment's row first: two tabs and two clicks are served one after the other, and the second finds what the
first has done and answers with it.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from goodstanding.accounts.selectors import get_profile
from goodstanding.audit.services import Tag, record_event
from goodstanding.catalog.selectors import get_course
from goodstanding.core import courseware
from goodstanding.learning.errors import (
    AttemptClosedError,
    AttemptRefusedError,
    ClockBehindError,
    CourseWithdrawnError,
    PretestClosedError,
    ProfileIncompleteError,
    ReasonMissingError,
    SignedNameError,
    StepLockedError,
    StepNotFoundError,
    StepRefusedError,
    UnansweredError,
)
from goodstanding.learning.evaluation import clean_evaluation
from goodstanding.learning.models import (
    Attestation,
    Completion,
    CourseEvaluation,
    Enrollment,
    PostTestAttempt,
    Pretest,
    ScenarioRun,
    ScenarioStep,
    SectionVisit,
    StepReason,
)
from goodstanding.learning.path import LearningPath, PathStep, StepKind
from goodstanding.learning.selectors import (
    REASON,
    access_run,
    content_of,
    evaluation_form_of,
    failed_attempts,
    find_enrollment,
    path_of,
    policy_of,
    post_test_of,
    pretest_form_of,
    walk_of,
)
from goodstanding.private_text import NoKeyError, seal

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder

__all__ = [
    "LONGEST_REASON",
    "attest",
    "delete_reason",
    "enroll",
    "finish_pretest",
    "finish_section",
    "open_step",
    "replay_from",
    "save_answers",
    "save_pretest",
    "skip_pretest",
    "start_attempt",
    "start_run",
    "submit_attempt",
    "submit_evaluation",
    "take_step",
]

CLOCK_SLIP = dt.timedelta(hours=1)
"""A clock that was set right by less than this changes no date worth asking about."""

LONGEST_REASON = 4000
_LONGEST_SCENE = dt.timedelta(hours=4)
_MOST_WEIGHED = 40


@transaction.atomic
def enroll(*, holder: Holder, slug: str, at: dt.datetime, on: dt.date) -> Enrollment:
    """
    Start the current version of a course; `on` is the learner's local date.

    Whoever has started before keeps that enrollment and its version, also if the course was withdrawn since. Raises
    CourseNotFoundError or CourseWithdrawnError.
    """
    existing = find_enrollment(holder, slug)
    if existing is not None:
        return existing
    course = get_course(slug)
    if not course.offered:
        raise CourseWithdrawnError("This course is no longer offered.")
    enrollment, created = Enrollment.objects.get_or_create(
        holder=holder, course_id=slug, defaults={"version": course.version, "started_at": at, "started_on": on}
    )
    if created:
        record_event(
            tag=Tag.ENROLLED,
            actor=holder.user_id,
            subject_kind="enrollment",
            subject_id=enrollment.pk,
            data={"course": slug, "version": course.version.number},
        )
    return enrollment


def open_step(*, enrollment: Enrollment, kind: StepKind, step_id: str = "", at: dt.datetime) -> LearningPath:
    """
    Go to a step and remember it as the place to resume at; the path as it is then.

    Raises StepNotFoundError if the course has no such step, StepLockedError if it is not open yet. Writes only if
    something changes, for this runs with every page.
    """
    walk = walk_of(enrollment)
    path, after = walk.path, walk.failed
    step = _open(path, kind, step_id)
    place = f"{kind}:{step_id}"
    unseen = kind == "section" and not path.completed and (step.id, after) not in walk.opened
    if place != enrollment.last_place or unseen:
        with transaction.atomic():
            _lock(enrollment)
            if unseen:
                SectionVisit.objects.get_or_create(
                    enrollment=enrollment, section=step.id, restudied_after=after, defaults={"opened_at": at}
                )
            Enrollment.objects.filter(pk=enrollment.pk).update(last_place=place)
        enrollment.last_place = place
    return path


@transaction.atomic
def finish_section(*, enrollment: Enrollment, section_id: str, at: dt.datetime) -> PathStep | None:
    """
    The learner has read a section to its end and goes on; the step that follows, or None after completion.

    After failed attempts this counts as reading it again. Raises StepNotFoundError or StepLockedError.
    """
    _lock(enrollment)
    path = path_of(enrollment)
    step = _open(path, "section", section_id)
    if not path.completed:
        visit, _ = SectionVisit.objects.get_or_create(
            enrollment=enrollment, section=section_id, restudied_after=failed_attempts(enrollment), defaults={"opened_at": at}
        )
        if visit.finished_at is None:
            visit.finished_at = at
            visit.save(update_fields=["finished_at"])
            path = path_of(enrollment)
    return path.place if step.again else path.after(step)


# The pretest


@transaction.atomic
def save_pretest(
    *, enrollment: Enrollment, answers: Mapping[str, str], marks: Iterable[str] | None = None, at: dt.datetime
) -> Pretest:
    """
    Keep answers to some questions of the pretest, and what was marked in its scene if `marks` are given.

    Raises StepNotFoundError if the course has none, PretestClosedError once it is finished or skipped, core's AnswerError
    if an answer does not belong to it.
    """
    _lock(enrollment)
    form = pretest_form_of(enrollment)
    course = content_of(enrollment)
    assert course.pretest is not None  # it has a form
    row, _ = Pretest.objects.get_or_create(enrollment=enrollment, defaults={"started_at": at})
    if row.finished_at is not None:
        raise PretestClosedError("You have finished this pretest. What you answered then stays as it was.")
    courseware.check_answers(course.pretest, form, answers)
    row.answers = {**row.answers, **answers}
    if marks is not None and course.pretest.spotting is not None:
        chosen = set(marks)
        row.marks = [mark.mark_id for mark in course.pretest.spotting.marks if mark.mark_id in chosen]
    row.save(update_fields=["answers", "marks"])
    return row


@transaction.atomic
def finish_pretest(*, enrollment: Enrollment, at: dt.datetime) -> PathStep | None:
    """
    The pretest is done as far as the learner could answer it; the step that follows. Finishing twice is finishing once.

    A question may stay open: not knowing yet is an honest answer, and nobody is graded. Raises StepNotFoundError.
    """
    return _close_pretest(enrollment, at=at, skipped=False)


@transaction.atomic
def skip_pretest(*, enrollment: Enrollment, at: dt.datetime) -> PathStep | None:
    """Go on without the pretest; the step that follows. Raises StepRefusedError unless the course allows it, StepNotFoundError."""
    pretest = content_of(enrollment).pretest
    if pretest is not None and not pretest.skippable:
        raise StepRefusedError(
            "This course asks everyone to take the pretest. It is not graded, and you may leave questions open."
        )
    return _close_pretest(enrollment, at=at, skipped=True)


def _close_pretest(enrollment: Enrollment, *, at: dt.datetime, skipped: bool) -> PathStep | None:
    _lock(enrollment)
    step = _open(path_of(enrollment), "pretest")
    row, _ = Pretest.objects.get_or_create(enrollment=enrollment, defaults={"started_at": at})
    if row.finished_at is None:
        row.finished_at, row.skipped = at, skipped
        row.save(update_fields=["finished_at", "skipped"])
    return path_of(enrollment).after(step)


# Scenarios


@transaction.atomic
def start_run(*, enrollment: Enrollment, scenario_id: str, at: dt.datetime) -> ScenarioRun:
    """The first run through a scenario, begun now if it was not before. Raises StepNotFoundError or StepLockedError."""
    _lock(enrollment)
    _open(path_of(enrollment), "scenario", scenario_id)
    fresh = courseware.start(content_of(enrollment).scenario(scenario_id))
    run, _ = ScenarioRun.objects.get_or_create(
        enrollment=enrollment,
        scenario=scenario_id,
        number=1,
        defaults={"state": fresh.model_dump(mode="json"), "started_at": at},
    )
    return run


@transaction.atomic
def take_step(
    *,
    enrollment: Enrollment,
    scenario_id: str,
    number: int,
    position: int,
    choice: str = "",
    marks: Iterable[str] = (),
    reason: str = "",
    weighed: Iterable[str] = (),
    seconds: int | None = None,
    at: dt.datetime,
) -> ScenarioRun:
    """
    Take the step at `position` of a run: choose, mark, or read on. The reason is stored, sealed, with the choice, before
    anything about it is shown.

    `weighed` are the choices picked on the way to this one, in order, so that a change of mind is not lost; `seconds` is
    the time on the scene, if it was measured. Neither decides anything.

    A step that was taken before stays as it is, so a second click or a page from the browser's history changes nothing.
    Raises StepNotFoundError if there is no such run, ReasonMissingError where the scene asks for a reason,
    StepRefusedError if the scenario does not go on like this.
    """
    # A run began when its step of the course was open, and what is open stays open; so the run alone is asked, and held.
    run = ScenarioRun.objects.select_for_update().filter(enrollment=enrollment, scenario=scenario_id, number=number).first()
    if run is None:
        raise StepNotFoundError(scenario_id)
    scenario = content_of(enrollment).scenario(scenario_id)
    state = courseware.State.model_validate(run.state)
    if position < len(state.steps):
        return run
    if position > len(state.steps):
        raise StepRefusedError("You have not come to this scene yet. Go on from where you are.")
    node = courseware.current(scenario, state)
    reason = reason.strip() if node.reason_prompt else ""
    try:
        following, taken = _step(scenario, state, node, choice, tuple(marks))
    except courseware.IllegalStep as refused:
        raise StepRefusedError(str(refused)) from refused
    if node.reason_prompt and not reason:
        raise ReasonMissingError("Write it first, in your own words; one sentence is enough. Only you can read it.")
    if len(reason) > LONGEST_REASON:
        raise StepRefusedError(f"What you wrote is {len(reason)} characters long; there is room for {LONGEST_REASON}.")
    step: ScenarioStep = ScenarioStep.objects.create(
        run=run,
        position=position,
        node=node.node_id,
        choice=taken,
        weighed=_weighed(scenario, state, weighed, choice) if node.choices else [],
        seconds=None if seconds is None else min(max(seconds, 0), int(_LONGEST_SCENE.total_seconds())),
        at=at,
    )
    if reason:
        try:
            StepReason.objects.create(step=step, sealed=seal(reason, purpose=REASON, owner=enrollment.holder_id))
        except NoKeyError as closed:
            raise StepRefusedError(
                "Your words can not be kept safely at the moment, so nothing was saved. What you wrote is still here; please "
                "tell whoever runs this site."
            ) from closed
    run.state = following.model_dump(mode="json")
    if run.finished_at is None and courseware.is_finished(scenario, following):
        run.finished_at = at
    run.save(update_fields=["state", "finished_at"])
    return run


@transaction.atomic
def replay_from(*, enrollment: Enrollment, scenario_id: str, position: int, at: dt.datetime) -> ScenarioRun:
    """
    Begin a new run that repeats the first one up to the decision at `position`, so that this one can be made differently.

    Replays are kept apart from the first run and count for nothing. A replay from the same place that nothing was done in
    yet is used again, so a second click does not begin two. Raises StepNotFoundError if the first run is not finished or
    made no decision there.
    """
    _lock(enrollment)
    first = access_run(enrollment, scenario_id, 1)
    state = courseware.State.model_validate(first.state)
    if first.finished_at is None or not 0 <= position < len(state.steps) or state.steps[position].choice_id is None:
        raise StepNotFoundError(scenario_id)
    prefix = courseware.State(scenario_id=state.scenario_id, steps=state.steps[:position]).model_dump(mode="json")
    last = ScenarioRun.objects.filter(enrollment=enrollment, scenario=scenario_id).order_by("-number")[0]
    if last.number > 1 and last.state == prefix:
        return last
    return ScenarioRun.objects.create(
        enrollment=enrollment, scenario=scenario_id, number=last.number + 1, state=prefix, started_at=at
    )


@transaction.atomic
def delete_reason(*, enrollment: Enrollment, scenario_id: str, number: int, position: int) -> None:
    """
    Delete what the learner wrote at a step; the choice stays. Deleting twice is deleting once.

    Raises StepNotFoundError if she has no such run, or took no such step in it.
    """
    _lock(enrollment)
    run = access_run(enrollment, scenario_id, number)
    if not run.steps.filter(position=position).exists():
        raise StepNotFoundError(scenario_id)
    StepReason.objects.filter(step__run=run, step__position=position).delete()


def _weighed(scenario: courseware.Scenario, state: courseware.State, picked: Iterable[str], choice: str) -> list[str]:
    """The choices as they were picked, without repetitions in a row and without what is not offered; the one taken stands last."""
    offered = {each.choice_id for each in courseware.offered(scenario, state)}
    known = [each for each in (*picked, choice) if each in offered]
    changes = [each for place, each in enumerate(known) if place == 0 or known[place - 1] != each]
    return changes[-_MOST_WEIGHED:]


def _step(
    scenario: courseware.Scenario, state: courseware.State, node: courseware.Node, choice: str, marks: tuple[str, ...]
) -> tuple[courseware.State, object]:
    """The state after the step, and what to keep of it."""
    if node.kind == "notice":
        following = courseware.mark(scenario, state, marks)
        return following, list(following.steps[-1].marks)
    if node.choices:
        if not choice:
            raise courseware.WrongStep("Choose what you would do.")
        return courseware.choose(scenario, state, choice, marks), choice
    return courseware.proceed(scenario, state, marks), None


# The post-test


@transaction.atomic
def start_attempt(*, enrollment: Enrollment, at: dt.datetime) -> PostTestAttempt:
    """
    Draw a form and begin an attempt; the open attempt, if there is one.

    The numbers of the approval bodies in force on the learner's date are kept with it, so it is graded the same for ever.
    Raises StepLockedError while earlier steps are open, AttemptRefusedError if the policy of retakes does not allow one now.
    """
    _lock(enrollment)
    _open(path_of(enrollment), "post_test")
    overview = post_test_of(enrollment, at=at)
    if overview.open_attempt is not None:
        return overview.open_attempt
    if isinstance(overview.verdict, courseware.Refused):
        raise AttemptRefusedError(overview.verdict.reason, overview.verdict.sections)
    number = overview.verdict.number
    earlier = [item for attempt in overview.submitted for item in courseware.Form.model_validate(attempt.form).item_ids]
    form = courseware.draw_form(content_of(enrollment).post_test, seed=f"{enrollment.pk}:{number}", asked_before=earlier)
    return PostTestAttempt.objects.create(
        enrollment=enrollment,
        number=number,
        form=form.model_dump(mode="json"),
        pass_percent=overview.policy.pass_percent,
        attempts_before_restudy=overview.policy.attempts_before_restudy,
        attempts_in_all=overview.policy.attempts_in_all,
        started_at=at,
    )


@transaction.atomic
def save_answers(*, attempt: PostTestAttempt, answers: Mapping[str, str]) -> PostTestAttempt:
    """
    Keep answers to some questions of an open attempt; the others stay as they are.

    Raises AttemptClosedError if it was handed in, core's AnswerError if an answer does not belong to the form.
    """
    attempt = _lock_attempt(attempt)
    if attempt.submitted_at is not None:
        raise AttemptClosedError("This test was handed in before.")
    form = courseware.Form.model_validate(attempt.form)
    courseware.check_answers(content_of(attempt.enrollment).post_test, form, answers)
    attempt.answers = {**attempt.answers, **answers}
    attempt.save(update_fields=["answers"])
    return attempt


@transaction.atomic
def submit_attempt(*, attempt: PostTestAttempt, at: dt.datetime) -> PostTestAttempt:
    """
    Hand in the answers saved so far and grade them; an attempt that was handed in before is returned as it was graded.

    UnansweredError if questions are open: nobody should fail by a click too early.
    """
    attempt = _lock_attempt(attempt)
    if attempt.submitted_at is not None:
        return attempt
    form = courseware.Form.model_validate(attempt.form)
    course = content_of(attempt.enrollment)
    result = courseware.grade(course.post_test, form, attempt.answers, policy=policy_of(attempt))
    if result.unanswered:
        raise UnansweredError(result.unanswered)
    attempt.submitted_at = at
    attempt.correct, attempt.total, attempt.passed = result.correct, result.asked, result.passed
    attempt.save(update_fields=["submitted_at", "correct", "total", "passed"])
    return attempt


# Evaluation and attestation


@transaction.atomic
def submit_evaluation(*, enrollment: Enrollment, answers: Mapping[str, str], at: dt.datetime) -> CourseEvaluation:
    """
    Keep the learner's evaluation of the course; the first one stands.

    Raises StepLockedError before the post-test is passed, EvaluationAnswersError with a problem per question.
    """
    _lock(enrollment)
    existing: CourseEvaluation | None = CourseEvaluation.objects.filter(enrollment=enrollment).first()
    if existing is not None:
        return existing
    _open(path_of(enrollment), "evaluation")
    cleaned = clean_evaluation(evaluation_form_of(enrollment, at), answers)
    evaluation: CourseEvaluation = CourseEvaluation.objects.create(enrollment=enrollment, answers=cleaned, submitted_at=at)
    return evaluation


@transaction.atomic
def attest(*, enrollment: Enrollment, signed_name: str, at: dt.datetime) -> Completion:
    """
    The learner signs the course's statement with her legal name, which completes the course on her local date.

    Exactly once: whoever comes second gets the completion that stands. Raises StepLockedError while earlier steps are
    open, ProfileIncompleteError, SignedNameError, or ClockBehindError.
    """
    _lock(enrollment)
    existing: Completion | None = Completion.objects.filter(enrollment=enrollment).first()
    if existing is not None:
        return existing
    _open(path_of(enrollment), "attestation")
    user = enrollment.holder.user
    profile = get_profile(user) if user is not None else None
    missing = [field for field in ("legal_name", "time_zone") if not getattr(profile, field, "").strip()]
    if profile is None or missing:
        raise ProfileIncompleteError(missing)
    if _plain_name(signed_name) != _plain_name(profile.legal_name):
        raise SignedNameError(profile.legal_name)
    at = _after_what_came_before(enrollment, at)
    Attestation.objects.create(
        enrollment=enrollment, statement=content_of(enrollment).attestation, signed_name=signed_name.strip(), signed_at=at
    )
    completion: Completion = Completion.objects.create(
        enrollment=enrollment,
        completed_at=at,
        completed_on=at.astimezone(zoneinfo.ZoneInfo(profile.time_zone)).date(),
        time_zone=profile.time_zone,
    )
    record_event(
        tag=Tag.COMPLETED,
        actor=enrollment.holder.user_id,
        subject_kind="enrollment",
        subject_id=enrollment.pk,
        data={"course": enrollment.course_id, "on": completion.completed_on.isoformat()},
    )
    return completion


def _after_what_came_before(enrollment: Enrollment, at: dt.datetime) -> dt.datetime:
    """
    `at`, or the time of the step before the signature if the clock was set back a little meanwhile.

    Further back one of the two clocks was wrong, and a date that is frozen for good must not be a guess: ClockBehindError.
    """
    before: dt.datetime = CourseEvaluation.objects.values_list("submitted_at", flat=True).get(enrollment=enrollment)
    if at < before - CLOCK_SLIP:
        raise ClockBehindError
    return max(at, before)


def _plain_name(name: str) -> str:
    """A name as it is compared: without regard to case, spaces, and the many forms of an apostrophe or hyphen."""
    text = unicodedata.normalize("NFKC", name).casefold()
    for variants, plain in (("’‘ʼ`´", "'"), ("‐‑–", "-")):
        for variant in variants:
            text = text.replace(variant, plain)
    return "".join(text.split())


def _lock(enrollment: Enrollment) -> None:
    """Hold the enrollment's row until the transaction ends. (SQLite holds the whole database from the transaction's start.)"""
    Enrollment.objects.select_for_update().only("pk").get(pk=enrollment.pk)


def _lock_attempt(attempt: PostTestAttempt) -> PostTestAttempt:
    """The attempt as it is now, with its enrollment's row held."""
    _lock(attempt.enrollment)
    return (
        PostTestAttempt.objects.select_related("enrollment__version", "enrollment__holder")
        .defer("enrollment__version__content")
        .get(pk=attempt.pk)
    )


def _open(path: LearningPath, kind: StepKind, step_id: str = "") -> PathStep:
    """The step, if the course has it and it is open."""
    step = path.find(kind, step_id)
    if step is None:
        raise StepNotFoundError(step_id or kind)
    if not step.is_open:
        raise StepLockedError(path.current)
    return step
