"""Yield of a line as what it is, a share of counted cells: n passed of N built, with an interval."""

import math
from dataclasses import dataclass

from exchange.roundrobin.intervals import Interval
from exchange.roundrobin.quantiles import normal_point, share
from exchange.roundrobin.refusals import NotANumber, TooFewReplicates


@dataclass(frozen=True)
class Yield:
    """`share` = passed / built (1, no unit). Shares have no h and k: their spread follows from the counts."""

    passed: int
    built: int
    share: float
    interval: Interval
    definition: str = "yield/1"


def line_yield(passed: int, built: int, confidence: float = 0.95) -> Yield:
    """Share of cells that passed, with Wilson's score interval, which stays within 0 and 1 for 0 and all.

    (k + z^2/2 -+ z sqrt(k (N - k) / N + z^2/4)) / (N + z^2), z the two-sided normal point. TooFewReplicates for none
    built, NotANumber for counts that cannot be.
    """
    if built < 1:
        raise TooFewReplicates("No cell was built, so there is no yield.")
    if not 0 <= passed <= built:
        raise NotANumber(f"{passed} cells passed of {built} built; it is none to all of them.")
    z = normal_point(0.5 + share(confidence, "The confidence") / 2.0)
    centre = passed + z**2 / 2.0
    half = z * math.sqrt(passed * (built - passed) / built + z**2 / 4.0)
    low, high = (centre - half) / (built + z**2), (centre + half) / (built + z**2)
    return Yield(passed, built, passed / built, Interval(max(0.0, low), min(1.0, high), confidence, "Wilson"))
