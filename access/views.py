"""What the views keep of each table, as data: axes of a selection, and the only columns that a blinded table has."""

from collections.abc import Collection, Sequence

ROW = "row"
"""Column with the number of each row, from 0, that a selection without an axis gets."""
TIME = "test_time_second"
_AXES: dict[str, tuple[str, ...]] = {
    "timeseries": (TIME, "unix_time_second", "record_index"),
    "cycles": ("cycle",),
    "steps": ("step",),
    "rests": ("rest",),
    "pulses": ("pulse",),
    "impedance": ("frequency_hertz",),
}

OF_CYCLES = frozenset({"cycle", "start_row", "end_row"})
"""Columns of the table of cycles by which the rows of a cycle are found; a view without them does not tell."""

BLINDED: dict[str, tuple[str, ...]] = {
    "timeseries": (TIME, "voltage_volt", "current_ampere", "surface_temperature_celsius"),
    "cycles": (
        "cycle",
        "charge_capacity_ah",
        "discharge_capacity_ah",
        "charge_energy_wh",
        "discharge_energy_wh",
        "coulombic_efficiency",
        "energy_efficiency",
        "mean_charge_voltage_v",
        "mean_discharge_voltage_v",
        "min_voltage_v",
        "max_voltage_v",
        "charge_cc_share",
        "charge_cv_share",
        "charge_current_a",
        "discharge_current_a",
        "max_abs_current_a",
        "max_temperature_celsius",
        "duration_s",
        "truncated",
    ),
    "steps": (
        "step",
        "cycle",
        "kind",
        "start_time_s",
        "duration_s",
        "mean_current_a",
        "median_current_a",
        "end_current_a",
        "start_voltage_v",
        "end_voltage_v",
        "min_voltage_v",
        "max_voltage_v",
        "charge_capacity_ah",
        "discharge_capacity_ah",
        "charge_energy_wh",
        "discharge_energy_wh",
        "cc_share",
        "cv_share",
        "max_temperature_celsius",
        "end_temperature_celsius",
    ),
    "rests": (
        "rest",
        "cycle",
        "step",
        "after",
        "start_time_s",
        "duration_s",
        "start_voltage_v",
        "end_voltage_v",
        "end_slope_v_per_h",
        "relaxed",
        "end_temperature_celsius",
    ),
    "pulses": (
        "pulse",
        "cycle",
        "step",
        "direction",
        "baseline",
        "start_time_s",
        "duration_s",
        "charge_ah",
        "voltage_before_v",
        "current_before_a",
        "voltage_10s_v",
        "current_10s_a",
        "resistance_1s_ohm",
        "resistance_10s_ohm",
        "resistance_18s_ohm",
        "resistance_30s_ohm",
        "reason",
        "temperature_celsius",
    ),
    "impedance": (
        "spectrum",
        "cycle",
        "step",
        TIME,
        "frequency_hertz",
        "real_impedance_ohm",
        "imaginary_impedance_ohm",
        "absolute_impedance_ohm",
        "phase_degree",
        "voltage_volt",
        "current_ampere",
        "temperature_celsius",
    ),
}
"""Columns that stay; every blinded table of a name has all of them, in this order. Others are dropped, known or not.

Left out on purpose: clock times, the file's own counters and step names (they tell the cycler), rows of the file, what
was worked out with values that the owner declared, and versions of definitions (they tell when a file was read).
A table that is not here, as those of production, has no blinded form.
"""

FROM_THE_BEGINNING = frozenset({TIME, "start_time_s"})
"""Times that are counted anew from the first of the test."""

WORDS: dict[str, frozenset[str]] = {
    "kind": frozenset(
        {"rest", "other", "pulse-charge", "pulse-discharge"}
        | {f"{regime}-{way}" for regime in ("cc", "cv", "cccv") for way in ("charge", "discharge")}
    ),
    "after": frozenset({"charge", "discharge"}),
    "direction": frozenset({"charge", "discharge"}),
    "baseline": frozenset({"rest", "constant-current"}),
    "reason": frozenset({"pulse-too-short", "start-not-known", "no-sample", "no-value"}),
}
"""The only text that a blinded table has; another cell of it becomes empty."""


def selection(table: str, there: Sequence[str], allowed: Collection[str]) -> tuple[str, ...]:
    """The allowed ones of a table's columns in their order, with `row` before them where none is an axis.

    None where no column is allowed.
    """
    kept = tuple(name for name in there if name in allowed)
    if not kept or any(name in kept for name in _AXES.get(table, ())):
        return kept
    return (ROW, *kept)
