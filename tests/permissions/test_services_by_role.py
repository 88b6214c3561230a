"""Every service that acts for somebody, called by everybody: whoever lacks the right is refused, and nothing was done."""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.accounts.roles import access_person, give_role
from goodstanding.audit.models import AuditEvent
from goodstanding.catalog import services as catalog
from goodstanding.catalog import signing
from goodstanding.compliance import services as compliance
from goodstanding.compliance.trial import Trial
from goodstanding.credit import services as credit
from goodstanding.credit.earned import EarnedCredit
from goodstanding.credit.errors import EntryNotFoundError
from goodstanding.flows import attention, installation, person_file, pilot, requests, trying
from goodstanding.licensing import services as licensing
from goodstanding.licensing.errors import LicenseNotFoundError
from goodstanding.licensing.models import License
from goodstanding.licensing.rulebook import license_types
from tests.permissions.world import PDF, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow_once]

SOURCE = Path(__file__).parents[2] / "src" / "goodstanding"
ADMINISTRATOR, SUPPORT, EDITOR = {"administrator"}, {"administrator", "support"}, {"administrator", "editor"}
NOW = timezone.now()
DAY = dt.date(2027, 1, 1)


def _earned() -> EarnedCredit:
    return EarnedCredit(title="Ethics", completed=dt.date(2026, 3, 1), amount=Decimal(6), unit="hour")


def _trial() -> Trial:
    (kind,) = (one for one in license_types() if one.rule == "us/ca/lpcc")
    end = dt.date(2027, 5, 31)
    return Trial(type=kind, issued=None, period_end=end, renewals=1, facts={}, credits=(_earned(),))


def _version(world: World) -> Any:
    from goodstanding.catalog.models import CourseVersion

    return CourseVersion.objects.get(course_id=world.arguments["slug"], number=1)


Call = Callable[[World, Any], Any]
STAFF: dict[str, tuple[set[str], Call]] = {
    "access_person": (ADMINISTRATOR, lambda w, a: access_person(actor=a, user_id=w.people["owner"].pk)),
    "give_role": (ADMINISTRATOR, lambda w, a: give_role(actor=a, user_id=w.people["owner"].pk, role="support")),
    "withdraw_course": (EDITOR, lambda w, a: catalog.withdraw_course(actor=a, slug=w.arguments["slug"], at=NOW)),
    "offer_course": (EDITOR, lambda w, a: catalog.offer_course(actor=a, slug=w.arguments["slug"], at=NOW)),
    "save_sponsor": (
        ADMINISTRATOR,
        lambda w, a: catalog.save_sponsor(
            actor=a, name="N", address="", phone="", email="", administrator_name="", administrator_title="", signature_line=""
        ),
    ),
    "record_approval": (
        ADMINISTRATOR,
        lambda w, a: catalog.record_approval(
            actor=a, body="nbcc", body_name="B", number="T-2", formats=["asynchronous"], valid_from=dt.date(2026, 1, 1),
            valid_to=dt.date(2026, 12, 31), statement="S.", evidence=ContentFile(PDF), evidence_name="letter.pdf",
        ),
    ),
    "withdraw_approval": (
        ADMINISTRATOR,
        lambda w, a: catalog.withdraw_approval(actor=a, approval_id=w.arguments["approval_id"], withdrawn_from=DAY, reason="R"),
    ),
    "revoke_certificate": (
        ADMINISTRATOR,
        lambda w, a: credit.revoke_certificate(actor=a, number=w.certificate, reason="By mistake.", at=NOW),
    ),
    "get_installation_status": (ADMINISTRATOR, lambda w, a: installation.get_installation_status(actor=a, at=NOW)),
    "attention_on": (ADMINISTRATOR, lambda w, a: attention.attention_on(actor=a, on=DAY)),
    "pilot_times": (EDITOR, lambda w, a: pilot.pilot_times(actor=a, version=_version(w))),
    "open_person_file": (SUPPORT, lambda w, a: person_file.open_person_file(actor=a, user_id=w.people["owner"].pk)),
    "list_requests": (SUPPORT, lambda w, a: requests.list_requests(actor=a)),
    "open_request": (SUPPORT, lambda w, a: requests.open_request(actor=a, request_id=w.arguments["request_id"])),
    "answer_request": (SUPPORT, lambda w, a: requests.answer_request(actor=a, request_id=w.arguments["request_id"], at=NOW)),
}  # fmt: skip
# Refused before anything else is looked at; who may is tested with the signing itself.
SIGNING: dict[str, Call] = {
    "retry_job": lambda w, a: installation.retry_job(actor=a, job_id=uuid.UUID(int=4), at=NOW),
} | {
    name: lambda w, a, name=name: getattr(signing, name)(actor=a, **dict.fromkeys(_keywords(name), None))
    for name in ("draft_rating", "rate_difficulty", "draft_approval", "approve_basis", "withdraw_signature")
}


def _keywords(name: str) -> list[str]:
    return [each for each in inspect.signature(getattr(signing, name)).parameters if each != "actor"]


def _license(world: World) -> License:
    return License.objects.get(pk=world.arguments["license_id"])


