"""What each credit counts for, license by license; and the form for what credits leave unstated."""

from __future__ import annotations

import csv
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from goodstanding.compliance.selectors import HolderStanding, LicenseStanding, if_all_well, standing_on
from goodstanding.compliance.services import complete_credit
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.outcome import show_number
from goodstanding.credit.errors import CreditError, CreditRefusedError
from goodstanding.credit.selectors import list_entries
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.clock import today
from goodstanding.web.forms import LookForm
from goodstanding.web.learner.credit_form import NONE, SPONSOR_KIND_LABELS
from goodstanding.web.learner.person import holder_of, user_of
from goodstanding.web.learner.standing_day import day_asked
from goodstanding.web.learner.standing_matrix import ALL, SHOWN, CreditLine, columns_of, credit_lines, only
from goodstanding.web.learner.standing_page import unstated

if TYPE_CHECKING:
    from goodstanding.credit.models import CreditEntry

_PAGE = 25
_FORMS = 10
"""As many credits as are filled in at once; the rest follow when these are saved or skipped."""
_DIGITS = 7


class MissingForm(LookForm):
    """What one credit leaves unstated. What is left empty stays open."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    approvals = forms.MultipleChoiceField(
        label="Approved by",
        widget=forms.CheckboxSelectMultiple,
        help_text="The approval bodies that the certificate names. Leave all empty if you do not know.",
        required=False,
    )
    sponsor_kind = forms.ChoiceField(
        label="Who gave it", required=False, choices=[("", "I do not know"), *SPONSOR_KIND_LABELS.items()]
    )

    def __init__(
        self, *args: Any, entry: CreditEntry, rules: RuleBook, asked_by: str, used: frozenset[str], **kwargs: Any
    ) -> None:
        kwargs.setdefault(
            "initial",
            {
                "submission": uuid.uuid4(),
                "approvals": [] if entry.approvals is None else list(entry.approvals) or [NONE],
                "sponsor_kind": entry.sponsor_kind,
            },
        )
        super().__init__(*args, prefix=entry.pk.hex, **kwargs)
        self.entry, self.asked_by = entry, asked_by
        field = self.fields["approvals"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (NONE, "None: it names no approval body"),
            # Those that other credits of the holder name come first: the list is long, and most people meet few of them.
            *sorted(((body_id, body.label) for body_id, body in rules.approvals.items()), key=lambda one: one[0] not in used),
        ]

    def clean_approvals(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["approvals"]
        if len(chosen) > 1 and NONE in chosen:
            raise forms.ValidationError("Tick either “none” or the bodies: they exclude each other.")
        return chosen

    @property
    def stated(self) -> tuple[str, ...] | None:
        """The approvals; None where they are still not known."""
        chosen: list[str] = self.cleaned_data["approvals"]
        return tuple(body for body in chosen if body != NONE) if chosen else None

    @property
    def differs(self) -> bool:
        """Whether anything was stated that the credit does not say already."""
        kept = None if self.entry.approvals is None else set(self.entry.approvals)
        now = None if self.stated is None else set(self.stated)
        return kept != now or self.entry.sponsor_kind != self.cleaned_data["sponsor_kind"]


@require_GET
@login_required
@never_cache
def credits_page(request: HttpRequest) -> HttpResponse:
    """The table of credits by licenses, narrowed by license and by whether they count."""
    standing, licenses, context = _asked(request)
    lines = _lines(standing, licenses)
    shown = request.GET.get("show", ALL)
    shown = shown if shown in SHOWN else ALL
    narrowed = only(lines, shown)
    page = Paginator(narrowed, _PAGE).get_page(request.GET.get("page"))
    context |= {
        "columns": columns_of(licenses),
        "lines": list(page),
        "page_obj": page,
        "shown": shown,
        "ways": [(way, words, len(only(lines, way))) for way, words in SHOWN.items()],
        "entries": len(lines),
        "missing": len(unstated(standing)),
    }
    return render(request, "learner/standing_credits.html", context)


@require_GET
@login_required
@never_cache
def credits_table(request: HttpRequest) -> HttpResponse:
    """The same for a spreadsheet: a line for each credit under each license."""
    standing, licenses, context = _asked(request)
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="credits-by-license-{context["on"].isoformat()}.csv"'},
    )
    response.write("\ufeff")  # without this mark, common spreadsheets read UTF-8 as something else
    table = csv.writer(response)
    table.writerow(["completed", "title", "amount", "license", "number", "hours that count", "at best", "toward", "why not"])
    for line in _lines(standing, licenses):
        for cell in line.cells:
            toward = "; ".join(f"{show_number(hours)} h {label}" for hours, label in cell.toward)
            cells = [
                line.completed.isoformat(),
                line.title,
                line.amount,
                cell.license,
                cell.number,
                show_number(cell.counted),
                show_number(cell.at_best),
                toward,
                cell.why_not,
            ]
            table.writerow([_cell(text) for text in cells])
    return response


def _cell(text: str) -> str:
    """A text that a spreadsheet takes for text: what begins like a formula would be run as one."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@require_GET
