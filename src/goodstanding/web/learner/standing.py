"""The standing page, its print, its case file, and settling open questions with the board."""

from __future__ import annotations

import datetime as dt
import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodstanding.accounts.selectors import get_profile
from goodstanding.compliance.case_file import case_as_yaml
from goodstanding.compliance.errors import QuestionNotOpenError
from goodstanding.compliance.selectors import HolderStanding, if_confirmed, open_question, standing_on
from goodstanding.compliance.services import reopen_question, settle_question
from goodstanding.core.rules.case import EARLIEST
from goodstanding.kept import Same
from goodstanding.licensing.errors import ConfirmationRefusedError, LicenseNotFoundError
from goodstanding.web.clock import today
from goodstanding.web.forms import DayInput, LookForm
from goodstanding.web.learner import standing_credits
from goodstanding.web.learner.person import holder_of, user_of
from goodstanding.web.learner.standing_day import DayForm, day_asked
from goodstanding.web.learner.standing_page import card_of, effects_in_words, lay_out, question_row
from goodstanding.web.parts import Part

NOTE_LENGTH = 500


class ConfirmForm(LookForm):
    """What the board answered to one open question."""

    confirmed_on = forms.DateField(
        label="The day the board answered",
        widget=DayInput(),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "invalid": "This is not a day of the calendar. Enter it as year, month, day, for example 2026-03-01.",
            "required": "Enter the day on which your board answered.",
        },
    )
    note = forms.CharField(
        label="Note",
        help_text=f"Whom you asked and what they said, so that you can show it later. No client details. At most {NOTE_LENGTH} characters.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=NOTE_LENGTH,
        required=False,
        error_messages={"max_length": "The note has %(show_value)d characters; the limit is %(limit_value)d. Shorten it."},
    )

    def __init__(self, *args: object, latest: dt.date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.latest = latest

    def clean_confirmed_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["confirmed_on"]
        if day > self.latest:
            raise forms.ValidationError("This day is in the future. Enter the day on which your board answered.")
        if day < EARLIEST:
            raise forms.ValidationError("This is too long ago to be right. Check the year.")
        return day


@require_GET
@login_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The standing over all licenses, as of today or of the day asked for; a wrong day is said and today is shown."""
    now = today(request)
    on, form = day_asked(request, now=now)
    standing = standing_on(holder=holder_of(request), on=on)

    def context() -> dict[str, object]:
        return _context(standing, form, now=now)

    if form.is_bound:  # shows what was typed
        return render(
            request,
            "learner/standing.html",
            {"main": render_to_string("learner/standing_main.html", context(), request)},
            status=400 if form.errors else 200,
        )
    main = _main.render(request, key=(Same(standing), now), context=context)
    return render(request, "learner/standing.html", {"main": main})


_main = Part("learner/standing_main.html", most=64)
"""By the answer itself, which is the same object only as long as all that is recorded is the same, and by the day it is read on."""


@require_GET
@login_required
@never_cache
def license_page(request: HttpRequest, license_id: uuid.UUID) -> HttpResponse:
    """One license with everything: what counted and why, the open questions, the limits and the sources."""
    now = today(request)
    on = day_asked(request, now=now)[0]
    standing = standing_on(holder=holder_of(request), on=on)
    found = next((one for one in standing.licenses if one.id == license_id), None)
    if found is None:
        raise Http404
    context = {
        "card": card_of(found, on=on, today=now, whole=False),
        "on": on,
        "today": now,
        "asked": "" if on == now else f"?on={on.isoformat()}",
    }
    return render(request, "learner/standing_license.html", context)


@require_GET
@login_required
@never_cache
def print_page(request: HttpRequest) -> HttpResponse:
    """The same with everything open, to print or to keep as PDF: browsers differ in what they print of a closed detail."""
    now = today(request)
    on, form = day_asked(request, now=now)
    standing = standing_on(holder=holder_of(request), on=on)
    context = _context(standing, form, now=now, whole=True) | {"legal_name": get_profile(user_of(request)).legal_name}
    return render(request, "learner/standing_print.html", context, status=400 if form.errors else 200)


@require_GET
@login_required
@never_cache
def case_file(request: HttpRequest) -> HttpResponse:
    """The case behind the page, as the file that `goodstanding evaluate` answers in the same words."""
    on = day_asked(request, now=today(request))[0]
    standing = standing_on(holder=holder_of(request), on=on)
    if standing.case is None:
        raise Http404
    response = HttpResponse(case_as_yaml(standing.case), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="good-standing-{on.isoformat()}.yaml"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def confirm(request: HttpRequest, license_id: uuid.UUID, question: str) -> HttpResponse:
    """One open question with its readings, and the form that records what the board answered."""
    holder = holder_of(request)
    day = today(request)
    try:
        standing, license_, found = open_question(holder=holder, license_id=license_id, question=question, on=day)
    except LookupError as error:
        raise Http404 from error
    form = ConfirmForm(request.POST if request.method == "POST" else None, latest=day)
    if request.method == "POST" and form.is_valid():
        try:
            settle_question(
                holder=holder,
                license_id=license_id,
                question=question,
                confirmed_on=form.cleaned_data["confirmed_on"],
                note=form.cleaned_data["note"],
                on=day,
                at=timezone.now(),
            )
        except (LicenseNotFoundError, QuestionNotOpenError) as error:
            raise Http404 from error
        except ConfirmationRefusedError as error:
            form.show_problems(error.problems)
        else:
            messages.success(request, f"Recorded for {license_.name}. Your standing now rests on it where it says so.")
            return redirect("standing-license", license_id)
    labels = {one.id: one.label for one in license_.evaluation.requirements} if license_.evaluation else {}
    context = {
        "form": form,
        "license": license_,
        "question": question_row(found, license_=license_, labels=labels),
        "only_if": _only_if(found.id),
        "effects": effects_in_words(if_confirmed(standing=standing, license_=license_, question=question)),
        "back": reverse("standing-license", args=[license_id]),
        "board": license_.evaluation.board if license_.evaluation else "",
        "board_url": license_.evaluation.board_url if license_.evaluation else "",
    }
    return render(request, "learner/standing_confirm.html", context, status=422 if form.errors else 200)


def _only_if(question: str) -> str:
    """What must have been answered for a confirmation to be true; questions differ in what their kinder answer is."""
    if question.startswith("unsettled_"):
        return "Record this only if your board says that nothing is due here, or you have done what it asks."
    if question.startswith("late_"):
        return "Record this only if your board says that it takes the hours that came after their due date."
    if question == "carried_in":
        return "Record this only if your board says that the hours you carried in count."
    if question.startswith("repeat:"):
        return "Record this only if your board counts the course a second time."
    if ":" in question:
        return "Record this only if your board takes this credit as it is."
    return "Record this only if your board gave the answer that is kinder to you."


@require_POST
@login_required
def reopen(request: HttpRequest, license_id: uuid.UUID, question: str) -> HttpResponse:
    """Take a confirmation back; it can be given again at once, so nothing is asked first."""
    try:
        reopen_question(holder=holder_of(request), license_id=license_id, question=question, at=timezone.now())
    except (LicenseNotFoundError, ConfirmationRefusedError) as error:
        raise Http404 from error
    messages.success(request, "The question is open again. What you had confirmed stays in the history of your license.")
    return redirect("standing-license", license_id)


def _context(standing: HolderStanding, form: DayForm, *, now: dt.date, whole: bool = False) -> dict[str, object]:
    return {
        "page": lay_out(standing=standing, today=now, whole=whole),
        "form": form,
        "today": now,
        "asked": "" if standing.on == now else f"?on={standing.on.isoformat()}",
    }


urlpatterns: list[URLPattern] = [
    path("standing/", page, name="standing"),
    path("standing/print/", print_page, name="standing-print"),
    *standing_credits.urlpatterns,
    path("standing/<uuid:license_id>/", license_page, name="standing-license"),
    path("standing/case.yaml", case_file, name="standing-case-file"),
    path("standing/<uuid:license_id>/<str:question>/confirm/", confirm, name="standing-confirm"),
    path("standing/<uuid:license_id>/<str:question>/reopen/", reopen, name="standing-reopen"),
]
