"""The player: starting, resuming, reading sections. The other steps have modules of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from goodstanding.catalog.errors import CourseNotFoundError
from goodstanding.core.courseware import render_markdown
from goodstanding.core.courseware.markdown import INTERNAL_LINK, markdown_links, typed_blocks
from goodstanding.learning import selectors, services
from goodstanding.learning.errors import CourseWithdrawnError
from goodstanding.web.clock import today
from goodstanding.web.learner import learn_finish, learn_pretest, learn_scenario, learn_test
from goodstanding.web.learner.person import holder_of
from goodstanding.web.learner.player import Here, address_of, enter, in_course

if TYPE_CHECKING:
    from goodstanding.core.courseware import Section


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """POST starts the course; GET goes on where the learner left off."""
    if request.method == "POST":
        try:
            enrollment = services.enroll(holder=holder_of(request), slug=slug, at=timezone.now(), on=today(request))
        except CourseNotFoundError as missing:
            raise Http404 from missing
        except CourseWithdrawnError as withdrawn:
            messages.warning(request, f"{withdrawn} Who had started it before can still finish.")
            return redirect("course-page", slug=slug)
        return redirect(address_of(slug, selectors.place_of(enrollment, selectors.path_of(enrollment))))
    return resume(request, slug)


@in_course
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    enrollment = selectors.access_enrollment(holder_of(request), slug)
    return redirect(address_of(slug, selectors.place_of(enrollment, selectors.path_of(enrollment))))


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def section(request: HttpRequest, slug: str, section_id: str) -> HttpResponse:
    """POST says that the section was read to its end."""
    here = enter(request, slug, "section", section_id)
    if request.method == "POST":
        following = services.finish_section(enrollment=here.enrollment, section_id=section_id, at=timezone.now())
        return redirect(address_of(slug, following))
    content = here.course.section(section_id)
    duties, references = _cited(here, content)
    return render(
        request,
        "learner/learn_section.html",
        {
            "here": here,
            "section": content,
            # Rendered by our own Markdown, which cleans what it makes.
            "text": mark_safe(render_markdown(content.text, links=_links(here))),  # noqa: S308
            "objectives": [here.course.objective(each) for each in content.objectives],
            "duties": here.duties(duties),
            "references": [each for each in here.course.references if each.id in references],
        },
    )


def _cited(here: Here, content: Section) -> tuple[tuple[str, ...], frozenset[str]]:
    """The ids of the duties in play, and of the references that the section, its law blocks or its duties rest on."""
    linked = [match for _, address in markdown_links(content.text) if (match := INTERNAL_LINK.match(address))]
    blocks, _ = typed_blocks(content.text)
    duties = (
        *content.duties,
        *(match[2] for match in linked if match[1] == "duty"),
        *(block.target for block in blocks if block.kind == "duty" and block.target),
    )
    references = {match[2] for match in linked if match[1] == "reference"}
    references |= {block.target for block in blocks if block.kind == "law" and block.target}
    references |= {standard.code for duty_id in duties for standard in here.course.duty(duty_id).standards}
    return duties, frozenset(references)


def _links(here: Here) -> dict[str, str]:
    """Addresses for links between the parts of the course; duties and references stand on the page itself."""
    return {
        f"{step.kind}:{step.id}": reverse(f"learn-{step.kind}", args=[here.slug, step.id])
        for step in here.path.steps
        if step.kind in ("section", "scenario")
    }


urlpatterns: list[URLPattern] = [
    path("learn/<slug:slug>/", start, name="learn"),
    path("learn/<slug:slug>/section/<slug:section_id>/", section, name="learn-section"),
    *learn_pretest.urlpatterns,
    *learn_scenario.urlpatterns,
    *learn_test.urlpatterns,
    *learn_finish.urlpatterns,
]
