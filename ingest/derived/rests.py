"""The table of rests: where no current flows, how the open-circuit voltage ends and whether it still moves."""

import numpy as np

from ingest.derived import described
from ingest.derived.cut import Cut
from ingest.derived.described import COUNT, FLAG, TEXT, Sort, Values, made, number_at, real
from ingest.derived.pieces import Pieces
from ingest.derived.rows import Reals
from ingest.derived.samples import Thinned
from ingest.parquet import Derived

DEFINITION = "1"
SHORTEST_S = 10.0
"""A rest lasts at least so long."""
WINDOW_S = 1800.0
"""The slope at the end is of the last quarter of a rest, and of at most so many seconds."""
ROWS_MIN = 3
RELAXED_V_PER_H = 0.001

COLUMNS: dict[str, Sort] = {
    "rest": COUNT,
    "cycle": COUNT,
    "step": COUNT,
    "after": TEXT,
    "start_row": COUNT,
    "end_row": COUNT,
    "start_time_s": real("s"),
    "duration_s": real("s"),
    "start_voltage_v": real("V"),
    "end_voltage_v": real("V"),
    "end_slope_v_per_h": real("V.h-1"),
    "relaxed": FLAG,
    "end_temperature_celsius": real("Cel"),
    "definition": TEXT,
}


class Rests:
    """Joins neighbouring pieces without current, whatever steps they are of; memory grows with rests only."""

    def __init__(self) -> None:
        self._held = Pieces.blank(0)
        self._sign = 0.0
        self._done: list[Pieces] = []
        self._after: list[float] = []
        self._slopes: list[float] = []
        self._thinned: Thinned | None = None

    @property
    def too_many(self) -> bool:
        """More rests than a table may have; it is then left out."""
        return len(self._slopes) > described.MOST_ROWS

    def finish(self) -> tuple[Pieces, Reals, Reals]:
        """All rests of some length, the direction of the current before each, and the slope (V/h) at its end."""
        if self.too_many:
            return Pieces.blank(0), np.empty(0), np.empty(0)
        self._close()
        if self._thinned is not None:
            self._slopes.append(_slope(self._thinned))
        if not self._done:
            return Pieces.blank(0), np.empty(0), np.empty(0)
        rests = Pieces.joined(self._done)
        long = rests["time_last"] - rests["began"] >= SHORTEST_S
        return Pieces(rests.values[:, long]), np.array(self._after)[long], np.array(self._slopes)[long]

    def follow(self, cut: Cut) -> None:
        """The rows of the next block."""
        if self.too_many:
            return
        still = cut.signs == 0
        ends = np.append(cut.begins[1:], len(cut.rows))
        firsts = np.flatnonzero(still & ~np.concatenate(([False], still[:-1])))
        lasts = np.flatnonzero(still & ~np.concatenate((still[1:], [False])))
        if self._thinned is not None and not still[0]:
            self._slopes.append(_slope(self._thinned))
            self._thinned = None
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            if self._thinned is None:
                self._thinned = Thinned(2)
            within = slice(cut.begins[first], ends[last])
            self._thinned.add(cut.rows.time[within], cut.rows.voltage[within])
            if last + 1 < len(still):
                self._slopes.append(_slope(self._thinned))
                self._thinned = None

    def add(self, pieces: Pieces) -> None:
        """The next complete pieces."""
        if not len(pieces) or self.too_many:
            return
        changes = np.flatnonzero(np.diff(pieces["sign"]) != 0) + 1
        bounds = np.concatenate(([0], changes)).astype(np.intp)
        groups = pieces.merged(bounds)
        for at, sign in enumerate(groups["sign"].tolist()):
            if sign:
                self._close()
                self._sign = sign
            else:
                one = Pieces(groups.values[:, at : at + 1].copy())
                whole = Pieces.joined([self._held, one]) if len(self._held) else one
                self._held = whole.merged(np.zeros(1, np.intp))

    def _close(self) -> None:
        if len(self._held):
            self._done.append(self._held)
            self._after.append(self._sign)
            self._held = Pieces.blank(0)


def _slope(thinned: Thinned) -> float:
    """Least squares over the end of a rest, in V/h; NaN where it has too few rows."""
    time, voltage = thinned.columns()
    known = np.isfinite(time) & np.isfinite(voltage)
    time, voltage = time[known], voltage[known]
    if len(time) < ROWS_MIN:
        return np.nan
    window = min(WINDOW_S, (time[-1] - time[0]) / 4)
    late = time >= time[-1] - window
    hours, volts = (time[late] - time[-1]) / 3600.0, voltage[late]
    hours, volts = hours - hours.mean(), volts - volts.mean()
    spread = float((hours * hours).sum())
    return float((hours * volts).sum()) / spread if len(hours) >= ROWS_MIN and spread > 0 else np.nan


def rest_table(found: tuple[Pieces, Reals, Reals], cycles: tuple[Reals, Reals], steps: tuple[Reals, Reals]) -> Derived:
    """The table; `cycles` and `steps` are their first rows and numbers."""
    rests, after, slopes = found
    ways = {1.0: "charge", -1.0: "discharge"}
    values: dict[str, Values] = {
        "rest": np.arange(1.0, len(rests) + 1),
        "cycle": number_at(rests["start"], *cycles),
        "step": number_at(rests["start"], *steps),
        "after": [ways.get(sign) for sign in after.tolist()],
        "start_row": rests["start"],
        "end_row": rests["end"] - 1,
        "start_time_s": rests["began"],
        "duration_s": rests["time_last"] - rests["began"],
        "start_voltage_v": rests["voltage_first"],
        "end_voltage_v": rests["voltage_last"],
        "end_slope_v_per_h": slopes,
        "relaxed": [None if np.isnan(one) else bool(abs(one) <= RELAXED_V_PER_H) for one in slopes],
        "end_temperature_celsius": rests["heat_last"],
    }
    return made(COLUMNS, values, len(rests), DEFINITION)
