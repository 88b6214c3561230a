"""Deleting one's account: what goes and what stays, said before, then asked once more."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from goodstanding.accounts.closing import GRACE, check_may_leave, request_closure
from goodstanding.accounts.errors import LastAdministratorError
from goodstanding.flows.leaving import what_leaving_does
from goodstanding.web.learner.person import user_of

_LAST = "You are the only administrator here. Make someone else administrator first; then you can delete your account."


@login_required
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """What deleting the account means for this person, counted. Nothing happens here."""
    user = user_of(request)
    try:
        check_may_leave(user)
        refusal = ""
    except LastAdministratorError:
        refusal = _LAST
    context = {"leaving": what_leaving_does(user=user), "days": GRACE.days, "refusal": refusal}
    return render(request, "learner/leave.html", context)


@login_required
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave_confirm(request: HttpRequest) -> HttpResponse:
    """The last question, after the password."""
    now = timezone.now()
    if request.method != "POST":
        return render(request, "learner/leave_confirm.html", {"due": (now + GRACE).date(), "days": GRACE.days})
    try:
        closure = request_closure(user=user_of(request), at=now)
    except LastAdministratorError:
        messages.error(request, _LAST)
        return redirect("leave")
    due = timezone.localtime(closure.due_at)
    logout(request)
    messages.success(
        request, f"Your account will be deleted on {due:%-d %B %Y}. Until then, signing in keeps it; a mail to you says so, too."
    )
    return redirect("home")


urlpatterns: list[URLPattern] = [
    path("account/delete/", leave, name="leave"),
    path("account/delete/confirm/", leave_confirm, name="leave-confirm"),
]
