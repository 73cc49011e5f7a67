"""How finely a file prints its counter, current and time: what of a difference between them is no one's fault."""

from dataclasses import dataclass, field

import numpy as np

from ingest.derived.pieces import Pieces
from ingest.derived.rows import Reals, Rows

FEWEST = 30
"""So many different values with these decimals show that there are no more."""
NEIGHBOURS = 2
"""Or so many that are one digit apart. A set-point such as 0.5 A alone does not; where it has as many decimals as the
voltage, as in 0.0002 A beside 3.7012 V, the file prints no more."""
FINEST = 12
"""Decimals beyond these are not looked for."""
WHOLE = 1e-3
"""So near to a whole number is one: values of 32 bits are no nearer."""
_PER_BLOCK, _MOST = 256, 16_384


@dataclass
class Resolution:
    """The smallest step of each column, from a sample of each block; 0 where it is not known."""

    _seen: dict[str, list[Reals]] = field(default_factory=dict)
    _tick_s: float = 0.0

    def look(self, rows: Rows, counters: list[Reals]) -> None:
        """Takes a sample of a block."""
        own = {"time": rows.time, "current": rows.current, "voltage": rows.voltage}
        for name, values in (*own.items(), *(("counter", one) for one in counters)):
            kept = self._seen.setdefault(name, [])
            if len(kept) * _PER_BLOCK < _MOST:
                kept.append(np.abs(values[:: max(1, len(values) // _PER_BLOCK)]))
        if rows.first == 0:
            between = np.diff(rows.time[:_MOST])
            runs = between[between > 0.0]
            # Rows of one time show that the clock is coarser than the sampling.
            self._tick_s = float(runs.min()) if len(runs) and (between == 0.0).sum() >= FEWEST else 0.0

    def allowed(self, steps: Pieces) -> Reals:
        """By how many Ah counter and integral may differ, for the charges of all steps and then their discharges.

        One digit of the counter, half of one of the current, a tick of the clock at full current, and what a current
        that changes steadily from row to row may have done between two.
        """
        seconds = np.concatenate([steps["seconds_in"], steps["seconds_out"]])
        rows = np.concatenate([steps["rows_in"], steps["rows_out"]])
        most, least = (np.tile(np.nan_to_num(steps[name]), 2) for name in ("most", "least"))
        tick_s = max(self._tick_s, self._digit("time"))
        between_s = seconds / np.maximum(rows, 1.0)
        amperes_s = 0.5 * self._digit("current") * seconds + tick_s * most + 0.5 * (most - least) * between_s
        return np.asarray(self._digit("counter") + amperes_s / 3600.0, np.float64)

    def _digit(self, name: str) -> float:
        """The last decimal that all values of the sample have."""
        digit, sure = self._decimal(name)
        others, known = self._decimal("voltage")
        return digit if sure else min(digit, others) if known else 0.0

    def _decimal(self, name: str) -> tuple[float, bool]:
        """The same, and whether these values alone show it."""
        values = np.unique(np.concatenate(self._seen[name])) if name in self._seen else np.zeros(0)
        values = values[np.isfinite(values) & (values > 0.0)]
        for decimals in range(FINEST + 1 if len(values) else 0):
            scaled = values * 10.0**decimals
            whole = np.rint(scaled)
            if ((whole > 0.0) & (np.abs(scaled - whole) < WHOLE)).all():
                neighbours = int((np.diff(whole, prepend=0.0) == 1.0).sum())
                return float(10.0**-decimals), neighbours >= NEIGHBOURS or len(values) >= FEWEST
        return 0.0, False
