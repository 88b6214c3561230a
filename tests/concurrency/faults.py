"""
Dying at a step, and meeting before the first write; inside the server process, on the word of a request's header.

A step is a moment that what is stored afterwards may depend on: each statement that writes, each commit, the making of a PDF, the
storing of a file, the sending of a mail, and at last the answer. They are found by watching, not by marks in the product, so
a step that is added later is a step here as well.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import QuerySet
from django.db.transaction import Atomic
from django.http import HttpRequest, HttpResponse

from goodstanding.credit import services as credit_services
from goodstanding.mailing.outbox import OutboxBackend
from tests.concurrency.headers import ASIDE, DIE_AT, MEET, STEPS

_WRITES = re.compile(r'^(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', re.IGNORECASE)


class _Told(threading.local):
    """What the request of this thread was told."""

    watching = False
    die_at = -1
    meeting = ""
    steps: list[str]


_told = _Told()


def step(name: str) -> None:
    """Note that the request has come to a step, and end everything where it was told to."""
    if not _told.watching:
        return
    _told.steps.append(name)
    if len(_told.steps) - 1 == _told.die_at:
        if os.environ.get("HARNESS_KILLS") == "group":  # the whole product, as `serve` started it
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


def under_fault(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The middleware: arms the request's thread by its headers, and answers with the steps it went through."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with _armed(request):
            response = get_response(request)
            step("answer")
            response.headers[STEPS] = json.dumps(_told.steps)
        return response

    return middleware


@contextlib.contextmanager
def _armed(request: HttpRequest) -> Iterator[None]:
    _told.watching, _told.steps = True, []
    _told.die_at = int(request.headers.get(DIE_AT, "-1"))
    _told.meeting = request.headers.get(MEET, "")
    try:
        yield
    finally:
        _told.watching, _told.die_at, _told.meeting = False, -1, ""


def _meet(table: str) -> None:
    """
    Wait before the first write, or the first to the table that was named, until the others got as far, or for a moment.

    Where something keeps the others out, they never come, and the meeting breaks up. Otherwise all have looked before any has
    written. It is held in a folder, because the server's processes share nothing else.
    """
    if not _told.meeting:
        return
    name, people, seconds, wanted = _told.meeting.split("/")
    if wanted not in {"", table} or table.startswith(ASIDE):
        return
    _told.meeting = ""
    place = Path(settings.HOME) / "meetings" / name
    place.mkdir(parents=True, exist_ok=True)
    (place / uuid.uuid4().hex).touch()
    deadline = time.monotonic() + float(seconds)
    while len(list(place.iterdir())) < int(people):
        if time.monotonic() > deadline:
            for number in range(int(people)):  # broken up for good: nobody else waits
                (place / str(number)).touch()
        time.sleep(0.002)


def _watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    if _told.watching and (found := _WRITES.match(sql)):
        table = found[2]
        _meet(table)
        step(f"{found[1].split()[0].lower()} {table}")
    return execute(sql, params, many, context)


def _watch_connection(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(_watch)


def _after(owner: Any, name: str, said: str) -> None:
    """Make a step of `owner.name`, once it is done."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def doing(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        step(said)
        return result

    setattr(owner, name, doing)


def _before_commits() -> None:
    original = BaseDatabaseWrapper._commit

    def commit(self: BaseDatabaseWrapper) -> None:
        step("commit")
        original(self)

    BaseDatabaseWrapper._commit = commit  # type: ignore[method-assign]


def _without_locks() -> None:
    QuerySet.select_for_update = lambda self, *_, **__: self  # type: ignore[method-assign,assignment]


def _without_transactions() -> None:
    Atomic.__enter__ = lambda self: None  # type: ignore[method-assign,assignment]
    Atomic.__exit__ = lambda self, *_: None  # type: ignore[method-assign,assignment]


def _install() -> None:
    connection_created.connect(_watch_connection)
    for connection in connections.all(initialized_only=True):
        _watch_connection(connection=connection)
    _before_commits()
    _after(credit_services, "render_certificate", "PDF made")
    _after(FileSystemStorage, "_save", "file stored")
    _after(OutboxBackend, "send_messages", "mail sent")
    if {"locks", "transactions"} & settings.WITHOUT:
        _without_locks()  # the databases have no row locks outside of transactions
    if "transactions" in settings.WITHOUT:
        _without_transactions()


_install()
