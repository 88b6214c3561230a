"""The allocation against every possible allocation, one hour at a time, on small problems."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

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
    mine = (found.owed, -met(problem, list(found.missing)))
    for uses in every_allocation(problem):
        if within_limits(problem, uses):
            missing = missing_of(problem, uses)
            assert mine <= (owed(problem, missing), -met(problem, missing)), uses


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
