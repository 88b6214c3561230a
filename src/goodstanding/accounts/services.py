"""What happens to accounts: opened, completed, raised to administrator."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import zoneinfo
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from goodstanding.accounts.errors import ClaimNotFoundError, ClaimUsedError, EmailTakenError, ProfileRefusedError
from goodstanding.accounts.models import AdministratorClaim, Holder, PersonWord, Profile, Role, TermsAcceptance, User
from goodstanding.accounts.terms import TERMS_VERSION
from goodstanding.accounts.words import words_of
from goodstanding.audit.services import Tag, erasing, record_event

__all__ = [
    "accept_terms",
    "claim_administrator",
    "create_claim",
    "create_person",
    "ensure_holder",
    "ensure_profile",
    "hash_token",
    "keep_words",
    "lock_holder",
    "open_account",
    "open_administrator",
    "propose_address",
    "release_unconfirmed",
    "save_profile",
    "set_password",
]

PROFESSIONS = ("counselor", "psychologist", "social_worker", "mft")
_NAME_LENGTH = 120


def ensure_holder(*, user: User) -> Holder:
    """The user's holder, made if missing."""
    holder, _ = Holder.objects.get_or_create(user=user)
    return holder


def lock_holder(*, holder: Holder) -> Holder:
    """The holder, locked for this transaction: whoever else adds to what it holds waits, and then sees what was added."""
    return Holder.objects.select_for_update().get(pk=holder.pk)


def ensure_profile(*, user: User) -> Profile:
    """The user's profile, made if missing."""
    profile, _ = Profile.objects.get_or_create(user=user)
    return profile


@transaction.atomic
def keep_words(*, user: User) -> None:
    """Let staff find the user by her name and her address as they are stored now. Whatever changes either of them calls this."""
    # The account is locked: of two changes at the same moment the later one reads what the earlier one wrote.
    stored = User.objects.select_for_update().get(pk=user.pk)
    legal_name = Profile.objects.filter(user=stored).values_list("legal_name", flat=True).first() or ""
    wanted = {word.encode() for word in words_of(legal_name=legal_name, email=stored.email)}
    there = {bytes(word) for word in PersonWord.objects.filter(user=stored).values_list("word", flat=True)}
    if gone := there - wanted:
        PersonWord.objects.filter(user=stored, word__in=list(gone)).delete()
    PersonWord.objects.bulk_create(PersonWord(user=stored, word=word) for word in sorted(wanted - there))


def open_account(
    *,
    email: str,
    password: str,
    legal_name: str,
    at: dt.datetime,
    confirmed: bool = False,
    terms_version: str = TERMS_VERSION,
    hashed: str = "",
) -> User:
    """
    Make a user with holder, profile, e-mail address and accepted terms, all or nothing.

    `confirmed` says that the address is known to be the person's own; otherwise it must be confirmed before the first
    sign-in. `hashed` is the hash of the password, for who calls this within a transaction: making one is slow on purpose. Raises
    EmailTakenError if there is an account with that address, also when another request just made it.
    """
    hashed = hashed or make_password(password)  # outside the transaction
    email = email.strip().lower()
    try:
        with transaction.atomic():
            if EmailAddress.objects.filter(email=email).exists():
                raise EmailTakenError
            user = User.objects.create(email=email, password=hashed)
            Holder.objects.create(user=user)
            Profile.objects.create(user=user, legal_name=_tidy(legal_name))
            keep_words(user=user)
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=confirmed)
            accept_terms(user=user, version=terms_version, at=at)
    except IntegrityError as error:
        raise EmailTakenError from error
    return user


@transaction.atomic
def create_person(
    *,
    email: str,
    password: str,
    legal_name: str,
    time_zone: str,
    professions: Iterable[str],
    at: dt.datetime,
    role: str = Role.CLINICIAN,
) -> User:
    """Make a person who can sign in at once, with a complete profile; for the demonstration database."""
    user = open_account(email=email, password=password, legal_name=legal_name, at=at, confirmed=True)
    save_profile(user=user, legal_name=legal_name, time_zone=time_zone, professions=professions)
    if role != Role.CLINICIAN:
        user.role = role
        user.save(update_fields=["role"])
    return user


@transaction.atomic
def accept_terms(*, user: User, version: str, at: dt.datetime) -> TermsAcceptance:
    """Record that the user accepted this version of the terms; accepting it again changes nothing."""
    acceptance, made = TermsAcceptance.objects.get_or_create(user=user, version=version, defaults={"accepted_at": at})
    if made:
        record_event(tag=Tag.TERMS_ACCEPTED, actor=user, subject_kind="user", subject_id=user.pk, data={"version": version})
    return acceptance


