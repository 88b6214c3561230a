"""
Which reading a question has that the holder settled.

The board's answer is one reading, and it holds for every requirement at once: the one with which the holder stands best. A
reading that is good for one requirement and bad for another is taken or left as a whole.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from goodstanding.core.rules.alone import Result
from goodstanding.core.rules.ground import MAX_COMBINATIONS, Dimension, Index

Readings = dict[str, int]
"""For each settled question the number of its reading."""


class Cost(NamedTuple):
    """How a holder stands; smaller is better. Sums over requirements."""

    unmet: int
    unknown: int
    missing: Fraction
    applies: int
    counted: Fraction


class _Ballot:
    """What one requirement says of each combination of the settled questions that it depends on."""

    def __init__(self, dimensions: Sequence[Dimension], results: Mapping[Index, Result]) -> None:
        self.settled = [(at, one) for at, one in enumerate(dimensions) if one.settled]
        groups: dict[Index, list[Result]] = {}
        for index, result in results.items():
            groups.setdefault(tuple([index[at] for at, _ in self.settled]), []).append(result)
        self.costs = {key: _cost(group) for key, group in groups.items()}
        least = min(self.costs.values())
        self.best = {key for key, cost in self.costs.items() if cost == least}

    def key(self, readings: Readings) -> Index:
        return tuple([one.classes[readings[one.id]] for _, one in self.settled])


def _cost(results: Sequence[Result]) -> Cost:
    worst = max(one.badness for one in results)
    unknown = worst[0] and any(one.met for one in results)
    return Cost(int(worst[0] and not unknown), int(unknown), worst[1], int(worst[2]), worst[3])


def settle(answers: Mapping[str, tuple[list[Dimension], dict[Index, Result]]]) -> Readings:
    """
    One reading for each settled question, with which the fewest requirements are unmet, then unknown, then the least is missing.

    Of readings that are equally good, the first in the file. Questions that no requirement links are chosen apart; where linked
    ones have more combinations than are gone through, each is chosen in turn, which is consistent but may not be the best.
    """
    ballots = [_Ballot(dimensions, results) for dimensions, results in answers.values() if any(one.settled for one in dimensions)]
    if not ballots:
        return {}
    counts = {one.id: len(one.classes) for ballot in ballots for _, one in ballot.settled}
    agreed = _agreed(ballots, counts)
    if all(ballot.key(agreed) in ballot.best for ballot in ballots):
        return agreed
    for linked in _linked(ballots):
        bearing = [ballot for ballot in ballots if any(one.id in linked for _, one in ballot.settled)]
        if all(ballot.key(agreed) in ballot.best for ballot in bearing):
            continue
        if math.prod(counts[name] for name in linked) <= MAX_COMBINATIONS:
            options = [
                dict(zip(linked, numbers, strict=True))
                for numbers in itertools.product(*(range(counts[name]) for name in linked))
            ]
        else:
            options = [agreed]
            for name in linked:
                trials = [{**options[0], name: number} for number in range(counts[name])]
                options = [min(trials, key=lambda option: _total(bearing, option))]
        best: Readings = min(options, key=lambda option: _total(bearing, option))
        agreed = {**agreed, **best}
    return agreed


def _total(ballots: Sequence[_Ballot], readings: Readings) -> Cost:
    costs = [ballot.costs[ballot.key(readings)] for ballot in ballots]
    return Cost(
        unmet=sum(one.unmet for one in costs),
        unknown=sum(one.unknown for one in costs),
        missing=sum((one.missing for one in costs), Fraction(0)),
        applies=sum(one.applies for one in costs),
        counted=sum((one.counted for one in costs), Fraction(0)),
    )


def _agreed(ballots: Sequence[_Ballot], counts: Mapping[str, int]) -> Readings:
    """For each question the reading that is among the best for the most requirements, each question by itself."""
    liked = {name: [0] * count for name, count in counts.items()}
    for ballot in ballots:
        for place, (_, one) in enumerate(ballot.settled):
            good = {key[place] for key in ballot.best}
            for number, value in enumerate(one.classes):
                liked[one.id][number] += value in good
    return {name: votes.index(max(votes)) for name, votes in liked.items()}


def _linked(ballots: Sequence[_Ballot]) -> list[list[str]]:
    """The questions in sets that no requirement links with one another, in the order of the file."""
    sets: list[list[str]] = []
    for ballot in ballots:
        names = [one.id for _, one in ballot.settled]
        joined = [some for some in sets if any(name in some for name in names)]
        merged = list(dict.fromkeys([name for some in joined for name in some] + names))
        sets = [some for some in sets if some not in joined] + [merged]
    return sets
