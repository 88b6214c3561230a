"""Reading about people."""

from __future__ import annotations

from django.db.models import QuerySet

from goodstanding.accounts.models import AdministratorClaim, Holder, Profile, Role, TermsAcceptance, User
from goodstanding.accounts.services import ensure_holder, ensure_profile, hash_token

__all__ = [
    "claim_exists",
    "draft_user",
    "find_users",
    "get_holder",
    "get_profile",
    "get_unconfirmed_user",
    "has_administrator",
    "list_terms_acceptances",
    "profile_is_complete",
]


def get_holder(user: User) -> Holder:
    """The holder of what this user earns."""
    try:
        return user.holder
    except Holder.DoesNotExist:
        return ensure_holder(user=user)


def get_profile(user: User) -> Profile:
    """The user's profile."""
    try:
        return user.profile
    except Profile.DoesNotExist:
        return ensure_profile(user=user)


def profile_is_complete(profile: Profile) -> bool:
    """Whether it holds what a certificate needs: the name as on the license, and the zone that dates a completion."""
    return bool(profile.legal_name and profile.time_zone)


def find_users() -> QuerySet[User]:
    """Everybody, by address. Whom staff look for by a name or an address: ``accounts.finding``."""
    return User.objects.select_related("profile", "holder").order_by("email")


def list_terms_acceptances(user: User) -> QuerySet[TermsAcceptance]:
    """The versions of the terms that the user accepted, newest first."""
    acceptances: QuerySet[TermsAcceptance] = TermsAcceptance.objects.filter(user=user).order_by("-accepted_at")
    return acceptances


def has_administrator() -> bool:
    """Whether the installation has been claimed."""
    return User.objects.filter(role=Role.ADMINISTRATOR).exists()


def claim_exists(token: str) -> bool:
    """Whether a claim was made with this token, used or not."""
    return AdministratorClaim.objects.filter(token_hash=hash_token(token)).exists()


def get_unconfirmed_user(email: str) -> User | None:
    """The account of someone who signed up with this address and has not confirmed it yet."""
    return User.objects.filter(email__iexact=email).exclude(emailaddress__verified=True).first()


def draft_user(*, email: str, legal_name: str) -> User:
    """A user that is not stored, for rules that compare a new password with its owner."""
    user = User(email=email)
    user.profile = Profile(legal_name=legal_name)
    return user
