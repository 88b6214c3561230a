"""Where one is signed in: the list, end one, end all others."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from goodstanding.accounts.browser_sessions import end_other_sessions, end_session, lifetime_of, list_sessions
from goodstanding.accounts.errors import SessionNotFoundError
from goodstanding.web.learner.person import user_of


@login_required
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    here = request.session.session_key
    sessions = [(session, session.session_key == here) for session in list_sessions(user=user, at=timezone.now())]
    context = {"sessions": sessions, "others": any(not this for _, this in sessions), "lifetime": lifetime_of(user)}
    return render(request, "learner/sessions.html", context)


@login_required
@require_POST
def session_end(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    try:
        end_session(user=user_of(request), session_id=session_id)
    except SessionNotFoundError:
        raise Http404 from None
    messages.success(request, "That browser is signed out.")
    return redirect("session-list")


@login_required
@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    number = end_other_sessions(user=user_of(request), but=request.session.session_key)
    messages.success(request, "All other browsers are signed out." if number else "You are signed in nowhere else.")
    return redirect("session-list")


urlpatterns: list[URLPattern] = [
    path("account/sessions/", session_list, name="session-list"),
    path("account/sessions/others/end/", session_end_others, name="session-end-others"),
    path("account/sessions/<uuid:session_id>/end/", session_end, name="session-end"),
]
