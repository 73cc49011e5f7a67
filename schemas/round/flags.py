"""What a line is marked with in the results of a round."""

from enum import StrEnum


class Flag(StrEnum):
    """Plain words beside a line's results for one KPI."""

    BIASED = "biased by score"
    """Its score is 3 or more away from the assigned value."""
    WARNED = "warning by score"
    """Its score is between 2 and 3."""
    OUTLIER = "outlier"
    """Its mean is beyond the outlier's limit of Grubbs' tests."""
    STRAGGLER = "straggler"
    """Its mean is beyond the straggler's limit of Grubbs' tests."""
    EXCESS_SPREAD = "excess spread"
    """Its spread is beyond the outlier's limit of Cochran's test."""
    SPREAD_STRAGGLER = "straggler in spread"
    """Its spread is beyond the straggler's limit of Cochran's test."""
    FEW = "too few results for its spread"
    """Fewer results than the plan needs to judge the spread."""
    MISSING = "values missing"
    """Cells that count have no value of this KPI."""
    LEFT_OUT = "results left out"
    """Results of it were left out for a recorded reason."""


FINDINGS = frozenset(
    {Flag.BIASED, Flag.WARNED, Flag.OUTLIER, Flag.STRAGGLER, Flag.EXCESS_SPREAD, Flag.SPREAD_STRAGGLER}
)
"""Flags that say something of the values."""
