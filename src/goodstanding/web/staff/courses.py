"""Courses and their versions."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from goodstanding.accounts.permissions import Right, require
from goodstanding.audit.selectors import list_events
from goodstanding.catalog.errors import CourseNotFoundError
from goodstanding.catalog.selectors import (
    PublishedCourse,
    basis_of,
    changes_in,
    course_of,
    get_course,
    get_version,
    list_courses,
    list_versions,
    outline_of,
)
from goodstanding.catalog.services import offer_course, withdraw_course
from goodstanding.flows.pilot import pilot_times
from goodstanding.web.staff.access import staff_path

_HISTORY = 20


def _course_or_404(slug: str) -> PublishedCourse:
    try:
        return get_course(slug)
    except CourseNotFoundError:
        raise Http404 from None


@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/courses.html", {"courses": list_courses()})


@require_safe
def course(request: HttpRequest, slug: str) -> HttpResponse:
    context = {
        "course": _course_or_404(slug),
        "versions": list_versions(slug),
        "events": list_events(subject_kind="course", subject_id=slug)[:_HISTORY],
    }
    return render(request, "staff/course.html", context)


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = _course_or_404(slug)
    try:
        row = get_version(slug, number)
    except CourseNotFoundError:
        raise Http404 from None
    context = {
        "course": found,
        "version": row,
        "current": row.number == found.version.number,
        "content": course_of(row),
        "basis": basis_of(row),
        "outline": outline_of(row),
        "changes": changes_in(row),
        "pilot": list(
            zip(
                ("Measured while the pages were open and in use", "Reported in the evaluation"),
                pilot_times(actor=require(request.user, Right.COURSES), version=row),
                strict=True,
            )
        ),
    }
    return render(request, "staff/course_version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    found = _course_or_404(slug)
    if request.method == "POST":
        withdraw_course(actor=require(request.user, Right.COURSES), slug=slug, at=timezone.now())
        messages.success(request, "The course is withdrawn. Who has started it may finish.")
        return redirect("staff-course", slug=slug)
    return render(request, "staff/course_withdraw.html", {"course": found})


@require_POST
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    _course_or_404(slug)
    offer_course(actor=require(request.user, Right.COURSES), slug=slug, at=timezone.now())
    messages.success(request, "The course is offered again.")
    return redirect("staff-course", slug=slug)


urlpatterns: list[URLPattern] = [
    staff_path("courses/", courses, "staff-courses", Right.COURSES),
    staff_path("courses/<slug:slug>/", course, "staff-course", Right.COURSES),
    staff_path("courses/<slug:slug>/versions/<int:number>/", version, "staff-course-version", Right.COURSES),
    staff_path("courses/<slug:slug>/withdraw/", withdraw, "staff-course-withdraw", Right.COURSES),
    staff_path("courses/<slug:slug>/offer/", offer, "staff-course-offer", Right.COURSES),
]