@login_required
@never_cache
def credit_page(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """One credit: on which licenses it counts, for how much, and why not on the others."""
    standing, licenses, context = _asked(request)
    line = next((one for one in _lines(standing, licenses) if one.id == entry_id), None)
    if line is None:
        raise Http404
    return render(request, "learner/standing_credit.html", context | {"line": line})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def missing(request: HttpRequest) -> HttpResponse:
    """
    What credits leave unstated and some license asks about, to be filled in from the certificates, several at once.

    With `credit` in the address only that credit is asked about, whether or not it decides anything now.
    """
    holder = holder_of(request)
    day = today(request)
    rules = rulebook()
    asking = unstated(standing_on(holder=holder, on=day))
    asked = request.GET.get("credit", "")
    rows = {str(entry.pk): entry for entry in list_entries(holder=holder)}
    if asked and asked not in rows:
        raise Http404
    wanted = [rows[asked]] if asked else [rows[one] for one in asking]
    own = [entry for entry in wanted if entry.completion_id is not None]
    open_ones = [entry for entry in wanted if entry.completion_id is None]
    asked_start = request.GET.get("start", "")
    start = min(int(asked_start), len(open_ones)) if asked_start.isdecimal() and len(asked_start) < _DIGITS else 0
    last = start + _FORMS >= len(open_ones)
    if request.method == "POST":
        # Only what was on the form that was sent; a credit corrected elsewhere since is not on it any more.
        open_ones = [entry for entry in open_ones if f"{entry.pk.hex}-submission" in request.POST]
    else:
        open_ones = open_ones[start : start + _FORMS]
    used = frozenset(body for entry in rows.values() for body in entry.approvals or ())
    found = [
        MissingForm(
            request.POST if request.method == "POST" else None,
            entry=entry,
            rules=rules,
            used=used,
            asked_by=", ".join(asking.get(str(entry.pk), ())),
        )
        for entry in open_ones
    ]
    if request.method == "POST" and all(form.is_valid() for form in found):
        saved = sum(_save(request, form) for form in found if form.differs)
        if all(not form.errors for form in found):
            if saved:
                messages.success(
                    request, f"{saved} credit{'' if saved == 1 else 's'} completed. Your standing is worked out anew."
                )
            else:
                messages.info(request, "Nothing was stated, so nothing changed.")
            if asked or last:
                return redirect("standing")
            # What was completed leaves the list, so those that follow move up by as many.
            return redirect(f"{reverse('standing-missing')}?start={start + len(found) - saved}")
    context = {"forms": found, "own": own, "next": None if last else start + _FORMS}
    return render(request, "learner/standing_missing.html", context, status=422 if any(form.errors for form in found) else 200)


def _save(request: HttpRequest, form: MissingForm) -> bool:
    try:
        complete_credit(
            holder=holder_of(request),
            actor=user_of(request),
            entry_id=form.entry.pk,
            approvals=form.stated,
            sponsor_kind=form.cleaned_data["sponsor_kind"],
            submission=form.cleaned_data["submission"],
            at=timezone.now(),
            today=today(request),
        )
    except CreditRefusedError as error:
        form.show_problems(error.problems)
    except CreditError as error:
        form.add_error(None, str(error))
    else:
        return True
    return False


def _asked(request: HttpRequest) -> tuple[HolderStanding, tuple[LicenseStanding, ...], dict[str, Any]]:
    """The standing of the day asked for, and of its licenses the one asked for, or all."""
    now = today(request)
    on = day_asked(request, now=now)[0]
    standing = standing_on(holder=holder_of(request), on=on)
    wanted = request.GET.get("license", "")
    chosen = tuple(one for one in standing.licenses if str(one.id) == wanted)
    licenses = chosen or standing.licenses
    context: dict[str, Any] = {
        "on": on,
        "today": now,
        "day": "" if on == now else on.isoformat(),
        "asked": "" if on == now else f"?on={on.isoformat()}",
        "licenses": standing.licenses,
        "chosen": chosen[0] if chosen else None,
    }
    return standing, licenses, context


def _lines(standing: HolderStanding, licenses: tuple[LicenseStanding, ...]) -> tuple[CreditLine, ...]:
    return credit_lines(standing=standing, licenses=licenses, at_best=if_all_well(standing=standing), missing=unstated(standing))


urlpatterns: list[URLPattern] = [
    path("standing/credits/", credits_page, name="standing-credits"),
    path("standing/credits/credits-by-license.csv", credits_table, name="standing-credits-table"),
    path("standing/credits/missing/", missing, name="standing-missing"),
    path("standing/credits/<uuid:entry_id>/", credit_page, name="standing-credit"),
]
