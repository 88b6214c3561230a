"""An upgrade seals what was written before reasons were sealed, and keeps the numbers that graded each attempt."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.server import environment

pytestmark = pytest.mark.slow_once  # a database of its own, in a process of its own, as an operator upgrades

KEY = "a key for the upgrade that is long enough"
WORDS = "The former client is my neighbor, and that decides it."

BEFORE = f"""
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
call_command("migrate", "learning", "0002", verbosity=0)
apps = MigrationLoader(connection).project_state([("learning", "0002_steps_say_what_was_weighed")]).apps
at = timezone.now()
make = lambda app, name, **fields: apps.get_model(app, name).objects.create(**fields)
course = make("catalog", "Course", slug="old")
version = make("catalog", "CourseVersion", course=course, number=1, content_hash="x", title="Old", content={{}}, published_at=at)
holder = make("accounts", "Holder")
enrollment = make("learning", "Enrollment", holder=holder, course=course, version=version, started_at=at, started_on=at.date())
run = make("learning", "ScenarioRun", enrollment=enrollment, scenario="scene", number=1, state={{}}, started_at=at)
for position, reason in enumerate([{WORDS!r}, ""]):
    make("learning", "ScenarioStep", run=run, position=position, node="n", choice="stay", reason=reason, at=at)
"""

UPGRADE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""

AFTER = """
import django; django.setup()
from goodstanding.learning.models import ScenarioStep, StepReason
from goodstanding.learning.selectors import REASON
from goodstanding.private_text import unseal
(kept,) = StepReason.objects.select_related("step__run__enrollment")
print(unseal(kept.sealed, purpose=REASON, owner=kept.step.run.enrollment.holder_id))
print(list(ScenarioStep.objects.values_list("position", "choice")), kept.step.position)
"""

BACK = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", "learning", "0002", verbosity=0)
"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / "state").mkdir()
    plain = {"DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "goodstanding.conf.settings"}

    def run(script: str, *, key: str = KEY, ok: bool = True) -> str:
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=environment(tmp_path, **plain, GOODSTANDING_PRIVATE_KEY=key),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert (done.returncode == 0) is ok, done.stderr
        return done.stdout + done.stderr

    return run


def files(tmp_path) -> bytes:
    return b"".join(path.read_bytes() for path in (tmp_path / "state").glob("goodstanding.sqlite3*"))


def test_open_reasons_are_sealed_and_no_longer_in_the_file(run, tmp_path):
    run(BEFORE)
    assert WORDS.encode() in files(tmp_path)
    assert "There is no key" in run(UPGRADE, key="", ok=False)
    assert WORDS.encode() in files(tmp_path)  # nothing was lost for want of a key
    run(UPGRADE)
    assert run(AFTER).splitlines() == [WORDS, "[(0, 'stay'), (1, 'stay')] 0"]
    assert WORDS.encode() not in files(tmp_path)
    assert "IrreversibleError" in run(BACK, ok=False)


ATTEMPTS = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
call_command("migrate", "learning", "0007", verbosity=0)
apps = MigrationLoader(connection).project_state([("learning", "0007_requests_to_staff")]).apps
at = timezone.now()
make = lambda app, name, **fields: apps.get_model(app, name).objects.create(**fields)
holder = make("accounts", "Holder")
asked = {
    "plain": {"post_test": {"pass_percent": 75, "attempts_before_restudy": 3}},
    "strict": {
        "post_test": {"pass_percent": 75, "attempts_before_restudy": 3},
        "approval_bodies": [{"body": "a", "pass_percent": 90, "attempts_in_all": 4}, {"body": "b", "attempts_before_restudy": 1}],
    },
}
for slug, content in asked.items():
    course = make("catalog", "Course", slug=slug)
    version = make("catalog", "CourseVersion", course=course, number=1, content_hash=slug, title=slug, content=content, published_at=at)
    enrollment = make("learning", "Enrollment", holder=holder, course=course, version=version, started_at=at, started_on=at.date())
    make("learning", "PostTestAttempt", enrollment=enrollment, number=1, form={}, started_at=at)
"""

NUMBERS = """
import django; django.setup()
from goodstanding.learning.models import PostTestAttempt
for attempt in PostTestAttempt.objects.order_by("enrollment__course"):
    print(attempt.enrollment.course_id, attempt.pass_percent, attempt.attempts_before_restudy, attempt.attempts_in_all)
"""


def test_attempts_keep_the_numbers_that_graded_them(run):
    run(ATTEMPTS)
    run(UPGRADE)
    assert run(NUMBERS).splitlines() == ["plain 75 3 None", "strict 90 1 4"]
