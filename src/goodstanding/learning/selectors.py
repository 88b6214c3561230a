"""Reading what learners have done. Whoever asks for someone else's rows is told that they do not exist."""

from __future__ import annotations

import datetime as dt
import uuid
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from django.db import connection
from django.db.models import CharField, Prefetch, QuerySet, UUIDField

from goodstanding.accounts.selectors import get_profile
from goodstanding.catalog.selectors import approvals_on, course_of, outline_of
from goodstanding.core import courseware
from goodstanding.kept import Kept
from goodstanding.learning.errors import AttemptNotFoundError, EnrollmentNotFoundError, StepNotFoundError
from goodstanding.learning.models import (
    Completion,
    CourseEvaluation,
    Enrollment,
    PostTestAttempt,
    Pretest,
    ScenarioRun,
    ScenarioStep,
    SectionVisit,
)
from goodstanding.learning.path import LearningPath, PathStep, Progress, lay_out
from goodstanding.prepared import Given, Prepared
from goodstanding.private_text import PrivateTextError, unseal

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder, User
    from goodstanding.catalog.models import CourseVersion

__all__ = [
    "REASON",
    "CourseState",
    "Decided",
    "LearningPath",
    "PathStep",
    "PostTestOverview",
    "PretestView",
    "Question",
    "Scene",
    "Walk",
    "Written",
    "access_attempt",
    "access_enrollment",
    "access_own_enrollment",
    "access_run",
    "attempts_of",
    "bodies_in_force",
    "completion_of",
    "content_of",
    "debrief_of",
    "evaluation_form_of",
    "failed_attempts",
    "find_enrollment",
    "gains_of",
    "list_enrollments",
    "list_runs",
    "path_of",
    "place_of",
    "policy_of",
    "post_test_of",
    "pretest_form_of",
    "pretest_of",
    "questions_of",
    "reported_minutes",
    "result_of",
    "review_of",
    "scene_at",
    "state_of",
    "states_of",
    "walk_of",
]

CourseState = Literal["started", "completed"]

REASON = "scenario reason"
"""The purpose under which reasons are sealed."""


def find_enrollment(holder: Holder, slug: str) -> Enrollment | None:
    """The holder's enrollment in this course, or None. Its completion, if there is one, is read along."""
    found = _FOUND.ask(holder=holder.pk, slug=slug).objects()
    if not found:
        return None
    found[0].holder = holder
    return found[0]


_FOUND = Prepared(
    lambda: (
        Enrollment.objects.filter(holder=Given("holder", UUIDField()), course_id=Given("slug", CharField()))
        .select_related("version", "completion")
        .defer("version__content")
    )
)


def access_enrollment(holder: Holder, slug: str) -> Enrollment:
    """The holder's enrollment in this course; EnrollmentNotFoundError if she has not started it."""
    enrollment = find_enrollment(holder, slug)
    if enrollment is None:
        raise EnrollmentNotFoundError(slug)
    return enrollment


def access_own_enrollment(user: User, slug: str) -> Enrollment:
    """The same for whoever is signed in, without asking for the holder first."""
    enrollment = _all_enrollments().filter(holder__user=user, course_id=slug).first()
    if enrollment is None:
        raise EnrollmentNotFoundError(slug)
    return enrollment


def list_enrollments(holder: Holder) -> QuerySet[Enrollment]:
    """Everything the holder has started, the newest first, with its completion if there is one."""
    return _enrollments(holder).select_related("completion").order_by("-started_at", "course_id")


def state_of(enrollment: Enrollment) -> CourseState:
    """How far the learner has come with this course."""
    return "completed" if hasattr(enrollment, "completion") else "started"


def states_of(holder: Holder) -> Mapping[str, CourseState]:
    """By slug, how far the holder has come with every course she started."""
    rows = _STATES.ask(holder=holder.pk).objects()
    return {slug: "completed" if completed_on else "started" for slug, completed_on in rows}


_STATES = Prepared(
    lambda: Enrollment.objects.filter(holder=Given("holder", UUIDField())).values_list("course_id", "completion__completed_on")
)


