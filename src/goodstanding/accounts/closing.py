"""Asking for one's account to be deleted, and taking that back. What is then removed and kept: ``flows.leaving``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.sessions.models import Session
from django.db import transaction

from goodstanding.accounts.errors import LastAdministratorError
from goodstanding.accounts.models import BrowserSession, Closure, Role, User
from goodstanding.accounts.services import ensure_holder
from goodstanding.audit.services import Tag, record_event
from goodstanding.mailing.services import send_mail

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from goodstanding.accounts.models import Holder

__all__ = ["GRACE", "check_may_leave", "keep_account", "open_closures", "request_closure", "sign_out_everywhere"]

GRACE = dt.timedelta(days=14)
"""How long signing in takes a deletion back."""


def open_closures() -> QuerySet[Closure]:
    """Requests that were neither taken back nor carried out."""
    return Closure.objects.filter(kept_at=None, carried_out_at=None)


def check_may_leave(user: User) -> None:
    """Raises LastAdministratorError for the only administrator: nobody could look after what is kept."""
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    leaving = open_closures().values("holder__user")
    if user.role == Role.ADMINISTRATOR and not others.exclude(pk__in=leaving).exists():
        raise LastAdministratorError


@transaction.atomic
def request_closure(*, user: User, at: dt.datetime) -> Closure:
    """
    Ask for the account to be deleted after :data:`GRACE`; asked twice, the first request stands.

    Every session ends, so that from here on signing in is a decision. A mail says until when it takes the request back, to
    whoever reads that mailbox: if someone else asked, the owner learns of it. Raises LastAdministratorError.
    """
    # All administrators are locked together: two that leave at the same moment must not both count on the other.
    list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk"))
    holder = ensure_holder(user=User.objects.select_for_update().get(pk=user.pk))
    standing = open_closures().filter(holder=holder).first()
    if standing is not None:
        return standing
    check_may_leave(user)
    closure = Closure.objects.create(holder=holder, requested_at=at, due_at=at + GRACE)
    sign_out_everywhere(user=user)
    send_mail(
        to=user.email,
        subject="Your account will be deleted",
        body=(
            f"You asked to delete your account. That happens on {closure.due_at:%-d %B %Y}, and can not be undone then.\n\n"
            "If you change your mind, or if it was not you: sign in before that day, and the account is kept as it is. If it "
            "was not you, change your password then, too.\n\n"
            "Download your certificates before that day. They stay valid, and whoever has a number can check it, but nobody "
            "can send you the file any more.\n\n"
            "This is the last mail about it.\n"
        ),
    )
    record_event(
        tag=Tag.CLOSURE_REQUESTED,
        actor=user,
        subject_kind="holder",
        subject_id=holder.pk,
        data={"closure": str(closure.pk), "due_at": closure.due_at.isoformat()},
    )
    return closure


@transaction.atomic
def keep_account(*, user: User, at: dt.datetime) -> bool:
    """Take a request back, as signing in does; whether there was one. Raises nothing: too late is the same as none."""
    if not open_closures().filter(holder__user=user).exists():  # the usual case, without a lock
        return False
    closure = open_closures().select_for_update(of=("self",)).filter(holder__user=user).first()
    if closure is None:
        return False
    closure.kept_at = at
    closure.save(update_fields=["kept_at"])
    record_event(
        tag=Tag.CLOSURE_UNDONE,
        actor=user,
        subject_kind="holder",
        subject_id=closure.holder_id,
        data={"closure": str(closure.pk)},
    )
    return True


def sign_out_everywhere(*, user: User) -> int:
    """
    End every session there is, listed or not; how many there were.

    A session names its user only inside what is stored of it, so all are looked at: nothing of someone who leaves may stay.
    """
    ended = [
        session.pk
        for session in Session.objects.iterator(chunk_size=500)
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    Session.objects.filter(pk__in=ended).delete()
    BrowserSession.objects.filter(user=user).delete()
    return len(ended)


def closure_of(holder: Holder) -> Closure | None:
    """The open request of this holder."""
    return open_closures().filter(holder=holder).first()
