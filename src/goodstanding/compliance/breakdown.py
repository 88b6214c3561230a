"""What counted toward one requirement, what did not, and why: the entries behind a figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from goodstanding.core.rules.case import CreditEntry
from goodstanding.core.rules.load import TopicBook
from goodstanding.core.rules.model import RuleFile
from goodstanding.core.rules.outcome import CreditAnswer, Evaluation

__all__ = ["Breakdown", "Counted", "LeftOut", "break_down"]

NOT_ABOUT_THIS = "None of the hours are recorded as about this subject."
NOT_THIS_KIND = "These hours are not of the kind that is asked for here, or count elsewhere."


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Hours of one entry that went to the requirement, of all the hours the board would give it."""

    id: str
    title: str
    completed: dt.date
    hours: Decimal
    of: Decimal | None


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Entries that gave the requirement nothing, all for the same reason."""

    why: str
    titles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """The entries behind one figure, oldest first."""

    counted: tuple[Counted, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def break_down(
    *, evaluation: Evaluation, rule: RuleFile, topics: TopicBook, entries: Sequence[CreditEntry]
) -> dict[str, Breakdown]:
    """
    For each requirement of `evaluation`, what every entry did for it.

    An entry on the subject that gave nothing is the one a clinician will ask about, so its own reason is shown; entries on
    other subjects are named together.
    """
    subjects = {entry.id: _subjects(entry, topics) for entry in entries}
    return {
        requirement.id: _of(requirement.id, evaluation.credits, _wanted(rule, requirement.id), subjects)
        for requirement in evaluation.requirements
    }


def _of(
    requirement_id: str, credits_: Sequence[CreditAnswer], wanted: frozenset[str], subjects: Mapping[str, frozenset[str]]
) -> Breakdown:
    counted: list[Counted] = []
    left_out: dict[str, list[str]] = {}
    for credit in sorted(credits_, key=lambda one: (one.completed, one.title, one.id)):
        if requirement_id in credit.toward:
            counted.append(
                Counted(
                    id=credit.id,
                    title=credit.title,
                    completed=credit.completed,
                    hours=credit.toward[requirement_id],
                    of=credit.hours,
                )
            )
            continue
        about_this = not wanted or bool(wanted & subjects.get(credit.id, frozenset()))
        why = credit.why_not or NOT_THIS_KIND
        left_out.setdefault(why if about_this else NOT_ABOUT_THIS, []).append(credit.title)
    # The reasons that can be mended come before the entries that were never meant for this.
    ordered = sorted(left_out.items(), key=lambda item: item[0] == NOT_ABOUT_THIS)
    return Breakdown(counted=tuple(counted), left_out=tuple(LeftOut(why=why, titles=tuple(titles)) for why, titles in ordered))


def _wanted(rule: RuleFile, requirement_id: str) -> frozenset[str]:
    """The topics that any version of the requirement asks for; none for the total."""
    versions = rule.versions(requirement_id)
    topics = {topic for version in versions for topic in version.topics}
    selected = [part.topics or () for version in versions if version.which is not None for part in version.which.parts()]
    return frozenset(topics.union(*selected))


def _subjects(entry: CreditEntry, topics: TopicBook) -> frozenset[str]:
    return frozenset(broader for part in entry.parts for topic in part.topics for broader in topics.counts_for(topic))