def completion_of(enrollment: Enrollment) -> Completion | None:
    """The completion of this enrollment, if it is complete."""
    return Completion.objects.filter(enrollment=enrollment).first()


def content_of(enrollment: Enrollment) -> courseware.Course:
    """The course as this learner takes it: the version she started with."""
    return course_of(enrollment.version)


@dataclass(frozen=True)
class Walk:
    """How far a learner has come with a course."""

    path: LearningPath
    failed: int
    """How many attempts were handed in and not passed."""
    opened: frozenset[tuple[str, int]]
    """The sections she has opened, each with the failed attempts that she opened it after."""


def path_of(enrollment: Enrollment) -> LearningPath:
    """Every step of the course with its state for this learner."""
    return walk_of(enrollment).path


def walk_of(enrollment: Enrollment) -> Walk:
    """The same with what it rests on. Every page of the player asks for this, so it takes one query until a test was handed in."""
    reached = _reached(enrollment)
    done = reached.done
    attempts = _HANDED_IN.ask(enrollment=enrollment.pk).objects() if done["attempt"] else []
    course = content_of(enrollment)
    again: tuple[str, ...] = ()
    if attempts and done["section"].issuperset(section.id for section in course.sections):
        visits = list(SectionVisit.objects.filter(enrollment=enrollment, finished_at__isnull=False))
        verdict = _may_attempt(course, attempts, visits, in_all=attempts[-1].attempts_in_all)
        again = verdict.sections if isinstance(verdict, courseware.Refused) else ()
    progress = Progress(
        pretested=bool(done["pretest"]),
        sections=done["section"],
        scenarios=done["scenario"],
        passed=any(attempt.passed for attempt in attempts),
        evaluated=bool(done["evaluation"]),
        completed=bool(done["completion"]),
        again=again,
    )
    path = _paths.get(
        (enrollment.version.content_hash, progress),
        lambda: lay_out(outline_of(enrollment.version), progress, pretest=course.pretest is not None),
    )
    return Walk(
        path=path,
        failed=sum(attempt.passed is False for attempt in attempts),
        opened=reached.opened,
    )


_paths: Kept[tuple[str, Progress], LearningPath] = Kept(most=500)
"""Those who are equally far in the same version have the same path, so that what it shows can be kept by it."""

_HANDED_IN = Prepared(
    lambda: PostTestAttempt.objects.filter(enrollment=Given("enrollment", UUIDField()), submitted_at__isnull=False)
)

_REACHED = """
SELECT 'section', section, restudied_after, finished_at IS NOT NULL FROM learning_sectionvisit WHERE enrollment_id = %(id)s
UNION ALL
SELECT 'scenario', scenario, 0, finished_at IS NOT NULL FROM learning_scenariorun WHERE enrollment_id = %(id)s AND number = 1
UNION ALL
SELECT 'pretest', '', 0, finished_at IS NOT NULL FROM learning_pretest WHERE enrollment_id = %(id)s
UNION ALL
SELECT 'attempt', '', number, submitted_at IS NOT NULL FROM learning_posttestattempt WHERE enrollment_id = %(id)s
UNION ALL
SELECT 'evaluation', '', 0, 1 = 1 FROM learning_courseevaluation WHERE enrollment_id = %(id)s
UNION ALL
SELECT 'completion', '', 0, 1 = 1 FROM learning_completion WHERE enrollment_id = %(id)s
"""
"""
What was begun in a course, and whether it is done. Only the first run of a scenario counts: a replay that was left half-way
takes nothing back. Written out, because Django takes longer to put these six together than the database to answer them,
with every page of the player.
"""


@dataclass(frozen=True)
class _Reached:
    opened: frozenset[tuple[str, int]]
    done: Mapping[str, frozenset[str]]


