"""What staff pages work on: published courses, an approval, a certificate that a clinician earned."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from goodstanding.accounts.models import User
from goodstanding.catalog.models import Approval
from goodstanding.catalog.selectors import offered_courses
from goodstanding.catalog.services import record_approval
from goodstanding.credit.models import Certificate
from goodstanding.flows.demonstration import walk_course
from goodstanding.flows.publishing import publish_content
from tests.today import TODAY

PDF = b"%PDF-1.4\n% a letter\n%%EOF\n"


@pytest.fixture
def slug(db: None) -> str:
    """The slug of a course that is offered."""
    publish_content(root=django_settings.CONTENT_ROOT, at=timezone.now())
    return offered_courses()[0].slug


@pytest.fixture
def certificate(slug: str, clinician: User) -> Certificate:
    """A certificate that the clinician earned by taking the course."""
    return walk_course(
        holder=clinician.holder,
        slug=slug,
        signed_name=clinician.profile.legal_name,
        at=timezone.now(),
        on=TODAY,
    )


@pytest.fixture
def make_approval(administrator: User) -> Callable[..., Approval]:
    def make(**given: object) -> Approval:
        values: dict = {
            "body": "nbcc",
            "body_name": "A body of the test",
            "number": "T-1",
            "formats": ["asynchronous"],
            "valid_from": dt.date(2026, 1, 1),
            "valid_to": dt.date(2026, 12, 31),
            "statement": "Written for a test.",
            "evidence": ContentFile(PDF),
            "evidence_name": "letter.pdf",
        }
        return record_approval(actor=administrator, **(values | given))

    return make


@pytest.fixture
def approval_form() -> dict:
    """What an administrator sends to record an approval."""
    return {
        "body": "nbcc",
        "body_name": "A body of the test",
        "number": "T-1",
        "formats": ["asynchronous", "live_online"],
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "statement": "Written for a test.",
        "evidence": SimpleUploadedFile("letter.pdf", PDF, "application/pdf"),
        "submission": str(uuid.uuid4()),
    }
