"""Double clicks, two tabs, and old forms sent again, against `goodstanding serve` with two web processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.concurrency.harness import LONG, SHORT, Server, at_once, fork_server, whole_product
from tests.concurrency.situations import SITUATIONS, Situation, busy, faults_after, named

CLICKS = 4


@pytest.fixture(scope="module")
def product(home: Path) -> Iterator[Server]:
    with whole_product(home) as server:
        yield server


def faults_at_once(server: Server, one: Situation, *, wait: float = SHORT) -> list[str]:
    """What is wrong after all was sent at the same moment, and then once more."""
    server.tell("forget")
    deeds = one.begin(server)
    before = server.stored()
    answers = at_once(*(deeds * CLICKS if len(deeds) == 1 else deeds), wait=wait, table=one.table)
    late = [deed.send() for deed in deeds]
    return faults_after(server, one, before, [*answers, *late])


@pytest.mark.parametrize("one", SITUATIONS, ids=lambda one: one.name.replace(" ", "-"))
def test_many_at_once_and_once_more_are_one(product: Server, one: Situation) -> None:
    assert faults_at_once(product, one) == []


def test_a_new_password_sent_twice_leaves_one_signed_in(product: Server) -> None:
    """Whichever answer the browser shows in the end, the session that came with it lasts."""
    product.tell("forget")
    deed, *_ = named("changing the password").begin(product)
    for answer in at_once(*[deed] * CLICKS):
        browser = product.stranger()
        browser.keep(answer)
        assert "sessionid" in browser.cookies
        assert 'name="oldpassword"' in browser.get(deed.page).text


def test_a_busy_person_comes_to_no_harm(product: Server) -> None:
    """Everything at the same moment in as many tabs: what is locked in one order here and in another there would stand still."""
    product.tell("forget")
    tabs, leaves = busy(product)
    before = product.stored()
    answers = at_once(*tabs)
    late = [tab.send() for tab in tabs]
    assert faults_after(product, Situation("everything", lambda _: tabs, leaves), before, [*answers, *late]) == []


def test_without_locks_the_fault_is_seen(home: Path) -> None:
    """The control: the same requests, with the locks taken out of the server, do collide, and the test above would say so."""
    with fork_server(home, without="locks") as server:
        found = {name: faults_at_once(server, named(name), wait=LONG) for name in ("signing", "starting the test")}
    assert all(found.values())
