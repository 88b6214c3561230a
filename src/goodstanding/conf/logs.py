"""
Logs without personal data: whatever a library writes, addresses of people are blotted out and query strings cut.

On a terminal a record is a line to read; in production it can be one JSON object. Both name the request it belongs to.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from types import TracebackType

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
_IP = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?!:\d)")
_QUERY = re.compile(r"\?[^\s\"']+")
_TOKEN = re.compile(r"(/account/(?:confirm-email|password/reset/key)/|/claim/)[^\s\"']+")


def impersonal(text: str) -> str:
    """`text` without e-mail addresses, network addresses, query strings and one-time tokens."""
    text = _TOKEN.sub(r"\1…", text)
    text = _QUERY.sub("?…", text)
    text = _EMAIL.sub("…@…", text)
    return _IP.sub("…", text)


def request_number() -> str:
    """The number of the request that is being answered, or nothing."""
    from goodstanding.conf.tracing import current_trace  # needs settings, which name this module

    trace = current_trace()
    return trace.id if trace is not None else ""


class Impersonal(logging.Filter):
    """Rewrites a record's message before any handler writes it, drops the request attached to it and keeps its number."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = impersonal(record.getMessage())
        record.args = ()
        record.__dict__.pop("request", None)
        record.request_id = request_number()
        return True


def places(trace: TracebackType | None) -> list[str]:
    """Where an exception went through, outermost first; never a value."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return found


class Line(logging.Formatter):
    """Formats a record on one line, with the number of its request; of an exception it keeps type and places, never values."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name of the overridden method
        line = super().formatMessage(record)
        number = getattr(record, "request_id", "")
        return f"{line} [{number}]" if number else line

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - the name of the overridden method
        kind, _, trace = ei
        return "\n".join([*(f"  {place}" for place in places(trace)), f"  {kind.__name__ if kind else 'no exception'}"])


class JsonLine(logging.Formatter):
    """Formats a record as one JSON object on one line, with the figures of a request and the places of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": dt.datetime.fromtimestamp(record.created, tz=dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number := getattr(record, "request_id", ""):
            entry["request"] = number
        entry |= getattr(record, "figures", {})
        if record.exc_info and record.exc_info[0] is not None:
            entry |= {"error": record.exc_info[0].__name__, "places": places(record.exc_info[2])}
        return json.dumps(entry, ensure_ascii=False)
