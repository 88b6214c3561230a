"""A person of whom every table knows something."""

from __future__ import annotations

import datetime as dt
import uuid
from importlib import import_module

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.utils import timezone

from goodstanding.accounts.browser_sessions import note_session
from goodstanding.accounts.models import AdministratorClaim, User
from goodstanding.accounts.services import accept_terms
from goodstanding.catalog.services import publish_course
from goodstanding.credit.services import correct_credit, enter_credit, restore_credit, revoke_certificate, withdraw_credit
from goodstanding.flows.completing import complete
from goodstanding.flows.requests import report_mistake, send_request
from goodstanding.learning import services as learning
from goodstanding.learning.models import SeatClock, Sitting
from goodstanding.learning.notes import Passage, save_note
from goodstanding.learning.services import skip_pretest
from goodstanding.licensing import services as licensing
from goodstanding.mailing.services import send_mail
from tests.credit.making import course, earned, submission, upload
from tests.learning.making import ANSWERS, AT, SLUG, TODAY, enrolled, play, read, sit, with_pretest
from tests.licensing.conftest import LPCC

WORDS = "a word that nobody else may read"
REASON = "She needs an answer."


def live(user: User, administrator: User) -> None:
    """Give the person a row in every table that says something about people."""
    holder = user.holder
    accept_terms(user=user, version="2026-11-23", at=AT)
    address = EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    EmailConfirmation.objects.create(email_address=address, key=uuid.uuid4().hex, sent=AT)
    AdministratorClaim.objects.create(token_hash="x" * 64, used_at=AT, used_by=user)
    sign_in(user)
    TOTP.activate(user, generate_totp_secret())
    note_session(user=user, session_key="k" * 32, user_agent="", at=AT)
    send_mail(to=user.email, subject="Hello", body="Hello")

    license_ = licensing.add_license(holder=holder, actor=user, **LPCC)
    licensing.answer_facts(license=license_, actor=user, answers={"couples_and_families": True}, at=AT)
    licensing.confirm_question(license=license_, question="sponsor_list", confirmed_on=TODAY, note=WORDS, at=AT)

    enrollment = enrolled(user, **with_pretest(skippable=True))
    skip_pretest(enrollment=enrollment, at=AT)
    read(enrollment, "one")
    play(enrollment)
    read(enrollment, "two")
    save_note(enrollment=enrollment, section_id="one", note_id=uuid.uuid4(), text=WORDS, at=AT)
    save_note(enrollment=enrollment, section_id="one", note_id=uuid.uuid4(), passage=Passage("First", 0, 5), at=AT)
    Sitting.objects.create(id=uuid.uuid4(), enrollment=enrollment, step="section:one", opened_at=AT, last_at=AT, last_beat=1)
    SeatClock.objects.create(holder=holder, counted_until=AT)
    sit(enrollment)
    learning.submit_evaluation(enrollment=enrollment, answers=ANSWERS, at=AT)
    certificate = complete(enrollment=enrollment, signed_name="Ada Example", at=AT)
    revoke_certificate(actor=administrator, number=certificate.number, reason="A test", at=AT)

    publish_course(course=course(), at=AT)
    learning.enroll(holder=holder, slug="a-small-course", at=AT, on=TODAY)  # and never finished

    at = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    given = {"holder": holder, "actor": user, "at": at, "today": at.date()}
    entry = enter_credit(**given, credit=earned(), submission=submission(), proof=upload("../Ada’s <proof>.pdf"))
    entry = correct_credit(**given, entry_id=entry.pk, credit=earned(title="Corrected"), submission=submission())
    withdraw_credit(holder=holder, actor=user, entry_id=entry.pk, at=at)
    restore_credit(holder=holder, actor=user, entry_id=entry.pk, at=at)
    send_request(
        request_id=uuid.uuid4(), kind="question", slug=SLUG, holder=holder, reply_to=user.email, text=WORDS, at=timezone.now()
    )
    report_mistake(
        request_id=uuid.uuid4(), rule="us/ca/lpcc", rule_version="0123456789ab", part="requirement:total", holder=holder,
        reply_to=user.email, text=WORDS, at=timezone.now(),
    )  # fmt: skip


def sign_in(user: User) -> str:
    """A session of the user; its key."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session.create()
    return str(session.session_key)
