"""Values and edges as tables: one row per recorded value, one row per edge."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from ingest.parquet import Derived
from ingest.production.entries import Value
from schemas.production import Produced
from schemas.vocabulary import production

SCHEMA = pa.schema(
    [
        ("run", pa.string()),
        ("object", pa.string()),
        ("object_kind", pa.string()),
        ("process_step", pa.string()),
        ("process_step_iri", pa.string()),
        ("parameter", pa.string()),
        ("parameter_iri", pa.string()),
        ("class", pa.string()),
        ("side", pa.string()),
        ("part", pa.string()),
        ("value", pa.float64()),
        ("text", pa.string()),
        ("unit", pa.string()),
        ("recorded", pa.string()),
        ("time", pa.timestamp("us", tz="UTC")),
        ("machine", pa.string()),
        ("method", pa.string()),
        ("source_sheet", pa.string()),
        ("source_row", pa.int64()),
        ("source_column", pa.string()),
    ]
)
EDGES = pa.schema(
    [
        ("input", pa.string()),
        ("input_kind", pa.string()),
        ("process_step", pa.string()),
        ("output", pa.string()),
        ("output_kind", pa.string()),
    ]
)
_BATCH_ROWS = 65_536


def batches(values: Sequence[Value], run: str) -> Iterator[pa.RecordBatch]:
    """The parameters in the order of the file; at least one batch."""
    for first in range(0, max(len(values), 1), _BATCH_ROWS):
        rows = [_row(value, run) for value in values[first : first + _BATCH_ROWS]]
        yield pa.RecordBatch.from_pylist(rows, schema=SCHEMA)


def genealogy(made: Produced) -> Derived:
    """The edges in the order of the file."""
    rows = [
        {
            "input": one.source.name,
            "input_kind": one.source.kind.value,
            "process_step": one.step,
            "output": one.product.name,
            "output_kind": one.product.kind.value,
        }
        for one in made.descents
    ]
    return Derived(pa.Table.from_pylist(rows, schema=EDGES), {})


def _row(value: Value, run: str) -> dict[str, object]:
    entry, line, named = value.entry, value.entry.line, value.entry.named
    known = named.parameter
    return {
        "run": run,
        "object": line.object.name,
        "object_kind": line.object.kind.value,
        "process_step": line.step,
        "process_step_iri": production().steps[line.step].iri or None,
        "parameter": known.id if known else named.name,
        "parameter_iri": known.iri or None if known else None,
        "class": known.group.value if known else None,
        "side": named.side,
        "part": named.part,
        "value": value.number,
        "text": value.text,
        "unit": value.unit,
        "recorded": named.recorded.value,
        "time": value.time,
        "machine": line.machine,
        "method": line.method,
        "source_sheet": entry.place.sheet,
        "source_row": entry.place.row,
        "source_column": entry.place.column,
    }
