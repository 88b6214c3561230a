"""Licenses and credits for the tests, made by the services that the product uses."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from decimal import Decimal
from typing import Any

from goodstanding.accounts.models import Holder, User
from goodstanding.credit.earned import EarnedCredit, EarnedPart
from goodstanding.credit.models import CreditEntry
from goodstanding.credit.services import enter_credit
from goodstanding.licensing.models import License
from goodstanding.licensing.selectors import questions_of
from goodstanding.licensing.services import add_license

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 20, 0, tzinfo=dt.UTC)
PERIOD_END = dt.date(2027, 5, 31)

_number = itertools.count(1001)


def a_license(user: User, **changes: Any) -> License:
    """A California LPCC in its third period, whose holder answered every question with no."""
    kind = changes.pop("kind", "lpcc")
    profession = {"lpcc": "counselor", "lmft": "mft", "lcsw": "social_worker"}[kind]
    given: dict[str, Any] = {
        "holder": user.holder,
        "actor": user,
        "rule": f"us/ca/{kind}",
        "profession": profession,
        "license_type": kind.upper(),
        "number": f"{kind.upper()} {next(_number)}",
        "issued": dt.date(2019, 5, 10),
        "period_end": PERIOD_END,
        "renewals": 3,
        "facts": {"couples_and_families": False} if kind == "lpcc" else {},
        "at": NOW,
    }
    return add_license(**{**given, **changes})


def a_credit(
    user: User,
    title: str = "Ethics in a small town",
    *,
    hours: str = "6",
    topics: tuple[str, ...] = ("law_and_ethics_us_ca",),
    about: str | None = None,
    completed: dt.date = dt.date(2026, 3, 1),
    approvals: tuple[str, ...] | None = ("nbcc",),
    **changes: Any,
) -> CreditEntry:
    """A credit entered by hand; `about` is how many of its hours are on `topics`, all unless said otherwise."""
    parts = (EarnedPart(amount=Decimal(about or hours), topics=topics),) if topics else ()
    credit = EarnedCredit(title=title, completed=completed, amount=Decimal(hours), parts=parts, approvals=approvals, **changes)
    return enter_credit(holder=user.holder, actor=user, credit=credit, submission=uuid.uuid4(), at=NOW, today=TODAY)


def a_provisional_credit(user: User, title: str = "A former client asks for coffee") -> CreditEntry:
    """Credit of the platform's own course, whose hours nobody has signed for yet."""
    holder: Holder = user.holder
    return CreditEntry.objects.create(
        holder=holder,
        title=title,
        completed=dt.date(2026, 10, 1),
        amount=Decimal(60),
        unit="minute",
        parts=[{"amount": "60", "topics": ["boundaries"]}],
        format="asynchronous",
        approvals=[],
        provisional=True,
        entered_at=NOW,
    )


def everything_for_lpcc(user: User) -> list[CreditEntry]:
    """What a California LPCC past the first renewal needs, all approved by NBCC."""
    return [
        a_credit(user, "California law and ethics", hours="6", topics=("law_and_ethics_us_ca",)),
        a_credit(user, "Suicide risk", hours="6", topics=("suicide",)),
        a_credit(user, "Telehealth", hours="3", topics=("telehealth_law_and_ethics",)),
        a_credit(user, "Trauma work", hours="21", topics=("trauma",)),
    ]


def not_sure(license_: License, **answers: str) -> dict[str, str]:
    """What the form of a license's questions sends: these answers, and of everything else that its rule asks "not sure"."""
    return {
        name: "unsure" for name, question in questions_of(license_).items() if question.type in ("boolean", "one_of")
    } | answers
