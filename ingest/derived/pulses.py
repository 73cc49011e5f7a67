"""The table of direct-current pulses and their resistance: V and I at a time after the current began, not the first."""

from dataclasses import dataclass

import numpy as np

from ingest.derived import described
from ingest.derived.described import COUNT, TEXT, Sort, Values, made, number_at, real
from ingest.derived.pieces import TIMES_S, Pieces
from ingest.derived.regimes import CONSTANT
from ingest.derived.rows import Reals
from ingest.derived.samples import LONGEST_S, NEAR
from ingest.parquet import Derived
from schemas.ingested import Declared

DEFINITION = "2"
AT_S = 10.0
"""The resistance of the definition; the others of `TIMES_S` stand beside it."""
SHORTEST_S = 0.5
BASELINE_S = 10.0
"""Before a pulse the current was none, or another constant one, for at least so long."""
SAME = 0.02
CONTEXT, AFTER = 8, 2
"""So many pieces before a pulse are looked at for its baseline, and after it for the return to it."""
LARGE = 0.01
"""A charge of more than this part of the nominal capacity decides whether the cell is full."""
FULL_V = 0.01

COLUMNS: dict[str, Sort] = {
    "pulse": COUNT,
    "cycle": COUNT,
    "step": COUNT,
    "direction": TEXT,
    "baseline": TEXT,
    "start_row": COUNT,
    "end_row": COUNT,
    "start_time_s": real("s"),
    "duration_s": real("s"),
    "charge_ah": real("A.h"),
    "voltage_before_v": real("V"),
    "current_before_a": real("A"),
    "voltage_10s_v": real("V"),
    "current_10s_a": real("A"),
    **{f"resistance_{seconds:g}s_ohm": real("Ohm") for seconds in TIMES_S},
    "reason": TEXT,
    "soc": real("1"),
    "temperature_celsius": real("Cel"),
    "definition": TEXT,
}


@dataclass(frozen=True)
class Pulse:
    """One pulse: its piece (a column), the last row before it, and the charge (Ah, as SOC needs it) at its start."""

    piece: Pieces
    voltage_before: float
    current_before: float
    from_rest: bool
    since_full_ah: float


class Pulses:
    """Finds pulses among pieces; memory grows with pulses only."""

    def __init__(self, declared: Declared) -> None:
        self._nominal = declared.nominal_capacity_ah
        self._upper = declared.upper_voltage_v
        self._waiting = Pieces.blank(0)
        self._seen = 0
        self._found: list[Pulse] = []
        self._net = np.empty(0)
        self._full_at = np.nan

    @property
    def too_many(self) -> bool:
        """More pulses than a table may have; it is then left out."""
        return len(self._found) > described.MOST_ROWS

    def add(self, pieces: Pieces) -> None:
        """The next complete pieces; a pulse is judged once it is known what follows it."""
        if not len(pieces) or self.too_many:
            return
        self._waiting = Pieces.joined([self._waiting, pieces]) if len(self._waiting) else pieces
        before = self._net[-1] if len(self._net) else 0.0
        self._net = np.concatenate([self._net, before + np.cumsum(pieces["charge_in"] - pieces["charge_out"])])
        self._judge(len(self._waiting) - AFTER)
        drop = max(0, self._seen - CONTEXT)
        self._waiting = Pieces(self._waiting.values[:, drop:].copy())
        self._net, self._seen = self._net[drop:], self._seen - drop

    def finish(self) -> list[Pulse]:
        """All pulses."""
        self._judge(len(self._waiting))
        return [] if self.too_many else self._found

    def _judge(self, until: int) -> None:
        """Looks at the pieces up to `until` that were not looked at before."""
        start, whole, net = self._seen, self._waiting, self._net
        if until <= start:
            return
        long = whole["time_last"] - whole["began"]
        constant = (whole["sign"] != 0) & (whole["least"] >= CONSTANT * whole["most"])
        fits = constant & (long >= SHORTEST_S) & (long <= LONGEST_S)
        decided, full_at = self._full(whole.part(start, until), net[start:until])
        for at in (np.flatnonzero(fits[start:until]) + start).tolist():
            baseline = _baseline(whole, at)
            if baseline is None or not _returns(whole, at, baseline):
                continue
            charged = int(np.searchsorted(decided, at - start)) - 1
            reference = full_at[charged] if charged >= 0 else self._full_at
            piece = Pieces(whole.values[:, at : at + 1].copy())
            self._found.append(Pulse(piece, *baseline, since_full_ah=float(net[at - 1] - reference)))
        if len(decided):
            self._full_at = float(full_at[-1])
        self._seen = until

    def _full(self, pieces: Pieces, net: Reals) -> tuple[Reals, Reals]:
        """Which pieces were large charges, and the net charge at their end where the cell was full then (else NaN).

        Full is a charge that ended at constant voltage, at the upper limit where one is declared.
        """
        if not self._nominal:
            return np.empty(0), np.empty(0)
        large = np.flatnonzero(pieces["charge_in"] > LARGE * self._nominal)
        full = pieces["constant_voltage"][large] > 0
        if self._upper is not None:
            full &= pieces["voltage_last"][large] >= self._upper - FULL_V
        return large.astype(np.float64), np.where(full, net[large], np.nan)


