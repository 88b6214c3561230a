"""A person's credits and certificates; revocation."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from goodstanding.accounts.finding import find_people
from goodstanding.accounts.permissions import Right, require, require_administrator
from goodstanding.credit.errors import CertificateAlreadyRevokedError, CertificateNotFoundError, RevocationReasonError
from goodstanding.credit.selectors import get_certificate
from goodstanding.credit.services import revoke_certificate
from goodstanding.flows.person_file import PersonNotFoundError, open_person_file
from goodstanding.web.forms import LookForm
from goodstanding.web.staff.access import staff_path

_PAGE = 25
_SHORTEST = 2


class SearchForm(LookForm):
    q = forms.CharField(
        label="E-mail address or name",
        help_text="The beginnings of its words are enough: “jo riv”, “rivera@” or “example.org”. Capitals and accents make no difference.",
        min_length=_SHORTEST,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={
            "required": "Write an e-mail address or a name, or how one begins.",
            "min_length": "Write at least two characters.",
        },
    )


class RevocationForm(LookForm):
    """The reason, and on the second page the word that it is meant."""

    reason = forms.CharField(
        label="Reason",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Anyone who checks the certificate will read it. Write nothing about the person or about clients.",
        error_messages={"required": "Give the reason. A certificate is not revoked without one."},
    )


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Search; without a question nobody is listed, for there is no reason to leaf through people."""
    if "q" not in request.GET:
        return render(request, "staff/people.html", {"form": SearchForm(), "page": None})
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "staff/people.html", {"form": form, "page": None}, status=400)
    found = find_people(form.cleaned_data["q"])
    page = Paginator(found, _PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "more": found.more}
    return render(request, "staff/people.html", context)


@require_safe
def person(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    try:
        file = open_person_file(actor=require(request.user, Right.PEOPLE), user_id=user_id)
    except PersonNotFoundError:
        raise Http404 from None
    return render(request, "staff/person.html", {"file": file})


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, number: str) -> HttpResponse:
    """Two steps: give the reason, then see certificate and reason together and confirm."""
    try:
        certificate = get_certificate(number)
    except CertificateNotFoundError:
        raise Http404 from None
    back = certificate.holder.user_id
    if request.method != "POST":
        return render(
            request, "staff/certificate_revoke.html", {"form": RevocationForm(), "certificate": certificate, "back": back}
        )
    form = RevocationForm(request.POST)
    if form.is_valid() and request.POST.get("step") == "sure":
        try:
            revoke_certificate(
                actor=require_administrator(request.user), number=number, reason=form.cleaned_data["reason"], at=timezone.now()
            )
        except RevocationReasonError as error:
            form.add_error("reason", str(error))
        except CertificateAlreadyRevokedError:
            messages.info(request, f"Certificate {number} was revoked before.")
            return _after_revocation(back)
        else:
            messages.success(request, f"Certificate {number} is revoked. Its public page says so, with the reason.")
            return _after_revocation(back)
    elif form.is_valid() and request.POST.get("step") != "change":
        context = {"certificate": certificate, "reason": form.cleaned_data["reason"], "back": back}
        return render(request, "staff/certificate_revoke_confirm.html", context)
    context = {"form": form, "certificate": certificate, "back": back}
    return render(request, "staff/certificate_revoke.html", context, status=400 if form.errors else 200)


def _after_revocation(user_id: uuid.UUID | None) -> HttpResponse:
    """To the person it belongs to; a certificate outlives the account, so there may be none."""
    return redirect("staff-person", user_id=user_id) if user_id else redirect("staff-people")


urlpatterns: list[URLPattern] = [
    staff_path("people/", people, "staff-people", Right.PEOPLE),
    staff_path("people/<uuid:user_id>/", person, "staff-person", Right.PEOPLE),
    staff_path("certificates/<str:number>/revoke/", revoke, "staff-certificate-revoke"),
]
