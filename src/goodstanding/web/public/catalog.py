"""The catalog and the page of each course."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from goodstanding.accounts.selectors import get_holder
from goodstanding.catalog.errors import CourseNotFoundError
from goodstanding.catalog.selectors import FORMATS, PublishedCourse, approvals_on, get_course, get_sponsor, offered_courses
from goodstanding.core.courseware import Course
from goodstanding.credit.selectors import topics_label
from goodstanding.kept import Kept
from goodstanding.learning.selectors import find_enrollment, states_of
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.clock import today

_PROFESSIONS = {
    "counselor": "counselors",
    "psychologist": "psychologists",
    "social_worker": "clinical social workers",
    "mft": "marriage and family therapists",
}


@require_safe
def course_list(request: HttpRequest) -> HttpResponse:
    courses = offered_courses()
    states = states_of(get_holder(request.user)) if request.user.is_authenticated else {}
    day = today(request)
    approved = {code: approvals_on(day, code) for code in {course.content.format for course in courses}}
    cards = [
        {
            "course": course,
            "state": states.get(course.slug, ""),
            "topics": _topics(course.content),
            "approvals": approved[course.content.format],
        }
        for course in courses
    ]
    return render(request, "public/course_list.html", {"cards": cards})


@require_safe
def course_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything a person should know before starting; anyone may read it."""
    try:
        course = get_course(slug)
    except CourseNotFoundError as missing:
        raise Http404 from missing
    content = course.content
    enrollment = find_enrollment(get_holder(request.user), slug) if request.user.is_authenticated else None
    state = states_of(enrollment.holder).get(slug, "") if enrollment else ""
    if not course.offered and not state:
        # Withdrawn: certificates and people who took it still point here, so the page stays and says so.
        state = "withdrawn"
    back = urlencode({"next": request.path})
    return render(
        request,
        "public/course_page.html",
        {
            "course": course,
            "content": content,
            "shown": _kept.get(course.version.content_hash, lambda: _show(course)),
            "state": state,
            "own_version": enrollment.version.number if enrollment and enrollment.version_id != course.version.pk else None,
            "sign_in": f"{reverse('account_login')}?{back}",
            "sign_up": f"{reverse('account_signup')}?{back}",
            "topics": _topics(content),
            "professions": ", ".join(_PROFESSIONS[each] for each in content.professions),
            "format": dict(FORMATS)[content.format],
            "outline_minutes": sum(step.minutes for step in course.outline),
            "approvals": approvals_on(today(request), content.format),
            "sponsor": get_sponsor(),
        },
    )


@dataclass(frozen=True)
class CourseShown:
    """What the page of a course shows of a version, which never changes: rendered once."""

    parts: SafeString
    references: SafeString


_kept: Kept[str, CourseShown] = Kept(most=100)


def _show(course: PublishedCourse) -> CourseShown:
    content = course.content
    parts = {
        "course": course,
        "content": content,
        "needed": -(-content.post_test.pass_percent * content.post_test.form_size // 100),
        "scale_questions": len(content.evaluation_questions),
    }
    return CourseShown(
        parts=render_to_string("public/course_parts.html", parts),
        references=render_to_string("public/course_references.html", {"content": content}),
    )


def _topics(content: Course) -> str:
    """What the course is about, in the words of the rules' vocabulary, each topic once."""
    return topics_label(rulebook(), dict.fromkeys(topic for share in content.topics for topic in share.topics))


urlpatterns: list[URLPattern] = [
    path("courses/", course_list, name="course-list"),
    path("courses/<slug:slug>/", course_page, name="course-page"),
]
