"""The catalog and the page of each course."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from goodstanding.accounts.selectors import get_holder
from goodstanding.catalog.errors import CourseNotFoundError
from goodstanding.catalog.selectors import FORMATS, approvals_on, get_course, get_sponsor, offered_courses
from goodstanding.core.courseware import Course
from goodstanding.credit.selectors import topics_label
from goodstanding.kept import Same
from goodstanding.learning.selectors import find_enrollment, state_of, states_of
from goodstanding.licensing.rulebook import rulebook
from goodstanding.prepared import columns_of
from goodstanding.web.clock import today
from goodstanding.web.parts import Part

_PROFESSIONS = {
    "counselor": "counselors",
    "psychologist": "psychologists",
    "social_worker": "clinical social workers",
    "mft": "marriage and family therapists",
}


_cards = Part("public/course_cards.html", most=100)
_about = Part("public/course_content.html", most=200)
_in_short = Part("public/course_aside.html", most=200)


@require_safe
def course_list(request: HttpRequest) -> HttpResponse:
    courses = offered_courses()
    states = states_of(get_holder(request.user)) if request.user.is_authenticated else {}
    day = today(request)
    approved = {code: approvals_on(day, code) for code in {course.content.format for course in courses}}

    def context() -> dict[str, object]:
        return {
            "cards": [
                {
                    "course": course,
                    "state": states.get(course.slug, ""),
                    "topics": _topics(course.content),
                    "approvals": approved[course.content.format],
                }
                for course in courses
            ]
        }

    key = (
        tuple(course.made_of for course in courses),
        frozenset(states.items()),
        tuple((code, columns_of(*approved[code])) for code in sorted(approved)),
        Same(rulebook()),  # names the topics
    )
    return render(request, "public/course_list.html", {"cards": _cards.render(request, key=key, context=context)})


@require_safe
def course_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything a person should know before starting; anyone may read it."""
    try:
        course = get_course(slug)
    except CourseNotFoundError as missing:
        raise Http404 from missing
    content = course.content
    enrollment = find_enrollment(get_holder(request.user), slug) if request.user.is_authenticated else None
    state: str = state_of(enrollment) if enrollment else ""
    if not course.offered and not state:
        # Withdrawn: certificates and people who took it still point here, so the page stays and says so.
        state = "withdrawn"
    back = urlencode({"next": request.path})
    approvals, sponsor = approvals_on(today(request), content.format), get_sponsor()
    about = _about.render(
        request,
        key=(course.made_of, columns_of(*approvals)),
        context=lambda: {
            "course": course,
            "content": content,
            "needed": -(-content.post_test.pass_percent * content.post_test.form_size // 100),
            "scale_questions": len(content.evaluation_questions),
            "approvals": approvals,
        },
    )
    in_short = _in_short.render(
        request,
        key=(course.version.content_hash, columns_of(sponsor), Same(rulebook())),
        context=lambda: {
            "content": content,
            "topics": _topics(content),
            "professions": ", ".join(_PROFESSIONS[each] for each in content.professions),
            "format": dict(FORMATS)[content.format],
            "outline_minutes": sum(step.minutes for step in course.outline),
            "sponsor": sponsor,
        },
    )
    return render(
        request,
        "public/course_page.html",
        {
            "course": course,
            "content": content,
            "state": state,
            "own_version": enrollment.version.number if enrollment and enrollment.version_id != course.version.pk else None,
            "sign_in": f"{reverse('account_login')}?{back}",
            "sign_up": f"{reverse('account_signup')}?{back}",
            "about": about,
            "in_short": in_short,
        },
    )


def _topics(content: Course) -> str:
    """What the course is about, in the words of the rules' vocabulary, each topic once."""
    return topics_label(rulebook(), dict.fromkeys(topic for share in content.topics for topic in share.topics))


urlpatterns: list[URLPattern] = [
    path("courses/", course_list, name="course-list"),
    path("courses/<slug:slug>/", course_page, name="course-page"),
]
