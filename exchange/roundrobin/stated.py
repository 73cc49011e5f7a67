"""Stated: the standard uncertainty of a line's mean, from what it states for each of its cells."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exchange.roundrobin.refusals import NotANumber, TooFewReplicates

DEFINITION: Final = "stated-mean/1"


@dataclass(frozen=True)
class CellUncertainty:
    """Standard uncertainty of one cell's value, in its unit, by what its errors are shared with.

    `common` is of errors that all cells of the line share; `of_channel` of those that cells on the same `channel`
    share, and cells on another do not. An uncertainty that is entered without saying more is common, whole.
    NotANumber where a part is negative or not finite, or both are zero.
    """

    common: float
    of_channel: float = 0.0
    channel: str = ""

    def __post_init__(self) -> None:
        parts = (self.common, self.of_channel)
        if not all(math.isfinite(one) and one >= 0 for one in parts) or not any(parts):
            raise NotANumber(f"An uncertainty of {parts} is stated; both are finite, not negative, one above zero.")

    @property
    def u(self) -> float:
        """The standard uncertainty of the one value."""
        return math.hypot(self.common, self.of_channel)


def u_of_mean(cells: Sequence[CellUncertainty]) -> float:
    """u of the mean of n cells: u² = (Σ common / n)² + Σ over channels (Σ of_channel on it / n)².

    Errors that are shared are fully correlated and add as they are, so that they do not shrink with n; those of
    different channels are independent and add in squares: the law of propagation of JCGM 100:2008 (GUM), 5.1.2 and
    5.2.2, with r = 1 and r = 0. TooFewReplicates without a cell.
    """
    if not cells:
        raise TooFewReplicates("A mean of no cell has no uncertainty.")
    by_channel: dict[str, float] = {}
    for one in cells:
        by_channel[one.channel] = by_channel.get(one.channel, 0.0) + one.of_channel
    return math.hypot(sum(one.common for one in cells), *by_channel.values()) / len(cells)
