"""
Exact amounts as the decimals that an answer shows.

Nothing is rounded before: an answer rounds once, so that hours are never shown as more than they are, nor debts as less.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_UP, Decimal
from fractions import Fraction
from functools import lru_cache

_CENT = Decimal("0.01")


@lru_cache(maxsize=4096)
def hours_of(units: int, scale: int) -> Fraction:
    """Hours from whole units of which `scale` make an hour."""
    return Fraction(units, scale)


def round_down(value: Fraction | int, scale: int = 1) -> Decimal:
    """Hours that somebody has, given in units of which `scale` make an hour."""
    return _hundredths(value.numerator, value.denominator * scale, ROUND_DOWN)


def round_up(value: Fraction) -> Decimal:
    """Hours that somebody owes."""
    return _hundredths(value.numerator, value.denominator, ROUND_UP)


@lru_cache(maxsize=4096)
def _hundredths(numerator: int, denominator: int, rounding: str) -> Decimal:
    """The same few amounts come again and again, so they are kept."""
    return (Decimal(numerator) / denominator).quantize(_CENT, rounding)
