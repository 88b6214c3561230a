"""What can be refused on the way through a course; each message is written for the learner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from goodstanding.learning.path import PathStep

__all__ = [
    "AttemptClosedError",
    "AttemptNotFoundError",
    "AttemptRefusedError",
    "ClockBehindError",
    "CourseWithdrawnError",
    "EnrollmentNotFoundError",
    "EvaluationAnswersError",
    "LearningError",
    "PretestClosedError",
    "ProfileIncompleteError",
    "ReasonMissingError",
    "SignedNameError",
    "StepLockedError",
    "StepNotFoundError",
    "StepRefusedError",
    "UnansweredError",
]


class LearningError(Exception):
    """Base of the refusals of this app."""


class EnrollmentNotFoundError(LearningError):
    """The holder has not started the course."""


class CourseWithdrawnError(LearningError):
    """The course is no longer offered, so nobody can start it; who has started may finish."""


class StepNotFoundError(LearningError):
    """The course has no such section, scenario or scene, or the learner has not been there."""


class StepLockedError(LearningError):
    """The step comes later on the path. `current` is where the learner stands."""

    def __init__(self, current: PathStep | None) -> None:
        self.current = current
        super().__init__("That part opens once you have finished the parts before it.")


class StepRefusedError(LearningError):
    """The scenario does not go on like this; the message says why."""


class ReasonMissingError(LearningError):
    """A scene asks for the learner's own words before it shows the reasoning of others."""


class AttemptNotFoundError(LearningError):
    """The holder has no such attempt."""


class AttemptRefusedError(LearningError):
    """No new attempt may begin yet. `sections` are those to go through first."""

    def __init__(self, reason: str, sections: Sequence[str]) -> None:
        self.sections = tuple(sections)
        super().__init__(reason)


class AttemptClosedError(LearningError):
    """The attempt was handed in; its answers do not change any more."""


class UnansweredError(LearningError):
    """Some questions have no answer yet. `items` are their ids in the order of the form; everything given is saved."""

    def __init__(self, items: Sequence[str]) -> None:
        self.items = tuple(items)
        super().__init__("Some questions have no answer yet.")


class PretestClosedError(LearningError):
    """The pretest was finished or skipped; what was answered then stays as it was."""


class EvaluationAnswersError(LearningError):
    """Some answers are missing or do not fit. `problems` says per question what to do."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("Some answers are missing or do not fit.")


class ProfileIncompleteError(LearningError):
    """The profile lacks what a certificate needs. `missing` names the fields: ``legal_name``, ``time_zone``."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__("Your profile lacks what the certificate needs.")


class SignedNameError(LearningError):
    """The typed name is not the legal name of the profile. `legal_name` is what the profile says."""

    def __init__(self, legal_name: str) -> None:
        self.legal_name = legal_name
        super().__init__(
            f"This does not match the name in your profile, {legal_name}. Type that name, or correct your profile first."
        )


class ClockBehindError(LearningError):
    """The clock of the server stands well before what it has recorded, so it can not date a certificate."""

    def __init__(self) -> None:
        super().__init__(
            "Our clock is wrong just now, and your certificate must not bear a wrong date. Nothing is lost. Try again later, or tell us."
        )
