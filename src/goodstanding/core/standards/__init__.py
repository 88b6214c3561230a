"""
What the field has written down: codes of ethics, duties, models of decision making, cases, laws and words.

Pure functions and frozen types over the files in ``standards/``. :mod:`.model` says what the files may say, :mod:`.load`
reads them into one :class:`StandardsBook`, :mod:`.check` finds fault with them, and :mod:`.references` compares what a
course cites with them.
"""

from __future__ import annotations

from goodstanding.core.standards.check import check_standards
from goodstanding.core.standards.load import CodeView, DutyView, StandardsBook, load_standards
from goodstanding.core.standards.model import Profession, Verification
from goodstanding.core.standards.references import reference_faults

__all__ = [
    "CodeView",
    "DutyView",
    "Profession",
    "StandardsBook",
    "Verification",
    "check_standards",
    "load_standards",
    "reference_faults",
]
