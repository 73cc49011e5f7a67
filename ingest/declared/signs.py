"""A declared sign of the current: where discharging counts as positive, current and power are turned."""

from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from ingest.reader import Reading
from ingest.text.steps import Columns, Step
from schemas.ingested import Declared
from schemas.instructions import CurrentSign
from schemas.report import Problem, Severity

TURNED = ("current_ampere", "power_watt")
"""What follows the sign of the current; counters of charge and energy stay as the file has them."""
RULE = "turned, as the uploader declares that discharging counts as positive"
_NET = frozenset(f"{of}net_{what}" for of in ("", "step_", "cycle_") for what in ("capacity_ah", "energy_wh"))


class Turn:
    """Current and power with the other sign, as a `Step`."""

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Turn them; 0 stays 0."""
        return {name: pc.subtract(0.0, column) if name in TURNED else column for name, column in columns.items()}

    def finish(self) -> list[Problem]:
        """Nothing to say."""
        return []


def turn_of(reading: Reading, declared: Declared) -> Callable[[], tuple[Step, ...]]:
    """The step that follows the declared sign, if one is needed; its factor is recorded with the reading."""
    if declared.reading.current_sign is not CurrentSign.DISCHARGE_POSITIVE or reading.turned:
        return tuple
    reading.turned = True
    reading.conversions = [
        one.model_copy(update={"factor": -one.factor, "rule": "; ".join(part for part in (one.rule, RULE) if part)})
        if one.column in TURNED
        else one
        for one in reading.conversions
    ]
    net = [one.column for one in reading.conversions if one.column in _NET]
    if net:
        reading.problems.append(_kept(net))
    return lambda: (Turn(),)


def turned(batches: Iterator[pa.RecordBatch], reading: Reading, declared: Declared) -> Iterator[pa.RecordBatch]:
    """The batches of a reading with the declared sign, unless its reader has followed it."""
    steps = turn_of(reading, declared)()
    return (_through(steps, batch) for batch in batches)


def _through(steps: tuple[Step, ...], batch: pa.RecordBatch) -> pa.RecordBatch:
    columns: Columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    for step in steps:
        columns = step.apply(columns, 0)
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=batch.schema)


def _kept(net: list[str]) -> Problem:
    return Problem(
        rule="sign-kept",
        severity=Severity.NOTE,
        message=f"The current was turned as declared; {', '.join(net)} stay as the file has them.",
        hint="They may count discharging as positive, too; the cycle table does not use them.",
        column=net[0],
    )
