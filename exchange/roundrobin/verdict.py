"""What a test says of a result, and how much a test can say at all with so few lines."""

from enum import StrEnum

FEWEST = 5
ENOUGH = 8
STRAGGLER = 0.05
OUTLIER = 0.01

Alphas = tuple[float, float]
ALPHAS: Alphas = (STRAGGLER, OUTLIER)
"""Significances beyond which a line is a straggler, and an outlier: those of ISO 5725-2, unless a plan says others."""


class Power(StrEnum):
    """How far p lines carry: below 5 plots only, below 8 indicative (8 to 15 are what ISO 5725 asks for)."""

    NONE = "plots-only"
    INDICATIVE = "indicative"
    FULL = "full"


class Verdict(StrEnum):
    """Beyond the weaker limit a straggler (kept and marked), beyond the stronger an outlier; below five undecided."""

    OK = "ok"
    STRAGGLER = "straggler"
    OUTLIER = "outlier"
    UNDECIDED = "undecided"


def power(p: int) -> Power:
    """How much tests on p lines can say."""
    if p < FEWEST:
        return Power.NONE
    return Power.INDICATIVE if p < ENOUGH else Power.FULL


def verdict(p: int, beyond_straggler: bool, beyond_outlier: bool) -> Verdict:
    """The verdict of a test of p lines by its two limits."""
    if p < FEWEST:
        return Verdict.UNDECIDED
    if beyond_outlier:
        return Verdict.OUTLIER
    return Verdict.STRAGGLER if beyond_straggler else Verdict.OK
