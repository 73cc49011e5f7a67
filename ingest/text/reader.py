"""The reader that all text formats share: a format declares its columns, this module reads the file."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from ingest.clocks import instant
from ingest.clocks.repeated_hour import RepeatedHour
from ingest.declared.mapping import mapped
from ingest.declared.signs import turn_of
from ingest.findings import Findings
from ingest.own_columns import DESCRIBED, TERMS
from ingest.parquet import Described
from ingest.reader import Head, Reading
from ingest.text import columns as planning
from ingest.text import sniff
from ingest.text.chunks import CHUNK_BYTES, chunks, in_order
from ingest.text.headers import FREE, Field, Spelling, match, recognised
from ingest.text.lines import TextReading
from ingest.text.parse import Parsed, Parser
from ingest.text.signs import decimals
from ingest.text.step_times import Made
from ingest.text.steps import Columns, Constant, PastMidnight, Step, through
from ingest.text.tell import tell
from ingest.text.twins import Twins
from schemas.errors import Unreadable
from schemas.ingested import Conversion, Declared
from schemas.quantities import Kind
from schemas.report import Problem

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
    where no column holds them. With `synonyms`, a quantity may have several columns that say the same.
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
    synonyms: bool = False


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
        return opened is not None and (self.layout.preamble or sniff.only_comments(opened.preamble))

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
        printed = opened.headings
        opened = sniff.units_below(head, opened) if self.layout.units_below else opened
        planned = self._planned(printed, opened, sniff.sample(head, opened), declared)
        reading = TextReading(
            batches=iter(()),
            conversions=planned.conversions,
            instrument=self.layout.instrument,
            header={str(number): line for number, line in enumerate(opened.preamble[:KEPT_LINES], 1) if line.strip()},
            problems=list(planned.problems),
            first_line=opened.line + 2,
            described={**DESCRIBED, **{column.kept: Described() for column in planned.columns if column.kept}},
        )
        turned = turn_of(reading, declared)
        parser = Parser((*planned.columns, *planned.twins), planned.width, opened.delimiter, planned.decimal)

        def parsed() -> Iterator[Parsed]:
            return in_order(chunks(head.path, opened.encoding, opened.line + 1, self.chunk_bytes), parser)

        def steps() -> tuple[Step, ...]:
            # States of rows sign what is turned already.
            return (*planned.steps(), *turned(), *self.layout.steps())

        def ahead() -> Generator[Columns, None, None]:
            return through(steps(), (dict(zip(keys, p.arrays, strict=True)) for p in parsed()))

        keys = [column.name for column in parser.columns]
        hours = [RepeatedHour(column.zone, ahead) for column in planned.columns if column.zone]
        late = (one.step() for one in planned.made if one.placed)
        reading.batches = batches_of(reading, parser, parsed(), (*steps(), *hours, *late))
        return reading

    def _planned(
        self, printed: Sequence[str], opened: sniff.Opened, rows: list[list[str]], declared: Declared
    ) -> "_Planned":
        layout = self.layout
        meant = mapped(printed, declared.reading.columns, layout.fields, layout.spelling)
        named = {**recognised(opened.headings, layout.fields, layout.spelling), **meant}
        quantities = {field.quantity for field in named.values()}
        made = tuple({one.name: one for one in reversed(layout.made) if one.applies(quantities)}.values())
        names = [*(one.name for one in layout.given), *(one.name for one in made)]
        matched = match(opened.headings, layout.fields, layout.spelling, names, meant, layout.synonyms)
        found = {source.quantity.name for source in matched.sources}
        counts = {source.position for source in matched.sources if source.quantity.kind is Kind.COUNT}
        cells = _cells_of([s.position for s in matched.sources if s.position not in counts], rows)
        signs = decimals(cells, opened.delimiter, [cell for row in _cells_of(list(counts), rows) for cell in row])
        columns, untaken = planning.plan(matched.sources, rows, signs, declared)
        return _Planned(
            columns=columns,
            twins=planning.plan_twins(columns, matched.twins, rows, signs, declared),
            given=tuple(one for one in layout.given if one.name not in found),
            made=made,
            problems=(*matched.problems, *untaken),
            width=len(rows[0]),
            decimal=signs.decimal,
        )


@dataclass(frozen=True)
class _Planned:
    """Which columns of one file are read, and what is given or made beside them."""

    columns: tuple[planning.Column, ...]
    twins: tuple[planning.Column, ...]
    given: tuple[Given, ...]
    made: tuple[Made, ...]
    problems: tuple[Problem, ...]
    width: int
    decimal: str

    @property
    def conversions(self) -> list[Conversion]:
        return [
            *(column.conversion for column in self.columns),
            *(column.keeping for column in self.columns if column.kept),
            *(one.conversion for one in self.given),
            *(one.conversion(self.columns) for one in self.made),
        ]

    def steps(self) -> tuple[Step, ...]:
        """Fresh ones, as each keeps what it has seen."""
        again = Twins([one.source for one in self.columns], {one.name: one.source for one in self.twins})
        midnights = (PastMidnight(c.name) for c in self.columns if c.time_of_day and c.name == "test_time_second")
        given = (Constant(one.name, one.value) for one in self.given)
        return (again, *midnights, *given, *(one.step() for one in self.made if not one.placed))


def _cells_of(positions: list[int], rows: list[list[str]]) -> list[list[str]]:
    """Only the cells that are read: a date or comment must not decide the decimal sign."""
    return [[row[position] for position in positions if position < len(row)] for row in rows]


def batches_of(
    reading: TextReading, parser: Parser, parsed: Iterator[Parsed], steps: tuple[Step, ...]
) -> Iterator[pa.RecordBatch]:
    """The rows of a file as they are parsed; what is found on the way goes to the reading once they are through."""
    findings = Findings()
    line, record = reading.first_line, 0
    names = [column.name for column in parser.columns]
    try:
        for part in parsed:
            reading.note_lines(part, record, line)
            tell(findings, reading, parser, part, record, line)
            batch = dict(zip(names, part.arrays, strict=True)) | part.texts
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


def _schema(batch: Columns) -> pa.Schema:
    types = {Kind.REAL: pa.float64(), Kind.COUNT: pa.int64(), Kind.TEXT: pa.string()}
    return pa.schema([(name, types[TERMS[name].kind] if name in TERMS else batch[name].type) for name in batch])
