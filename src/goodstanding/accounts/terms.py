"""The version of the terms now in force."""

from __future__ import annotations

import datetime as dt

TERMS_VERSION = "2026-11-23"
"""The day from which the texts of ``public/terms.html`` and ``public/privacy.html`` hold; changed texts get a new day here."""


def terms_day(version: str = TERMS_VERSION) -> dt.date:
    """The day that a version is named after."""
    return dt.date.fromisoformat(version)
