"""
The server is killed at every step between the last answer and the certificate, comes back, and the browser sends its form again.

What is stored in the end is what one undisturbed sending stores. The steps are found by watching one such sending
(``faults``). With GOODSTANDING_EVERY_STEP=1 every other form of the product is gone through as well.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.concurrency.harness import Deed, OutlivedError, Server, die_at, fork_server, whole_product
from tests.concurrency.headers import ASIDE
from tests.concurrency.situations import SITUATIONS, Situation, faults_after, named

JOURNEY = [named(name) for name in ("the last answer", "handing in", "the evaluation", "signing")]
EVERY_STEP = os.environ.get("GOODSTANDING_EVERY_STEP") == "1"
ACCOUNT = [named(name) for name in ("signing up", "changing the e-mail address", "changing the password")]
"""What django-allauth would commit before it writes the mail about it."""
WALKED = [one for one in SITUATIONS if not one.table] if EVERY_STEP else [*JOURNEY, *ACCOUNT]
MUST_SEE = {
    "the last answer": {"update learning_posttestattempt", "commit", "answer"},
    "handing in": {"update learning_posttestattempt", "commit", "answer"},
    "the evaluation": {"insert learning_courseevaluation", "commit", "answer"},
    "signing": {
        "insert learning_attestation",
        "insert learning_completion",
        "insert credit_creditentry",
        "PDF made",
        "insert credit_certificate",
        "insert audit_auditevent",
        "commit",
        "answer",
    },
}
"""Steps without which the watching would not be believed."""


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with fork_server(home) as running:
        yield running


def steps_of(server: Server, one: Situation) -> list[str]:
    """The steps of one undisturbed sending."""
    server.tell("forget")
    deed, *_ = one.begin(server)
    before = server.stored()
    answer = deed.send()
    assert faults_after(server, one, before, [answer]) == []
    return answer.steps


def faults_when_killed(server: Server, one: Situation, *numbers: int) -> list[str]:
    """
    What is wrong after the server died at a step, came back, and the same form was sent again.

    With several steps it dies at each in turn, and the form is sent until it has survived.
    """
    server.tell("forget")
    deed, *_ = one.begin(server)
    before = server.stored()
    try:
        for number in numbers:
            die_at(deed, number)
            server.wait()
            server.tell("forget")
    except OutlivedError as error:
        return [str(error)]
    answers = [deed.send()]
    if one in JOURNEY:
        answers.append(deed.browser.get(deed.page))
    return faults_after(server, one, before, answers, died=True)


def turns(steps: list[str]) -> list[list[int]]:
    """
    The steps in the order in which the server dies at them.

    Up to the first commit of what counts, nothing can have been stored: there it dies at one after the other while the same
    form is sent again and again. After that, what the next sending finds differs from step to step: each begins anew.
    """
    if EVERY_STEP:
        return [[number] for number in range(len(steps))]
    counts = next(number for number, name in enumerate(steps) if " " in name and not name.split()[1].startswith(ASIDE))
    first = steps.index("commit", counts)
    return [list(range(first + 1)), *([number] for number in range(first + 1, len(steps)))]


def faults_at_all_steps(server: Server, one: Situation) -> dict[str, list[str]]:
    steps = steps_of(server, one)
    found = {f"{turn}: {steps[turn[-1]]}": faults_when_killed(server, one, *turn) for turn in turns(steps)}
    return {step: faults for step, faults in found.items() if faults}


@pytest.mark.parametrize("one", WALKED, ids=lambda one: one.name.replace(" ", "-"))
def test_killed_at_any_step_it_is_done_once(server: Server, one: Situation) -> None:
    assert set(steps_of(server, one)) >= MUST_SEE.get(one.name, set())
    assert faults_at_all_steps(server, one) == {}


def test_mail_reaches_its_reader_once_wherever_the_server_was_killed(server: Server) -> None:
    """From the form to the mail in the outbox: the server dies while it keeps the request, or while it delivers the mail."""
    asking = named("a request to staff")
    settle(server)  # what journeys before this one left to be done
    asked, worked = steps_of(server, asking), settle(server)
    assert {"insert mailing_outgoingmail", "insert django_tasks_database_dbtaskresult"} <= set(asked)
    assert {"update mailing_outgoingmail", "mail sent"} <= set(worked)
    faults = {f"asking, {turn}: {asked[turn[-1]]}": faults_of_mail(server, asking, ask=turn) for turn in turns(asked)}
    for number, name in enumerate(worked):
        faults[f"delivering, {number}: {name}"] = faults_of_mail(server, asking, work=number)
    assert {step: found for step, found in faults.items() if found} == {}


def settle(server: Server) -> list[str]:
    """Run what waits, and what the sweep would run later; the steps of the running."""
    answer = server.ask("POST", "/harness/run-jobs/")
    assert answer.status == 200, server.said()[-5000:]
    server.tell("sweep")
    return answer.steps


def faults_of_mail(server: Server, one: Situation, *, ask: Iterable[int] = (), work: int | None = None) -> list[str]:
    server.tell("forget")
    deed, *_ = one.begin(server)
    before = server.stored()
    for number in ask:
        die_at(deed, number)
        server.wait()
        server.tell("forget")
    assert deed.send().status in {200, 302}
    if work is not None:
        die_at(Deed(server.stranger(), "/harness/run-jobs/"), work)
        server.wait()
    settle(server)
    after = server.stored(before["last"])
    parts = {
        "mails written": after["rows"]["mailing.outgoingmail"] - before["rows"]["mailing.outgoingmail"],
        "mails delivered": after["delivered"] - before["delivered"],
        "messages in the outbox": after["mails"] - before["mails"],
        "requests": after["rows"]["learning.staffrequest"] - before["rows"]["learning.staffrequest"],
        "requests recorded": after["tags"].get("learning:request:sent", 0),
    }
    return [f"{number} {what}" for what, number in parts.items() if number != 1]


def test_the_whole_product_killed_while_a_certificate_is_made(home: Path) -> None:
    """`goodstanding serve` itself, with all its web processes, started again as an operator or systemd would."""
    signing = named("signing")
    with whole_product(home) as product:
        product.person(role="administrator")  # without one, every start gives out a link to become it
        number = steps_of(product, signing).index("commit")
        deed, *_ = signing.begin(product)
        before = product.stored()
        die_at(deed, number)
    with whole_product(home) as product:
        deed.browser.server = product
        answers = [deed.send(), deed.browser.get(deed.page)]
        assert faults_after(product, signing, before, answers) == []
        found = re.search(r'/certificates/([^/"]+)\.pdf', answers[-1].text)
        assert found
        assert deed.browser.get(found[0]).body.startswith(b"%PDF")
        assert product.ask("GET", f"/verify/{found[1]}/").status == 200


def test_without_transactions_the_fault_is_seen(home: Path) -> None:
    """The control: where what belongs together is not kept together, the walk finds what was torn apart."""
    signing = named("signing")
    with fork_server(home, without="transactions") as torn:
        number = steps_of(torn, signing).index("insert learning_completion")
        assert faults_when_killed(torn, signing, number)
