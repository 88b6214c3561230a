"""What search engines are told: which pages there are, and which are nobody's business."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from goodstanding.catalog.selectors import offered_courses
from goodstanding.licensing.explorer import Listed, entries, places

_OWN = ("account", "certificates", "claim", "credits", "learn", "licenses", "staff", "standing", "api")
"""The first words of addresses where pages of persons and of programs are."""


class _Ours(Sitemap[Any]):
    protocol = "https" if settings.PUBLIC_URL.startswith("https:") else "http"


class Pages(_Ours):
    def items(self) -> list[str]:
        return ["home", "course-list", "requirements", "requirements-compare", "verify", "privacy", "terms"]

    def location(self, item: str) -> str:
        return reverse(item)


class Courses(_Ours):
    def items(self) -> list[str]:
        return [course.slug for course in offered_courses()]

    def location(self, item: str) -> str:
        return reverse("course-page", args=[item])


class Rules(_Ours):
    """The page of each rule, with the day on which its sources were last read."""

    def items(self) -> tuple[Listed, ...]:
        return entries(timezone.localdate())

    def location(self, item: Listed) -> str:
        return reverse("requirements-page", args=[item.rule])

    def lastmod(self, item: Listed) -> dt.date:
        return item.checked_on


class Places(_Ours):
    def items(self) -> list[str]:
        return list(places(entries(timezone.localdate())))

    def location(self, item: str) -> str:
        return reverse("requirements-page", args=[item])


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be read but what belongs to a person; what matters is guarded anyway, this only spares visits."""
    del request
    lines = [
        "User-agent: *",
        *(f"Disallow: /{word}/" for word in _OWN),
        "",
        f"Sitemap: {settings.PUBLIC_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


_SECTIONS: dict[str, Any] = {"pages": Pages, "courses": Courses, "rules": Rules, "places": Places}

urlpatterns: list[URLPattern] = [
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": _SECTIONS}, name="sitemap"),
]
