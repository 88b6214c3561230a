"""
Files that no row names: a process that is killed between storing a file and committing its row leaves one behind.

They are removed with more care than haste, because a file that is wrongly removed is lost, and one that stays costs some space:

* only what bears a name that the product itself gives, in a folder of its own: a bucket may hold other things;
* only what has been there for a day, by the store's own word;
* only what was named by nothing twice, with some minutes in between by a clock that does not jump: an upload that is under way on
  any host is done by then, whatever the clock on the wall says;
* never more than a handful a day: that many crashes there are not, so then the store is shared with another installation, or the
  database is not the one that the files belong to. The log says so, and nothing is removed.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterator

from django.apps import apps
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db.models import FileField

from goodstanding.accounts.models import Closure, DataExport

__all__ = ["MOST_AT_ONCE", "OLD", "SECOND_LOOK", "UnnamedFiles"]

logger = logging.getLogger(__name__)

OLD = dt.timedelta(days=1)
EVERY = dt.timedelta(days=1)
SECOND_LOOK = 600.0
"""Seconds between the two looks; no request and no job takes that long to commit what it stored."""
MOST_AT_ONCE = 50
_CLAIM = "unnamed-files"
_EXPORTS = "exports"
_OURS = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}(_[A-Za-z0-9]{7})?\.[a-z]{3,4}")


class UnnamedFiles:
    """Looks for them, once a day over all workers of all hosts, and removes them on the second look."""

    def __init__(self) -> None:
        self._doubtful: list[str] = []
        self._look_again = 0.0

    def tend(self, *, at: dt.datetime, now: float) -> int:
        """
        Look for the first or the second time, if it is time; how many files were removed.

        `at` is the time of day, `now` a time that only goes forward. A worker that ends between the two looks leaves the files
        to the next day.
        """
        if self._doubtful:
            return self._remove() if now >= self._look_again else 0
        if cache.add(_CLAIM, True, timeout=EVERY.total_seconds()):
            try:
                self._doubtful, self._look_again = self._find(at), now + SECOND_LOOK
            except BaseException:
                cache.delete(_CLAIM)
                raise
        return 0

    def _find(self, at: dt.datetime) -> list[str]:
        stored = list(_stored())  # before what rows name: a file that is named in between is named
        named = _named()
        found = [name for name in stored if name not in named and _is_old(name, at)]
        if len(found) > MOST_AT_ONCE:
            logger.warning(
                "%d files in the store are named by no row, more than crashes leave behind. None was removed: see whether another "
                "installation keeps its files there, or whether this database is an older one.",
                len(found),
            )
            return []
        return found

    def _remove(self) -> int:
        named = _named()
        unnamed = [name for name in self._doubtful if name not in named]
        self._doubtful = []
        for name in unnamed:
            default_storage.delete(name)
        if unnamed:
            logger.info("%d files that no row names were removed from the store.", len(unnamed))
        return len(unnamed)


def _file_fields() -> Iterator[FileField]:
    for model in apps.get_models():
        yield from (field for field in model._meta.concrete_fields if isinstance(field, FileField))  # noqa: SLF001 - documented


def _stored() -> Iterator[str]:
    """What lies in the folders of the product under names that it gives."""
    for folder in sorted({*(str(field.upload_to).strip("/") for field in _file_fields()), _EXPORTS}):
        try:
            _, files = default_storage.listdir(folder)
        except FileNotFoundError:
            continue
        yield from (f"{folder}/{name}" for name in files if _OURS.fullmatch(name))


def _named() -> set[str]:
    """Every file that any row names, those included that are on a list to be removed: whoever wrote the list removes them."""
    names: set[str] = set()
    for field in _file_fields():
        names |= set(field.model._base_manager.order_by().values_list(field.attname, flat=True).iterator())  # noqa: SLF001
    names |= set(DataExport.objects.order_by().values_list("file", flat=True))
    # one that is being made is stored before its row says so
    names |= {
        f"{_EXPORTS}/{pk}.zip" for pk in DataExport.objects.filter(ready_at=None, failed_at=None).values_list("pk", flat=True)
    }
    for listed in Closure.objects.exclude(files=[]).values_list("files", flat=True):
        names |= set(listed)
    return names


def _is_old(name: str, at: dt.datetime) -> bool:
    # one that is gone was removed by whoever had it on a list
    return default_storage.exists(name) and default_storage.get_modified_time(name) <= at - OLD
