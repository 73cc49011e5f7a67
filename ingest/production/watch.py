"""What is odd about the times of each sensor: they go back, or a gap tells that it was silent."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.findings import Findings
from ingest.production.sensor_log import TAG, TIME
from schemas.errors import Unreadable
from schemas.report import Problem, Severity

MOST_TAGS = 10_000
_GAP_FACTOR, _GAP_S = 10.0, 60.0
"""A gap is ten times as long as the sensor's other intervals on average, and a minute at least."""

Reals = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass
class _Sensor:
    """Times in Unix seconds; `gap` is the longest interval and `gap_at` its later record, `back_at` the first fall."""

    first: float = np.nan
    last: float = np.nan
    rows: int = 0
    gap: float = 0.0
    gap_at: int = 0
    back: int = 0
    back_at: int = 0

    def take(self, times: Reals, records: Places) -> None:
        steps = np.diff(times, prepend=self.last if self.rows else times[0])
        falls = np.flatnonzero(steps < 0)
        if len(falls):
            self.back_at = self.back_at if self.back else int(records[falls[0]])
            self.back += len(falls)
        longest = int(np.argmax(steps))
        if steps[longest] > self.gap:
            self.gap, self.gap_at = float(steps[longest]), int(records[longest])
        self.first = self.first if self.rows else float(times[0])
        self.last, self.rows = float(times[-1]), self.rows + len(times)

    @property
    def usual(self) -> float:
        """Mean interval without the longest, s."""
        return (self.last - self.first - self.gap) / (self.rows - 2) if self.rows > 2 else np.inf


class Watch:
    """Sees every batch of rows once, in order; memory grows with the tags alone."""

    def __init__(self) -> None:
        self._sensors: dict[str, _Sensor] = {}

    def add(self, rows: pa.RecordBatch, records: Places) -> None:
        """`records` are the 0-based records of the file from which the rows came.

        Raises:
            Unreadable: there are more than 10 000 tags.
        """
        times: Reals = rows.column(TIME).to_numpy(zero_copy_only=False)
        encoded = rows.column(TAG).dictionary_encode()
        codes: Places = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
        order = np.argsort(codes, kind="stable")
        ends = np.searchsorted(codes[order], np.arange(len(encoded.dictionary) + 1))
        for tag, first, stop in zip(encoded.dictionary.to_pylist(), ends[:-1], ends[1:], strict=True):
            places = order[first:stop]
            places = places[np.isfinite(times[places])]
            if len(places):
                self._sensors.setdefault(tag, _Sensor()).take(times[places], records[places])
        if len(self._sensors) > MOST_TAGS:
            raise Unreadable(f"The log has more than {MOST_TAGS} tags: is the column of tags the right one?")

    def problems(self) -> Findings:
        """Findings by tag; their rows are 0-based records."""
        found = Findings()
        for tag, sensor in self._sensors.items():
            if sensor.back:
                message = f"The times of “{tag}” go back."
                hint = "Sort the log by time, or leave out what was recorded twice."
                found.add(_warning("sensor-time-goes-back", message, hint, tag, sensor.back_at, sensor.back))
            elif sensor.gap > max(_GAP_S, _GAP_FACTOR * sensor.usual):
                message = f"“{tag}” is silent for {sensor.gap:.0f} s; it is read every {sensor.usual:.3g} s otherwise."
                hint = "Nothing if the machine stood; otherwise look for the missing part of the log."
                found.add(_warning("sensor-gap", message, hint, tag, sensor.gap_at, 1))
        return found


def _warning(rule: str, message: str, hint: str, tag: str, record: int, count: int) -> Problem:
    return Problem(
        rule=rule, severity=Severity.WARNING, message=message, hint=hint, row=record, column=TAG, value=tag, count=count
    )
