"""What only the whole file shows: cycles against the declared cell, a cut end, rows lost on the way."""

import math

import pyarrow as pa
import pyarrow.compute as pc

from schemas.ingested import Declared
from schemas.report import Problem, Severity

IMPLAUSIBLE = 5.0
"""A capacity so many times the nominal one is an error of unit or scale."""
DEVIATES = 0.2
LOW = 0.5
SLIPS = {
    10.0: "a current range multiplied wrongly (×10)",
    60.0: "seconds taken for minutes",
    100.0: "a current range multiplied wrongly (×100)",
    1000.0: "mA or mAh taken for A or Ah, or milliseconds for seconds",
    3600.0: "seconds taken for hours",
    1e6: "µA taken for A, or microseconds for seconds",
}
FASTEST, SLOWEST = 100.0, 1e-3
"""C-rates in 1/h beyond which nominal capacity and current cannot both be right."""


def cycle_problems(cycles: pa.Table, declared: Declared) -> list[Problem]:
    """Rules of cycles: `capacity-implausible`, `nominal-capacity`, `rate-implausible`, `cycles-declared` and others."""
    if not cycles.num_rows:
        return [_note("no-cycles", "No current flows in this file, so there are no cycles.")]
    found = [*_capacity(cycles, declared), *_rate(cycles, declared), *_count(cycles, declared)]
    return [*found, *_truncated(cycles)]


def capacity_of(cycles: pa.Table, declared: Declared) -> float:
    """The cell's capacity in Ah, as declared, else as the largest cycle shows it."""
    return declared.nominal_capacity_ah or _measured(cycles)


def row_problems(rows_in: int, rows_out: int) -> list[Problem]:
    """Rule `rows-lost`: the file had more records than the table has rows."""
    if rows_in <= rows_out:
        return []
    return [
        Problem(
            rule="rows-lost",
            severity=Severity.WARNING,
            message=f"{rows_in - rows_out} of the file's {rows_in} records are not in the table.",
            hint="The other findings of this report say which; the raw file keeps them all.",
            count=rows_in - rows_out,
        )
    ]


def _capacity(cycles: pa.Table, declared: Declared) -> list[Problem]:
    nominal = declared.nominal_capacity_ah
    if not nominal:
        return []
    measured = _measured(cycles)
    ratio = measured / nominal
    said = f"The largest capacity of a cycle is {measured:.4g} Ah, {ratio:.3g} times the declared {nominal:g} Ah."
    if ratio > IMPLAUSIBLE:
        nearest = min(SLIPS, key=lambda factor: abs(math.log(ratio / factor)))
        slip = SLIPS[nearest] if nearest / 2 < ratio < nearest * 2 else "a wrong unit"
        hint = f"Perhaps {slip}; check the declared nominal capacity and the units of the export."
        return [_found("capacity-implausible", Severity.ERROR, said, hint, measured)]
    if ratio > 1 + DEVIATES or (ratio < LOW and _window_used(cycles, declared)):
        hint = "Check the declared nominal capacity and its unit (Ah)."
        return [_found("nominal-capacity", Severity.WARNING, said, hint, measured)]
    return []


def _rate(cycles: pa.Table, declared: Declared) -> list[Problem]:
    nominal = declared.nominal_capacity_ah
    if not nominal:
        return []
    peak = _largest(cycles, "max_abs_current_a")
    whole = cycles.column("coulombic_efficiency").null_count < cycles.num_rows
    if peak <= FASTEST * nominal and not (whole and peak < SLOWEST * nominal):
        return []
    said = f"The largest current is {peak:.4g} A, {peak / nominal:.3g} per hour of the declared {nominal:g} Ah."
    hint = "Check the declared nominal capacity (Ah) and the unit of the current (A)."
    return [_found("rate-implausible", Severity.WARNING, said, hint, peak)]


def _count(cycles: pa.Table, declared: Declared) -> list[Problem]:
    if declared.cycles is None:
        return []
    numbers, cut = cycles.column("cycle").to_pylist(), cycles.column("truncated").to_pylist()
    whole = sum(1 for number, short in zip(numbers, cut, strict=True) if number and not short)
    if whole == declared.cycles:
        return []
    said = f"The file has {whole} whole cycles, declared are {declared.cycles}."
    if numbers[-1] and cut[-1]:
        said = f"The file has {whole} whole cycles and a cut one, declared are {declared.cycles}."
    hint = "Correct the declared number (formation and check-up cycles count), or accept it with the reason."
    return [_found("cycles-declared", Severity.WARNING, said, hint, whole)]


def _measured(cycles: pa.Table) -> float:
    return max(_largest(cycles, "charge_capacity_ah"), _largest(cycles, "discharge_capacity_ah"))


def _window_used(cycles: pa.Table, declared: Declared) -> bool:
    """Whether a cycle went through most of the declared voltage window; otherwise a small capacity says nothing."""
    low, high = declared.lower_voltage_v, declared.upper_voltage_v
    if low is None or high is None or high <= low:
        return False
    spans = pc.subtract(cycles.column("max_voltage_v"), cycles.column("min_voltage_v"))
    return bool((pc.max(spans).as_py() or 0.0) > 0.9 * (high - low))


def _truncated(cycles: pa.Table) -> list[Problem]:
    last = cycles.slice(cycles.num_rows - 1).to_pylist()[0]
    if not last["truncated"]:
        return []
    return [_note("cycle-truncated", f"The file ends within cycle {last['cycle']}: its efficiencies are left out.")]


def _largest(cycles: pa.Table, column: str) -> float:
    found: float | None = pc.max(cycles.column(column)).as_py()
    return found or 0.0


def _note(rule: str, message: str) -> Problem:
    return Problem(rule=rule, severity=Severity.NOTE, message=message)


def _found(rule: str, severity: Severity, message: str, hint: str, value: float) -> Problem:
    return Problem(rule=rule, severity=severity, message=message, hint=hint, value=f"{value:.6g}")
