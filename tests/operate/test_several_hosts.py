"""Two instances behind nginx share a PostgreSQL and a store that speaks S3, and nothing else."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import boto3
import psycopg
import pytest
from moto.server import ThreadedMotoServer

from goodstanding.web.verify.certificates import PAGES
from tests.credit.making import PDF
from tests.operate.conftest import Cluster
from tests.operate.machine import CSRF, NAME, ROOT, Browser, Machine, MailServer
from tests.server import COMMAND, Server, environment, running_server

pytestmark = pytest.mark.operate

BUCKET = "uploads-of-good-standing"
FORM = {
    "title": "Ethics in a small town",
    "completed": "2026-03-01",
    "amount": "6",
    "unit": "hour",
    "part_amount_0": "2.5",
    "part_topic_0": "ethics",
    "format": "asynchronous",
    "activity": "course",
    "approvals": ["nbcc"],
    "sponsor_name": "Example Institute",
    "sponsor_kind": "association",
}
MANY = 150
_NOT_DONE = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status IN ('READY', 'RUNNING')"
_SEND_MANY = """
import django; django.setup()
from django.db import transaction
from goodstanding.mailing.services import send_mail
with transaction.atomic():
    for number in range({many}):
        send_mail(to=f"person{{number}}@example.org", subject=f"message {{number}}", body="x")
