"""Looking back at a scenario: the first run, a replay beside it, and the whole scenario large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from goodstanding.accounts.selectors import get_profile
from goodstanding.core.courseware import State, scenario_svg
from goodstanding.core.courseware import path as walked
from goodstanding.learning import selectors
from goodstanding.web.learner.cited import cited_in, link_codes
from goodstanding.web.learner.person import user_of
from goodstanding.web.learner.player import enter, in_course

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goodstanding.core.courseware import Course, Mark
    from goodstanding.learning.models import ScenarioRun
    from goodstanding.learning.selectors import Decided
    from goodstanding.web.learner.cited import Cited
    from goodstanding.web.learner.player import Here

__all__ = ["first_run", "noticed", "texts_about", "urlpatterns"]


@dataclass(frozen=True)
class Stop:
    """One scene of a run, and what was chosen there."""

    title: str
    choice: str


@dataclass(frozen=True)
class DrawnRun:
    """A run as a page shows it: the way in the drawing, the same in words, and where the drawing is large."""

    number: int
    title: str
    drawing: SafeString
    way: tuple[Stop, ...]
    large: str

    @property
    def name(self) -> str:
        """What tells its parts from those of another run on the same page."""
        return f"run-{self.number}"


def first_run(request: HttpRequest, here: Here, runs: Sequence[ScenarioRun]) -> HttpResponse:
    """The first run as it was played, and the replays that followed it."""
    first, *replays = runs
    decided = selectors.debrief_of(here.enrollment, first)
    return _page(
        request,
        here,
        first,
        decided,
        "learner/learn_scenario_back.html",
        {
            "replays": [
                {"number": run.number, "finished": run.finished_at, "position": len(run.state.get("steps", ()))}
                for run in replays
            ],
        },
    )


@require_safe
@in_course
def replay_back(request: HttpRequest, slug: str, scenario_id: str, number: int) -> HttpResponse:
    """A replay that was played to its end, beside the first run, from the decision that was changed."""
    here = enter(request, slug, "scenario", scenario_id)
    run = selectors.access_run(here.enrollment, scenario_id, number)
    if run.number == 1:
        return redirect("learn-scenario", slug=slug, scenario_id=scenario_id)
    if run.finished_at is None:
        position = len(run.state.get("steps", ()))
        return redirect("learn-scene", slug=slug, scenario_id=scenario_id, number=number, position=position)
    first = selectors.access_run(here.enrollment, scenario_id, 1)
    # The steps before are those of the first run; this one begins with the first that was taken in it.
    begins = min(step.position for step in run.steps.all())
    decided = [each for each in selectors.debrief_of(here.enrollment, run) if each.position >= begins]
    one, other = _drawn(here, first), _drawn(here, run)
    return _page(
        request,
        here,
        run,
        decided,
        "learner/learn_scenario_replay.html",
        {
            "first": one,
            "same_before": begins,
            "then": one.way[begins],
            "now": other.way[begins],
            "ends": (one.way[-1].title, other.way[-1].title),
        },
    )


@require_safe
@in_course
def large(request: HttpRequest, slug: str, scenario_id: str, number: int) -> HttpResponse:
    """The whole scenario in words and lines, with the way of one run; it would give away what a first run has not come to."""
    here = enter(request, slug, "scenario", scenario_id)
    run = selectors.access_run(here.enrollment, scenario_id, number)
    if run.finished_at is None:
        return redirect("learn-scenario", slug=slug, scenario_id=scenario_id)
    content = here.course.scenario(scenario_id)
    shown = _drawn(here, run, overview=False)
    return render(request, "learner/learn_scenario_large.html", {"here": here, "scenario": content, "run": shown})


def texts_about(decided: Decided, course: Course) -> Iterator[str]:
    """What an author says about a step that was taken, with the codes it names linked."""
    if decided.choice is not None:
        feedback = decided.choice.feedback
        yield from (decided.choice.label, feedback.verdict, feedback.why, feedback.would_change, feedback.do_next)
        yield link_codes(feedback.source, course)
    yield from (choice.label for choice in decided.weighed)
    for mark, _ in decided.marks:
        yield mark.comment


def noticed(marks: Sequence[tuple[Mark, bool]]) -> dict[str, object]:
    """What was marked, and what was there to be marked and was not. Scenery that was left unmarked is not missed."""
    return {
        "marks_set": [mark for mark, was_set in marks if was_set],
        "marks_not_set": [mark for mark, was_set in marks if not was_set and mark.weight != "background"],
    }


def _page(
    request: HttpRequest,
    here: Here,
    run: ScenarioRun,
    decided: Sequence[Decided],
    template: str,
    more: dict[str, object],
) -> HttpResponse:
    texts = [text for each in decided for text in (*texts_about(each, here.course), each.node.model_reasoning or "")]
    cited = cited_in(
        here,
        texts,
        duties=[duty for each in decided if each.choice for duty in each.choice.duty_ids],
        professions=get_profile(user_of(request)).professions,
    )
    return render(
        request,
        template,
        {
            "here": here,
            "scenario": here.course.scenario(run.scenario),
            "run": _drawn(here, run),
            "steps": [_step(cited, each) for each in decided],
            "cited": cited,
            **more,
        },
    )


def _step(cited: Cited, decided: Decided) -> dict[str, object]:
    """One step as a look back shows it."""
    return {
        "decided": decided,
        "duties": cited.in_play(decided.choice.duty_ids if decided.choice else ()),
        "minutes": _duration(decided.seconds),
        **noticed(decided.marks),
    }


def _drawn(here: Here, run: ScenarioRun, *, overview: bool = True) -> DrawnRun:
    content = here.course.scenario(run.scenario)
    state = State.model_validate(run.state)
    chosen = [*(step.choice_id for step in state.steps), None]
    svg = scenario_svg(content, play=state, overview=overview, name=f"run-{run.number}" if overview else "graph")
    return DrawnRun(
        number=run.number,
        title="Your first time through" if run.number == 1 else f"Replay {run.number - 1}",
        drawing=mark_safe(svg),  # noqa: S308 -- our own drawing escapes its texts
        way=tuple(
            Stop(
                node.title or node.node_id.replace("-", " ").capitalize(),
                next((each.label for each in node.choices if each.choice_id == choice), ""),
            )
            for node, choice in zip(walked(content, state), chosen, strict=True)
        ),
        large=reverse("learn-scenario-large", args=[here.slug, run.scenario, run.number]),
    )


def _duration(seconds: int | None) -> str:
    """A time in words; nothing where it was not measured."""
    if seconds is None:
        return ""
    if seconds < 60:  # noqa: PLR2004
        return "less than a minute"
    minutes = round(seconds / 60)
    return f"about {minutes} minute{'s' if minutes != 1 else ''}"


urlpatterns: list[URLPattern] = [
    path("learn/<slug:slug>/scenario/<slug:scenario_id>/<int:number>/", replay_back, name="learn-replay-back"),
    path("learn/<slug:slug>/scenario/<slug:scenario_id>/<int:number>/large/", large, name="learn-scenario-large"),
]
