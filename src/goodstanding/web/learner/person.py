"""Who is signed in. Only for views that let nobody else in, which is why the answer is never nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

from goodstanding.accounts.selectors import get_holder

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder, User

__all__ = ["holder_of", "user_of"]


def user_of(request: HttpRequest) -> User:
    """The account of whoever is signed in."""
    assert request.user.is_authenticated
    return request.user


def holder_of(request: HttpRequest) -> Holder:
    """The holder, to whom licenses and credit belong, of whoever is signed in."""
    return get_holder(user_of(request))
