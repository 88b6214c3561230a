"""What can be refused when courses and approvals are managed; each message is written for the person who reads it."""

from __future__ import annotations

__all__ = [
    "ApprovalDatesError",
    "ApprovalFormatsError",
    "ApprovalNotFoundError",
    "ApprovalWithdrawnError",
    "CatalogError",
    "CourseNotFoundError",
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
