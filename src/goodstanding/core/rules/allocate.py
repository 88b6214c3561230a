"""
Which hours count toward what, where caps and requirements that may not share hours compete for them.

The best lawful allocation leaves the fewest further hours owed, then meets the most requirements, then loses the fewest
hours, then takes the oldest first. It is exact: a quick allocation is taken only if a bound proves that no other can be
better; otherwise a small integer program decides. See docs/algorithms/allocation.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from goodstanding.core.rules.simplex import Optima, Program, Row

MAX_LINKED = 10
"""More requirements than this that compete for hours are not allocated; `check rules` refuses such a file beforehand."""


class Want(NamedTuple):
    """One sum of hours that an owner asks for, of the groups in `mask`; a requirement due in each year has one per year."""

    owner: int
    mask: int
    need: int


class Limit(NamedTuple):
    """At most `most` hours of the groups in `mask` count, or of those that serve one of `owners`, if any are named."""

    mask: int
    most: int
    owners: int = 0


class Problem(NamedTuple):
    """
    Groups of alike hours with their amounts, oldest group first, and what competes for them.

    `mask` and `owners` are sets of groups and of owners as bits. `parents` names for each owner the one that it is a part of
    (itself if none); an hour owed to a part is owed to the whole as well. `apart` names for each owner those that may not
    count the same hour.
    """

    amounts: tuple[int, ...]
    wants: tuple[Want, ...]
    limits: tuple[Limit, ...] = ()
    parents: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()


class Use(NamedTuple):
    """So many hours of one group count toward these owners (bits) at once."""

    group: int
    owners: int
    hours: Fraction


class Allocation:
    """What counts toward whom, and what each want is still short of."""

    def __init__(self, problem: Problem, classes: Sequence[int], taken: Sequence[Taken], short: Sequence[int | Fraction]) -> None:
        self.problem = problem
        self._classes = classes
        self._taken = taken
        self._short = short

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """The hours of each group, where those of a class are taken from its oldest group first."""
        found = []
        left: list[int | Fraction] = [*self.problem.amounts]
        for number, owners, hours in self._taken:
            wanted = hours
            for group in bits(self._classes[number]):
                part = min(left[group], wanted)
                if part:
                    found.append(Use(group, owners, Fraction(part)))
                    left[group] -= part
                    wanted -= part
        return tuple(sorted(found, key=lambda use: (use.group, use.owners)))

    @cached_property
    def missing(self) -> tuple[Fraction, ...]:
        """What each want is short of."""
        return tuple(Fraction(one) for one in self._short)

    @cached_property
    def owed(self) -> Fraction:
        """The fewest further hours that would have to be taken."""
        return owed(self.problem, self.missing)

    def toward(self, owner: int) -> int | Fraction:
        """Hours that count toward `owner`."""
        return self._sums[0][owner]

    def lacks(self, owner: int) -> int | Fraction:
        """Hours that the wants of `owner` are short of together."""
        return self._sums[1][owner]

    @cached_property
    def _sums(self) -> tuple[list[int | Fraction], list[int | Fraction]]:
        """For each owner the hours that count toward it, and those that it is short of."""
        toward: list[int | Fraction] = [0] * _owners(self.problem)
        lacks: list[int | Fraction] = [0] * len(toward)
        for _, owners, hours in self._taken:
            for owner in bits(owners):
                toward[owner] += hours
        for want, short in zip(self.problem.wants, self._short, strict=True):
            lacks[want.owner] += short
        return toward, lacks

    def used(self, mask: int, owners: int = 0) -> Fraction:
        """Hours of the groups in `mask` that count toward anyone, or toward one of `owners`."""
        return sum((use.hours for use in self.uses if mask >> use.group & 1 and (not owners or use.owners & owners)), Fraction(0))


Taken = tuple[int, int, int | Fraction]
"""So many hours of one class of groups that count toward these owners at once."""


def bits(mask: int) -> Iterator[int]:
    """The members of a set of bits, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def total(amounts: Sequence[int], mask: int) -> int:
    """The sum of the amounts at the members of a set of bits."""
    return sum(itertools.compress(amounts, f"{mask:b}"[::-1].encode().translate(_FLAGS)))


_FLAGS = bytes.maketrans(b"01", b"\0\1")


