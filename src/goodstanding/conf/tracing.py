"""
What one request was and cost: a number to find it by, its view, how long it took, and how much of that the database took.

No part of this is about who asked. The view is named, not the address, because addresses hold slugs, numbers and tokens.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

__all__ = ["HEADER", "Trace", "current_trace", "traced", "watch_database"]

HEADER = "X-Request-ID"

_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
_TEXT = re.compile(r"'(?:[^']|'')*'")
_NUMBER = re.compile(r"(?<![\w.\"])\d+(?:\.\d+)?\b")
_LONGEST_SQL = 2_000

requests_logger = logging.getLogger("goodstanding.requests")
queries_logger = logging.getLogger("goodstanding.queries")


@dataclass(slots=True)
class Trace:
    """The request being answered. `seconds` is set when it is answered."""

    id: str
    request: HttpRequest
    database_seconds: float = 0.0
    queries: int = 0
    seconds: float = 0.0

    @property
    def view(self) -> str:
        """The name of the address; "static" for files of the look, "none" where nothing is at the address."""
        match = self.request.resolver_match
        if match is not None:
            return match.view_name or "unnamed"
        return "static" if self.request.path.startswith(settings.STATIC_URL) else "none"

    @property
    def method(self) -> str:
        """The method, or OTHER: a visitor may write anything there."""
        return self.request.method if self.request.method in _METHODS else "OTHER"


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """The request that this thread answers now; None in jobs and commands."""
    return _current.get()


def traced(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, the first of all: number the request, tell the number in the answer, note and count what it cost."""
    record = _recorder()
    in_lines = settings.LOG_REQUESTS

    def middleware(request: HttpRequest) -> HttpResponse:
        trace = Trace(_number(request), request)
        request.request_id = trace.id  # type: ignore[attr-defined] # for the error pages
        token = _current.set(trace)
        started = time.perf_counter()
        try:
            response = get_response(request)
            trace.seconds = time.perf_counter() - started
            response.headers[HEADER] = trace.id
            if record is not None:
                record(trace, response.status_code)
            if in_lines:
                requests_logger.info(
                    "%s %s %d", trace.method, trace.view, response.status_code, extra={"figures": _figures(trace, response)}
                )
            return response
        finally:
            _current.reset(token)

    return middleware


def watch_database() -> None:
    """From here on, every connection that this process opens measures its queries."""
    connection_created.connect(_watch, dispatch_uid="tracing")


def _number(request: HttpRequest) -> str:
    """The number that the operator's proxy gave; anyone else's word could forge a trail or break a line of the log."""
    given = request.headers.get(HEADER, "") if settings.REQUEST_ID_FROM_PROXY else ""
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)


def _figures(trace: Trace, response: HttpResponse) -> dict[str, object]:
    return {
        "method": trace.method,
        "view": trace.view,
        "status": response.status_code,
        "ms": round(trace.seconds * 1000, 1),
        "database_ms": round(trace.database_seconds * 1000, 1),
        "queries": trace.queries,
    }


def _recorder() -> Callable[[Trace, int], None] | None:
    if not settings.METRICS:
        return None
    from goodstanding.conf.metrics import record_request

    return record_request


def _watch(connection: BaseDatabaseWrapper, **_: object) -> None:
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(execute: Callable[..., Any], sql: str, params: object, many: bool, context: dict[str, Any]) -> Any:
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took = time.perf_counter() - started
        trace = _current.get()
        if trace is not None:
            trace.database_seconds += took
            trace.queries += 1
        if settings.SLOW_QUERY_MS and took * 1000 >= settings.SLOW_QUERY_MS:
            queries_logger.warning("Slow query, %d ms: %s", took * 1000, shape(sql))


def shape(sql: str) -> str:
    """`sql` without any value that stands in it; those that come beside it are never looked at."""
    return _NUMBER.sub("0", _TEXT.sub("'…'", " ".join(sql[:_LONGEST_SQL].split())))
