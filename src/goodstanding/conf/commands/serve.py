"""``goodstanding serve``: the whole product on one machine."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from goodstanding.conf import environment, in_use, parent
from goodstanding.conf.commands.demo import DATABASE, SIGN_IN

_JOB_GRACE = 10
_RAN_WELL = 60

HELP = "start the whole product on this machine"

_PREPARING = 0x600D57A2D1A6
"""The number of the lock; any number that nobody else uses in this database."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="address to listen on (default: this machine alone)")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="port to listen on (default: 8000)")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="web processes (default: one per core, two to four)")
    parser.add_argument("--demo", action="store_true", help="serve the demonstration database that `goodstanding demo` filled")


def run(args: argparse.Namespace) -> int:
    """Prepare everything, serve until told to stop, stop gracefully. 0 after an orderly stop, 1 if it could not start."""
    if args.demo:
        demonstration = environment.demo_home()
        if not all((demonstration / name).is_file() for name in (DATABASE, SIGN_IN)):
            return _refuse("There is no demonstration yet. Make it with: goodstanding demo")
        environment.live_in(demonstration)
        environment.enter_demonstration()
    shown_host = "127.0.0.1" if args.host in {"0.0.0.0", "::"} else args.host  # noqa: S104 - compared, not bound
    environment.suggest("GOODSTANDING_URL", f"http://{f'[{shown_host}]' if ':' in shown_host else shown_host}:{args.port}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.conf.settings")
    try:
        _require_free_port(args.host, args.port)
        _require_home(environment.home())
        _join_in(environment.home())
        environment.keep_secret_key()
        environment.keep_private_key()
        _prepare()
    except CanNotStartError as error:
        return _refuse(str(error))
    return _serve(args.host, args.port, args.workers or min(4, max(2, os.cpu_count() or 2)))


def _refuse(message: str) -> int:
    print(f"goodstanding: {message}", file=sys.stderr)  # noqa: T201 - the answer of a command
    return 1


class CanNotStartError(Exception):
    """Why the product can not start, and what to do about it, on one line."""


def _require_free_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Without SO_REUSEPORT: binding must fail where another program listens, even one that shares its port.
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError as error:
            raise CanNotStartError(f"{port} is no port. Choose one from 1 to 65535.") from error
        except OSError as error:
            raise CanNotStartError(
                f"Port {port} on {host} can not be used ({error.strerror}). "
                f"Stop the program that uses it, or choose another: goodstanding serve --port {port + 1}"
            ) from error


def _require_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = home / ".write-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CanNotStartError(
            f"The state folder {home} can not be written ({error.strerror}). Correct its permissions, or set GOODSTANDING_HOME to another folder."
        ) from error


def _join_in(home: Path) -> None:
    """From here on no restore begins."""
    try:
        in_use.join_in(home)
    except in_use.InUseError as error:
        raise CanNotStartError(f"The product can not start now: {error}.") from error


def _prepare() -> None:
    """Database, static files and content, each only as far as it is not done yet: a second start is quick."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise CanNotStartError(str(error)) from error

    from django.db import DatabaseError
    from django.utils import timezone

    try:
        with _alone():
            _migrate()
            _collect_static()
            _publish(timezone.now())
    except DatabaseError as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise CanNotStartError(
            f"The database can not be used: {reason}. Nothing was changed; check DATABASE_URL and its permissions."
        ) from error


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """
    One host at a time prepares a database that several share; the others wait, and then find it done.

    SQLite is one host's own. The lock belongs to a transaction on a connection of its own, so that it goes with that
    connection however this process ends, and holds behind a pool of connections.
    """
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    holder = connection.copy()
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PREPARING])
        yield
    finally:
        holder.close()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from goodstanding.audit.guards import missing_guards, put_up_guards
    from goodstanding.conf.database_state import NewerDatabaseError, require_no_newer

    try:
        require_no_newer()
    except NewerDatabaseError as error:
        raise CanNotStartError(f"{error} Nothing was changed.") from error
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        _say("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)
    elif unguarded := missing_guards(connection):
        _say(f"The database did not protect {', '.join(unguarded)} from being rewritten; it does now.")
        put_up_guards(connection)
    # Not only with a migration: whoever ran `migrate` by hand has no such table yet. Where it exists, nothing is done.
    call_command("createcachetable", verbosity=0)


def _collect_static() -> None:
    """Compress and fingerprint the static files, unless they are those of the last start."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{storage.path(path)}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    stamp = settings.STATIC_ROOT / ".collected"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == digest.hexdigest():
        return
    _say("Preparing static files ...")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest.hexdigest(), encoding="ascii")


