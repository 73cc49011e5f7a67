"""The step table: one row per executed step of the program, or per piece where a file counts no steps."""

from itertools import pairwise

import numpy as np

from ingest.derived import described
from ingest.derived.cut import Cut
from ingest.derived.described import COUNT, TEXT, Sort, Values, made, number_at, real
from ingest.derived.pieces import Pieces
from ingest.derived.rows import Flags, Reals
from ingest.derived.samples import KEPT, Thinned
from ingest.derived.stretches import SECONDS_PER_HOUR
from ingest.parquet import Derived
from schemas.quantities import QUANTITIES

DEFINITION = "2"
HELD = 256
MANY = 64
"""So many steps in a block have their medians found together."""
PURE = 0.99
"""A step is of one regime when it moved at least this part of its charge so."""
REST = 0.01
"""A step at rest is under current in less than this part of its time, and of its rows or in one of them."""
BOTH = 0.02
"""A step that moved more than this part against its direction is of no kind."""

COLUMNS: dict[str, Sort] = {
    "step": COUNT,
    "step_count": Sort(COUNT.type, "1", QUANTITIES["step_count"].iri),
    "step_id": Sort(COUNT.type, "", QUANTITIES["step_id"].iri),
    "cycle_count": Sort(COUNT.type, "1", QUANTITIES["cycle_count"].iri),
    "step_type": Sort(TEXT.type, "", QUANTITIES["step_type"].iri),
    "cycle": COUNT,
    "kind": TEXT,
    "start_row": COUNT,
    "end_row": COUNT,
    "start_time_s": real("s"),
    "duration_s": real("s"),
    "mean_current_a": real("A"),
    "median_current_a": real("A"),
    "end_current_a": real("A"),
    "start_voltage_v": real("V"),
    "end_voltage_v": real("V"),
    "min_voltage_v": real("V"),
    "max_voltage_v": real("V"),
    "charge_capacity_ah": real("A.h", QUANTITIES["step_charging_capacity_ah"].iri),
    "discharge_capacity_ah": real("A.h", QUANTITIES["step_discharging_capacity_ah"].iri),
    "charge_energy_wh": real("W.h", QUANTITIES["step_charging_energy_wh"].iri),
    "discharge_energy_wh": real("W.h", QUANTITIES["step_discharging_energy_wh"].iri),
    "counter": TEXT,
    "counter_charge_capacity_ah": real("A.h"),
    "counter_discharge_capacity_ah": real("A.h"),
    "counter_difference_ppm": real("[ppm]"),
    "counter_jumps": COUNT,
    "cc_share": real("1"),
    "cv_share": real("1"),
    "max_temperature_celsius": real("Cel"),
    "end_temperature_celsius": real("Cel"),
    "definition": TEXT,
}


class Steps:
    """Groups pieces by step and follows the current of the open one; memory grows with steps only."""

    def __init__(self) -> None:
        self._held = Pieces.blank(0)
        self._done: list[Pieces] = []
        self._medians: list[float] = []
        self._thinned: Thinned | None = None
        self._count = 0

    @property
    def too_many(self) -> bool:
        """More steps than a table of steps may have; it is then left out."""
        return self._count > described.MOST_ROWS

    def finish(self) -> Pieces:
        """All steps; none where there are too many."""
        if self.too_many:
            return Pieces.blank(0)
        if len(self._held):
            self._done.append(self._held.merged(np.zeros(1, np.intp)))
        if self._thinned is not None:
            self._medians.append(_median(self._thinned))
        return Pieces.joined(self._done) if self._done else Pieces.blank(0)

    @property
    def medians(self) -> Reals:
        """The median current of each step, once finished."""
        return np.array([] if self.too_many else self._medians)

    def follow(self, cut: Cut) -> None:
        """The rows of the next block."""
        if self.too_many:
            return
        begins = cut.begins[cut.steps].tolist()
        current = cut.rows.current
        edges = [*begins, len(current)]
        if self._thinned is not None and edges[0]:
            self._thinned.add(current[: edges[0]])
        if not begins:
            return
        if self._thinned is not None:
            self._medians.append(_median(self._thinned))
        self._medians += _medians(current, edges)
        self._thinned = Thinned(1)
        self._thinned.add(current[edges[-2] :])

    def add(self, pieces: Pieces) -> None:
        """The next complete pieces."""
        if not len(pieces) or self.too_many:
            return
        held = Pieces.joined([self._held, pieces]) if len(self._held) else pieces
        bounds = np.flatnonzero(held["new_step"] > 0)
        last = int(bounds[-1])
        if last:
            self._done.append(held.part(0, last).merged(bounds[:-1]))
            self._count += len(bounds) - 1
        held = Pieces(held.values[:, last:].copy())
        self._held = held.merged(np.zeros(1, np.intp)) if len(held) > HELD else held


