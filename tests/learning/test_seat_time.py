"""Seat time: never more than the time that passed, never twice, and nothing that can be sent again."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.learning import seat_time, selectors
from goodstanding.learning.models import SeatClock, Sitting
from goodstanding.learning.seat_time import BeatRefusedError, keep_beat, mark_of, pilot_minutes, seat_times, sitting_token
from tests.learning.making import AT, enrolled, passed_test, small_course
from tests.racing import meeting_after, race

STEP = "section:one"


def after(seconds):
    return AT + dt.timedelta(seconds=seconds)


def step_of(enrollment, kind="section", step_id="one"):
    step = selectors.path_of(enrollment).find(kind, step_id)
    assert step is not None
    return step


class Tab:
    """A page that was opened once, and what it reports."""

    def __init__(self, enrollment, *, opened=0.0, kind="section", step_id="one"):
        self.enrollment, self.number = enrollment, 0
        self.token = sitting_token(enrollment, step_of(enrollment, kind, step_id), at=after(opened))

    def beat(self, seconds, *, at, mark=0, number=None, enrollment=None):
        self.number = number or self.number + 1
        kept = keep_beat(
            enrollment=enrollment or self.enrollment,
            token=self.token,
            number=self.number,
            seconds=seconds,
            mark=mark,
            at=after(at),
        )
        return kept.counted


@pytest.fixture
def mine(clinician):
    return enrolled(clinician)


def total(enrollment, step=STEP):
    times = seat_times(enrollment)
    return times[step].seconds if step in times else 0


@pytest.mark.django_db
class TestCounting:
    def test_what_passed_and_was_read_counts(self, mine):
        tab = Tab(mine)
        assert [tab.beat(30, at=30), tab.beat(12, at=60), tab.beat(0, at=90), tab.beat(30, at=120)] == [30, 12, 0, 30]
        assert total(mine) == 72

    def test_sittings_add_up_per_step(self, mine):
        Tab(mine).beat(20, at=20)
        Tab(mine, opened=3600).beat(30, at=3630)
        Tab(mine, opened=7200, kind="scenario", step_id="scene").beat(10, at=7230)
        times = seat_times(mine)
        assert (times[STEP].seconds, times[STEP].sittings, times[STEP].last_at) == (50, 2, after(3630))
        assert times["scenario:scene"].seconds == 10

    def test_the_answer_says_what_the_step_has_so_far(self, mine):
        tab = Tab(mine)
        tab.beat(30, at=30)
        kept = keep_beat(enrollment=mine, token=tab.token, number=2, seconds=20, at=after(60))
        assert (kept.counted, kept.seconds) == (20, 50)

    def test_seconds_lost_to_rounding_reach_the_next_report(self, mine):
        tab = Tab(mine)
        for turn in range(1, 11):
            tab.beat(30, at=turn * 29.9)
        assert total(mine) == 299

    def test_opening_a_page_stores_nothing(self, mine):
        Tab(mine)
        assert not Sitting.objects.exists()

    @pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (29, 0), (31, 1), (89, 1), (600, 10)])
    def test_minutes_are_whole_ones(self, seconds, minutes):
        assert seat_time.StepTime(seconds, 1, AT).minutes == minutes


@pytest.mark.django_db
class TestBounds:
    def test_no_more_than_the_time_that_passed(self, mine):
        tab = Tab(mine)
        assert tab.beat(60, at=10) == 10
        assert tab.beat(60, at=20) == 10

    def test_nothing_from_before_the_page_was_opened(self, mine):
        Tab(mine).beat(5, at=5)
        assert Tab(mine, opened=1000).beat(120, at=1010) == 10

    def test_one_report_counts_two_minutes_at_most_and_the_rest_is_lost(self, mine):
        tab = Tab(mine)
        assert tab.beat(3000, at=3000) == 120
        assert tab.beat(3000, at=3010) == 10

    def test_two_tabs_do_not_count_twice(self, mine):
        one, two = Tab(mine), Tab(mine)
        for turn in range(1, 11):
            one.beat(30, at=turn * 30)
            two.beat(30, at=turn * 30 + 1)
        assert total(mine) <= 301

    def test_neither_do_two_courses(self, mine, clinician):
        from goodstanding.catalog.services import publish_course
        from goodstanding.learning.services import enroll

        publish_course(course=small_course(slug="another", title="Another"), at=AT)
        other = enroll(holder=clinician.holder, slug="another", at=AT, on=AT.date())
        here, there = Tab(mine), Tab(other)
        assert here.beat(30, at=30) == 30
        assert there.beat(30, at=30) == 0

    def test_another_persons_time_is_her_own(self, mine, other_clinician):
        theirs = enrolled(other_clinician)
        assert Tab(mine).beat(30, at=30) == 30
        assert Tab(theirs).beat(30, at=30) == 30

    def test_reports_may_not_come_too_fast(self, mine):
        tab = Tab(mine)
        tab.beat(10, at=10)
        before = Sitting.objects.get()
        assert tab.beat(3, at=13, mark=9) == 0
        after_it = Sitting.objects.get()
        assert (before.last_beat, before.seconds, before.mark) == (after_it.last_beat, after_it.seconds, after_it.mark)
        assert tab.beat(7, at=17) == 7

    def test_the_same_report_sent_again_counts_once(self, mine):
        tab = Tab(mine)
        tab.beat(30, at=30)
        tab.beat(30, at=60)
        for late in (90, 500, 5000):
            assert tab.beat(30, at=late, number=1) == 0
            assert tab.beat(30, at=late, number=2) == 0
        assert total(mine) == 60
        assert Sitting.objects.get().last_at == after(60)

    def test_a_clock_that_was_ahead_does_not_stop_the_counting(self, mine):
        Tab(mine, opened=90_000).beat(30, at=90_030)
        tab = Tab(mine)
        assert tab.beat(30, at=30) == 0
        assert tab.beat(30, at=60) == 30

    def test_two_reports_that_arrive_out_of_order_do_not_move_the_clock_back(self, mine):
        one, two = Tab(mine), Tab(mine)
        two.beat(10, at=30.2)
        one.beat(30, at=30.0)
        assert SeatClock.objects.get().counted_until == after(30.2)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        beats=st.lists(
            st.tuples(st.integers(0, 2), st.integers(0, 400), st.floats(0, 200), st.booleans()), min_size=1, max_size=12
        )
    )
    def test_whatever_is_sent_never_more_than_passed(self, mine, beats):
        with transaction.atomic():
            tabs, now = [Tab(mine) for _ in range(3)], 0.0
            for which, seconds, later, again in beats:
                now += later
                tabs[which].beat(seconds, at=now, number=max(tabs[which].number, 1) if again else None)
            assert total(mine) <= now
            transaction.set_rollback(True)


@pytest.mark.django_db
class TestRefusing:
    def test_a_page_of_another_course_or_person(self, mine, other_clinician):
        with pytest.raises(BeatRefusedError):
            Tab(mine).beat(10, at=10, enrollment=enrolled(other_clinician))
        assert not Sitting.objects.exists()

    @pytest.mark.parametrize("token", ["", "x", "e30:abc", "::"])
    def test_a_page_that_was_made_up(self, mine, token):
        tab = Tab(mine)
        tab.token = token
        with pytest.raises(BeatRefusedError):
            tab.beat(10, at=10)

    def test_a_page_left_open_for_more_than_a_day(self, mine):
        tab = Tab(mine)
        tab.beat(30, at=24 * 3600)
        with pytest.raises(BeatRefusedError, match="Reload"):
            tab.beat(30, at=24 * 3600 + 30)

    @pytest.mark.parametrize(
        "figures", [{"number": -1}, {"number": 100_001}, {"seconds": -1}, {"mark": -1}, {"mark": 5001}], ids=str
    )
    def test_figures_that_can_not_be(self, mine, figures):
        given = {"number": 1, "seconds": 10, "mark": 0, **figures}
        with pytest.raises(BeatRefusedError):
            keep_beat(enrollment=mine, token=Tab(mine).token, at=after(10), **given)

    def test_the_database_lets_no_sitting_run_backward(self, mine):
        Tab(mine).beat(10, at=10)
        with pytest.raises(IntegrityError), transaction.atomic():
            Sitting.objects.update(last_at=after(-1))


@pytest.mark.django_db
class TestPlace:
    def test_where_the_reader_stopped_last_on_any_device(self, mine):
        desk, phone = Tab(mine), Tab(mine, opened=100)
        assert mark_of(mine, step_of(mine)) == 0
        desk.beat(30, at=30, mark=4)
        phone.beat(30, at=130, mark=9)
        assert mark_of(mine, step_of(mine)) == 9
        desk.beat(30, at=160, mark=6)
        assert mark_of(mine, step_of(mine)) == 6

    def test_places_belong_to_their_step(self, mine):
        Tab(mine).beat(30, at=30, mark=4)
        assert mark_of(mine, step_of(mine, "section", "two")) == 0


@pytest.mark.django_db
class TestPilot:
    def test_minutes_of_those_who_completed_and_nobody_else(self, clinician, other_clinician):
        from goodstanding.flows.completing import complete
        from goodstanding.learning.services import submit_evaluation
        from tests.learning.making import ANSWERS

        done, begun = passed_test(clinician), enrolled(other_clinician)
        for turn in range(1, 8):
            Tab(done, opened=turn * 200).beat(60, at=turn * 200 + 60)
            Tab(begun, opened=turn * 200).beat(60, at=turn * 200 + 60)
        assert pilot_minutes(done.version) == ()
        submit_evaluation(enrollment=done, answers=ANSWERS, at=AT)
        complete(enrollment=done, signed_name="Ada Example", at=AT)
        assert pilot_minutes(done.version) == (7,)


def both_at_once(user):
    """Two tabs that report the same thirty seconds, each looking before either has written, unless something keeps them apart."""
    enrollment = enrolled(user)
    Tab(enrollment).beat(1, at=1)
    tabs = [Tab(enrollment, opened=1), Tab(enrollment, opened=1)]
    meeting = threading.Barrier(2, timeout=1)
    deeds = [meeting_after('FROM "learning_sitting"', lambda tab=tab: tab.beat(30, at=31), meeting) for tab in tabs]
    return sorted(race(*deeds))


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_moment_count_it_once(clinician):
    assert both_at_once(clinician) == [0, 30]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_count_twice(clinician, monkeypatch):
    """The control: so that the test above proves something."""
    if connection.vendor == "sqlite":
        # Here the transaction itself is the lock, from its first statement on; there is nothing to take out.
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        return
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows: rows)
    assert both_at_once(clinician) == [30, 30]
