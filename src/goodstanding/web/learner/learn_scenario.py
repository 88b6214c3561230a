"""The player's scenarios: one scene a page, the first run and its replays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from goodstanding.accounts.selectors import get_profile
from goodstanding.learning import selectors, services
from goodstanding.learning.errors import ReasonMissingError, StepNotFoundError, StepRefusedError
from goodstanding.web.forms import LookForm
from goodstanding.web.learner import learn_scenario_back
from goodstanding.web.learner.cited import cited_in
from goodstanding.web.learner.learn_scenario_back import noticed, texts_about
from goodstanding.web.learner.person import user_of
from goodstanding.web.learner.player import enter, in_course

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goodstanding.core.courseware import Course
    from goodstanding.learning.models import Enrollment, ScenarioRun
    from goodstanding.learning.selectors import Decided, Scene

_SHOWN = "learner.scene shown"
_LONGEST_WITHOUT_SCRIPT = 30 * 60
"""Seconds. A page that stood open longer was left meanwhile, and nobody knows when; no time is better than a wrong one."""


class SceneForm(LookForm):
    """What one scene asks: marks, or a choice, and often a reason."""

    def __init__(self, *args: object, scene: Scene, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        node = scene.node
        if node.marks:
            self.fields["marks"] = forms.MultipleChoiceField(
                label="What here needs your attention?",
                choices=[(mark.mark_id, mark.label) for mark in node.marks],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        if node.reason_prompt:
            self.fields["reason"] = forms.CharField(
                label="In your own words",
                help_text=format_html(
                    "{} Only you can read this, and you can delete it at any time. Write no details of real clients.",
                    node.reason_prompt,
                ),
                widget=forms.Textarea(attrs={"rows": 4}),
                max_length=services.LONGEST_REASON,
                error_messages={"required": "Write it first, in your own words; one sentence is enough."},
            )
        if node.choices:
            self.fields["choice"] = forms.ChoiceField(
                label="What do you do?",
                choices=[(choice.choice_id, choice.label) for choice in scene.choices],
                widget=forms.RadioSelect,
                error_messages={"required": "Choose what you would do.", "invalid_choice": "Choose one of the options shown."},
            )


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def scenario(request: HttpRequest, slug: str, scenario_id: str) -> HttpResponse:
    """The way in (POST begins), the scene one stands at, or the look back once the first run has ended."""
    here = enter(request, slug, "scenario", scenario_id)
    if request.method == "POST":
        services.start_run(enrollment=here.enrollment, scenario_id=scenario_id, at=timezone.now())
    runs = list(selectors.list_runs(here.enrollment, scenario_id))
    if not runs:
        content = here.course.scenario(scenario_id)
        return render(
            request,
            "learner/learn_scenario_start.html",
            {"here": here, "scenario": content, "cited": cited_in(here, [content.introduction])},
        )
    first = runs[0]
    if first.finished_at is None:
        return _to_scene(slug, scenario_id, first.number, len(first.state.get("steps", ())))
    return learn_scenario_back.first_run(request, here, runs)


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def scene(request: HttpRequest, slug: str, scenario_id: str, number: int, position: int) -> HttpResponse:
    """One scene of one run. A scene that is past shows what was done there; POST takes the step once."""
    refused = ""
    if request.method == "POST":
        try:
            run = _take(request, selectors.access_own_enrollment(user_of(request), slug), scenario_id, number, position)
        except (ReasonMissingError, StepRefusedError) as problem:
            refused = str(problem)
        except StepNotFoundError:
            pass  # what follows says why, and leads to where the learner stands
        else:
            return _to_scene(slug, scenario_id, number, len(run.state["steps"]))
    here = enter(request, slug, "scenario", scenario_id)
    run = selectors.access_run(here.enrollment, scenario_id, number)
    try:
        shown = selectors.scene_at(here.enrollment, run, position)
    except StepNotFoundError:
        # Further than the run has come: an address typed by hand, or a replay begun anew. Lead back to where it stands.
        return redirect("learn-scenario", slug=slug, scenario_id=scenario_id)
    if request.method == "POST" and (shown.is_past or shown.node.kind == "end"):
        return _to_scene(slug, scenario_id, number, shown.last_position)
    form = SceneForm(request.POST if request.method == "POST" else None, scene=shown)
    if request.method == "POST" and form.is_valid():
        # Nothing is missing in the form, so what was refused is said as a whole.
        form.add_error(None, refused)
    professions = get_profile(user_of(request)).professions
    cited = cited_in(here, _texts(here.course, shown), duties=_duties(shown), professions=professions)
    return render(
        request,
        "learner/learn_scene.html",
        {
            "here": here,
            "scene": shown,
            "form": form,
            "cited": cited,
            "duties": cited.in_play(_duties(shown)),
            "weighed": " ".join((*_weighed(request), request.POST.get("choice", ""))).strip(),
            "shown": request.POST.get("shown") or _shown(here.enrollment, scenario_id, number, position),
            **_parts(shown),
        },
    )


def _take(request: HttpRequest, enrollment: Enrollment, scenario_id: str, number: int, position: int) -> ScenarioRun:
    return services.take_step(
        enrollment=enrollment,
        scenario_id=scenario_id,
        number=number,
        position=position,
        choice=request.POST.get("choice", ""),
        marks=request.POST.getlist("marks"),
        reason=request.POST.get("reason", ""),
        weighed=_weighed(request),
        seconds=_seconds(request, enrollment, scenario_id, number, position),
        at=timezone.now(),
    )


@require_POST
@in_course
def replay(request: HttpRequest, slug: str, scenario_id: str, position: int) -> HttpResponse:
    """Change one decision of the first run, in a run of its own."""
    here = enter(request, slug, "scenario", scenario_id)
    run = services.replay_from(enrollment=here.enrollment, scenario_id=scenario_id, position=position, at=timezone.now())
    return _to_scene(slug, scenario_id, run.number, position)


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def words(request: HttpRequest, slug: str, scenario_id: str, number: int, position: int) -> HttpResponse:
    """Asks whether to delete what was written at a scene; POST deletes it."""
    here = enter(request, slug, "scenario", scenario_id)
    if request.method == "POST":
        services.delete_reason(enrollment=here.enrollment, scenario_id=scenario_id, number=number, position=position)
        messages.success(request, "What you wrote is deleted. Your choice stays as it was.")
        return _to_scene(slug, scenario_id, number, position)
    shown = selectors.scene_at(here.enrollment, selectors.access_run(here.enrollment, scenario_id, number), position)
    if shown.written is None:
        return _to_scene(slug, scenario_id, number, position)
    return render(request, "learner/learn_words_delete.html", {"here": here, "scene": shown})


def _parts(shown: Scene) -> dict[str, object]:
    """What there is to say about the step before a scene."""
    before: Decided | None = shown.before
    return {
        "before": before if before and (before.choice or before.marks) else None,
        **noticed(before.marks if before else ()),
    }


def _texts(course: Course, shown: Scene) -> Iterator[str]:
    """The author's texts on the page of a scene: the scene, what it asks, and what is said of the step before."""
    yield shown.node.text
    yield shown.node.reason_prompt or ""
    yield from (choice.label for choice in shown.choices)
    yield from (mark.label for mark in shown.node.marks)
    if shown.before is not None:
        yield from texts_about(shown.before, course)