def owed(problem: Problem, missing: Sequence[Fraction]) -> Fraction:
    """
    The fewest hours that would still have to be taken, each on the subject of one part and of all it belongs to.

    What a whole misses beyond what its parts miss can be any hour; what a part misses counts for the whole as well.
    """
    own = [Fraction(0)] * _owners(problem)
    for want, short in zip(problem.wants, missing, strict=True):
        own[want.owner] += short
    return _owed(problem, own)


def _owners(problem: Problem) -> int:
    return max((want.owner for want in problem.wants), default=-1) + 1


def _parent(problem: Problem, owner: int) -> int:
    return problem.parents[owner] if owner < len(problem.parents) else owner


def _owed(problem: Problem, own: list[Fraction]) -> Fraction:
    children: dict[int, list[int]] = {}
    roots = []
    for owner in range(len(own)):
        parent = _parent(problem, owner)
        if parent == owner or parent >= len(own):
            roots.append(owner)
        else:
            children.setdefault(parent, []).append(owner)

    def tree(owner: int) -> Fraction:
        return max(own[owner], sum((tree(child) for child in children.get(owner, ())), Fraction(0)))

    return sum((tree(root) for root in roots), Fraction(0))


def allocate(problem: Problem) -> Allocation:
    """The best lawful allocation; see the top of this module for what is best."""
    merged, classes = _merged(problem)
    taken, short = _quick(merged) or _exact(merged)
    return Allocation(problem, classes, taken, short)


def _merged(problem: Problem) -> tuple[Problem, list[int]]:
    """The problem with groups as one that the same wants ask for and the same limits hold, and the groups of each."""
    some = 0
    for want in problem.wants:
        some |= want.mask
    for group in bits(some):
        if not problem.amounts[group]:
            some ^= 1 << group
    classes = [some] if some else []
    for mask in {*(want.mask for want in problem.wants), *(limit.mask for limit in problem.limits)}:
        classes = [part for one in classes for part in (one & mask, one & ~mask) if part]
    # The one with the oldest group goes first.
    classes.sort(key=lambda one: one & -one)

    def within(mask: int) -> int:
        return sum([1 << at for at, one in enumerate(classes) if one & mask])

    merged = Problem(
        tuple([total(problem.amounts, one) for one in classes]),
        tuple([Want(want.owner, within(want.mask), want.need) for want in problem.wants]),
        tuple([Limit(within(limit.mask), limit.most, limit.owners) for limit in problem.limits]),
        problem.parents,
        problem.apart,
    )
    return merged, classes


# The quick way


def _quick(problem: Problem) -> tuple[list[Taken], list[int]] | None:
    """
    Hours that serve the most open wants first; None unless it is certain that nothing better exists.

    It is certain if every want gets all it needs or all that any allocation could give it, because what is owed and what is
    met can then not improve.
    """
    amounts, wants, limits = problem.amounts, problem.wants, problem.limits
    serves = _serves(problem)
    split = [False] * len(amounts)
    bound: list[list[int]] = [[] for _ in amounts]
    for number, limit in enumerate(limits):
        for group in bits(limit.mask):
            bound[group].append(number)
            split[group] = split[group] or bool(limit.owners)
    if any(problem.apart):
        for group, owners in enumerate(serves):
            split[group] = split[group] or any(problem.apart[owner] & owners for owner in bits(owners))
    asking: list[list[int]] = [[] for _ in amounts]
    for number, want in enumerate(wants):
        for group in bits(want.mask):
            asking[group].append(number)
    short = [want.need for want in wants]
    left = list(amounts)
    slack = [limit.most for limit in limits]
    uses: dict[tuple[int, int], int] = {}

    def take(group: int, mode: int, most: int) -> None:
        binding = [number for number in bound[group] if not limits[number].owners or limits[number].owners & mode]
        hours = min(most, left[group], *(slack[number] for number in binding)) if binding else min(most, left[group])
        if hours <= 0:
            return
        left[group] -= hours
        uses[group, mode] = uses.get((group, mode), 0) + hours
        for number in binding:
            slack[number] -= hours
        for number in asking[group]:
            if mode >> wants[number].owner & 1:
                short[number] -= hours

    def wanted(group: int, mode: int) -> list[int]:
        return [short[number] for number in asking[group] if short[number] > 0 and mode >> wants[number].owner & 1]

    waiting: list[int] = []
    for group, amount in enumerate(amounts):
        if not amount or not serves[group]:
            continue
        if bound[group] or split[group]:
            waiting.append(group)
        else:
            take(group, serves[group], amount)
    modes = {group: _modes(problem, group, serves[group]) if split[group] else [serves[group]] for group in waiting}
    # Hours with the fewest uses go first, and among those the ones that help most.
    for group in sorted(waiting, key=lambda one: (len(modes[one]), -len(wanted(one, serves[one])), len(bound[one]), one)):
        for _ in modes[group]:
            mode = max(modes[group], key=lambda one: len(wanted(group, one)))
            take(group, mode, max(wanted(group, mode), default=0))
    for group in sorted(waiting):
        for mode in modes[group]:
            take(group, mode, left[group])
    for number, want in enumerate(wants):
        if short[number] > 0 and want.need - short[number] < _bound(problem, want, bound):
            return None
    if _cross(problem):
        # Where limits are nested or apart, any order counts the most hours; where they cross, an hour may cost two.
        everything = Want(0, sum(1 << group for group, owners in enumerate(serves) if owners), 0)
        if sum(uses.values()) < _bound(problem, everything, bound):
            return None
    return [(group, mode, hours) for (group, mode), hours in sorted(uses.items())], [max(one, 0) for one in short]


