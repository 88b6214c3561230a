"""Logs without personal data: whatever a library writes, addresses of people are blotted out and query strings cut."""

from __future__ import annotations

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


class Impersonal(logging.Filter):
    """Rewrites a record's message before any handler writes it, and drops the request attached to it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = impersonal(record.getMessage())
        record.args = ()
        record.__dict__.pop("request", None)
        return True


class Line(logging.Formatter):
    """Formats a record on one line; of an exception it keeps type and places, never values."""

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - the name of the overridden method
        kind, _, trace = ei
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"  {code.co_filename}:{trace.tb_lineno} in {code.co_name}")
            trace = trace.tb_next
        return "\n".join([*places, f"  {kind.__name__ if kind else 'no exception'}"])
