"""
Answers pinned to the last figure; see tests/core/rules/pinned.

After a change that is meant to alter answers, write them anew and read the difference before you keep it::

    python -m tests.core.rules.test_pinned
"""

from __future__ import annotations

import sys

import pytest

from tests.core.rules.pinned import SUBJECTS, expected, pinned, write


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_pinned_case_answers_as_written(subject: str) -> None:
    wanted = expected(subject)
    found = {one.name: one.answer() for one in pinned(subject)}
    assert found.keys() == wanted.keys()
    differing = {name: (wanted[name], lines) for name, lines in found.items() if lines != wanted[name]}
    assert not differing, "\n".join(
        line
        for name, (before, now) in differing.items()
        for line in [name, *(f"  - {one}" for one in before if one not in now), *(f"  + {one}" for one in now if one not in before)]
    )


if __name__ == "__main__":
    for name in sys.argv[1:] or SUBJECTS:
        write(name)
