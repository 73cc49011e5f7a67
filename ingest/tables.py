"""What is made of the rows of one file: every batch is checked, derived from and written, in one pass."""

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from ingest.derived.running import CYCLES, Running
from ingest.parquet import Derived, TableWriter
from ingest.reader import TIMESERIES, Reader, Reading
from ingest.validate import Validator
from schemas.ingested import Declared, Source, Table
from schemas.quantities import VOCABULARY_VERSION
from schemas.report import Problem

SCHEMA_VERSION = f"bdf-{VOCABULARY_VERSION}/tables-3"


class Maker(Protocol):
    """Sees every batch of a running test once, in order, and makes small tables of it, by name.

    `problems` is what it found on the way, once finished.
    """

    def add(self, batch: pa.RecordBatch) -> None: ...

    def finish(self) -> Mapping[str, Derived]: ...

    def problems(self) -> list[Problem]: ...


class Tables:
    """The tables of one file in the folder `out`; nothing of them stays unless `close` was reached."""

    def __init__(self, reader: Reader, reading: Reading, declared: Declared, out: Path) -> None:
        self._reader, self._reading, self._out = reader, reading, out
        self._instructions = declared.reading.model_dump(mode="json", exclude_defaults=True)
        running = reading.table == TIMESERIES
        self._validator = Validator(declared, reading) if running else None
        self._makers: tuple[Maker, ...] = (Running(declared),) if running else ()
        self._rows = TableWriter(out / f"{reading.table}.parquet", reading.table, reading.described)
        self._derived: dict[str, Derived] = {}
        self._files: list[Path] = []
        self._closed = False

    @property
    def rows(self) -> int:
        """How many rows were taken so far."""
        return self._rows.rows

    @property
    def cycles(self) -> int:
        """How many cycles the table counts; the leading incomplete half is cycle 0 and is none."""
        if CYCLES not in self._derived:
            return 0
        return sum(1 for number in self._derived[CYCLES].table.column("cycle").to_pylist() if number)

    @property
    def cycle_table(self) -> pa.Table | None:
        """The cycle summary, once all rows are taken; None where there is none."""
        return self._derived[CYCLES].table if CYCLES in self._derived else None

    def take(self, batch: pa.RecordBatch) -> None:
        """The next rows of the file, which are written while they are looked at."""
        self._rows.write(batch)
        if self._validator is not None:
            self._validator.add(batch)
        for maker in self._makers:
            maker.add(batch)

    def finish(self) -> list[Problem]:
        """Every finding, once all rows are taken."""
        for maker in self._makers:
            self._derived |= maker.finish()
        self._derived |= self._reading.more()
        if self._validator is None:
            return list(self._reading.problems)
        found = self._validator.finish(self._derived[CYCLES].table)
        found += [problem for maker in self._makers for problem in maker.problems()]
        return [*self._reading.problems, *(self._reading.located(problem) for problem in found)]

    def close(self, sources: "Future[tuple[Source, ...]]") -> tuple[Table, ...]:
        """Writes what was derived and finishes every file."""
        provenance = self._provenance(sources.result())
        written = [self._rows.close(provenance)]
        for name, derived in self._derived.items():
            path = self._out / f"{name}.parquet"
            self._files.append(path)
            writer = TableWriter(path, name, derived.described)
            empty = pa.RecordBatch.from_pylist([], schema=derived.table.schema)
            for batch in derived.table.combine_chunks().to_batches() or [empty]:
                writer.write(batch)
            written.append(writer.close(provenance))
        self._closed = True
        return tuple(written)

    def discard_unfinished(self) -> None:
        """Removes what an ingest that was not closed has written."""
        if not self._closed:
            self._rows.discard()
            for path in self._files:
                path.unlink(missing_ok=True)

    def _provenance(self, sources: tuple[Source, ...]) -> dict[str, object]:
        followed = {"reading": self._instructions} if self._instructions else {}
        return {
            **followed,
            **_origin(sources),
            "reader": self._reader.name,
            "reader_version": self._reader.version,
            "schema_version": SCHEMA_VERSION,
            "conversions": [conversion.model_dump() for conversion in self._reading.conversions],
        }


def _origin(sources: tuple[Source, ...]) -> dict[str, object]:
    """Hashes, by which equal bytes make equal tables whatever they are called; the parts of a test in order."""
    if len(sources) > 1:
        return {"sources": [source.model_dump() for source in sources]}
    packed = {"member": sources[0].member} if sources[0].member else {}
    return {"source_sha256": sources[0].sha256, **packed}
