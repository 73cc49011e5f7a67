"""The reader protocol: how a format says "this is mine" and hands over canonical batches."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

import pyarrow as pa

from ingest.parquet import Derived, Described
from schemas.ingested import Conversion, Declared
from schemas.production import Produced
from schemas.report import Problem

TIMESERIES = "timeseries"


@dataclass(frozen=True)
class Head:
    """What detection sees of a file: its name as uploaded, its size, and its first 64 KiB."""

    path: Path
    filename: str
    size: int
    start: bytes


@dataclass
class Reading:
    """A file being read.

    `batches` yields record batches in file order whose columns are Battery Data Format names (float64, int64 or
    string; see `schemas.quantities`), already in canonical units and with charge positive. `problems` may grow while
    `batches` is consumed. `rows_in` counts records seen in the file once `batches` is exhausted. `line_of` maps a
    0-based record number to the number a person sees (text: 1-based line of the file; binary: 1-based record).
    `turned` where a declared sign of the current is already followed; `left_out` are the rows behind a declared last
    one, where the reader itself stops there.
    A file that is no running test names another `table` for its rows, describes its columns in `described`, and may
    hand over whole small tables, by name, once `batches` is exhausted (`more`); a production run says by then what it
    made (`produced`). `located` puts a finding at the place that a person sees where a row number alone does not (the
    sheet of a workbook).
    """

    batches: Iterator[pa.RecordBatch]
    conversions: list[Conversion]
    instrument: str = ""
    started_at: datetime | None = None
    header: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rows_in: int = 0
    first_line: int = 1
    turned: bool = False
    left_out: int | None = None
    table: str = TIMESERIES
    described: Mapping[str, Described] = field(default_factory=dict)
    more: Callable[[], Mapping[str, Derived]] = dict
    produced: Produced = field(default_factory=Produced)
    located: Callable[[Problem], Problem] = lambda problem: problem

    def line_of(self, record: int) -> int:
        """The number a person sees for the 0-based record."""
        return self.first_line + record


class Reader(Protocol):
    """One file format. `recognises` decides from the head alone and never raises; `read` raises `Unreadable`."""

    name: str
    version: str

    def recognises(self, head: Head) -> bool: ...

    def read(self, head: Head, declared: Declared) -> Reading: ...


@runtime_checkable
class Companion(Protocol):
    """A reader of files that stand beside a time series and only say something of its cycles."""

    def compare(self, path: Path, cycles: pa.Table) -> list[Problem]: ...
