"""
A small exact linear program: maximize several objectives, each among the optima of those before it.

All numbers are integers and every division is exact (fraction-free pivoting), so there is no rounding and no tolerance. It
is meant for a few dozen variables; `allocate` builds such programs from a handful of groups of hours.
"""

from __future__ import annotations

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

    def solutions(self) -> Optima:
        """All solutions, of which objectives pick the best."""
        count, height = self.variables, len(self._rows)
        table = []
        for number, (row, limit) in enumerate(self._rows):
            line = [0] * (count + height + 1)
            for variable, coefficient in row.items():
                line[variable] = coefficient
            line[count + number] = 1
            line[-1] = limit
            table.append(line)
        return Optima(count, table, list(range(count, count + height)), frozenset(range(count + height)), 1)


class Optima:
    """
    The solutions of a program that are best by every objective so far, as a table of integers over `scale`.

    One of them is in the table; the others are reached from it by the columns in `free`. It does not change: a further
    objective makes new optima, so that several can be tried from the same place.
    """

    def __init__(self, count: int, table: list[list[int]], basis: list[int], free: frozenset[int], scale: int) -> None:
        self._count = count
        self._table = table
        self._basis = basis
        self._free = free
        self._scale = scale

    def maximize(self, objective: Row) -> Optima:
        """
        Those of them that maximize `objective`, which must be bounded.

        Entering and leaving variables are chosen by Bland's rule, so it ends.
        """
        if len(self._free) == len(self._basis):
            return self  # There is only one.
        basis, scale, height = [*self._basis], self._scale, len(self._table)
        table = [*self._table, self._priced(objective)]
        while True:
            goal = table[height]
            entering = min((column for column in self._free if goal[column] < 0), default=None)
            if entering is None:
                break
            leaving = _leaving(table, basis, entering)
            scale = _pivot(table, leaving, entering, scale)
            basis[leaving] = entering
        # What would lower this objective stays out from here on.
        free = frozenset(column for column in self._free if goal[column] == 0)
        return Optima(self._count, table[:height], basis, free, scale)

    def _priced(self, objective: Row) -> list[int]:
        """By how much the objective falls with each column, and what it is now."""
        line = [0] * (self._count + len(self._table) + 1)
        for variable, coefficient in objective.items():
            line[variable] = -coefficient * self._scale
        for row, variable in zip(self._table, self._basis, strict=True):
            if coefficient := objective.get(variable, 0):
                line = [value + coefficient * other for value, other in zip(line, row, strict=True)]
        return line

    def values(self) -> list[Fraction]:
        """The values of the variables in one of them."""
        values = [Fraction(0)] * self._count
        for line, variable in zip(self._table, self._basis, strict=True):
            if variable < self._count:
                values[variable] = Fraction(line[-1], self._scale)
        return values


def _leaving(table: list[list[int]], basis: list[int], entering: int) -> int:
    best = -1
    for number, variable in enumerate(basis):
        line = table[number]
        if line[entering] <= 0:
            continue
        if best < 0:
            best = number
            continue
        mine, other = line[-1] * table[best][entering], table[best][-1] * line[entering]
        if mine < other or (mine == other and variable < basis[best]):
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
