"""How long a course took: from five people on, for administrators, without names."""

from __future__ import annotations

import pytest

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.flows.completing import complete
from goodstanding.flows.pilot import PilotTimes, pilot_times
from goodstanding.learning import services
from tests.learning.making import ANSWERS, AT, passed_test


def completed(make_user, minutes):
    enrollment = passed_test(make_user())
    services.submit_evaluation(enrollment=enrollment, answers={**ANSWERS, "minutes": str(minutes)}, at=AT)
    complete(enrollment=enrollment, signed_name="Ada Example", at=AT)
    return enrollment.version


def test_figures_are_shown_once_there_are_enough_people(make_user, administrator):
    for minutes in (40, 90, 55, 60):
        version = completed(make_user, minutes)
    assert pilot_times(actor=administrator, version=version) == (PilotTimes(0), PilotTimes(4))
    completed(make_user, 50)
    assert pilot_times(actor=administrator, version=version)[1] == PilotTimes(5, median=55, shortest=40, longest=90)


def test_only_administrators_see_it(make_user, clinician):
    version = completed(make_user, 40)
    with pytest.raises(PermissionRefusedError):
        pilot_times(actor=clinician, version=version)
