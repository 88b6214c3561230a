"""The second step at sign-in: what it is called, how its secrets are kept, and the way out for who lost it."""

from __future__ import annotations

import io

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.safestring import SafeString, mark_safe

from goodstanding.accounts.browser_sessions import end_sessions
from goodstanding.accounts.models import User
from goodstanding.audit.services import Tag, record_event
from goodstanding.private_text import seal, unseal

__all__ = ["SECRET", "SECRET_OWNER", "SecondStepAdapter", "a_second_step", "lift_second_step"]

SECRET = "second-step"  # noqa: S105 - what it is for, no secret
SECRET_OWNER = "secret"  # noqa: S105
"""The library names no owner when it asks to open a secret; each is bound to its purpose alone."""


class SecondStepAdapter(DefaultMFAAdapter):
    """django-allauth's second steps in this product."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "This cannot be removed.",
        "cannot_generate_recovery_codes": "Set up an app or a passkey first. Recovery codes stand in for one of these.",
        "incorrect_code": "This is not right. Check it and try once more; a code from an app changes every half minute.",
        "unverified_email": "Confirm your e-mail address first. Without it nobody could help you back in.",
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret, so that a copy of the database gives nobody's codes away."""
        return seal(text, purpose=SECRET, owner=SECRET_OWNER)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, purpose=SECRET, owner=SECRET_OWNER)

    def build_totp_svg(self, url: str) -> SafeString:
        """The code to scan, as markup within the page: the content policy lets no picture come from inside an address."""
        drawn = io.BytesIO()
        segno.make(url, micro=False).save(drawn, kind="svg", xmldecl=False, svgns=False, border=2, scale=5, omitsize=False)
        return mark_safe(drawn.getvalue().decode())  # noqa: S308 - segno draws paths; what the address says is nowhere in them

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002 - the library's name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {number + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Good Standing"}


def a_second_step(*, user: User) -> Authenticator | None:
    """One of the second steps of an account, if it has any: the library wants to know of what a try failed."""
    found: Authenticator | None = Authenticator.objects.filter(user=user).first()
    return found


@transaction.atomic
def lift_second_step(*, email: str) -> bool:
    """
    Remove the second step of an account, for someone who lost phone, passkey and codes; False if there was none to remove.

    Only the operator can, on the machine itself. All her sign-ins end, and a member of staff must set a new one up before
    anything of staff opens. Raises User.DoesNotExist.
    """
    user = User.objects.get(email__iexact=email.strip())
    number, _ = Authenticator.objects.filter(user=user).delete()
    if number:
        end_sessions(user=user, actor=None)
        record_event(tag=Tag.SECOND_STEP_LIFTED, actor=None, subject_kind="user", subject_id=user.pk)
    return bool(number)
