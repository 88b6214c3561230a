"""The installation's own database, for commands that ask it something and must not make one."""

from __future__ import annotations

import os
from pathlib import Path

_MAKE_ONE = "start `goodstanding serve` once, or set GOODSTANDING_HOME or DATABASE_URL"

UNREADABLE = f"the database can not be read; if it is new, {_MAKE_ONE}"
"""What to say of a database error: its own message may show where the database is and who asks."""


class NoDatabaseError(Exception):
    """There is no database to ask; the message says what to do."""


def set_up_database() -> None:
    """Make Django ready to ask the configured database. Raises NoDatabaseError rather than leave an empty file behind."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.conf.settings")
    import django
    from django.apps import apps
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        if not apps.ready:
            django.setup()
    except ImproperlyConfigured as error:
        raise NoDatabaseError(str(error)) from error
    database = settings.DATABASES["default"]
    # Connecting would make the file.
    if database["ENGINE"].endswith("sqlite3") and not Path(database["NAME"]).exists():
        raise NoDatabaseError(f"there is no database yet; {_MAKE_ONE}")
