"""People with an account, the terms they accepted, and the holder that outlives the account."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from goodstanding.audit.append_only import AppendOnly


class Role(models.TextChoices):
    """What an account may do beyond its own affairs."""

    CLINICIAN = "clinician", "Clinician"
    SUPPORT = "support", "Support"
    EDITOR = "editor", "Editor"
    FINANCE = "finance", "Finance"
    ADMINISTRATOR = "administrator", "Administrator"


class UserManager(BaseUserManager["User"]):
    """Makes users; an e-mail address is compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """An account. Everything earned belongs to its :class:`Holder`, not to the account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.CLINICIAN)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    prepared_password = ""
    """The hash of the password that the request at hand sets, where it was made beforehand; no column."""
    password_is_new = True
    """Whether the request at hand set the password itself, and not another copy of it; no column."""

    @property
    def is_staff(self) -> bool:
        return self.role != Role.CLINICIAN

    def __str__(self) -> str:
        return self.email


class Holder(models.Model):
    """Whose licenses, credits and certificates these are. It keeps no name and outlives the account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, null=True, on_delete=models.SET_NULL, related_name="holder")
    created_at = models.DateTimeField(auto_now_add=True)


class Profile(models.Model):
    """What a clinician says about herself. ``legal_name`` is the name as on the license and goes on certificates."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    legal_name = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    professions = models.JSONField(default=list)  # of core.rules professions: counselor, psychologist, social_worker, mft


class PersonWord(models.Model):
    """
    One word by which staff find a person (``accounts.words``), as UTF-8, whose order is the same in every database.

    ``accounts.services.keep_words`` writes them with whatever changes the name or the address.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="words", db_index=False)
    word = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["word", "user"], name="people_by_word")]
        constraints = [models.UniqueConstraint(fields=["user", "word"], name="word_once_per_person")]


class TermsAcceptance(AppendOnly):
    """A person accepted one version of the terms."""

    erasable = True

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="terms_acceptances")
    version = models.CharField(max_length=20)
    accepted_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="terms_once_per_version")]


class AdministratorClaim(models.Model):
    """A one-time right to become the administrator of a fresh installation; only the hash of its token is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)


class Closure(models.Model):
    """
    Someone asked to delete her account. Until ``due_at`` signing in takes that back; then a job carries it out, once.

    Afterwards only the holder and the dates are left. ``files`` are those still to be removed from the store: rows go in one
    transaction, files can not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="closures")
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)  # taken back
    carried_out_at = models.DateTimeField(null=True)
    files = models.JSONField(default=list)

    class Meta:
        ordering = ["requested_at"]
        indexes = [models.Index(fields=["due_at"], name="closure_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["holder"], condition=models.Q(kept_at=None, carried_out_at=None), name="one_open_closure"
            ),
            models.CheckConstraint(condition=models.Q(kept_at=None) | models.Q(carried_out_at=None), name="closure_ends_once"),
        ]


class DataExport(models.Model):
    """
    A copy of everything about one person, asked for by her and made by a job; removed some days later.

    ``leased_until`` is until when a worker may be taken to be at it; ``done`` of ``total`` parts are written.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    requested_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=100, blank=True)  # its name in the store
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    ready_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)  # given up
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(ready_at=None, failed_at=None), name="one_running_export")
        ]


class BrowserSession(models.Model):
    """
    Where someone is signed in, for her own list: browser and system, first and last use.

    No network address and no place are kept. A person knows her devices by their names, and a list of addresses would be a
    record of where she was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="browser_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=60)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
