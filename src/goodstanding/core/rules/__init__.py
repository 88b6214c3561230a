"""What boards require, and what a clinician still owes: rules as data, evaluated without clock, database or network."""

from __future__ import annotations

from goodstanding.core.rules.case import read_case
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.load import load_rules
from goodstanding.core.rules.outcome import to_json

__all__ = ["evaluate", "load_rules", "read_case", "to_json"]
