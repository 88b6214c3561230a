"""The codes, duties and laws of the field as this installation has them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from goodstanding.core.standards import StandardsBook, load_standards

__all__ = ["standards_book"]


def standards_book() -> StandardsBook:
    """The standards below the content folder, read once per process."""
    return _read(Path(settings.CONTENT_ROOT) / "standards")


@cache
def _read(folder: Path) -> StandardsBook:
    return load_standards(folder)
