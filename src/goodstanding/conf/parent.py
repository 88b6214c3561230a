"""A killed server leaves no process behind: its children watch it and end when it is gone."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

VARIABLE = "GOODSTANDING_PARENT"


def end_with_parent(*, meanwhile: Callable[[int], None] | None = None) -> None:
    """
    End this process (SIGTERM, then SIGKILL) once the server process that ``serve`` named in the environment is no longer its parent.

    `meanwhile` is called each second with the seconds so far, also where ``serve`` did not start this process and it ends by itself;
    it must not raise.
    """
    parent = int(os.environ.get(VARIABLE, "0"))
    if parent or meanwhile is not None:
        threading.Thread(target=_watch, args=(parent, meanwhile), daemon=True, name="end-with-parent").start()


def leave_interrupts_to_parent() -> None:
    """
    Ctrl-C reaches every process of the terminal; below ``serve``, its parent alone acts on it and then stops the others in order.

    A granian process that is interrupted and told to stop at the same moment hangs until it is killed. It sets its handlers
    after the application is loaded, so the signal is blocked, for this thread and all that it starts.
    """
    if os.environ.get(VARIABLE):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _watch(parent: int, meanwhile: Callable[[int], None] | None) -> None:
    pause = threading.Event()
    seconds = 0
    while not parent or os.getppid() == parent:
        if meanwhile is not None:
            meanwhile(seconds)
        pause.wait(1)
        seconds += 1
    os.kill(os.getpid(), signal.SIGTERM)
    pause.wait(5)
    os.kill(os.getpid(), signal.SIGKILL)
