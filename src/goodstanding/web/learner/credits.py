"""The credit ledger and credits from elsewhere."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodstanding.compliance.services import correct_credit
from goodstanding.core.certificates import FORMAT_LABELS
from goodstanding.core.rules.load import RuleBook
from goodstanding.core.uploads import UploadError
from goodstanding.credit.earned import show_amount, show_quantity, unit_name
from goodstanding.credit.errors import CreditError, CreditRefusedError, EntryNotFoundError, ProofNotFoundError
from goodstanding.credit.selectors import (
    access_entry,
    access_proof,
    history_of,
    is_withdrawn,
    list_entries,
    list_proofs,
    list_withdrawn,
    topics_label,
    totals_of,
    years_of,
)
from goodstanding.credit.services import add_proof, enter_credit, restore_credit, withdraw_credit
from goodstanding.licensing.rulebook import rulebook
from goodstanding.licensing.selectors import list_licenses
from goodstanding.web.clock import today
from goodstanding.web.learner.credit_form import (
    ACTIVITY_LABELS,
    SPONSOR_KIND_LABELS,
    CreditForm,
    ProofForm,
    initial_of,
    topic_choices,
)
from goodstanding.web.learner.person import holder_of, user_of
from goodstanding.web.limits import UPLOADS, limited

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder
    from goodstanding.credit.models import Certificate, CreditEntry

_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Row:
    """One entry in words."""

    entry: CreditEntry
    quantity: str
    parts: tuple[str, ...]
    format: str
    activity: str
    approvals: str
    approvals_short: str
    sponsor_kind: str
    certificate: Certificate | None
    revoked: bool

    @property
    def here(self) -> bool:
        """Earned by a course of this installation."""
        return self.entry.completion_id is not None


def _row(entry: CreditEntry, rules: RuleBook) -> Row:
    bodies = None if entry.approvals is None else [rules.approval_label(body) for body in entry.approvals]
    certificate = getattr(entry, "certificate", None)
    return Row(
        entry=entry,
        quantity=show_quantity(entry.amount, entry.unit),
        parts=tuple(
            f"{topics_label(rules, part['topics'])}: {show_amount(Decimal(part['amount']))} {unit_name(entry.unit, Decimal(part['amount']))}"
            for part in entry.parts
        ),
        format=FORMAT_LABELS.get(entry.format, entry.format),
        activity=ACTIVITY_LABELS.get(entry.activity, entry.activity),
        approvals="Not stated" if bodies is None else ", ".join(bodies) or "None",
        # "National Board for Certified Counselors (NBCC ACEP)" is known by what stands in the brackets.
        approvals_short="Not stated" if bodies is None else ", ".join(_short(body) for body in bodies) or "None",
        sponsor_kind=SPONSOR_KIND_LABELS.get(entry.sponsor_kind, ""),
        certificate=certificate,
        revoked=getattr(certificate, "revocation", None) is not None,
    )


def _short(label: str) -> str:
    return label.rpartition("(")[2].removesuffix(")")


@login_required
@require_GET
def credit_list(request: HttpRequest) -> HttpResponse:
    holder = holder_of(request)
    rules = rulebook()
    years = years_of(holder=holder)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else None
    entries = list(list_entries(holder=holder, year=year))
    page = Paginator(entries, _PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [_row(entry, rules) for entry in page],
        "page_obj": page,
        "years": years,
        "year": year,
        "totals": [show_quantity(total.amount, total.unit) for total in totals_of(entries)],
        "some_provisional": any(entry.provisional for entry in entries),
        "withdrawn": [_row(entry, rules) for entry in list_withdrawn(holder=holder)],
    }
    return render(request, "learner/credit_list.html", context)


@login_required
@require_GET
def credit_table(request: HttpRequest) -> HttpResponse:
    """The whole ledger as a table for a spreadsheet, in the words and units in which it stands."""
    rules = rulebook()
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="credits.csv"'}
    )
    response.write("\ufeff")  # without this mark, common spreadsheets read UTF-8 as something else
    table = csv.writer(response)
    table.writerow(
        [
            "completed",
            "started",
            "title",
            "amount",
            "unit",
            "topics",
            "format",
            "activity",
            "approvals",
            "sponsor",
            "provisional",
            "certificate",
        ]
    )
    for entry in list_entries(holder=holder_of(request)):
        row = _row(entry, rules)
        cells = [
            entry.completed.isoformat(),
            entry.started.isoformat() if entry.started else "",
            entry.title,
            show_amount(entry.amount),
            entry.unit,
            "; ".join(row.parts),
            row.format,
            row.activity,
            row.approvals,
            entry.sponsor_name,
            "yes" if entry.provisional else "no",
            row.certificate.number if row.certificate else "",
        ]
        table.writerow([_cell(cell) for cell in cells])
    return response


def _cell(text: str) -> str:
    """A text that a spreadsheet takes for text: what begins like a formula would be run as one."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@login_required
