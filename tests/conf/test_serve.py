"""The product as an operator starts and stops it."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import COMMAND, Server, environment, free_port, running_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("serve")) as running:
        yield running


def refused(home: Path, *arguments: str, **variables: str) -> str:
    """What `serve` says when it refuses to start: one line, exit code 1, no traceback."""
    home.mkdir(parents=True, exist_ok=True)
    result = subprocess.run(
        [str(COMMAND), "serve", "--port", str(free_port()), *arguments],
        env=environment(home, **variables), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_a_demonstration_that_was_never_made_is_not_served_and_none_is_begun(tmp_path: Path) -> None:
    error = refused(tmp_path, "--demo")
    assert error == "goodstanding: There is no demonstration yet. Make it with: goodstanding demo\n"
    assert not (tmp_path / "state").exists()

    demo = tmp_path / "state" / "demo"
    demo.mkdir(parents=True)
    (demo / "goodstanding.sqlite3").touch()  # of something else: a demonstration leaves its sign-in beside it
    assert refused(tmp_path, "--demo") == error
    assert [path.name for path in demo.iterdir()] == ["goodstanding.sqlite3"]


def processes_of(home: Path) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if (
                    f"GOODSTANDING_HOME={home / 'state'}\0".encode() in (folder / "environ").read_bytes()
                    and "zombie" not in (folder / "status").read_text().split("State:")[1].splitlines()[0]
                ):
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


def test_tells_where_it_runs_where_its_state_is_and_where_mail_goes(server: Server) -> None:
    deadline = time.monotonic() + 10
    while "Ctrl-C" not in server.output() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert f"runs at {server.url}" in server.output()
    assert str(server.home / "state") in server.output()
    assert str(server.outbox) in server.output()
    assert re.search(rf"{server.url}/claim/[\w-]{{20,}}/", server.output())


def test_the_first_page_is_served_with_strict_headers(server: Server) -> None:
    status, headers, body = server.get("/")
    assert status == 200
    assert b"Good Standing" in body
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_static_files_are_compressed_and_cached_for_good(server: Server) -> None:
    _, _, body = server.get("/")
    style = re.search(r'href="(/static/[^"]+\.css)"', body.decode())
    assert style
    status, headers, _ = server.get(style[1], {"Accept-Encoding": "br"})
    assert status == 200
    assert headers["content-encoding"] == "br"
    assert "immutable" in headers["cache-control"]


def test_health_says_live_and_ready(server: Server) -> None:
    assert server.get("/health/live")[0] == 200
    assert server.get("/health/ready")[0] == 200


def test_a_wrong_host_name_is_refused_and_nothing_personal_is_logged(server: Server) -> None:
    assert server.get("/", {"Host": "elsewhere.example"})[0] == 400
    assert server.get("/account/login/?next=/x&email=ada@example.org")[0] == 200
    assert "ada@example.org" not in server.output()


def test_the_secret_key_is_kept_and_private(server: Server) -> None:
    key = server.home / "state" / "secret-key"
    assert len(key.read_text().strip()) >= 50
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_second_start_keeps_the_state_and_a_stop_is_graceful(tmp_path: Path) -> None:
    with running_server(tmp_path) as first:
        pass
    key = (tmp_path / "state" / "secret-key").read_text()
    assert first.process.returncode == 0, first.output()
    assert "Stopped." in first.output()
    assert processes_of(tmp_path) == []
    with running_server(tmp_path) as second:
        assert "Preparing" not in second.output()
    assert (tmp_path / "state" / "secret-key").read_text() == key


def test_signing_in_works_on_a_database_that_was_migrated_by_hand(tmp_path: Path) -> None:
    """Wrong passwords are counted in a table that no migration makes."""
    (tmp_path / "state").mkdir()
    settings = {"DJANGO_SETTINGS_MODULE": "goodstanding.conf.settings", "DATABASE_URL": ""}
    migrate = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    subprocess.run(migrate, env=environment(tmp_path, **settings), cwd=tmp_path, timeout=120, check=True)
    with running_server(tmp_path, DATABASE_URL="") as server:
        jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with jar.open(f"{server.url}/account/login/", timeout=10) as page:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
        assert token
        sent = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "login": "ada@example.org", "password": "wrong"})
        with jar.open(f"{server.url}/account/login/", data=sent.encode(), timeout=10) as answer:
            assert answer.status == 200
            assert "password" in answer.read().decode()
        assert "Preparing the database" not in server.output()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_in_a_terminal_stops_everything_in_order(tmp_path: Path, how: signal.Signals) -> None:
    """A terminal sends the interrupt to all its processes at once; none of them may hang, or be killed after a wait."""
    with running_server(tmp_path) as server:
        os.killpg(server.process.pid, how)
        assert server.process.wait(timeout=8) == 0
    assert "Stopped." in server.output()
    assert processes_of(tmp_path) == []


def test_a_killed_server_leaves_no_process_behind(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        deadline = time.monotonic() + 20
        while processes_of(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert processes_of(tmp_path) == []


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        message = refused(tmp_path, "--port", str(port))
    assert f"Port {port}" in message
    assert f"--port {port + 1}" in message


def test_a_state_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    message = refused(tmp_path, GOODSTANDING_HOME=str(tmp_path / "file" / "state"))
    assert "can not be written" in message
    assert "GOODSTANDING_HOME" in message


def test_a_database_that_is_none_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    broken = tmp_path / "state" / "goodstanding.sqlite3"
    broken.write_bytes(b"this is a letter to my grandmother, not a database" * 100)
    message = refused(tmp_path, DATABASE_URL="")
    assert "database can not be used" in message
    assert broken.read_bytes().startswith(b"this is a letter")


def test_a_database_that_can_not_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "state" / "goodstanding.sqlite3").mkdir(parents=True)
    assert "database can not be used" in refused(tmp_path, DATABASE_URL="")


def test_a_database_that_can_not_be_written_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    database = state / "goodstanding.sqlite3"
    sqlite3.connect(database).execute("create table mine (x)").connection.close()
    with database.open("r+b") as file:  # "written by something newer: only read it", which binds the superuser too
        file.seek(18)  # https://sqlite.org/fileformat2.html: the write version, above 2
        file.write(b"\x03")
    before = database.read_bytes()
    message = refused(tmp_path, DATABASE_URL="")
    assert "database can not be used" in message
    assert "readonly" in message
    assert database.read_bytes() == before


def test_a_database_server_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    message = refused(tmp_path, DATABASE_URL=f"postgres://someone:hunter2@127.0.0.1:{free_port()}/x")
    assert "database can not be used" in message
    assert "hunter2" not in message


def test_a_database_address_that_is_none_is_refused_without_showing_it(tmp_path: Path) -> None:
    message = refused(tmp_path, DATABASE_URL="oracel://someone:hunter2@host/x")
    assert "DATABASE_URL is not understood" in message
    assert "hunter2" not in message
