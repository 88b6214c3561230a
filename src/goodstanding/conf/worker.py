"""The job worker: runs queued jobs and sweeps up what a crash left behind."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import django

from goodstanding.conf.observing import observe_jobs
from goodstanding.conf.parent import end_with_parent

if TYPE_CHECKING:
    from goodstanding.flows.unnamed_files import UnnamedFiles

SWEEP_SECONDS = 60
logger = logging.getLogger(__name__)


def main() -> None:
    """Run until told to stop, or until the server that started it is gone; alone on a host, it does all that it does beside one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.conf.settings")
    django.setup()
    observe_jobs()

    from goodstanding.conf.database_state import NewerDatabaseError
    from goodstanding.conf.jobs import PersistentWorker
    from goodstanding.flows.unnamed_files import UnnamedFiles

    worker, unnamed_files = PersistentWorker(), UnnamedFiles()
    worker.configure_signals()
    sweeping: threading.Thread | None = None

    def meanwhile(seconds: int) -> None:
        nonlocal sweeping
        worker.look_after_jobs(seconds)
        if seconds % SWEEP_SECONDS == 0 and not (sweeping and sweeping.is_alive()):
            # On a thread of its own: while a mail server or a store is slow, the job that runs must be marked all the same.
            sweeping = threading.Thread(target=_sweep, args=(unnamed_files,), daemon=True, name="sweep")
            sweeping.start()

    try:
        worker.require_no_newer()
        end_with_parent(meanwhile=meanwhile)
        worker.run()
    except NewerDatabaseError as error:
        sys.stderr.write(f"goodstanding: No jobs are run. {error}\n")
        sys.exit(1)


def _sweep(unnamed_files: UnnamedFiles) -> None:
    """
    Once a minute: deliver mail whose job was lost, delete accounts whose time has come and sessions that ended, look after exports and stray files,
    and tell the audit log which sign-ins of staff were refused.

    Every worker of every host does it. Each thing is claimed in the database by whoever does it, so it is done once.
    """
    from django.db import connections
    from django.utils import timezone

    from goodstanding.accounts.browser_sessions import forget_ended_sessions
    from goodstanding.accounts.staff_sign_ins import tell_refused
    from goodstanding.flows.exporting import tend_exports
    from goodstanding.flows.leaving import close_due
    from goodstanding.mailing.services import deliver_due

    sweeps: tuple[tuple[str, Callable[..., object]], ...] = (
        ("undelivered mail", deliver_due),
        ("accounts to delete", close_due),
        ("exports", tend_exports),
        ("sign-ins of staff that were refused", tell_refused),
        ("sessions that have ended", forget_ended_sessions),
        ("files that nothing names", partial(unnamed_files.tend, now=time.monotonic())),
    )
    for what, sweep in sweeps:
        try:
            sweep(at=timezone.now())
        except Exception:  # the others must go on, whatever is wrong with the database, the mail server or the store
            logger.exception("The sweep for %s failed and is tried again in %s seconds.", what, SWEEP_SECONDS)
    connections.close_all()  # those of this thread, which ends


if __name__ == "__main__":
    main()
