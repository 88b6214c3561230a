"""What the harness can tell a server is its own: the product as it is served has no ear for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.concurrency.headers import DIE_AT, MEET, STEPS

pytestmark = pytest.mark.slow_once

_ASK = """
import django; django.setup()
from django.conf import settings
from django.db.models import QuerySet
print(settings.MIDDLEWARE, settings.ROOT_URLCONF, hasattr(settings, "WITHOUT"), QuerySet.select_for_update.__module__)
"""

ROOT = Path(__file__).parents[2]


def test_the_product_neither_dies_nor_waits_nor_tells(db: None) -> None:
    answer = Client().get("/", headers={DIE_AT: "0", MEET: "alone/2/3600/"})
    assert answer.status_code == 200
    assert STEPS not in answer.headers


def test_the_environment_of_the_harness_changes_nothing_in_the_product() -> None:
    said = subprocess.run(
        [
            sys.executable, "-c", _ASK,
        ],
        env={
            **{name: os.environ[name] for name in ("PATH", "GOODSTANDING_HOME")},
            "PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "goodstanding.conf.settings",
            "HARNESS_WITHOUT": "locks transactions", "HARNESS_KILLS": "group",
        },
        cwd="/", capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert said.endswith("goodstanding.conf.urls False django.db.models.query\n")
    assert "concurrency" not in said


def test_nothing_in_the_product_knows_the_harness() -> None:
    source = ROOT / "src" / "goodstanding"
    known = [path for path in source.rglob("*.py") if any(word in path.read_text() for word in ("HARNESS", "tests.concurrency"))]
    assert known == []
    assert "under_fault" not in str(settings.MIDDLEWARE)