def _license_call(name: str, **given: Any) -> Call:
    return lambda w, a: getattr(licensing, name)(license=_license(w), actor=a, at=NOW, **given)


def _credit_call(name: str, module: Any = credit, **given: Any) -> Call:
    return lambda w, a: getattr(module, name)(holder=w.people["owner"].holder, actor=a, at=NOW, **given)


def _entry_call(name: str, module: Any = credit, **given: Any) -> Call:
    return lambda w, a: _credit_call(name, module, entry_id=w.arguments["entry_id"], **given)(w, a)


ENTERING = {"credit": _earned(), "submission": uuid.UUID(int=1), "today": DAY}
OWN: dict[str, Call] = {
    "add_license": lambda w, a: licensing.add_license(
        holder=w.people["owner"].holder, actor=a, rule="us/ca/lpcc", profession="counselor", license_type="LPCC", number="9",
        issued=None, period_end=dt.date(2027, 5, 31), renewals=1, at=NOW, submission=uuid.UUID(int=2),
    ),
    "change_license": _license_call(
        "change_license", number="9", issued=None, period_start=None, period_end=dt.date(2027, 5, 31), renewals=3, status="active"
    ),
    "record_renewal": _license_call(
        "record_renewal", period_end=dt.date(2029, 5, 31), renewed_on=dt.date(2027, 5, 1), from_end=dt.date(2027, 5, 31)
    ),
    "undo_renewal": _license_call("undo_renewal", end=dt.date(2027, 5, 31)),
    "record_carried_and_waived": _license_call(
        "record_carried_and_waived", end=dt.date(2027, 5, 31), carried_in={}, waivers=[], note=""
    ),
    "remove_license": _license_call("remove_license"),
    "restore_license": _license_call("restore_license"),
    "answer_facts": _license_call("answer_facts", answers={}),
    "confirm_question": _license_call("confirm_question", question="sponsor_list", confirmed_on=dt.date(2026, 1, 1), note="n"),
    "keep_confirmations": _license_call("keep_confirmations", renamed={}),
    "reopen_question": _license_call("reopen_question", question="sponsor_list"),
    "enter_credit": _credit_call("enter_credit", **ENTERING),
    "correct_credit": _entry_call("correct_credit", **ENTERING),
    "add_proof": _entry_call("add_proof", proof=SimpleUploadedFile("p.pdf", PDF)),
    "withdraw_credit": _entry_call("withdraw_credit"),
    "restore_credit": _entry_call("restore_credit"),
    "keep_trial": lambda w, a: trying.keep_trial(
        holder=w.people["owner"].holder, actor=a, trial=_trial(), number=None, submission=uuid.UUID(int=4), at=NOW, today=DAY
    ),
    "complete_credit": _entry_call(
        "complete_credit", compliance, approvals=["nbcc"], sponsor_kind="association", submission=uuid.UUID(int=3), today=DAY
    ),
}  # fmt: skip


def services_with_an_actor() -> set[str]:
    """The public functions below the pages that act for somebody."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if path.relative_to(SOURCE).parts[0] in {"core", "web", "conf", "audit", "_content"}:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if any(argument.arg == "actor" for argument in node.args.kwonlyargs):
                found.add(node.name)
    return found


# Told who acted, for the log; each is called by a service above, after that has asked.
TOLD = {"end_sessions"}


def test_every_service_with_an_actor_has_a_line():
    assert services_with_an_actor() - set(STAFF) - set(OWN) - set(SIGNING) - TOLD == set()
    assert set(STAFF) | set(OWN) | set(SIGNING) | TOLD <= services_with_an_actor() | {"correct_credit"}


def _refused(call: Call, world: World, actor: Any) -> str:
    """How the call ended: "done", or the refusal; whatever it did is undone."""
    before = AuditEvent.objects.count()
    save = transaction.savepoint()
    try:
        call(world, actor)
    except (PermissionRefusedError, EntryNotFoundError, LicenseNotFoundError) as refusal:
        assert AuditEvent.objects.count() == before
        return type(refusal).__name__
    except Exception as other:  # noqa: BLE001 - got past the door; what it met there is not the question
        return f"past the door: {type(other).__name__}"
    finally:
        transaction.savepoint_rollback(save)
    return "done"


def test_every_service_answers_every_role_as_the_table_says():
    world = World()
    wrong = []
    for role, person in world.people.items():
        person.refresh_from_db()
        for name, (permitted, call) in STAFF.items():
            got = _refused(call, world, person)
            if got != ("done" if role in permitted else "PermissionRefusedError"):
                wrong.append(f"{name} by {role}: {got}")
        for name, call in SIGNING.items():
            got = _refused(call, world, person)
            if (got != "PermissionRefusedError") != (role == "administrator"):
                wrong.append(f"{name} by {role}: {got}")
        for name, call in OWN.items():
            got = _refused(call, world, person)
            if role == "owner":
                if got in {"PermissionRefusedError", "EntryNotFoundError", "LicenseNotFoundError"}:
                    wrong.append(f"{name} by the owner: {got}")
            elif got not in {"EntryNotFoundError", "LicenseNotFoundError"}:
                wrong.append(f"{name} by {role}: {got}")
    assert not wrong, "\n".join(wrong)