def _duties(shown: Scene) -> tuple[str, ...]:
    """The duties behind the choice just made; those of choices still open would give the reasoning away."""
    choice = shown.before.choice if shown.before else None
    return choice.duty_ids if choice else ()


# What a scene remembers between being shown and being answered; it decides nothing.


def _shown(enrollment: Enrollment, scenario_id: str, number: int, position: int) -> str:
    """When this scene was shown, signed, so that the page can carry it and nobody can change it."""
    return signing.dumps([str(enrollment.pk), scenario_id, number, position, int(timezone.now().timestamp())], salt=_SHOWN)


def _seconds(request: HttpRequest, enrollment: Enrollment, scenario_id: str, number: int, position: int) -> int | None:
    """How long the scene was looked at: as the page's script measured it while visible, at most since it was shown."""
    try:
        *of_scene, since = signing.loads(request.POST.get("shown", ""), salt=_SHOWN)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if of_scene != [str(enrollment.pk), scenario_id, number, position]:
        return None
    passed = int(timezone.now().timestamp()) - int(since)
    visible = request.POST.get("visible", "")
    if visible.isascii() and visible.isdigit() and len(visible) < 7:  # noqa: PLR2004
        return min(int(visible), passed)
    return passed if passed <= _LONGEST_WITHOUT_SCRIPT else None


def _weighed(request: HttpRequest) -> list[str]:
    """The choices picked so far, as the page's script or an earlier sending wrote them down."""
    return request.POST.get("weighed", "")[:4000].split()


def _to_scene(slug: str, scenario_id: str, number: int, position: int) -> HttpResponse:
    return redirect("learn-scene", slug=slug, scenario_id=scenario_id, number=number, position=position)


urlpatterns: list[URLPattern] = [
    path("learn/<slug:slug>/scenario/<slug:scenario_id>/", scenario, name="learn-scenario"),
    *learn_scenario_back.urlpatterns,
    path("learn/<slug:slug>/scenario/<slug:scenario_id>/change/<int:position>/", replay, name="learn-replay"),
    path("learn/<slug:slug>/scenario/<slug:scenario_id>/<int:number>/<int:position>/", scene, name="learn-scene"),
    path("learn/<slug:slug>/scenario/<slug:scenario_id>/<int:number>/<int:position>/words/", words, name="learn-words"),
]
