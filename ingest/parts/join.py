"""Several files of one test read as one, in the order given: each part's rows, with the test time running on."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pyarrow as pa

from ingest.parquet import Derived, Described
from ingest.parts.overlap import Rows, repeated
from ingest.parts.place import TIME, End, Placed, place, timed
from ingest.reader import TIMESERIES, Head, Reader, Reading
from schemas.errors import Unreadable
from schemas.ingested import Conversion, Declared
from schemas.report import Problem

PART = "part"
"""The column that numbers the files, from 1."""
_NAME, _VERSION = 64, 32


@dataclass(frozen=True)
class Part:
    """One file of a test; `open` reads it from its beginning, as often as it is called."""

    file: str
    open: Callable[[], AbstractContextManager[Reading]]


class JointReader:
    """Name and version of the readers of a test's files, each once, in order."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self.name = " + ".join(dict.fromkeys(reader.name for reader in readers))[:_NAME]
        self.version = "+".join(dict.fromkeys(reader.version for reader in readers))[:_VERSION]

    def recognises(self, head: Head) -> bool:
        """A test of several files is nobody's."""
        return False

    def read(self, head: Head, declared: Declared) -> Reading:
        """Never called: the parts are read by their own readers."""
        raise NotImplementedError


@dataclass
class Joined(Reading):
    """The files of a test as one reading; counters and columns stay as each file has them.

    `line_of` numbers the rows of the joined table from 1, `placed` finds the file of a row and the number it has there.
    `part` is the 0-based file that is being read.
    """

    part: int = 0
    starts: list[int] = field(default_factory=list)
    opened: list[tuple[str, Reading]] = field(default_factory=list)

    def placed(self, problem: Problem) -> Problem:
        """A finding on a row of the joined table, with its file and the row there; others as they are."""
        if problem.file or problem.row is None:
            return problem
        at = bisect_right(self.starts, problem.row - 1) - 1
        file, reading = self.opened[at]
        row = reading.line_of(problem.row - 1 - self.starts[at])
        return reading.located(problem.model_copy(update={"file": file, "row": row}))


def joined(parts: Sequence[Part]) -> Joined:
    """One reading of all the parts; each is opened twice, at first only for its columns.

    `batches` says in `part` which file it is in, also when it raises.

    Raises:
        Unreadable: a part cannot be read or is no running test.
    """
    whole = Joined(batches=iter(()), conversions=[], described={PART: Described(unit="1")})
    names = ", ".join(f"{number} “{part.file}”" for number, part in enumerate(parts, 1))
    whole.conversions.append(Conversion(column=PART, source="", unit="1", rule=f"which file the row is of: {names}"))
    whole.located = whole.placed
    whole.batches = _Joining(whole, parts).batches()
    return whole


class _Joining:
    """The parts one after another, with what has to be known of the one before."""

    def __init__(self, whole: Joined, parts: Sequence[Part]) -> None:
        self._whole, self._parts = whole, parts
        self._end, self._before = End(), Rows()
        self._timed = True
        self._rows = 0
        self._more: dict[str, Derived] = {}

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows of all parts under the columns of all, null where a part has none."""
        whole, schemas = self._whole, []
        for whole.part, part in enumerate(self._parts):
            schemas.append(_columns(part))
        schema = pa.schema([*_united(schemas).items(), (PART, pa.int64())])
        self._timed = TIME in schema.names
        whole.more = lambda: self._more
        for whole.part, part in enumerate(self._parts):
            for batch in self._of(part):
                yield _under(schema, batch, whole.part + 1)

    def _of(self, part: Part) -> Iterator[pa.RecordBatch]:
        with part.open() as reading:
            self._whole.starts.append(self._rows)
            self._whole.opened.append((part.file, reading))
            yield from self._moved(part, reading)
        reading.batches = iter(())  # What it holds of the file is not needed any more.
        self._ended(part, reading)

    def _moved(self, part: Part, reading: Reading) -> Iterator[pa.RecordBatch]:
        placed: Placed | None = None
        rows, taken = Rows(), 0
        for batch in reading.batches:
            placed = placed or self._placed(part, reading, batch)
            rows.add(batch, taken)
            taken += batch.num_rows
            self._rows += batch.num_rows
            joined = timed(batch, placed) if self._timed else batch
            self._end = self._end.after(batch, joined, placed)
            yield joined
        self._before = rows

    def _placed(self, part: Part, reading: Reading, batch: pa.RecordBatch) -> Placed:
        whole = self._whole
        if whole.part == 0:
            return place(End(), batch, part.file, "")
        before, earlier = whole.opened[-2]
        found = repeated(self._before, batch, (before, earlier.line_of), (part.file, reading.line_of))
        if not self._timed:
            whole.problems += [found] if found else []
            return Placed(0.0, "no part has a test time", timeless=True)
        placed = place(self._end, batch, part.file, before, repeats=found is not None)
        told = (*placed.problems, *([found] if found else []))
        whole.problems += [one.model_copy(update={"row": one.row or reading.line_of(0)}) for one in told]
        rule = f"“{part.file}”: {placed.rule}"
        whole.conversions.append(Conversion(column=TIME, source=TIME, unit="s", rule=rule))
        return placed

    def _ended(self, part: Part, reading: Reading) -> None:
        whole = self._whole
        whole.rows_in += reading.rows_in
        whole.started_at = whole.started_at or (reading.started_at if whole.part == 0 else None)
        whole.problems += [problem.model_copy(update={"file": part.file}) for problem in reading.problems]
        whole.header |= {f"{part.file}: {name}": value for name, value in reading.header.items()}
        known = set(whole.instrument.split(" + "))
        if reading.instrument and reading.instrument not in known:
            whole.instrument = f"{whole.instrument} + {reading.instrument}".removeprefix(" + ")
        whole.conversions += [one for one in reading.conversions if one not in whole.conversions]
        for name, derived in reading.more().items():
            self._more[name] = _both(self._more.get(name), derived)


def _columns(part: Part) -> pa.Schema:
    with part.open() as reading:
        if reading.table != TIMESERIES:
            raise Unreadable(
                f"“{part.file}” holds {reading.table} and no running test: leave it out of this test's files."
            )
        first = next(reading.batches, None)
        close = getattr(reading.batches, "close", None)
        if close is not None:
            close()
    if first is None:
        raise Unreadable(f"“{part.file}” holds no row of data: leave it out of this test's files.")
    schema: pa.Schema = first.schema
    return schema


def _united(schemas: Sequence[pa.Schema]) -> dict[str, pa.DataType]:
    """Every column once, as it first comes, of a type that holds the values of all."""
    types: dict[str, pa.DataType] = {}
    for column in (column for schema in schemas for column in schema):
        types[column.name] = _wider(types.get(column.name, column.type), column.type)
    return types


def _wider(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    if one == other:
        return one
    numbers = all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in (one, other))
    return pa.float64() if numbers else pa.string()


def _under(schema: pa.Schema, batch: pa.RecordBatch, number: int) -> pa.RecordBatch:
    arrays = []
    for column in schema:
        if column.name == PART:
            arrays.append(pa.array([number] * batch.num_rows, pa.int64()))
        elif column.name in batch.schema.names:
            arrays.append(batch.column(column.name).cast(column.type))
        else:
            arrays.append(pa.nulls(batch.num_rows, column.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _both(first: Derived | None, second: Derived) -> Derived:
    if first is None:
        return second
    table = pa.concat_tables([first.table, second.table], promote_options="permissive")
    return Derived(table, {**second.described, **first.described})
