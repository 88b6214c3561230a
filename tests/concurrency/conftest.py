"""A database and a folder of its own for each file of these tests."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """The cache of this process is not what these tests are about, and reaching for it would need its database."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh home folder; with PostgreSQL, a fresh database that DATABASE_URL names meanwhile."""
    folder = tmp_path_factory.mktemp("product")
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield folder
        return
    import psycopg

    name = f"concurrency_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    parts = urlsplit(given)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", urlunsplit(parts._replace(path=f"/{name}")))
        yield folder
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
