"""Settings of the tests: those of the product, with a throw-away state folder and nothing that waits."""

from __future__ import annotations

import os
import tempfile

os.environ["GOODSTANDING_HOME"] = tempfile.mkdtemp(prefix="goodstanding-test-")
os.environ.setdefault("GOODSTANDING_SECRET_KEY", "only for tests")
os.environ.setdefault("GOODSTANDING_PRIVATE_KEY", "only for tests and long enough for them")

from goodstanding.conf.settings import *  # noqa: F403

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": ["default"]}}
RECOVERY_CODE_ROUNDS = 1_000
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]  # noqa: F405
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A file, as in the product: SQLite's shared memory refuses a second writer at once instead of letting it wait.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["GOODSTANDING_HOME"], "test.sqlite3")}  # noqa: F405, PTH118
