"""Requests have numbers, logs have figures and no persons, slow queries are noted without values, operators are told of faults."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from goodstanding.conf import faults, tracing
from goodstanding.conf.logs import Impersonal, JsonLine, Line
from goodstanding.mailing.models import OutgoingMail

SECRET = "lovelace@example.org"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the product logs, as in production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Impersonal())
    handler.setFormatter(JsonLine())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def entries(stream: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.django_db
def test_every_answer_has_a_number_of_its_own(client):
    first, second = (client.get("/").headers["X-Request-ID"] for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{16}", first)
    assert first != second


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("behind_proxy", "given", "taken"),
    [
        (True, "5f2b6c1d9e8a47305f2b6c1d9e8a4730", True),
        (False, "5f2b6c1d9e8a47305f2b6c1d9e8a4730", False),
        (True, "short", False),
        (True, "x" * 65, False),
        (True, "<script>alert(1)</script>", False),
        (True, "5f2b6c1d 9e8a4730", False),
    ],
)
def test_a_number_is_taken_from_the_proxy_alone_and_only_if_it_is_one(client, settings, behind_proxy, given, taken):
    settings.REQUEST_ID_FROM_PROXY = behind_proxy
    assert (client.get("/", HTTP_X_REQUEST_ID=given).headers["X-Request-ID"] == given) is taken


def test_error_pages_tell_the_number(settings, monkeypatch):
    settings.REQUEST_ID_FROM_PROXY = True

    def broken(request: HttpRequest) -> HttpResponse:
        raise ValueError(SECRET)

    client = Client(raise_request_exception=False, HTTP_X_REQUEST_ID="abcdef0123456789")
    monkeypatch.setattr("goodstanding.web.public.health.JsonResponse", broken)
    answer = client.get("/health/live")
    assert answer.status_code == 500
    assert "abcdef0123456789" in answer.content.decode()
    assert SECRET not in answer.content.decode()


@pytest.mark.django_db
def test_forbidden_pages_tell_it_too(administrator):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/account/login/", {"login": SECRET})
    assert answer.status_code == 403
    assert answer.headers["X-Request-ID"] in answer.content.decode()


@pytest.mark.django_db
def test_in_production_a_request_is_one_line_with_figures_and_no_address(settings, lines, make_user):
    settings.LOG_REQUESTS = True
    settings.REQUEST_ID_FROM_PROXY = True
    tracing.watch_database()
    connection.execute_wrappers.append(tracing._timed)
    try:
        client = Client(HTTP_X_REQUEST_ID="abcdef0123456789")
        client.force_login(make_user())
        client.get(f"/licenses/?next={SECRET}")
        client.get(f"/claim/{SECRET}/")
    finally:
        connection.execute_wrappers.remove(tracing._timed)
        tracing.connection_created.disconnect(dispatch_uid="tracing")
    page, unknown = [entry for entry in entries(lines) if entry["logger"] == "goodstanding.requests"]
    assert {key: page[key] for key in ("level", "message", "request", "view", "status", "method")} == {
        "level": "INFO",
        "message": "GET license-list 200",
        "request": "abcdef0123456789",
        "view": "license-list",
        "status": 200,
        "method": "GET",
    }
    assert page["ms"] > 0
    assert page["queries"] > 0
    assert 0 < page["database_ms"] <= page["ms"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", page["time"])
    assert unknown["status"] == 404
    assert "lovelace" not in lines.getvalue()


@pytest.mark.django_db
def test_on_a_terminal_requests_are_not_noted(client, lines):
    client.get("/")
    assert [entry for entry in entries(lines) if entry["logger"] == "goodstanding.requests"] == []


def test_a_made_up_method_or_address_makes_no_new_label():
    trace = tracing.Trace("1", RequestFactory().generic("BREW", "/coffee"))
    assert (trace.method, trace.view) == ("OTHER", "none")


def test_a_fault_is_one_line_with_its_places_and_no_values(lines):
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("goodstanding.x").exception("It broke for %s", SECRET)
    (entry,) = entries(lines)
    assert entry["error"] == "ValueError"
    assert "test_observing.py" in entry["places"][-1]
    assert "lovelace" not in lines.getvalue()


def test_a_line_to_read_ends_with_the_number_of_its_request(settings):
    said = []

    def view(request: HttpRequest) -> HttpResponse:
        record = logging.LogRecord("x", logging.WARNING, __file__, 1, "careful", (), None)
        Impersonal().filter(record)
        said.append(Line("{message}", style="{").format(record))
        return HttpResponse()

    number = tracing.traced(view)(RequestFactory().get("/")).headers["X-Request-ID"]
    assert said == [f"careful [{number}]"]
    record = logging.LogRecord("x", logging.WARNING, __file__, 1, "careful", (), None)
    Impersonal().filter(record)
    assert Line("{message}", style="{").format(record) == "careful"


@pytest.mark.django_db
@pytest.mark.parametrize(("threshold", "noted"), [(0, False), (1_000_000, False), (0.000001, True)])
def test_a_slow_query_is_noted_without_its_values(settings, lines, threshold, noted):
    settings.SLOW_QUERY_MS = threshold
    with connection.execute_wrapper(tracing._timed), connection.cursor() as cursor:
        cursor.execute("SELECT 'ada lovelace' WHERE 'ada' <> %s AND 314159 > 0", [SECRET])
    notes = [entry["message"] for entry in entries(lines) if entry["logger"] == "goodstanding.queries"]
    assert bool(notes) is noted
    assert "lovelace" not in lines.getvalue()
    assert "314159" not in lines.getvalue()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT  1\n FROM t", "SELECT 0 FROM t"),
        ("WHERE name = 'O''Hara' LIMIT 21", "WHERE name = '…' LIMIT 0"),
        ('SELECT "t1"."c2" FROM "t1" WHERE x IN (%s, %s)', 'SELECT "t1"."c2" FROM "t1" WHERE x IN (%s, %s)'),
    ],
)
def test_the_shape_of_a_query_holds_no_value(sql, expected):
    assert tracing.shape(sql) == expected


# Mail to operators


@pytest.fixture
def telling(settings) -> Iterator[logging.Logger]:
    settings.OPERATORS = ["operator@example.org"]
    logger = logging.getLogger("goodstanding.fault")
    handler = faults.OperatorMail(level=logging.ERROR)
    handler.addFilter(Impersonal())
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)


def fail(logger: logging.Logger, kind: type[Exception] = ValueError) -> None:
    try:
        raise kind(SECRET)  # noqa: TRY301 - this is the fault
    except kind:
        logger.exception("Nothing works for %s", SECRET)


@pytest.mark.django_db
def test_the_operator_is_told_what_and_where_and_not_about_whom(telling, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        fail(telling)
    (message,) = mail.outbox
    assert message.to == ["operator@example.org"]
    assert "ValueError" in message.subject
    assert "test_observing.py" in message.subject
    assert "in fail" in message.body
    assert "lovelace" not in message.subject + message.body


@pytest.mark.django_db
def test_the_same_fault_is_told_once_and_then_with_its_number(telling):
    for _ in range(4):
        fail(telling)
    assert OutgoingMail.objects.count() == 1
    fail(telling, KeyError)
    assert OutgoingMail.objects.count() == 2
    cache.delete_many([key.split(":", 2)[2] for key in list(cache._cache) if ":fault:" in key])  # an hour later
    fail(telling)
    assert "3 more like this" in OutgoingMail.objects.latest("created_at").body


@pytest.mark.django_db
def test_a_flood_of_different_faults_ends(telling):
    for number in range(faults.MOST + 5):
        fail(telling, type(f"Fault{number}", (Exception,), {}))
    assert OutgoingMail.objects.count() == faults.MOST


@pytest.mark.django_db
def test_a_warning_is_told_nobody(telling):
    telling.warning("careful")
    assert OutgoingMail.objects.count() == 0


def test_without_a_database_the_mail_is_sent_at_once(telling, monkeypatch):
    """The database fixture is not asked for, so every query is refused."""
    monkeypatch.setattr(faults, "_by_memory", faults._Memory())
    monkeypatch.setattr(faults, "_by_cache", lambda fingerprint: (_ for _ in ()).throw(RuntimeError))
    at_once = []
    monkeypatch.setattr(faults, "_send_at_once", lambda *given: at_once.append(given))

    def gone(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("goodstanding.mailing.services.send_mail", gone)
    fail(telling)
    fail(telling)
    for thread in [thread for thread in __import__("threading").enumerate() if thread.name == "operator-mail"]:
        thread.join(5)
    assert [given[0] for given in at_once] == [["operator@example.org"]]
    assert sys.exc_info() == (None, None, None)
