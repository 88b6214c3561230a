"""Mail leaves once, after the act that caused it, and nothing of it stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from goodstanding.mailing.delivery import deliver_due, deliver_mail
from goodstanding.mailing.models import OutgoingMail
from goodstanding.mailing.services import send_mail

pytestmark = pytest.mark.django_db
Commit = Callable[..., object]


class Unreachable(BaseEmailBackend):
    """A mail server that cannot be reached."""

    def send_messages(self, email_messages: object) -> int:
        raise ConnectionRefusedError("ada@example.org was refused")


def write() -> None:
    send_mail(to="ada@example.org", subject="Confirm\nyour e-mail", body="Open https://example.org/secret")


def waiting() -> OutgoingMail:
    return OutgoingMail.objects.get()


class TestSending:
    def test_delivers_after_the_commit_and_clears_the_content(self, django_capture_on_commit_callbacks: Commit) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            write()
            assert mail.outbox == []
        [message] = mail.outbox
        assert (message.to, message.subject, message.body) == (
            ["ada@example.org"],
            "Confirm your e-mail",
            "Open https://example.org/secret",
        )
        row = waiting()
        assert (row.subject, row.body, row.attempts) == ("", "", 1)
        assert row.sent_at is not None

    def test_sends_nothing_when_the_act_is_rolled_back(self, django_capture_on_commit_callbacks: Commit) -> None:
        def fail() -> None:
            with transaction.atomic():
                write()
                raise ZeroDivisionError

        with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
            fail()
        assert mail.outbox == []
        assert not OutgoingMail.objects.exists()


class TestDelivery:
    def test_is_not_repeated(self) -> None:
        write()
        now = timezone.now()
        assert deliver_mail(mail_id=waiting().pk, at=now)
        assert not deliver_mail(mail_id=waiting().pk, at=now)
        assert not deliver_mail(mail_id=waiting().pk, at=now + dt.timedelta(hours=1))
        assert len(mail.outbox) == 1

    def test_is_not_begun_while_another_worker_is_at_it(self) -> None:
        write()
        now = timezone.now()
        OutgoingMail.objects.update(next_attempt_at=now + dt.timedelta(minutes=4))  # as the other worker left it
        assert not deliver_mail(mail_id=waiting().pk, at=now)
        assert mail.outbox == []

    def test_is_taken_up_again_when_the_other_worker_died(self) -> None:
        write()
        now = timezone.now()
        OutgoingMail.objects.update(next_attempt_at=now + dt.timedelta(minutes=4))
        assert deliver_due(at=now + dt.timedelta(minutes=6)) == 1

    def test_that_fails_keeps_the_mail_for_later_and_logs_no_content(
        self, settings: object, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.EMAIL_BACKEND = f"{__name__}.Unreachable"
        write()
        now = timezone.now()
        assert not deliver_mail(mail_id=waiting().pk, at=now)
        row = waiting()
        assert row.sent_at is None
        assert row.body == "Open https://example.org/secret"
        assert row.next_attempt_at > now
        assert "ConnectionRefusedError" in caplog.text
        assert "ada@" not in caplog.text
        assert "secret" not in caplog.text
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert deliver_due(at=now) == 0  # not at once
        assert deliver_due(at=now + dt.timedelta(minutes=10)) == 1
        assert len(mail.outbox) == 1


class Picky(BaseEmailBackend):
    """A mail server that fails on one message in a way of its own, and takes the others."""

    def send_messages(self, email_messages: list[mail.EmailMessage]) -> int:
        if "ada@example.org" in email_messages[0].to:
            raise UnicodeError("ada")
        mail.outbox.extend(email_messages)
        return len(email_messages)


class TestSweep:
    def test_one_bad_mail_does_not_hold_up_the_others(self, settings: object) -> None:
        settings.EMAIL_BACKEND = f"{__name__}.Picky"
        write()
        send_mail(to="ben@example.org", subject="Two", body="Two")
        assert deliver_due(at=timezone.now() + dt.timedelta(minutes=2)) == 1
        assert [message.to for message in mail.outbox] == [["ben@example.org"]]

    def test_leaves_a_new_mail_to_its_own_job(self) -> None:
        write()
        now = timezone.now()
        assert deliver_due(at=now) == 0
        assert deliver_due(at=now + dt.timedelta(minutes=2)) == 1

    def test_gives_up_after_three_days_and_forgets_after_a_month(self) -> None:
        write()
        now = timezone.now()
        assert deliver_due(at=now + dt.timedelta(days=4)) == 0
        row = waiting()
        assert (row.sent_at, row.body, row.next_attempt_at) == (None, "", None)
        deliver_due(at=now + dt.timedelta(days=31))
        assert not OutgoingMail.objects.exists()


def test_outbox_folder_holds_one_private_file_per_message(settings: object, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "goodstanding.mailing.outbox.OutboxBackend"
    settings.OUTBOX = tmp_path / "outbox"
    write()
    deliver_mail(mail_id=waiting().pk, at=timezone.now())
    [file] = (tmp_path / "outbox").iterdir()
    assert "https://example.org/secret" in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
