"""
A machine to follow docs/operate.md on: folders of a system below a temporary one, free ports, and a PostgreSQL of its own.

What only a whole system has is played: packages are there already, users are not changed, and systemd is this module, which
starts what the units say. Everything else runs for real: git, make, openssl, createdb, nginx, the product.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shlex
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.server import free_port

ROOT = Path(__file__).resolve().parents[2]
NAME = "ce.example.org"
CSRF = "__Host-csrftoken"
"""What the cookie against forged forms is called under HTTPS."""
_SYSTEM = re.compile(
    r"(?<![\w./-])/(etc/goodstanding|etc/nginx|etc/systemd|opt/goodstanding|var/lib/goodstanding|var/backups/goodstanding"
    r"|var/log/nginx|usr/local/bin)\b"
)

_SHIMS = {
    # Installed by tests/run.py before.
    "apt-get": "exit 0",
    "adduser": "exit 0",
    "id": '[ "$*" = "-un" ] && echo "${PLAYED_USER:-root}"',
    "runuser": 'PLAYED_USER="$2"; export PLAYED_USER; [ "$1" = -u ] && [ "$3" = -- ]; shift 3; '
    '[ "$PLAYED_USER" = postgres ] || unset PGHOST PGPORT PGUSER; exec "$@"',
    # Owners are not changed.
    "install": 'set -- "$@" --end; while [ "$1" != --end ]; do case "$1" in -o|-g) shift 2;; *) set -- "$@" "$1"; shift;; esac; done; '
    'shift; exec /usr/bin/install "$@"',
    "nginx": 'exec /usr/sbin/nginx -p "$MACHINE" -c "$MACHINE/etc/nginx/nginx.conf" "$@"',
}

_NGINX = """\
{user}pid {root}/nginx.pid;
error_log {root}/nginx-error.log;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    types {{ text/html html; }}
    access_log off;
    client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;
    include {root}/etc/nginx/sites-enabled/*;
}}
"""


@dataclass
class Machine:
    """Runs the commands of the guide; `words` are what its reader puts in the place of words in capitals."""

    root: Path
    postgres: urllib.parse.SplitResult
    socket_folder: Path
    mail: MailServer
    http: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)
    pages: int = field(default_factory=free_port)
    figures: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for folder in ("etc/nginx/sites-available", "etc/nginx/sites-enabled", "etc/systemd/system", "usr/local/bin",
                       "var/log/nginx", "var/lib", "var/backups", "opt", "shims"):  # fmt: skip
            (self.root / folder).mkdir(parents=True)
        user = "user root;\n" if os.geteuid() == 0 else ""
        (self.root / "etc/nginx/nginx.conf").write_text(_NGINX.format(root=self.root, user=user))
        for name, script in _SHIMS.items():
            path = self.root / "shims" / name
            path.write_text(f"#!/bin/sh\nset -eu\n{script}\n")
            path.chmod(0o755)

    def moved(self, text: str) -> str:
        """`text` with the places and ports of this machine in the place of those of a whole system."""
        text = _SYSTEM.sub(rf"{self.root}/\1", text)
        text = text.replace(
            "@%2Frun%2Fpostgresql/", f"@{urllib.parse.quote(str(self.socket_folder), safe='')}:{self.postgres.port}/"
        )
        text = re.sub(r"listen (\[::\]:)?80;", rf"listen \g<1>{self.http};", text)
        text = re.sub(r"listen (\[::\]:)?443 ", rf"listen \g<1>{self.https} ", text)
        if not _speaks_ipv6():
            text = re.sub(r"listen \[::\].*\n", "", text)
        text = text.replace("--port 8000", f"--port {self.pages}").replace("127.0.0.1:8000", f"127.0.0.1:{self.pages}")
        text = text.replace("127.0.0.1:9464", f"127.0.0.1:{self.figures}")
        for word, meant in self.words.items():
            text = re.sub(rf"(?<![\w-]){word}(?![\w-])", meant, text)
        return text.replace("smtp://USER:PASSWORD@mail.example.org:587", f"smtp://127.0.0.1:{self.mail.port}")

    def run(self, command: str) -> str:
        """Run one command of the guide as its reader would; what it printed."""
        words = shlex.split(command)
        if words[0] == "systemctl":
            self._systemctl(words[1:])
            return ""
        result = subprocess.run(
            ["bash", "-euc", self.moved(command)], env=self._environment(), cwd=self.root, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
        if words[:2] == ["git", "clone"]:
            self._settle_in()
        return result.stdout

    def stop(self) -> None:
        for unit in list(self.running):
            self._stop(unit)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.root}/shims:{self.root}/usr/local/bin:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "HOME": str(self.root),
            "MACHINE": str(self.root),
            "PGHOST": str(self.socket_folder),
            "PGPORT": str(self.postgres.port),
            "PGUSER": self.postgres.username or "",
            # The repository may belong to someone else than who runs the tests.
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
        }

    def _settle_in(self) -> None:
        """What the clone lacks: the places of this machine, work that is not committed yet, and an environment made before."""
        clone = self.root / "opt/goodstanding"
        for path in (ROOT / "deploy").iterdir():
            (clone / "deploy" / path.name).parent.mkdir(exist_ok=True)
            (clone / "deploy" / path.name).write_text(self.moved(path.read_text()))
        (clone / ".venv").mkdir()
        (clone / ".venv/bin").symlink_to(Path(sys.executable).parent)
        (clone / ".venv/run.stamp").touch()

    # systemd

    def _systemctl(self, words: list[str]) -> None:
        match words:
            case ["daemon-reload"]:
                return
            case ["enable", "--now", unit] | ["start", unit]:
                self._start(unit)
            case ["stop", unit]:
                self._stop(unit)
            case ["restart", unit]:
                self._stop(unit)
                self._start(unit)
            case ["reload", "nginx"]:
                self._reload_nginx()
            case _:
                raise AssertionError(f"systemctl {' '.join(words)} is not played")

    def _start(self, unit: str) -> None:
        path = self.root / "etc/systemd/system" / (unit if "." in unit else f"{unit}.service")
        parsed = read_unit(path.read_text())
        if path.suffix == ".timer":
            assert (path.with_suffix(".service")).is_file()
            return
        service = parsed["Service"]
        variables = read_environment(Path(service["EnvironmentFile"][0]).read_text())
        given = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **variables}
        if service["Type"] == ["oneshot"]:
            for line in service["ExecStart"] + service.get("ExecStartPost", []):
                done = subprocess.run(
                    shlex.split(line),
                    env=given,
                    cwd=service["WorkingDirectory"][0],
                    capture_output=True,
                    text=True,
                    timeout=120,
                    check=False,
                )
                assert done.returncode == 0, done.stdout + done.stderr
            return
        log = (self.root / f"{unit}.log").open("ab")
        with log:
            self.running[unit] = subprocess.Popen(
                shlex.split(service["ExecStart"][0]), env=given, cwd=service["WorkingDirectory"][0], stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def _stop(self, unit: str) -> None:
        process = self.running.pop(unit)
        process.send_signal(signal.SIGTERM)
        try:
            # While it still prepares itself, the signal ends it as it ends any program.
            assert process.wait(timeout=30) in {0, -signal.SIGTERM} or unit == "nginx"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def _reload_nginx(self) -> None:
        if "nginx" in self.running:
            self.running["nginx"].send_signal(signal.SIGHUP)
            return
        command = ["/usr/sbin/nginx", "-p", str(self.root), "-c", str(self.root / "etc/nginx/nginx.conf"), "-g", "daemon off;"]
        self.running["nginx"] = subprocess.Popen(command, start_new_session=True)
        wait_for_port(self.https)

    def log(self, unit: str = "goodstanding") -> str:
        return (self.root / f"{unit}.log").read_text()


def read_unit(text: str) -> dict[str, dict[str, list[str]]]:
    """Sections of a unit, with every value that each name was given."""
    found: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            found.setdefault(section, {}).setdefault(name, []).append(value)
    return found


def read_environment(text: str) -> dict[str, str]:
    """A file of settings as systemd reads it."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found[name] = value.strip().strip("'\"")
    return found


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens at {port}")


def _speaks_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


class _Connection(http.client.HTTPSConnection):
    """To a port of this machine, by the name that the certificate is for."""

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.sock = self._context.wrap_socket(plain, server_hostname=NAME)  # type: ignore[attr-defined]


@dataclass
class Browser:
    """Asks for pages as a person's browser does: over TLS, trusting `certificate` alone, with cookies."""

    port: int
    certificate: Path
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, *, form: dict[str, str] | None = None, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers (lower case) and text of one answer; redirects are not followed."""
        connection = _Connection(NAME, self.port, context=ssl.create_default_context(cafile=str(self.certificate)))
        sent = {"Host": NAME, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        if form is not None:
            body = urllib.parse.urlencode({"csrfmiddlewaretoken": self.cookies.get(CSRF, ""), **form}).encode()
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{NAME}"}
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused while it was still being sent
                connection.request("POST" if body else "GET", path, body=body or None, headers=sent)
            answer = connection.getresponse()
            for line in answer.msg.get_all("Set-Cookie") or []:
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            text = answer.read().decode("utf-8", "replace")
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text
        finally:
            connection.close()


class _Mailbox(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 mail")
        lines: list[str] | None = None
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if lines is not None:
                if line == ".":
                    self.server.messages.append("\n".join(lines))  # type: ignore[attr-defined]
                    lines = None
                    self._say("250 kept")
                else:
                    lines.append(line)
            elif line.upper().startswith("DATA"):
                lines = []
                self._say("354 go on")
            elif line.upper().startswith("QUIT"):
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every message and keeps it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mailbox)
        self.messages: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @classmethod
    @contextlib.contextmanager
    def running(cls) -> Iterator[MailServer]:
        with cls() as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            yield server
            server.shutdown()
            thread.join()
