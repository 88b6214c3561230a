"""
A small exact linear program: maximize several objectives, each among the optima of those before it.

All numbers are integers and every division is exact (fraction-free pivoting), so there is no rounding and no tolerance. It
is meant for a few dozen variables; `allocate` builds such programs from a handful of groups of hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Row = dict[int, int]
"""Coefficients by the number of the variable; what is not named is zero."""


class Program:
    """
    Variables are not negative; every constraint says that a sum is at most a number that is not negative.

    So all variables at zero are a solution, and no first phase is needed.
    """

    def __init__(self) -> None:
        self.variables = 0
        self._rows: list[tuple[Row, int]] = []

    def variable(self) -> int:
        """A new variable; returns its number."""
        self.variables += 1
        return self.variables - 1

    def at_most(self, row: Row, limit: int) -> None:
        """Demand that the sum of `row` is at most `limit`."""
        if limit < 0:
            raise ValueError("a constraint of this program has a limit that is not negative")
        self._rows.append((row, limit))

    def maximize(self, objectives: Sequence[Row]) -> list[Fraction]:
        """
        The values of the variables that maximize the first objective, among these the second, and so on.

        Entering and leaving variables are chosen by Bland's rule, so it ends. The program must be bounded.
        """
        count = self.variables
        height = len(self._rows)
        width = count + height + 1
        table: list[list[int]] = []
        for number, (row, limit) in enumerate(self._rows):
            line = [0] * width
            for variable, coefficient in row.items():
                line[variable] = coefficient
            line[count + number] = 1
            line[-1] = limit
            table.append(line)
        for objective in objectives:
            line = [0] * width
            for variable, coefficient in objective.items():
                line[variable] = -coefficient
            table.append(line)
        basis = [count + number for number in range(height)]
        allowed = set(range(width - 1))
        scale = 1
        for number in range(len(objectives)):
            goal = height + number
            while True:
                entering = min((column for column in allowed if table[goal][column] < 0), default=None)
                if entering is None:
                    break
                leaving = _leaving(table, basis, entering, height)
                scale = _pivot(table, leaving, entering, scale)
                basis[leaving] = entering
            # What would lower this objective stays out from here on.
            allowed = {column for column in allowed if table[goal][column] == 0}
        values = [Fraction(0)] * count
        for number, variable in enumerate(basis):
            if variable < count:
                values[variable] = Fraction(table[number][-1], scale)
        return values


def _leaving(table: list[list[int]], basis: list[int], entering: int, height: int) -> int:
    best = -1
    for number in range(height):
        line = table[number]
        if line[entering] <= 0:
            continue
        if best < 0:
            best = number
            continue
        mine, other = line[-1] * table[best][entering], table[best][-1] * line[entering]
        if mine < other or (mine == other and basis[number] < basis[best]):
            best = number
    if best < 0:
        raise ArithmeticError("the program has no bound")
    return best


def _pivot(table: list[list[int]], row: int, column: int, scale: int) -> int:
    """Bring `column` into the basis at `row`; the table stays a table of integers over the returned scale."""
    source = table[row]
    pivot = source[column]
    for number, line in enumerate(table):
        if number == row:
            continue
        factor = line[column]
        if factor:
            table[number] = [(value * pivot - factor * other) // scale for value, other in zip(line, source, strict=True)]
        elif pivot != scale:
            table[number] = [value * pivot // scale for value in line]
    return pivot