def _publish(at: object) -> None:
    from django.conf import settings

    from goodstanding.flows.publishing import publish_content

    report = publish_content(root=settings.CONTENT_ROOT, at=at)  # type: ignore[arg-type]
    for finding in report.findings:
        print(f"goodstanding: {finding}", file=sys.stderr)  # noqa: T201


def _serve(host: str, port: int, workers: int) -> int:
    from django.conf import settings
    from django.urls import reverse
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from goodstanding.accounts.selectors import has_administrator
    from goodstanding.accounts.services import create_claim

    address = settings.PUBLIC_URL
    lines = [f"Good Standing runs at {address}", f"Its state is in {settings.HOME}"]
    if settings.EMAIL_BACKEND.endswith("OutboxBackend"):
        lines.append(f"Mail is written to {settings.OUTBOX}")
    if settings.DEMONSTRATION:
        lines.append(f"This is the demonstration; its sign-in is in {settings.HOME / SIGN_IN}")
    elif settings.LOG_REQUESTS:  # then what is said here is kept in a log, where no key to the house may lie
        if not has_administrator():
            lines.append("No administrator yet. Make a link to become it with: goodstanding claim")
    elif token := create_claim():
        lines.append(f"No administrator yet. Claim the account once at {address}{reverse('claim', args=[token])}")
    lines.append("Ctrl-C stops it.")
    _say("\n".join(lines))

    from django.db import connections

    connections.close_all()  # the web processes open their own
    os.environ[parent.VARIABLE] = str(os.getpid())
    if settings.METRICS:
        _empty_metrics(settings.METRICS_FOLDER)
    jobs = _Jobs()
    jobs.start()
    server = Granian(
        "goodstanding.conf.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        backlog=1024,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        log_level=LogLevels.warning,
        websockets=False,
    )
    try:
        server.serve()
    except SystemExit:
        # A terminal sends its signal to the web processes as well. Where one of them is gone before it is told to go, that counts as
        # a failure to the server; but to stop was what was asked for.
        if not server.interrupt_signal:
            raise
    finally:
        jobs.stop()
    _say("Stopped.")
    return 0


def _empty_metrics(folder: Path) -> None:
    """The processes below write their figures there; those of the last start are gone, as Prometheus expects of a restart."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


class _Jobs:
    """The job worker beside the web processes; one that died is followed by another."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._watch = threading.Thread(target=self._keep_running, daemon=True, name="jobs")

    def start(self) -> None:
        self._watch.start()

    def stop(self) -> None:
        """End the worker: what it is doing may be finished, for a while."""
        self._ending.set()
        self._watch.join(timeout=_JOB_GRACE + 5)

    def _keep_running(self) -> None:
        pause = 0.0
        while not self._ending.wait(pause):
            began = time.monotonic()
            self._process = subprocess.Popen([sys.executable, "-m", "goodstanding.conf.worker"], start_new_session=True)
            while self._process.poll() is None and not self._ending.wait(0.2):
                pass
            # One that dies at once, each time, must not keep the machine busy; one that ran well may come back at once.
            pause = 1.0 if time.monotonic() - began > _RAN_WELL else min(pause * 2 + 1, 30.0)
        self._end()

    def _end(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=_JOB_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the terminal is this command's page


__all__ = ["HELP", "CanNotStartError", "add_arguments", "run"]