@transaction.atomic
def save_profile(*, user: User, legal_name: str, time_zone: str, professions: Iterable[str]) -> Profile:
    """
    Save what a person says about herself. Certificates issued before keep the name they were issued with.

    The audit log learns which fields changed, never their content. Raises ProfileRefusedError.
    """
    wanted = set(professions)
    after = {
        "legal_name": _tidy(legal_name),
        "time_zone": time_zone,
        "professions": [name for name in PROFESSIONS if name in wanted],
    }
    problems = {}
    if not after["legal_name"]:
        problems["legal_name"] = "Enter your name as it stands on your license."
    elif len(after["legal_name"]) > _NAME_LENGTH:
        problems["legal_name"] = f"Shorten the name to {_NAME_LENGTH} characters; a certificate has no room for more."
    if time_zone not in zoneinfo.available_timezones():
        problems["time_zone"] = "Choose your time zone from the list."
    if wanted - set(PROFESSIONS):
        problems["professions"] = "Choose from the professions listed."
    if problems:
        raise ProfileRefusedError(problems)
    User.objects.select_for_update().get(pk=user.pk)  # before the profile, as whoever deletes the account does
    ensure_profile(user=user)
    profile = Profile.objects.select_for_update().get(user=user)
    changed = sorted(name for name, value in after.items() if getattr(profile, name) != value)
    if changed:
        for name in changed:
            setattr(profile, name, after[name])
        profile.save(update_fields=changed)
        if "legal_name" in changed:
            keep_words(user=user)
        record_event(tag=Tag.PROFILE_CHANGED, actor=user, subject_kind="user", subject_id=user.pk, data={"fields": changed})
    user.profile = profile
    return profile


def hash_token(token: str) -> str:
    """What is kept of a token. It is long and random, so a plain hash cannot be reversed by guessing."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_claim() -> str | None:
    """A new token with which the operator becomes administrator; None when there is an administrator already."""
    if User.objects.filter(role=Role.ADMINISTRATOR).exists():
        return None
    token = secrets.token_urlsafe(32)
    AdministratorClaim.objects.create(token_hash=hash_token(token))
    return token


@transaction.atomic
def claim_administrator(*, token: str, user: User, at: dt.datetime) -> User:
    """
    Make `user` the administrator by a one-time token. Repeating it by the same user changes nothing.

    All claims are locked together: two tokens used at the same moment must not make two administrators. Raises
    ClaimNotFoundError for a token that never was, ClaimUsedError once anyone is administrator.
    """
    claims = list(AdministratorClaim.objects.select_for_update().order_by("pk"))
    claim = next((claim for claim in claims if secrets.compare_digest(claim.token_hash, hash_token(token))), None)
    if claim is None:
        raise ClaimNotFoundError
    if claim.used_at is not None and claim.used_by_id == user.pk:
        return user
    if claim.used_at is not None or User.objects.filter(role=Role.ADMINISTRATOR).exists():
        raise ClaimUsedError
    claim.used_at, claim.used_by = at, user
    claim.save(update_fields=["used_at", "used_by"])
    user.role = Role.ADMINISTRATOR
    user.save(update_fields=["role"])
    record_event(tag=Tag.ADMINISTRATOR_CLAIMED, actor=user, subject_kind="user", subject_id=user.pk)
    return user


@transaction.atomic
def open_administrator(*, token: str, email: str, password: str, legal_name: str, at: dt.datetime) -> User:
    """
    Make the administrator's account and claim the role with it, or neither.

    Whoever holds the link reads the terminal of this installation; that proves more than a confirmed address would.
    """
    list(AdministratorClaim.objects.select_for_update().order_by("pk"))  # before the audit log, as claiming alone does
    user = open_account(email=email, password=password, legal_name=legal_name, at=at, confirmed=True)
    return claim_administrator(token=token, user=user, at=at)


def set_password(*, user: User, password: str, hashed: str = "") -> bool:
    """
    Give the account a new password; False if another request did just that since `user` was read.

    The same form sent twice keeps what the first copy stored. Hashed anew, the password would be the same and every session
    begun with the first copy would end, among them perhaps the one that the browser holds.
    """
    hashed = hashed or make_password(password)  # slow on purpose, therefore outside the transaction
    with transaction.atomic():
        stored = User.objects.select_for_update().get(pk=user.pk)
        if stored.password != user.password and stored.check_password(password):
            user.password = stored.password
            return False
        user.password = hashed
        user.save(update_fields=["password"])
    return True


@transaction.atomic
def propose_address(*, user: User, email: str) -> EmailAddress:
    """
    Keep an address that is to replace the account's own once it is confirmed; one proposed before and never confirmed goes.

    The same address proposed twice stays the row that it is, for the link that was mailed names that row.
    """
    User.objects.select_for_update().get(pk=user.pk)
    email = email.lower()
    waiting = EmailAddress.objects.filter(user=user, verified=False, primary=False)
    for address in waiting:
        if address.email == email:
            return address
        address.remove()
    proposed: EmailAddress = EmailAddress.objects.create(user=user, email=email)
    return proposed


@transaction.atomic
def release_unconfirmed(*, email: str, owner: User) -> None:
    """
    Free an address that someone else signed up with and never confirmed, now that `owner` has proved it is hers.

    Nobody can have signed in to such an account, so nothing is lost with it.
    """
    for squatter in User.objects.filter(email__iexact=email).exclude(pk=owner.pk).exclude(emailaddress__verified=True):
        with erasing():
            Holder.objects.filter(user=squatter).delete()
            squatter.delete()


def _tidy(name: str) -> str:
    return " ".join(name.split())
