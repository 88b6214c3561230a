"""What the documents say a person can type works."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.server import COMMAND, environment, free_port

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

pytestmark = pytest.mark.slow_once


def commands(text: str) -> list[str]:
    """Every command in a document: lines of shell blocks, and inline code that begins with make or goodstanding."""
    blocks = re.findall(r"```(?:sh|shell|console|bash)\n(.*?)```", text, flags=re.DOTALL)
    lines = [line.removeprefix("$ ").strip() for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`((?:make|goodstanding)(?: [^`\n]*)?)`", text)
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_in_a_document_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    text = document.read_text()
    if document.name == "operate.md":
        text = text.replace("```sh", "```")  # tests/operate follows its blocks to the letter
    for command in commands(text):
        words = command.split()
        if words[0] == "make":
            assert all(word in targets or "=" in word for word in words[1:]), command
        elif words[0] in {"goodstanding", ".venv/bin/goodstanding"}:
            names = [word for word in words[1:] if re.fullmatch(r"[a-z]+", word)][:1]
            answer = subprocess.run([str(COMMAND), *names, "--help"], capture_output=True, text=True, check=False)
            assert answer.returncode == 0, command
            for option in (word for word in words if word.startswith("--")):
                assert option in answer.stdout, command
        else:
            assert words[0] in {"git", "cd"}, f"{command}: nothing tests this command"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_links_to_exists(document: Path) -> None:
    prose = re.sub(r"^```.*?^```|`[^`\n]+`", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)  # what is shown is no link
    for target in re.findall(r"\]\(([^)#\s]+)", prose):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_make_alone_prints_help() -> None:
    answer = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "check", "bench", "setup"):
        assert f"make {target}" in answer


def test_make_run_starts_the_product(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=ROOT,
        env=environment(tmp_path, DATABASE_URL=""),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        status = 0
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                    status = answer.status
                break
            except OSError:
                time.sleep(0.1)
        assert status == 200
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
