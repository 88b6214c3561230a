"""Seat time over HTTP: a page reports, the server decides, the learner sees it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodstanding.learning import seat_time, selectors
from goodstanding.learning.models import SectionVisit, Sitting
from tests.learning.making import SLUG, enrolled, passed_test, studied

pytestmark = pytest.mark.django_db

TIME = reverse("learn-time", args=[SLUG])
ONE = reverse("learn-section", args=[SLUG, "one"])


def token_on(page):
    found = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    return found[1] if found else None


@pytest.fixture
def mine(clinician):
    return enrolled(clinician)


@pytest.fixture
def opened(mine):
    """A page that was opened a minute ago."""
    step = selectors.path_of(mine).find("section", "one")
    return seat_time.sitting_token(mine, step, at=timezone.now() - dt.timedelta(seconds=60))


def beat(client, token, **changes):
    return client.post(TIME, {"token": token, "number": 1, "seconds": 30, "mark": 2, **changes})


class TestReporting:
    def test_the_page_that_was_opened_may_report(self, signed_in, mine):
        token = token_on(signed_in.get(ONE))
        answer = beat(signed_in, token, seconds=3000)
        assert answer.status_code == 200
        assert answer.json()["counted"] <= 1  # it was opened only now
        assert Sitting.objects.get().step == "section:one"

    def test_seconds_are_counted_and_the_place_is_kept(self, signed_in, mine, opened):
        assert beat(signed_in, opened).json() == {"counted": 30, "minutes": 0}
        assert beat(signed_in, opened).json()["counted"] == 0  # sent again
        sitting = Sitting.objects.get()
        assert (sitting.seconds, sitting.mark) == (30, 2)

    @pytest.mark.parametrize(
        "changes",
        [
            {"token": "x"},
            {"token": ""},
            {"number": ""},
            {"number": "a"},
            {"number": 0},
            {"seconds": -1},
            {"seconds": "9" * 30},
            {"mark": -1},
            {"mark": 99999},
        ],
        ids=str,
    )
    def test_what_is_no_report_changes_nothing(self, signed_in, mine, opened, changes):
        sent = {"number": 1, "seconds": 30, "mark": 2, "token": opened, **changes}
        answer = signed_in.post(TIME, sent)
        if changes == {"seconds": "9" * 30}:
            assert answer.json()["counted"] <= 60  # bounded like any other
            return
        assert answer.status_code == 400
        assert answer.json()["problem"]
        assert not Sitting.objects.exists()

    def test_another_persons_page_does_not_count_here(self, opened, other_clinician):
        enrolled(other_clinician)
        client = Client()
        client.force_login(other_clinician)
        assert beat(client, opened).status_code == 400
        assert not Sitting.objects.exists()

    def test_signed_out_it_leads_to_the_sign_in(self, client, opened):
        assert beat(client, opened).status_code == 302
        assert not Sitting.objects.exists()

    def test_without_the_token_of_the_form_it_is_refused(self, clinician, opened):
        client = Client(enforce_csrf_checks=True)
        client.force_login(clinician)
        assert beat(client, opened).status_code == 403

    def test_time_alone_opens_no_step(self, signed_in, mine, opened):
        for number in range(1, 6):
            beat(signed_in, opened, number=number)
        assert not SectionVisit.objects.filter(finished_at__isnull=False).exists()
        path = selectors.path_of(mine)
        assert path.current is not None
        assert path.current.id == "one"

    def test_every_step_reports_and_pages_beside_the_path_do_not(self, signed_in, clinician):
        passed_test(clinician)
        for name, *arguments in (
            ("learn-section", "two"),
            ("learn-scenario", "scene"),
            ("learn-post-test",),
            ("learn-evaluation",),
        ):
            assert token_on(signed_in.get(reverse(name, args=[SLUG, *arguments])))
        for name in ("learn-notes", "learn-time", "learn-print"):
            assert token_on(signed_in.get(reverse(name, args=[SLUG]))) is None


class TestShowing:
    def test_the_learner_sees_her_time_per_step_and_in_all(self, signed_in, clinician):
        enrollment = studied(clinician)
        now = timezone.now()
        for kind, step_id, at in (("section", "one", 7200), ("section", "one", 3600), ("scenario", "scene", 1800)):
            opened_at = now - dt.timedelta(seconds=at)
            token = seat_time.sitting_token(enrollment, selectors.path_of(enrollment).find(kind, step_id), at=opened_at)
            seat_time.keep_beat(
                enrollment=enrollment, token=token, number=1, seconds=120, at=opened_at + dt.timedelta(seconds=120)
            )
        response = signed_in.get(TIME)
        lines = {line.step.id: line.time for line in response.context["lines"] if line.time}
        assert {key: (time.minutes, time.sittings) for key, time in lines.items()} == {"one": (4, 2), "scene": (2, 1)}
        page = " ".join(response.content.decode().split())
        assert "6 minutes" in page
        assert "It does not decide whether you get credit." in page
        assert "you have read <span data-seat-minutes>4</span> min" in signed_in.get(ONE).content.decode()

    def test_before_anything_was_measured(self, signed_in, mine):
        assert "Less than a minute was measured so far." in signed_in.get(TIME).content.decode()
