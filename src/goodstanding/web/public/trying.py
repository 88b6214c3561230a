"""
The calculator: what a license would still owe with a few credits, without an account.

What is typed is answered and forgotten: it goes into no table, no cookie and no address. Only "Create an account and keep this" puts
it into the session, for a day at most, until it is kept or forgotten.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from goodstanding.accounts.adapter import TRIED
from goodstanding.compliance.trial import Trial, stand
from goodstanding.core.documents import DocumentError
from goodstanding.credit.earned import show_quantity
from goodstanding.credit.errors import CreditRefusedError
from goodstanding.flows.trying import keep_trial
from goodstanding.licensing.errors import LicenseRefusedError
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.clock import today
from goodstanding.web.forms import LookForm, license_number_field
from goodstanding.web.learner.person import holder_of, user_of
from goodstanding.web.learner.standing_page import LicenseCard, QuestionGroup, card_of
from goodstanding.web.limits import Limit, limited
from goodstanding.web.public.trying_form import TryForm

__all__ = ["urlpatterns"]

_LIMIT = Limit("try", times=120, seconds=600)
_KEPT_FOR = dt.timedelta(days=1)


@sensitive_post_parameters()
@never_cache
@limited(_LIMIT, method="POST")
@require_http_methods(["GET", "HEAD", "POST"])
def try_rule(request: HttpRequest, name: str) -> HttpResponse:
    """The empty form; POST answers what was typed, or makes room for more credits."""
    form = _form(request, name)
    if "more" in request.POST:
        former, form = form, TryForm(initial=form.with_more_rows(), rule=name, rules=rulebook(), today=today(request))
        form.fields[f"credit_{min(former.row_count, form.row_count - 1)}_amount"].widget.attrs["autofocus"] = True
        return _page(request, name, form)
    card = _answer(request, form) if form.is_bound and form.is_valid() else None
    return _page(request, name, form, card)


@sensitive_post_parameters()
@never_cache
@limited(_LIMIT, method="POST")
@require_POST
def try_keep(request: HttpRequest, name: str) -> HttpResponse:
    """Put what was typed into the session, and lead on to where it can be kept, through the sign-up for who has no account."""
    form = _form(request, name)
    if not form.is_valid():
        return _page(request, name, form)
    request.session[TRIED] = {
        "rule": name,
        "typed": form.typed,
        "submission": str(uuid.uuid4()),
        "until": (timezone.now() + _KEPT_FOR).isoformat(),
    }
    if request.user.is_authenticated:
        return redirect("tried")
    request.session.set_expiry(_KEPT_FOR)
    return redirect(f"{reverse('account_signup')}?{urlencode({'next': reverse('tried')})}")


def _form(request: HttpRequest, name: str) -> TryForm:
    if name not in rulebook():
        raise Http404
    return TryForm(request.POST if request.method == "POST" else None, rule=name, rules=rulebook(), today=today(request))


def _page(request: HttpRequest, name: str, form: TryForm, card: LicenseCard | None = None) -> HttpResponse:
    context = {
        "form": form,
        "file": rulebook()[name].file,
        "card": card,
        "on": today(request),
        "canonical": settings.PUBLIC_URL + reverse("requirements-try", args=[name]),
    }
    return render(request, "public/try.html", context)


def _answer(request: HttpRequest, form: TryForm) -> LicenseCard | None:
    """The standing of what was typed as a card; what the rules refuse of it is said in the form."""
    on = today(request)
    try:
        card = card_of(stand(form.trial(), on=on), on=on, today=on, whole=True)
    except DocumentError as error:
        for finding in error.findings:
            form.add_error(None, f"{finding.problem} {finding.mend}".strip())
        return None
    return replace(card, question_groups=tuple(_asked_here(group, form) for group in card.question_groups))


def _asked_here(group: QuestionGroup, form: TryForm) -> QuestionGroup:
    """The questions without their ways on, which lead to pages of recorded licenses; what the form asks leads to its field."""
    return replace(
        group,
        questions=tuple(
            replace(
                one,
                answer="Answer this below" if one.id in form.fields else "",
                answer_url=f"#{_target(form, one.id)}" if one.id in form.fields else "",
                confirm_url="",
                reopen_url="",
            )
            for one in group.questions
        ),
    )


def _target(form: TryForm, name: str) -> str:
    """The id of a field, or of its first choice: a group has none."""
    field = form[name]
    return field.id_for_label or f"{field.auto_id}_0"


class KeepForm(LookForm):
    number = license_number_field()


@dataclass(frozen=True)
class _Tried:
    """What waits in the session."""

    trial: Trial
    submission: uuid.UUID


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tried(request: HttpRequest) -> HttpResponse:
    """What was tried before signing in; POST keeps it, or the credits of it alone, or forgets it."""
    waiting = _waiting(request)
    if waiting is None:
        # Also for the second of two clicks: the first has kept it and said so.
        return redirect("standing")
    what = request.POST.get("what", "all")
    if what == "nothing":
        request.session.pop(TRIED, None)
        messages.success(request, "What you tried is forgotten. Nothing of it was kept.")
        return redirect("standing")
    only_credits = what == "credits"
    form = KeepForm(request.POST if request.method == "POST" and not only_credits else None)
    if only_credits or form.is_valid():
        try:
            keep_trial(
                holder=holder_of(request),
                actor=user_of(request),
                trial=waiting.trial,
                number=None if only_credits else form.cleaned_data["number"],
                submission=waiting.submission,
                at=timezone.now(),
                today=today(request),
            )
        except (LicenseRefusedError, CreditRefusedError) as error:
            if not form.is_bound:
                form = KeepForm({"number": ""})
                form.full_clean()
                form.errors.clear()
            form.show_problems(error.problems)
        else:
            request.session.pop(TRIED, None)
            messages.success(request, _kept_in_words(waiting.trial, only_credits=only_credits))
            return redirect("standing")
    return render(request, "public/tried.html", _listed(waiting.trial) | {"form": form})


def _waiting(request: HttpRequest) -> _Tried | None:
    """What waits to be kept, read anew as if it had just been typed; what is too old or not valid any more is forgotten."""
    kept: Any = request.session.get(TRIED)
    if kept is None:
        return None
    rules = rulebook()
    if timezone.now() < dt.datetime.fromisoformat(kept["until"]) and kept["rule"] in rules:
        form = TryForm(kept["typed"], rule=kept["rule"], rules=rules, today=today(request))
        if form.is_valid():
            return _Tried(form.trial(), uuid.UUID(kept["submission"]))
    request.session.pop(TRIED, None)
    messages.info(
        request, "What you tried was not kept: it waits for a day, and only while the rule asks the same. Try it again."
    )
    return None


def _kept_in_words(trial: Trial, *, only_credits: bool) -> str:
    count = len(trial.credits)
    credits_ = f"{count} credit{'' if count == 1 else 's'}"
    if only_credits:
        return f"{credits_} added."
    return f"{trial.type.name} is in your list{f', and {credits_} with it' if count else ''}."


def _listed(trial: Trial) -> dict[str, object]:
    topics = rulebook().topics
    return {
        "trial": trial,
        "credits": [
            {
                "title": one.title,
                "quantity": show_quantity(one.amount, one.unit),
                "completed": one.completed,
                "about": ", ".join(topics.label(topic) for part in one.parts for topic in part.topics),
            }
            for one in trial.credits
        ],
    }


urlpatterns: list[URLPattern] = [
    path("requirements/<path:name>/try/keep/", try_keep, name="requirements-try-keep"),
    path("requirements/<path:name>/try/", try_rule, name="requirements-try"),
    path("standing/tried/", tried, name="tried"),
]
