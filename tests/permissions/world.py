"""One of everything that an address can name, all of it belonging to one clinician, and somebody of every role."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from goodstanding.accounts.models import AdministratorClaim, BrowserSession, DataExport, Role, User
from goodstanding.accounts.services import create_person, hash_token
from goodstanding.catalog.selectors import offered_courses
from goodstanding.catalog.services import record_approval
from goodstanding.credit.earned import EarnedCredit
from goodstanding.credit.models import CreditProof
from goodstanding.credit.services import enter_credit
from goodstanding.flows.demonstration import walk_course
from goodstanding.flows.publishing import publish_content
from goodstanding.flows.requests import send_request
from goodstanding.learning.models import Enrollment, PostTestAttempt
from goodstanding.learning.notes import save_note
from goodstanding.licensing.services import add_license
from tests.today import TODAY

PASSWORD = "three patient otters"
PDF = b"%PDF-1.4\n% a letter\n%%EOF\n"


def address_names() -> list[str]:
    """The name of every address, resolved from the product itself."""

    def names(resolver: URLResolver) -> list[str]:
        found = []
        for entry in resolver.url_patterns:
            found += (
                names(entry) if isinstance(entry, URLResolver) else [str(entry.name)] if isinstance(entry, URLPattern) else []
            )
        return found

    return sorted(names(get_resolver()))


def passkey() -> dict[str, Any]:
    """What a browser hands over for a new passkey, with a key that nobody holds."""
    public = ES256({1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32})
    data = AuthenticatorData.create(
        sha256(b"testserver"), AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT, 0,
        AttestedCredentialData.create(Aaguid(b"\0" * 16), b"a key of the test", public),
    )  # fmt: skip
    client_data = CollectedClientData.create(type="webauthn.create", challenge=b"c" * 32, origin="https://testserver")
    return {
        "id": websafe_encode(b"a key of the test"),
        "rawId": websafe_encode(b"a key of the test"),
        "type": "public-key",
        "response": {
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
            "clientDataJSON": websafe_encode(bytes(client_data)),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }


class World:
    """The people by role, and the argument for every placeholder of an address."""

    def __init__(self) -> None:
        now = timezone.now()
        self.people: dict[str, User] = {}
        for role, name in (
            (Role.CLINICIAN, "owner"),
            (Role.CLINICIAN, "other clinician"),
            (Role.SUPPORT, "support"),
            (Role.EDITOR, "editor"),
            (Role.FINANCE, "finance"),
            (Role.ADMINISTRATOR, "administrator"),
        ):
            self.people[name] = create_person(
                email=f"{name.replace(' ', '.')}@example.org", password=PASSWORD, legal_name="Ada Example",
                time_zone="America/Los_Angeles", professions=["counselor"], at=now, role=role,
            )  # fmt: skip
            if role != Role.CLINICIAN:
                TOTP.activate(self.people[name], generate_totp_secret())
        owner = self.people["owner"]
        holder = owner.holder
        publish_content(root=settings.CONTENT_ROOT, at=now)
        course = max((one.content for one in offered_courses()), key=lambda content: len(content.images))
        slug = course.slug
        certificate = walk_course(holder=holder, slug=slug, signed_name="Ada Example", at=now, on=TODAY)
        enrollment = Enrollment.objects.get(holder=holder)
        section = course.sections[0].id
        scenario = course.scenarios[0].id
        license_ = add_license(
            holder=holder, actor=owner, rule="us/ca/lmft", profession="mft", license_type="LMFT", number="123",
            issued=dt.date(2019, 5, 10), period_end=dt.date(2027, 5, 31), renewals=3, at=now, submission=uuid.uuid4(),
        )  # fmt: skip
        entry = enter_credit(
            holder=holder, actor=owner, at=now, today=TODAY, submission=uuid.uuid4(),
            proof=SimpleUploadedFile("proof.pdf", PDF),
            credit=EarnedCredit(title="Ethics", completed=dt.date(2026, 3, 1), amount=Decimal(6), unit="hour"),
        )  # fmt: skip
        approval = record_approval(
            actor=self.people["administrator"], body="nbcc", body_name="A body of the test", number="T-1", formats=["asynchronous"],
            valid_from=dt.date(2026, 1, 1), valid_to=dt.date(2030, 12, 31), statement="Written for a test.",
            evidence=ContentFile(PDF), evidence_name="letter.pdf",
        )  # fmt: skip
        request = send_request(
            request_id=uuid.uuid4(), kind="question", slug=slug, holder=holder, reply_to=owner.email, text="When?", at=now
        )
        other = self.people["other clinician"].holder
        walk_course(holder=other, slug=slug, signed_name="Ada Example", at=now, on=TODAY)
        session = BrowserSession.objects.create(
            user=owner, session_key="k" * 32, device="Firefox on Linux", began_at=now, seen_at=now
        )
        self.passkey = Authenticator.objects.create(
            user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": passkey()}
        )
        export = DataExport.objects.create(
            user=owner, requested_at=now, ready_at=now, expires_at=now + dt.timedelta(days=1), size=3,
            file=default_storage.save("exports/a-test.zip", ContentFile(b"zip")),
        )  # fmt: skip
        AdministratorClaim.objects.create(token_hash=hash_token("a-claim"))
        self.arguments: dict[str, object] = {
            "slug": slug, "section_id": section, "scenario_id": scenario, "image_id": course.images[0].id,
            "position": 1, "attempt_id": PostTestAttempt.objects.filter(enrollment=enrollment).latest("started_at").pk,
            "note_id": self._note(enrollment, section, now), "entry_id": entry.pk, "proof_id": CreditProof.objects.get().pk,
            "license_id": license_.pk, "end": "2027-05-31", "question": "sponsor_list", "user_id": owner.pk,
            "approval_id": approval.pk, "request_id": request.pk, "session_id": session.pk, "pk": self.passkey.pk,
            "export_id": export.pk, "signature_id": uuid.UUID(int=5), "job_id": uuid.UUID(int=6), "token": "a-claim", "uidb36": "1", "key": "unknown", "name": "us/ca/lpcc", "rule_id": "us/ca/lpcc",
        }  # fmt: skip
        self.certificate = certificate.number
        EmailAddress.objects.filter(verified=False).update(verified=True)

    def _note(self, enrollment: Enrollment, section: str, now: dt.datetime) -> uuid.UUID:
        note = save_note(enrollment=enrollment, note_id=uuid.uuid4(), section_id=section, text="Mine.", at=now)
        return note.id

    def address(self, name: str) -> str:
        [(_, wanted)] = get_resolver().reverse_dict.getlist(name)[0][0][:1]
        arguments = {one: self.arguments.get(one, 1) for one in wanted}
        if "number" in wanted and not name.startswith(("learn-", "staff-course-", "staff-hours-")):
            arguments["number"] = self.certificate
        return reverse(name, kwargs=arguments)
