"""What boards require, and what a clinician still owes: rules as data, evaluated without clock, database or network."""

from __future__ import annotations
