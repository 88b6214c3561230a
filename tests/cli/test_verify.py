"""`goodstanding verify` where there is nothing to confirm with: one line, and never a yes."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from goodstanding.core.certificates import new_number

GOOD = new_number(lambda below: 7 % below)
MISTYPED = GOOD.replace("7", "8", 1)


def run(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "DATABASE", "GOODSTANDING"))}
    return subprocess.run(
        [sys.executable, "-m", "goodstanding.conf.cli", "verify", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**kept, "GOODSTANDING_HOME": str(home), **settings},
        check=False,
    )


def assert_one_line(result: subprocess.CompletedProcess[str], code: int, words: str) -> None:
    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("goodstanding verify: ")
    assert words in line


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (MISTYPED, f"{MISTYPED} is no certificate number. The check character at its end does not fit"),
        ("GS-1234", "A certificate number has 17 characters after GS; this one has 4."),
        ("GS-7K3M-9QWE-R5T2-ABC!-X", "“!” does not occur in certificate numbers"),
        ("a\nb", "a b is no certificate number."),
        ("x" * 5000, "A certificate number has 17 characters"),
        ("nowhere.pdf", "nowhere.pdf can not be read: No such file or directory"),
    ],
)
def test_what_is_no_number_and_no_file_is_not_verified(tmp_path: Path, given: str, words: str) -> None:
    assert_one_line(run(tmp_path, given), 1, words)


@pytest.mark.parametrize(("arguments", "words"), [((), "FILE|NUMBER --audit is required"), (("",), "name the file")])
def test_to_name_nothing_is_wrong_usage(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    assert_one_line(run(tmp_path, *arguments), 2, words)


def test_without_a_database_nothing_is_verified_and_none_is_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert_one_line(run(home, GOOD), 1, "there is no database yet; start `goodstanding serve` once")
    assert not home.exists()


def test_a_database_without_tables_verifies_nothing(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "goodstanding.sqlite3").close()
    (tmp_path / "goodstanding.sqlite3").touch()
    assert_one_line(run(tmp_path, GOOD), 1, "the database can not be read")


def test_a_file_that_is_no_database_verifies_nothing(tmp_path: Path) -> None:
    (tmp_path / "goodstanding.sqlite3").write_bytes(b"no database " * 100)
    assert_one_line(run(tmp_path, GOOD), 1, "the database can not be read")


def test_a_database_that_does_not_answer_verifies_nothing_and_tells_no_password(tmp_path: Path) -> None:
    with socket.socket() as closed:  # bound and not listening: nobody else answers there either
        closed.bind(("127.0.0.1", 0))
        address = f"postgres://someone:hush@127.0.0.1:{closed.getsockname()[1]}/x"
        result = run(tmp_path, GOOD, DATABASE_URL=address)
    assert_one_line(result, 1, "the database can not be read")
    assert "hush" not in result.stderr


def test_a_database_address_that_is_not_understood_is_one_line(tmp_path: Path) -> None:
    assert_one_line(run(tmp_path, GOOD, DATABASE_URL="nonsense"), 1, "DATABASE_URL is not understood")
