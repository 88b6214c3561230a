"""The player's pretest: what one can do before the course. It is not graded and says nothing until the course is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from goodstanding.core.courseware import AnswerError
from goodstanding.learning import selectors, services
from goodstanding.learning.errors import PretestClosedError, StepRefusedError
from goodstanding.web.learner.cited import cited_in, texts_of_question, texts_of_review
from goodstanding.web.learner.player import address_of, enter, in_course

if TYPE_CHECKING:
    from goodstanding.web.learner.player import Here

_FIELD = "answer-"


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def pretest(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions until they are finished; then a page that says so, with keys and reasons once the course is completed."""
    here = enter(request, slug, "pretest")
    if request.method == "POST":
        return _act(request, here)
    view = selectors.pretest_of(here.enrollment)
    texts = [text for question in view.questions for text in texts_of_question(question)]
    texts += [text for each in view.reviews for text in texts_of_review(each)]
    texts += [mark.comment for mark, _ in view.spotted]
    return render(
        request,
        "learner/learn_pretest.html",
        {
            "here": here,
            "pretest": view,
            "cited": cited_in(here, [*texts, view.spotting.text if view.spotting else ""]),
            "answered": sum(question.answer is not None for question in view.questions),
            "gains": [(here.course.objective(each.objective).text, each) for each in selectors.gains_of(here.enrollment)],
        },
    )


@require_POST
@in_course
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """Saves answers as they are given; asked by the page's script."""
    here = enter(request, slug, "pretest")
    marks = request.POST.getlist("marks") if "marks-sent" in request.POST else None
    try:
        saved = services.save_pretest(enrollment=here.enrollment, answers=_answers(request), marks=marks, at=timezone.now())
    except PretestClosedError as closed:
        return JsonResponse({"problem": str(closed)}, status=409)
    except AnswerError as wrong:
        return JsonResponse({"problem": str(wrong)}, status=400)
    return JsonResponse({"saved_at": f"{timezone.localtime():%H:%M}", "answered": len(saved.answers)})


def _act(request: HttpRequest, here: Here) -> HttpResponse:
    try:
        if "skip" in request.POST:
            return redirect(address_of(here.slug, services.skip_pretest(enrollment=here.enrollment, at=timezone.now())))
        services.save_pretest(
            enrollment=here.enrollment, answers=_answers(request), marks=request.POST.getlist("marks"), at=timezone.now()
        )
        if "finish" in request.POST:
            return redirect(address_of(here.slug, services.finish_pretest(enrollment=here.enrollment, at=timezone.now())))
        messages.success(request, "Your answers are saved. You can close this page and go on later.")
    except PretestClosedError:
        return redirect(here.following)
    except (AnswerError, StepRefusedError) as refused:
        messages.warning(request, str(refused))
    return redirect("learn-pretest", slug=here.slug)


def _answers(request: HttpRequest) -> dict[str, str]:
    return {name.removeprefix(_FIELD): str(value) for name, value in request.POST.items() if name.startswith(_FIELD)}


urlpatterns: list[URLPattern] = [
    path("learn/<slug:slug>/pretest/", pretest, name="learn-pretest"),
    path("learn/<slug:slug>/pretest/answers/", answers, name="learn-pretest-answers"),
]
