"""Recovery codes: how many are left, and new ones, which are shown this once."""

from __future__ import annotations

from urllib.parse import quote

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from goodstanding.accounts.errors import NoSecondStepError, RecoveryCodesReplacedError
from goodstanding.accounts.permissions import has_second_step
from goodstanding.accounts.recovery_codes import codes_left, make_codes, present_set
from goodstanding.web.learner.person import user_of
from goodstanding.web.limits import Limit, limited

_LIMIT = Limit("recovery-codes", times=10, seconds=3600, by_account=True)
_FILE = "Recovery codes for your Good Standing account. Each works once, in place of a code from your app or a passkey.\r\n\r\n"


@login_required
@reauthentication_required
@never_cache
@limited(_LIMIT, method="POST")
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """
    Ask, then answer with the codes themselves: an address at which they could be read again must not exist.

    Loading the answer again sends the form again, which then names a set that is gone and changes nothing.
    """
    user = user_of(request)
    if request.method == "POST":
        try:
            codes = make_codes(user=user, replaces=request.POST.get("replaces", "")[:20])
        except RecoveryCodesReplacedError:
            return _ask(request, replaced=True)
        except NoSecondStepError:
            return _ask(request)
        get_adapter().send_notification_mail("mfa/email/recovery_codes_generated", user)
        file = "data:text/plain;charset=utf-8," + quote(_FILE + "".join(f"{code}\r\n" for code in codes))
        return render(request, "learner/recovery_codes_made.html", {"codes": codes, "file": file})
    return _ask(request)


def _ask(request: HttpRequest, *, replaced: bool = False) -> HttpResponse:
    user = user_of(request)
    context = {
        "left": codes_left(user=user),
        "present": present_set(user=user),
        "replaced": replaced,
        "possible": has_second_step(user),
    }
    return render(request, "learner/recovery_codes.html", context, status=409 if replaced else 200)


urlpatterns: list[URLPattern] = [path("account/second-step/recovery-codes/", recovery_codes, name="recovery-codes")]
