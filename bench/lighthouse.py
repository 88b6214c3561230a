"""
Lighthouse on every public page, with Debian's Chromium: accessibility, best practices, SEO and performance of 100.

Lighthouse is a program for Node. It is installed from the npm registry into a folder of its own, outside the locks. The pages are
served as on a public site: at https they are not, so what Lighthouse says of that is left out by name. `make bench B=lighthouse`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench._served import TOOLS, product

PACKAGE = "lighthouse@13.5.0"
SLUG = "dual-relationships-and-boundaries"
PAGES = (
    "/",
    "/courses/",
    f"/courses/{SLUG}/",
    f"/courses/{SLUG}/contact/",
    "/requirements/",
    "/requirements/us/ca/",
    "/requirements/us/ca/lcsw/",
    "/requirements/compare/?with=us/ca/lcsw&with=us/ny/lcsw",
    "/requirements/us/ca/lcsw/try/",
    "/requirements/us/ca/lcsw/mistake/",
    "/verify/",
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/privacy/",
    "/terms/",
)
GOALS = {"accessibility": 100, "best-practices": 100, "seo": 100, "performance": 98}
ON_DEMAND = True
"""Takes too long for a plain run."""


def main() -> int:
    program = install()
    if program is None:
        print("Node and its package registry are not to be had here, so Lighthouse was not run.")
        return 1
    pages = [each for each in sys.argv[2:] if each.startswith("/")] or PAGES
    missed = 0
    with product() as server, tempfile.TemporaryDirectory(prefix="goodstanding-bench-") as folder:
        print(f"{'page':48}" + "".join(f"{name:>16}" for name in GOALS))
        for path in pages:
            scores, findings = judge(program, server.url + path, Path(folder) / "report.json")
            print(
                f"{path:48}"
                + "".join(f"{scores[name]:>15}{'*' if scores[name] < goal else ' '}" for name, goal in GOALS.items()),
                flush=True,
            )
            missed += any(scores[name] < goal for name, goal in GOALS.items())
            for finding in findings:
                print(f"    {finding}")
    print(f"goals: {', '.join(f'{name} {goal}' for name, goal in GOALS.items())} (* misses)")
    return 1 if missed else 0


def install() -> Path | None:
    """Lighthouse's program; None where it can not be installed."""
    if not shutil.which("npm"):
        return None
    folder = TOOLS / "lighthouse"
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        print(f"installing {PACKAGE} ...", flush=True)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder), PACKAGE]
        done = subprocess.run(command, env={**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"}, check=False)
        if done.returncode:
            return None
    return program


def judge(program: Path, url: str, report: Path) -> tuple[dict[str, int], list[str]]:
    """The scores of a page, and what took points."""
    chromium = shutil.which("chromium") or "chromium"
    flags = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"
    command = [str(program), url, "--quiet", "--output=json", f"--output-path={report}", f"--only-categories={','.join(GOALS)}"]
    # To an address on the same machine Lighthouse asks for no https; everything else is judged as it is.
    done = subprocess.run(
        [*command, f"--chrome-flags={flags}"],
        env={**os.environ, "CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"Lighthouse failed on {url}:\n{done.stderr[-1500:]}")
    said = json.loads(report.read_text(encoding="utf-8"))
    scores = {name: round((said["categories"][name]["score"] or 0) * 100) for name in GOALS}
    lost = []
    for name in GOALS:
        for reference in said["categories"][name]["auditRefs"]:
            audit = said["audits"][reference["id"]]
            score = audit["score"]
            if reference["weight"] and score is not None and score < (0.9 if name == "performance" else 1):
                lost.append(f"{name}: {audit['title']} ({audit.get('displayValue') or score})")
    return scores, lost


if __name__ == "__main__":
    sys.exit(main())
