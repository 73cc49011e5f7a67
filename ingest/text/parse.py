"""One chunk of a text file to canonical columns: fast by the csv parser, cell by cell only where that fails."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from ingest.findings import LISTED
from ingest.text import cells
from ingest.text.chunks import Chunk, line_breaks
from ingest.text.columns import Column
from schemas.errors import Unreadable

Lines = npt.NDArray[np.int64]


@dataclass(frozen=True)
class BadCells:
    """Cells of one column that do not convert: how many, and the first of them as (record in the chunk, text)."""

    column: Column
    count: int
    first: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Ragged:
    """A row with another number of cells than the header: its 0-based line in the chunk, and its text."""

    line: int
    cells: int
    text: str


@dataclass
class Parsed:
    """Canonical arrays of a chunk; `line_of_record` only where records and lines do not run in step.

    `texts` are cells as they are printed, of columns whose conversion loses something.
    """

    arrays: list[pa.Array]
    rows: int
    lines: int
    texts: dict[str, pa.Array] = field(default_factory=dict)
    bad: list[BadCells] = field(default_factory=list)
    ragged: list[Ragged] = field(default_factory=list)
    line_of_record: Lines | None = None
    lost: int = 0
    undecodable: int | None = None


@dataclass(frozen=True)
class Parser:
    """How every chunk of one file is parsed; thread-safe."""

    columns: tuple[Column, ...]
    width: int
    delimiter: str
    decimal: str

    def __call__(self, chunk: Chunk) -> Parsed:
        """Parse one chunk; cells and rows that are wrong are told, never dropped silently."""
        parsed = self._parse(chunk)
        # Rows of delimiters alone have no value anywhere, or another width; looking for them in all chunks takes long.
        empty = all(values.null_count for values in parsed.arrays if not pa.types.is_string(values.type))
        if (empty or parsed.ragged) and (blanked := self._blanked(chunk)) is not chunk:
            return self._parse(blanked)
        return parsed

    def _parse(self, chunk: Chunk) -> Parsed:
        chunk, undecodable = _decodable(chunk)
        lines = chunk.text.count(b"\n") + (not chunk.text.endswith(b"\n"))
        ragged: list[Ragged] = []
        bad: list[BadCells] = []
        try:
            raw, numbers = self._read(chunk, ragged, as_text=False)
            arrays = [a if c.direct else _converted(c, a, bad) for c, a in zip(self.columns, raw, strict=True)]
        except pa.ArrowInvalid:
            if not chunk.text.strip():
                return Parsed([pa.array([], column.type) for column in self.columns], 0, lines)
            ragged.clear()
            bad.clear()
            raw, numbers = self._again(chunk, ragged)
            arrays = [_converted(c, a, bad) for c, a in zip(self.columns, raw, strict=True)]
        rows = len(arrays[0])
        texts = {c.kept: a for c, a in zip(self.columns, raw, strict=True) if c.kept}
        parsed = Parsed([c.scaled(a) for c, a in zip(self.columns, arrays, strict=True)], rows, lines, texts, bad)
        parsed.undecodable = undecodable
        if rows != lines:
            _number_lines(parsed, chunk, ragged, numbers)
        return parsed

    def _blanked(self, chunk: Chunk) -> Chunk:
        """The chunk with blank lines for rows of delimiters alone, as spreadsheets leave them below the last row."""
        mark = self.delimiter.encode()
        if chunk.multiline or not (chunk.text.startswith(mark * 2) or b"\n" + mark * 2 in chunk.text):
            return chunk
        return Chunk(re.sub(rb"(?m)^(?:" + re.escape(mark) + rb")+(?=\r?$)", b"", chunk.text))

    def _again(self, chunk: Chunk, ragged: list[Ragged]) -> tuple[list[pa.Array], list[int]]:
        try:
            return self._read(chunk, ragged, as_text=True)
        except pa.ArrowInvalid as error:
            raise Unreadable(
                f"The rows cannot be split into columns ({error}): look for an unclosed quote and export it again."
            ) from error

    def _read(self, chunk: Chunk, ragged: list[Ragged], as_text: bool) -> tuple[list[pa.Array], list[int]]:
        numbers: list[int] = []

        def keep(row: pacsv.InvalidRow) -> str:
            numbers.append(row.number - 1)
            ragged.append(Ragged(0, row.actual_columns, row.text[:200]))
            return "skip"

        names = [str(position) for position in range(self.width)]
        table = pacsv.read_csv(
            pa.BufferReader(chunk.text),
            pacsv.ReadOptions(use_threads=False, column_names=names, block_size=len(chunk.text) + 1),
            pacsv.ParseOptions(delimiter=self.delimiter, invalid_row_handler=keep, newlines_in_values=chunk.multiline),
            self._options(as_text),
        )
        return [_whole(column) for column in table.columns], numbers

    def _options(self, as_text: bool) -> pacsv.ConvertOptions:
        included = [str(column.source.position) for column in self.columns]
        types = [c.type if c.direct and not as_text else pa.string() for c in self.columns]
        return pacsv.ConvertOptions(
            column_types=dict(zip(included, types, strict=True)),
            include_columns=included,
            null_values=list(cells.EMPTY),
            strings_can_be_null=False,
            decimal_point=self.decimal,
        )


def _decodable(chunk: Chunk) -> tuple[Chunk, int | None]:
    """The chunk with wrong bytes replaced, and the 0-based line of the first of them."""
    if chunk.text.isascii():
        return chunk, None
    try:
        chunk.text.decode()
    except UnicodeDecodeError as fault:
        repaired = chunk.text.decode("utf-8", "replace").encode()
        return Chunk(repaired, chunk.multiline), chunk.text.count(b"\n", 0, fault.start)
    return chunk, None


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _converted(column: Column, raw: pa.Array, bad: list[BadCells]) -> pa.Array:
    if column.at_once is not None and (values := column.at_once(raw)) is not None:
        return values
    text = cells.text(raw)
    values = column.convert(text)
    wrong = pc.and_(pc.is_valid(text), pc.is_null(values))
    count = pc.sum(wrong).as_py() or 0
    if count:
        places: Sequence[int] = pc.indices_nonzero(wrong)[:LISTED].to_pylist()
        bad.append(BadCells(column, count, tuple((place, text[place].as_py()) for place in places)))
    return values


def _number_lines(parsed: Parsed, chunk: Chunk, ragged: Sequence[Ragged], numbers: Sequence[int]) -> None:
    """Say on which line each record stands: blank lines, ragged rows and line breaks in quotes shift them."""
    starts = _record_starts(chunk)
    parsed.ragged = [
        Ragged(int(starts[number]), row.cells, row.text)
        for number, row in zip(numbers, ragged, strict=True)
        if number < len(starts)
    ]
    parsed.lost = len(starts) - parsed.rows - len(numbers)
    if not parsed.lost:
        parsed.line_of_record = np.delete(starts, numbers)


def _record_starts(chunk: Chunk) -> Lines:
    """The 0-based line on which each non-blank record of the chunk begins."""
    raw = np.frombuffer(chunk.text, np.uint8)
    breaks, open_quote = line_breaks(chunk.text)
    line = np.arange(len(breaks) + 1, dtype=np.int64)
    begin = np.concatenate(([0], breaks + 1))
    if chunk.multiline:
        starts = np.concatenate(([True], ~open_quote))
        begin, line = begin[starts], line[starts]
    there = begin < len(raw)
    begin, line = begin[there], line[there]
    first = raw[begin]
    following = raw[np.minimum(begin + 1, len(raw) - 1)]
    blank = (first == ord("\n")) | ((first == ord("\r")) & (following == ord("\n")))
    found: Lines = line[~blank]
    return found
