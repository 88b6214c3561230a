"""The wheel holds all that the product needs: code, templates, static files and content."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.server import environment, running_server

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow_once


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)],
        check=True, env={**os.environ, "PIP_NO_INDEX": "1"},
    )  # fmt: skip
    [built] = folder.glob("*.whl")
    return built


def test_every_content_file_template_and_static_file_is_in_the_wheel(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("rules", "courses", "standards"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                assert f"goodstanding/_content/{path.relative_to(ROOT)}" in packed
    for path in (ROOT / "src").rglob("*"):
        if path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts and ".dist-info" not in str(path):
            assert str(path.relative_to(ROOT / "src")) in packed


def test_installed_in_an_empty_environment_it_serves_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "environment"
    venv.create(place, with_pip=False)
    libraries = sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)})
    # The libraries are those of this environment, by path; files of editable installs are not followed, so the product itself is not among them.
    Path(libraries, "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(place), "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
        check=True,
    )  # fmt: skip
    python = place / "bin" / "python"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    where = subprocess.run(
        [str(python), "-c", "import goodstanding; print(goodstanding.__file__)"],
        cwd=elsewhere, env=environment(elsewhere), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert str(place) in where
    with running_server(tmp_path / "home", command=place / "bin" / "goodstanding", cwd=elsewhere, DATABASE_URL="") as server:
        assert server.get("/")[0] == 200
        assert b"A former client asks for coffee" in server.get("/courses/")[2]
