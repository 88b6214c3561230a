"""A job outlives its worker, and the worker its database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from goodstanding.conf.jobs import BEAT_SECONDS, MOST_TRIES, PATIENCE, LostJobs, PersistentWorker, this_process
from tests.backup.installation import Installation, installation
from tests.server import environment

ROOT = Path(__file__).parents[2]
ELSEWHERE = "another-machine-1-1"


def job(worker: str = ELSEWHERE, *, tries: int = 1, task: str = "tests.faults.deeds.count") -> DBTaskResult:
    row: DBTaskResult = DBTaskResult.objects.create(
        status=TaskResultStatus.RUNNING, started_at=timezone.now(), args_kwargs={"args": [], "kwargs": {}}, task_path=task,
        worker_ids=[worker] * tries, backend_name="default", run_after=get_date_max(), exception_class_path="", traceback="",
    )  # fmt: skip
    return row


def status(row: DBTaskResult) -> str:
    row.refresh_from_db()
    return str(row.status)


@pytest.mark.django_db
class TestTakingBack:
    def test_a_job_whose_mark_does_not_change_has_lost_its_worker(self):
        row, lost = job(), LostJobs("me")
        assert lost.take_back(now=0, running=None) == 0
        assert lost.take_back(now=PATIENCE - 1, running=None) == 0
        assert status(row) == TaskResultStatus.RUNNING
        assert lost.take_back(now=PATIENCE, running=None) == 1
        assert status(row) == TaskResultStatus.READY

    def test_a_job_that_is_marked_anew_is_left_alone(self):
        row, lost = job(), LostJobs("me")
        for beat in range(5):
            DBTaskResult.objects.filter(pk=row.pk).update(return_value={"alive": beat})
            assert lost.take_back(now=beat * (PATIENCE - 1), running=None) == 0
        assert status(row) == TaskResultStatus.RUNNING

    def test_the_clock_on_the_wall_has_no_say(self):
        row = job()
        DBTaskResult.objects.update(started_at=timezone.now() - timezone.timedelta(days=9))
        assert LostJobs("me").take_back(now=0, running=None) == 0
        assert status(row) == TaskResultStatus.RUNNING

    def test_a_worker_of_this_machine_that_is_gone_is_noticed_at_once(self):
        gone = subprocess.run(
            [sys.executable, "-c", "import django; django.setup(); from goodstanding.conf.jobs import this_process; print(this_process())"],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}, capture_output=True, text=True, check=True, cwd=ROOT,
        )  # fmt: skip
        assert gone.stdout.strip() != this_process()
        lost, there = job(gone.stdout.strip()), job(this_process())
        assert LostJobs("me").take_back(now=0, running=None) == 1
        assert status(lost) == TaskResultStatus.READY
        assert status(there) == TaskResultStatus.RUNNING

    def test_ones_own_job_is_never_taken_from_oneself_while_it_runs(self):
        row, lost = job("me"), LostJobs("me")
        assert lost.take_back(now=0, running=row.pk) == 0
        assert lost.take_back(now=PATIENCE * 9, running=row.pk) == 0
        # one that got away, because its end could not be written
        assert lost.take_back(now=PATIENCE * 9 + 1, running=None) == 1

    def test_a_job_between_being_taken_and_being_run_is_not_lost(self):
        row, lost = job("me"), LostJobs("me")
        assert lost.take_back(now=0, running=None) == 0
        assert lost.take_back(now=BEAT_SECONDS, running=None) == 0
        assert status(row) == TaskResultStatus.RUNNING

    def test_a_job_that_ends_its_worker_each_time_is_given_up(self):
        row, lost = job(tries=MOST_TRIES), LostJobs("me")
        lost.take_back(now=0, running=None)
        assert lost.take_back(now=PATIENCE, running=None) == 1
        assert status(row) == TaskResultStatus.FAILED

    def test_a_job_that_the_database_failed_is_run_again_and_one_that_failed_itself_is_not(self, monkeypatch):
        worker = PersistentWorker()
        away, wrong = job(task="tests.faults.deeds.without_database"), job(task="tests.faults.deeds.wrong")
        for row in (away, wrong):
            worker.run_task(row)
        assert status(away) == TaskResultStatus.READY
        assert status(wrong) == TaskResultStatus.FAILED


@pytest.mark.django_db
def test_a_worker_outlasts_a_database_that_is_away(monkeypatch):
    worker = PersistentWorker()
    waits: list[float] = []
    monkeypatch.setattr(worker._pause, "wait", waits.append)
    answers = iter([OperationalError("connection refused")] * 6 + [None])

    def run(_: object) -> None:
        if (error := next(answers)) is not None:
            raise error

    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.Worker.run", run)
    monkeypatch.setattr("goodstanding.conf.jobs.connections.close_all", lambda: None)
    worker.run()
    assert waits == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory):
    with installation(tmp_path_factory.mktemp("jobs")) as made:
        made.run('call_command("migrate", verbosity=0)\ncall_command("createcachetable", verbosity=0)\n')
        yield made


def worker(place: Installation, *, alone: bool = False) -> subprocess.Popen[str]:
    """One as `serve` starts it, or one that was started by itself."""
    variables = {**place.variables, "PYTHONPATH": str(ROOT)} | ({} if alone else {"GOODSTANDING_PARENT": str(os.getpid())})
    return subprocess.Popen(
        [sys.executable, "-m", "goodstanding.conf.worker"], env=environment(place.home, **variables), cwd=place.home,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def wait_for(found: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while not found.exists():
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        assert time.monotonic() < deadline, f"{found.name} did not come"
        time.sleep(0.05)


def test_a_job_whose_worker_was_killed_is_done_by_the_next_and_once(place: Installation) -> None:
    """Killed after its work was half done, which is rolled back with it."""
    place.run(
        "import os\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.faults.deeds import send_slowly\n"
        f"send_slowly.enqueue({str(place.home)!r})\n"
    )
    first = worker(place)
    try:
        wait_for(place.home / "begun", first)
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate()
    (place.home / "go").touch()
    second = worker(place)
    try:
        wait_for(place.home / "done", second)
    finally:
        second.terminate()
        second.communicate(timeout=20)
    counts = place.run(
        "from goodstanding.mailing.models import OutgoingMail\n"
        "from django_tasks_db.models import DBTaskResult\n"
        "print(OutgoingMail.objects.filter(subject='Slow').count(), len(DBTaskResult.objects.get(task_path='tests.faults.deeds.send_slowly').worker_ids))"
    )
    assert counts.split() == ["1", "2"]


def test_workers_that_run_alone_take_up_what_was_left_and_do_it_once(place: Installation) -> None:
    """Two of them, as on two hosts, with no server beside them: a job of a dead process, and a mail without a job."""
    place.run(
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from django_tasks_db.models import DBTaskResult\n"
        "from goodstanding.conf.jobs import this_process\n"
        "from goodstanding.mailing.models import OutgoingMail\n"
        "from tests.faults.deeds import note\n"
        f"left = note.enqueue({str(place.home)!r})\n"
        "DBTaskResult.objects.filter(pk=left.id).update(status='RUNNING', started_at=timezone.now(), worker_ids=[this_process()])\n"
        "OutgoingMail.objects.create(to='ada@example.org', subject='Left', body='x', next_attempt_at=timezone.now() - dt.timedelta(minutes=2))\n"
    )
    both = [worker(place, alone=True) for _ in range(2)]
    try:
        wait_for(place.home / "noted", both[0])
        deadline = time.monotonic() + 30
        while not any((place.state / "outbox").glob("*.eml")):
            assert time.monotonic() < deadline, "the mail was not delivered"
            time.sleep(0.05)
    finally:
        for one in both:
            one.terminate()
        said = [one.communicate(timeout=20)[0] for one in both]
    assert (place.home / "noted").read_text() == "once\n", said
    assert len(list((place.state / "outbox").glob("*.eml"))) == 1
    assert [one.returncode for one in both] == [0, 0]
    assert (
        place.run(
            "from goodstanding.mailing.models import OutgoingMail\nprint(OutgoingMail.objects.get(to='ada@example.org', attempts=1).sent_at is not None)"
        )
        == "True\n"
    )


def test_no_job_is_run_on_a_newer_database(place: Installation) -> None:
    place.run(
        "from django.db.migrations.recorder import MigrationRecorder\n"
        "from django.db import connection\n"
        "MigrationRecorder(connection).record_applied('credit', '0999_from_tomorrow')\n"
    )
    stopped = worker(place)
    out, _ = stopped.communicate(timeout=60)
    assert stopped.returncode == 1
    assert "newer Good Standing" in out
    assert "credit.0999_from_tomorrow" in out
    assert "Traceback" not in out
    serve = place.command("serve", "--port", "0")
    assert serve.code == 1
    assert "newer Good Standing" in serve.err
    assert serve.err.count("\n") == 1
    backup = place.command("backup", str(place.home / "x.zip"))
    assert backup.code == 1
    assert "newer Good Standing" in backup.err
    assert not (place.home / "x.zip").exists()
    place.run(
        "from django.db.migrations.recorder import MigrationRecorder\n"
        "from django.db import connection\n"
        "MigrationRecorder(connection).record_unapplied('credit', '0999_from_tomorrow')\n"
    )
