"""Licenses for the tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from goodstanding.accounts.models import User
from goodstanding.licensing import services
from goodstanding.licensing.models import License

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)

LPCC: dict[str, Any] = {
    "rule": "us/ca/lpcc",
    "profession": "counselor",
    "license_type": "LPCC",
    "number": "LPCC 1234",
    "issued": dt.date(2019, 5, 10),
    "period_end": dt.date(2027, 5, 31),
    "renewals": 3,
    "status": "active",
    "at": NOW,
}


@pytest.fixture
def add(clinician: User) -> Callable[..., License]:
    """Adds a California LPCC of the clinician; keyword arguments replace what is usual."""

    def make(**changes: Any) -> License:
        given = {"holder": clinician.holder, "actor": clinician} | LPCC | changes
        return services.add_license(**given)

    return make
