"""BioLogic text exports (EC-Lab, BT-Lab): .mpt with its block of settings, or .txt with headings alone; impedance."""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from ingest.announced import watch
from ingest.clocks.starts import note_start
from ingest.findings import error
from ingest.formats.biologic import eclab
from ingest.reader import Head, Reading
from ingest.text import sniff
from ingest.text.headers import Field, Form
from ingest.text.reader import Given, Layout, TextReader
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.report import Problem, Severity

_MAGIC = re.compile(r"(?:EC|BT)-Lab ASCII FILE\s*Nb header lines\s*:\s*(\d+)")
_STARTED = re.compile(r"(?:Acquisition|Technique) started on\s*:\s*(\S.*)")
_OTHER_DATE = re.compile(r"(?:Technique started|Modify) on\s*:\s*(\d+[/.-]\d.*)")
_REFERENCE = re.compile(r"Reference electrode\s*:\s*(\S.*)")
_ABSOLUTE = re.compile(r"Time format\s*:\s*Absolute\s+([MDY]{2})")
_ORDERS = {"MM": "month first", "DD": "day first", "YY": "year first"}
_CLOCK, _TIME = "unix_time_second", "test_time_second"
_SINCE_FIRST = Given(_TIME, 0.0, "clock time since the first row: the column of times holds dates")
_MOST_HEADER_LINES = 20_000
_LONGEST_LINE = 16 * 1024

LAYOUT = Layout(
    name="BioLogic text",
    version="2",
    fields=eclab.COMMON,
    is_header=eclab.is_header,
    instrument="BioLogic",
    spelling=eclab.SPELLING,
)


@dataclass(frozen=True)
class _Seen:
    """A file up to its first row: its settings, where its headings may stand, and headings without cells."""

    head: Head
    settings: list[str]
    within: int
    opened: sniff.Opened | None
    bare: tuple[str, ...] = ()

    @property
    def layout(self) -> Layout:
        return replace(LAYOUT, header_within=self.within)

    @property
    def technique(self) -> str:
        return next((line.strip() for line in self.settings[2:] if line.strip()), "")

    def said(self, setting: re.Pattern[str]) -> str:
        """What the settings say there, or nothing."""
        found = setting.search("\n".join(self.settings))
        return found[1].strip() if found else ""

    @property
    def others(self) -> list[str]:
        """Other dates of the settings: when a technique began, when its settings were changed."""
        return [found[1].strip() for line in self.settings if (found := _OTHER_DATE.match(line))]


