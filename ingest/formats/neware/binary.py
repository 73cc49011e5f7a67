"""Neware's binary files (.nda, .ndax), by way of the library fastnda."""

import logging
import re
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingest.clocks import instant
from ingest.reader import Head, Reading
from schemas.errors import Unreadable
from schemas.ingested import Conversion, Declared
from schemas.quantities import QUANTITIES, Kind
from schemas.report import Problem, Severity

_BATCH_ROWS = 262_144
_NAIVE_CLOCK_BEFORE = 29
"""Files of an earlier version print only a local start time; nothing absolute can be made of it."""
_TYPES = {Kind.REAL: pa.float64(), Kind.COUNT: pa.int64(), Kind.TEXT: pa.string()}
_RULES = {
    "current_ampere": ("current", "mA", 1e-3, "charge positive as recorded"),
    "cycle_count": ("cycle", "1", 1.0, "as recorded, not renumbered"),
    "step_net_capacity_ah": ("capacity", "mAh", 1e-3, "charge minus discharge within the step"),
    "step_net_energy_wh": ("energy", "mWh", 1e-3, "charge minus discharge within the step"),
}


class Neware:
    """A `Reader` for files of BTS 7 to 9."""

    name = "Neware nda/ndax"
    version = "1"

    def recognises(self, head: Head) -> bool:
        """True by the file's own marks, or by its name where an archive is damaged."""
        if head.start.startswith(b"NEWARE"):
            return True
        return head.start.startswith(b"PK\x03\x04") and _is_ndax(head)

    def read(self, head: Head, declared: Declared) -> Reading:
        """Read the whole file; `batches` hands it over.

        Raises:
            Unreadable: the library cannot make records of it.
        """
        with _as_named(head) as path:
            frame, said = _frame(path, head.filename)
            version = _nda_version(path)
        table = frame.to_arrow()
        if not table.num_rows:
            raise Unreadable(f"“{head.filename}” holds no records: export it again.")
        keep, problems = _kept(table, said, version)
        problems += [_warned(message, table.num_rows) for message in said if "Raw cycle column" not in message]
        reading = Reading(
            batches=iter(()),
            conversions=[_conversion(source, name) for source, name in keep.items()],
            instrument="Neware",
            problems=problems,
        )
        if "unix_time_second" in keep:
            reading.started_at = instant(table["unix_time_second"][0].as_py())
        reading.batches = _batches(table, keep, reading)
        return reading


def _batches(table: pa.Table, keep: dict[str, str], reading: Reading) -> Iterator[pa.RecordBatch]:
    schema = pa.schema([(name, _TYPES[QUANTITIES[name].kind]) for name in keep.values()])
    chosen = table.select(list(keep)).rename_columns(list(keep.values())).cast(schema)
    for batch in chosen.combine_chunks().to_batches(_BATCH_ROWS):
        reading.rows_in += batch.num_rows
        yield batch


def _kept(table: pa.Table, said: list[str], version: int | None) -> tuple[dict[str, str], list[Problem]]:
    """Columns of the library that are terms of the vocabulary, and what is said of the others."""
    keep: dict[str, str] = {}
    left: list[str] = []
    problems: list[Problem] = []
    for source in table.column_names:
        name = source if source in QUANTITIES else _sensor(source)
        if name is None or name in keep.values():
            left.append(source)
        else:
            keep[source] = name
    if any("Raw cycle column" in message for message in said):
        keep.pop("cycle_count", None)
        problems.append(_note("cycles-not-recorded", "The file records no cycle number, so there is no cycle_count."))
    if version is not None and version < _NAIVE_CLOCK_BEFORE and "unix_time_second" in keep:
        del keep["unix_time_second"]
        problems.append(_note("time-without-zone", "The file prints a local start time only: no Unix time was made."))
    if left:
        problems.append(
            _note("column-unknown", f"Columns without a term stay in the raw file only: {', '.join(left)}.")
        )
    return keep, problems


def _sensor(source: str) -> str | None:
    """The term of an auxiliary temperature: the first channel without number is T1."""
    found = re.fullmatch(r"aux([1-5]?)_temperature_celsius", source)
    return f"temperature_t{found[1] or 1}_celsius" if found else None


def _frame(path: Path, filename: str) -> tuple[Any, list[str]]:
    """The library's frame (polars, hence untyped here) and what it warned of."""
    # Imported here so that only a child that reads Neware files pays for polars.
    import fastnda

    with _listening() as said, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            frame = fastnda.read(path, cycle_mode="raw", columns="bdf")
        except Exception as fault:
            # A damaged file makes the library fail in any of its own, polars' or zipfile's ways.
            why = str(fault).splitlines()[0][:200] if str(fault) else type(fault).__name__
            raise Unreadable(
                f"“{filename}” cannot be read as a Neware file ({why}): it may be damaged or cut off. "
                "Copy it again from the tester's computer, or export it as csv from BTSDA."
            ) from fault
    unverified = [str(one.message).split(". If you can")[0] for one in warned if "nda" in type(one.message).__module__]
    return frame, said + unverified


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What the library logs as a warning or worse while it reads."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    listener, logger = Listener(logging.WARNING), logging.getLogger("fastnda")
    propagated = logger.propagate
    logger.addHandler(listener)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(listener)
        logger.propagate = propagated


def _is_ndax(head: Head) -> bool:
    try:
        with zipfile.ZipFile(head.path) as archive:
            return any(name.endswith("data.ndc") for name in archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return head.filename.lower().endswith(".ndax")


@contextmanager
def _as_named(head: Head) -> Iterator[Path]:
    """The file under a name by which the library knows its format."""
    kind = "nda" if head.start.startswith(b"NEWARE") else "ndax"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{kind}"
        path.symlink_to(head.path.resolve())
        yield path


def _nda_version(path: Path) -> int | None:
    """The version byte of an .nda file."""
    if path.suffix != ".nda":
        return None
    with path.open("rb") as file:
        return file.read(15)[-1]


def _conversion(source: str, name: str) -> Conversion:
    field, unit, factor, rule = _RULES.get(name, (source, QUANTITIES[name].ucum, 1.0, ""))
    return Conversion(column=name, source=field, unit=unit, factor=factor, rule=rule)


def _note(rule: str, message: str) -> Problem:
    return Problem(rule=rule, severity=Severity.NOTE, message=message)


def _warned(message: str, rows: int) -> Problem:
    """What the library warned of: parts that it could not read, or doubts about what it did read."""
    if "could not" in message or "different number" in message:
        return Problem(
            rule="partly-damaged",
            severity=Severity.WARNING,
            message=f"Part of the file could not be read ({message.rstrip('.!')}); {rows} records were recovered.",
            hint="Compare the number of records with the tester; copy the file again if some are missing.",
            count=rows,
        )
    if "unix_time_s" in message:
        message = "The clock times of the file go back at some records; the test time was not made of them."
    return Problem(rule="doubtful-records", severity=Severity.WARNING, message=message)


READERS = (Neware(),)