@limited(UPLOADS, method="POST")
@require_http_methods(["GET", "POST"])
def credit_add(request: HttpRequest) -> HttpResponse:
    holder = holder_of(request)
    form = _form(request, holder, {"submission": uuid.uuid4(), "unit": "hour", "activity": "course"})
    if request.method == "POST" and "more" in request.POST:
        form = _with_one_part_more(request, holder, form)
    elif entry := _taken(request, form, enter_credit, holder):
        messages.success(request, f"“{entry.title}” is in your ledger.")
        return redirect("credit-page", entry_id=entry.pk)
    if form.errors:
        form.ask_for_file_again()
    return render(request, "learner/credit_form.html", {"form": form})


@login_required
@limited(UPLOADS, method="POST")
@require_http_methods(["GET", "POST"])
def credit_correct(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    holder = holder_of(request)
    entry = _entry(holder, entry_id)
    if entry.completion_id is not None or is_withdrawn(entry):
        return redirect("credit-page", entry_id=entry_id)
    used = [topic for part in entry.parts for topic in part["topics"]]
    form = _form(request, holder, initial_of(entry), used=used)
    if request.method == "POST" and "more" in request.POST:
        form = _with_one_part_more(request, holder, form, used=used)
    elif corrected := _taken(request, form, partial(correct_credit, entry_id=entry_id), holder):
        messages.success(request, "The correction is saved. The earlier version stays below as history.")
        return redirect("credit-page", entry_id=corrected.pk)
    if form.errors:
        form.ask_for_file_again()
    return render(request, "learner/credit_form.html", {"form": form, "entry": entry})


def _taken(request: HttpRequest, form: CreditForm, record: Callable[..., CreditEntry], holder: Holder) -> CreditEntry | None:
    """The entry that `record` made of what was sent; None where nothing was, or where the form now says what is wrong."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return record(
            holder=holder,
            actor=user_of(request),
            credit=form.earned(),
            submission=form.cleaned_data["submission"],
            at=timezone.now(),
            today=today(request),
            proof=form.cleaned_data["proof"] or None,
        )
    except CreditRefusedError as error:
        form.show_problems(error.problems)
    except UploadError as error:
        form.add_error("proof", str(error))
    except EntryNotFoundError as error:
        raise Http404 from error
    except CreditError as error:
        form.add_error(None, str(error))
    return None


@login_required
@require_GET
def credit_page(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    holder = holder_of(request)
    entry = _entry(holder, entry_id)
    newest, *earlier = history_of(entry)
    if newest.pk != entry.pk:
        return redirect("credit-page", entry_id=newest.pk)
    return _entry_page(request, entry, earlier, ProofForm())


@login_required
@limited(UPLOADS, method="POST")
@require_POST
def credit_proof_add(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    holder = holder_of(request)
    entry = _entry(holder, entry_id)
    form = ProofForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            add_proof(
                holder=holder, actor=user_of(request), entry_id=entry_id, proof=form.cleaned_data["proof"], at=timezone.now()
            )
        except (CreditError, UploadError) as error:
            form.add_error("proof", str(error))
        else:
            messages.success(request, "The proof is kept with this credit.")
            return redirect("credit-page", entry_id=entry_id)
    return _entry_page(request, entry, history_of(entry)[1:], form)


def _entry_page(request: HttpRequest, entry: CreditEntry, earlier: list[CreditEntry], proof_form: ProofForm) -> HttpResponse:
    rules = rulebook()
    context = {
        "row": _row(entry, rules),
        "entry": entry,
        "withdrawn": is_withdrawn(entry),
        "proofs": list_proofs(entry),
        "proof_form": proof_form,
        "earlier": [_row(one, rules) for one in earlier],
    }
    return render(request, "learner/credit_page.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def credit_withdraw(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    holder = holder_of(request)
    entry = _entry(holder, entry_id)
    if request.method == "POST":
        try:
            withdraw_credit(holder=holder, actor=user_of(request), entry_id=entry_id, at=timezone.now())
        except CreditError as error:
            messages.error(request, str(error))
        return redirect("credit-page", entry_id=entry_id)
    return render(request, "learner/credit_withdraw.html", {"entry": entry})


@login_required
@require_POST
def credit_restore(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    holder = holder_of(request)
    _entry(holder, entry_id)
    try:
        restore_credit(holder=holder, actor=user_of(request), entry_id=entry_id, at=timezone.now())
    except CreditError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The credit is back in your ledger.")
    return redirect("credit-page", entry_id=entry_id)


@login_required
@require_GET
def credit_proof(request: HttpRequest, proof_id: uuid.UUID) -> FileResponse:
    """A proof as download. It is a stranger's file: never shown inline, never interpreted, whatever is in it."""
    try:
        proof = access_proof(holder=holder_of(request), proof_id=proof_id)
        file = proof.file.open("rb")
    except (ProofNotFoundError, FileNotFoundError) as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=True, filename=proof.name, content_type=proof.content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _entry(holder: Holder, entry_id: uuid.UUID) -> CreditEntry:
    try:
        return access_entry(holder=holder, entry_id=entry_id)
    except EntryNotFoundError as error:
        raise Http404 from error


def _with_one_part_more(request: HttpRequest, holder: Holder, form: CreditForm, *, used: list[str] | None = None) -> CreditForm:
    """The form as it was typed, unchecked, with room for one part more."""
    longer = _form(request, holder, form.add_row(), used=used, bind=False)
    longer.begin_at_last_row()
    longer.file_lost = "proof" in request.FILES
    return longer


def _form(
    request: HttpRequest, holder: Holder, initial: dict[str, object], *, used: list[str] | None = None, bind: bool = True
) -> CreditForm:
    rules = rulebook()
    # A rule's id begins with country and state, as a topic about one state's rules ends with them.
    states = ["_".join(license_.rule.split("/")[:2]) for license_ in list_licenses(holder)]
    topics = topic_choices(rules, states, used or [])
    if bind and request.method == "POST":
        return CreditForm(request.POST, request.FILES, rules=rules, today=today(request), topics=topics, initial=initial)
    return CreditForm(rules=rules, today=today(request), topics=topics, initial=initial)


urlpatterns: list[URLPattern] = [
    path("credits/", credit_list, name="credit-list"),
    path("credits/credits.csv", credit_table, name="credit-table"),
    path("credits/add/", credit_add, name="credit-add"),
    path("credits/proofs/<uuid:proof_id>/", credit_proof, name="credit-proof"),
    path("credits/<uuid:entry_id>/", credit_page, name="credit-page"),
    path("credits/<uuid:entry_id>/correct/", credit_correct, name="credit-correct"),
    path("credits/<uuid:entry_id>/withdraw/", credit_withdraw, name="credit-withdraw"),
    path("credits/<uuid:entry_id>/restore/", credit_restore, name="credit-restore"),
    path("credits/<uuid:entry_id>/proof/", credit_proof_add, name="credit-proof-add"),
]
