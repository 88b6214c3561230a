"""The forms of signing up, signing in and keeping an account: django-allauth's, with our labels, hints and look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.account import forms as allauth
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString

from goodstanding.accounts import selectors, services
from goodstanding.accounts.errors import EmailTakenError
from goodstanding.web.forms import LookForm

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress

    from goodstanding.accounts.models import User

__all__ = [
    "AddEmailForm",
    "ChangePasswordForm",
    "ClaimForm",
    "LoginForm",
    "ReauthenticateForm",
    "ResetPasswordForm",
    "ResetPasswordKeyForm",
    "SetPasswordForm",
    "SignupForm",
]

RULES_IN_WORDS = (
    "At least 10 characters. Not one of the passwords everyone tries, and not made of your name, your e-mail or words of this site alone. "
    "Three or four unrelated words are easy to keep in mind."
)
NAME_HINT = (
    "Printed on your certificates. You can change it later; certificates you already have keep the name they were issued with."
)


def _terms_hint() -> SafeString:
    return format_html(
        'Read the <a href="{}" target="_blank">terms</a> and the <a href="{}" target="_blank">privacy page</a>. '
        "They open beside this page, and what you typed stays.",
        reverse("terms"),
        reverse("privacy"),
    )


def _forgot() -> SafeString:
    return format_html('<a href="{}">Reset a password you forgot</a>', reverse("account_reset_password"))


class EmailField(forms.EmailField):
    """An address without spaces around it and without capitals, for it is an identifier here."""

    def to_python(self, value: str | None) -> str:
        return (super().to_python(value) or "").lower()


def email_field(**kwargs: Any) -> EmailField:
    return EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "This is not a complete e-mail address. It looks like name@example.org.",
        },
        **kwargs,
    )


def current_password_field(label: str = "Password", **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
        **kwargs,
    )


def new_password_field(label: str = "Password") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=RULES_IN_WORDS,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "required": "Choose a password.",
            "max_length": "A password has at most 256 characters.",
        },
    )


def legal_name_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label="Legal name, as on your license",
        help_text=NAME_HINT,
        max_length=120,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": "Enter your name as it stands on your license.",
            "max_length": "Shorten the name to 120 characters; a certificate has no room for more.",
        },
    )


def terms_field() -> forms.BooleanField:
    return forms.BooleanField(
        label="I accept the terms",
        help_text=lazy(_terms_hint, SafeString)(),
        error_messages={"required": "Read the terms and check this box. Without it no account can be made."},
    )


def check_new_password(password: str, user: User) -> str:
    """The password, if it passes the rules that the field's hint states; raises ValidationError in words of ours."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        said = {
            "password_too_short": "Use at least 10 characters.",
            "password_too_common": "This is one of the passwords everyone tries first. Choose another.",
            "password_too_similar": "This is too close to your e-mail address. Choose another.",
        }
        raise ValidationError([said.get(one.code or "", str(one.message)) for one in error.error_list]) from error
    return password


class _NewAccount(LookForm):
    """The password of an account that is not there yet, measured against the e-mail typed beside it."""

    def clean(self) -> dict[str, Any]:
        # not handed on to the base class of allauth's form: it does the same with its own words
        given = self.cleaned_data
        if password := given.get("password1"):
            try:
                check_new_password(
                    password, selectors.draft_user(email=given.get("email", ""), legal_name=given.get("legal_name", ""))
                )
            except ValidationError as error:
                self.add_error("password1", error)
        return self.cleaned_data


class SignupForm(_NewAccount, allauth.SignupForm):
    """Sign-up: name, e-mail, password, terms. One transaction makes the whole account."""

    field_order = ("legal_name", "email", "password1", "terms")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["legal_name"] = legal_name_field(required=False)
        self.fields["email"] = email_field(help_text="You confirm it by a link that we send. It is where you sign in.")
        self.fields["password1"] = new_password_field()
        self.fields["terms"] = terms_field()
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            self.hashed = make_password(cleaned["password1"])  # before the transaction that makes the account, for it takes long
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[AbstractBaseUser | None, HttpResponse | None]:
        """
        Make the account, or answer as if one had been made.

        A form sent twice (a double click, a reload) finds the account of its first copy: not yet confirmed, with the very
        password that was typed. That is the same person, who goes on to "check your mail" as if nothing had happened.
        """
        if not self.account_already_exists:
            try:
                return self.save(request), None
            except EmailTakenError:
                self.account_already_exists = True
        user = selectors.get_unconfirmed_user(self.cleaned_data["email"])
        if user is not None and user.check_password(self.cleaned_data["password1"]):
            return user, None
        answer: tuple[AbstractBaseUser | None, HttpResponse | None] = super().try_save(request)
        return answer

    def save(self, request: HttpRequest) -> User:
        del request
        return services.open_account(
            email=self.cleaned_data["email"],
            password=self.cleaned_data["password1"],
            legal_name=self.cleaned_data["legal_name"],
            at=timezone.now(),
            hashed=self.hashed,
        )


class LoginForm(LookForm, allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = email_field()
        self.fields["password"] = current_password_field(help_text=lazy(_forgot, SafeString)())
        self.fields["remember"] = forms.BooleanField(label="Keep me signed in on this device for two weeks", required=False)


class ReauthenticateForm(LookForm, allauth.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = current_password_field(help_text=lazy(_forgot, SafeString)())


class ResetPasswordForm(LookForm, allauth.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = email_field()


class _NewPassword(LookForm):
    """One new password, typed once: whoever mistypes it resets it, and password managers type it anyway."""

    user: Any

    def clean_password1(self) -> str:
        return check_new_password(self.cleaned_data["password1"], self.user)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self.user.prepared_password = make_password(
                cleaned["password1"]
            )  # before the transaction that stores it, for it takes long
        return cleaned


class ResetPasswordKeyForm(_NewPassword, allauth.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["password1"] = new_password_field("New password")


class ChangePasswordForm(_NewPassword, allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["oldpassword"] = current_password_field("Current password")
        self.fields["password1"] = new_password_field("New password")
        self.order_fields(["oldpassword", "password1"])


class SetPasswordForm(_NewPassword, allauth.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["password1"] = new_password_field()


class AddEmailForm(LookForm, allauth.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = email_field(help_text="We send a link there. Your present address stays in use until you open it.")
        self.fields["email"].label = "New e-mail"

    def save(self, request: HttpRequest) -> EmailAddress:
        """Keep the address and send its link. allauth's own would, sent twice, replace the address that the link was for."""
        assert self.user is not None
        address = services.propose_address(user=cast("User", self.user), email=self.cleaned_data["email"])
        send_verification_email_to_address(request, address)
        return address


class ClaimForm(_NewAccount):
    """The administrator's account, made by whoever holds the one-time link."""

    legal_name = legal_name_field(required=True)
    email = email_field(help_text="Where you sign in. The link you opened stands for confirming it.")
    password1 = new_password_field()
    terms = terms_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["legal_name"].label = "Your name"
        self.fields["legal_name"].help_text = "Shown to other administrators, and on certificates if you take courses yourself."
        self.fields["legal_name"].error_messages["required"] = "Enter your name."
