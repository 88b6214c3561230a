"""The role of a person: given and taken by administrators."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern
from django.views.decorators.http import require_http_methods

from goodstanding.accounts.errors import LastAdministratorError, PersonNotFoundError
from goodstanding.accounts.permissions import require_administrator
from goodstanding.accounts.roles import access_person, give_role
from goodstanding.web.forms import LookForm
from goodstanding.web.staff.access import staff_path

_ROLES = (
    ("clinician", "Clinician: own affairs only"),
    ("support", "Support: people and requests"),
    ("editor", "Editor: courses"),
    ("finance", "Finance: no page of its own yet"),
    ("administrator", "Administrator: everything"),
)


class RoleForm(LookForm):
    role = forms.ChoiceField(
        label="Role",
        choices=_ROLES,
        widget=forms.RadioSelect,
        help_text="A changed role signs the person out everywhere. Staff sign in with a second step.",
        error_messages={"required": "Choose a role.", "invalid_choice": "Choose one of the roles."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    actor = require_administrator(request.user)
    try:
        person = access_person(actor=actor, user_id=user_id)
        form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": person.role})
        if form.is_valid():
            given = give_role(actor=actor, user_id=user_id, role=form.cleaned_data["role"])
            messages.success(request, f"{given.email} has the role {given.get_role_display()}.")
            return redirect("staff-person", user_id=user_id)
    except PersonNotFoundError:
        raise Http404 from None
    except LastAdministratorError:
        form.add_error("role", "This is the only administrator. Make someone else administrator first.")
    return render(request, "staff/role.html", {"form": form, "person": person}, status=400 if form.errors else 200)


urlpatterns: list[URLPattern] = [staff_path("people/<uuid:user_id>/role/", role, "staff-role")]
