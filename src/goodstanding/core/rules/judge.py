"""
The verdict on each requirement, over everything that is not known.

What is not known becomes a *dimension* with its possible values (`unknown`). A requirement is answered for every combination
of the dimensions that touch it; if all agree, that is the verdict, and if not, it is Unknown and the dimensions that can flip
it are named. A question that the holder settled has one reading for all requirements (`settle`).

Most requirements are answered alone (`alone`). Only those that compete for the same hours, under a cap or because they may not
share an hour, are answered together (`limits`, `share`); see docs/algorithms/allocation.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from goodstanding.core.rules.alone import Alone, Result, Results
from goodstanding.core.rules.ground import MAX_COMBINATIONS, STATUS, Dimension, Ground
from goodstanding.core.rules.limits import Limits
from goodstanding.core.rules.model import Requirement
from goodstanding.core.rules.needs import NOTHING
from goodstanding.core.rules.outcome import Outcome
from goodstanding.core.rules.settle import Readings, settle
from goodstanding.core.rules.share import Sharing
from goodstanding.core.rules.unknown import Unknowns


class Verdict(NamedTuple):
    """The results of all combinations, brought together; `result` is the worst that is not settled."""

    outcome: Outcome
    favorable: Outcome
    result: Result
    deciding: tuple[str, ...]
    confirmed: tuple[str, ...]


class Judge:
    """Judges the requirements of one license on one day."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.unknowns = Unknowns(ground)
        self.limits = Limits(ground, self.unknowns)
        self.alone = Alone(ground)

    def verdicts(self, requirements: Sequence[Requirement]) -> Judgement:
        """The verdict on each; none where there are too many combinations to go through."""
        answers: dict[str, tuple[list[Dimension], Results]] = {}
        for requirement in requirements:
            dimensions = self.unknowns.dimensions([requirement], [])
            if math.prod(len(one.values) for one in dimensions) <= MAX_COMBINATIONS:
                answers[requirement.id] = (dimensions, self.alone.results(requirement, dimensions))
        sharing = Sharing(self.ground, self.unknowns, self.limits, self.alone, requirements)
        linked = sharing.linked(answers)
        members = [requirement for requirement in requirements if requirement.id in linked]
        if members:
            together = sharing.together(members, answers)
            for requirement in members:
                if together is None:
                    answers.pop(requirement.id, None)
                else:
                    answers[requirement.id] = (together[0], together[1][requirement.id])
        readings = settle(answers)
        verdicts = {
            one.id: self._verdict(one, *answers[one.id], readings, requirements) for one in requirements if one.id in answers
        }
        competing = [one.id for one in members if one.id in verdicts]
        if len({id(verdicts[one].result.allocation) for one in competing}) > 1:
            verdicts |= _of_one_combination({one: verdicts[one] for one in competing}, answers, readings)
        return Judgement(verdicts=verdicts, sharing=sharing, readings=readings)

    def _verdict(
        self,
        requirement: Requirement,
        dimensions: list[Dimension],
        results: Results,
        readings: Readings,
        beside: Sequence[Requirement],
    ) -> Verdict:
        settled = _settled(dimensions, readings)
        group = results
        if settled:
            group = {index: one for index, one in results.items() if all(index[at] == value for at, value in settled.items())}
        distinct = list({id(one): one for one in group.values()}.values())
        worst = max(distinct, key=lambda one: one.badness) if len(distinct) > 1 else distinct[0]
        mixed = any(one.met is not worst.met for one in distinct)
        outcome = Outcome.UNKNOWN if mixed else Outcome.MET if worst.met else Outcome.UNMET
        favorable = Outcome.MET if any(one.met for one in results.values()) else Outcome.UNMET
        deciding: list[str] = []
        sizes = [len(one.values) for one in dimensions]
        if mixed:
            met = [one.met for one in group.values()]
            left = [1 if at in settled else size for at, size in enumerate(sizes)]
        for at, dimension in enumerate(dimensions) if mixed else ():
            if at not in settled and _changes(met, left, at):
                deciding.extend(self.unknowns.names(dimension, requirement, beside=beside, caps=self.limits.tight))
        confirmed: list[str] = []
        if settled:
            answers = [(one.met, one.missing) for one in results.values()]
            confirmed = [dimensions[at].id for at in settled if _changes(answers, sizes, at)]
        if self.ground.license.status != "active" and self.ground.license.status not in self.ground.rule.statuses:
            deciding.append(STATUS)
            outcome, favorable = Outcome.UNKNOWN, Outcome.MET
        return Verdict(
            outcome=outcome,
            favorable=favorable,
            result=worst,
            deciding=tuple(dict.fromkeys(deciding)),
            confirmed=tuple(confirmed),
        )


@dataclass(frozen=True, eq=False)
class Judgement:
    """All verdicts, with what they rest on."""

    verdicts: dict[str, Verdict]
    sharing: Sharing
    readings: Readings
    """For each question that the holder settled the number of its reading."""


def _of_one_combination(
    verdicts: Mapping[str, Verdict], answers: Mapping[str, tuple[list[Dimension], Results]], readings: Readings
) -> dict[str, Verdict]:
    """
    The verdicts on requirements that compete, with the figures of one combination where that is as bad as the worst of each.

    Else an hour could be shown as counted for one requirement in one combination, and for another in another.
    """
    dimensions = answers[next(iter(verdicts))][0]
    settled = _settled(dimensions, readings)
    results = {one: answers[one][1] for one in verdicts}
    possible = [index for index in next(iter(results.values())) if all(index[at] == value for at, value in settled.items())]
    worst = max(possible, key=lambda index: _together([one[index] for one in results.values()]))
    found = {}
    for one, verdict in verdicts.items():
        result = results[one][worst]
        if (result.met, result.missing) == (verdict.result.met, verdict.result.missing):
            found[one] = verdict._replace(result=result)
    return found


def _together(results: Sequence[Result]) -> tuple[int, Fraction]:
    return sum(not one.met for one in results), sum([one.missing for one in results], NOTHING)


def _settled(dimensions: Sequence[Dimension], readings: Readings) -> dict[int, int]:
    """The value of each settled dimension, by its place."""
    return {at: one.classes[readings[one.id]] for at, one in enumerate(dimensions) if one.settled}


def _changes(results: Sequence[Any], sizes: Sequence[int], at: int) -> bool:
    """
    Whether changing only the dimension `at` changes a result somewhere.

    The results are those of all combinations of dimensions of these sizes, the last changing fastest.
    """
    step = math.prod(sizes[at + 1 :])
    starts = range(0, len(results), step * sizes[at])
    return any(
        results[start : start + step] != results[start + step * value : start + step * (value + 1)]
        for start in starts
        for value in range(1, sizes[at])
    )
