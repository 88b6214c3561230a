"""What licensing refuses, one class for each reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goodstanding.licensing.models import License

__all__ = [
    "AnswerRefusedError",
    "ConfirmationRefusedError",
    "LicenseDuplicateError",
    "LicenseNotFoundError",
    "LicenseRefusedError",
    "PeriodNotFoundError",
]


class LicenseNotFoundError(Exception):
    """There is no such license, or it is someone else's: the two are not told apart."""


class PeriodNotFoundError(LicenseNotFoundError):
    """The license has no period that ends on this day, or not any more: its dates were corrected, its renewal taken back."""


class LicenseRefusedError(Exception):
    """A license that cannot be saved as given: field -> what is wrong with it, in words for its holder."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(", ".join(sorted(self.problems)))


class LicenseDuplicateError(LicenseRefusedError):
    """The holder has entered this license already; ``existing`` is the one in the list."""

    def __init__(self, existing: License | None) -> None:
        self.existing = existing
        super().__init__({"number": "You have entered this license already. Open it in your list to change it."})


class AnswerRefusedError(LicenseRefusedError):
    """An answer that does not fit its question: name of the fact -> what is wrong."""


class ConfirmationRefusedError(LicenseRefusedError):
    """A confirmation that cannot be recorded: field -> what is wrong."""
