"""PostgreSQL for the tests of running, started once for all of them."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.run import postgres


@dataclass(frozen=True)
class Cluster:
    """A fresh PostgreSQL: the address of its superuser, and the folder of its socket."""

    address: urllib.parse.SplitResult
    socket_folder: Path

    def make_database(self, name: str) -> str:
        """An empty database of the superuser; its address."""
        with psycopg.connect(self.address.geturl(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with postgres(superuser="postgres", database="") as url:
        with psycopg.connect(url) as connection:
            row = connection.execute("SHOW unix_socket_directories").fetchone()
        assert row is not None
        yield Cluster(urllib.parse.urlsplit(url), Path(row[0]))
