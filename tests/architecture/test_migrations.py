"""The models and their migrations agree, and every migration says by its name what it does."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

SOURCE = Path(__file__).parents[2] / "src" / "goodstanding"
FOLDERS = sorted(SOURCE.glob("*/migrations"))


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    # exits, and so fails, when a model has changed since
    call_command("makemigrations", "--check", "--dry-run")
    assert "No changes detected" in capsys.readouterr().out


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_migrations_begin_with_one_initial_and_have_telling_names(folder):
    names = sorted(path.stem for path in folder.glob("[0-9]*.py"))
    assert names[0] == "0001_initial"
    assert [name for name in names if "_auto_" in name] == []
    assert len({name[:4] for name in names}) == len(names)
