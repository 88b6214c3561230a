"""A form sent twice at the same moment adds one license and one period, and neither copy is told that it failed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest

from goodstanding.accounts.models import User
from goodstanding.licensing import services
from goodstanding.licensing.errors import LicenseDuplicateError
from goodstanding.licensing.models import License
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
Add = Callable[..., License]


def test_the_same_form_twice(add: Add) -> None:
    submission = uuid.uuid4()
    first, second = race(lambda: add(submission=submission), lambda: add(submission=submission))
    assert first == second
    assert License.objects.get().periods.count() == 1


def test_the_same_license_in_two_forms(add: Add) -> None:
    results = race(lambda: add(submission=uuid.uuid4()), lambda: add(submission=uuid.uuid4(), number="lpcc1234"))
    assert sorted(type(result).__name__ for result in results) == ["License", LicenseDuplicateError.__name__]
    assert License.objects.count() == 1


def test_the_same_renewal_twice(add: Add, clinician: User) -> None:
    license_ = add()

    def renew() -> object:
        return services.record_renewal(
            license=license_,
            actor=clinician,
            period_end=dt.date(2029, 5, 31),
            renewed_on=None,
            from_end=dt.date(2027, 5, 31),
            at=dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC),
        )

    first, second = race(renew, renew)
    assert first == second
    assert license_.periods.count() == 2
    license_.refresh_from_db()
    assert license_.renewals == 4
