"""The command line as another program sees it: output, exit code, one line per error, no traceback."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "goodstanding.conf.cli"]
ROOT = Path(__file__).parents[2]
BROKEN = Path(__file__).parents[1] / "core" / "rules" / "broken"
CASE = """on: 2026-11-23
licenses:
  - rule: us/ca/lmft
    issued: 2019-05-10
    expires: 2027-05-31
    renewals: 3
credits:
  - id: c1
    title: Ethics in a small town
    completed: 2026-03-01
    quantity: {amount: 6, unit: hour}
    parts:
      - {amount: 5, topics: [ethics]}
    approvals: [nbcc]
"""


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    # Settings of the surrounding test run must not leak in: these commands need none.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "DATABASE", "GOODSTANDING"))}
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=60, env=environment, check=False
    )


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    return path


def assert_refuses(result: subprocess.CompletedProcess[str], code: int, words: str) -> None:
    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    (line,) = result.stderr.splitlines()
    assert words in line


def test_evaluate_answers_in_json_with_exit_code_zero_whatever_the_standing(case: Path) -> None:
    result = run("evaluate", case, "--json")
    assert (result.returncode, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    (evaluation,) = answer["evaluations"]
    assert answer["on"] == "2026-11-23"
    assert evaluation["standing"] == "unmet"
    ethics = next(one for one in evaluation["requirements"] if one["id"] == "ethics")
    assert (ethics["outcome"], ethics["counted"], ethics["missing"]) == ("unmet", 5, 1)
    assert '"counted": 5,' in result.stdout


def test_evaluate_answers_in_sentences(case: Path) -> None:
    result = run("evaluate", case)
    assert result.returncode == 0
    assert "You have 5 of 6 hours in law and ethics; 1 is still owed by 31 May 2027." in result.stdout
    assert "Check with your board" in result.stdout


def test_evaluate_names_days_as_its_sentences_do(case: Path) -> None:
    lines = run("evaluate", case).stdout.splitlines()
    assert lines[0].endswith(": UNMET on 23 November 2026 (1 June 2025 to 31 May 2027)")
    assert any(line.startswith("  1 March 2026, Ethics in a small town: toward total 6, ethics 5.") for line in lines)
    checked = next(line for line in lines if line.startswith("Rule us/ca/lmft"))
    assert "checked on 23 November 2026." in checked
    assert not re.search(r"\d{4}-\d\d-\d\d", "\n".join(lines))


def test_evaluate_on_another_day_than_the_case_names(case: Path) -> None:
    evaluation = json.loads(run("evaluate", case, "--on", "2026-02-01", "--json").stdout)["evaluations"][0]
    assert evaluation["on"] == "2026-02-01"
    assert evaluation["credits"][0]["why_not"] == "Not counted: completed on 1 March 2026, after 1 February 2026."


def test_evaluate_without_a_day_answers_for_today(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE.replace("on: 2026-11-23\n", ""))
    result = run("evaluate", path, "--json")
    assert result.returncode == 0
    assert json.loads(result.stdout)["on"] >= "2026-01-01"


def test_evaluate_loads_no_django(case: Path) -> None:
    code = f"import sys; from goodstanding.conf.cli import main; main(['evaluate', {str(case)!r}]); assert 'django' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_a_broken_case_file_is_one_line_with_file_line_and_mend() -> None:
    path = BROKEN / "cases" / "unknown_topic.yaml"
    assert_refuses(run("evaluate", path), 1, f"{path}:14: There is no topic `ethic`. Did you mean `ethics`?")


def test_a_missing_case_file() -> None:
    assert_refuses(run("evaluate", "nowhere.yaml"), 1, "nowhere.yaml:1: The file can not be read")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a command"),
        (("frobnicate",), "invalid choice"),
        (("evaluate",), "required: CASE.yaml"),
        (("evaluate", "x.yaml", "--on", "yesterday"), "“yesterday” is not a day like 2026-11-23"),
        (("evaluate", "x.yaml", "--on", "2026-02-30"), "“2026-02-30” is not a day like 2026-11-23"),
        (("evaluate", "x.yaml", "--loud"), "unrecognized arguments"),
        (("check", "everything"), "invalid choice"),
        (("rules",), "required"),
        (("rules", "show"), "required: ID"),
    ],
)
def test_wrong_usage_is_exit_code_two(arguments: tuple[str, ...], words: str) -> None:
    assert_refuses(run(*arguments), 2, words)


def test_rules_list_has_one_row_per_rule_and_profession() -> None:
    rows = json.loads(run("rules", "list", "--json").stdout)
    assert {"us/ca/lpcc", "us/ca/lmft", "us/ca/lcsw"} <= {row["id"] for row in rows}
    lpcc = next(row for row in rows if row["id"] == "us/ca/lpcc")
    assert (lpcc["jurisdiction"], lpcc["profession"], lpcc["license_types"]) == ("US-CA", "counselor", ["LPCC"])
    assert lpcc["confidence"] == "primary"
    assert "us/ca/lpcc" in run("rules", "list").stdout


def test_rules_show_prints_sources_and_open_questions() -> None:
    result = run("rules", "show", "us/ca/lpcc")
    assert result.returncode == 0
    assert "ethics: 6 hours, law and ethics" in result.stdout
    assert "https://regulations.justia.com/" in result.stdout
    assert "Open question california_law_hours" in result.stdout


def test_rules_show_on_a_day_shows_what_was_in_force() -> None:
    now = json.loads(run("rules", "show", "us/ca/lpcc", "--json", "--on", "2026-11-23").stdout)
    then = json.loads(run("rules", "show", "us/ca/lpcc", "--json", "--on", "2023-07-01").stdout)
    assert [one["hours"] for one in now["requirements"] if one["id"] == "total"] == [36]
    assert [one["id"] for one in then["requirements"]] == ["total"]
    assert then["requirements"][0]["variants"][0]["hours"] == 18


def test_rules_show_of_an_unknown_rule() -> None:
    assert_refuses(run("rules", "show", "us/ca/lpc"), 1, "There is no rule `us/ca/lpc`. Did you mean `us/ca/lpcc`?")


def test_check_rules_finds_nothing_wrong() -> None:
    result = run("check", "rules")
    assert (result.returncode, result.stderr) == (0, "")


def test_check_rules_names_file_line_and_mend() -> None:
    path = BROKEN / "rules" / "unknown_source.yaml"
    assert_refuses(run("check", "rules", path), 1, f"{path}:17: There is no source `lwa`. Did you mean `law`?")


def test_check_of_a_folder_that_is_not_there() -> None:
    assert_refuses(run("check", "rules", "nowhere"), 1, "There is no nowhere.")


def test_check_standards_names_file_line_and_mend(tmp_path: Path) -> None:
    result = run("check", "standards")
    assert result.returncode == 0
    assert "standards: nothing wrong in" in result.stdout
    folder = tmp_path / "standards"
    shutil.copytree(ROOT / "standards", folder)
    glossary = folder / "glossary.yaml"
    glossary.write_text(glossary.read_text() + "words: []\n")
    line = len(glossary.read_text().splitlines())
    result = run("check", "standards", str(folder))
    assert result.returncode == 1
    assert (
        result.stderr == f"{glossary}:{line}: The key `words` is not known. Remove it; known here: checked_on, groups, terms.\n"
    )


def test_check_names_standards_that_are_not_there() -> None:
    assert_refuses(run("check", "standards", "nowhere"), 1, "There is no nowhere.")


def test_a_reader_that_goes_away_is_no_error(case: Path) -> None:
    process = subprocess.Popen([*COMMAND, "evaluate", str(case)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert errors == b""


def test_output_that_can_not_be_written_is_one_line(case: Path) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run([*COMMAND, "evaluate", str(case)], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "goodstanding: No space left on device\n"


def test_an_interrupt_ends_quietly(tmp_path: Path) -> None:
    pipe = tmp_path / "case.yaml"
    os.mkfifo(pipe)
    # A run started in the background inherits SIGINT as ignored and would hand that on; the command is to be asked as from a terminal.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen([*COMMAND, "evaluate", str(pipe)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with pipe.open("w"):  # opens once the command waits for the case, which is never written
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    signal.signal(signal.SIGINT, inherited)
    assert process.returncode == 130
    assert errors == b""


def test_rules_that_were_not_read_for_long_are_listed(tmp_path: Path) -> None:
    for name in ("topics", "facts", "approvals"):
        shutil.copy(ROOT / "rules" / f"{name}.yaml", tmp_path)
    folder = tmp_path / "us" / "mi"
    folder.mkdir(parents=True)
    text = (ROOT / "rules/us/mi/lpc.yaml").read_text(encoding="utf-8")
    (folder / "lpc.yaml").write_text(text.replace("checked_on: 2026-11-23", "checked_on: 2020-01-02"), encoding="utf-8")
    result = run("check", "rules", tmp_path, "--stale", 180)
    assert (result.returncode, result.stdout.split()[:2]) == (1, ["2020-01-02", "us/mi/lpc"])
    fresh = run("check", "rules", tmp_path, "--stale", 100_000)
    assert (fresh.returncode, "the sources of all 1 were read" in fresh.stdout) == (0, True)
    assert_refuses(run("check", "courses", "--stale", 1), 2, "--stale goes with `check rules`")
