"""Functions that need no rule, called directly: days, months, periods, proration, limits of a day, allocation, linear programs."""

from __future__ import annotations

import datetime as dt
import functools
import random
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

from goodstanding.core.rules import allocate as allocation
from goodstanding.core.rules.allocate import Limit, Problem, Want, allocate
from goodstanding.core.rules.amounts import round_down, round_up
from goodstanding.core.rules.case import License
from goodstanding.core.rules.clauses import Every, Proration
from goodstanding.core.rules.model import Counting, Cycle
from goodstanding.core.rules.needs import day_limits, months_between, prorated
from goodstanding.core.rules.outcome import number
from goodstanding.core.rules.periods import add_months, counting_window, known_periods, period_on, renewals_before
from goodstanding.core.rules.simplex import Program

Calls = dict[str, Callable[[], Iterable[object]]]

DAYS = [
    dt.date.fromisoformat(f"{day}")
    for day in ("2024-02-28", "2024-02-29", "2025-01-31", "2025-02-28", "2025-06-15", "2026-12-31")
]
PROBLEMS = (*range(250), 1067, 3106, 3388)
"""The last ones are those in which a looser bound, parts of one whole, and hours that no want needs make a difference."""
STEPS = (-25, -24, -13, -12, -1, 0, 1, 2, 11, 12, 13, 24)


def _months() -> Iterable[object]:
    for day in DAYS:
        yield f"{day}: " + ", ".join(str(add_months(day, step)) for step in STEPS)
        yield f"to {day}: " + ", ".join(f"{months_between(other, day)}" for other in DAYS)
    for first, last in (
        ("2025-01-31", "2025-03-01"),
        ("2025-01-31", "2025-02-28"),
        ("2024-12-30", "2025-03-01"),
        ("2025-01-15", "2025-02-15"),
        ("2025-01-15", "2025-02-14"),
        ("2025-01-15", "2025-02-16"),
    ):
        yield f"{first} to {last}: {months_between(dt.date.fromisoformat(first), dt.date.fromisoformat(last))}"


def _periods() -> Iterable[object]:
    on = dt.date(2026, 6, 15)
    listed = [
        {"start": dt.date(2021, 6, 1), "end": dt.date(2023, 5, 31)},
        {"start": dt.date(2023, 6, 1), "end": dt.date(2025, 5, 31)},
    ]
    for months in (12, 24, 36):
        for issued in (
            None,
            "2014-05-31",
            "2014-06-01",
            "2023-05-31",
            "2024-12-02",
            "2024-12-03",
            "2024-12-04",
            "2025-05-31",
            "2025-06-01",
            "2025-06-02",
            "2027-05-31",
        ):
            for renewals in (None, 0, 1, 4):
                for periods in ((), listed[1:], listed):
                    born = None if issued is None else dt.date.fromisoformat(issued)
                    held = License.model_validate(
                        {
                            "rule": "x",
                            "issued": born,
                            "expires": dt.date(2027, 5, 31),
                            "renewals": renewals,
                            "periods": list(periods),
                        }
                    )
                    known = known_periods(held, months=months)
                    counts = [renewals_before(held, months=months, period=one) for one in known]
                    yield f"{months} {issued} {renewals}: " + ", ".join(f"{one.start}..{one.end} {count}" for one, count in zip(known, counts, strict=True)) + f" {period_on(held, months=months, on=on) is None}"  # fmt: skip


def _windows() -> Iterable[object]:
    for ends in ("02-29", "05-31", "12-31", "01-01"):
        for years in ("any", "odd", "even"):
            for expires in ("2026-05-30", "2026-05-31", "2027-01-01", "2028-02-28", "2028-02-29", "2029-12-31"):
                for issued in (None, "2025-05-31", "2026-03-01", "2027-06-01"):
                    last = dt.date.fromisoformat(expires)
                    born = None if issued is None or issued > expires else dt.date.fromisoformat(issued)
                    held = License.model_validate({"rule": "x", "issued": born, "expires": last})
                    cycle = Cycle(
                        months=24, anchor="expiry", counting=Counting(ends=ends, years=years, sources=("law",)), sources=("law",)
                    )
                    (period,) = known_periods(held, months=24)
                    window = counting_window(held, cycle=cycle, period=period)
                    yield f"{ends} {years} {expires} {issued}: {window.start}..{window.end}"


def _amounts() -> Iterable[object]:
    for value in (
        Fraction(0),
        Fraction(1, 3),
        Fraction(2, 3),
        Fraction(1, 200),
        Fraction(199, 200),
        Fraction(5),
        Fraction(1001, 100),
    ):
        yield f"{value}: {round_down(value)} {round_up(value)} {number(round_down(value))}"
    yield f"{round_down(10, 3)} {round_down(9, 3)}"
    yield f"{number(Decimal('6.00'))} {number(Decimal('1.50'))}"


def _proration() -> Iterable[object]:
    for count in ("whole", "started"):
        for rounding in ("none", "down", "up", "nearest"):
            for each in (1, 3):
                rule = Proration(hours=Decimal(5), for_months=4, each=each, count=count, round=rounding, at_most=Decimal(20))
                months = (0, Fraction(1, 2), 1, 2, Fraction(5, 2), 3, Fraction(7, 2), 4, 6, 15, 16, 17)
                yield f"{count} {rounding} {each}: " + ", ".join(str(prorated(rule, one)) for one in months)


def _turns() -> Iterable[object]:
    for renewals in (None, 1, 2, 3):
        for first in (None, 1, 2, 4) if renewals else (None,):
            every = Every(years=None if renewals else 4, renewals=renewals, first=first)
            yield f"{renewals} {first}: " + "".join("x" if every.due_in(one) else "." for one in range(10))


