"""
A server whose process may be killed at any moment and is there again at once.

The address is held by a process that has loaded the product and does nothing but start the one that serves, and start it again
when it was killed. The one that serves is a copy of a process that has never used the database; it runs the product's own
application, each request in a thread.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import types
from typing import Any

import django
from django.core.wsgi import get_wsgi_application


def main() -> None:
    from goodstanding.conf import environment, parent

    environment.home().mkdir(parents=True, exist_ok=True)
    environment.keep_secret_key()
    environment.keep_private_key()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.concurrency.settings_under_fault")
    django.setup()

    from django.core.management import call_command
    from django.db import connections
    from django.urls import get_resolver

    from goodstanding.licensing.rulebook import license_types

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    application = get_wsgi_application()
    _ = get_resolver().url_patterns
    license_types()
    connections.close_all()

    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    children: list[int] = []

    def stop(*_: Any) -> None:
        for child in children:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    print(listener.getsockname()[1], flush=True)
    holder = os.getpid()
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.environ[parent.VARIABLE] = str(holder)
            parent.end_with_parent()
            _serve(listener, application)
        children[:] = [child]
        _, status = os.waitpid(child, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            sys.exit(f"The serving process ended by itself: {status}")


def _serve(listener: socket.socket, application: Any) -> None:
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    address = listener.getsockname()
    server = ThreadedWSGIServer(address, Quiet, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_name, server.server_port = address
    server.setup_environ()
    server.daemon_threads = True
    server.handle_error = types.MethodType(lambda *_: None, server)  # type: ignore[method-assign]
    server.set_app(application)
    server.serve_forever(poll_interval=5)


if __name__ == "__main__":
    main()