class BioLogicReader:
    """The shared text reader, behind a block of settings that may be long and names the technique."""

    name = LAYOUT.name
    version = LAYOUT.version

    def recognises(self, head: Head) -> bool:
        """True where BioLogic's headings stand in one of the lines that the file calls its header."""
        return _seen(head).opened is not None

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; its technique and its columns decide what voltage and current are, see `eclab`.

        Raises:
            Unreadable: as `TextReader.read`; times that are dates of which no Unix time can be made.
        """
        seen = _seen(head)
        opened = seen.opened
        named = eclab.names(opened.headings if opened else ())
        way = eclab.way(named, seen.technique, declared, seen.said(_REFERENCE))
        layout = replace(seen.layout, fields=way.fields, given=way.given, steps=way.steps)
        if opened and _dated(seen.head, opened):
            reading = _of_dates(seen, layout, declared)
        else:
            reading = TextReader(layout).read(seen.head, declared)
            if started := seen.said(_STARTED):
                note_start(reading, started, declared, seen.others)
        reading.problems += (*way.problems, *([_without_cells(seen.bare)] if seen.bare else ()))
        watch(reading, eclab.announced(seen.settings))
        reading.batches = _one_export(reading, reading.batches)
        return reading


def _one_export(reading: Reading, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from batches
    begin = next((one for one in reading.problems if re.match(r"(?:EC|BT)-Lab ASCII FILE", one.value or "")), None)
    if begin is not None and begin.row is not None:
        reading.problems.insert(0, _joined(begin.row))


def _joined(row: int) -> Problem:
    return error(
        "export-joined",
        f"From line {row} on another export stands behind the first, with settings and columns of its own.",
        f"Upload each export as a file of its own, as parts of one test, or declare {row - 1} as the last row.",
        row=row,
    )


def _dated(head: Head, opened: sniff.Opened) -> bool:
    """Whether the first cell of the times is a date."""
    place = next((at for at, one in enumerate(opened.headings) if eclab.names([one]) == {"time"}), None)
    first = _first_row(head, opened)
    return place is not None and place < len(first) and re.search(r"\d[/.:-]\d+[/.:-]", first[place]) is not None


def _of_dates(seen: _Seen, layout: Layout, declared: Declared) -> Reading:
    """The file with Unix times made of its dates, and its test time counted from the first of them."""
    clock = Field(_CLOCK, ("time",), form=Form.CLOCK, order=_ORDERS.get(seen.said(_ABSOLUTE)))
    fields = (clock, *(field for field in layout.fields if field.quantity != _TIME))
    dated = replace(layout, fields=fields, given=(*layout.given, _SINCE_FIRST))
    zoned = declared.model_copy(update={"time_zone": declared.time_zone or "UTC"})
    reading = TextReader(dated).read(seen.head, zoned)
    if all(one.column != _CLOCK for one in reading.conversions):
        why = next((problem.message for problem in reading.problems if problem.rule == "time-without-zone"), "")
        raise Unreadable(
            f"The times of this file are dates, of which no test time can be made. {why} Export the file again with "
            "the time format “Elapsed”."
        )
    reading.batches = _since_first(reading.batches)
    return reading if declared.time_zone else _without_zone(reading)


def _without_zone(reading: Reading) -> Reading:
    """Dates of an unknown zone tell how far apart rows are, but neither when they were nor whether clocks changed."""
    reading.conversions = [one for one in reading.conversions if one.column != _CLOCK]
    reading.batches = _local(reading, reading.batches)
    reading.problems.append(
        Problem(
            rule="time-without-zone",
            severity=Severity.WARNING,
            message="The times are dates without a time zone: the test time is what the clock showed since the first "
            "row, an hour off after a change to or from daylight saving, and there is no Unix time.",
            hint="Declare the time zone of the test place in the metadata, such as Europe/Berlin.",
            column=_TIME,
        )
    )
    return reading


def _local(reading: Reading, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        reading.started_at = None
        yield batch.drop_columns([_CLOCK])


def _since_first(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    start: float | None = None
    for batch in batches:
        clock = batch.column(batch.schema.get_field_index(_CLOCK))
        if start is None:
            start = clock[0].as_py()
        yield batch.set_column(batch.schema.get_field_index(_TIME), _TIME, pc.round(pc.subtract(clock, start), 6))


def _seen(head: Head) -> _Seen:
    widened = _widened(head)
    settings = _settings(widened)
    within = max(LAYOUT.header_within, len(settings))
    opened = sniff.find_header(widened, eclab.is_header, within)
    width = _width(widened, opened) if opened else 0
    if opened is None or not width:
        return _Seen(widened, settings, within, opened)
    bare = tuple(heading for heading in opened.headings[width:] if heading.strip())
    cut = replace(opened, headings=opened.headings[:width])
    return _Seen(_cut(widened, cut), settings, within, cut, bare)


def _width(head: Head, opened: sniff.Opened) -> int:
    """How many headings have cells, where EC-Lab has put some behind its last tab that have none; 0 otherwise."""
    last = next((at for at, heading in enumerate(opened.headings) if not heading.strip()), 0)
    return last if any(opened.headings[last:]) and len(_first_row(head, opened)) == last else 0


def _cut(head: Head, opened: sniff.Opened) -> Head:
    """The head with these headings alone."""
    mark = opened.delimiter.encode()
    lines = head.start.split(b"\n")
    lines[opened.line] = mark.join(lines[opened.line].split(mark)[: len(opened.headings)])
    return replace(head, start=b"\n".join(lines))


def _without_cells(headings: Sequence[str]) -> Problem:
    return Problem(
        rule="column-left-out",
        severity=Severity.WARNING,
        message=f"Headings behind the last column have no cells in any row: {', '.join(headings)}.",
        hint="Export the file again if these columns are wanted.",
        column=headings[0],
        count=len(headings),
    )


def _first_row(head: Head, opened: sniff.Opened) -> list[str]:
    lines = sniff.decoded(head.start, opened.encoding).split("\n")[opened.line + 1 :]
    return next((sniff.split(line, opened.delimiter) for line in lines if line.strip()), [])


def _header_lines(head: Head) -> int:
    """How many lines the file says that its header has, the headings among them; 0 where it does not say."""
    found = _MAGIC.match(head.start[:200].removeprefix(codecs.BOM_UTF8).decode("latin-1"))
    return min(int(found[1]), _MOST_HEADER_LINES) if found else 0


def _settings(head: Head) -> list[str]:
    """The lines of the block of settings; none where the file has no such block."""
    codec = sniff.encoding(head.start)
    return sniff.decoded(head.start, codec).split("\n")[: _header_lines(head)] if codec else []


def _widened(head: Head) -> Head:
    """The head, with as many more bytes as its settings need: many loops or sequences make them long."""
    lines = _header_lines(head)
    if head.start.count(b"\n") > lines or len(head.start) == head.size:
        return head
    with head.path.open("rb") as file:
        settings = b"".join(file.readline(_LONGEST_LINE) for _ in range(lines))
        return replace(head, start=settings + file.read(len(head.start)))


READERS = (BioLogicReader(),)
