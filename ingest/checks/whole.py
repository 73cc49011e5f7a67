"""What only the whole file shows: cycles against the declared cell, a cut end, rows lost on the way."""

import pyarrow as pa
import pyarrow.compute as pc

from schemas.ingested import Declared
from schemas.report import Problem, Severity

IMPLAUSIBLE = 5.0
"""A capacity so many times the nominal one is an error of unit or scale."""
DEVIATES = 0.2
LOW = 0.5
SLIPS = {1000.0: "mA or mAh taken for A or Ah", 3600.0: "hours taken for seconds", 60.0: "minutes taken for seconds"}


def cycle_problems(cycles: pa.Table, declared: Declared) -> list[Problem]:
    """Rules `capacity-implausible`, `nominal-capacity`, `no-cycles` and `cycle-truncated`."""
    if not cycles.num_rows:
        return [_note("no-cycles", "No current flows in this file, so there are no cycles.")]
    return [*_capacity(cycles, declared), *_truncated(cycles)]


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
    measured = max(_largest(cycles, "charge_capacity_ah"), _largest(cycles, "discharge_capacity_ah"))
    ratio = measured / nominal
    said = f"The largest capacity of a cycle is {measured:.4g} Ah, {ratio:.3g} times the declared {nominal:g} Ah."
    if ratio > IMPLAUSIBLE:
        slip = next((words for factor, words in SLIPS.items() if factor / 2 < ratio < factor * 2), "a wrong unit")
        hint = f"Perhaps {slip}; check the declared nominal capacity and the units of the export."
        return [_found("capacity-implausible", Severity.ERROR, said, hint, measured)]
    if ratio > 1 + DEVIATES or (ratio < LOW and _window_used(cycles, declared)):
        hint = "Check the declared nominal capacity and its unit (Ah)."
        return [_found("nominal-capacity", Severity.WARNING, said, hint, measured)]
    return []


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
    return pc.max(cycles.column(column)).as_py() or 0.0


def _note(rule: str, message: str) -> Problem:
    return Problem(rule=rule, severity=Severity.NOTE, message=message)


def _found(rule: str, severity: Severity, message: str, hint: str, value: float) -> Problem:
    return Problem(rule=rule, severity=severity, message=message, hint=hint, value=f"{value:.6g}")
