"""Log lines hold nothing about persons."""

from __future__ import annotations

import logging
import sys

import pytest

from goodstanding.conf.logs import Impersonal, Line, impersonal

pytestmark = pytest.mark.slow_once


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("mail to ada.example+ce@example.org failed", "ada.example"),
        ('Bad Request: "<Ada@Example.ORG>"', "Ada@"),
        ("GET /verify/?name=Ada from 192.0.2.17", "192.0.2.17"),
        ("GET /verify/?name=Ada", "name=Ada"),
        ("POST /account/password/reset/key/3f-c0ffee/", "c0ffee"),
        ("GET /account/confirm-email/MQ:1abcdef:xyz/", "1abcdef"),
    ],
)
def test_a_line_keeps_no_personal_data(line, secret):
    assert secret not in impersonal(line)


@pytest.mark.parametrize("line", ["Not Found: /courses/nothing/", "published 3 courses in 0.4 s", "Listening at 127.0.0.1:8000"])
def test_a_line_without_personal_data_stays_readable(line):
    assert impersonal(line) == line


def test_arguments_are_blotted_out_too_and_the_request_is_dropped():
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, "mail for %s", ("ada@example.org",), None)
    record.request = object()

    assert Impersonal().filter(record)

    assert record.getMessage() == "mail for …@…"
    assert not hasattr(record, "request")


def test_an_exception_keeps_its_places_and_not_its_values():
    try:
        int("ada@example.org")
    except ValueError:
        text = Line().formatException(sys.exc_info())

    assert "ValueError" in text
    assert "test_logs.py" in text
    assert "ada" not in text
