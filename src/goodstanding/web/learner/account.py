"""The profile, and the way to everything else about one's account."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from goodstanding.accounts import selectors, services
from goodstanding.accounts.errors import ProfileRefusedError
from goodstanding.accounts.terms import terms_day
from goodstanding.web.forms import LookForm
from goodstanding.web.learner.person import user_of
from goodstanding.web.public.account_forms import legal_name_field

US_ZONES = (
    ("America/New_York", "Eastern (New York)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Arizona (Phoenix), no daylight saving"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Honolulu)"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
    ("Pacific/Guam", "Chamorro (Guam)"),
)
PROFESSIONS = (
    ("counselor", "Counselor"),
    ("psychologist", "Psychologist"),
    ("social_worker", "Social worker"),
    ("mft", "Marriage and family therapist"),
)


@cache
def _zones() -> list[tuple[str, Any]]:
    """The zones most readers live in first, then every other by continent and city."""
    usual = {name for name, _ in US_ZONES}
    others = [
        (name, name.replace("_", " ").replace("/", ", "))
        for name in sorted(zoneinfo.available_timezones())
        if "/" in name and name not in usual and not name.startswith(("Etc/", "SystemV/", "US/", "Canada/", "posix/", "right/"))
    ]
    return [("", "Choose your time zone"), ("United States", US_ZONES), ("Everywhere", [*others, ("UTC", "UTC")])]


class ProfileForm(LookForm):
    legal_name = legal_name_field(required=True)
    time_zone = forms.ChoiceField(
        label="Time zone",
        help_text="The day of a completion is the day it was where you are.",
        choices=_zones,
        error_messages={"required": "Choose your time zone.", "invalid_choice": "Choose your time zone from the list."},
    )
    professions = forms.MultipleChoiceField(
        label="Your professions",
        help_text="Check all that apply.",
        choices=PROFESSIONS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the professions listed."},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    profile = selectors.get_profile(user)
    was_complete = selectors.profile_is_complete(profile)
    kept = {"legal_name": profile.legal_name, "time_zone": profile.time_zone, "professions": profile.professions}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_profile(user=user, **form.cleaned_data)
        except ProfileRefusedError as error:
            form.show_problems(error.problems)
        else:
            messages.success(request, "Your profile is saved.")
            # Whoever was sent here from a page that lacked something goes back to it.
            back = request.GET.get("next", "")
            if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
                return redirect(back)
            return redirect("account" if was_complete else "standing")
    accepted = [(one, terms_day(one.version)) for one in selectors.list_terms_acceptances(user)]
    context = {"form": form, "complete": was_complete, "accepted": accepted}
    return render(request, "learner/account.html", context)


urlpatterns: list[URLPattern] = [path("account/", account, name="account")]
