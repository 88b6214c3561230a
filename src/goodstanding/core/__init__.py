"""Decisions: pure Python without Django, clock, network or database. The date is always an argument."""