"""


@dataclass
class Hosts:
    """The instances, a browser in front of nginx, and what they share."""

    servers: list[Server]
    settings: dict[str, str]
    machine: Machine
    database: str
    endpoint: str

    def browser(self) -> Browser:
        return Browser(self.machine.https, self.machine.root / "etc/goodstanding/tls/fullchain.pem")

    def rows(self, sql: str) -> list[tuple]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(sql).fetchall()

    def store(self):
        return boto3.client(
            "s3", endpoint_url=self.endpoint, aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1"
        )


@contextlib.contextmanager
def _store() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def hosts(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    database = cluster.make_database("several_hosts")
    root = tmp_path_factory.mktemp("hosts")
    with contextlib.ExitStack() as stack:
        endpoint = stack.enter_context(_store())
        mail = stack.enter_context(MailServer.running())
        machine = Machine(root / "machine", cluster.address, cluster.socket_folder, mail)
        stack.callback(machine.stop)
        settings = {
            "DATABASE_URL": database,
            "GOODSTANDING_URL": f"https://{NAME}",
            "GOODSTANDING_BEHIND_PROXY": "yes",
            "GOODSTANDING_SECRET_KEY": "the same for all of the hosts, and long enough for that",
            "GOODSTANDING_PRIVATE_KEY": "the same for all of them, for the private texts of people",
            "GOODSTANDING_MAIL": f"smtp://127.0.0.1:{mail.port}",
            "GOODSTANDING_FILES": f"s3://{BUCKET}/uploads",
            "GOODSTANDING_FILES_ENDPOINT": endpoint,
            "GOODSTANDING_FILES_REGION": "us-east-1",
            "GOODSTANDING_FILES_KEY": "key",
            "GOODSTANDING_FILES_SECRET": "secret",
            "GOODSTANDING_LOGS": "json",
            "GOODSTANDING_OPERATOR_MAIL": "operator@example.org",
        }
        made = Hosts([], settings, machine, database, endpoint)
        made.store().create_bucket(Bucket=BUCKET)
        starting = [running_server(root / name, "--workers", "1", **settings) for name in ("one", "two")]
        with ThreadPoolExecutor() as pool:  # both find an empty database at the same moment
            made.servers += list(pool.map(stack.enter_context, starting))
        _put_nginx_in_front(machine, [server.url.rpartition(":")[2] for server in made.servers])
        yield made


def _put_nginx_in_front(machine: Machine, ports: list[str]) -> None:
    """The site of the guide, with two instances; the answer says which of them gave it."""
    site = machine.moved((ROOT / "deploy" / "nginx.conf").read_text())
    both = "".join(f"    server 127.0.0.1:{port};\n" for port in ports)
    site = re.sub(r"    server 127\.0\.0\.1:\d+;\n", both, site)
    site = site.replace("server_tokens off;", "server_tokens off; add_header X-Answered-By $upstream_addr always;")
    (machine.root / "etc/nginx/sites-enabled/goodstanding").write_text(site)
    guide = (ROOT / "docs" / "operate.md").read_text()
    for command in re.findall(r"^(?:install -d -m 700 /etc/goodstanding/tls|openssl req .*)$", guide, flags=re.MULTILINE):
        machine.run(command)
    machine.run("systemctl reload nginx")


def test_two_that_start_together_prepare_one_database(hosts: Hosts) -> None:
    assert sum("Preparing the database" in server.output() for server in hosts.servers) == 1
    assert (
        hosts.rows(
            "SELECT slug, count(*) FROM catalog_courseversion v JOIN catalog_course c ON c.slug = v.course_id GROUP BY slug HAVING count(*) > 1"
        )
        == []
    )
    assert hosts.rows("SELECT count(*) FROM catalog_courseversion")[0][0] >= 2


def test_a_person_goes_on_wherever_the_balancer_sends_them(hosts: Hosts) -> None:
    claim = subprocess.run(
        [str(COMMAND), "claim"], env=environment(hosts.servers[0].home, **hosts.settings), capture_output=True, text=True, check=True
    ).stdout.strip().removeprefix(f"https://{NAME}")  # fmt: skip
    browser, answered = hosts.browser(), []

    def ask(path: str, **more):
        status, headers, page = browser.ask(path, **more)
        answered.append(headers["x-answered-by"])
        return status, headers, page

    ask(claim)
    form = {"legal_name": "Ada Example", "email": "ada@example.org", "password1": "seven quiet rivers", "terms": "on"}
    assert ask(claim, form=form)[0] == 302
    for _ in range(4):
        assert ask("/credits/")[0] == 200
    assert len(set(answered)) == 2
    assert all(first != second for first, second in itertools.pairwise(answered)), "each request goes to the other one"

    # Uploaded at one, downloaded at the other, and at the first again.
    _, _, page = ask("/credits/add/")
    status, headers, page = ask("/credits/add/", **_multipart(browser, page))
    assert status == 302, re.sub(r"<[^>]+>|\s+", " ", page)
    _, _, page = ask(headers["location"])
    link = re.search(r'href="(/credits/proofs/[^"]+)"', page)
    assert link, page
    for _ in range(2):
        status, headers, body = ask(link[1])
        assert (status, body) == (200, PDF.decode())
        assert headers["content-disposition"].startswith("attachment")
    assert answered[-1] != answered[-2]

    # Out of the store nobody gets it past the product, and no host kept a copy.
    (stored,) = hosts.store().list_objects_v2(Bucket=BUCKET)["Contents"]
    assert re.fullmatch(r"uploads/proofs/[0-9a-f]{32}\.pdf", stored["Key"])
    assert hosts.browser().ask(link[1])[0] == 302, "a stranger is asked to sign in"
    assert not any((server.home / "state" / "files").exists() for server in hosts.servers)
    acl = hosts.store().get_object_acl(Bucket=BUCKET, Key=stored["Key"])
    assert all("AllUsers" not in grant["Grantee"].get("URI", "") for grant in acl["Grants"])


def _multipart(browser: Browser, page: str) -> dict:
    """A credit with a proof, as the form on `page` sends it."""
    submission = re.search(r'name="submission"[^>]*value="([^"]+)"', page)
    fields = {
        "csrfmiddlewaretoken": browser.cookies[CSRF],
        "submission": submission[1] if submission else "",
        **FORM,
    }
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="proof"; filename="proof.pdf"\r\nContent-Type: application/pdf\r\n\r\n'.encode()
        + PDF + f"\r\n--{boundary}--\r\n".encode()
    )  # fmt: skip
    return {
        "body": b"".join(parts),
        "headers": {"Content-Type": f"multipart/form-data; boundary={boundary}", "Origin": f"https://{NAME}"},
    }


def test_a_limit_counts_at_both(hosts: Hosts) -> None:
    browser = hosts.browser()
    codes = [browser.ask("/verify/GS-0000-0000-0000-0000-0/")[0] for _ in range(PAGES.times + 2)]
    assert codes == [404] * PAGES.times + [429] * 2


def test_a_job_is_run_once_by_one_of_them(hosts: Hosts) -> None:
    before = len(hosts.machine.mail.messages)
    subprocess.run(
        [sys.executable, "-c", _SEND_MANY.format(many=MANY)], check=True, timeout=60,
        env=environment(hosts.servers[0].home, DJANGO_SETTINGS_MODULE="goodstanding.conf.settings", **hosts.settings),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(hosts.machine.mail.messages) < before + MANY and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.5)  # whoever took one twice would send it by now
    subjects = [re.search(r"^Subject: (message \d+)$", one, flags=re.MULTILINE) for one in hosts.machine.mail.messages]
    sent = sorted(subject[1] for subject in subjects if subject)
    assert sent == sorted(f"message {number}" for number in range(MANY))
    takers = hosts.rows("SELECT worker_ids FROM django_tasks_database_dbtaskresult WHERE task_path LIKE '%deliver'")
    lists = [row[0] if isinstance(row[0], list) else json.loads(row[0]) for row in takers]
    assert all(len(one) == 1 for one in lists), "nobody took a job that another had"
    assert len({one[0] for one in lists}) == 2, "both took part"


def test_the_operator_learns_once_of_a_job_that_fails_and_not_for_whom(hosts: Hosts) -> None:
    fail = "import django; django.setup(); from goodstanding.mailing.tasks import deliver; [deliver.enqueue('ada@example.org') for _ in 'three']"
    subprocess.run(
        [sys.executable, "-c", fail], check=True, timeout=60,
        env=environment(hosts.servers[0].home, DJANGO_SETTINGS_MODULE="goodstanding.conf.settings", **hosts.settings),
    )  # fmt: skip
    deadline = time.monotonic() + 30
    told: list[str] = []
    while time.monotonic() < deadline and not (told and hosts.rows(_NOT_DONE) == [(0,)]):
        time.sleep(0.1)
        told = [one for one in hosts.machine.mail.messages if "To: operator@example.org" in one]
    (message,) = told
    assert "Subject: Good Standing: ValueError in tasks.py" in message
    assert "path=goodstanding.mailing.tasks.deliver" in message
    assert "ada@" not in message + "".join(server.output() for server in hosts.servers)


def test_a_store_that_is_misstated_is_refused_without_its_keys(tmp_path: Path) -> None:
    for said in ("s3://key:secret@bucket", "https://elsewhere/bucket", "bucket"):
        refused = subprocess.run(
            [str(COMMAND), "serve"],
            env=environment(tmp_path, GOODSTANDING_FILES=said),
            capture_output=True,
            text=True,
            check=False,
        )
        assert refused.returncode == 1
        assert "GOODSTANDING_FILES is not understood" in refused.stderr
        assert "secret" not in refused.stderr
        assert "Traceback" not in refused.stderr
