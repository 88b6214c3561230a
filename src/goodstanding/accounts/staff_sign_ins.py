"""
The sign-ins of staff in the audit log, because staff see what belongs to others. Nobody else's are kept.

What is refused can be repeated by anyone at will, so the log does not take a record for each: wrong passwords and codes are
counted in the cache, for every address alike, and a sweep writes for each member of staff how many there were, at most
once in :data:`TOLD_EVERY`. That bounds the log by the number of staff and not by the number of tries, and an answer to a wrong
password takes as long for the address of a member of staff as for any other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from goodstanding.accounts.counting import count, take
from goodstanding.accounts.models import Role, User
from goodstanding.audit.services import Tag, record_event

__all__ = [
    "TOLD_EVERY",
    "count_wrong_code",
    "count_wrong_password",
    "note_password",
    "note_refused_page",
    "note_sign_in",
    "tell_refused",
]

TOLD_EVERY = dt.timedelta(minutes=10)
_COUNTED = dt.timedelta(hours=6)
"""How long counts wait for a worker that does not run."""
_KINDS = {"password": Tag.STAFF_SIGN_IN_REFUSED, "second-step": Tag.STAFF_SECOND_STEP_REFUSED}


def note_sign_in(*, user: User, by: Sequence[str]) -> None:
    """A member of staff is signed in, by these steps. Nothing is kept of anyone else."""
    if user.is_staff:
        _record(Tag.STAFF_SIGNED_IN, user, actor=user, data={"by": list(by)})


def note_password(*, user: User, reset: bool) -> None:
    """A member of staff has a new password: changed knowing the former one, or set by a mailed link."""
    if user.is_staff:
        _record(Tag.STAFF_PASSWORD_RESET if reset else Tag.STAFF_PASSWORD_CHANGED, user, actor=user)


def note_refused_page(*, user: User, page: str) -> None:
    """A member of staff asked for a page that her role has no right to; once an hour for each page."""
    if user.is_staff and cache.add(f"staff-refused-page:{user.pk}:{page}", 1, timeout=3600):
        _record(Tag.STAFF_PAGE_REFUSED, user, actor=user, data={"page": page})


def count_wrong_password(*, email: str) -> None:
    """Someone was refused at sign-in with this address, whether there is an account with it or not."""
    count(_key("password", email), seconds=int(_COUNTED.total_seconds()))


def count_wrong_code(*, user: User) -> None:
    """Someone with the right password was refused at the second step."""
    count(_key("second-step", user.email), seconds=int(_COUNTED.total_seconds()))


def tell_refused(*, at: dt.datetime) -> int:
    """Write down what was counted about each member of staff; how many records that were."""
    del at
    written = 0
    for user in User.objects.exclude(role=Role.CLINICIAN).order_by("pk"):
        for kind, tag in _KINDS.items():
            key = _key(kind, user.email)
            if cache.get(key) is None or not cache.add(f"{key}:told", 1, timeout=int(TOLD_EVERY.total_seconds())):
                continue
            if times := take(key):
                _record(tag, user, actor=None, data={"times": times})
                written += 1
    return written


def _record(tag: Tag, user: User, *, actor: User | None, data: dict[str, object] | None = None) -> None:
    """In a transaction of its own: what it is about is done, and others who write to the log wait for nothing else."""
    record_event(tag=tag, actor=actor, subject_kind="user", subject_id=user.pk, data=data)


def _key(kind: str, email: str) -> str:
    return f"staff-refused:{kind}:{salted_hmac('goodstanding.accounts.staff_sign_ins', email.lower(), algorithm='sha256').hexdigest()[:32]}"
