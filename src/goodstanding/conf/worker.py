"""The job worker: runs queued jobs and sweeps up what a crash left behind."""

from __future__ import annotations

import logging
import os

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

    from django_tasks_db.management.commands.db_worker import Worker

    worker = Worker(
        queue_names=["default"],
        interval=0.5,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"{os.getpid()}",
        excluded_queue_names=[],
    )
    worker.configure_signals()
    end_with_parent(meanwhile=_sweep)
    worker.run()


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
