"""
Takes a picture of every page in every state, for people to walk through: ``make gallery``, or ``make gallery G=staff``.

The pictures land in build/gallery/ with an index.html that searches them and lays them side by side, and with sheets of six.
What a program can see is counted as a finding: a page that scrolls sideways or answers wrongly, and with ``--check`` what
axe-core says (target sizes included) and where the keyboard is caught or not shown. Exit code 1 if there is any.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.conftest import FLAGS
from tests.gallery import showing
from tests.gallery.pages import shots
from tests.gallery.walking import Walk, prepare
from tests.server import running_server

FOLDER = Path("build/gallery")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument(
        "part", nargs="*", help="show only pages with one of these words in their name or area (staff, learn, errors ...)"
    )
    parser.add_argument("--check", action="store_true", help="also ask axe-core and the keyboard, which takes longer")
    args = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        print("Chromium is missing: install Debian's package chromium", file=sys.stderr)
        return 1
    began = time.monotonic()
    wanted = [shot for shot in shots() if _wanted(shot.title, args.part)]
    if not args.part:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gallery-") as home:
        print("Filling a demonstration, and people with names that are too long ...", flush=True)
        told = prepare(Path(home))
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        with running_server(Path(home), "--demo") as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=flags)
            walk = Walk(browser, server, told, FOLDER, checking=args.check)
            walk.show(wanted)
            if not args.part or _wanted("learn-player", args.part):
                walk.take_the_course()
            if not args.part or _wanted("public-failure", args.part):
                walk.show_failures()
            browser.close()
    showing.write_sheets(FOLDER)
    showing.write_index(FOLDER)
    for finding in walk.findings:
        print(finding)
    print(f"{walk.taken} pictures in {time.monotonic() - began:.0f} s: {FOLDER}/index.html, and sheets in {FOLDER}/sheets/")
    print(f"{len(walk.findings)} findings" if walk.findings else "Nothing found.")
    return 1 if walk.findings else 0


def _wanted(title: str, parts: list[str]) -> bool:
    return not parts or any(part in title for part in parts)


if __name__ == "__main__":
    sys.exit(main())