def _reached(enrollment: Enrollment) -> _Reached:
    opened: set[tuple[str, int]] = set()
    done: dict[str, set[str]] = {
        kind: set() for kind in ("section", "scenario", "pretest", "attempt", "evaluation", "completion")
    }
    with connection.cursor() as cursor:
        cursor.execute(_REACHED, {"id": Enrollment._meta.pk.get_db_prep_value(enrollment.pk, connection)})  # noqa: SLF001 - documented
        for kind, name, number, finished in cursor.fetchall():
            if kind == "section":
                opened.add((name, number))
            if finished:
                done[kind].add(name)
    return _Reached(frozenset(opened), {kind: frozenset(names) for kind, names in done.items()})


def place_of(enrollment: Enrollment, path: LearningPath) -> PathStep | None:
    """Where the learner left off, if she may still go there; else the step that is due. None once the course is completed."""
    if path.completed:
        return None
    last = next((step for step in path.steps if f"{step.kind}:{step.id}" == enrollment.last_place), None)
    return last if last is not None and last.is_open else path.place


def reported_minutes(version: CourseVersion) -> tuple[int, ...]:
    """
    How many minutes learners said that `version` took them, shortest first, with nothing that says who.

    Answers to the evaluation's questions for minutes, of those who completed it; for the record of how long a course takes.
    """
    asked = {question.id for question in courseware.evaluation_form(course_of(version)).questions if question.kind == "minutes"}
    rows = CourseEvaluation.objects.filter(enrollment__version=version, enrollment__completion__isnull=False)
    given = [answers[name] for answers in rows.values_list("answers", flat=True) for name in asked if name in answers]
    return tuple(sorted(given))


# Scenarios


@dataclass(frozen=True)
class Scene:
    """One page of a scenario as one run shows it: the scene, what led to it, and what was done there if that is past."""

    scenario: courseware.Scenario
    node: courseware.Node
    run_number: int
    position: int
    last_position: int
    choices: tuple[courseware.Choice, ...]
    finished: bool
    """The run has reached its end (not necessarily on this page)."""
    before: Decided | None
    """What the learner did on the page before, with the reasoning about it, which she may see now."""
    taken: courseware.Step | None
    """What the learner did here, if she has gone on."""
    written: Written | None
    """What she wrote here, unless she deleted it."""
    was_deleted: bool

    @property
    def is_past(self) -> bool:
        return self.taken is not None


@dataclass(frozen=True)
class Written:
    """A reason as its writer reads it. `lost`: no key of this installation opens it, and `text` is empty."""

    text: str
    lost: bool = False


@dataclass(frozen=True)
class Decided:
    """A step that was taken: the node, the choice or the marks, the reason written then, what was weighed, how long it took."""

    position: int
    node: courseware.Node
    choice: courseware.Choice | None
    marks: tuple[tuple[courseware.Mark, bool], ...]
    written: Written | None
    weighed: tuple[courseware.Choice, ...] = ()
    """What was picked before the choice, in order; empty where there was no change of mind."""
    seconds: int | None = None
    was_deleted: bool = False
    """She wrote a reason here and deleted it later."""

    @property
    def has_substance(self) -> bool:
        """Whether there is something to look back at."""
        return bool(self.choice or self.marks or self.written or self.node.reason_prompt or self.node.model_reasoning)


def access_run(enrollment: Enrollment, scenario_id: str, number: int) -> ScenarioRun:
    """One run of a scenario of this enrollment; StepNotFoundError if there is none."""
    run = list_runs(enrollment, scenario_id).filter(number=number).first()
    if run is None:
        raise StepNotFoundError(scenario_id)
    return run


def list_runs(enrollment: Enrollment, scenario_id: str) -> QuerySet[ScenarioRun]:
    """The runs of one scenario, the first one first."""
    return ScenarioRun.objects.filter(enrollment=enrollment, scenario=scenario_id).prefetch_related(
        Prefetch("steps", queryset=ScenarioStep.objects.select_related("written"))
    )