def _cross(problem: Problem) -> bool:
    """Whether limits that hold for all owners overlap without one lying in the other, and all hours may be shared."""
    if any(problem.apart) or any(limit.owners for limit in problem.limits):
        return False
    masks = {limit.mask for limit in problem.limits}
    return any(one & other not in (0, one, other) for one, other in itertools.combinations(masks, 2))


def _serves(problem: Problem) -> list[int]:
    """For each group the owners that it could count toward."""
    serves = [0] * len(problem.amounts)
    for want in problem.wants:
        for group in bits(want.mask):
            serves[group] |= 1 << want.owner
    return serves


def _bound(problem: Problem, want: Want, limits: Sequence[Sequence[int]]) -> int:
    """No allocation can give `want` more than this: each group is held against the tightest of its limits alone."""
    free, held = 0, dict[int, int]()
    for group in bits(want.mask):
        own = [
            number
            for number in limits[group]
            if not problem.limits[number].owners or problem.limits[number].owners >> want.owner & 1
        ]
        if not own:
            free += problem.amounts[group]
        else:
            tightest = min(own, key=lambda number: problem.limits[number].most)
            held[tightest] = held.get(tightest, 0) + problem.amounts[group]
    return free + sum(min(amount, problem.limits[number].most) for number, amount in held.items())


# The exact way


def _modes(problem: Problem, group: int, serves: int) -> list[int]:
    """The sets of owners that an hour of this group can count toward at once; only the largest, unless a limit excludes some."""
    found = {serves}
    for limit in problem.limits:
        if limit.owners and limit.mask >> group & 1:
            found |= {mode & ~limit.owners for mode in found}
    waiting, modes = [mode for mode in found if mode], set[int]()
    while waiting:
        mode = waiting.pop()
        clash = next((owner for owner in bits(mode) if problem.apart and mode & problem.apart[owner]), None)
        if clash is None:
            modes.add(mode)
        else:
            waiting.extend(one for one in (mode & ~(1 << clash), mode & ~problem.apart[clash]) if one)
    limited = {limit.owners for limit in problem.limits if limit.owners and limit.mask >> group & 1}
    kept = [
        mode
        for mode in modes
        if not any(
            mode != other and mode & other == mode and not any(other & ~mode & owners for owners in limited) for other in modes
        )
    ]
    return sorted(kept, key=lambda mode: (-mode.bit_count(), list(bits(mode))))


