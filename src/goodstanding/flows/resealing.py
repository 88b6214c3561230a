"""
Bring every stored private text to the newest key, so that an older one can be put away.

Safe at any moment, also while the product serves: a text is replaced only if it still reads as it did when it was opened, so
what someone writes or deletes meanwhile stands. Each text is replaced whole or not at all, and one under the newest key is
left alone; so a run that was stopped is gone on with by another, and a second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Model, QuerySet

from goodstanding.accounts.second_step import SECRET, SECRET_OWNER
from goodstanding.flows.requests import REQUEST
from goodstanding.learning.models import PrivateNote, StaffRequest, StepReason
from goodstanding.learning.notes import NOTE
from goodstanding.learning.notes import owner_of as owner_of_note
from goodstanding.learning.selectors import REASON
from goodstanding.private_text import UnknownKeyError, UnreadableTextError, current_start, reseal

__all__ = ["BATCH", "KINDS", "Resealed", "SealedKind", "reseal_texts"]

BATCH = 200
MOST_PASSES = 5
"""A server that still seals with an older key writes on behind us; after so many rounds it is told, not chased."""


@dataclass(frozen=True)
class SealedKind:
    """One kind of stored private text: its rows, and what their texts are bound to. The column is always ``sealed``."""

    name: str
    model: type[Model]
    purpose: str
    related: tuple[str, ...]
    owner: Callable[[Any], object]


KINDS: tuple[SealedKind, ...] = (
    SealedKind(
        "reasons in scenarios",
        StepReason,
        REASON,
        ("step__run__enrollment",),
        lambda row: row.step.run.enrollment.holder_id,
    ),
    SealedKind("private notes", PrivateNote, NOTE, ("enrollment",), lambda row: owner_of_note(row, row.enrollment)),
    SealedKind("requests to staff", StaffRequest, REQUEST, (), lambda row: row.pk),
)
"""Every model with a column ``sealed``; a test holds this against the models."""


@dataclass(frozen=True)
class Resealed:
    """
    How far one kind of text is.

    ``unknown_key`` and ``damaged`` are the ids of rows that could not be opened and were left as they are. ``left`` is None
    until the kind is done; then it counts what still needs an older key and can be opened: texts that were written with it
    while this ran.
    """

    kind: str
    total: int
    done: int = 0
    unknown_key: frozenset[str] = frozenset()
    damaged: frozenset[str] = frozenset()
    left: int | None = None


def reseal_texts(*, batch: int = BATCH) -> Iterator[Resealed]:
    """
    Seal every stored text with the first key, `batch` rows at a time; after each, how far it is.

    A text that no key here opens is left alone and told. Raises NoKeyError before anything is touched.
    """
    start = current_start()
    for kind in KINDS:
        yield from _reseal_kind(kind, start, batch)
    yield _reseal_second_steps(start)


def _reseal_second_steps(start: str) -> Resealed:
    """What apps are made from and what is kept of recovery codes: inside a column of the library, one row a person and kind."""
    places = ("secret", "hashes", "seed")  # of an app, of recovery codes, of recovery codes made before they were hashed
    total, done, closed = 0, 0, _Pass()
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    for pk, data in Authenticator.objects.filter(type__in=kinds).values_list("pk", "data"):
        place = next(place for place in places if place in data)
        old = data[place]
        if old.startswith(start):
            continue
        total += 1
        try:
            new = reseal(old, purpose=SECRET, owner=SECRET_OWNER)
        except UnknownKeyError:
            closed.unknown_key.add(str(pk))
        except UnreadableTextError:
            closed.damaged.add(str(pk))
        else:
            with transaction.atomic():
                row = Authenticator.objects.select_for_update().filter(pk=pk).first()
                if row is not None and row.data[place] == old:
                    row.data[place] = new
                    row.save(update_fields=["data"])
                    done += 1
    return Resealed("second steps at sign-in", total, done, frozenset(closed.unknown_key), frozenset(closed.damaged), 0)


@dataclass
class _Pass:
    opened: int = 0
    done: int = 0
    unknown_key: set[str] = field(default_factory=set)
    damaged: set[str] = field(default_factory=set)


def _reseal_kind(kind: SealedKind, start: str, batch: int) -> Iterator[Resealed]:
    total, done = _older(kind, start).count(), 0
    last_pass = _Pass()
    for _ in range(MOST_PASSES):
        last_pass = _Pass()
        last: object = None
        while rows := _next_rows(kind, start, last, batch):
            last = rows[-1].pk
            _reseal_rows(kind, rows, last_pass)
            yield Resealed(
                kind.name,
                total,
                done + last_pass.done,
                frozenset(last_pass.unknown_key),
                frozenset(last_pass.damaged),
            )
        done += last_pass.done
        if not last_pass.opened:
            break
    closed = last_pass.unknown_key | last_pass.damaged
    left = sum(str(pk) not in closed for pk in _older(kind, start).values_list("pk", flat=True))
    yield Resealed(kind.name, total, done, frozenset(last_pass.unknown_key), frozenset(last_pass.damaged), left)


def _older(kind: SealedKind, start: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = kind.model._default_manager.exclude(sealed="").exclude(sealed__startswith=start)  # noqa: SLF001 - Django's documented name
    return rows


def _next_rows(kind: SealedKind, start: str, last: object, batch: int) -> list[Any]:
    rows = _older(kind, start).select_related(*kind.related).order_by("pk")
    return list((rows if last is None else rows.filter(pk__gt=last))[:batch])


def _reseal_rows(kind: SealedKind, rows: list[Any], so_far: _Pass) -> None:
    """The slow part, opening and sealing, is done before the transaction, so that nobody waits for it."""
    ready: list[tuple[object, str, str]] = []
    for row in rows:
        try:
            ready.append((row.pk, row.sealed, reseal(row.sealed, purpose=kind.purpose, owner=kind.owner(row))))
        except UnknownKeyError:
            so_far.unknown_key.add(str(row.pk))
        except UnreadableTextError:
            so_far.damaged.add(str(row.pk))
    so_far.opened += len(ready)
    with transaction.atomic():
        for pk, old, new in ready:
            # Only if it is still what was opened: what its owner wrote or deleted meanwhile wins.
            so_far.done += kind.model._default_manager.filter(pk=pk, sealed=old).update(sealed=new)  # noqa: SLF001
