"""What learners do, as locust plays it: mostly reading, with the reports of time that a course page sends. Run by bench.mixed."""

from __future__ import annotations

import itertools
import json
import os
import re

from locust import FastHttpUser, constant_throughput, task

CROWD = json.loads(os.environ["BENCH_CROWD"])
RATE = float(os.environ.get("BENCH_RATE", "0"))
"""Tasks a second of each learner; 0: as fast as answers come."""
_sessions = itertools.cycle(CROWD["sessions"])


class Learner(FastHttpUser):
    """Someone who is signed in, with her own session."""

    if RATE:
        wait_time = constant_throughput(RATE)

    def on_start(self) -> None:
        self.cookie = f"sessionid={next(_sessions)}"
        self.report: tuple[str, str, str] | None = None
        self.beats = 0

    def page(self, path: str, name: str) -> str:
        answer = self.client.get(path, name=name, headers={"Cookie": self.cookie}, allow_redirects=False)
        if answer.status_code != 200:
            answer.failure = f"{name}: {answer.status_code}"
        return answer.text or ""

    @task(5)
    def section(self) -> None:
        answer = self.client.get(
            f"/learn/{CROWD['slug']}/", name="resume", headers={"Cookie": self.cookie}, allow_redirects=False
        )
        where = (answer.headers.get("Location") or "").partition("#")[0]
        if not where:
            return
        text = self.page(where, "where she is in the course")
        token = re.search(r'name="token" value="([^"]+)"', text)
        masked = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        if token and masked:
            self.report, self.beats = (token[1], masked[1]), 0

    @task(3)
    def beat(self) -> None:
        """The report of a page, which writes; the CSRF cookie is the token of the form itself."""
        if self.report is None:
            return self.section()
        self.beats += 1
        token, masked = self.report
        with self.client.post(
            f"/learn/{CROWD['slug']}/time/",
            {"token": token, "number": str(self.beats), "seconds": "1", "mark": "3", "csrfmiddlewaretoken": masked},
            name="report of time",
            headers={"Cookie": f"{self.cookie}; csrftoken={masked}"},
            allow_redirects=False,
            catch_response=True,
        ) as answer:
            if answer.status_code != 200:
                answer.failure(str(answer.status_code))
        return None

    @task(3)
    def standing(self) -> None:
        self.page("/standing/", "standing")

    @task(2)
    def credits_(self) -> None:
        self.page("/credits/", "credits")

    @task(2)
    def catalog(self) -> None:
        self.page("/courses/", "catalog")

    @task(2)
    def course(self) -> None:
        self.page(f"/courses/{CROWD['slug']}/", "course page")

    @task(1)
    def my_learning(self) -> None:
        self.page("/learn/", "my learning")

    @task(1)
    def certificates(self) -> None:
        self.page("/certificates/", "certificates")

    @task(1)
    def home(self) -> None:
        self.page("/", "home")
