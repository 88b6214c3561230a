"""The signatures under the minutes of course versions: where they stand, and the forms to rate, approve and withdraw."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from goodstanding.accounts.permissions import require_administrator
from goodstanding.accounts.selectors import find_users
from goodstanding.catalog.basis_state import BasisState, basis_state
from goodstanding.catalog.errors import (
    BasisApprovedError,
    CourseNotFoundError,
    RatingsChangedError,
    RatingsMissingError,
    SignatureNotFoundError,
    SignatureRefusedError,
    SignatureWithdrawnError,
)
from goodstanding.catalog.selectors import course_of, get_version, list_basis_states
from goodstanding.catalog.signing import approve_basis, draft_approval, draft_rating, rate_difficulty, withdraw_signature
from goodstanding.core.courseware.signatures import RATING_STEPS, Signer, figures_at, figures_by_difficulty, figures_of
from goodstanding.web.forms import LookForm
from goodstanding.web.staff.access import staff_path

_ENDS = {Decimal(1): "1, very easy", Decimal(5): "5, very difficult"}
_NOTHING_LOST = (BasisApprovedError, RatingsMissingError)


class SignerForm(LookForm):
    """Who signs. The person signs; whoever is signed in records it."""

    name = forms.CharField(
        label="Full name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Of the person who signs.",
    )
    credentials = forms.CharField(
        label="Credentials", max_length=120, help_text="Degree and license, as they are to be shown on the course page."
    )
    discipline = forms.CharField(
        label="Discipline", max_length=80, help_text="For instance psychology, counseling or social work."
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    @property
    def signer(self) -> Signer:
        return Signer(**{field: self.cleaned_data[field] for field in ("name", "credentials", "discipline")})


class RatingForm(SignerForm):
    difficulty = forms.TypedChoiceField(
        label="Difficulty",
        coerce=Decimal,
        choices=[
            ("", "Choose one"),
            *((f"{step.normalize():f}", _ENDS.get(step, f"{step.normalize():f}")) for step in RATING_STEPS),
        ],
        help_text="The rater's own judgment. The lowest rating holds.",
    )
    note = forms.CharField(
        label="Reason for the rating",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What the reader must weigh or do. Of the lowest rating, this stands on the course page.",
    )
    field_order = ("name", "credentials", "discipline", "difficulty", "note")


class ApprovalForm(SignerForm):
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class SureForm(LookForm):
    signs = forms.BooleanField(
        label="The person named has read these words and signs them.",
        error_messages={"required": "Tick this once the person has read and signed the words above."},
    )


class WithdrawalForm(LookForm):
    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stays in the history of the version.",
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


def _state_or_404(slug: str, number: int) -> BasisState:
    try:
        return basis_state(get_version(slug, number))
    except CourseNotFoundError:
        raise Http404 from None


def _back(slug: str, number: int) -> HttpResponse:
    return redirect("staff-hours-version", slug=slug, number=number)


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/hours.html", {"states": list_basis_states()})


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    state = _state_or_404(slug, number)
    course = course_of(state.version)
    accounts = {user.pk: user.email for user in find_users().filter(pk__in={row.recorded_by for row in state.history})}
    context = {
        "state": state,
        "course": course,
        "figures": figures_of(course, state.basis),
        "steps": figures_by_difficulty(course, state.proposed),
        "history": [
            {"row": row, "by": accounts.get(row.recorded_by), "withdrawn": row.pk in state.withdrawn}
            for row in reversed(state.history)
        ],
    }
    return render(request, "staff/hours_version.html", context)


def _sign(
    request: HttpRequest,
    *,
    state: BasisState,
    form: SignerForm,
    heading: str,
    draft: Callable[[], tuple[BasisState, object]],
    sign: Callable[[], object],
    done: str,
    after: Callable[[], Decimal],
) -> HttpResponse:
    """Two steps, as before every signature: fill in, then read the words and figures together and sign."""
    slug, number = state.version.course_id, state.version.number
    step = request.POST.get("step", "")
    course = course_of(state.version)
    if request.method == "POST" and form.is_valid() and step != "change":
        sure = SureForm(request.POST if step == "sign" else None)
        try:
            if step == "sign" and sure.is_valid():
                sign()
                messages.success(request, done)
                return _back(slug, number)
            _, drafted = draft()
        except SignatureRefusedError as refused:
            form.show_problems(refused.problems)
        except RatingsChangedError as changed:
            messages.warning(request, str(changed))
            return redirect("staff-hours-approve", slug=slug, number=number)
        except SignatureNotFoundError as other:
            form.add_error(None, str(other))
        except _NOTHING_LOST as closed:
            messages.warning(request, str(closed))
            return _back(slug, number)
        else:
            context = {
                "state": state, "course": course, "heading": heading, "form": form, "sure": sure, "draft": drafted,
                "before": figures_of(course, state.basis), "after": figures_at(course, state.proposed, after()),
            }  # fmt: skip
            return render(request, "staff/hours_confirm.html", context, status=400 if sure.errors else 200)
    context = {
        "state": state, "course": course, "heading": heading, "form": form,
        "rated": figures_of(course, state.rated) if not state.raters_missing else None,
    }  # fmt: skip
    return render(request, "staff/hours_sign.html", context, status=400 if form.errors and step != "change" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    state, actor = _state_or_404(slug, number), require_administrator(request.user)
    form = RatingForm(request.POST) if request.method == "POST" else RatingForm()

    def given() -> tuple[Signer, Decimal, str]:
        return form.signer, form.cleaned_data["difficulty"], form.cleaned_data["note"]

    def draft() -> tuple[BasisState, object]:
        signer, difficulty, note = given()
        return draft_rating(actor=actor, slug=slug, number=number, signer=signer, difficulty=difficulty, note=note)

    def sign() -> object:
        signer, difficulty, note = given()
        return rate_difficulty(
            actor=actor, slug=slug, number=number, signer=signer, difficulty=difficulty, note=note,
            submission=form.cleaned_data["submission"], at=timezone.now(),
        )  # fmt: skip

    def lowest() -> Decimal:
        return min([given()[1], *(row.difficulty for row in state.ratings if row.difficulty is not None)])

    return _sign(
        request, state=state, form=form, heading="Rate the difficulty", draft=draft, sign=sign, after=lowest,
        done="The rating is signed.",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    state, actor = _state_or_404(slug, number), require_administrator(request.user)
    form = ApprovalForm(request.POST) if request.method == "POST" else ApprovalForm(initial={"seen": state.seen})

    def draft() -> tuple[BasisState, object]:
        return draft_approval(actor=actor, slug=slug, number=number, signer=form.signer)

    def sign() -> object:
        return approve_basis(
            actor=actor, slug=slug, number=number, signer=form.signer, seen=form.cleaned_data["seen"],
            submission=form.cleaned_data["submission"], at=timezone.now(),
        )  # fmt: skip

    return _sign(
        request, state=state, form=form, heading="Approve the minutes", draft=draft, sign=sign,
        after=lambda: state.rated.difficulty, done="The hours of this version are signed.",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str, number: int, signature_id: uuid.UUID) -> HttpResponse:
    state, actor = _state_or_404(slug, number), require_administrator(request.user)
    signature = next((row for row in state.history if row.pk == signature_id and row.withdraws_id is None), None)
    if signature is None:
        raise Http404
    form = WithdrawalForm(request.POST) if request.method == "POST" else WithdrawalForm()
    if form.is_valid():
        try:
            withdraw_signature(
                actor=actor, slug=slug, number=number, signature_id=signature_id, at=timezone.now(), **form.cleaned_data
            )
        except SignatureRefusedError as refused:
            form.show_problems(refused.problems)
        except (SignatureWithdrawnError, SignatureNotFoundError) as before:
            messages.info(request, str(before))
            return _back(slug, number)
        else:
            messages.success(request, "The signature is withdrawn.")
            return _back(slug, number)
    context = {"state": state, "course": course_of(state.version), "signature": signature, "form": form}
    return render(request, "staff/hours_withdraw.html", context, status=400 if form.errors else 200)


_VERSION = "hours/<slug:slug>/<int:number>/"

urlpatterns: list[URLPattern] = [
    staff_path("hours/", versions, "staff-hours"),
    staff_path(_VERSION, version, "staff-hours-version"),
    staff_path(f"{_VERSION}rate/", rate, "staff-hours-rate"),
    staff_path(f"{_VERSION}approve/", approve, "staff-hours-approve"),
    staff_path(f"{_VERSION}signatures/<uuid:signature_id>/withdraw/", withdraw, "staff-hours-withdraw"),
]
