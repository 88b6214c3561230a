"""How an approval stands on a day."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from dataclasses import dataclass

from goodstanding.catalog.models import Approval
from goodstanding.catalog.selectors import FORMATS, access_approval, list_approvals

__all__ = ["ApprovalOnDay", "ApprovalState", "access_approval_on", "list_approvals_on", "state_on"]


class ApprovalState(enum.StrEnum):
    """The four ways in which a recorded approval can stand."""

    NOT_YET = "not_yet"
    ACTIVE = "active"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


def state_on(approval: Approval, day: dt.date) -> ApprovalState:
    """
    How `approval` stands on `day`; both of its own days belong to it, the day of withdrawal no longer does.

    A withdrawal is named before the end of the term: it says why the approval ended, which the calendar does not.
    """
    if day < approval.valid_from:
        return ApprovalState.NOT_YET
    if approval.withdrawn_from is not None and day >= approval.withdrawn_from:
        return ApprovalState.WITHDRAWN
    return ApprovalState.ENDED if day > approval.valid_to else ApprovalState.ACTIVE


@dataclass(frozen=True)
class ApprovalOnDay:
    """An approval, and how it stands on a day."""

    approval: Approval
    on: dt.date

    @property
    def state(self) -> ApprovalState:
        return state_on(self.approval, self.on)

    @property
    def formats(self) -> str:
        """The formats it covers, in words."""
        labels = dict(FORMATS)
        return "; ".join(labels.get(code, code) for code in self.approval.formats)


def list_approvals_on(day: dt.date) -> list[ApprovalOnDay]:
    """Every approval ever recorded, as it stands on `day`."""
    return [ApprovalOnDay(approval, day) for approval in list_approvals()]


def access_approval_on(approval_id: uuid.UUID, day: dt.date) -> ApprovalOnDay:
    """The approval with this id as it stands on `day`; ApprovalNotFoundError if there is none."""
    return ApprovalOnDay(access_approval(approval_id), day)
