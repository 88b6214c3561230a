"""The addresses of the product, and one page that renders the base template and nothing else."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from goodstanding.conf import urls


@login_required
def base_page(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


urlpatterns = [path("bench-base-page/", base_page), path("", include(urls))]
