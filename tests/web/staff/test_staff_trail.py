"""Every staff action is in the audit log: each address that takes a POST is walked, and none may be forgotten here."""

from __future__ import annotations

import uuid

import pytest
from django.urls import URLPattern, reverse
from django.utils import timezone
from django_tasks import TaskResultStatus

from goodstanding.audit.selectors import list_events
from goodstanding.audit.services import Tag
from goodstanding.flows.requests import send_request
from goodstanding.web.staff.urls import urlpatterns
from tests.catalog.test_signing import rate
from tests.web.staff.test_staff_status import job

ACTIONS = {
    "staff-sponsor": Tag.SPONSOR_CHANGED,
    "staff-approval-record": Tag.APPROVAL_RECORDED,
    "staff-approval-withdraw": Tag.APPROVAL_WITHDRAWN,
    "staff-course-withdraw": Tag.COURSE_WITHDRAWN,
    "staff-course-offer": Tag.COURSE_OFFERED,
    "staff-certificate-revoke": Tag.CERTIFICATE_REVOKED,
    "staff-request": Tag.REQUEST_ANSWERED,
    "staff-hours-rate": Tag.BASIS_RATED,
    "staff-hours-approve": Tag.BASIS_APPROVED,
    "staff-hours-withdraw": Tag.BASIS_WITHDRAWN,
    "staff-role": Tag.ROLE_GIVEN,
    "staff-job-retry": Tag.JOB_RETRIED,
}
READ_WITH_A_TRACE = {
    "staff-person": Tag.CREDITS_VIEWED,
    "staff-approval-evidence": Tag.EVIDENCE_DOWNLOADED,
    "staff-audit-export": Tag.AUDIT_EXPORTED,
    "staff-request": Tag.REQUEST_READ,
}


def _read(response):
    """Take a streamed answer to its end, as a browser would; closing it by hand would close the test's database."""
    if response.streaming:
        b"".join(response.streaming_content)


@pytest.fixture
def arguments(slug, certificate, clinician, administrator, make_approval):
    """Something that exists for every argument of a staff address."""
    request = send_request(
        request_id=uuid.uuid4(),
        kind="question",
        slug=slug,
        holder=clinician.holder,
        reply_to=clinician.email,
        text="When does it open?",
        at=timezone.now(),
    )
    ratings = [rate(administrator, name, "3", slug=slug) for name in ("Ann One", "Bea Two")]
    return {
        "signature_id": ratings[0].pk,
        "seen": ",".join(sorted(str(rating.pk) for rating in ratings)),
        "slug": slug,
        "request_id": request.pk,
        "number": certificate.number,
        "user_id": clinician.pk,
        "approval_id": make_approval().pk,
        "job_id": job(TaskResultStatus.FAILED, finished_at=timezone.now()).pk,
    }


@pytest.fixture
def bodies(approval_form, arguments):
    """What each address wants to be sent."""
    signer = {"credentials": "PhD", "discipline": "Psychology", "step": "sign", "signs": "on"}
    return {
        "staff-hours-rate": signer | {"name": "Dan Four", "difficulty": "3", "note": "Why.", "submission": str(uuid.uuid4())},
        "staff-hours-approve": signer | {"name": "Cas Three", "seen": arguments["seen"], "submission": str(uuid.uuid4())},
        "staff-hours-withdraw": {"reason": "By mistake.", "submission": str(uuid.uuid4())},
        "staff-sponsor": {"name": "Example Institute"},
        "staff-approval-record": approval_form,
        "staff-approval-withdraw": {"withdrawn_from": "2026-06-01", "reason": "Ended."},
        "staff-course-withdraw": {},
        "staff-course-offer": {},
        "staff-request": {},
        "staff-role": {"role": "support"},
        "staff-job-retry": {},
        "staff-certificate-revoke": {"reason": "Issued by mistake.", "step": "sure"},
    }


def address_of(pattern: URLPattern, arguments: dict) -> str:
    wanted = {name: arguments[name] for name in pattern.pattern.converters}
    if "number" in wanted and "slug" in wanted:
        wanted["number"] = 1
    return reverse(pattern.name, kwargs=wanted)


def test_no_address_that_takes_a_post_is_left_out(as_administrator, arguments):
    taking = {pattern.name for pattern in urlpatterns if as_administrator.post(address_of(pattern, arguments)).status_code != 405}
    assert taking == set(ACTIONS)


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_is_recorded_with_its_actor(as_administrator, administrator, arguments, bodies, name):
    if name == "staff-course-offer":
        as_administrator.post(reverse("staff-course-withdraw", kwargs={"slug": arguments["slug"]}))
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    before = list_events(tag=ACTIONS[name]).count()

    response = as_administrator.post(address_of(pattern, arguments), bodies[name])

    assert response.status_code == 302
    assert list_events(tag=ACTIONS[name]).count() == before + 1
    assert list_events(tag=ACTIONS[name])[0].actor == str(administrator.pk)


@pytest.mark.parametrize("name", READ_WITH_A_TRACE)
def test_reading_what_is_private_is_recorded_too(as_administrator, administrator, arguments, name):
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    response = as_administrator.get(address_of(pattern, arguments))
    _read(response)
    assert response.status_code == 200
    assert [event.actor for event in list_events(tag=READ_WITH_A_TRACE[name])] == [str(administrator.pk)]
