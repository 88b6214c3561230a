"""The player's scenarios: one scene a page, the first run and its replays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from goodstanding.core.courseware import render_markdown
from goodstanding.learning import selectors, services
from goodstanding.learning.errors import ReasonMissingError, StepNotFoundError, StepRefusedError
from goodstanding.web.forms import LookForm
from goodstanding.web.learner.player import enter, in_course

if TYPE_CHECKING:
    from goodstanding.core.courseware import Node
    from goodstanding.learning.selectors import Decided, Scene


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
        if node.choices:
            self.fields["choice"] = forms.ChoiceField(
                label="What do you do?",
                choices=[(choice.choice_id, choice.label) for choice in scene.choices],
                widget=forms.RadioSelect,
                error_messages={"required": "Choose what you would do.", "invalid_choice": "Choose one of the options shown."},
            )
        if node.reason_prompt:
            self.fields["reason"] = forms.CharField(
                label="In your own words",
                help_text=format_html("{} Only you can read this. Write no details of real clients.", node.reason_prompt),
                widget=forms.Textarea(attrs={"rows": 4}),
                max_length=services.LONGEST_REASON,
                error_messages={"required": "Write it first, in your own words; one sentence is enough."},
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
            {"here": here, "scenario": content, "introduction": _text(content.introduction)},
        )
    first, *replays = runs
    if first.finished_at is None:
        return _to_scene(slug, scenario_id, first.number, len(first.state.get("steps", ())))
    return render(
        request,
        "learner/learn_scenario_back.html",
        {
            "here": here,
            "scenario": here.course.scenario(scenario_id),
            "decisions": selectors.decisions_of(here.enrollment, first),
            "replays": [
                {"number": run.number, "finished": run.finished_at, "position": len(run.state.get("steps", ()))}
                for run in replays
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def scene(request: HttpRequest, slug: str, scenario_id: str, number: int, position: int) -> HttpResponse:
    """One scene of one run. A scene that is past shows what was done there; POST takes the step once."""
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
        try:
            services.take_step(
                enrollment=here.enrollment,
                scenario_id=scenario_id,
                number=number,
                position=position,
                choice=form.cleaned_data.get("choice", ""),
                marks=form.cleaned_data.get("marks", ()),
                reason=form.cleaned_data.get("reason", ""),
                at=timezone.now(),
            )
        except ReasonMissingError as missing:
            form.add_error("reason", str(missing))
        except StepRefusedError as refused:
            form.add_error(None, str(refused))
        else:
            return _to_scene(slug, scenario_id, number, position + 1)
    return render(
        request,
        "learner/learn_scene.html",
        {"here": here, "scene": shown, "form": form, "duties": here.duties(_duties(shown)), **_parts(shown)},
    )


@require_POST
@in_course
def replay(request: HttpRequest, slug: str, scenario_id: str, position: int) -> HttpResponse:
    """Change one decision of the first run, in a run of its own."""
    here = enter(request, slug, "scenario", scenario_id)
    run = services.replay_from(enrollment=here.enrollment, scenario_id=scenario_id, position=position, at=timezone.now())
    return _to_scene(slug, scenario_id, run.number, position)


def _parts(shown: Scene) -> dict[str, object]:
    """The scene's texts as HTML, and what there is to say about the step before it."""
    before: Decided | None = shown.before
    marks = before.marks if before else ()
    return {
        "text": _text(shown.node.text),
        "before": before if before and (before.choice or before.marks) else None,
        "marks_set": [mark for mark, was_set in marks if was_set],
        "marks_not_set": [mark for mark, was_set in marks if not was_set and mark.weight != "background"],
        "feedback_first": bool(before and before.choice) and _asks(shown.node),
    }


def _duties(shown: Scene) -> tuple[str, ...]:
    """The duties behind the choice just made; those of choices still open would give the reasoning away."""
    choice = shown.before.choice if shown.before else None
    return choice.duty_ids if choice else ()


def _asks(node: Node) -> bool:
    """Whether the scene asks for something; then what is said about the choice before stands above it, else below."""
    return bool(node.choices or node.marks)


def _text(markdown: str) -> str:
    return mark_safe(render_markdown(markdown))  # noqa: S308 -- our own Markdown cleans what it makes


def _to_scene(slug: str, scenario_id: str, number: int, position: int) -> HttpResponse:
    return redirect("learn-scene", slug=slug, scenario_id=scenario_id, number=number, position=position)


urlpatterns: list[URLPattern] = [
    path("learn/<slug:slug>/scenario/<slug:scenario_id>/", scenario, name="learn-scenario"),
    path("learn/<slug:slug>/scenario/<slug:scenario_id>/change/<int:position>/", replay, name="learn-replay"),
    path("learn/<slug:slug>/scenario/<slug:scenario_id>/<int:number>/<int:position>/", scene, name="learn-scene"),
]
