"""How long the standing page takes, and with how many queries: 10 licenses and 200 credits of one clinician."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

LICENSES, CREDITS, ROUNDS = 10, 200, 20


def main() -> None:
    """In a process and a folder of its own, because Django takes its settings once per process."""
    with tempfile.TemporaryDirectory(prefix="goodstanding-bench-") as folder:
        own = {"GOODSTANDING_HOME": folder, "DJANGO_SETTINGS_MODULE": "tests.settings", "GOODSTANDING_SECRET_KEY": "bench"}
        clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        subprocess.run([sys.executable, "-m", "bench.standing", "measure"], env={**clean, **own}, check=True)


def measure() -> None:
    import django

    django.setup()

    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    call_command("migrate", verbosity=0)
    user = fill()

    from goodstanding.compliance.selectors import standing_on
    from tests.compliance.situations import TODAY

    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    first = timed(lambda: client.get("/standing/"))
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/standing/")
    count = len(queries)  # the next request empties the log behind it
    assert response.status_code == 200, response.status_code
    page = [timed(lambda: client.get("/standing/")) for _ in range(ROUNDS)]
    answer = [timed(lambda: standing_on(holder=user.holder, on=TODAY)) for _ in range(ROUNDS)]
    print(f"{LICENSES} licenses, {CREDITS} credits: {count} queries, {len(response.content) / 1000:.0f} kB of HTML")
    print(f"page          median {statistics.median(page):4.0f} ms, slowest {max(page):4.0f} ms, first {first:.0f} ms")
    print(f"of it answer  median {statistics.median(answer):4.0f} ms, slowest {max(answer):4.0f} ms")


def fill():
    from goodstanding.accounts.models import Holder, Profile, User
    from tests.compliance.situations import a_credit, a_license, a_provisional_credit

    user = User.objects.create_user(email="bench@example.org", password="a long enough word")
    Holder.objects.create(user=user)
    Profile.objects.create(user=user, legal_name="Bench Example", time_zone="America/Los_Angeles", professions=["counselor"])
    for at in range(LICENSES):
        a_license(user, kind=("lpcc", "lmft", "lcsw")[at % 3])
    topics = (("law_and_ethics_us_ca",), ("suicide",), ("telehealth",), ("trauma",), ("boundaries", "telehealth"), ())
    approvals = (("nbcc",), ("apa",), ("naadac",), (), None)
    for at in range(CREDITS - 5):
        a_credit(user, f"Course {at}", hours="1.5", topics=topics[at % 6], approvals=approvals[at % 5])
    for at in range(5):
        a_provisional_credit(user, f"Own course {at}")
    return user


def timed(work) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    measure() if "measure" in sys.argv[1:] else main()
