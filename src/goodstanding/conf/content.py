"""Where rules, courses, standards and the other content files are: inside the installed package, or in the repository."""

from __future__ import annotations

from pathlib import Path


def content_root() -> Path:
    """The folder that holds ``rules/``, ``courses/`` and ``standards/``."""
    package = Path(__file__).resolve().parent.parent
    packed = package / "_content"
    return packed if packed.is_dir() else package.parent.parent
