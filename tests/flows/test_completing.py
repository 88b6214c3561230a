"""Completing a course gives exactly one completion, one credit and one certificate, whatever happens at once."""

from __future__ import annotations

import pytest

from goodstanding.credit.models import Certificate, CreditEntry
from goodstanding.flows.completing import certificate_of, complete
from goodstanding.learning.errors import SignedNameError, StepLockedError
from goodstanding.learning.models import Attestation, Completion
from tests.learning.making import AT, TODAY, enrolled, evaluated, passed_test


def sign(enrollment, name="Ada Example"):
    return complete(enrollment=enrollment, signed_name=name, at=AT)


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Attestation, Completion, CreditEntry, Certificate))


def test_completing_gives_credit_and_a_certificate(clinician):
    enrollment = evaluated(clinician)
    certificate = sign(enrollment)
    assert certificate.holder == clinician.holder
    assert certificate.entry.completion.enrollment == enrollment
    assert certificate.entry.completed == TODAY
    assert certificate_of(enrollment) == certificate


def test_completing_again_gives_the_same_certificate(clinician):
    enrollment = evaluated(clinician)
    assert sign(enrollment) == sign(enrollment)
    assert counts() == (1, 1, 1, 1)


def test_what_is_refused_leaves_nothing_behind(clinician):
    enrollment = evaluated(clinician)
    with pytest.raises(SignedNameError):
        sign(enrollment, "Someone Else")
    assert counts() == (0, 0, 0, 0)
    assert certificate_of(enrollment) is None
    sign(enrollment)
    assert counts() == (1, 1, 1, 1)


@pytest.mark.parametrize("stand", [enrolled, passed_test])
def test_no_step_is_skipped(clinician, stand):
    with pytest.raises(StepLockedError):
        sign(stand(clinician))
    assert counts() == (0, 0, 0, 0)


def test_a_failing_award_takes_the_completion_back(clinician, monkeypatch):
    enrollment = evaluated(clinician)

    class PrinterOnFireError(Exception):
        pass

    def fail(**_):
        raise PrinterOnFireError

    with monkeypatch.context() as patch:
        patch.setattr("goodstanding.flows.completing.award_completion", fail)
        with pytest.raises(PrinterOnFireError):
            sign(enrollment)
    assert counts() == (0, 0, 0, 0)
    sign(enrollment)
    assert counts() == (1, 1, 1, 1)
