"""An upgrade chains what was recorded before there was a chain, and guards what was not guarded."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys

import pytest

from tests.server import environment

pytestmark = pytest.mark.slow_once  # a database of its own, in a process of its own, as an operator upgrades

BEFORE = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
call_command("migrate", "audit", "0001", verbosity=0)
apps = MigrationLoader(connection).project_state([("audit", "0001_initial")]).apps
for number in range(2_500):
    apps.get_model("audit", "AuditEvent").objects.create(
        at=timezone.now(), tag="credit:entry:entered", actor="x", subject_kind="credit", subject_id=str(number), data={"n": number}
    )
call_command("migrate", verbosity=0)
"""


def test_what_was_recorded_before_is_chained_and_guarded(tmp_path):
    (tmp_path / "state").mkdir()
    settings = environment(
        tmp_path,
        DATABASE_URL="",
        DJANGO_SETTINGS_MODULE="goodstanding.conf.settings",
        GOODSTANDING_PRIVATE_KEY="a key that is long enough for this upgrade",
    )

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], env=settings, capture_output=True, text=True, timeout=120, check=False
        )

    done = run("-c", BEFORE)
    assert done.returncode == 0, done.stderr
    walked = run("-m", "goodstanding.conf.cli", "verify", "--audit")
    assert (walked.returncode, walked.stderr) == (0, "")
    assert "2,500 records" in walked.stdout
    with contextlib.closing(sqlite3.connect(tmp_path / "state" / "goodstanding.sqlite3")) as database:
        assert database.execute("SELECT subject_id FROM audit_auditevent WHERE number = 1").fetchall() == [("0",)]
        with pytest.raises(sqlite3.IntegrityError, match="written once"):
            database.execute("DELETE FROM audit_auditevent")