def scene_at(enrollment: Enrollment, run: ScenarioRun, position: int) -> Scene:
    """What `run` shows at `position` (0 is its first scene); StepNotFoundError if the run has not come that far."""
    scenario = content_of(enrollment).scenario(run.scenario)
    state = courseware.State.model_validate(run.state)
    if not 0 <= position <= len(state.steps):
        raise StepNotFoundError(run.scenario)
    here = courseware.State(scenario_id=state.scenario_id, steps=state.steps[:position])
    rows = {step.position: step for step in run.steps.all()}
    before = _decided(scenario, state, position - 1, rows.get(position - 1), enrollment) if position else None
    return Scene(
        scenario=scenario,
        node=courseware.current(scenario, here),
        run_number=run.number,
        position=position,
        last_position=len(state.steps),
        choices=courseware.offered(scenario, here),
        finished=courseware.is_finished(scenario, state),
        before=before,
        taken=state.steps[position] if position < len(state.steps) else None,
        written=_written(rows.get(position), enrollment),
        was_deleted=_was_deleted(scenario, rows.get(position)),
    )


def debrief_of(enrollment: Enrollment, run: ScenarioRun) -> tuple[Decided, ...]:
    """Every step of `run` that there is something to say about, in order."""
    scenario = content_of(enrollment).scenario(run.scenario)
    state = courseware.State.model_validate(run.state)
    rows = {step.position: step for step in run.steps.all()}
    taken = (_decided(scenario, state, position, rows.get(position), enrollment) for position in range(len(state.steps)))
    return tuple(decided for decided in taken if decided.has_substance)


def _decided(
    scenario: courseware.Scenario, state: courseware.State, position: int, row: ScenarioStep | None, enrollment: Enrollment
) -> Decided:
    step = state.steps[position]
    node = scenario.node(step.node_id)
    choices = {choice.choice_id: choice for choice in node.choices}
    weighed = tuple(choices[each] for each in (row.weighed[:-1] if row else ()) if each in choices)
    return Decided(
        position=position,
        node=node,
        choice=choices.get(step.choice_id or ""),
        marks=tuple((mark, mark.mark_id in step.marks) for mark in node.marks),
        written=_written(row, enrollment),
        weighed=weighed,
        seconds=row.seconds if row else None,
        was_deleted=_was_deleted(scenario, row),
    )


def _was_deleted(scenario: courseware.Scenario, row: ScenarioStep | None) -> bool:
    """Nobody passes a scene that asks for a reason without writing one, so where none is left it was deleted."""
    return row is not None and scenario.node(row.node).reason_prompt is not None and not hasattr(row, "written")


def _written(row: ScenarioStep | None, enrollment: Enrollment) -> Written | None:
    """The learner's own words at a step, opened for her."""
    reason = getattr(row, "written", None)
    if reason is None:
        return None
    try:
        return Written(unseal(reason.sealed, purpose=REASON, owner=enrollment.holder_id))
    except PrivateTextError:
        return Written("", lost=True)


# The pretest


@dataclass(frozen=True)
class PretestView:
    """The pretest as one learner sees it. The reviews with keys and reasons are empty until she has completed the course."""

    questions: tuple[Question, ...]
    spotting: courseware.Spotting | None
    marks: frozenset[str]
    skippable: bool
    finished: bool
    skipped: bool
    reviews: tuple[courseware.ItemReview, ...]
    spotted: tuple[tuple[courseware.Mark, bool], ...]


def pretest_form_of(enrollment: Enrollment) -> courseware.Form:
    """The form of the pretest, the same each time; StepNotFoundError if the course has none."""
    pretest = content_of(enrollment).pretest
    if pretest is None:
        raise StepNotFoundError("pretest")
    return courseware.pretest_form(pretest, seed=f"{enrollment.pk}:pretest")


def pretest_of(enrollment: Enrollment) -> PretestView:
    """The pretest of this learner; StepNotFoundError if the course has none."""
    form = pretest_form_of(enrollment)
    pretest = content_of(enrollment).pretest
    assert pretest is not None  # it has a form
    row = Pretest.objects.filter(enrollment=enrollment).first()
    answers, marks = (row.answers, row.marks) if row else ({}, [])
    finished = row is not None and row.finished_at is not None
    skipped = row is not None and row.skipped
    over = completion_of(enrollment) is not None and not skipped
    return PretestView(
        questions=_asked(pretest, form, answers),
        spotting=pretest.spotting,
        marks=frozenset(marks),
        skippable=pretest.skippable,
        finished=finished,
        skipped=skipped,
        reviews=courseware.pretest_review(pretest, form, answers, course_finished=over),
        spotted=courseware.spotted(pretest, marks) if over else (),
    )


