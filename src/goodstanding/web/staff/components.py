"""Every component of the look on one page, in every state."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path


def components(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/components.html")


urlpatterns: list[URLPattern] = [path("components/", components, name="staff-components")]
