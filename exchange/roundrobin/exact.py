"""Sums without rounding: a binary number is a whole number by a power of two, and whole numbers have no last digit.

Where a gross outlier stands in one line, the variances between and within lines are alike to the last figures, and
their difference would be made of rounding; so would the distances of means that share their leading digits.
"""

from collections.abc import Sequence
from fractions import Fraction


def mean_and_squares(values: Sequence[float]) -> tuple[Fraction, Fraction]:
    """Mean of one or more finite values, in their unit, and sum of squares about it, in its square."""
    parts = [value.as_integer_ratio() for value in values]
    unit = max(by for _, by in parts)
    whole = [of * (unit // by) for of, by in parts]
    n, total = len(whole), sum(whole)
    return Fraction(total, n * unit), Fraction(n * sum(one * one for one in whole) - total * total, n * unit * unit)
