"""Makes learners with licenses and credits who have begun the full course; prints their sessions and what they open."""

from __future__ import annotations

import json
import sys


def main() -> None:
    import django

    django.setup()

    from django.test import Client
    from django.utils import timezone

    from bench import _learner
    from goodstanding.flows.demonstration import walk_course
    from goodstanding.learning.services import enroll

    at = timezone.now()
    sessions, number = [], ""
    for each in range(int(sys.argv[1])):
        user = _learner.clinician(f"learner{each}@population.example")
        enroll(holder=user.holder, slug=_learner.SLUG, at=at, on=at.date())
        if not number:
            number = walk_course(holder=user.holder, slug=_short(), signed_name="Bench Example", at=at, on=at.date()).number
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        sessions.append(client.cookies["sessionid"].value)
    print(json.dumps({"sessions": sessions, "slug": _learner.SLUG, "certificate": number}))


def _short() -> str:
    from bench import _learner
    from goodstanding.catalog.models import Course

    return str(Course.objects.exclude(slug=_learner.SLUG).values_list("slug", flat=True)[0])


if __name__ == "__main__":
    main()
