"""How django-allauth behaves in this product: its mails, its words, and where people land."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import truncate_ip
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from goodstanding.accounts import closing, selectors, services
from goodstanding.accounts.known_browser import is_known_browser
from goodstanding.accounts.models import User
from goodstanding.accounts.staff_sign_ins import count_wrong_password
from goodstanding.mailing.services import send_mail

TRIED = "tried"
"""Under this name a session keeps what somebody tried in the calculator and wants to keep."""

# How often one may be wrong about one account: from one place (and there about all accounts together), from all places, and
# in a browser that signed in to it before.
_PLACE = "5/5m/key,30/5m/ip"
_ANY_PLACE = "60/h/key"
_OWN_BROWSER = "10/5m/key"

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def public_address(url: str) -> str:
    """
    `url` at the installation's public address, whatever host name the request came by.

    On one's own machine the name in the address bar stays, because the sign-in cookie is bound to it.
    """
    public, given = urlsplit(settings.PUBLIC_URL), urlsplit(url)
    if public.hostname in _LOOPBACK:
        return url
    return urlunsplit((public.scheme, public.netloc, public.path.rstrip("/") + given.path, given.query, ""))


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed. Write to the person who runs this site if that is a mistake.",
        "duplicate_email": "This is the address your account has now.",
        "email_password_mismatch": "This e-mail and password do not belong together. Check both, or reset your password.",
        "email_taken": "There is an account with this e-mail. Sign in instead, or reset the password.",
        "enter_current_password": "This is not your current password. Type it again.",
        "incorrect_password": "This is not your password. Type it again.",
        "same_as_current": "This is the address your account has now.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, then try again, or reset your password.",
        "rate_limited": "That was too fast. Wait a minute, then try again.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand the mail to our own mailing. The templates get links and addresses, never the request."""
        shown = {name: public_address(value) if name.endswith("_url") else value for name, value in context.items()}
        shown |= {"email": email} | {
            name: public_address(self.request.build_absolute_uri(reverse(page)))
            for name, page in (("site", "home"), ("reset_url", "account_reset_password"))
        }
        subject = render_to_string(f"{template_prefix}_subject.txt", shown).strip()
        body = render_to_string(f"{template_prefix}_message.txt", shown).strip() + "\n"
        send_mail(to=email, subject=subject, body=body)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Set it once, however often the form was sent; ``send_notification_mail`` asks the user which copy this was."""
        assert isinstance(user, User)
        user.password_is_new = services.set_password(user=user, password=password, hashed=user.prepared_password)

    def send_notification_mail(
        self, template_prefix: str, user: AbstractBaseUser, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell what happened to an account; what happened once is told once."""
        assert isinstance(user, User)
        if user.password_is_new:
            super().send_notification_mail(template_prefix, user, context, email)

    def get_client_ip(self, request: HttpRequest) -> str:
        """
        A keyed fingerprint of the network address, which is all that the limits on guessing need to store.

        Of an IPv6 address only the network counts: one household can choose among all addresses inside it.
        """
        address = super().get_client_ip(request)
        return salted_hmac("goodstanding.accounts.limits", truncate_ip(address), algorithm="sha256").hexdigest()[:32]

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in. Whoever had asked to delete the account and signs in again keeps it, and is told."""
        super().login(request, user)
        if isinstance(user, User) and closing.keep_account(user=user, at=timezone.now()):
            messages.success(request, "Welcome back. Your account is kept as it was, and nothing is deleted.")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """
        Count a try to sign in; too many are refused before the password is looked at.

        Whoever guesses from one place is stopped there soon. Whoever guesses from many places is stopped by a limit on the
        account, which holds for browsers that never signed in to it: the owner's own browser has a count of its own, so nobody
        can lock her out of it. A new browser gets in by the reset link, which no wrong password can stop.
        """
        email = str(credentials.get("email", "")).lower()
        own = is_known_browser(request, email)
        rates = (
            [("device", own, _OWN_BROWSER)] if own else [("place", self.get_client_ip(request), _PLACE), ("any", "", _ANY_PLACE)]
        )
        self._tries = [
            ratelimit.consume(request, app="goodstanding.accounts", action=kind, config={kind: rate}, key=f"{email}:{who}")
            for kind, who, rate in rates
        ]
        if not all(self._tries):
            count_wrong_password(email=email)
            self._rollback_login_failed_rl_usage()
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        del request
        count_wrong_password(email=str(credentials.get("email", "")))

    def _rollback_login_failed_rl_usage(self) -> None:
        """A right password is no guess; allauth asks for this after each."""
        for usage in getattr(self, "_tries", []):
            if usage:
                usage.rollback()

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """
        The standing page; before that, once, the profile, because a certificate needs a name and a time zone.

        Whoever tried a license before signing in is led to where it can be kept, whatever became of the address to go on to.
        """
        if not isinstance(request.user, User):
            return reverse("account_login")
        if TRIED in request.session:
            return reverse("tried")
        profile = selectors.get_profile(request.user)
        return reverse("standing") if selectors.profile_is_complete(profile) else reverse("account")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        del request
        return reverse("account")

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """
        Confirm an address; whoever took it before without confirming it makes way.

        All or nothing: the address that counts, the words by which staff find it, and the mail to the address before.
        """
        services.release_unconfirmed(email=email_address.email, owner=email_address.user)
        confirmed: bool = super().confirm_email(request, email_address)
        services.keep_words(user=email_address.user)
        return confirmed
