"""Makes one usual learner in a database, in the middle of the full course; prints her session and the addresses of her pages."""

from __future__ import annotations

import json

SLUG = "dual-relationships-and-boundaries"
LICENSES, CREDITS = 2, 20


def main() -> None:
    import django

    django.setup()
    user = make()

    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    pages = pages_of(user)
    counted = {name: queries_of(client, path) for name, path in {"base page": "/bench-base-page/", **pages}.items()}
    print(json.dumps({"session": client.cookies["sessionid"].value, "pages": pages, "queries": counted}))


def queries_of(client, path: str) -> int:
    """How many queries a page takes that was opened before; the ends of transactions are not counted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return sum(one["sql"].split()[0] not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE") for one in queries)


def make():
    """Two licenses, twenty credits, and every step of the course up to the post-test."""
    from django.utils import timezone

    from goodstanding.accounts.models import Profile
    from goodstanding.catalog.models import Course
    from goodstanding.catalog.services import publish_course
    from goodstanding.conf.content import content_root
    from goodstanding.core.courseware import load_courses
    from goodstanding.flows.demonstration import take_step_of
    from goodstanding.learning.selectors import content_of, path_of
    from goodstanding.learning.services import enroll

    at = timezone.now()
    user = clinician("bench@example.org")
    if not Course.objects.filter(slug=SLUG).exists():
        publish_course(course=load_courses(content_root() / "courses")[SLUG], at=at)
    enrollment = enroll(holder=user.holder, slug=SLUG, at=at, on=at.date())
    course = content_of(enrollment)
    while (step := path_of(enrollment).current) is not None and step.kind != "post_test":
        take_step_of(step, enrollment=enrollment, course=course, at=at)
    assert Profile.objects.filter(user=user).exists()
    return user


def clinician(email: str):
    """A person with licenses and credits, and nothing learned here yet."""
    from goodstanding.accounts.models import Holder, Profile, User
    from goodstanding.accounts.services import keep_words
    from tests.compliance.situations import a_credit, a_license

    user = User.objects.create_user(email=email, password="a long enough word")
    Holder.objects.create(user=user)
    Profile.objects.create(user=user, legal_name="Bench Example", time_zone="America/Los_Angeles", professions=["counselor"])
    keep_words(user=user)
    for at in range(LICENSES):
        a_license(user, kind=("lpcc", "lmft")[at % 2])
    topics = (("law_and_ethics_us_ca",), ("suicide",), ("telehealth",), ("trauma",), ("boundaries", "telehealth"), ())
    approvals = (("nbcc",), ("apa",), ("naadac",), (), None)
    for at in range(CREDITS):
        a_credit(user, f"Course {at}", hours="1.5", topics=topics[at % 6], approvals=approvals[at % 5])
    return user


def pages_of(user) -> dict[str, str]:
    """The pages that a learner opens most, by name."""
    from goodstanding.learning.selectors import access_enrollment, path_of

    steps = path_of(access_enrollment(user.holder, SLUG)).steps
    section = next(step.id for step in steps if step.kind == "section")
    return {
        "section": f"/learn/{SLUG}/section/{section}/",
        "standing": "/standing/",
        "catalog": "/courses/",
        "course page": f"/courses/{SLUG}/",
    }


if __name__ == "__main__":
    main()
