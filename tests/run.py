"""Runs every test: on SQLite, on a PostgreSQL of its own, and in a real browser. ``make test`` calls it.

What can not run here is said loudly at the end; with GOODSTANDING_TESTS_COMPLETE=1 (as in ``.ci/run``) it is a failure.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPLETE = os.environ.get("GOODSTANDING_TESTS_COMPLETE") == "1"
PARALLEL = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile"]


def main(chosen: list[str]) -> int:
    if chosen:
        return _pytest("the chosen tests, SQLite", chosen, {})
    not_run: list[str] = []
    failed: list[str] = []

    def step(name: str, arguments: list[str], environment: dict[str, str]) -> None:
        if _pytest(name, arguments, environment):
            failed.append(name)

    step("SQLite", ["-m", "not e2e and not operate", *PARALLEL], {})
    if _available("PostgreSQL", ["postgresql"], lambda: bool(_postgres_programs())):
        with postgres() as url:
            step("PostgreSQL", ["-m", "not e2e and not operate and not slow_once", *PARALLEL], {"DATABASE_URL": url})
        if _available(
            "nginx", ["nginx-light", "openssl"], lambda: Path("/usr/sbin/nginx").exists() and bool(shutil.which("openssl"))
        ):
            step("the guide for operators", ["-m", "operate"], {})
        else:
            not_run.append("the guide for operators (install Debian's packages nginx-light and openssl)")
    else:
        not_run.append("everything on PostgreSQL, and the guide for operators (install Debian's package postgresql)")
    if _available("Chromium", ["chromium", "fonts-liberation", "libatomic1"], _can_drive_chromium):
        step("the browser journeys", ["-m", "e2e", *PARALLEL], {})
    else:
        not_run.append("the browser journeys (install Debian's package chromium)")

    print()
    for name in failed:
        print(f"FAILED: {name}")
    for name in not_run:
        print(f"NOT RUN: {name}")
    if not failed and not not_run:
        print("All tests ran, on SQLite, on PostgreSQL and in a real browser.")
    return 1 if failed or (not_run and COMPLETE) else 0


def _pytest(name: str, arguments: list[str], environment: dict[str, str]) -> int:
    print(f"\n=== Tests: {name} ===", flush=True)
    started = time.monotonic()
    # The tests of one run must not depend on the settings of the person who runs them.
    inherited = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("GOODSTANDING_") or key == "GOODSTANDING_TESTS_COMPLETE"
    }
    inherited.pop("DATABASE_URL", None)
    code = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=inherited | environment, check=False
    ).returncode
    print(f"({name}: {time.monotonic() - started:.0f} s)", flush=True)
    return code


def _available(name: str, packages: list[str], there: Callable[[], bool]) -> bool:
    """Whether `name` is on this machine, after installing Debian's `packages` where that is permitted."""
    if there():
        return True
    if not shutil.which("apt-get"):
        return False
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"] if shutil.which("sudo") else None
    if sudo is None:
        return False
    print(f"{name} is missing; installing Debian's {' and '.join(packages)} ...", flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]):
        result = subprocess.run(
            [*sudo, *command], env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if result.returncode:
            print(result.stderr.strip()[-500:], flush=True)
    return bool(there())


def _postgres_programs() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return next((folder for folder in reversed(folders) if (folder / "postgres").exists() and (folder / "initdb").exists()), None)


def _can_drive_chromium() -> bool:
    """Chromium is there, and so is the library that Playwright's own program needs beside it."""
    return bool(shutil.which("chromium")) and ctypes.util.find_library("atomic") is not None


@contextlib.contextmanager
def postgres(*, superuser: str = "goodstanding", database: str = "goodstanding") -> Iterator[str]:
    """
    A PostgreSQL server on a free port with its data in a temporary folder; gone afterwards. Yields its address.

    Its socket is in the folder above the one of its data, which ``SHOW unix_socket_directories`` names. Without a name
    for the `database`, none is made.
    """
    programs = _postgres_programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="goodstanding-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = next(name for name in ("postgres", "nobody") if _is_user(name))
        shutil.chown(folder, user)
        as_user = ["runuser", "-u", user, "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    subprocess.run(
        [*as_user, str(programs / "initdb"), "-D", str(data), "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        stdout=subprocess.DEVNULL, cwd="/", check=True,
    )  # fmt: skip
    options = [
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-k",
        str(folder),
        "-c",
        "fsync=off",
        "-c",
        "full_page_writes=off",
        "-c",
        "synchronous_commit=off",
    ]
    server = subprocess.Popen(
        [*as_user, str(programs / "postgres"), "-D", str(data), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    try:
        for _ in range(150):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if server.poll() is not None:
                raise SystemExit("PostgreSQL did not start.")
            time.sleep(0.1)
        time.sleep(0.3)
        if database:
            createdb = [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", superuser, database]
            subprocess.run(createdb, cwd="/", check=True)
        yield f"postgres://{superuser}@127.0.0.1:{port}/{database or 'postgres'}"
    finally:
        pid_file = data / "postmaster.pid"
        if pid_file.exists():  # runuser does not pass signals on
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=15)
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