def _baseline(pieces: Pieces, at: int) -> tuple[float, float, bool] | None:
    """Voltage and current of the last row before a pulse and whether it was at rest; None where none held long enough.

    One row between the two, with which a step begins and that has still or not yet the full current, is no baseline.
    """
    voltage, current = float(pieces["voltage_before"][at]), float(pieces["current_before"][at])
    last = at - 1
    if last > 0 and pieces["end"][last] - pieces["start"][last] == 1 and pieces["new_step"][last] > 0:
        if not _alike(pieces, last - 1, last):
            voltage, current = float(pieces["voltage_before"][last]), float(pieces["current_before"][last])
        last -= 1
    if last < 0:
        return None
    from_rest = pieces["sign"][last] == 0
    if not from_rest and pieces["least"][last] < CONSTANT * pieces["most"][last]:
        return None
    start = last
    while (
        start > 0
        and pieces["time_last"][last] - pieces["began"][start] < BASELINE_S
        and _alike(pieces, start - 1, last)
    ):
        start -= 1
    held = pieces["time_last"][last] - pieces["began"][start]
    return (voltage, current, bool(from_rest)) if held >= BASELINE_S else None


def _returns(pieces: Pieces, at: int, baseline: tuple[float, float, bool]) -> bool:
    """Whether the current was larger than before and then is none, or as before, or the file ends."""
    _, before, from_rest = baseline
    if not from_rest and pieces["least"][at] <= abs(before):
        return False
    after = at + 1
    if after + 1 < len(pieces) and pieces["end"][after] - pieces["start"][after] == 1:
        after += 1
    if after >= len(pieces) or pieces["sign"][after] == 0:
        return True
    current = pieces["sign"][after] * pieces["most"][after]
    return bool(not from_rest and abs(current - before) <= SAME * abs(before))


def _alike(pieces: Pieces, one: int, other: int) -> bool:
    """Both at rest, or both at the same constant current."""
    if pieces["sign"][one] != pieces["sign"][other]:
        return False
    return (
        bool(abs(pieces["most"][one] - pieces["most"][other]) <= SAME * pieces["most"][other])
        or not pieces["sign"][other]
    )


def pulse_table(
    found: list[Pulse], nominal_ah: float | None, cycles: tuple[Reals, Reals], steps: tuple[Reals, Reals]
) -> Derived:
    """The table; `cycles` and `steps` are their first rows and numbers."""
    count = len(found)
    pieces = Pieces.joined([one.piece for one in found]) if found else Pieces.blank(0)
    v_0, i_0 = np.array([one.voltage_before for one in found]), np.array([one.current_before for one in found])
    since_full = np.array([one.since_full_ah for one in found])
    values: dict[str, Values] = {
        "pulse": np.arange(1.0, count + 1),
        "cycle": number_at(pieces["start"], *cycles),
        "step": number_at(pieces["start"], *steps),
        "direction": ["charge" if sign > 0 else "discharge" for sign in pieces["sign"].tolist()],
        "baseline": ["rest" if one.from_rest else "constant-current" for one in found],
        "start_row": pieces["start"],
        "end_row": pieces["end"] - 1,
        "start_time_s": pieces["began"],
        "duration_s": pieces["time_last"] - pieces["began"],
        "charge_ah": pieces["charge_in"] + pieces["charge_out"],
        "voltage_before_v": v_0,
        "current_before_a": i_0,
        "voltage_10s_v": pieces["voltage_at_10s"],
        "current_10s_a": pieces["current_at_10s"],
        "soc": 1.0 + since_full / nominal_ah if nominal_ah else np.full(count, np.nan),
        "temperature_celsius": pieces["heat_last"],
    }
    reasons: list[str | None] = [None] * count
    for seconds in TIMES_S:
        resistance, why = _resistance(pieces, seconds, (v_0, i_0))
        values[f"resistance_{seconds:g}s_ohm"] = resistance
        if seconds == AT_S:
            reasons = why
    return made(COLUMNS, values | {"reason": reasons}, count, DEFINITION)


def _resistance(pieces: Pieces, seconds: float, before: tuple[Reals, Reals]) -> tuple[Reals, list[str | None]]:
    """R = (V(t) - V_0) / (I(t) - I_0) in ohm, or NaN and why not."""
    voltage, current = pieces[f"voltage_at_{seconds:g}s"], pieces[f"current_at_{seconds:g}s"]
    off = pieces[f"off_at_{seconds:g}s"]
    vague = pieces["began_off"] > NEAR * seconds
    short = pieces["time_last"] - pieces["began"] < (1 - NEAR) * seconds
    missing = ~(np.abs(off) <= NEAR * seconds)
    with np.errstate(invalid="ignore", divide="ignore"):
        resistance = (voltage - before[0]) / (current - before[1])
    refused = vague | short | missing | ~np.isfinite(resistance)
    why = np.select(
        [vague, short, missing, refused], ["start-not-known", "pulse-too-short", "no-sample", "no-value"], ""
    )
    return np.where(refused, np.nan, resistance), [one or None for one in why.tolist()]
