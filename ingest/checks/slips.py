"""Factors by which a column is wrong when its unit or range is: what two columns say of each other, in many places."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

NEAR = 0.03
"""A ratio this near to a factor is that factor."""
UNITS = {60.0: "minutes", 1000.0: "milliseconds", 3600.0: "hours", 1e6: "microseconds"}
FACTORS = (10.0, 60.0, 100.0, 1000.0, 3600.0, 1e4, 6e4, 1e6, 3.6e6)
PLACES = 3
"""So many places have to agree before a slip is believed."""
MOST = 0.9


def factor_of(ratio: float) -> float | None:
    """The factor of a slip that this ratio is, 1 for none, below 1 for its inverse; None for any other ratio."""
    if not ratio > 0.0:
        return None
    larger = max(ratio, 1.0 / ratio)
    found = next((one for one in (1.0, *FACTORS) if abs(larger / one - 1.0) < NEAR), None)
    return found if found is None or ratio >= 1.0 else 1.0 / found


@dataclass
class Ratios:
    """Ratios of one pair of columns, each from one place of the file; memory does not grow with them."""

    seen: int = 0
    counts: Counter[float] = field(default_factory=Counter)
    first: dict[float, int] = field(default_factory=dict)

    def add(self, places: Iterable[tuple[int, float]]) -> None:
        """Takes (record, ratio) pairs in file order."""
        for record, ratio in places:
            self.seen += 1
            factor = factor_of(ratio)
            if factor is not None:
                self.counts[factor] += 1
                self.first.setdefault(factor, record)

    @property
    def slip(self) -> float | None:
        """The factor other than 1 on which most places agree, if enough do."""
        for factor, count in self.counts.most_common():
            if factor != 1.0 and count >= PLACES:
                return factor
        return None

    @property
    def throughout(self) -> bool:
        """Whether nearly every place has the slip."""
        return self.slip is not None and self.counts[self.slip] >= MOST * self.seen