def _medians(current: Reals, edges: list[int]) -> list[float]:
    """The medians of steps that begin and end in a block: between each two of `edges`, without the last, open one."""
    sizes = np.diff(edges[:-1])
    if len(sizes) < MANY or sizes.max() > 2 * KEPT:
        found = []
        for start, stop in pairwise(edges[:-1]):
            thinned = Thinned(1)
            thinned.add(current[start:stop])
            found.append(_median(thinned))
        return found
    within = current[edges[0] : edges[-2]]
    ordered = within[np.lexsort((within, np.repeat(np.arange(len(sizes)), sizes)))]
    starts = np.cumsum(sizes) - sizes
    medians: list[float] = ((ordered[starts + (sizes - 1) // 2] + ordered[starts + sizes // 2]) / 2).tolist()
    return medians


def _median(thinned: Thinned) -> float:
    (current,) = thinned.columns()
    low, high = (len(current) - 1) // 2, len(current) // 2
    parted = np.partition(current, (low, high))
    return float((parted[low] + parted[high]) / 2)


def step_kinds(steps: Pieces) -> list[str]:
    """What each step was: rest, cc-charge, cv-charge, cccv-charge and so for discharge, or other."""
    into, out = steps["charge_in"], steps["charge_out"]
    charge, less = into + out, np.minimum(into, out)
    under = steps["rows_in"] + steps["rows_out"]
    with np.errstate(invalid="ignore", divide="ignore"):
        driven, held = steps["constant_current"] / charge, steps["constant_voltage"] / charge
        rows_under = under / (steps["end"] - steps["start"])
        time_under = (steps["seconds_in"] + steps["seconds_out"]) / steps["seconds"]
        against = less / np.maximum(into, out)
    rest: Flags = (under == 0) | (((under <= 1) | (rows_under < REST)) & (time_under < REST))
    whole = ~rest & (against <= BOTH)
    regime = np.select(
        [whole & (driven >= PURE), whole & (held >= PURE), whole & (driven + held >= PURE)], ["cc", "cv", "cccv"], ""
    )
    ways = np.where(into >= out, "charge", "discharge")
    return [
        "rest" if at_rest else f"{one}-{way}" if one else "other"
        for at_rest, one, way in zip(rest.tolist(), regime.tolist(), ways.tolist(), strict=True)
    ]


def step_table(
    steps: Pieces, medians: Reals, kinds: list[str], cycles: tuple[Reals, Reals], counter: str, texts: list[str | None]
) -> Derived:
    """The table of these steps; `cycles` are first rows and numbers of the own cycles."""
    count = len(steps)
    into, out = steps["charge_in"], steps["charge_out"]
    with np.errstate(invalid="ignore", divide="ignore"):
        main = np.where(into >= out, into, out)
        counted = np.where(into >= out, steps["counter_in"], steps["counter_out"])
        values: dict[str, Values] = {
            "step": np.arange(1.0, count + 1),
            "cycle": number_at(steps["start"], *cycles),
            "kind": [*kinds],
            "start_row": steps["start"],
            "end_row": steps["end"] - 1,
            "start_time_s": steps["began"],
            "duration_s": steps["seconds"],
            "mean_current_a": (into - out) * SECONDS_PER_HOUR / steps["seconds"],
            "median_current_a": medians,
            "end_current_a": steps["current_last"],
            "start_voltage_v": steps["voltage_first"],
            "end_voltage_v": steps["voltage_last"],
            "min_voltage_v": steps["lowest"],
            "max_voltage_v": steps["highest"],
            "charge_capacity_ah": into,
            "discharge_capacity_ah": out,
            "charge_energy_wh": steps["energy_in"],
            "discharge_energy_wh": steps["energy_out"],
            "counter": [counter or None] * count,
            "counter_charge_capacity_ah": steps["counter_in"],
            "counter_discharge_capacity_ah": steps["counter_out"],
            "counter_difference_ppm": np.where(np.array(kinds) == "rest", np.nan, (counted - main) / main * 1e6),
            "counter_jumps": steps["counter_jumps"],
            "cc_share": steps["constant_current"] / (into + out),
            "cv_share": steps["constant_voltage"] / (into + out),
            "max_temperature_celsius": steps["hottest"],
            "end_temperature_celsius": steps["heat_last"],
            "step_type": [None if np.isnan(code) else texts[int(code)] for code in steps["step_type"]],
        }
    values |= {name: steps[name] for name in ("step_count", "step_id", "cycle_count")}
    return made(COLUMNS, values, count, DEFINITION)
