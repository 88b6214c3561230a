"""Several requests of one learner at the same moment, on either database; and that it is the lock that keeps them apart."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, connections

from goodstanding.catalog.models import CourseVersion
from goodstanding.catalog.services import publish_course
from goodstanding.credit.models import Certificate, CreditEntry
from goodstanding.flows import completing
from goodstanding.flows.completing import complete
from goodstanding.learning import selectors, services
from goodstanding.learning.models import Completion, Enrollment, PostTestAttempt, ScenarioStep
from tests.learning.making import AT, SLUG, TODAY, enrolled, evaluated, read, small_course, studied

pytestmark = pytest.mark.django_db(transaction=True)

CLICKS = 4


def at_once(act: Callable[[], object]) -> list[object]:
    """What `act` gives in several threads that start together, each with a connection of its own; errors are given too."""
    together = threading.Barrier(CLICKS)

    def one(_: int) -> object:
        try:
            together.wait(timeout=20)
            return act()
        except IntegrityError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=CLICKS) as pool:
        return list(pool.map(one, range(CLICKS)))


def test_starting_a_course(make_user):
    user = make_user()
    publish_course(course=small_course(), at=AT)
    got = at_once(lambda: services.enroll(holder=user.holder, slug=SLUG, at=AT, on=TODAY).pk)
    assert len(set(got)) == Enrollment.objects.count() == 1


def test_publishing_a_course(db):
    got = at_once(lambda: publish_course(course=small_course(), at=AT).number)
    assert got == [1] * CLICKS
    assert CourseVersion.objects.count() == 1


def test_choosing_in_a_scene(make_user):
    enrollment = enrolled(make_user())
    read(enrollment, "one")
    services.start_run(enrollment=enrollment, scenario_id="scene", at=AT)
    got = at_once(
        lambda: (
            services.take_step(enrollment=enrollment, scenario_id="scene", number=1, position=0, marks=["voice"], at=AT).number
        )
    )
    assert got == [1] * CLICKS
    assert ScenarioStep.objects.count() == 1


def test_starting_the_test(make_user):
    enrollment = studied(make_user())
    got = at_once(lambda: services.start_attempt(enrollment=enrollment, at=AT).pk)
    assert len(set(got)) == PostTestAttempt.objects.count() == 1


def test_answers_to_different_questions(make_user):
    attempt = services.start_attempt(enrollment=studied(make_user()), at=AT)
    items = iter([question.item_id for question in selectors.questions_of(attempt)])
    lock = threading.Lock()

    def answer() -> str:
        with lock:
            item = next(items)
        services.save_answers(attempt=attempt, answers={item: "b"})
        return item

    answered = at_once(answer)
    attempt.refresh_from_db()
    assert sorted(attempt.answers) == sorted(map(str, answered))


def test_signing(make_user):
    user = make_user()
    evaluated(user)
    got = at_once(
        lambda: complete(enrollment=selectors.access_enrollment(user.holder, SLUG), signed_name="Ada Example", at=AT).number
    )
    assert len(set(got)) == 1
    assert Completion.objects.count() == CreditEntry.objects.count() == Certificate.objects.count() == 1


def test_without_the_lock_signing_would_collide(make_user, monkeypatch):
    """The control: with the lock taken out the requests do meet, so the tests above prove something."""
    if connection.vendor == "sqlite":
        # Here the transaction itself is the lock, from its first statement on; there is nothing to take out.
        assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        return
    user = make_user()
    enrollment = evaluated(user)
    unlocked = threading.Barrier(CLICKS)
    monkeypatch.setattr(completing, "lock_holder", lambda holder: holder)
    monkeypatch.setattr(services, "_lock", lambda _: unlocked.wait(timeout=20))
    got = at_once(lambda: complete(enrollment=enrollment, signed_name="Ada Example", at=AT).number)
    assert sum(isinstance(each, IntegrityError) for each in got) == CLICKS - 1
    assert Completion.objects.count() == 1  # the constraints are the last line, and they hold
