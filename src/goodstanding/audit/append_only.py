"""Rows that are written once. A correction is a new row that points back."""

from __future__ import annotations

from typing import Any

from django.db import models


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


class AppendOnly(models.Model):
    """Base of append-only tables: a saved row can not be saved again nor deleted."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RewrittenRecordError(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        raise RewrittenRecordError(type(self).__name__)
