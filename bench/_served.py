"""The product served as an operator serves it, PostgreSQL where it is asked for, and people made in its database."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.run import _postgres_programs
from tests.run import postgres as postgres_server
from tests.server import Server, running_server

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "build" / "bench"
"""Where tools that a benchmark needs once are installed, outside the locks; `make clean` removes them."""


@contextlib.contextmanager
def product(*, database: str = "", folder: Path | None = None) -> Iterator[Server]:
    """
    A running server, two web processes and the job worker, in a folder of its own; SQLite unless `database` names another.

    Its addresses have the page of the base template beside them.
    """
    with tempfile.TemporaryDirectory(prefix="goodstanding-bench-") as own:
        variables = variables_for(database)
        with running_server(folder or Path(own), "--workers", "2", **variables) as server:
            yield server


def variables_for(database: str) -> dict[str, str]:
    """What the product's processes are told; a database of the person who runs the benchmark is never used."""
    os.environ.pop("DATABASE_URL", None)
    told = {"DJANGO_SETTINGS_MODULE": "bench._settings", "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src")))}
    return {**told, "DATABASE_URL": database} if database else told


def ask(server: Server, module: str, *arguments: str, database: str = "") -> dict[str, object]:
    """Run `module` of this folder in the database of `server`; it answers with JSON on its last line."""
    environment = {**os.environ, "GOODSTANDING_HOME": str(server.home / "state"), **variables_for(database)}
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{module}", *arguments],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(answer, dict)
    return answer


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL that is made for this run; SystemExit where Debian's package is not installed."""
    if _postgres_programs() is None:
        raise SystemExit("PostgreSQL is not here: apt-get install postgresql")
    with postgres_server() as address:
        yield address


def tool_environment(name: str, *packages: str) -> Path | None:
    """
    The Python of a virtual environment of its own that holds `packages`, made on first use; None where they can not be had.

    They come from the package index that pip is set up for, and never into the project's own environment or locks.
    """
    folder = TOOLS / name
    python = folder / "bin" / "python"
    stamp = folder / ".installed"
    wanted = " ".join(packages)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing {wanted} into {folder.relative_to(ROOT)} ...", flush=True)
    for command in ([sys.executable, "-m", "venv", str(folder)], [str(python), "-m", "pip", "install", "--quiet", *packages]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr.strip()[-600:])
            return None
    stamp.write_text(wanted, encoding="utf-8")
    return python
