"""My learning: what is in progress, what is completed, and what changed from before to after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from goodstanding.flows.completing import certificate_of
from goodstanding.learning import selectors
from goodstanding.learning.seat_time import seat_times
from goodstanding.web.learner.person import holder_of
from goodstanding.web.learner.player import address_of

if TYPE_CHECKING:
    from goodstanding.learning.models import Enrollment

_PAGE = 20


@login_required
@require_safe
def my_learning(request: HttpRequest) -> HttpResponse:
    page = Paginator(selectors.list_enrollments(holder_of(request)), _PAGE).get_page(request.GET.get("page"))
    rows = [_row(enrollment) for enrollment in page]
    return render(
        request,
        "learner/my_learning.html",
        {
            "started": [row for row in rows if not row["completion"]],
            "completed": [row for row in rows if row["completion"]],
            "page_obj": page,
        },
    )


def _row(enrollment: Enrollment) -> dict[str, object]:
    course = selectors.content_of(enrollment)
    completion = getattr(enrollment, "completion", None)
    learning_path = selectors.path_of(enrollment)
    place = selectors.place_of(enrollment, learning_path)
    return {
        "enrollment": enrollment,
        "course": course,
        "path": learning_path,
        "place": place,
        "address": address_of(course.slug, place),
        "completion": completion,
        "attempts": selectors.attempts_of(enrollment),
        "gains": [(course.objective(each.objective).text, each) for each in selectors.gains_of(enrollment)],
        "certificate": certificate_of(enrollment) if completion else None,
        "active_minutes": round(sum(time.seconds for time in seat_times(enrollment).values()) / 60),
    }


urlpatterns: list[URLPattern] = [path("learn/", my_learning, name="my-learning")]
