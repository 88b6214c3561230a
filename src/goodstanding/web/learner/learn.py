"""The player: starting, resuming, reading sections. The other steps have modules of their own."""

from __future__ import annotations

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from goodstanding.catalog.errors import CourseNotFoundError
from goodstanding.core.courseware import render_markdown
from goodstanding.learning import notes, seat_time, selectors, services
from goodstanding.learning.errors import CourseWithdrawnError
from goodstanding.web.clock import today
from goodstanding.web.learner import learn_finish, learn_notes, learn_pretest, learn_scenario, learn_test, learn_time, reading
from goodstanding.web.learner.cited import cited_in
from goodstanding.web.learner.learn_notes import note_box
from goodstanding.web.learner.person import holder_of
from goodstanding.web.learner.player import address_of, beside, enter, in_course, resume_address
from goodstanding.web.learner.section_shown import links_in, section_shown
from goodstanding.web.learner.text_places import place_fragment
from goodstanding.web.parts import Part

_FURTHER_DOWN = 3
"""From which paragraph on a reader is told that she had come further."""


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
        return redirect(resume_address(slug, enrollment))
    return resume(request, slug)


@in_course
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    return redirect(resume_address(slug, selectors.access_enrollment(holder_of(request), slug)))


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def section(request: HttpRequest, slug: str, section_id: str) -> HttpResponse:
    """POST says that the section was read to its end."""
    here = enter(request, slug, "section", section_id)
    if request.method == "POST":
        following = services.finish_section(enrollment=here.enrollment, section_id=section_id, at=timezone.now())
        return redirect(address_of(slug, following))
    content = here.course.section(section_id)
    time, place = seat_time.reading_so_far(here.enrollment, here.step)
    own = notes.notes_of(here.enrollment, section_id)
    return render(
        request,
        "learner/learn_section.html",
        {
            "here": here,
            "section": content,
            "shown": section_shown(here, section_id),
            # The first screen is where everyone begins; there is nothing to go back to.
            "place": place_fragment(place) if place >= _FURTHER_DOWN else "",
            "time": time,
            "end": _end.render(request, key=here.stands, context=lambda: {"here": here}),
            "notes": own,
            "note_box": note_box(request, slug, section_id, more=bool(own)),
            "closed": bool(content.content_note) and here.step.state != "done" and not place,
        },
    )


_end = Part("learner/learn_section_end.html", most=500)


@require_safe
@in_course
def print_course(request: HttpRequest, slug: str) -> HttpResponse:
    """Every section that is open to the learner, on one page for paper, with what they cite."""
    here = beside(request, slug)
    opened = [step.id for step in here.path.steps if step.kind == "section" and step.is_open]
    sections = [here.course.section(section_id) for section_id in opened]
    cited = cited_in(here, [each.text for each in sections], duties=[duty for each in sections for duty in each.duties])
    return render(
        request,
        "learner/learn_print.html",
        {
            "here": here,
            # Rendered by our own Markdown, which cleans what it makes.
            "parts": [
                (each.title, mark_safe(_for_paper(each.title, render_markdown(each.text, links=links_in(here)))))  # noqa: S308
                for each in sections
            ],
            "closed": sum(step.kind == "section" and not step.is_open for step in here.path.steps),
            "duties": cited.duties,
            "references": cited.references,
            "version": here.enrollment.version.number,
        },
    )


@require_safe
@in_course
def picture(request: HttpRequest, slug: str, image_id: str) -> HttpResponse:
    """A picture of the version that the reader takes."""
    course = selectors.content_of(selectors.access_enrollment(holder_of(request), slug))
    try:
        image = course.image(image_id)
    except KeyError as missing:
        raise Http404 from missing
    return HttpResponse(image.content, content_type=image.media_type)


def _for_paper(title: str, html: str) -> str:
    """
    The text of a section as one of several on a page: its headings one level deeper and without ids, which would stand there
    more than once, and its blocks named after the section, so that no two are called alike.
    """
    html = re.sub(r"<(h[1-6]) id=\"[^\"]*\"", r"<\1", html)
    html = html.replace('aria-label="', f'aria-label="{escape(title)}, ')
    return re.sub(r"(</?h)([2-5])\b", lambda tag: f"{tag[1]}{int(tag[2]) + 1}", html)


urlpatterns: list[URLPattern] = [
    path("learn/<slug:slug>/", start, name="learn"),
    path("learn/<slug:slug>/print/", print_course, name="learn-print"),
    path("learn/<slug:slug>/image/<slug:image_id>/", picture, name="learn-image"),
    path("learn/<slug:slug>/section/<slug:section_id>/", section, name="learn-section"),
    *learn_pretest.urlpatterns,
    *learn_scenario.urlpatterns,
    *learn_test.urlpatterns,
    *learn_finish.urlpatterns,
    *learn_notes.urlpatterns,
    *learn_time.urlpatterns,
    *reading.urlpatterns,
]
