"""Jobs for the tests."""

from __future__ import annotations

import time
from pathlib import Path

from django.db import OperationalError, transaction
from django_tasks import task

from goodstanding.mailing.models import OutgoingMail


@task()
def count() -> int:
    return 1


@task()
def without_database() -> None:
    raise OperationalError("server closed the connection unexpectedly")


@task()
def wrong() -> None:
    raise ValueError("a mistake")


@task()
def note(folder: str) -> None:
    """Writes a line each time it runs."""
    with (Path(folder) / "noted").open("a") as file:
        file.write("once\n")


@task()
def send_slowly(folder: str) -> None:
    """Writes a mail in a transaction that ends once the file `go` is there."""
    place = Path(folder)
    with transaction.atomic():
        OutgoingMail.objects.create(to="ada@example.org", subject="Slow", body="x", next_attempt_at=None)
        (place / "begun").touch()
        while not (place / "go").exists():
            time.sleep(0.02)
    (place / "done").touch()
