"""The reader that all text formats share: a format declares its columns, this module reads the file."""

from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ingest import columns as planning
from ingest import sniff
from ingest.chunks import CHUNK_BYTES, chunks, in_order
from ingest.clocks import instant
from ingest.findings import Findings, empty_cells, error, shown
from ingest.headers import FREE, Field, Spelling, match, recognised
from ingest.mapping import mapped
from ingest.own_columns import DESCRIBED, TERMS
from ingest.parse import BadCells, Parsed, Parser
from ingest.reader import Head, Reading
from ingest.repeated_hour import RepeatedHour
from ingest.signs import turn_of
from ingest.step_times import Made
from ingest.steps import Columns, Constant, PastMidnight, Step, through
from schemas.errors import Unreadable
from schemas.ingested import Conversion, Declared
from schemas.quantities import Kind
from schemas.report import Problem, Severity

KEPT_LINES = 200
"""So many lines of a preamble are kept as the file's header."""


@dataclass(frozen=True)
class Given:
    """One value for every row of a quantity that no column holds, and the rule by which it is known."""

    name: str
    value: float
    rule: str

    @property
    def conversion(self) -> Conversion:
        """The record of it; there is no column that it comes from."""
        return Conversion(column=self.name, source="", unit="", factor=1.0, rule=self.rule)


@dataclass(frozen=True)
class Layout:
    """A text format as a declaration.

    `is_header` decides from the cells of one line whether it is the format's header: that is how a file is recognised
    and where its preamble ends, within so many lines. `steps` make what needs rows in order (signs, midnight); fresh
    ones for each file. `given` are quantities that follow from the kind of test where no column holds them. With
    `units_below`, the line below the header may hold the units. `made` are quantities that are made of another column
    where no column holds them.
    """

    name: str
    version: str
    fields: tuple[Field, ...]
    is_header: sniff.IsHeader
    instrument: str = ""
    preamble: bool = True
    steps: Callable[[], tuple[Step, ...]] = tuple
    spelling: Spelling = FREE
    header_within: int = sniff.HEADER_WITHIN_LINES
    given: tuple[Given, ...] = ()
    units_below: bool = False
    made: tuple[Made, ...] = ()


@dataclass
class TextReading(Reading):
    """A text file being read; knows the line of each record even where blank or broken lines stand between."""

    breaks: list[tuple[int, int]] = field(default_factory=list)

    def line_of(self, record: int) -> int:
        """The 1-based line of the 0-based record."""
        at = bisect_right(self.breaks, (record, 1 << 62)) - 1
        return record + (self.breaks[at][1] if at >= 0 else self.first_line)


