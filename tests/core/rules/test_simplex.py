"""The exact linear program, on programs whose answer is known."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.rules.simplex import Program


def program(count: int, *rows: tuple[dict[int, int], int]) -> Program:
    made = Program()
    assert [made.variable() for _ in range(count)] == list(range(count))
    for row, limit in rows:
        made.at_most(row, limit)
    return made


def best(made: Program, *objectives: dict[int, int]) -> list[Fraction]:
    found = made.solutions()
    for objective in objectives:
        found = found.maximize(objective)
    return found.values()


def test_the_best_corner_is_found_exactly() -> None:
    assert best(program(2, ({0: 1, 1: 2}, 4), ({0: 3, 1: 1}, 6)), {0: 1, 1: 1}) == [Fraction(8, 5), Fraction(6, 5)]


def test_a_later_objective_chooses_among_the_optima_of_the_earlier() -> None:
    together = ({0: 1, 1: 1, 2: 1}, 10)
    assert best(program(3, together, ({0: 1}, 4)), {0: 1, 1: 1, 2: 1}, {0: 1}, {2: 1}) == [4, 0, 6]
    assert best(program(3, together, ({0: 1}, 4)), {0: 1, 1: 1, 2: 1}, {1: 1}, {0: 1}) == [0, 10, 0]


def test_nothing_to_gain_leaves_everything_at_zero() -> None:
    assert best(program(2, ({0: 1}, 5), ({1: 1}, 5)), {0: -1}, {1: -1}) == [0, 0]
    assert best(program(1, ({0: 1}, 5))) == [0]


def test_a_limit_of_zero_binds() -> None:
    assert best(program(2, ({0: 1}, 0), ({0: -1, 1: 1}, 3)), {0: 1, 1: 1}) == [0, 3]


def test_a_degenerate_program_ends() -> None:
    # Without Bland's rule this one goes round for ever (Beale 1955), here in whole numbers.
    rows = (({0: 1, 1: -240, 2: -4, 3: 36}, 0), ({0: 1, 1: -180, 2: -1, 3: 6}, 0), ({2: 1}, 1))
    values = best(program(4, *rows), {0: 3, 1: -600, 2: 2, 3: -24})
    assert sum(weight * values[number] for number, weight in {0: 3, 1: -600, 2: 2, 3: -24}.items()) == 5


def test_a_negative_limit_and_a_program_without_bound_are_refused() -> None:
    made = program(1)
    with pytest.raises(ValueError, match="not negative"):
        made.at_most({0: 1}, -1)
    with pytest.raises(ArithmeticError, match="no bound"):
        best(program(2, ({0: 1}, 1)), {1: 1})


def test_further_objectives_leave_what_they_start_from_as_it_was() -> None:
    found = program(2, ({0: 1, 1: 1}, 4)).solutions().maximize({0: 1, 1: 1})
    assert [found.maximize({0: 1}).values(), found.maximize({1: 1}).values()] == [[4, 0], [0, 4]]
    assert sum(found.values()) == 4


_row = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 6))


@given(st.lists(_row, min_size=1, max_size=4), st.tuples(st.integers(-2, 3), st.integers(-2, 3)))
def test_no_corner_of_a_small_program_is_better(rows: list[tuple[int, int, int]], objective: tuple[int, int]) -> None:
    lines = [*rows, (1, 0, 9), (0, 1, 9)]
    values = best(program(2, *(({0: a, 1: b}, limit) for a, b, limit in lines)), {0: objective[0], 1: objective[1]})
    edges = [*lines, (1, 0, 0), (0, 1, 0)]
    corners = []
    for (a, b, c), (d, e, f) in itertools.combinations(edges, 2):
        if a * e != b * d:
            x, y = Fraction(c * e - b * f, a * e - b * d), Fraction(a * f - c * d, a * e - b * d)
            if x >= 0 and y >= 0 and all(g * x + h * y <= limit for g, h, limit in lines):
                corners.append(objective[0] * x + objective[1] * y)
    assert all(a * values[0] + b * values[1] <= limit for a, b, limit in lines)
    assert min(values) >= 0
    assert objective[0] * values[0] + objective[1] * values[1] == max(corners)
