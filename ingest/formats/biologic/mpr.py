"""BioLogic's binary files (.mpr): the same columns by the same rules as its text exports, extracted by yadg."""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.clocks.starts import note_start
from ingest.declared.mapping import mapped
from ingest.formats.biologic import eclab
from ingest.formats.biologic.mpr_process import Extracted, extract
from ingest.own_columns import DESCRIBED
from ingest.reader import Head, Reading
from ingest.text.headers import Source, conversion, match
from ingest.text.reader import KEPT_LINES
from ingest.text.steps import Constant, Step
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.quantities import Kind
from schemas.report import Problem, Severity

_MAGIC = b"BIO-LOGIC MODULAR FILE"
_BATCH_ROWS = 262_144
_OLE_EPOCH = datetime(1899, 12, 30)
_LONGEST = 300


class BioLogicBinary:
    """A `Reader` for the files that EC-Lab and BT-Lab record."""

    name = "BioLogic mpr"
    version = "1"

    def recognises(self, head: Head) -> bool:
        """True by the file's first words."""
        return head.start.startswith(_MAGIC)

    def read(self, head: Head, declared: Declared) -> Reading:
        """Extract the whole file; `batches` hands it over.

        Raises:
            Unreadable: the reader for .mpr files is not installed, or the file is damaged, unknown or lacks a column.
        """
        with tempfile.TemporaryDirectory() as folder:
            found = extract(head.path, head.filename, Path(folder))
        _check_known(found.said, head.filename)
        # Not the file's own: the time that yadg makes of start and time.
        headings = [heading for heading in found.columns if heading != "uts/s"]
        settings = found.described.get("settings", {})
        technique, reference = (str(settings.get(name, "")) for name in ("technique", "reference_electrode"))
        named = eclab.names(headings)
        way = eclab.way(named, technique, declared, reference.replace("(unspecified)", ""))
        meant = mapped(headings, declared.reading.columns, way.fields, eclab.SPELLING)
        matched = match(headings, way.fields, eclab.SPELLING, [given.name for given in way.given], meant)
        known = {source.quantity.name for source in matched.sources}
        given = [one for one in way.given if one.name not in known]
        reading = Reading(
            batches=iter(()),
            conversions=[*(conversion(source, "") for source in matched.sources), *(one.conversion for one in given)],
            instrument="BioLogic",
            header=_header(found.described),
            problems=[*_doubts(found.said, matched.sources), *matched.problems, *way.problems],
            described=DESCRIBED,
        )
        steps = (*(Constant(one.name, one.value) for one in given), *way.steps())
        reading.batches = _batches(matched.sources, found, steps, reading)
        if started := _started(found.described):
            note_start(reading, started, declared)
        return reading


def _batches(
    sources: Sequence[Source], found: Extracted, steps: Sequence[Step], reading: Reading
) -> Iterator[pa.RecordBatch]:
    arrays = {source.quantity.name: _canonical(source, found.columns[source.heading]) for source in sources}
    rows = len(next(iter(arrays.values())))
    if not rows:
        raise Unreadable("The file holds no row of data: the technique was not run, or the file was not closed.")
    for first in range(0, rows, _BATCH_ROWS):
        batch = {name: values.slice(first, _BATCH_ROWS) for name, values in arrays.items()}
        for step in steps:
            batch = step.apply(batch, first)
        made = pa.RecordBatch.from_pydict(batch)
        reading.rows_in += made.num_rows
        yield made


def _canonical(source: Source, raw: npt.NDArray[Any]) -> pa.Array:
    if source.quantity.kind is Kind.COUNT:
        return pa.array(raw.astype(np.int64))
    values = raw.astype(np.float64)
    if source.unit is not None:
        values = values * source.unit.factor + source.unit.offset
    return pa.array(values, from_pandas=True)


def _started(described: Mapping[str, Any]) -> str | None:
    """The start as the recording computer's clock showed it: days since the end of 1899 in the file's log."""
    days = float(described.get("log", {}).get("ole_timestamp", 0.0))
    if not 30_000 < days < 100_000:
        return None
    moment = _OLE_EPOCH + timedelta(milliseconds=round(days * 86_400_000))
    return moment.isoformat(sep=" ", timespec="milliseconds")


def _header(described: Mapping[str, Any]) -> dict[str, str]:
    """Settings, parameters and log as the text export's settings: one entry each."""
    lines = {
        f"{part}: {name}": str(value)[:_LONGEST]
        for part in ("settings", "params", "log")
        for name, value in described.get(part, {}).items()
        if str(value).strip()
    }
    return dict(list(lines.items())[:KEPT_LINES])


def _check_known(said: str, filename: str) -> None:
    """Raises `Unreadable` where a column is unknown, as those behind it may then be read from the wrong bytes."""
    if "Unknown column ID" in said:
        raise Unreadable(
            f"“{filename}” has a kind of column that is not known here, so its values could be taken from the wrong "
            "place. Export it as text (.mpt) from EC-Lab or BT-Lab, and report this file."
        )


def _doubts(said: str, taken: Sequence[Source]) -> list[Problem]:
    """Columns that were taken and of whose meaning the extraction was not sure."""
    names = {eclab.split(source.heading)[0] for source in taken}
    doubted = [
        name for name in re.findall(r"Column ID [^\n]*? (?:of|as) '([^'\n]+)'", said, re.IGNORECASE) if name in names
    ]
    return [
        Problem(
            rule="doubtful-column",
            severity=Severity.WARNING,
            message=f"It is not certain that “{name}” holds what its name says: the column's number has two meanings.",
            hint="Compare the table with EC-Lab's own text export (.mpt), or upload that.",
            column=name,
        )
        for name in dict.fromkeys(doubted)
    ]


READERS = (BioLogicBinary(),)
