"""The main journeys, with words that can be found again: none of them may stand in any log line or mail to the operator."""

from __future__ import annotations

import io
import logging

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goodstanding.conf.logs import Impersonal, JsonLine, Line
from goodstanding.mailing.models import OutgoingMail
from goodstanding.web.public import home

pytestmark = pytest.mark.django_db

SECRETS = {
    "a name": "Zephyrine Quillfeather",
    "a password": "marigold-octopus-ladder",
    "another password": "wrong-octopus-ladder",
    "an address": "zephyrine@quillfeather.example",
    "a network address": "203.0.113.77",
    "a file": "quillfeather-certificate",
    "a note": "Quillfeather's own words",
}


@pytest.fixture
def written(settings):
    """Everything that is logged at any level while a test runs, as the product's own handlers would write it."""
    out = io.StringIO()
    handlers = []
    for formatter in (Line("{asctime} {levelname} {name} {message}", style="{"), JsonLine()):
        handler = logging.StreamHandler(out)
        handler.addFilter(Impersonal())
        handler.setFormatter(formatter)
        handlers.append(handler)
    watched = [logging.getLogger(name) for name in ("", "django", "django.request", "django.security", "goodstanding", "allauth")]
    before = [(logger, logger.level) for logger in watched]
    for logger in watched:
        logger.setLevel(logging.DEBUG)
    for handler in handlers:
        logging.getLogger().addHandler(handler)
    yield out
    for handler in handlers:
        logging.getLogger().removeHandler(handler)
    for logger, level in before:
        logger.setLevel(level)


def journeys(clinician, monkeypatch, commit) -> None:
    """Sign-up, a wrong password, an upload, an error of the server, mail that cannot be sent."""
    place = {"REMOTE_ADDR": SECRETS["a network address"]}
    browser = Client(raise_request_exception=False)
    with commit(execute=True):
        browser.post(
            reverse("account_signup"),
            {"legal_name": SECRETS["a name"], "email": SECRETS["an address"], "password1": SECRETS["a password"], "terms": "on"},
            **place,
        )
    for password in (SECRETS["another password"], SECRETS["a password"]):
        browser.post(reverse("account_login"), {"login": SECRETS["an address"], "password": password}, **place)
    clinician.set_password(SECRETS["a password"])
    clinician.save()
    EmailAddress.objects.create(user=clinician, email=clinician.email, primary=True, verified=True)
    browser.force_login(clinician)
    browser.post(
        reverse("credit-add"),
        {"title": SECRETS["a note"], "proof": SimpleUploadedFile(f"{SECRETS['a file']}.exe", b"MZ")},
        **place,
    )

    def broken(request, *args, **kwargs):
        name, password = SECRETS["a name"], SECRETS["a password"]
        raise RuntimeError(f"could not serve {name} {SECRETS['an address']} {password}")

    monkeypatch.setattr(home, "render", broken)
    assert browser.get(f"/?q={SECRETS['an address']}", **place).status_code == 500

    def unreachable(self, messages):
        raise OSError(f"550 no mailbox {SECRETS['an address']}")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", unreachable)
    with commit(execute=True):
        browser.post(reverse("account_reset_password"), {"email": SECRETS["an address"]}, **place)


def test_no_log_line_and_no_mail_to_the_operator_says_anything_about_a_person(
    written, clinician, monkeypatch, django_capture_on_commit_callbacks
):
    journeys(clinician, monkeypatch, django_capture_on_commit_callbacks)
    lines = written.getvalue()
    assert "RuntimeError" in lines, "the error of the server is told"
    assert OutgoingMail.objects.exists()
    told = "\n".join(message.body for message in mail.outbox if SECRETS["an address"] not in message.to)
    assert [what for what, secret in SECRETS.items() if secret in lines] == []
    assert [what for what, secret in SECRETS.items() if secret in told] == []
