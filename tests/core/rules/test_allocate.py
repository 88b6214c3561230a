"""The allocation against every possible allocation, one hour at a time, on small problems."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from goodstanding.core.rules.allocate import Allocation, Limit, Problem, Use, Want, allocate, owed

steady = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@st.composite
def problems(draw: st.DrawFn, *, exclusive: bool) -> Problem:
    groups = draw(st.integers(1, 4))
    owners = draw(st.integers(1, 3))
    masks = st.integers(1, (1 << groups) - 1)
    wants = [Want(owner, draw(masks), draw(st.integers(0, 5))) for owner in range(owners)]
    wants += [
        Want(draw(st.integers(0, owners - 1)), draw(masks), draw(st.integers(0, 3))) for _ in range(draw(st.integers(0, 1)))
    ]
    some = st.integers(0, (1 << owners) - 1) if exclusive else st.just(0)
    limits = draw(st.lists(st.builds(Limit, masks, st.integers(0, 4), some), max_size=2))
    apart = [0] * owners
    if exclusive:
        for one, other in itertools.combinations(range(owners), 2):
            if draw(st.booleans()):
                apart[one] |= 1 << other
                apart[other] |= 1 << one
    parents = tuple(draw(st.integers(0, owner)) for owner in range(owners))
    return Problem(
        amounts=tuple(draw(st.lists(st.integers(0, 3 if groups < 4 and not exclusive else 2), min_size=groups, max_size=groups))),
        wants=tuple(wants),
        limits=tuple(limits),
        parents=parents,
        apart=tuple(apart) if exclusive else (),
    )


def lawful_sets(problem: Problem, group: int) -> list[int]:
    """Every set of owners that one hour of the group may count toward, the empty set among them."""
    able = {want.owner for want in problem.wants if want.mask >> group & 1}
    found = []
    for size in range(len(able) + 1):
        for some in itertools.combinations(sorted(able), size):
            bits = sum(1 << owner for owner in some)
            if not problem.apart or all(not bits & problem.apart[owner] for owner in some):
                found.append(bits)
    return found


def splits(hours: int, ways: int) -> Iterator[tuple[int, ...]]:
    """Every way to give `hours` whole hours to so many uses, some of them perhaps nowhere."""
    if ways == 0:
        yield ()
        return
    for first in range(hours + 1):
        for rest in splits(hours - first, ways - 1):
            yield (first, *rest)


def every_allocation(problem: Problem) -> Iterator[list[Use]]:
    per_group = []
    for group, amount in enumerate(problem.amounts):
        sets = [one for one in lawful_sets(problem, group) if one]
        per_group.append(
            [
                [Use(group, owners, Fraction(hours)) for owners, hours in zip(sets, split, strict=True) if hours]
                for split in splits(amount, len(sets))
            ]
        )
    for choice in itertools.product(*per_group):
        yield [use for uses in choice for use in uses]


def within_limits(problem: Problem, uses: list[Use]) -> bool:
    return all(
        sum(use.hours for use in uses if limit.mask >> use.group & 1 and (not limit.owners or use.owners & limit.owners))
        <= limit.most
        for limit in problem.limits
    )


def missing_of(problem: Problem, uses: list[Use]) -> list[Fraction]:
    return [
        max(
            want.need
            - sum((use.hours for use in uses if want.mask >> use.group & 1 and use.owners >> want.owner & 1), Fraction(0)),
            Fraction(0),
        )
        for want in problem.wants
    ]


def met(problem: Problem, missing: list[Fraction]) -> int:
    short = {want.owner for want, hours in zip(problem.wants, missing, strict=True) if hours}
    return len({want.owner for want in problem.wants} - short)


def owed_by_hand(problem: Problem, missing: Sequence[Fraction]) -> Fraction:
    """What is owed, worked out from the children of each owner rather than the way the program does."""

    def tree(owner: int) -> Fraction:
        own = sum((short for want, short in zip(problem.wants, missing, strict=True) if want.owner == owner), Fraction(0))
        parts = [one for one, parent in enumerate(problem.parents) if parent == owner and one != owner]
        return max(own, sum((tree(part) for part in parts), Fraction(0)))

    return sum((tree(owner) for owner, parent in enumerate(problem.parents) if parent == owner), Fraction(0))


def worth(problem: Problem, uses: list[Use]) -> tuple[Any, ...]:
    """What makes an allocation better, most important first: less is better in each place."""
    missing = missing_of(problem, uses)
    short = {want.owner for want, hours in zip(problem.wants, missing, strict=True) if hours}
    unmet = tuple(owner in short for owner in sorted({want.owner for want in problem.wants}))
    # Where limits hold for some owners only, hours that nobody needs may stay uncounted.
    counted = Fraction(0) if problem.apart else sum((use.hours for use in uses), Fraction(0))
    return owed_by_hand(problem, missing), sum(unmet), unmet, missing, -counted


def check_lawful(problem: Problem, found: Allocation) -> None:
    uses = list(found.uses)
    assert within_limits(problem, uses)
    for group, amount in enumerate(problem.amounts):
        assert sum(use.hours for use in uses if use.group == group) <= amount
    for use in uses:
        assert use.hours > 0
        assert use.owners in lawful_sets(problem, use.group)
    assert list(found.missing) == missing_of(problem, uses)
    assert found.owed == owed(problem, found.missing)


def check_best(problem: Problem) -> None:
    found = allocate(problem)
    check_lawful(problem, found)
    assert found.owed == owed_by_hand(problem, found.missing)
    mine = worth(problem, list(found.uses))
    for uses in every_allocation(problem):
        if within_limits(problem, uses):
            assert mine <= worth(problem, uses), uses


@steady
@given(problems(exclusive=False))
@example(
    # Two caps that cross: the hour in both must not be used, or one of the others is lost.
    Problem(amounts=(1, 1, 1), wants=(Want(0, 0b111, 2),), limits=(Limit(0b011, 1), Limit(0b110, 1)), parents=(0,))
)
def test_no_allocation_under_caps_is_better(problem: Problem) -> None:
    check_best(problem)


@steady
@given(problems(exclusive=True))
def test_no_allocation_is_better_where_hours_may_not_be_shared(problem: Problem) -> None:
    check_best(problem)


@steady
@given(problems(exclusive=True), st.integers(0, 3), st.integers(1, 3))
def test_more_hours_never_leave_more_owed(problem: Problem, group: int, more: int) -> None:
    group %= len(problem.amounts)
    amounts = tuple(amount + more * (number == group) for number, amount in enumerate(problem.amounts))
    larger = Problem(amounts, problem.wants, problem.limits, problem.parents, problem.apart)
    assert allocate(larger).owed <= allocate(problem).owed


@steady
@given(problems(exclusive=True), st.integers(2, 7))
def test_the_size_of_the_unit_does_not_matter(problem: Problem, factor: int) -> None:
    scaled = Problem(
        tuple(amount * factor for amount in problem.amounts),
        tuple(Want(want.owner, want.mask, want.need * factor) for want in problem.wants),
        tuple(Limit(limit.mask, limit.most * factor, limit.owners) for limit in problem.limits),
        problem.parents,
        problem.apart,
    )
    once, again = allocate(problem), allocate(scaled)
    assert again.owed == once.owed * factor
    assert met(scaled, list(again.missing)) == met(problem, list(once.missing))


def test_of_two_topics_under_one_cap_one_is_met_rather_than_none() -> None:
    problem = Problem(amounts=(3, 3), wants=(Want(0, 0b01, 3), Want(1, 0b10, 3)), limits=(Limit(0b11, 3),), parents=(0, 1))
    found = allocate(problem)
    assert found.owed == 3
    assert sorted(found.missing) == [0, 3]


def test_of_equal_allocations_the_oldest_hours_count() -> None:
    problem = Problem(amounts=(2, 2, 2), wants=(Want(0, 0b111, 3),), limits=(Limit(0b111, 3),), parents=(0,))
    assert [(use.group, use.hours) for use in allocate(problem).uses] == [(0, 2), (1, 1)]


def test_what_a_part_misses_is_owed_once_for_the_whole() -> None:
    problem = Problem(amounts=(1,), wants=(Want(0, 0b1, 5), Want(1, 0b0, 3)), parents=(0, 0))
    assert allocate(problem).owed == 4
    assert owed(problem, [Fraction(1), Fraction(3)]) == 3


def test_an_hour_counts_for_all_who_ask_and_what_is_missing_adds_up() -> None:
    problem = Problem(amounts=(2, 3, 4), wants=(Want(0, 0b011, 9), Want(1, 0b110, 9)), parents=(0, 1))
    found = allocate(problem)
    assert [(use.group, use.owners, use.hours) for use in found.uses] == [(0, 0b01, 2), (1, 0b11, 3), (2, 0b10, 4)]
    assert found.missing == (4, 2)
    assert found.owed == 6


def test_alike_hours_are_given_back_to_their_groups_oldest_first() -> None:
    problem = Problem(amounts=(2, 0, 3, 1), wants=(Want(0, 0b1111, 4),), limits=(Limit(0b1111, 4),), parents=(0,))
    assert [(use.group, use.hours) for use in allocate(problem).uses] == [(0, 2), (2, 2)]


def test_three_levels_owe_what_the_largest_of_each_misses() -> None:
    wants = (Want(0, 0b0, 10), Want(1, 0b0, 4), Want(2, 0b0, 3), Want(3, 0b0, 2))
    missing = [Fraction(want.need) for want in wants]
    assert owed(Problem(amounts=(), wants=wants, parents=(0, 0, 1, 1)), missing) == 10
    assert owed(Problem(amounts=(), wants=wants, parents=(0, 1, 1, 1)), missing) == 15
    assert owed(Problem(amounts=(), wants=wants, parents=(0, 1, 2, 3)), missing) == 19
    # The whole of which an owner is a part may be none of the owners that ask.
    assert owed(Problem(amounts=(), wants=wants[:2], parents=(0, 5)), missing[:2]) == 14


def test_hours_that_two_crossing_limits_hold_do_not_crowd_out_two_others() -> None:
    """Nothing is needed any more, and still two of three hours count, not the oldest alone."""
    crossing = (Limit(0b011, 1), Limit(0b101, 1))
    problem = Problem(amounts=(1, 1, 1), wants=(Want(0, 0b111, 0),), limits=crossing, parents=(0,))
    assert allocate(problem).used(0b111) == 2
