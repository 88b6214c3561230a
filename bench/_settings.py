"""The product's settings, with the page that renders the base template alone beside its addresses."""

from __future__ import annotations

from goodstanding.conf.settings import *  # noqa: F403

ROOT_URLCONF = "bench._base_page"
