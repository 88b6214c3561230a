"""What can be refused when courses and approvals are managed; each message is written for the person who reads it."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "ApprovalDatesError",
    "ApprovalFormatsError",
    "ApprovalNotFoundError",
    "ApprovalWithdrawnError",
    "BasisApprovedError",
    "CatalogError",
    "CourseNotFoundError",
    "RatingsChangedError",
    "RatingsMissingError",
    "SignatureNotFoundError",
    "SignatureRefusedError",
    "SignatureWithdrawnError",
]


class CatalogError(Exception):
    """Base of the refusals of this app."""


class CourseNotFoundError(CatalogError):
    """No version of a course with this slug was ever published."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"There is no course called {slug}.")


class ApprovalNotFoundError(CatalogError):
    """There is no approval with this id."""


class ApprovalDatesError(CatalogError):
    """The days of an approval, or of its withdrawal, do not fit together."""


class ApprovalFormatsError(CatalogError):
    """An approval must name at least one format, and only formats that exist."""


class ApprovalWithdrawnError(CatalogError):
    """The approval was withdrawn before; its first withdrawal stands."""


class SignatureRefusedError(CatalogError):
    """Something about the signature does not fit. `problems` says per field what to do."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


class BasisApprovedError(CatalogError):
    """The hours are signed, so nothing can be added to them before the approval is withdrawn."""


class RatingsMissingError(CatalogError):
    """There is nothing to approve before two people have rated the version."""


class RatingsChangedError(CatalogError):
    """The ratings are not those that the approver saw."""


class SignatureNotFoundError(CatalogError):
    """The version has no such signature."""


class SignatureWithdrawnError(CatalogError):
    """The signature was withdrawn before; its first withdrawal stands."""