def gains_of(enrollment: Enrollment) -> tuple[courseware.ObjectiveGain, ...]:
    """
    Each objective before the course and in the attempt that passed; empty until both are there.

    Before that it would say which pretest answers were right.
    """
    pretest = content_of(enrollment).pretest
    row = Pretest.objects.filter(enrollment=enrollment, finished_at__isnull=False, skipped=False).first()
    passed = PostTestAttempt.objects.filter(enrollment=enrollment, passed=True).first()
    if pretest is None or row is None or passed is None:
        return ()
    before = courseware.pretest_results(pretest, pretest_form_of(enrollment), row.answers)
    return courseware.gains(before, _result(content_of(enrollment), passed).objectives)


def _asked(
    test: courseware.PostTest | courseware.Pretest, form: courseware.Form, answers: Mapping[str, str]
) -> tuple[Question, ...]:
    questions = []
    for number, asked in enumerate(form.questions, start=1):
        item = test.item(asked.item_id)
        options = tuple((option_id, item.option(option_id).text) for option_id in asked.option_ids)
        questions.append(Question(number, item.id, item.stem, options, answers.get(item.id)))
    return tuple(questions)


# The post-test


@dataclass(frozen=True)
class PostTestOverview:
    """Where the learner stands with the post-test."""

    open_attempt: PostTestAttempt | None
    submitted: tuple[PostTestAttempt, ...]
    verdict: courseware.Allowed | courseware.Refused
    questions: int
    policy: courseware.PostTestPolicy
    """The numbers of an attempt that would begin now."""

    @property
    def needed(self) -> int:
        """Right answers needed to pass."""
        return -(-self.policy.pass_percent * self.questions // 100)

    @property
    def attempts_left(self) -> int | None:
        """None where no approval body in force limits them."""
        in_all = self.policy.attempts_in_all
        return None if in_all is None else max(in_all - len(self.submitted), 0)

    @property
    def passed(self) -> PostTestAttempt | None:
        return next((attempt for attempt in self.submitted if attempt.passed), None)


@dataclass(frozen=True)
class Question:
    """One question as it is asked, with the answer saved so far. It holds no key."""

    number: int
    item_id: str
    stem: str
    options: tuple[tuple[str, str], ...]
    answer: str | None


def access_attempt(holder: Holder, attempt_id: uuid.UUID | str) -> PostTestAttempt:
    """An attempt of this holder; AttemptNotFoundError for everyone else's, as for one that does not exist."""
    attempt = (
        PostTestAttempt.objects.filter(id=attempt_id, enrollment__holder=holder)
        .select_related("enrollment__version", "enrollment__holder")
        .defer("enrollment__version__content")
        .first()
    )
    if attempt is None:
        raise AttemptNotFoundError(str(attempt_id))
    return attempt


def attempts_of(enrollment: Enrollment) -> tuple[PostTestAttempt, ...]:
    """The attempts that were handed in, in order."""
    return tuple(PostTestAttempt.objects.filter(enrollment=enrollment, submitted_at__isnull=False))


def bodies_in_force(enrollment: Enrollment, at: dt.datetime) -> frozenset[str]:
    """The bodies that the course is set up for and whose approval covers it on the learner's local date at `at`."""
    course = content_of(enrollment)
    if not course.approval_bodies:
        return frozenset()
    user = enrollment.holder.user
    zone = get_profile(user).time_zone if user is not None else ""
    day = at.astimezone(zoneinfo.ZoneInfo(zone) if zone else dt.UTC).date()
    in_force = {approval.body for approval in approvals_on(day, course.format)}
    return frozenset(body.body for body in course.approval_bodies if body.body in in_force)


def evaluation_form_of(enrollment: Enrollment, at: dt.datetime) -> courseware.EvaluationForm:
    """What the learner is asked about the course if she evaluates it at `at`: its own questions, and those of bodies in force."""
    return courseware.evaluation_form(content_of(enrollment), bodies_in_force(enrollment, at))


def post_test_of(enrollment: Enrollment, *, at: dt.datetime) -> PostTestOverview:
    """
    The attempts so far, and whether another may begin at `at`, under the numbers of that day.

    The open attempt, like every earlier one, stands under the numbers of the day it began.
    """
    attempts = list(PostTestAttempt.objects.filter(enrollment=enrollment))
    submitted = tuple(attempt for attempt in attempts if attempt.submitted_at is not None)
    visits = list(SectionVisit.objects.filter(enrollment=enrollment, finished_at__isnull=False))
    course = content_of(enrollment)
    policy = courseware.post_test_policy(course, bodies_in_force(enrollment, at))
    return PostTestOverview(
        open_attempt=next((attempt for attempt in attempts if attempt.submitted_at is None), None),
        submitted=submitted,
        verdict=_may_attempt(course, submitted, visits, in_all=policy.attempts_in_all),
        questions=course.post_test.form_size,
        policy=policy,
    )


def questions_of(attempt: PostTestAttempt) -> tuple[Question, ...]:
    """The form of `attempt` in its order."""
    return _asked(content_of(attempt.enrollment).post_test, _form(attempt), attempt.answers)


def result_of(attempt: PostTestAttempt) -> courseware.Result:
    """How `attempt` was graded; holds no key, whether it was passed or not."""
    return _result(content_of(attempt.enrollment), attempt)


def review_of(attempt: PostTestAttempt) -> tuple[courseware.ItemReview, ...]:
    """The questions with keys and reasons, once the attempt was handed in and passed; empty before."""
    if not attempt.passed:
        return ()
    course = content_of(attempt.enrollment)
    return courseware.review(course.post_test, _form(attempt), attempt.answers, policy=policy_of(attempt))


def policy_of(attempt: PostTestAttempt) -> courseware.PostTestPolicy:
    """The numbers that `attempt` stands under, as they were when it began."""
    return courseware.PostTestPolicy(attempt.pass_percent, attempt.attempts_before_restudy, attempt.attempts_in_all)


def failed_attempts(enrollment: Enrollment) -> int:
    """How many attempts were handed in and not passed."""
    return PostTestAttempt.objects.filter(enrollment=enrollment, passed=False).count()


def _form(attempt: PostTestAttempt) -> courseware.Form:
    return courseware.Form.model_validate(attempt.form)


def _result(course: courseware.Course, attempt: PostTestAttempt) -> courseware.Result:
    return courseware.grade(course.post_test, _form(attempt), attempt.answers, policy=policy_of(attempt))


def _may_attempt(
    course: courseware.Course,
    submitted: list[PostTestAttempt] | tuple[PostTestAttempt, ...],
    visits: list[SectionVisit],
    *,
    in_all: int | None,
) -> courseware.Allowed | courseware.Refused:
    """
    When to read again follows from the numbers of the last attempt, which are those that its learner was told; so the path is
    a matter of what was done, not of the day. `in_all` is how many attempts there are.
    """
    past = []
    for attempt in submitted:
        assert attempt.submitted_at is not None
        revisit = () if attempt.passed else _result(course, attempt).sections_to_revisit
        past.append(courseware.PastAttempt(attempt.submitted_at, bool(attempt.passed), revisit))
    seen = [courseware.Visit(visit.section, visit.finished_at) for visit in visits if visit.finished_at]
    sections = [entry.id for entry in course.outline if entry.kind == "section"]
    last = policy_of(submitted[-1]) if submitted else courseware.post_test_policy(course, ())
    return courseware.may_attempt(
        course.post_test, attempts=past, visits=seen, sections=sections, policy=replace(last, attempts_in_all=in_all)
    )


def _enrollments(holder: Holder) -> QuerySet[Enrollment]:
    return _all_enrollments().filter(holder=holder)


def _all_enrollments() -> QuerySet[Enrollment]:
    return Enrollment.objects.select_related("version", "holder").defer("version__content")
