"""The player's last steps: evaluation, attestation, and the page that says what was earned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from goodstanding.accounts.selectors import get_profile
from goodstanding.catalog.selectors import approvals_on
from goodstanding.flows import completing
from goodstanding.learning import selectors, services
from goodstanding.learning.errors import (
    ClockBehindError,
    EvaluationAnswersError,
    ProfileIncompleteError,
    SignedNameError,
    StepLockedError,
)
from goodstanding.web.forms import LookForm
from goodstanding.web.learner.person import holder_of, user_of
from goodstanding.web.learner.player import Here, enter, in_course
from goodstanding.web.learner.reading import reading_of

if TYPE_CHECKING:
    from goodstanding.core.courseware import EvaluationForm as Asked
    from goodstanding.core.courseware import EvaluationQuestion


class EvaluationForm(LookForm):
    """The questions asked of this learner. What counts as an answer is decided by learning; the form only draws and collects."""

    def __init__(self, *args: object, asked: Asked, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for question in asked.questions:
            self.fields[question.id] = _field(question, asked)

    def raw(self) -> dict[str, str]:
        """What was sent, by question."""
        return {name: self.data.get(name, "") for name in self.fields}

    def add_problems(self, problems: dict[str, str]) -> None:
        for name, problem in problems.items():
            self.add_error(name, problem)


def _field(question: EvaluationQuestion, asked: Asked) -> forms.Field:
    field: forms.Field
    if question.kind == "rating":
        steps = [(str(number), label.capitalize()) for number, label in enumerate(asked.scale, start=1)]
        field = forms.CharField(widget=forms.RadioSelect(choices=steps))
    elif question.kind == "yes_no":
        field = forms.CharField(widget=forms.RadioSelect(choices=[("yes", "Yes"), ("no", "No")]))
    elif question.kind == "choice":
        field = forms.CharField(widget=forms.RadioSelect(choices=[(each, each.capitalize()) for each in question.options]))
    elif question.kind == "minutes":
        field = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6, "autocomplete": "off"}))
    else:
        field = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), help_text="Write no details of clients.")
    field.label = question.text
    # Marks the optional ones as such; what is missing is said by learning, in one place for all faces.
    field.required = question.required
    return field


class AttestationForm(LookForm):
    signed_name = forms.CharField(
        label="Your full legal name, as in your profile",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Type your full legal name to sign."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def evaluation(request: HttpRequest, slug: str) -> HttpResponse:
    here = enter(request, slug, "evaluation")
    if here.step.state == "done":
        return render(request, "learner/learn_evaluation.html", {"here": here, "form": None})
    now = timezone.now()
    asked = selectors.evaluation_form_of(here.enrollment, now)
    form = EvaluationForm(request.POST if request.method == "POST" else None, asked=asked)
    if request.method == "POST":
        try:
            services.submit_evaluation(enrollment=here.enrollment, answers=form.raw(), at=now)
        except EvaluationAnswersError as wrong:
            form.errors.clear()
            form.add_problems(wrong.problems)
        else:
            return redirect("learn-attestation", slug=slug)
    return render(request, "learner/learn_evaluation.html", {"here": here, "form": form, "notes": asked.notes})


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def attestation(request: HttpRequest, slug: str) -> HttpResponse:
    here = enter(request, slug, "attestation")
    if here.step.state == "done":
        return redirect("learn-done", slug=slug)
    profile = get_profile(user_of(request))
    missing = [field for field in ("legal_name", "time_zone") if not getattr(profile, field)]
    form = AttestationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            completing.complete(enrollment=here.enrollment, signed_name=form.cleaned_data["signed_name"], at=timezone.now())
        except ProfileIncompleteError as incomplete:
            missing = list(incomplete.missing)
        except SignedNameError as different:
            form.add_error("signed_name", str(different))
        except ClockBehindError as behind:
            form.add_error(None, str(behind))
        else:
            return redirect("learn-done", slug=slug)
    return render(
        request,
        "learner/learn_attestation.html",
        {"here": here, "form": form, "legal_name": profile.legal_name, "time_zone": profile.time_zone, "missing": missing},
    )


@require_safe
@in_course
def done(request: HttpRequest, slug: str) -> HttpResponse:
    enrollment = selectors.access_enrollment(holder_of(request), slug)
    completion = selectors.completion_of(enrollment)
    learning_path = selectors.path_of(enrollment)
    if completion is None:
        raise StepLockedError(learning_path.current)
    course = selectors.content_of(enrollment)
    certificate = completing.certificate_of(enrollment)
    return render(
        request,
        "learner/learn_done.html",
        {
            "here": Here(slug, enrollment, course, learning_path, learning_path.steps[-1], reading_of(request)),
            "completion": completion,
            "certificate": certificate,
            # as issued: what is signed or withdrawn later changes nothing about it
            "minutes": certificate.record["minutes"] if certificate else None,
            "provisional": certificate is not None and certificate.record["provisional"],
            "approvals": approvals_on(completion.completed_on, course.format),
        },
    )


urlpatterns: list[URLPattern] = [
    path("learn/<slug:slug>/evaluation/", evaluation, name="learn-evaluation"),
    path("learn/<slug:slug>/attestation/", attestation, name="learn-attestation"),
    path("learn/<slug:slug>/done/", done, name="learn-done"),
]
