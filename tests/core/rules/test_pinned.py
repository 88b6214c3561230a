"""
Answers pinned to the last figure; see tests/core/rules/pinned.

After a change that is meant to alter answers, write them anew and read the difference before you keep it::

    python -m tests.core.rules.test_pinned
"""

from __future__ import annotations

import itertools
import math
import sys

import pytest

from goodstanding.core.rules.allocate import allocate
from goodstanding.core.rules.outcome import Outcome
from tests.core.rules.pinned import SUBJECTS, expected, functions, pinned, settleable, write
from tests.core.rules.test_allocate import check_best, check_lawful, lawful_sets


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_pinned_case_answers_as_written(subject: str) -> None:
    wanted = expected(subject)
    found = {one.name: one.answer() for one in pinned(subject)}
    assert found.keys() == wanted.keys()
    differing = {name: (wanted[name], lines) for name, lines in found.items() if lines != wanted[name]}
    assert not differing, "\n".join(
        line
        for name, (before, now) in differing.items()
        for line in [
            name,
            *(f"  - {one}" for one in before if one not in now),
            *(f"  + {one}" for one in now if one not in before),
        ]
    )


@pytest.mark.parametrize("seed", functions.PROBLEMS)
def test_pinned_allocations_are_lawful_and_no_other_is_better(seed: int) -> None:
    """The pinned allocations are right, and not only what they were: every other one is tried where there are not too many."""
    problem = functions.problem(seed)
    ways = math.prod(
        math.comb(amount + len(lawful_sets(problem, group)) - 1, amount) for group, amount in enumerate(problem.amounts)
    )
    if ways <= MANY:
        check_best(problem)
    else:
        check_lawful(problem, allocate(problem))


@pytest.mark.parametrize("subject", [one for one in SUBJECTS if one != "functions"])
def test_open_questions_answer_as_the_rules_that_each_reading_makes(subject: str) -> None:
    """
    Met only if met however the questions are settled, unmet only if unmet however, and Unknown otherwise.

    The questions are settled here by writing each reading into the rule, so nothing of how readings are gone through is used.
    """
    tried = 0
    for case in itertools.islice(settleable(subject), 0, None, 3):
        found = {one.id: (one.outcome, one.favorable) for one in case.evaluation.requirements}
        every: dict[str, list[tuple[Outcome, Outcome]]] = {name: [] for name in case.names}
        for evaluation in case.each_reading():
            once = {one.id: (one.outcome, one.favorable) for one in evaluation.requirements}
            for name in case.names:
                every[name].append(once.get(name, (Outcome.MET, Outcome.MET)))
        for name, answers in every.items():
            outcomes, best = {one for one, _ in answers}, {one for _, one in answers}
            expected_outcome = outcomes.pop() if len(outcomes) == 1 else Outcome.UNKNOWN
            expected_best = Outcome.MET if Outcome.MET in best else Outcome.UNMET
            assert found.get(name, (Outcome.MET, Outcome.MET)) == (expected_outcome, expected_best), (case.name, name)
            tried += 1
    assert tried or subject == "sharing"


MANY = 3_000
"""Allocations of whole hours; trying more would take too long here. test_allocate.py tries others."""


if __name__ == "__main__":
    for name in sys.argv[1:] or SUBJECTS:
        write(name)
