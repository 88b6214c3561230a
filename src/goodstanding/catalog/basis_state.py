"""What the signatures under a version's minutes come to: provisional, or signed; by whom; and how it came to be."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from goodstanding.catalog.models import BasisSignature, CourseVersion
from goodstanding.core import courseware
from goodstanding.core.courseware.credit import NEEDED_RATERS, DifficultyRating, signed_basis
from goodstanding.core.courseware.signatures import Signer

if TYPE_CHECKING:
    from goodstanding.core.courseware import CreditBasis

__all__ = ["BasisState", "basis_state"]

Kind = BasisSignature.Kind


@dataclass(frozen=True)
class BasisState:
    """Where the signatures of one version stand. `ratings` and `approval` are those in force, `history` is everything."""

    version: CourseVersion
    proposed: CreditBasis
    """By the author's proposal, as published."""
    ratings: tuple[BasisSignature, ...]
    approval: BasisSignature | None
    history: tuple[BasisSignature, ...]
    withdrawn: frozenset[UUID]

    @property
    def basis(self) -> CreditBasis:
        """
        The basis that holds.

        Once approved, the minutes are those that were approved, as they were written down then. Until then they stay the
        author's proposal: single ratings move nothing, so that a figure changes once, when it is signed.
        """
        raters = tuple(signer_of(row).line for row in self.ratings)
        if self.approval is None:
            return self.proposed.model_copy(update={"raters": raters})
        assert self.approval.difficulty is not None
        lowest = min(self.ratings, key=lambda row: row.difficulty or Decimal(0))
        return self.proposed.model_copy(
            update={
                "difficulty": self.approval.difficulty,
                "difficulty_reason": lowest.note,
                "minutes": self.approval.minutes,
                "raters": raters,
                "approver": signer_of(self.approval).line,
            }
        )

    @property
    def rated(self) -> CreditBasis:
        """What the ratings in force come to, if they were approved: the lowest holds."""
        return signed_basis(self.proposed, ratings=[_core_rating(row) for row in self.ratings], approver=None)

    @property
    def provisional(self) -> bool:
        return self.basis.status != "final"

    @property
    def raters_missing(self) -> int:
        return max(0, NEEDED_RATERS - len(self.ratings))

    @property
    def seen(self) -> str:
        """The ratings in force in one word, so that an approver approves what was looked at."""
        return ",".join(sorted(str(row.pk) for row in self.ratings))


def basis_state(version: CourseVersion) -> BasisState:
    """
    Where the signatures of `version` stand; one query, none where they were fetched with it.

    A signature holds until a row withdraws it. An approval holds as long as every rating that it rests on does: whoever
    withdraws a rating makes the hours provisional, and the approval does not come back by itself.
    """
    rows = tuple(version.signatures.all())
    withdrawn = frozenset(row.withdraws_id for row in rows if row.withdraws_id is not None)
    in_force = [row for row in rows if row.kind != Kind.WITHDRAWAL and row.pk not in withdrawn]
    ratings = {str(row.pk): row for row in in_force if row.kind == Kind.RATING}
    approvals = [row for row in in_force if row.kind == Kind.APPROVAL and all(one in ratings for one in row.ratings)]
    approval = approvals[-1] if approvals else None
    row = version.credit_basis
    proposed = courseware.CreditBasis(
        method="mergener",
        words=row.words,
        scenario_words=row.scenario_words,
        items=row.items,
        difficulty=row.difficulty,
        difficulty_reason=row.difficulty_reason,
        minutes=row.minutes,
    )
    return BasisState(version, proposed, tuple(ratings.values()), approval, rows, withdrawn)


def signer_of(row: BasisSignature) -> Signer:
    """Who signed, as frozen with the signature."""
    return Signer(name=row.name, credentials=row.credentials, discipline=row.discipline)


def _core_rating(row: BasisSignature) -> DifficultyRating:
    assert row.difficulty is not None
    return DifficultyRating(rater=signer_of(row).line, value=row.difficulty, reason=row.note)
