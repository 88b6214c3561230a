"""The import contracts hold; `.importlinter` says why each layer lies where it does."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

pytestmark = pytest.mark.slow_once

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def logging_stays_as_it_is(monkeypatch):
    """The program sets up logging for its whole process, which silences every logger that later tests listen to."""
    monkeypatch.setattr("importlinter.cli._configure_logging", lambda verbose: None)


def test_other_loggers_are_not_silenced():
    logger = logging.getLogger("goodstanding")
    lint_imports(config_filename=str(ROOT / ".importlinter"), limit_to_contracts=("web-faces",), no_cache=True)
    assert not logger.disabled


def test_every_import_contract_holds():
    assert lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True) == 0


def test_annotations_do_not_look_upward_either(tmp_path):
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    config = tmp_path / "contracts"
    config.write_text(text.replace("exclude_type_checking_imports = True", "exclude_type_checking_imports = False"))
    assert config.read_text() != text
    contracts = ("layers", "core-is-pure", "web-faces")
    assert lint_imports(config_filename=str(config), limit_to_contracts=contracts, no_cache=True) == 0


def test_a_contract_that_is_broken_is_noticed(tmp_path, monkeypatch):
    package = tmp_path / "upside_down"
    for name, text in {"__init__": "", "core": "import upside_down.web", "web": ""}.items():
        package.mkdir(exist_ok=True)
        (package / f"{name}.py").write_text(text)
    config = tmp_path / "contracts"
    config.write_text(
        "[importlinter]\nroot_package = upside_down\n\n[importlinter:contract:layers]\nname = Layers\ntype = layers\n"
        "layers =\n    upside_down.web\n    upside_down.core\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    assert lint_imports(config_filename=str(config), no_cache=True) == 1
