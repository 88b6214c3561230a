"""Mail to the operator when something breaks: what and where, never about whom, and the same fault once an hour."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import logging
import platform
import threading
from collections.abc import Sequence
from contextvars import ContextVar

from django.conf import settings

from goodstanding.conf.logs import places
from goodstanding.conf.tracing import current_trace

__all__ = ["OperatorMail"]

QUIET = dt.timedelta(hours=1)
"""How long the same fault is not told again; what came in between is counted in the next mail."""
MOST = 20
"""How many mails of all faults together there are in that time."""

_telling: ContextVar[bool] = ContextVar("telling", default=False)


class OperatorMail(logging.Handler):
    """
    Sends errors to the addresses of GOODSTANDING_OPERATOR_MAIL.

    The mail goes the way of all mail, so that no page waits for a mail server. Where the database does not take it, which may
    be the very fault, it is sent at once. What goes wrong while telling is written to standard error and told to nobody.
    """

    def emit(self, record: logging.LogRecord) -> None:
        if _telling.get():
            return
        token = _telling.set(True)
        try:
            self._tell(record)
        except Exception:  # noqa: BLE001 - a handler must never break what it reports on
            self.handleError(record)
        finally:
            _telling.reset(token)

    def _tell(self, record: logging.LogRecord) -> None:
        kind, where = _what(record)
        fingerprint = hashlib.sha256(f"{record.name}\0{kind}\0{where}".encode()).hexdigest()[:32]
        missed = _may_tell(fingerprint)
        if missed is None:
            return
        subject = f"Good Standing: {kind} in {where.rpartition('/')[2]}"
        body = _report(record, kind, missed)
        for address in settings.OPERATORS:
            _send(address, subject, body)


def _what(record: logging.LogRecord) -> tuple[str, str]:
    if record.exc_info and record.exc_info[0] is not None:
        path = places(record.exc_info[2])
        ours = [place for place in path if "/goodstanding/" in place]  # rather than the line of a library where it came out
        return record.exc_info[0].__name__, (ours or path or [record.name])[-1]
    return record.levelname.lower(), f"{record.pathname}:{record.lineno}"


def _report(record: logging.LogRecord, kind: str, missed: int) -> str:
    trace = current_trace()
    lines = [
        f"{record.getMessage()}",
        "",
        f"What     {kind}",
        f"When     {dt.datetime.fromtimestamp(record.created, tz=dt.UTC):%Y-%m-%d %H:%M:%S} UTC",
        f"Where    {settings.PUBLIC_URL}, on {platform.node()}, Good Standing {importlib.metadata.version('goodstanding')}",
    ]
    if trace is not None:
        lines += [f"Request  {trace.id} ({trace.method} {trace.view})"]
    if missed:
        lines += [f"Again    {missed} more like this since the last mail about it"]
    if record.exc_info:
        lines += ["", "Through", *(f"  {place}" for place in places(record.exc_info[2]))]
    lines += ["", "The log has the rest. The same fault is told again in an hour at the earliest."]
    return "\n".join(lines)


def _may_tell(fingerprint: str) -> int | None:
    """How often the fault was kept back since it was last told; None if it must be kept back now."""
    try:
        return _by_cache(fingerprint)
    except Exception:  # noqa: BLE001 - the cache is in the database, which may be what is broken
        return _by_memory.ask(fingerprint)


def _by_cache(fingerprint: str) -> int | None:
    from django.core.cache import cache

    quiet = int(QUIET.total_seconds())
    again = f"fault-again:{fingerprint}"
    if not cache.add(f"fault:{fingerprint}", 1, quiet):
        cache.add(again, 0, 24 * quiet)
        cache.incr(again)
        return None
    cache.add("faults", 0, quiet)
    if cache.incr("faults") > MOST:
        return None
    missed = int(cache.get(again, 0))
    cache.delete(again)
    return missed


class _Memory:
    """The same for this process alone: each fault once while it runs, and not more than MOST."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def ask(self, fingerprint: str) -> int | None:
        with self._lock:
            if fingerprint in self._told or len(self._told) >= MOST:
                return None
            self._told.add(fingerprint)
            return 0


_by_memory = _Memory()


def _send(address: str, subject: str, body: str) -> None:
    from goodstanding.mailing.services import send_mail

    try:
        send_mail(to=address, subject=subject, body=body)
    except Exception:  # noqa: BLE001 - see the class: then without the database
        threading.Thread(target=_send_at_once, args=([address], subject, body), name="operator-mail").start()


def _send_at_once(addresses: Sequence[str], subject: str, body: str) -> None:
    from django.core.mail import EmailMessage

    EmailMessage(subject=subject, body=body, to=list(addresses)).send(fail_silently=True)
