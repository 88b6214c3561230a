"""The forms of the second step at sign-in: django-allauth's, in our words, and closed to answers that no device gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError

from goodstanding.accounts.recovery_codes import looks_like_one, spend_code
from goodstanding.accounts.second_step import a_second_step
from goodstanding.web.forms import LookForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from goodstanding.accounts.models import User

__all__ = [
    "ActivateForm",
    "AddPasskeyForm",
    "CodeForm",
    "ConfirmCodeForm",
    "ConfirmPasskeyForm",
    "PasskeyForm",
    "RenamePasskeyForm",
    "SignInPasskeyForm",
]

_NOT_A_DEVICE = (TypeError, ValueError, KeyError, AttributeError, IndexError, AssertionError)
"""What reading an answer raises that was made by hand and not by a browser; it counts as a wrong answer."""


def code_field(label: str, hint: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "inputmode": "numeric",
                "size": 12,
            }
        ),
        error_messages={"required": "Enter the code.", "max_length": "This is too long to be a code."},
    )


class _Code(LookForm):
    user: User
    authenticator: Authenticator
    _emit_authentication_failed: Callable[[Authenticator | None], None]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field("Code", "Six digits from your app, or one of your recovery codes.")

    def clean_code(self) -> str:
        """A code of an app, which the library checks, or a recovery code, which it can not: only hashes of these are kept."""
        typed: str = self.cleaned_data["code"]
        if not looks_like_one(typed):
            checked: str = super().clean_code()  # type: ignore[misc] # of the form it is mixed into
            return checked
        forget_this_try = check_rate_limit(self.user)
        codes = spend_code(user=self.user, typed=typed)
        if codes is None:
            self._emit_authentication_failed(a_second_step(user=self.user))
            raise get_adapter().validation_error("incorrect_code")
        codes.user = self.user
        self.authenticator = codes
        forget_this_try()
        return typed


class CodeForm(_Code, base.AuthenticateForm):
    """The second step after the password."""


class ConfirmCodeForm(_Code, base.ReauthenticateForm):
    """The code once more, before a change of how one signs in."""


class ActivateForm(LookForm, totp.ActivateTOTPForm):
    """The first code of an app, which shows that it works."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field("Code from the app", "Six digits. They change every half minute.")


class _CredentialField(forms.JSONField):
    """What a device answers: a small flat object."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:  # nested so deep that no browser made it
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        del data  # an answer is used once, so the page never gives it back
        return initial

    def prepare_value(self, value: Any) -> str:
        del value
        return ""


def _credential_field() -> forms.JSONField:
    return _CredentialField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Nothing came from your device. Press the button, and follow what the browser asks.",
            "invalid": "Nothing came from your device. Press the button, and follow what the browser asks.",
        },
    )


def _object(credential: object) -> dict[str, Any]:
    """The answer of a device; anything but an object is none."""
    if not isinstance(credential, dict):
        raise get_adapter().validation_error("incorrect_code")
    return credential


def _refused(error: Exception) -> ValidationError:
    refusal: ValidationError = get_adapter().validation_error("incorrect_code")
    refusal.__cause__ = error
    return refusal


class _Passkey(LookForm):
    """An answer that no device gave is refused like a wrong one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = _credential_field()

    def clean_credential(self) -> Authenticator:
        _object(self.cleaned_data["credential"])
        try:
            return super().clean_credential()  # type: ignore[misc, no-any-return] # of the form it is mixed into
        except _NOT_A_DEVICE as error:
            raise _refused(error) from error


class PasskeyForm(_Passkey, webauthn.AuthenticateWebAuthnForm):
    """A passkey as the second step after the password."""


class SignInPasskeyForm(_Passkey, webauthn.LoginWebAuthnForm):
    """A passkey as the whole sign-in."""


class ConfirmPasskeyForm(_Passkey, webauthn.ReauthenticateWebAuthnForm):
    """A passkey before a change of how one signs in."""


def _name_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label="Name",
        help_text="For your list, such as “Phone” or “Key on my ring”.",
        max_length=60,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 30}),
        error_messages={"required": "Give it a name.", "max_length": "Shorten the name to 60 characters."},
    )


class AddPasskeyForm(LookForm, webauthn.AddWebAuthnForm):
    """A new passkey. It always checks who holds it (finger, face or PIN), so that it can be the whole sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"] = _name_field(required=False)
        self.fields["credential"] = _credential_field()

    def clean_credential(self) -> dict[str, Any]:
        return _object(self.cleaned_data["credential"])

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        try:
            cleaned: dict[str, Any] = super().clean()
        except _NOT_A_DEVICE as error:
            raise _refused(error) from error
        return cleaned


class RenamePasskeyForm(LookForm, webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field(required=True)
