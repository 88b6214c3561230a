"""Installations of their own, worked on as an operator does: by commands, on the database that the run is about."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.server import COMMAND, environment

KEY = "a key of private texts that is long enough"
SIGNING_KEY = "a signing key that is long enough for anyone to sign with"
_serial = itertools.count(1)

START = """
import django; django.setup()
import datetime as dt, hashlib, json, sys, uuid
from django.utils import timezone
from django.core.management import call_command
"""

DIGEST = """
from goodstanding.conf.backup.contents import left_out_of
from django.core.files.storage import default_storage
from django.db import connection
from goodstanding.credit.models import Certificate, CreditProof
with connection.cursor() as cursor:
    tables = sorted(connection.introspection.table_names(cursor))
    rows = {}
    for table in tables:
        cursor.execute(f'SELECT * FROM "{table}"')
        rows[table] = [len(found := cursor.fetchall()), hashlib.sha256(repr(sorted(map(repr, found))).encode()).hexdigest()]
print(json.dumps({
    "rows": rows,
    "certificates": {one.number: hashlib.sha256(bytes(one.pdf)).hexdigest() for one in Certificate.objects.all()},
    "promised": dict(Certificate.objects.values_list("number", "pdf_sha256")),
    "proofs": {one.file.name: [one.sha256, hashlib.sha256(one.file.read()).hexdigest()] for one in CreditProof.objects.all()},
}))
"""
"""Everything that is stored, as counts and hashes."""


@dataclass
class Answer:
    code: int
    out: str
    err: str


@dataclass
class Installation:
    home: Path
    database_url: str  # empty: SQLite in the state folder
    key: str = KEY

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def variables(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "goodstanding.conf.settings",
            "GOODSTANDING_DEMO": "1",
            "GOODSTANDING_PRIVATE_KEY": self.key,
            "GOODSTANDING_SECRET_KEY": SIGNING_KEY,
        }

    def command(self, *arguments: str, **variables: str) -> Answer:
        """What `goodstanding` answers; never with a traceback."""
        done = subprocess.run(
            [str(COMMAND), *arguments], env=environment(self.home, **self.variables | variables),
            cwd=self.home, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)

    def commands(self, *each: list[str]) -> list[Answer]:
        """Several commands, one after the other in one process, for those that end before they change anything."""
        script = f"""
import contextlib, io
from goodstanding.conf.cli import main
answers = []
for arguments in {[list(one) for one in each]!r}:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    answers.append([code, out.getvalue(), err.getvalue()])
print(json.dumps(answers))
"""
        return [Answer(*answer) for answer in json.loads(self.run(script))]

    def run(self, script: str, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", START + script], env=environment(self.home, **self.variables | variables),
            cwd=self.home, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def begin(self, script: str) -> subprocess.Popen[str]:
        """The same, going on in the background."""
        return subprocess.Popen(
            [sys.executable, "-c", START + script], env=environment(self.home, **self.variables),
            cwd=self.home, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def digest(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.run(DIGEST))
        return answer

    def bytes_on_disk(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.state)): path.read_bytes()
            for path in sorted(self.state.rglob("*"))
            if path.is_file() and path.name != "in-use" and not path.name.endswith(("-shm", "-wal"))
        }


@contextmanager
def installation(folder: Path, *, key: str = KEY, like: Installation | None = None) -> Iterator[Installation]:
    """
    An installation in `folder`; on PostgreSQL with a database of its own, dropped at the end.

    It is empty, or a copy of the one given with `like`, which nobody may be using.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if like is None:
        (folder / "state").mkdir(exist_ok=True)
    else:
        shutil.copytree(like.state, folder / "state")
    with new_database(like.database_url if like is not None else "") as url:
        yield Installation(folder, url, key)


@contextmanager
def new_database(template: str = "") -> Iterator[str]:
    """The address of an empty database, or a copy of another, on the server that the run is about; nothing for SQLite."""
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        yield ""
        return
    import psycopg

    name = f"backup_{os.getpid()}_{next(_serial)}"
    with psycopg.connect(server, autocommit=True) as admin:
        copied = urlsplit(template).path.lstrip("/") or "template1"
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copied}"')
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
