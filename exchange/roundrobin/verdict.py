"""What a test says of a result, and how much a test can say at all with so few lines."""

from enum import StrEnum

FEWEST = 5
ENOUGH = 8
STRAGGLER = 0.05
OUTLIER = 0.01


class Power(StrEnum):
    """How far p lines carry: below 5 plots only, below 8 indicative (8 to 15 are what ISO 5725 asks for)."""

    NONE = "plots-only"
    INDICATIVE = "indicative"
    FULL = "full"


class Verdict(StrEnum):
    """Beyond the 5 % limit a straggler (kept and marked), beyond 1 % an outlier; below five lines undecided."""

    OK = "ok"
    STRAGGLER = "straggler"
    OUTLIER = "outlier"
    UNDECIDED = "undecided"


def power(p: int) -> Power:
    """How much tests on p lines can say."""
    if p < FEWEST:
        return Power.NONE
    return Power.INDICATIVE if p < ENOUGH else Power.FULL


def verdict(p: int, beyond_5: bool, beyond_1: bool) -> Verdict:
    """The verdict of a test at 5 % and 1 % on p lines."""
    if p < FEWEST:
        return Verdict.UNDECIDED
    if beyond_1:
        return Verdict.OUTLIER
    return Verdict.STRAGGLER if beyond_5 else Verdict.OK
