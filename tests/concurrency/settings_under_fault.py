"""
The product's settings, for a server that can be told to die at a step, and whose locks can be taken out.

Nothing of this is in the product: what can be told here is told to a middleware that only this module names, and this module is
in no package that is built.
"""

from __future__ import annotations

import os

from goodstanding.conf.settings import *  # noqa: F403

WITHOUT = frozenset(os.environ.get("HARNESS_WITHOUT", "").split())
"""What is taken out, as a control: `locks`, `transactions`."""

MIDDLEWARE = ["tests.concurrency.faults.under_fault", *MIDDLEWARE]  # noqa: F405
ROOT_URLCONF = "tests.concurrency.addresses"
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},  # nothing need be collected first
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hashing slowly proves nothing here
if "locks" in WITHOUT and DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # There the transaction itself is the lock, from its first statement on.
    DATABASES["default"]["OPTIONS"] = {**DATABASES["default"]["OPTIONS"], "transaction_mode": "DEFERRED"}  # noqa: F405
