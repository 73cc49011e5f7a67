"""Pieces: rows of one step in one direction of the current, as columns of a matrix that can be joined again."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.derived.rows import Flags, Places, Reals

TIMES_S = (1.0, 10.0, 18.0, 30.0)
"""How long after a pulse began its resistance is taken."""

SUMMED = (
    "seconds",
    "seconds_in",
    "seconds_out",
    "rows_in",
    "rows_out",
    "charge_in",
    "charge_out",
    "energy_in",
    "energy_out",
    "constant_current",
    "constant_voltage",
    "counter_in",
    "counter_out",
    "counter_jumps",
)
SMALLEST = ("lowest", "least")
LARGEST = ("highest", "most", "hottest")
FIRST = (
    "start",
    "new_step",
    "sign",
    "time_before",
    "voltage_before",
    "current_before",
    "time_first",
    "voltage_first",
    "began",
    "began_off",
    "step_count",
    "step_id",
    "cycle_count",
    "step_type",
    # In this order; `near` relies on it.
    *(f"{what}_at_{seconds:g}s" for seconds in TIMES_S for what in ("off", "voltage", "current")),
)
LAST = ("end", "time_last", "voltage_last", "current_last", "heat_last")
FIELDS = (*SUMMED, *SMALLEST, *LARGEST, *FIRST, *LAST)
_AT = {name: at for at, name in enumerate(FIELDS)}
_SUMMED = slice(0, len(SUMMED))
_SMALLEST = slice(_SUMMED.stop, _SUMMED.stop + len(SMALLEST))
_LARGEST = slice(_SMALLEST.stop, _SMALLEST.stop + len(LARGEST))
_FIRST = slice(_LARGEST.stop, _LARGEST.stop + len(FIRST))
_NEAR = slice(_FIRST.stop - 3 * len(TIMES_S), _FIRST.stop)
_LAST = slice(_FIRST.stop, _FIRST.stop + len(LAST))


class Pieces:
    """Consecutive pieces, a column each; unknown values are NaN.

    Units are s, A (without direction in `least` and `most`), V, °C, and Ah and Wh by direction of the current; `start`
    and `end` are row numbers in the file, `end` the first behind. `…_before` is the row before the first.
    `began` is when the current began to flow so (test time) and `began_off` how much earlier that may have been;
    `voltage_at_10s` and `current_at_10s` are of the row nearest to 10 s after it, `off_at_10s` how far that is.
    `step_type` is a number of `Cutter.texts`.
    """

    __slots__ = ("values",)

    def __init__(self, values: Reals) -> None:
        self.values = values

    @classmethod
    def blank(cls, count: int) -> "Pieces":
        """So many pieces with all values unknown."""
        return cls(np.full((len(FIELDS), count), np.nan))

    @classmethod
    def joined(cls, parts: Sequence["Pieces"]) -> "Pieces":
        """One behind the other."""
        return parts[0] if len(parts) == 1 else cls(np.concatenate([part.values for part in parts], axis=1))

    def __len__(self) -> int:
        return int(self.values.shape[1])

    def __getitem__(self, name: str) -> Reals:
        row: Reals = self.values[_AT[name]]
        return row

    def set_at(self, first: str, rows: Reals) -> None:
        """Several fields at once: `first` and those that stand behind it."""
        at = _AT[first]
        self.values[at : at + len(rows)] = rows

    def __setitem__(self, name: str, values: Reals | NDArray[np.int64] | Places | Flags | float) -> None:
        self.values[_AT[name]] = values

    @property
    def near(self) -> Reals:
        """`off_at_…`, `voltage_at_…` and `current_at_…` by time, which of the three, and piece; sharing memory."""
        return self.values[_NEAR].reshape(len(TIMES_S), 3, len(self))

    def part(self, start: int, stop: int) -> "Pieces":
        """Some of them, sharing memory."""
        return Pieces(self.values[:, start:stop])

    def take_before(self, earlier: "Pieces") -> None:
        """The first of them is what one `earlier` piece became."""
        ours, theirs = self.values[:, 0], earlier.values[:, 0]
        ours[_SUMMED] += theirs[_SUMMED]
        np.fmin(ours[_SMALLEST], theirs[_SMALLEST], out=ours[_SMALLEST])
        np.fmax(ours[_LARGEST], theirs[_LARGEST], out=ours[_LARGEST])
        ours[_FIRST] = theirs[_FIRST]

    def merged(self, begins: Places) -> "Pieces":
        """Each piece together with those that follow it up to the next of `begins`, which begin with 0."""
        values = self.values
        ends = np.append(begins[1:], len(self)) - 1
        out = np.empty((len(FIELDS), len(begins)))
        np.add.reduceat(values[_SUMMED], begins, axis=1, out=out[_SUMMED])
        np.fmin.reduceat(values[_SMALLEST], begins, axis=1, out=out[_SMALLEST])
        np.fmax.reduceat(values[_LARGEST], begins, axis=1, out=out[_LARGEST])
        out[_FIRST] = values[_FIRST][:, begins]
        out[_LAST] = values[_LAST][:, ends]
        return Pieces(out)
