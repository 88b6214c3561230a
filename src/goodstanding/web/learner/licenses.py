"""Licenses: add, change, answer, renew, remove and restore."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from goodstanding.compliance.selectors import HolderStanding, LicenseStanding, if_answered, standing_on
from goodstanding.core.rules.model import Fact, FactValue
from goodstanding.licensing import selectors, services
from goodstanding.licensing.errors import LicenseDuplicateError, LicenseNotFoundError, LicenseRefusedError, PeriodNotFoundError
from goodstanding.licensing.history import list_history
from goodstanding.licensing.rulebook import LicenseType, license_types
from goodstanding.web.clock import today
from goodstanding.web.learner.license_forms import (
    AddLicenseForm,
    ChangeLicenseForm,
    PeriodForm,
    QuestionsForm,
    RenewalForm,
)
from goodstanding.web.learner.person import holder_of, user_of
from goodstanding.web.learner.standing_page import consequence

if TYPE_CHECKING:
    from goodstanding.licensing.models import License, LicensePeriod

_form_methods = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, kw_only=True)
class LicenseCard:
    """A license as the pages show it. `latest` differs from the present period where the next one is recorded already."""

    license: License
    name: str
    type: LicenseType | None
    period: LicensePeriod | None
    latest: LicensePeriod | None
    questions: int
    answered: int

    @property
    def unanswered(self) -> int:
        return self.questions - self.answered

    @property
    def removal(self) -> str:
        """What removing it means."""
        return f"{self.name}, number {self.license.number}, leaves your list and your standing. Nothing of it is deleted, and you can put it back."


@login_required
@require_safe
def license_list(request: HttpRequest) -> HttpResponse:
    """All licenses; right after a removal, the way to undo it."""
    holder = holder_of(request)
    removed = list(selectors.list_removed(holder))
    undo = next((_card(request, one) for one in removed if str(one.pk) == request.GET.get("removed")), None)
    cards = [_card(request, one) for one in selectors.list_licenses(holder)]
    return render(
        request,
        "learner/license_list.html",
        {"cards": cards, "removed": len(removed), "undo": undo, "today": today(request)},
    )


@login_required
@_form_methods
def license_add(request: HttpRequest) -> HttpResponse:
    types = license_types()
    asked = next((one.key for one in types if one.rule == request.GET.get("rule")), None)
    form = AddLicenseForm(
        request.POST if request.method == "POST" else None, types=types, today=today(request), initial={"type": asked}
    )
    if request.method == "POST" and form.is_valid() and (chosen := form.chosen):
        data = {name: value for name, value in form.cleaned_data.items() if name != "type"}
        try:
            added = services.add_license(
                holder=holder_of(request),
                actor=user_of(request),
                rule=chosen.rule,
                profession=chosen.profession,
                license_type=chosen.license_type,
                at=timezone.now(),
                **data,
            )
        except LicenseRefusedError as error:
            form.show_problems(error.problems)
        else:
            messages.success(request, f"{chosen.name} is in your list.")
            if selectors.questions_of(added):
                return redirect(f"{reverse('license-questions', args=[added.pk])}?new=1")
            return redirect("license-page", added.pk)
    return render(request, "learner/license_add.html", {"form": form, "types": types})


@login_required
@require_safe
def license_page(request: HttpRequest, license_id: uuid.UUID) -> HttpResponse:
    found = _access(request, license_id)
    facts = selectors.current_facts(found)
    questions = [
        (question, _answer_in_words(question.options, facts.get(name)))
        for name, question in selectors.questions_of(found).items()
    ]
    periods = sorted(found.periods.all(), key=lambda period: period.end, reverse=True)
    context = {
        "card": _card(request, found),
        "questions": questions,
        "periods": periods,
        "history": list_history(found),
        "likely_renewals": _likely_renewals(_card(request, found)),
        "today": today(request),
    }
    return render(request, "learner/license_page.html", context)


@login_required
@_form_methods
def license_questions(request: HttpRequest, license_id: uuid.UUID) -> HttpResponse:
    found = _access(request, license_id)
    asked = selectors.questions_of(found)
    new = request.GET.get("new") == "1"
    posted = request.POST if request.method == "POST" else None
    form = QuestionsForm(
        posted, questions=asked, answers=selectors.current_facts(found), consequences=_consequences(request, found, asked)
    )
    if posted is not None and form.is_valid():
        try:
            services.answer_facts(license=found, answers=form.answers, at=timezone.now(), actor=user_of(request))
        except LicenseRefusedError as error:
            form.show_problems(error.problems)
        else:
            messages.success(request, "Your answers are saved.")
            return redirect("standing") if new else redirect(_back(request, found))
    back = reverse("standing") if new else _back(request, found)
    context = {"form": form, "card": _card(request, found), "new": new, "back": back}
    return render(request, "learner/license_questions.html", context)


@login_required
@_form_methods
def license_edit(request: HttpRequest, license_id: uuid.UUID) -> HttpResponse:
    found = _access(request, license_id)
    card = _card(request, found)
    kept = {
        "number": found.number,
        "issued": found.issued,
        "renewals": found.renewals,
        "status": found.status,
        "period_start": card.latest.start if card.latest else None,
        "period_end": card.latest.end if card.latest else None,
    }
    form = ChangeLicenseForm(
        request.POST if request.method == "POST" else None,
        initial=kept,
        rule=found.rule,
        today=today(request),
        likely_renewals=_likely_renewals(card),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_license(license=found, actor=user_of(request), at=timezone.now(), **form.cleaned_data)
        except LicenseRefusedError as error:
            form.show_problems(error.problems)
        else:
            messages.success(request, "Your changes are saved.")
            return redirect(_back(request, found))
    return render(request, "learner/license_edit.html", {"form": form, "card": card, "back": _back(request, found)})


@login_required
@_form_methods
def license_renew(request: HttpRequest, license_id: uuid.UUID) -> HttpResponse:
    found = _access(request, license_id)
    card = _card(request, found)
    if card.latest is None:
        raise Http404
    initial = {"period_end": selectors.next_period_end(found), "from_end": card.latest.end}
    form = RenewalForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_renewal(license=found, actor=user_of(request), at=timezone.now(), **form.cleaned_data)
        except LicenseRefusedError as error:
            form.show_problems(error.problems)
        else:
            messages.success(request, "The renewal is recorded. The former period stays in the history.")
            return redirect(_back(request, found))
    return render(request, "learner/license_renew.html", {"form": form, "card": card, "back": _back(request, found)})


@login_required
@_form_methods
def license_period(request: HttpRequest, license_id: uuid.UUID, end: str) -> HttpResponse:
    """What was carried into one period and what the board waived for it."""
    found = _access(request, license_id)
    try:
        period = selectors.access_period(found, dt.date.fromisoformat(end))
    except (ValueError, PeriodNotFoundError) as error:
        raise Http404 from error
    requirements = selectors.requirements_of(found)
    form = PeriodForm(
        request.POST if request.method == "POST" else None,
        requirements=requirements,
        carried_in=period.carried_in,
        waivers=period.waivers,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.record_carried_and_waived(
                license=found,
                actor=user_of(request),
                end=period.end,
                carried_in=form.carried_in,
                waivers=form.cleaned_data["waived"],
                note=form.cleaned_data["note"],
                at=timezone.now(),
            )
        except PeriodNotFoundError as error:
            raise Http404 from error
        except LicenseRefusedError as error:
            form.show_problems(error.problems)
        else:
            messages.success(request, f"Saved for the period until {period.end.day} {period.end:%B} {period.end.year}.")
            return redirect(_back(request, found))
    known = {one.id: one.name for one in requirements}
    rule = selectors.carry_in_of(found)
    context = {
        "card": _card(request, found),
        "back": _back(request, found),
        "period": period,
        "form": form,
        "requirements": requirements,
        "carry_in": rule,
        "limits": [(known[name], hours) for name, hours in rule.at_most.items() if name in known] if rule else [],
        "outdated": sorted({*period.carried_in, *period.waivers} - known.keys()),
    }
    return render(request, "learner/license_period.html", context)


@login_required
@require_POST
def license_renewal_undo(request: HttpRequest, license_id: uuid.UUID, end: str) -> HttpResponse:
    found = _access(request, license_id)
    try:
        day = dt.date.fromisoformat(end)
    except ValueError as error:
        raise Http404 from error
    services.undo_renewal(license=found, actor=user_of(request), end=day, at=timezone.now())
    messages.success(request, "The renewal is taken back.")
    return redirect("license-page", found.pk)


@login_required
@_form_methods
def license_remove(request: HttpRequest, license_id: uuid.UUID) -> HttpResponse:
    try:
        found = _access(request, license_id)
    except Http404:
        if request.method != "POST":
            raise
        found = _access(request, license_id, removed=True)  # the form was sent twice
    if request.method == "POST":
        services.remove_license(license=found, actor=user_of(request), at=timezone.now())
        return redirect(f"{reverse('license-list')}?removed={found.pk}")
    return render(request, "learner/license_remove.html", {"card": _card(request, found)})


@login_required
@require_safe
def license_removed(request: HttpRequest) -> HttpResponse:
    cards = [_card(request, one) for one in selectors.list_removed(holder_of(request)).prefetch_related("facts")]
    return render(request, "learner/license_removed.html", {"cards": cards})


@login_required
@require_POST
def license_restore(request: HttpRequest, license_id: uuid.UUID) -> HttpResponse:
    try:
        found = _access(request, license_id, removed=True)
    except Http404:
        return redirect("license-page", _access(request, license_id).pk)
    try:
        services.restore_license(license=found, actor=user_of(request), at=timezone.now())
    except LicenseDuplicateError:
        messages.error(request, "This license is in your list already, entered anew. Remove that one first to put this one back.")
        return redirect("license-removed")
    messages.success(request, f"{selectors.license_name(found)} is back in your list, with all its history.")
    return redirect("license-page", found.pk)


def _access(request: HttpRequest, license_id: uuid.UUID, *, removed: bool = False) -> License:
    try:
        return selectors.access_license(holder_of(request), license_id, removed=removed)
    except LicenseNotFoundError as error:
        raise Http404 from error


def _back(request: HttpRequest, license_: License) -> str:
    """Where a form leads when it is done: to the standing where it was opened from there, else to the license."""
    return reverse("standing-license" if request.GET.get("from") == "standing" else "license-page", args=[license_.pk])


def _card(request: HttpRequest, license_: License) -> LicenseCard:
    questions = selectors.questions_of(license_)
    facts = selectors.current_facts(license_) if questions else {}
    return LicenseCard(
        license=license_,
        name=selectors.license_name(license_),
        type=selectors.license_type_of(license_),
        period=selectors.present_period(license_, today(request)),
        latest=selectors.latest_period(license_),
        questions=len(questions),
        answered=sum(name in facts for name in questions),
    )


def _consequences(request: HttpRequest, license_: License, questions: Mapping[str, Fact]) -> dict[str, str]:
    """What each answer would change today, worked out from the license and its credits; nothing for days and numbers."""
    choices = {name: _choices(question) for name, question in questions.items()}
    if not any(choices.values()):
        return {}
    standing = standing_on(holder=holder_of(request), on=today(request))
    mine = next((one for one in standing.licenses if one.id == license_.pk), None)
    if mine is None:
        return {}
    return {name: _consequence(standing, mine, name, options) for name, options in choices.items() if options}


def _consequence(standing: HolderStanding, license_: LicenseStanding, name: str, options: Mapping[str, FactValue]) -> str:
    effects = {
        words: if_answered(standing=standing, license_=license_, fact=name, value=value) for words, value in options.items()
    }
    return " ".join(consequence(words, changed) for words, changed in effects.items()) if any(effects.values()) else ""


def _choices(question: Fact) -> dict[str, FactValue]:
    if question.type == "boolean":
        return {"yes": True, "no": False}
    return {label: option for option, label in question.options.items()} if question.type == "one_of" else {}


def _likely_renewals(card: LicenseCard) -> int | None:
    """A suggestion where the holder gave no number of renewals."""
    if card.license.renewals is not None or card.latest is None:
        return None
    return selectors.suggest_renewals(rule=card.license.rule, issued=card.license.issued, period_end=card.latest.end)


def _answer_in_words(options: Any, value: Any) -> Any:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return options.get(value, value) if isinstance(value, str) else value


urlpatterns: list[URLPattern] = [
    path("licenses/", license_list, name="license-list"),
    path("licenses/add/", license_add, name="license-add"),
    path("licenses/removed/", license_removed, name="license-removed"),
    path("licenses/<uuid:license_id>/", license_page, name="license-page"),
    path("licenses/<uuid:license_id>/questions/", license_questions, name="license-questions"),
    path("licenses/<uuid:license_id>/edit/", license_edit, name="license-edit"),
    path("licenses/<uuid:license_id>/renew/", license_renew, name="license-renew"),
    path("licenses/<uuid:license_id>/periods/<str:end>/", license_period, name="license-period"),
    path("licenses/<uuid:license_id>/renewals/<str:end>/undo/", license_renewal_undo, name="license-renewal-undo"),
    path("licenses/<uuid:license_id>/remove/", license_remove, name="license-remove"),
    path("licenses/<uuid:license_id>/restore/", license_restore, name="license-restore"),
]
