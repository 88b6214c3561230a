"""Every table that says something about a person is in the export, or says why not, and goes or stays as it says."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from importlib import resources
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils import timezone

from goodstanding.accounts.browser_sessions import note_session
from goodstanding.accounts.closing import GRACE, request_closure
from goodstanding.accounts.models import BrowserSession, Closure, DataExport, Holder, User
from goodstanding.audit.models import AuditEvent
from goodstanding.audit.selectors import verify_log
from goodstanding.flows.export_contents import account_of
from goodstanding.flows.exporting import make_export, request_export
from goodstanding.flows.leaving import carry_out
from goodstanding.flows.personal_data import PERSONAL, Fate
from goodstanding.learning.models import Enrollment, StaffRequest
from goodstanding.mailing.models import OutgoingMail
from tests.flows.person import WORDS, live

pytestmark = pytest.mark.django_db

PEOPLE = {User, Holder}
# No key leads from these to a person, and yet they are about one.
UNLINKED = {"sessions.Session", "mailing.OutgoingMail", "audit.AuditEvent"}
SCHEMA = json.loads(resources.files("goodstanding.flows").joinpath("export_schema.json").read_text())


def paths_to_people(
    model: type[models.Model], seen: frozenset[type[models.Model]] = frozenset()
) -> list[tuple[str, type[models.Model]]]:
    """Every way by which foreign keys lead from a model to a user or a holder, as queries write it."""
    if model in PEOPLE:
        return [("pk", model)]
    found = []
    for field in model._meta.concrete_fields:
        if field.is_relation and field.related_model not in seen | {model}:
            for path, person in paths_to_people(field.related_model, seen | {model}):
                found.append((f"{field.name}__{path}", person))
    return found


LINKED = {model._meta.label: paths for model in apps.get_models() if not model._meta.proxy and (paths := paths_to_people(model))}


def rows_about(label: str, user_id: uuid.UUID, holder_id: uuid.UUID, email: str) -> int:
    if label == "sessions.Session":
        return sum(str(user_id) == session.get_decoded().get("_auth_user_id") for session in Session.objects.all())
    if label == "mailing.OutgoingMail":
        return OutgoingMail.objects.filter(to=email).count()
    if label == "audit.AuditEvent":
        return AuditEvent.objects.filter(actor=str(user_id)).count()
    ways = Q()
    for path, person in LINKED[label]:
        # An administrator who answered a request is not whom the request is about; nor is one who is named by an enrollment.
        ways |= Q(**{path: user_id if person is User else holder_id})
    return apps.get_model(label)._default_manager.filter(ways).distinct().count()


def test_every_table_about_people_is_on_the_list():
    installed = {label for label in PERSONAL if label in {model._meta.label for model in apps.get_models()}}
    assert set(LINKED) | UNLINKED == installed
    assert all(kind.exported or kind.reason for kind in PERSONAL.values())


def test_every_exported_table_has_its_place_in_the_schema():
    for label, kind in PERSONAL.items():
        part: dict[str, Any] = SCHEMA
        for name in filter(None, kind.exported.split(".")):
            part = part.get("items", part)["properties"][name]
            assert part, label


@pytest.fixture
def person(clinician, administrator):
    live(clinician, administrator)
    return clinician


@pytest.fixture
def everything(person):
    """The person, and the archive of what is kept about her."""
    export = request_export(user=person, at=timezone.now())
    make_export(export_id=export.pk, clock=timezone.now)
    export.refresh_from_db()
    with default_storage.open(export.file) as file:
        return person, zipfile.ZipFile(io.BytesIO(file.read()))


def misfits(value: Any, schema: dict[str, Any], path: str = "") -> list[str]:
    """Where `value` is not as the schema says; for the part of JSON Schema that ours uses."""
    kinds = {"string": str, "integer": int, "boolean": bool, "null": type(None), "object": dict, "array": list}
    wanted = schema.get("type", list(kinds))
    wanted = [wanted] if isinstance(wanted, str) else wanted
    if "const" in schema:
        return [] if value == schema["const"] else [f"{path}: {value}"]
    if not any(isinstance(value, kinds[kind]) and not (kind == "integer" and isinstance(value, bool)) for kind in wanted):
        return [f"{path}: {value!r} is not {wanted}"]
    found = []
    if isinstance(value, dict) and "properties" in schema:
        found += [f"{path}.{name} is missing" for name in schema["required"] if name not in value]
        found += [f"{path}.{name} is not described" for name in value if name not in schema["properties"]]
        for name, part in value.items():
            found += misfits(part, schema["properties"].get(name, {}), f"{path}.{name}")
    if isinstance(value, list):
        for part in value:
            found += misfits(part, schema.get("items", {}), f"{path}[]")
    return found


def test_a_person_with_a_row_in_every_table_finds_it_in_the_export(everything):
    person, archive = everything
    data = json.loads(archive.read("data.json"))
    assert misfits(data, SCHEMA) == []
    for label, kind in PERSONAL.items():
        if not kind.exported or not apps.is_installed(apps.get_app_config(label.partition(".")[0]).name):
            continue
        if label != "accounts.Closure":  # nobody exports after leaving
            assert rows_about(label, person.pk, person.holder.pk, person.email), f"{label}: the test's person has none"
        parts = [data]
        for name in kind.exported.split("."):
            parts = [one for part in parts for one in (part[name] if isinstance(part[name], list) else [part[name]]) if one]
        assert parts or label == "accounts.Closure", f"{label}: nothing at {kind.exported}"


def test_her_words_are_in_the_export_in_clear_and_nobody_elses(everything, other_clinician):
    _, archive = everything
    data = json.loads(archive.read("data.json"))
    (done,) = [one for one in data["courses"] if one["completion"]]
    assert WORDS in [note["text"] for note in done["notes"]]
    assert "She needs an answer." in [step["reason"] for run in done["scenario_runs"] for step in run["steps"]]
    assert [one["text"] for one in data["requests"]] == [WORDS, WORDS]
    assert {(one["course"] is None, one["rule"]) for one in data["requests"]} == {(False, None), (True, "us/ca/lpcc")}
    assert str(other_clinician.pk) not in archive.read("data.json").decode()


def test_her_sign_ins_are_in_the_export_without_what_opens_them(everything, other_clinician):
    person, archive = everything
    at = timezone.now()
    note_session(user=other_clinician, session_key="z" * 32, user_agent="Firefox/1 Linux", at=at)
    text = archive.read("data.json").decode()
    (sign_in,) = json.loads(text)["account"]["sign_ins"]
    assert set(sign_in) == {"device", "began_at", "seen_at"}
    assert sign_in["device"] == BrowserSession.objects.get(user=person).device
    for key in Session.objects.values_list("session_key", flat=True):
        assert key not in text
    assert BrowserSession.objects.get(user=person).session_key not in text
    assert {one["device"] for one in account_of(other_clinician, other_clinician.holder)["sign_ins"]} == {"Firefox on Linux"}


def test_her_files_are_in_the_export_under_safe_names(everything):
    _, archive = everything
    data = json.loads(archive.read("data.json"))
    assert archive.testzip() is None
    (certificate,) = data["certificates"]
    assert archive.read(certificate["file"]).startswith(b"%PDF")
    (proof,) = [proof for credit in data["credits"] for proof in credit["proofs"]]
    assert archive.read(proof["file"]).startswith(b"%PDF-1.4")
    assert set(archive.namelist()) == {"read-me.txt", "schema.json", "data.json", certificate["file"], proof["file"]}
    assert all(name.replace("-", "").replace("_", "").replace("/", "").replace(".", "").isalnum() for name in archive.namelist())
    assert not any(".." in name or name.startswith("/") for name in archive.namelist())


def test_what_leaving_does_to_each_table_is_what_the_list_says(everything):
    person, _ = everything
    user_id, holder_id, email = person.pk, person.holder.pk, person.email
    now = timezone.now()
    closure = request_closure(user=person, at=now)
    ids = (user_id, holder_id, email)
    before = {label: rows_about(label, *ids) for label in {*LINKED, *UNLINKED}}
    assert [before.pop(label) for label in ("sessions.Session", "accounts.BrowserSession")] == [0, 0]  # asking ends them
    assert [label for label, count in before.items() if not count] == []
    files = [row.file for row in DataExport.objects.all()]
    requests = StaffRequest.objects.count()
    unfinished = Enrollment.objects.filter(holder_id=holder_id, completion=None).count()

    assert carry_out(closure_id=closure.pk, at=now + GRACE)

    for label, count in before.items():
        kind, after = PERSONAL[label], rows_about(label, *ids)
        if label == "learning.Enrollment":
            assert (after, unfinished) == (count - unfinished, 1)
        elif kind.fate is Fate.KEPT:
            assert after == count, label
        else:
            assert after == 0, label
    assert StaffRequest.objects.count() == requests
    assert set(StaffRequest.objects.values_list("sealed", "reply_to", "holder")) == {("", "", None)}
    assert not any(default_storage.exists(name) for name in files)
    assert Closure.objects.get().files == []
    assert verify_log().findings == []


def test_nothing_that_is_left_names_the_person(everything):
    person, _ = everything
    email, now = person.email, timezone.now()
    carry_out(closure_id=request_closure(user=person, at=now).pk, at=now + GRACE)
    named = {}
    for model in apps.get_models():
        for row in model._default_manager.values():
            said = json.dumps({name: value for name, value in row.items() if name != "pdf"}, default=str)
            for word in (email, str(person.pk), WORDS, "LPCC 1234", "Ada Example", "Ada’s"):
                if word in said:
                    named.setdefault(word, set()).add(model._meta.label)
    # The id of an account that is gone leads nowhere; the name stays where it was signed and printed.
    assert named == {
        str(person.pk): {"audit.AuditEvent"},
        "Ada Example": {"credit.Certificate", "learning.Attestation"},
        "LPCC 1234": {"credit.Certificate"},
    }
