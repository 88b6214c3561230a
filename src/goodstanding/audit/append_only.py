"""
Rows that are written once. A correction is a new row that points back.

A model becomes append-only by deriving from :class:`AppendOnly`; that is the whole list. The database refuses as well:
``goodstanding.audit.guards`` puts triggers on the table of every such model after each migration.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.db import models

__all__ = ["AppendOnly", "AppendOnlyQuerySet", "RewrittenRecordError", "append_only_models"]


class RewrittenRecordError(Exception):
    """Code tried to change or delete a row of an append-only table."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A QuerySet that inserts and reads."""

    def update(self, **_: Any) -> int:
        raise RewrittenRecordError(self.model.__name__)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise RewrittenRecordError(self.model.__name__)

    def bulk_update(self, *_: Any, **__: Any) -> int:
        raise RewrittenRecordError(self.model.__name__)

    def erase(self) -> int:
        """
        Delete these rows for good, because the person they are about is leaving; how many there were.

        Only rows of an ``erasable`` table, and only inside ``audit.services.erasing``: elsewhere the database refuses.
        """
        if not self.model.erasable:
            raise RewrittenRecordError(self.model.__name__)
        return int(self._raw_delete(self.db) or 0)


class AppendOnly(models.Model):
    """
    Base of append-only tables: a saved row can not be saved again nor deleted.

    No column of any of them ever changes. ``erasable`` tables hold what is a person's own affair alone: their rows may be
    deleted, never changed, in the one transaction that removes the person's account.
    """

    erasable: ClassVar[bool] = False

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RewrittenRecordError(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        raise RewrittenRecordError(type(self).__name__)


def append_only_models() -> list[type[AppendOnly]]:
    """Every append-only model of the product, by table."""
    found = [model for model in apps.get_models() if issubclass(model, AppendOnly) and not model._meta.proxy]  # noqa: SLF001 - Django's documented name
    return sorted(found, key=lambda model: model._meta.db_table)  # noqa: SLF001
