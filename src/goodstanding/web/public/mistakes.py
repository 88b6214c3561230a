"""Reporting a mistake in a rule. No account and no address are needed: who sees that a number is wrong must be able to say so."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from goodstanding.accounts.selectors import get_holder
from goodstanding.core.rules.model import RuleFile
from goodstanding.flows.requests import LONGEST_REQUEST, RequestNotKeptError, report_mistake
from goodstanding.licensing.rule_parts import parts_of
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.forms import LookForm
from goodstanding.web.limits import Limit, limited

_LIMIT = Limit("mistake", times=10, seconds=3600)
_LONGEST_LABEL = 90


class MistakeForm(LookForm):
    part = forms.ChoiceField(
        label="Which part?",
        required=False,
        error_messages={"invalid_choice": "This part is not on the page any more. Choose another, or the whole page."},
    )
    text = forms.CharField(
        label="What is wrong?",
        max_length=LONGEST_REQUEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Say what it should be and where you read it: a link to the law or the board helps most. Write no details of clients.",
        error_messages={"required": "Write what is wrong."},
    )
    reply_to = forms.EmailField(
        label="Your e-mail address",
        required=False,
        help_text="If you would like an answer.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    # The version that was read; a rule that changed meanwhile must not look as if it had been the one reported.
    rule_version = forms.RegexField("^[0-9a-f]{12}$", widget=forms.HiddenInput)
    # Made with the page, so that a report sent twice arrives once.
    request_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rule: RuleFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        part = self.fields["part"]
        assert isinstance(part, forms.ChoiceField)
        part.choices = [
            ("", "The whole page, or something that is missing"),
            *((heading, [(one, _short(label)) for one, label in parts.items()]) for heading, parts in parts_of(rule).items()),
        ]


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1].rstrip()}…"


@limited(_LIMIT, method="POST")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, name: str) -> HttpResponse:
    book = rulebook()
    if name not in book:
        raise Http404
    rule = book[name]
    known = request.user.email if request.user.is_authenticated else ""
    first = {
        "reply_to": known,
        "part": request.GET.get("part", ""),
        "rule_version": rule.version,
        "request_id": uuid.uuid4(),
    }
    form = MistakeForm(request.POST if request.method == "POST" else None, rule=rule.file, initial=first)
    if request.method == "POST" and form.is_valid():
        holder = get_holder(request.user) if request.user.is_authenticated else None
        try:
            report_mistake(**form.cleaned_data, rule=name, holder=holder, at=timezone.now())
        except RequestNotKeptError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Thank you. Your report has reached staff, who check it against the sources.")
            return redirect("requirements-page", name)
    return render(request, "public/mistake.html", {"rule": rule, "file": rule.file, "form": form})


urlpatterns: list[URLPattern] = [path("requirements/<path:name>/mistake/", report, name="requirements-mistake")]
