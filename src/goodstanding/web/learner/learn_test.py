"""The player's post-test: starting an attempt, saving answers as they are given, handing in, and what came of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from goodstanding.core.courseware import Allowed, AnswerError
from goodstanding.learning import selectors, services
from goodstanding.learning.errors import AttemptClosedError, AttemptNotFoundError, AttemptRefusedError, UnansweredError
from goodstanding.web.learner.cited import cited_in, texts_of_question, texts_of_review
from goodstanding.web.learner.person import holder_of
from goodstanding.web.learner.player import Here, address_of, enter, in_course

if TYPE_CHECKING:
    from goodstanding.learning.models import PostTestAttempt

_FIELD = "answer-"


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def post_test(request: HttpRequest, slug: str) -> HttpResponse:
    """What the test is and how one stands with it, or the attempt that is open; POST begins one."""
    here = enter(request, slug, "post_test")
    if request.method == "POST":
        try:
            attempt = services.start_attempt(enrollment=here.enrollment, at=timezone.now())
        except AttemptRefusedError as refused:
            messages.info(request, str(refused))
            return redirect("learn-post-test", slug=slug)
        return redirect("learn-attempt", slug=slug, attempt_id=attempt.pk)
    overview = selectors.post_test_of(here.enrollment, at=timezone.now())
    if overview.open_attempt is not None:
        return redirect("learn-attempt", slug=slug, attempt_id=overview.open_attempt.pk)
    return render(request, "learner/learn_test.html", {"here": here, "overview": overview, "again": _again(here, overview)})


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def attempt(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """The questions of an open attempt, or the result of one that was handed in."""
    here = enter(request, slug, "post_test")
    taken = _access(request, slug, attempt_id)
    unanswered: tuple[str, ...] = ()
    if request.method == "POST" and taken.submitted_at is None:
        handing_in = "hand_in" in request.POST
        try:
            taken = services.save_answers(attempt=taken, answers=_answers(request))
            if handing_in:
                services.submit_attempt(attempt=taken, at=timezone.now())
        except AttemptClosedError:
            messages.info(request, "This test was handed in before, perhaps in another window. This is its result.")
        except AnswerError as wrong:
            messages.warning(request, str(wrong))
        except UnansweredError as open_questions:
            unanswered = open_questions.items
        else:
            if not handing_in:
                messages.success(request, "Your answers are saved. You can close this page and go on later.")
        if not unanswered:
            return redirect("learn-attempt", slug=slug, attempt_id=attempt_id)
    if taken.submitted_at is not None:
        return _result(request, here, taken)
    questions = selectors.questions_of(taken)
    return render(
        request,
        "learner/learn_attempt.html",
        {
            "here": here,
            "attempt": taken,
            "questions": questions,
            "answered": sum(question.answer is not None for question in questions),
            "unanswered": unanswered,
            "cited": cited_in(here, (text for question in questions for text in texts_of_question(question))),
        },
    )


@require_POST
@in_course
def answers(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Saves answers as they are given; asked by the page's script. Answers with the local time at which they were saved."""
    taken = _access(request, slug, attempt_id)
    try:
        taken = services.save_answers(attempt=taken, answers=_answers(request))
    except AttemptClosedError as closed:
        return JsonResponse({"problem": str(closed)}, status=409)
    except AnswerError as wrong:
        return JsonResponse({"problem": str(wrong)}, status=400)
    return JsonResponse({"saved_at": f"{timezone.localtime():%H:%M}", "answered": len(taken.answers)})


def _access(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> PostTestAttempt:
    """The reader's own attempt in this course; everything else reads as not found."""
    found = selectors.access_attempt(holder_of(request), attempt_id)
    if found.enrollment.course_id != slug:
        raise AttemptNotFoundError(str(attempt_id))
    return found


def _answers(request: HttpRequest) -> dict[str, str]:
    return {name.removeprefix(_FIELD): str(value) for name, value in request.POST.items() if name.startswith(_FIELD)}


def _result(request: HttpRequest, here: Here, taken: PostTestAttempt) -> HttpResponse:
    result = selectors.result_of(taken)
    by_objective = {each.objective: each for each in result.objectives}
    objectives = [
        {"text": objective.text, "correct": by_objective[objective.id].correct, "asked": by_objective[objective.id].asked}
        for objective in here.course.objectives
        if objective.id in by_objective
    ]
    revisit = [step for step in here.path.steps if step.kind == "section" and step.id in result.sections_to_revisit]
    overview = selectors.post_test_of(here.enrollment, at=timezone.now())
    reviews = selectors.review_of(taken)
    return render(
        request,
        "learner/learn_result.html",
        {
            "here": here,
            "attempt": taken,
            "result": result,
            "objectives": objectives,
            "revisit": [(step, address_of(here.slug, step)) for step in revisit],
            "again": _again(here, overview),
            "overview": overview,
            "reviews": reviews,
            "cited": cited_in(here, (text for each in reviews for text in texts_of_review(each))),
            "gains": [(here.course.objective(each.objective).text, each) for each in selectors.gains_of(here.enrollment)]
            if taken.passed
            else [],
            "newest": not overview.submitted or overview.submitted[-1].pk == taken.pk,
        },
    )


def _again(here: Here, overview: selectors.PostTestOverview) -> list[tuple[str, str]]:
    """The sections to read again before another attempt, with their addresses."""
    sections = () if isinstance(overview.verdict, Allowed) else overview.verdict.sections
    return [(step.title, address_of(here.slug, step)) for step in here.path.steps if step.id in sections]


urlpatterns: list[URLPattern] = [
    path("learn/<slug:slug>/test/", post_test, name="learn-post-test"),
    path("learn/<slug:slug>/test/<uuid:attempt_id>/", attempt, name="learn-attempt"),
    path("learn/<slug:slug>/test/<uuid:attempt_id>/answers/", answers, name="learn-answers"),
]
