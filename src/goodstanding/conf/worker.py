"""The job worker: runs queued jobs, sweeps up what a crash left behind, and ends with the process that started it."""

from __future__ import annotations

import logging
import os
import signal
import threading

import django

SWEEP_SECONDS = 60
logger = logging.getLogger(__name__)


def main() -> None:
    """Run until told to stop, or until the parent process is gone: a killed server leaves no worker behind."""
    parent = os.getppid()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.conf.settings")
    django.setup()

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
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    worker.run()


def _watch(parent: int) -> None:
    from django.db import close_old_connections
    from django.utils import timezone

    from goodstanding.mailing.services import deliver_due

    pause = threading.Event()
    seconds = 0
    while os.getppid() == parent:
        if seconds % SWEEP_SECONDS == 0:
            try:
                deliver_due(at=timezone.now())
            except Exception:  # the watch over the parent must go on, whatever is wrong with the database or the mail server
                logger.exception("The sweep for undelivered mail failed and is tried again in %s seconds.", SWEEP_SECONDS)
            close_old_connections()
        pause.wait(1)
        seconds += 1
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
