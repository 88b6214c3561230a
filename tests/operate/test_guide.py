"""docs/operate.md, followed from top to bottom on a machine made for it."""

from __future__ import annotations

import http.client
import re
import stat
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.operate.conftest import Cluster
from tests.operate.machine import NAME, ROOT, Browser, Machine, MailServer

pytestmark = pytest.mark.operate

GUIDE = ROOT / "docs" / "operate.md"
PASSWORD = "a long enough word for this"


def sections(text: str) -> list[tuple[str, list[str]]]:
    """Every heading of the guide with the commands below it, in order."""
    found: list[tuple[str, list[str]]] = []
    for part in re.split(r"^##+ ", text, flags=re.MULTILINE)[1:]:
        blocks = re.findall(r"^```sh\n(.*?)^```", part, flags=re.MULTILINE | re.DOTALL)
        found.append((part.partition("\n")[0], [line for block in blocks for line in block.splitlines()]))
    return found


@pytest.fixture
def machine(tmp_path: Path, cluster: Cluster) -> Iterator[Machine]:
    with MailServer.running() as mail:
        made = Machine(tmp_path, cluster.address, cluster.socket_folder, mail)
        try:
            yield made
        finally:
            made.stop()


def test_the_guide_works_when_it_is_followed(machine: Machine) -> None:
    commit = subprocess.run(
        ["git", "-c", "safe.directory=*", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    machine.words.update({"REPOSITORY": str(ROOT), "VERSION-BEFORE": commit, "VERSION": commit})
    checks: dict[str, Callable[[Machine, str], None]] = {
        "TLS in front": _tls_is_in_front,
        "The first administrator": _an_administrator_signs_in,
        "Every night": _a_backup_stands,
        "Upgrades": _everyone_is_still_there,
    }
    for heading, commands in sections(GUIDE.read_text(encoding="utf-8")):
        said = "".join(machine.run(command) for command in commands)
        if heading in checks:
            checks.pop(heading)(machine, said)
    assert checks == {}, "the guide has lost a section"


def _browser(machine: Machine) -> Browser:
    return Browser(machine.https, machine.root / "etc/goodstanding/tls/fullchain.pem")


def _until_ready(machine: Machine) -> None:
    deadline = time.monotonic() + 60
    while _browser(machine).ask("/health/ready")[0] != 200:
        assert time.monotonic() < deadline, machine.log()
        assert machine.running["goodstanding"].poll() is None, machine.log()
        time.sleep(0.1)


def _tls_is_in_front(machine: Machine, said: str) -> None:
    _until_ready(machine)
    browser = _browser(machine)
    plain = http.client.HTTPConnection("127.0.0.1", machine.http, timeout=10)
    plain.request("GET", "/courses/?q=1", headers={"Host": NAME})
    moved = plain.getresponse()
    moved.read()
    plain.close()
    assert (moved.status, moved.headers["Location"]) == (301, f"https://{NAME}/courses/?q=1")

    status, headers, page = browser.ask("/", headers={"X-Forwarded-Proto": "http", "X-Request-ID": "made-up-by-me-1234"})
    assert status == 200
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert re.fullmatch("[0-9a-f]{32}", headers["x-request-id"]), "nginx numbers requests, not visitors"
    assert "Good Standing" in page

    style = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert style
    status, headers, _ = browser.ask(style[1], headers={"Accept-Encoding": "gzip"})
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert headers["content-encoding"] == "gzip"

    assert browser.ask("/", headers={"Host": "elsewhere.example"})[0] == 400
    assert browser.ask("/verify/", body=b"x" * 12_000_000, headers={"Content-Type": "application/octet-stream"})[0] == 413
    assert "made-up-by-me" not in machine.log()
    assert f'"request": "{headers["x-request-id"]}"' in machine.log()

    figures = urllib.request.urlopen(f"http://127.0.0.1:{machine.figures}/metrics", timeout=10).read().decode()
    assert 'goodstanding_request_seconds_count{method="GET",status="200",view="home"}' in figures


def _an_administrator_signs_in(machine: Machine, said: str) -> None:
    link = said.strip()
    assert re.fullmatch(rf"https://{NAME}/claim/[\w-]+/", link)
    assert link not in machine.log()
    browser = _browser(machine)
    path = link.removeprefix(f"https://{NAME}")
    assert browser.ask(path)[0] == 200
    form = {"legal_name": "Ada Example", "email": "ada@example.org", "password1": PASSWORD, "terms": "on"}
    status, headers, page = browser.ask(path, form=form)
    assert status == 302, re.sub(r"<[^>]+>", " ", page)
    assert headers["location"] == "/staff/"
    assert {"__Host-sessionid", "__Host-csrftoken", "__Host-known-browser"} == set(browser.cookies)
    assert _browser(machine).ask(path)[0] == 409, "the link works once"

    # Mail goes out through the mail server, with links to the public address.
    other = _browser(machine)
    other.ask("/account/password/reset/")
    assert other.ask("/account/password/reset/", form={"email": "ada@example.org"})[0] == 302
    deadline = time.monotonic() + 20
    while not machine.mail.messages and time.monotonic() < deadline:
        time.sleep(0.05)
    (message,) = machine.mail.messages
    assert f"https://{NAME}/account/password/reset/key/" in message
    assert f"From: Good Standing <no-reply@{NAME}>" in message
    assert "ada@" not in machine.log()


def _a_backup_stands(machine: Machine, said: str) -> None:
    (backup,) = (machine.root / "var/backups/goodstanding").iterdir()
    assert stat.S_IMODE(backup.stat().st_mode) & 0o077 == 0
    machine.words["BACKUP"] = str(backup)
    figures = urllib.request.urlopen(f"http://127.0.0.1:{machine.figures}/metrics", timeout=10).read().decode()
    made = re.search(r"^goodstanding_last_backup_timestamp_seconds (\S+)$", figures, flags=re.MULTILINE)
    assert made
    assert abs(time.time() - float(made[1])) < 600


def _everyone_is_still_there(machine: Machine, said: str) -> None:
    _until_ready(machine)
    browser = _browser(machine)
    browser.ask("/account/login/")
    status, headers, page = browser.ask("/account/login/", form={"login": "ada@example.org", "password": PASSWORD})
    assert (status, headers.get("location")) != (200, None), re.sub(r"<[^>]+>", " ", page)
    assert "Traceback" not in machine.log()
