"""
Runs bandit over the product, and holds what it finds against the exceptions below. ``make check`` calls it.

A finding without a reason here fails, and so does a reason whose finding is gone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "goodstanding"

EVERYWHERE = {
    "B101": "an assert states an invariant for the type checker; nothing is permitted or refused by one",
    "B105": "a text about passwords is none: labels, hints and messages of forms",
    "B106": "as B105, for arguments",
    "B107": "as B105, for defaults",
    "B404": "starting a program is judged where it is done (B603)",
}
EXCEPTIONS = {
    ("accounts/second_step.py", "mark_safe"): "segno draws paths; what the code says is nowhere in the markup",
    ("audit/guards.py", "B608"): "names of tables and columns from the models, quoted; never a value",
    ("conf/backup/contents.py", "B608"): "names of tables from the database's own catalog, quoted; never a value",
    ("conf/backup/making.py", "B608"): "a name of a table from the models, quoted; never a value",
    ("conf/backup/restoring.py", "B608"): "a name of a table from the models, quoted; never a value",
    ("conf/backup/sqlite.py", "B608"): "a name of a table from the database's own catalog, quoted; never a value",
    ("conf/backup/postgresql.py", "B603"): "PostgreSQL's own programs with a fixed list of arguments, without a shell",
    ("conf/commands/serve.py", "B104"): "compares with the address to say what it means; the default is loopback",
    ("conf/commands/serve.py", "B603"): "our own server and worker with a fixed list of arguments, without a shell",
    ("core/courseware/images.py", "B405"): "pictures of courses, bounded in size, and refused if they declare any type or entity",
    ("core/courseware/images.py", "B314"): "as above: without a document type there are no entities to expand",
    ("web/learner/learn.py", "mark_safe"): "course text from our Markdown, which refuses HTML and is cleaned again",
    ("web/learner/learn_scenario_back.py", "mark_safe"): "course text from our Markdown, as above",
    ("web/learner/section_shown.py", "mark_safe"): "course text from our Markdown, as above",
    ("web/parts.py", "mark_safe"): "rendered by a template; what is filled in later is escaped",
    ("web/public/kept_page.py", "mark_safe"): "cut out of a page that a template made",
    ("web/templatetags/course_text.py", "mark_safe"): "course text from our Markdown, as above",
    ("web/templatetags/look.py", "mark_safe"): "drawings and links made here; what comes from elsewhere goes through format_html",
}
_SAME = {"B308": "mark_safe", "B703": "mark_safe"}


def main() -> int:
    command = [
        sys.executable,
        "-m",
        "bandit",
        "-q",
        "-r",
        str(SOURCE),
        "-f",
        "json",
        "--skip",
        ",".join(EVERYWHERE),
        "--exit-zero",
    ]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    found: dict[tuple[str, str], list[int]] = {}
    for one in report["results"]:
        place = str(Path(one["filename"]).resolve().relative_to(SOURCE))
        found.setdefault((place, _SAME.get(one["test_id"], one["test_id"])), []).append(one["line_number"])
    for (place, kind), lines in sorted(found.items()):
        if (place, kind) not in EXCEPTIONS:
            print(f"{place}:{lines[0]}: {kind}. Mend it, or say in tests/bandit.py why it is safe.")
    for place, kind in sorted(set(EXCEPTIONS) - set(found)):
        print(f"{place}: {kind} is not found any more. Remove its line from tests/bandit.py.")
    for error in report["errors"]:
        print(f"{error['filename']}: {error['reason']}")
    return int(set(found) != set(EXCEPTIONS) or bool(report["errors"]))


if __name__ == "__main__":
    sys.exit(main())