class _Exact:
    """The integer program of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        serves = _serves(problem)
        limited = 0
        for limit in problem.limits:
            limited |= limit.mask
        self.fixed: list[Taken] = []
        self.program = Program()
        self.uses: list[tuple[int, int, int]] = []  # group, mode, variable
        needs = [want.need for want in problem.wants]
        for group, amount in enumerate(problem.amounts):
            if not amount or not serves[group]:
                continue
            modes = _modes(problem, group, serves[group])
            if len(modes) == 1 and not limited >> group & 1:
                self.fixed.append((group, modes[0], amount))
                for number, want in enumerate(problem.wants):
                    if want.mask >> group & 1 and modes[0] >> want.owner & 1:
                        needs[number] = max(needs[number] - amount, 0)
                continue
            variables = [(mode, self.program.variable()) for mode in modes]
            self.uses.extend((group, mode, variable) for mode, variable in variables)
            self.program.at_most({variable: 1 for _, variable in variables}, amount)
        for limit in problem.limits:
            row = {
                variable: 1
                for group, mode, variable in self.uses
                if limit.mask >> group & 1 and (not limit.owners or mode & limit.owners)
            }
            if row:
                self.program.at_most(row, limit.most)
        self.needs = needs
        self.got: dict[int, int] = {}
        for number, want in enumerate(problem.wants):
            serving = {variable: -1 for group, mode, variable in self.uses if want.mask >> group & 1 and mode >> want.owner & 1}
            if needs[number] and serving:
                got = self.program.variable()
                self.got[number] = got
                self.program.at_most({got: 1}, needs[number])
                self.program.at_most({got: 1, **serving}, 0)
        self.saved = self._tree()

    def _tree(self) -> Row:
        """
        What is owed less than if nothing counted, as a sum of variables.

        For an owner with parts a variable holds how much less it owes; it is at most what its own wants and what its parts
        allow. For others it is simply what they got.
        """
        problem, count = self.problem, _owners(self.problem)
        own_need = [0] * count
        own_got: list[Row] = [{} for _ in range(count)]
        for number, want in enumerate(problem.wants):
            own_need[want.owner] += self.needs[number]
            if number in self.got:
                own_got[want.owner][self.got[number]] = 1
        children: dict[int, list[int]] = {}
        roots = []
        for owner in range(count):
            parent = _parent(problem, owner)
            if parent == owner or parent >= count:
                roots.append(owner)
            else:
                children.setdefault(parent, []).append(owner)

        def build(owner: int) -> tuple[int, Row]:
            if owner not in children:
                return own_need[owner], own_got[owner]
            base, saved = 0, Row()
            for child in children[owner]:
                most, row = build(child)
                base += most
                for variable, coefficient in row.items():
                    saved[variable] = saved.get(variable, 0) + coefficient
            at_first = max(own_need[owner], base)
            less = self.program.variable()
            self.program.at_most({less: 1, **dict.fromkeys(own_got[owner], -1)}, at_first - own_need[owner])
            self.program.at_most(
                {less: 1, **{variable: -coefficient for variable, coefficient in saved.items()}}, at_first - base
            )
            return at_first, {less: 1}

        total = Row()
        for root in roots:
            for variable, coefficient in build(root)[1].items():
                total[variable] = total.get(variable, 0) + coefficient
        return total

    def solve(self) -> list[Fraction]:
        best = self.program.solutions().maximize(self.saved)
        values = best.values()
        open_owners = sorted({self.problem.wants[number].owner for number, need in enumerate(self.needs) if need})
        possible = [owner for owner in open_owners if self._reachable(owner)]
        already = sum(1 for owner in possible if self._met(owner, values))
        for size in range(len(possible), already - 1, -1):
            # Of sets of the same size, the first in the order of the file.
            found = next(
                (some for owners in itertools.combinations(possible, size) if (some := self._meeting(owners, best))), None
            )
            if found is not None:
                best = found
                break
        for variable in self.got.values():
            best = best.maximize({variable: 1})
        best = best.maximize({variable: 1 for _, _, variable in self.uses})
        for _, _, variable in self.uses:
            best = best.maximize({variable: 1})
        return best.values()

    def _wants(self, owner: int) -> list[int]:
        return [number for number, want in enumerate(self.problem.wants) if want.owner == owner and self.needs[number]]

    def _reachable(self, owner: int) -> bool:
        return all(number in self.got for number in self._wants(owner))

    def _met(self, owner: int, values: list[Fraction]) -> bool:
        return all(values[self.got[number]] == self.needs[number] for number in self._wants(owner))

    def _meeting(self, owners: tuple[int, ...], best: Optima) -> Optima | None:
        """Those of the best solutions in which these owners get all they need; None if there are none."""
        wanted = [number for owner in owners for number in self._wants(owner)]
        found = best.maximize({self.got[number]: 1 for number in wanted})
        values = found.values()
        return found if all(values[self.got[number]] == self.needs[number] for number in wanted) else None


def _exact(problem: Problem) -> tuple[list[Taken], list[Fraction]]:
    exact = _Exact(problem)
    values = exact.solve() if exact.uses else []
    taken = [*exact.fixed, *((group, mode, values[variable]) for group, mode, variable in exact.uses if values[variable])]
    short = [
        need - (values[exact.got[number]] if number in exact.got else Fraction(0)) for number, need in enumerate(exact.needs)
    ]
    return sorted(taken), short