class TextReader:
    """A `Reader` for one layout."""

    def __init__(self, layout: Layout, chunk_bytes: int = CHUNK_BYTES) -> None:
        self.layout = layout
        self.chunk_bytes = chunk_bytes
        self.name = layout.name
        self.version = layout.version

    def recognises(self, head: Head) -> bool:
        """True where a line within the first two hundred is the layout's header."""
        opened = sniff.find_header(head, self.layout.is_header, self.layout.header_within)
        return opened is not None and (self.layout.preamble or opened.line == 0)

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; `batches` parses it.

        Raises:
            Unreadable: no rows, an ambiguous decimal sign, a required column absent or without unit. Wrong cells and
                rows become problems instead.
        """
        within = self.layout.header_within
        opened = sniff.find_header(head, self.layout.is_header, within)
        if opened is None:
            raise Unreadable(f"The header of a {self.layout.name} file was not found in the first {within} lines.")
        opened = sniff.units_below(head, opened) if self.layout.units_below else opened
        rows = sniff.sample(head, opened)
        meant = mapped(opened.headings, declared.reading.columns, self.layout.fields, self.layout.spelling)
        named = {**recognised(opened.headings, self.layout.fields, self.layout.spelling), **meant}
        made = [one for one in self.layout.made if one.applies({field.quantity for field in named.values()})]
        names = [*(one.name for one in self.layout.given), *(one.name for one in made)]
        matched = match(opened.headings, self.layout.fields, self.layout.spelling, names, meant)
        found = {source.quantity.name for source in matched.sources}
        given = [one for one in self.layout.given if one.name not in found]
        signs = sniff.decimals(_cells_of([s.position for s in matched.sources], rows), opened.delimiter)
        planned, untaken = planning.plan(matched.sources, rows, signs, declared)
        width = sniff.width(rows, opened.headings) or len(opened.headings)
        reading = TextReading(
            batches=iter(()),
            conversions=[
                *(column.conversion for column in planned),
                *(one.conversion for one in given),
                *(one.conversion(planned) for one in made),
            ],
            instrument=self.layout.instrument,
            header={str(number): line for number, line in enumerate(opened.preamble[:KEPT_LINES], 1) if line.strip()},
            problems=[*matched.problems, *untaken],
            first_line=opened.line + 2,
            described=DESCRIBED,
        )
        turned = turn_of(reading, declared)
        parser = Parser(planned, width, opened.delimiter, signs.decimal)

        def parsed() -> Iterator[Parsed]:
            return in_order(chunks(head.path, opened.encoding, opened.line + 1, self.chunk_bytes), parser)

        def steps() -> tuple[Step, ...]:
            fixed = (*_midnights(parser), *(Constant(one.name, one.value) for one in given))
            # States of rows sign what is turned already.
            return (*fixed, *(one.step() for one in made), *turned(), *self.layout.steps())

        def ahead() -> Generator[Columns, None, None]:
            return through(steps(), ({c.name: a for c, a in zip(planned, p.arrays, strict=True)} for p in parsed()))

        hours = [RepeatedHour(column.zone, ahead) for column in planned if column.zone]
        reading.batches = _batches(reading, parser, parsed(), (*steps(), *hours))
        return reading


def _midnights(parser: Parser) -> tuple[Step, ...]:
    return tuple(PastMidnight(c.name) for c in parser.columns if c.time_of_day and c.name == "test_time_second")


def _cells_of(positions: list[int], rows: list[list[str]]) -> list[list[str]]:
    """Only the cells that are read: a date or comment must not decide the decimal sign."""
    return [[row[position] for position in positions if position < len(row)] for row in rows]


def _batches(
    reading: TextReading, parser: Parser, parsed: Iterator[Parsed], steps: tuple[Step, ...]
) -> Iterator[pa.RecordBatch]:
    findings = Findings()
    line, record = reading.first_line, 0
    names = [column.name for column in parser.columns]
    try:
        for part in parsed:
            _note_lines(reading, part, record, line)
            _tell(findings, reading, parser, part, record, line)
            batch = dict(zip(names, part.arrays, strict=True))
            for step in steps:
                batch = step.apply(batch, record)
            line, record = line + part.lines, record + part.rows
            reading.rows_in += part.rows + len(part.ragged)
            _note_start(reading, batch)
            if part.rows:
                yield pa.RecordBatch.from_arrays(list(batch.values()), schema=_schema(batch))
    finally:
        for step in steps:
            for found in step.finish():
                row = None if found.row is None else reading.line_of(found.row)
                findings.add(found.model_copy(update={"row": row}))
        reading.problems.extend(findings.settle())
    if not record:
        raise Unreadable(
            f"The file holds no complete row of data below line {reading.first_line - 1}: export it again."
        )


def _note_start(reading: Reading, batch: dict[str, pa.Array]) -> None:
    times = batch.get("unix_time_second")
    if reading.started_at is None and times is not None and len(times):
        reading.started_at = instant(times[0].as_py())


def _schema(names: Iterable[str]) -> pa.Schema:
    types = {Kind.REAL: pa.float64(), Kind.COUNT: pa.int64(), Kind.TEXT: pa.string()}
    return pa.schema([(name, types[TERMS[name].kind]) for name in names])


def _note_lines(reading: TextReading, part: Parsed, record: int, line: int) -> None:
    """Keep the line shift wherever it changes."""
    if part.line_of_record is None:
        shifts = np.array([line - record], dtype=np.int64)
        places = np.array([0])
    else:
        every = part.line_of_record + line - record - np.arange(part.rows)
        places = np.flatnonzero(np.diff(every, prepend=every[:1] - 1)) if part.rows else np.array([], dtype=np.int64)
        shifts = every[places]
    for place, shift in zip(places.tolist(), shifts.tolist(), strict=True):
        if not reading.breaks or reading.breaks[-1][1] != shift:
            reading.breaks.append((record + place, shift))


def _tell(findings: Findings, reading: TextReading, parser: Parser, part: Parsed, record: int, line: int) -> None:
    for row in part.ragged:
        findings.add(
            error(
                "row-ragged",
                f"The row has {row.cells} cells, the header has {parser.width}; it could not be read.",
                "Repair or remove the row; a last row that is cut off means that the export was interrupted.",
                row=line + row.line,
                value=shown(row.text),
            )
        )
    for bad in part.bad:
        _tell_bad(findings, reading, bad, record)
    for column, values in zip(parser.columns, part.arrays, strict=True):
        wrong = sum(bad.count for bad in part.bad if bad.column is column)
        if column.source.required and values.null_count > wrong:
            first = values.is_null().index(pa.scalar(True)).as_py()
            where = reading.line_of(record + first)
            findings.add(empty_cells(column.source.heading, values.null_count - wrong, where))
    if part.lost:
        message = (
            f"{abs(part.lost)} lines from here on do not come out as rows, as line ends are mixed or bytes damaged."
        )
        findings.add(error("rows-lost", message, "Export the file again.", row=line, count=abs(part.lost)))
    if part.undecodable is not None:
        findings.add(
            Problem(
                rule="text-damaged",
                severity=Severity.WARNING,
                message="Bytes that are no UTF-8 stand in the file although it begins as such; they show as “�”.",
                hint="Names and comments may be wrong; export the file again if they matter.",
                row=line + part.undecodable,
            )
        )


def _tell_bad(findings: Findings, reading: TextReading, bad: BadCells, record: int) -> None:
    heading = bad.column.source.heading
    problem = None
    for place, text in bad.first:
        problem = error(
            "cell-unreadable",
            f"“{shown(text)}” in the column “{heading}” is not {bad.column.wanted}.",
            "Correct the cell or export the file again; the row is kept without this value.",
            row=reading.line_of(record + place),
            column=heading,
            value=shown(text),
        )
        findings.add(problem)
    if problem is not None:
        findings.count(problem, bad.count - len(bad.first))
