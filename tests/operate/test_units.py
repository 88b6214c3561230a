"""The units: what systemd says of them, and that they lock the service up."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from goodstanding.conf.variables import VARIABLES
from tests.operate.machine import ROOT, read_environment, read_unit

pytestmark = pytest.mark.slow_once

DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in {".service", ".timer"})
SERVICES = [path for path in UNITS if path.suffix == ".service"]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_has_its_own_user_and_writes_to_its_own_places(path: Path) -> None:
    service = read_unit(path.read_text())["Service"]
    for name, value in {
        "User": "goodstanding",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "CapabilityBoundingSet": "",
        "StateDirectory": "goodstanding",
        "UMask": "0077",
        "EnvironmentFile": "/etc/goodstanding/environment",
    }.items():
        assert service[name] == [value], name
    assert "sudo" not in path.read_text()
    assert not any(re.search("KEY|PASSWORD|SECRET", line) for lines in service.values() for line in lines)


def test_backups_are_made_every_night_and_also_after_one_that_was_slept_through() -> None:
    timer = read_unit((DEPLOY / "goodstanding-backup.timer").read_text())["Timer"]
    assert timer["OnCalendar"] == ["*-*-* 03:00:00"]
    assert timer["Persistent"] == ["yes"]


def test_the_settings_of_the_example_exist_and_its_secrets_are_placeholders() -> None:
    settings = read_environment((DEPLOY / "environment.example").read_text())
    assert set(settings) <= {one.name for one in VARIABLES}
    assert "PASSWORD" in settings["GOODSTANDING_MAIL"]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_every_line(path: Path, tmp_path: Path) -> None:
    """Where systemd is at hand; elsewhere at least every line is a name with a value, in a known section."""
    assert set(read_unit(path.read_text())) <= {"Unit", "Service", "Timer", "Install"}
    for line in path.read_text().splitlines():
        assert not line or re.fullmatch(r"#.*|\[\w+\]|[A-Za-z]+=.*", line), line
    if not (analyze := shutil.which("systemd-analyze")):
        return
    for unit in UNITS:  # programs that are there
        (tmp_path / unit.name).write_text(re.sub(r"(?<==)\S*bin/goodstanding|(?<==)find", "/bin/true", unit.read_text()))
    said = subprocess.run([analyze, "verify", str(tmp_path / path.name)], capture_output=True, text=True, check=False)
    about_it = [line for line in said.stderr.splitlines() if path.name in line]
    assert about_it == []
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_systemd_finds_the_service_well_locked_up(path: Path) -> None:
    if not (analyze := shutil.which("systemd-analyze")):
        return
    said = subprocess.run(
        [analyze, "security", "--offline=true", "--no-pager", str(path)], capture_output=True, text=True, check=False
    )
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said.stdout)
    assert level is None or float(level[1]) <= 2.0, said.stdout
