"""
Answers pinned to the last figure; see tests/core/rules/pinned.

After a change that is meant to alter answers, write them anew and read the difference before you keep it::

    python -m tests.core.rules.test_pinned
"""

from __future__ import annotations

import math
import sys

import pytest

from goodstanding.core.rules.allocate import allocate
from tests.core.rules.pinned import SUBJECTS, expected, functions, pinned, write
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


@pytest.mark.parametrize("seed", range(functions.PROBLEMS))
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


MANY = 3_000
"""Allocations of whole hours; trying more would take too long here. test_allocate.py tries others."""


if __name__ == "__main__":
    for name in sys.argv[1:] or SUBJECTS:
        write(name)
