"""A database that is away, locked or full, and a disk that takes no more."""

from __future__ import annotations

import contextlib
import errno
import resource
import socket
import sqlite3
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection
from django.test import Client

from goodstanding.catalog.services import publish_course
from goodstanding.learning.models import StaffRequest
from tests.backup.installation import Installation, installation
from tests.learning.making import AT, SLUG, small_course
from tests.server import COMMAND, Server, environment, running_server

KIND = "Our records are out of reach"
SIGN_IN = {"login": "ada@example.org", "password": "wrong"}


def out_of_reach(answer) -> bool:
    assert answer.status_code == 503, answer.status_code
    assert answer["Retry-After"] == "30"
    return KIND in answer.content.decode()


@pytest.fixture
def calm(client: Client) -> Client:
    client.raise_request_exception = False
    return client


@pytest.mark.django_db(transaction=True)
def test_a_locked_database_answers_kindly_and_then_as_ever(calm: Client, clinician) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("LOCK TABLE accounts_user IN ACCESS EXCLUSIVE MODE")
            assert out_of_reach(calm.post("/account/login/", SIGN_IN))
        finally:
            other.close()
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = 0")
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 100")
        other_one = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        calm.force_login(clinician)
        try:
            other_one.execute("BEGIN IMMEDIATE")
            assert out_of_reach(
                calm.post("/account/", {"legal_name": "Bea Example", "time_zone": "UTC", "professions": ["counselor"]})
            )
        finally:
            other_one.close()
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout = 20000")
    assert calm.get("/account/login/", follow=True).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_answers_kindly_and_saves_nothing_half(calm: Client) -> None:
    if connection.vendor != "sqlite":
        return  # the server's disk; its answer is an OperationalError as well
    publish_course(course=small_course(), at=AT)
    message = {"kind": "question", "text": "Long. " * 600, "reply_to": "ada@example.org", "request_id": str(uuid.uuid4())}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE filler (x)")
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        with contextlib.suppress(OperationalError):
            while True:
                cursor.execute("INSERT INTO filler VALUES (zeroblob(500))")
        try:
            assert out_of_reach(calm.post(f"/courses/{SLUG}/contact/", message))
            assert not StaffRequest.objects.exists()
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
            cursor.execute("DROP TABLE filler")
    # Sent again once there is room, it is there once.
    for _ in range(2):
        assert calm.post(f"/courses/{SLUG}/contact/", message).status_code == 302
    assert StaffRequest.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_an_upload_that_finds_no_room_answers_kindly(calm: Client, monkeypatch, number: int) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("django.template.loader.get_template", no_room)
    monkeypatch.setattr("goodstanding.web.public.errors.render", _plain)
    assert out_of_reach(calm.get("/"))


def _plain(request, name, context=None, status=200):
    from django.http import HttpResponse

    return HttpResponse(KIND if name == "503.html" else name, status=status)


@pytest.mark.django_db
def test_a_mistake_of_ours_is_none_of_these(calm: Client, monkeypatch) -> None:
    def wrong(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr("goodstanding.web.public.errors.render", _plain)
    monkeypatch.setattr("django.template.loader.get_template", wrong)
    assert calm.get("/").status_code == 500


# --- a database server that goes away ------------------------------------------------------------------------------------


class Door:
    """Stands between the product and its database server; shut, it cuts every connection and takes no new one."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._open: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.port = 0
        self.open()

    def open(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def shut(self) -> None:
        assert self._listener is not None
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                inside, _ = listener.accept()
                outside = socket.create_connection(self._target)
                self._open += [inside, outside]
                for one, other in ((inside, outside), (outside, inside)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for end in (one, other):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as made:
        yield made


def test_a_database_that_goes_away_and_comes_back_needs_no_hand(place: Installation) -> None:
    if not place.database_url:
        return  # SQLite is a file; what can go away is the disk, see above
    address = urlsplit(place.database_url)
    door = Door(address.hostname or "", address.port or 5432)
    through = address._replace(netloc=f"{address.username}@127.0.0.1:{door.port}").geturl()
    with running_server(place.home, DATABASE_URL=through) as server:
        assert server.get("/courses/")[0] == 200
        door.shut()
        for _ in range(3):
            status, headers, body = server.get("/courses/")
            assert (status, headers["retry-after"]) == (503, "30")
            assert KIND.encode() in body
        assert server.get("/health/ready")[0] == 503
        assert server.get("/health/live")[0] == 200
        assert server.process.poll() is None
        # Written while the product can not reach it, as by another instance: exactly one message goes out afterwards.
        place.run(
            "from goodstanding.mailing.models import OutgoingMail\nfrom goodstanding.mailing import tasks\n"
            "mail = OutgoingMail.objects.create(to='ada@example.org', subject='Once', body='x')\ntasks.deliver.enqueue(str(mail.pk))\n"
        )
        door.open()
        wait_until(lambda: server.get("/courses/")[0] == 200 and server.get("/health/ready")[0] == 200)
        wait_until(lambda: messages(server) == 1)
        place.run("from django_tasks_db.models import DBTaskResult\nassert DBTaskResult.objects.successful().count() == 1\n")
        assert messages(server) == 1
    assert server.process.returncode == 0, server.output()
    assert "Traceback" not in server.output()


def messages(server: Server) -> int:
    return len(list(server.outbox.glob("*.eml"))) if server.outbox.exists() else 0


def wait_until(condition) -> None:
    done = threading.Event()
    for _ in range(400):
        if condition():
            return
        done.wait(0.1)
    raise AssertionError("It did not come to be.")


# --- a backup without room --------------------------------------------------------------------------------------------------


def test_a_backup_that_finds_no_room_leaves_nothing_behind(place: Installation, tmp_path: Path) -> None:
    place.run('call_command("migrate", verbosity=0)\n')
    (tmp_path / "backups").mkdir()
    done = subprocess.run(
        [str(COMMAND), "backup", str(tmp_path / "backups" / "full.zip")],
        env=environment(place.home, **place.variables), cwd=place.home, capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("goodstanding")
    assert list((tmp_path / "backups").iterdir()) == []
