"""The version of the terms now in force."""

from __future__ import annotations

TERMS_VERSION = "2026-11-23"
"""The day from which the text of ``templates/public/terms.html`` holds; a changed text gets a new day here."""
