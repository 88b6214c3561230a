"""
Keeps the state that the present code makes: ``python -m tests.upgrades NAME`` writes tests/upgrades/states/NAME.json.gz.

Little synthetic data through the services: two people, a license, a completed course with its certificate and a sealed reason, a course
half done, a credit with its proof, and what the audit log says of it all. Run it when a release is made; a state is never changed again.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

STATES = Path(__file__).parent / "states"
UNKEPT = ("contenttypes.", "auth.permission", "sessions.", "mailing.", "django_tasks")
KEY = "the key of the states in tests/upgrades is no secret"


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(
            GOODSTANDING_HOME=home,
            GOODSTANDING_PRIVATE_KEY=KEY,
            DATABASE_URL="",
            DJANGO_SETTINGS_MODULE="goodstanding.conf.settings",
        )
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _fill()
        state = {"migrations": _migrations(), "rows": list(_rows())}
    STATES.mkdir(exist_ok=True)
    packed = gzip.compress(json.dumps(state, sort_keys=True, default=_written).encode(), mtime=0)
    (STATES / f"{name}.json.gz").write_bytes(packed)
    print(f"{name}: {len(state['rows'])} rows, {len(packed)} bytes")


def _rows() -> Iterator[dict[str, object]]:
    """Every row that is kept, with moments to the microsecond: the audit log's chain is made of them."""
    from django.apps import apps
    from django.core.serializers import serialize

    for model in apps.get_models():
        if not model._meta.label_lower.startswith(UNKEPT):
            yield from serialize("python", model._base_manager.order_by("pk"))


def _written(value: object) -> str:
    """What JSON has no word for, so that the field's ``to_python`` reads it back as it was."""
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _migrations() -> list[list[str]]:
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def _fill() -> None:
    import uuid
    from decimal import Decimal

    from django.core.files.base import ContentFile

    from goodstanding.accounts.closing import request_closure
    from goodstanding.accounts.models import BrowserSession, Holder, Profile, User
    from goodstanding.credit.earned import EarnedCredit
    from goodstanding.credit.services import correct_credit, enter_credit
    from goodstanding.flows.completing import complete
    from goodstanding.flows.requests import send_request
    from goodstanding.learning.notes import save_note
    from goodstanding.licensing.models import License
    from tests.learning.making import AT, TODAY, evaluated, studied

    people = []
    for number, name in enumerate(["Ada Example", "Ben Example"], start=1):
        user = User.objects.create(email=f"person{number}@example.org", password="!")
        Holder.objects.create(user=user)
        Profile.objects.create(user=user, legal_name=name, time_zone="America/Los_Angeles", professions=["counselor"])
        people.append(user)
    ada, ben = people
    License.objects.create(
        holder=ada.holder, rule="us/ca/lpcc", profession="counselor", license_type="LPCC", number="1", issued=dt.date(2019, 5, 10)
    )
    complete(enrollment=evaluated(ada), signed_name="Ada Example", at=AT)
    enrollment = studied(ben)
    save_note(enrollment=enrollment, section_id="one", note_id=uuid.UUID(int=3), text="A thought about it", at=AT)
    send_request(
        request_id=uuid.UUID(int=4), kind="question", slug=enrollment.course_id, holder=ben.holder, reply_to="ben@example.org",
        text="When is the next one?", at=AT,
    )  # fmt: skip
    request_closure(user=ben, at=AT)
    BrowserSession.objects.create(user=ada, session_key="one-of-a-state", device="Firefox on Linux", began_at=AT, seen_at=AT)
    credit = {"completed": TODAY, "amount": Decimal(3), "format": "asynchronous"}
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    entry = enter_credit(
        holder=ada.holder, actor=ada, credit=EarnedCredit(title="From elsewhere", **credit), submission=uuid.UUID(int=1), at=AT,
        today=TODAY, proof=ContentFile(pdf, name="proof.pdf"),
    )  # fmt: skip
    correct_credit(
        holder=ada.holder, actor=ada, entry_id=entry.pk, credit=EarnedCredit(title="From elsewhere, mended", **credit),
        submission=uuid.UUID(int=2), at=AT, today=TODAY,
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
