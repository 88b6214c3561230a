"""Prometheus reads figures of all processes at an address of their own, which is closed where nobody opened it."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import Server, free_port, running_server


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    address = f"127.0.0.1:{free_port()}"
    home = tmp_path_factory.mktemp("watched")
    with running_server(home, "--workers", "2", GOODSTANDING_METRICS=address, GOODSTANDING_LOGS="json") as server:
        yield server, address


def figures(address: str) -> dict[str, float]:
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
                lines = answer.read().decode().splitlines()
            break
        except OSError:  # the job worker starts beside the pages
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def test_figures_are_added_up_over_all_processes(watched: tuple[Server, str]) -> None:
    server, address = watched
    nowhere = 'goodstanding_request_seconds_count{method="GET",status="404",view="none"}'
    before = figures(address).get(nowhere, 0)
    for _ in range(30):
        assert server.get("/courses/")[0] == 200
    assert server.get("/nothing/is/here/?name=lovelace")[0] == 404
    found = figures(address)
    assert found['goodstanding_request_seconds_count{method="GET",status="200",view="course-list"}'] == 30
    assert found['goodstanding_request_seconds_bucket{le="+Inf",method="GET",status="200",view="course-list"}'] == 30
    assert found[nowhere] == before + 1
    assert found['goodstanding_database_queries_total{view="course-list"}'] >= 30
    assert found['goodstanding_database_seconds_total{view="course-list"}'] > 0
    assert found['goodstanding_jobs{state="ready"}'] == 0
    assert found['goodstanding_mail{state="given_up"}'] == 0
    assert found["goodstanding_database_up"] == 1
    assert any(re.match(r'goodstanding_build_info\{django="5', name) for name in found)
    assert "lovelace" not in json.dumps(found)


def test_the_pages_themselves_give_no_figures(watched: tuple[Server, str]) -> None:
    server, _ = watched
    assert server.get("/metrics")[0] == 404


def test_in_production_what_is_printed_is_no_key_to_the_house(watched: tuple[Server, str]) -> None:
    server, _ = watched
    deadline = time.monotonic() + 10
    while "Ctrl-C" not in server.output() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "goodstanding claim" in server.output()
    assert "/claim/" not in server.output()
    server.get("/standing/?name=lovelace")
    noted = [json.loads(line) for line in server.lines if line.startswith("{")]
    assert any(entry.get("view") == "standing" and entry["status"] == 302 for entry in noted)
    assert "lovelace" not in server.output()


def test_closed_where_nobody_opened_it(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        assert not (server.home / "state" / "metrics").exists()
