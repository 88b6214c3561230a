"""The product's addresses, and those by which a test prepares people and looks at what is stored."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import uuid
from collections import Counter
from decimal import Decimal
from typing import Any

from allauth.account.internal.userkit import user_id_to_str
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django_tasks_db.management.commands.db_worker import Worker

from goodstanding.accounts.models import Holder, Profile, Role, User
from goodstanding.accounts.services import keep_words
from goodstanding.audit.models import AuditEvent
from goodstanding.audit.selectors import verify_log
from goodstanding.catalog.models import Approval, Course
from goodstanding.catalog.services import publish_course
from goodstanding.conf import urls as product
from goodstanding.credit.earned import EarnedCredit
from goodstanding.credit.services import enter_credit
from goodstanding.learning.models import PostTestAttempt, StaffRequest
from goodstanding.learning.services import start_attempt
from goodstanding.licensing import services as licensing
from goodstanding.licensing.models import License
from goodstanding.licensing.rulebook import LicenseType, license_types
from goodstanding.mailing.delivery import deliver_due
from goodstanding.mailing.models import OutgoingMail
from tests.learning import making

PASSWORD = "seven quiet herons"
NAME = "Ada Example"
_BESIDE = {"sessions.session", "contenttypes.contenttype"}
_serial = itertools.count()


@csrf_exempt
@transaction.atomic
def people(request: HttpRequest) -> JsonResponse:
    """A person at a stage of the course, signed in."""
    Course.objects.filter(slug=making.SLUG).update(withdrawn_at=None)  # whatever a situation before left
    stage, role = request.POST.get("stage", ""), request.POST.get("role", Role.CLINICIAN)
    email = f"person{os.getpid()}x{next(_serial)}@example.org"
    user = User.objects.create_user(email=email, password=PASSWORD, role=role)
    if role != Role.CLINICIAN:
        TOTP.activate(user, generate_totp_secret())  # staff sign in with a second step
    Holder.objects.create(user=user)
    Profile.objects.create(user=user, legal_name=NAME, time_zone="America/Los_Angeles", professions=["counselor"])
    keep_words(user=user)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    answer: dict[str, Any] = {"id": str(user.pk), "email": email, "cookie": _session(user), "type": _license_type().key}
    answer |= _at_stage(user, stage)
    return JsonResponse(answer)


def _session(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session["account_authentication_methods"] = [
        {"method": "password", "at": timezone.now().timestamp(), "email": user.email, "reauthenticated": True}
    ]
    session.create()
    assert session.session_key
    return session.session_key


def _at_stage(user: User, stage: str) -> dict[str, Any]:
    now = timezone.now()
    match stage:
        case "version":
            slug = f"course-{uuid.uuid4().hex[:8]}"
            publish_course(course=making.small_course(slug=slug), at=now)
            return {"slug": slug}
        case "new":
            publish_course(course=making.small_course(), at=now)
            return {"slug": making.SLUG}
        case "studied":
            return {"slug": making.SLUG, "enrollment": str(making.studied(user).pk)}
        case "testing":
            attempt = start_attempt(enrollment=making.studied(user), at=now)
            return {"slug": making.SLUG, "attempt": str(attempt.pk)}
        case "passed":
            return {"slug": making.SLUG, "enrollment": str(making.passed_test(user).pk)}
        case "evaluated":
            return {"slug": making.SLUG, "enrollment": str(making.evaluated(user).pk)}
        case "licensed" | "renewed" | "removed":
            return {"license": str(_license(user, stage, now).pk)}
        case "busy":
            making.evaluated(user)
            return {"license": str(_license(user, "", now).pk), "entry": str(_entry(user, now).pk)}
        case "credited":
            return {"entry": str(_entry(user, now).pk)}
    return {}


def _license_type() -> LicenseType:
    return next(one for one in license_types() if one.rule == "us/ca/lpcc")


def _license(user: User, stage: str, now: dt.datetime) -> Any:
    today = timezone.localdate(now)
    kind = _license_type()
    end = (today + dt.timedelta(days=200)).replace(day=28)
    added = licensing.add_license(
        holder=user.holder, actor=user, rule=kind.rule, profession=kind.profession, license_type=kind.license_type,
        number=uuid.uuid4().hex[:8], issued=dt.date(today.year - 9, 5, 10), period_end=end, renewals=3, at=now,
    )  # fmt: skip
    if stage == "renewed":
        licensing.record_renewal(
            license=added, actor=user, period_end=end.replace(year=end.year + 2), renewed_on=None, from_end=end, at=now
        )
    if stage == "removed":
        licensing.remove_license(license=added, actor=user, at=now)
    return added


def _entry(user: User, now: dt.datetime) -> Any:
    today = timezone.localdate(now) - dt.timedelta(days=3)
    credit = EarnedCredit(
        title="Ethics in a small town", started=None, completed=today, amount=Decimal(3), unit="hour", parts=(),
        format="live_online", activity="course", approvals=None, sponsor_name="", sponsor_kind="",
    )  # fmt: skip
    return enter_credit(holder=user.holder, actor=user, credit=credit, submission=uuid.uuid4(), at=now, today=today)


def stored(request: HttpRequest) -> JsonResponse:
    """How many rows each table has, how often each thing was recorded, and what is in the folders."""
    since = int(request.GET.get("since", 0))
    rows = {
        model._meta.label_lower: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label_lower not in _BESIDE
    }
    events = AuditEvent.objects.filter(pk__gt=since).order_by("pk").values_list("pk", "tag")
    home = settings.HOME
    return JsonResponse(
        {
            "rows": rows,
            "last": max([pk for pk, _ in events], default=since),
            "tags": Counter(tag for _, tag in events),
            "marks": {
                "tests handed in": PostTestAttempt.objects.exclude(submitted_at=None).count(),
                "tests passed": PostTestAttempt.objects.filter(passed=True).count(),
                "renewals": License.objects.aggregate(all=Sum("renewals"))["all"] or 0,
                "licenses removed": License.objects.exclude(removed_at=None).count(),
                "requests answered": StaffRequest.objects.exclude(answered_at=None).count(),
                "approvals withdrawn": Approval.objects.exclude(withdrawn_from=None).count(),
                "courses withdrawn": Course.objects.exclude(withdrawn_at=None).count(),
            },
            "chain": verify_log().findings,
            "delivered": OutgoingMail.objects.exclude(sent_at=None).count(),
            "files": sum(each.is_file() for each in (home / "files").rglob("*")),
            "mails": sum(each.is_file() for each in settings.OUTBOX.rglob("*")) if settings.OUTBOX.is_dir() else 0,
        }
    )


@csrf_exempt
def work(request: HttpRequest) -> JsonResponse:
    """Run every job that waits, as the worker does; here, so that it can be told to die."""
    Worker(
        queue_names=["default"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id="harness", excluded_queue_names=[],
    ).run()  # fmt: skip
    return JsonResponse({})


@csrf_exempt
def sweep(request: HttpRequest) -> JsonResponse:
    """What the worker's sweep does, as if it were a quarter of an hour later."""
    return JsonResponse({"delivered": deliver_due(at=timezone.now() + dt.timedelta(minutes=15))})


@csrf_exempt
def forget(request: HttpRequest) -> JsonResponse:
    """Forget how often anything was tried: limits on guessing are not what is tested here."""
    cache.clear()
    return JsonResponse({})


urlpatterns = [
    path("harness/people/", people),
    path("harness/stored/", stored),
    path("harness/run-jobs/", work),
    path("harness/sweep/", sweep),
    path("harness/forget/", forget),
    path("", include(product.urlpatterns)),
]
handler400, handler403 = product.handler400, product.handler403
handler404, handler500 = product.handler404, product.handler500