def _stretches(seed: int) -> Iterable[object]:
    drawn = random.Random(f"stretches {seed}")
    spans = []
    for _ in range(drawn.randint(1, 5)):
        start = dt.date(2026, 3, 1) + dt.timedelta(days=drawn.randint(0, 5))
        spans.append((start, start + dt.timedelta(days=drawn.choice([0, 0, 1, 2]))))
    yield " ".join(f"{start.day}-{end.day}" for start, end in spans)
    yield from (f"{sorted(inside)}: {limit}" for inside, limit in sorted(day_limits(spans, Fraction(8))))


def problem(seed: int) -> Problem:
    """A small problem with parts, hours apart and limits, also for some owners only."""
    drawn = random.Random(f"allocation {seed}")
    hard = seed % 2
    groups, owners = drawn.randint(1 + 2 * hard, 6), drawn.randint(1 + hard, 4)
    everything = (1 << groups) - 1

    def some(choices: int = everything) -> int:
        return drawn.randint(1, choices) & drawn.choice([everything, drawn.randint(1, choices)])

    wants = [
        Want(owner, everything if owner == 0 and drawn.random() < 0.5 else some(), drawn.randint(0, 9))
        for owner in range(owners)
        for _ in range(drawn.choice([1, 1, 1, 2]))
    ]
    limits = tuple(
        Limit(some(), drawn.randint(0, 8), drawn.choice([0, 0, drawn.randint(1, (1 << owners) - 1)]))
        for _ in range(drawn.randint(hard, 3 + hard))
    )
    parents = tuple(drawn.choice([owner, 0, max(owner - 1, 0)]) for owner in range(owners))
    apart = [0] * owners
    for _ in range(drawn.choice([hard, 0, 1, 2 + hard])):
        one, other = drawn.randrange(owners), drawn.randrange(owners)
        if one != other:
            apart[one] |= 1 << other
            apart[other] |= 1 << one
    return Problem(tuple(drawn.choice([0, 1, 2, 3, 5, 8]) for _ in range(groups)), tuple(wants), limits, parents, tuple(apart))


def _allocated(seed: int) -> Iterable[object]:
    asked = problem(seed)
    found = allocate(asked)
    yield f"{'quick' if allocation._quick(allocation._merged(asked)[0]) else 'exact'}, owed {found.owed}"
    yield "missing " + " ".join(map(str, found.missing))
    owners = range(1 + max(want.owner for want in asked.wants))
    yield "toward " + " ".join(f"{found.toward(owner)} lacks {found.lacks(owner)}" for owner in owners)
    yield "used " + " ".join(str(found.used(limit.mask, limit.owners)) for limit in asked.limits)
    yield "uses " + " ".join(f"{use.group}:{use.owners}:{use.hours}" for use in found.uses)


def _sparse() -> Iterable[object]:
    """Problems that leave out what they need not say."""
    wants = (Want(0, 0b011, 4), Want(1, 0b110, 5))
    for asked in (
        Problem((2, 3, 1), wants),
        Problem((2, 3, 1), wants, (Limit(0b111, 4),)),
        Problem((2, 3, 1), wants, (Limit(0b011, 2), Limit(0b110, 3, 0b10)), (0, 2)),
        Problem((2, 3, 1), wants[:1], (Limit(0b001, 1),), (1,)),
        Problem((2, 3, 1), wants, (Limit(0b010, 2), Limit(0b011, 3), Limit(0b110, 2)), (2, 1), (0b10, 0b01)),
        Problem((), ()),
    ):
        found = allocate(asked)
        uses = " ".join(f"{use.group}:{use.owners}:{use.hours}" for use in found.uses)
        yield f"owed {found.owed}, missing {' '.join(map(str, found.missing))}, used {found.used(0b110)} {found.used(0b110, 0b10)}, {uses}"


def _programmed(seed: int) -> Iterable[object]:
    drawn = random.Random(f"program {seed}")
    program = Program()
    variables = [program.variable() for _ in range(drawn.randint(1, 5))]
    for _ in range(drawn.randint(1, 5)):
        program.at_most(
            {one: drawn.randint(-1, 3) for one in drawn.sample(variables, drawn.randint(1, len(variables)))}, drawn.randint(0, 9)
        )
    for one in variables:
        program.at_most({one: 1}, drawn.randint(0, 7))
    found = program.solutions()
    for _ in range(3):
        objective = {one: drawn.randint(-1, 3) for one in drawn.sample(variables, drawn.randint(1, len(variables)))}
        found = found.maximize(objective)
        values = found.values()
        yield f"best {sum((values[one] * worth for one, worth in objective.items()), Fraction(0))}"
    yield "values " + " ".join(map(str, found.values()))


def _refused() -> Iterable[object]:
    """Programs that have no answer."""
    program = Program()
    one, other = program.variable(), program.variable()
    for row, limit in (({one: 1}, -1), ({one: 1, other: -1}, 0)):
        try:
            program.at_most(row, limit)
            yield program.solutions().maximize({other: 1}).values()
        except (ValueError, ArithmeticError) as error:
            yield type(error).__name__


def calls() -> Calls:
    found: Calls = {
        "months": _months,
        "periods": _periods,
        "windows": _windows,
        "amounts": _amounts,
        "proration": _proration,
        "turns": _turns,
        "sparse": _sparse,
        "refused": _refused,
    }
    found |= {f"stretches_{seed}": functools.partial(_stretches, seed) for seed in range(12)}
    found |= {f"allocated_{seed}": functools.partial(_allocated, seed) for seed in PROBLEMS}
    found |= {f"programmed_{seed}": functools.partial(_programmed, seed) for seed in (*range(60), 1621)}
    return found
