"""Starts the real product as an operator does, on a free port with a state folder of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

COMMAND = Path(sys.executable).with_name("goodstanding")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a fresh person: no setting but where state goes; DATABASE_URL where the run is about PostgreSQL."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "DATABASE_URL") if name in os.environ}
    return {**kept, "HOME": str(home), "GOODSTANDING_HOME": str(home / "state"), **more}


@dataclass
class Server:
    url: str
    home: Path
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    password: str = ""  # of the demonstration's people, where it serves that

    @property
    def outbox(self) -> Path:
        return self.home / "state" / "outbox"

    def output(self) -> str:
        return "\n".join(self.lines)

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (lower case) and body of a GET, without following redirects to errors."""
        request = urllib.request.Request(self.url + path, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


@contextlib.contextmanager
def running_server(
    home: Path, *arguments: str, command: Path = COMMAND, cwd: Path | None = None, port: int = 0, **variables: str
) -> Iterator[Server]:
    """The product, ready to answer; stopped gracefully at the end, killed where it does not."""
    port = port or free_port()
    home.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [str(command), "serve", "--port", str(port), *arguments],
        env=environment(home, **variables), cwd=cwd or home, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    server = Server(url=f"http://127.0.0.1:{port}", home=home, process=process)
    assert process.stdout is not None
    reader = threading.Thread(target=_read, args=(process.stdout, server.lines), daemon=True)
    reader.start()
    try:
        _wait_until_ready(server)
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # whatever of it is left, so that nobody holds the pipe open
        process.wait()
        reader.join(timeout=5)
        process.stdout.close()


def _read(stream: object, lines: list[str]) -> None:
    with contextlib.suppress(ValueError):
        lines.extend(line.rstrip("\n") for line in iter(stream.readline, ""))  # type: ignore[attr-defined]


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            time.sleep(0.2)
            raise AssertionError(f"The server stopped with {server.process.returncode}:\n{server.output()}")
        with contextlib.suppress(OSError):
            if server.get("/health/ready")[0] == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"The server was not ready in time:\n{server.output()}")
