"""
Recovery codes, which stand in for an app or a passkey: shown once when they are made, and kept so that nobody can show them again.

Kept is a slow hash of each (PBKDF2), sealed besides, so that neither a copy of the database nor the key alone gives a code away.
All codes of a set share one salt, so that checking what somebody typed costs one hash and not ten. They stand in the library's
table as its own kind; ``migrated_codes`` tells the library that it knows none of them.

Sets made before this was so are seeds that the library opens. They count until new ones are made, and are not shown either.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict, dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, pbkdf2

from goodstanding.accounts.errors import NoSecondStepError, RecoveryCodesReplacedError
from goodstanding.accounts.models import User
from goodstanding.accounts.permissions import has_second_step
from goodstanding.accounts.second_step import SECRET, SECRET_OWNER
from goodstanding.audit.services import Tag, record_event
from goodstanding.private_text import seal, unseal

__all__ = ["COUNT", "codes_left", "looks_like_one", "make_codes", "present_set", "spend_code"]

COUNT = 10
_DIGITS = 8
_TYPE = Authenticator.Type.RECOVERY_CODES


@dataclass(frozen=True)
class _Kept:
    """What is kept of the unused codes of a set."""

    salt: str
    rounds: int
    hashes: list[str]

    def sealed(self) -> str:
        return seal(json.dumps(asdict(self)), purpose=SECRET, owner=SECRET_OWNER)

    def hash_of(self, code: str) -> str:
        return pbkdf2(code, self.salt, self.rounds).hex()


def present_set(*, user: User) -> str:
    """A name for the codes that count now; empty if there are none."""
    row = _row(user)
    return "" if row is None else str(row.pk)


def codes_left(*, user: User) -> int:
    """How many unused codes there are."""
    row = _row(user)
    if row is None:
        return 0
    kept = _kept(row)
    return len(RecoveryCodes(row).get_unused_codes() if kept is None else kept.hashes)


def make_codes(*, user: User, replaces: str) -> list[str]:
    """
    New codes in place of the set called `replaces`; this is the only time that they can be read.

    A form sent twice would otherwise show codes of which the other copy has just made nothing. Raises NoSecondStepError where
    there is nothing to stand in for, RecoveryCodesReplacedError where another set counts by now.
    """
    codes: set[str] = set()
    while len(codes) < COUNT:
        codes.add(f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}")
    made = sorted(codes)  # in an order that says nothing about the one in which they are kept
    empty = _Kept(salt=secrets.token_hex(16), rounds=settings.RECOVERY_CODE_ROUNDS, hashes=[])
    hashes = sorted(empty.hash_of(code) for code in made)  # slow on purpose, therefore outside the transaction
    kept = _Kept(salt=empty.salt, rounds=empty.rounds, hashes=hashes)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if not has_second_step(user):
            raise NoSecondStepError
        if present_set(user=user) != replaces:
            raise RecoveryCodesReplacedError
        Authenticator.objects.filter(user=user, type=_TYPE).delete()
        Authenticator.objects.create(user=user, type=_TYPE, data={"migrated_codes": [], "hashes": kept.sealed()})
        record_event(tag=Tag.RECOVERY_CODES_MADE, actor=user, subject_kind="user", subject_id=user.pk)
    return made


def looks_like_one(typed: str) -> bool:
    """Whether what was typed can only be a recovery code; codes of apps are shorter."""
    return re.fullmatch(rf"[0-9]{{{_DIGITS}}}", _plain(typed)) is not None


def spend_code(*, user: User, typed: str) -> Authenticator | None:
    """The set that the code belongs to, in which it no longer counts; None for a wrong or used one."""
    row = _row(user)
    if row is None:
        return None
    kept = _kept(row)
    if kept is None:
        return row if RecoveryCodes(row).validate_code(_plain(typed)) else None
    hashed = kept.hash_of(_plain(typed))
    with transaction.atomic():
        row = _first(Authenticator.objects.select_for_update().filter(pk=row.pk))
        kept = None if row is None else _kept(row)
        if row is None or kept is None:
            return None
        left = [one for one in kept.hashes if not constant_time_compare(one, hashed)]
        if len(left) == len(kept.hashes):
            return None
        row.data["hashes"] = _Kept(salt=kept.salt, rounds=kept.rounds, hashes=left).sealed()
        row.save(update_fields=["data"])
    return row


def _row(user: User) -> Authenticator | None:
    return _first(Authenticator.objects.filter(user=user, type=_TYPE))


def _first(rows: QuerySet[Authenticator]) -> Authenticator | None:
    """The library's models carry no types."""
    found: Authenticator | None = rows.first()
    return found


def _kept(row: Authenticator) -> _Kept | None:
    sealed = row.data.get("hashes")
    return None if sealed is None else _Kept(**json.loads(unseal(sealed, purpose=SECRET, owner=SECRET_OWNER)))


def _plain(typed: str) -> str:
    return re.sub(r"[\s-]", "", typed)
