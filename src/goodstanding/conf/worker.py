"""The job worker: runs queued jobs and sweeps up what a crash left behind."""

from __future__ import annotations

import logging
import os
import sys

import django

from goodstanding.conf.observing import observe_jobs
from goodstanding.conf.parent import end_with_parent

SWEEP_SECONDS = 60
logger = logging.getLogger(__name__)


def main() -> None:
    """Run until told to stop, or until the server that started it is gone."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.conf.settings")
    django.setup()
    observe_jobs()

    from goodstanding.conf.database_state import NewerDatabaseError
    from goodstanding.conf.jobs import PersistentWorker

    worker = PersistentWorker()
    worker.configure_signals()

    def meanwhile(seconds: int) -> None:
        worker.look_after_jobs(seconds)
        _sweep(seconds)

    try:
        worker.require_no_newer()
        end_with_parent(meanwhile=meanwhile)
        worker.run()
    except NewerDatabaseError as error:
        sys.stderr.write(f"goodstanding: No jobs are run. {error}\n")
        sys.exit(1)


def _sweep(seconds: int) -> None:
    """Once a minute: deliver mail whose job was lost, delete accounts whose time has come, look after exports."""
    if seconds % SWEEP_SECONDS:
        return
    from django.db import close_old_connections
    from django.utils import timezone

    from goodstanding.flows.exporting import tend_exports
    from goodstanding.flows.leaving import close_due
    from goodstanding.mailing.services import deliver_due

    for what, sweep in (("undelivered mail", deliver_due), ("accounts to delete", close_due), ("exports", tend_exports)):
        try:
            sweep(at=timezone.now())
        except Exception:  # the watch over the parent must go on, whatever is wrong with the database or the mail server
            logger.exception("The sweep for %s failed and is tried again in %s seconds.", what, SWEEP_SECONDS)
    close_old_connections()


if __name__ == "__main__":
    main()
