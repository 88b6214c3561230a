"""How a scenario step and an answer of the post-test compare with a signed-in page that renders only the base template."""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time

SLUG = "dual-relationships-and-boundaries"
ROUNDS = 60


def main() -> None:
    """In a process and a folder of its own, because Django takes its settings once per process."""
    with tempfile.TemporaryDirectory(prefix="goodstanding-bench-") as folder:
        own = {"GOODSTANDING_HOME": folder, "DJANGO_SETTINGS_MODULE": "tests.settings", "GOODSTANDING_SECRET_KEY": "bench"}
        clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        subprocess.run([sys.executable, "-m", "bench.learning", "measure"], env={**clean, **own}, check=True)


def measure() -> None:
    import django

    django.setup()

    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import override_settings

    call_command("migrate", verbosity=0)
    with override_settings(ROOT_URLCONF="bench._base_page"):
        client = Client(SERVER_NAME="localhost")
        user, enrollment = begin()
        client.force_login(user)
        print_rates(client, enrollment)


def begin():
    """Someone at the post-test of the full course, with its scenarios behind her."""
    from django.utils import timezone

    from goodstanding.accounts.models import Holder, Profile, User
    from goodstanding.catalog.services import publish_course
    from goodstanding.conf.content import content_root
    from goodstanding.core.courseware import load_courses
    from goodstanding.flows.demonstration import take_step_of
    from goodstanding.learning.selectors import content_of, path_of
    from goodstanding.learning.services import enroll

    at = timezone.now()
    user = User.objects.create_user(email="bench@example.org", password="a long enough word")
    holder = Holder.objects.create(user=user)
    Profile.objects.create(user=user, legal_name="Bench Example", time_zone="America/Los_Angeles", professions=["counselor"])
    publish_course(course=load_courses(content_root() / "courses")[SLUG], at=at)
    enrollment = enroll(holder=holder, slug=SLUG, at=at, on=at.date())
    course = content_of(enrollment)
    while (step := path_of(enrollment).current) is not None and step.kind != "post_test":
        take_step_of(step, enrollment=enrollment, course=course, at=at)
    return user, enrollment


def print_rates(client, enrollment) -> None:
    base, queries = requests(client, lambda: ("/bench-base-page/", None), expected=200)
    print(f"base page       {queries:2} queries, median {base:5.1f} ms")
    for name, prepare, expected in (("scenario step", steps(enrollment), 302), ("test answer", answers(enrollment), 200)):
        took, queries = requests(client, prepare, expected=expected)
        print(f"{name:15} {queries:2} queries, median {took:5.1f} ms, {base / took:.2f} of the throughput of the base page")
    print("goals: at most 8 queries, at least 0.40")


def steps(enrollment):
    """The first decision of a replay that was begun for it."""
    from django.utils import timezone

    from goodstanding.learning.selectors import content_of, list_runs, scene_at
    from goodstanding.learning.services import replay_from

    scenario = content_of(enrollment).scenarios[0].id
    first = next(iter(list_runs(enrollment, scenario)))
    position = next(at for at in range(100) if scene_at(enrollment, first, at).choices)
    choice = scene_at(enrollment, first, position).choices[-1].choice_id
    address = f"/learn/{SLUG}/scenario/{scenario}/{{}}/{position}/"

    def prepare():
        run = replay_from(enrollment=enrollment, scenario_id=scenario, position=position, at=timezone.now())
        return address.format(run.number), {"choice": choice, "reason": "Because of the roof."}

    return prepare


def answers(enrollment):
    """Another answer to one question each time, sent as the script of the page does."""
    from django.utils import timezone

    from goodstanding.core.courseware import Form
    from goodstanding.learning.selectors import content_of
    from goodstanding.learning.services import start_attempt

    attempt = start_attempt(enrollment=enrollment, at=timezone.now())
    item = Form.model_validate(attempt.form).questions[0].item_id
    options = [option.option_id for option in content_of(enrollment).post_test.item(item).options]
    address = f"/learn/{SLUG}/test/{attempt.pk}/answers/"
    turns = itertools.cycle(options)
    return lambda: (address, {f"answer-{item}": next(turns)})


def requests(client, prepare, *, expected: int) -> tuple[float, int]:
    """
    The median of all requests in milliseconds, and how many queries the last one took.

    `prepare` gives the address and what is posted there, nothing for a page that is only read; it is not timed. The
    beginning and the end of a transaction are not counted as queries.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def send(address, data):
        response = client.get(address) if data is None else client.post(address, data)
        assert response.status_code == expected, response.status_code

    took = []
    for _ in range(ROUNDS):
        given = prepare()
        start = time.perf_counter()
        send(*given)
        took.append((time.perf_counter() - start) * 1000)
    given = prepare()
    with CaptureQueriesContext(connection) as queries:
        send(*given)
    return statistics.median(took), sum(one["sql"].split()[0] not in ("BEGIN", "COMMIT") for one in queries)


if __name__ == "__main__":
    measure() if "measure" in sys.argv[1:] else main()
