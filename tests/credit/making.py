"""Completions, credits and files for the tests."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from goodstanding.accounts.models import User
from goodstanding.catalog.services import publish_course
from goodstanding.core.courseware import Course
from goodstanding.credit.earned import EarnedCredit
from goodstanding.learning.models import Attestation, Completion, Enrollment

AT = dt.datetime(2026, 11, 24, 5, 30, tzinfo=dt.UTC)
"""The evening of the 23rd in Los Angeles, already the 24th in UTC: a date taken from the wrong clock shows."""

TODAY = dt.date(2026, 11, 23)


def course(**changes: Any) -> Course:
    """A course of 41 minutes by formula (no words, ten questions, difficulty 2.5 or what `changes` say)."""
    item = {
        "stem": "What do you do?",
        "options": [{"option_id": name, "text": name, "rationale": "Because."} for name in ("a", "b")],
        "key": "a",
        "objective": "see",
        "duty": "care",
        "section": "one",
        "cognitive_level": "recall",
        "references": ["code"],
    }
    data: dict[str, Any] = {
        "slug": "a-small-course",
        "title": "A small course",
        "summary": "For tests.",
        "level": "beginning",
        "audience": "Those who test.",
        "professions": ["counselor"],
        "format": "asynchronous",
        "objectives": [{"id": "see", "text": "Identify what matters."}],
        "authors": ["Good Standing contributors"],
        "disclosure": "None.",
        "difficulty": {"value": Decimal("2.5"), "status": "provisional", "reason": "It is small."},
        "topics": [
            {"share": Decimal("0.75"), "topics": ["ethics", "boundaries"]},
            {"share": Decimal("0.25"), "topics": ["law_us_ca"]},
        ],
        "review_due": dt.date(2027, 11, 23),
        "version_note": "First.",
        "outline": [{"kind": "section", "id": "one"}],
        "sections": [{"id": "one", "title": "One", "objectives": ["see"], "text": "…"}],
        "post_test": {"form_size": 10, "items": [{"id": f"item-{number}", **item} for number in range(10)]},
        "evaluation": {
            "scale": ["low", "middle", "high"],
            "objective_question": "How well:",
            "questions": [{"id": "useful", "kind": "rating", "text": "How useful was it?"}],
        },
        "attestation": "I did this myself.",
        "references": [
            {"id": "code", "kind": "code", "authors": ["A body"], "title": "A code", "year": 2020, "verification": "unverified"}
        ],
        "duties": [
            {
                "id": "care",
                "name": "Care",
                "paraphrase": "Take care.",
                "standards": [{"code": "code", "number": "1", "title": "Care", "verification": "unverified"}],
            }
        ],
        **changes,
    }
    return Course.model_validate(data)


def completion(user: User, *, signed_name: str = "Ada Example", **changes: Any) -> Completion:
    """A completion by `user`, 20 to 23 November 2026 in Los Angeles, ready to be awarded."""
    version = publish_course(course=course(**changes), at=AT)
    enrollment = Enrollment.objects.create(
        holder=user.holder,
        course=version.course,
        version=version,
        started_at=AT - dt.timedelta(days=3),
        started_on=dt.date(2026, 11, 20),
    )
    Attestation.objects.create(enrollment=enrollment, statement="I did this myself.", signed_name=signed_name, signed_at=AT)
    made: Completion = Completion.objects.create(
        enrollment=enrollment, completed_at=AT, completed_on=TODAY, time_zone="America/Los_Angeles"
    )
    return made


def earned(**changes: Any) -> EarnedCredit:
    values: dict[str, Any] = {
        "title": "Ethics in a small town",
        "completed": dt.date(2026, 3, 1),
        "amount": Decimal(6),
        "unit": "hour",
        "approvals": ("nbcc",),
        "sponsor_name": "Example Institute",
        "sponsor_kind": "association",
        **changes,
    }
    return EarnedCredit(**values)


def submission() -> uuid.UUID:
    return uuid.uuid4()


PDF = b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"


def picture(kind: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(data, kind)
    return data.getvalue()


def upload(name: str = "certificate.pdf", data: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)
