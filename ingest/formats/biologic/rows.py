"""What the rows of a BioLogic file need in their order: mean current, open circuit, electrodes, no spectrum."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.own_columns import COUNTER, WORKING
from ingest.text.steps import Columns
from schemas.report import Problem

_SECONDS = 3600.0
_OPEN_CIRCUIT = 3
CURRENT, TIME, FREQUENCY = "current_ampere", "test_time_second", "frequency_hertz"
_OF_A_SPECTRUM = (
    FREQUENCY,
    "real_impedance_ohm",
    "imaginary_impedance_ohm",
    "absolute_impedance_ohm",
    "phase_degree",
)


class _Silent:
    """A step that never has anything to say."""

    def finish(self) -> list[Problem]:
        """Nothing to say."""
        return []


class MeanCurrent(_Silent):
    """Charge since the row before (Ah) to the mean current since then (A), as EC-Lab makes its <I> of dq.

    A row without a row before, or at the same time, has 0 A where no charge flowed and no value otherwise.
    """

    def __init__(self) -> None:
        self._last = np.nan

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Divide by the time that passed."""
        time, charge = _floats(columns[TIME]), _floats(columns[CURRENT])
        if not len(time):
            return dict(columns)
        passed = np.diff(time, prepend=self._last)
        self._last = float(time[-1])
        moving = passed > 0
        current = np.where(charge == 0.0, 0.0, np.nan)
        current[moving] = charge[moving] * _SECONDS / passed[moving]
        return {**columns, CURRENT: pa.array(current, from_pandas=True)}


class AtRest(_Silent):
    """EC-Lab's mode of control to a current: 0 A where it is 3 (open circuit), no value otherwise."""

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Only rows at open circuit have a current that is known."""
        # A declared sign has turned what is not a current yet.
        rest = pc.equal(pc.abs(columns[CURRENT]), float(_OPEN_CIRCUIT))
        return {**columns, CURRENT: pc.if_else(rest, 0.0, pa.scalar(None, pa.float64()))}


class Electrodes(_Silent):
    """The voltage from the potentials of both electrodes: their difference, or the working electrode's."""

    def __init__(self, difference: bool) -> None:
        self._difference = difference

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Make the voltage; the potentials stay."""
        voltage = columns[WORKING]
        if self._difference:
            voltage = pc.subtract(voltage, columns[COUNTER])
        return {**columns, "voltage_volt": voltage}


class Spectra(_Silent):
    """Rows of frequency 0, in which a technique for impedance holds or rests, have no impedance."""

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Empty frequency and impedance where the frequency is 0."""
        out = dict(columns)
        if FREQUENCY not in columns:
            return out
        none = pc.fill_null(pc.equal(columns[FREQUENCY], 0.0), False)
        if pc.any(none).as_py():
            for name in _OF_A_SPECTRUM:
                if name in columns:
                    out[name] = pc.if_else(none, pa.scalar(None, pa.float64()), columns[name])
        return out


def _floats(values: pa.Array) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = values.to_numpy(zero_copy_only=False).astype(np.float64)
    return found
