"""The learner's own time: the reports of the player's pages, and the page that shows what they came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from goodstanding.learning import seat_time
from goodstanding.learning.seat_time import BeatRefusedError
from goodstanding.web.learner.player import beside, in_course

if TYPE_CHECKING:
    from goodstanding.learning.path import PathStep
    from goodstanding.learning.seat_time import StepTime

__all__ = ["urlpatterns"]


class BeatForm(forms.Form):
    """A report as the page's script sends it."""

    token = forms.CharField(max_length=1000)
    number = forms.IntegerField()
    seconds = forms.IntegerField()
    mark = forms.IntegerField(required=False)


@dataclass(frozen=True)
class TimeLine:
    """One step and the time it took so far, if any was measured."""

    step: PathStep
    time: StepTime | None


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def seat_times(request: HttpRequest, slug: str) -> HttpResponse:
    """GET shows the learner her time; POST is a report of one of her pages."""
    here = beside(request, slug)
    if request.method == "POST":
        form = BeatForm(request.POST)
        if not form.is_valid():
            return JsonResponse({"problem": "This is no report of a page."}, status=400)
        sent = form.cleaned_data
        try:
            beat = seat_time.keep_beat(
                enrollment=here.enrollment,
                token=sent["token"],
                number=sent["number"],
                seconds=sent["seconds"],
                mark=sent["mark"] or 0,
                at=timezone.now(),
            )
        except BeatRefusedError as refused:
            return JsonResponse({"problem": str(refused)}, status=400)
        return JsonResponse({"counted": beat.counted, "minutes": round(beat.seconds / 60)})
    times = seat_time.seat_times(here.enrollment)
    lines = [TimeLine(step, times.get(f"{step.kind}:{step.id}")) for step in here.path.steps]
    total = sum(line.time.seconds for line in lines if line.time)
    context = {"here": here, "lines": lines, "total": round(total / 60), "idle": seat_time.IDLE_SECONDS // 60}
    return render(request, "learner/learn_time.html", context)


urlpatterns: list[URLPattern] = [path("learn/<slug:slug>/time/", seat_times, name="learn-time")]
